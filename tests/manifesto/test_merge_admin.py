"""The editors' pages on which ideas are merged, and merges undone."""

import pytest
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Idea, Merge, Phase, Round
from tests.factories import (
    idea_content,
    make_idea,
    make_member,
    make_round,
    make_votes,
)
from tests.manifesto.test_merges import OPEN, make_ideas, merge

ADD = "admin:manifesto_merge_add"
PREVIEW = {"reason": "They ask for the same."}
ROLES = ["visitor", "member", "expert", "editor", "administrator"]


def merge_address(source):
    return f"{reverse(ADD)}?source={source.pk}"


def new_address(*ideas):
    query = "&".join(f"idea={idea.pk}" for idea in ideas)
    return f"{reverse('admin:manifesto_merge_new')}?{query}"


def wording(idea, **fields):
    """What the form for a new wording sends."""
    content = idea_content(round=idea.round, ogp_values=["civic_participation"], **fields)
    return {**content, "theme": content["theme"].pk, "reason": "One thing."}


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("who", ROLES)
def test_phase_and_role_matrix(client, db, request, phase, who):
    """Editors and administrators merge, word anew and undo while the round collects or improves ideas."""
    round = make_round()
    source, target, other, *more = make_ideas(5, round=round)
    done = merge(other, target)
    moved = make_round(phase=phase)
    dates = {
        f.name: getattr(moved, f.name) for f in Round._meta.fields if f.name not in ("id", "slug", "title")
    }
    Round.objects.filter(pk=round.pk).update(**dates)
    if who != "visitor":
        client.force_login(request.getfixturevalue(who))
    client.post(merge_address(source), {**PREVIEW, "target": target.pk, "confirm": "yes"})
    client.post(new_address(*more), wording(source))
    client.post(reverse("admin:manifesto_merge_undo", args=[done.pk]))
    done.refresh_from_db()
    may = who in ("editor", "administrator") and phase in OPEN
    assert (Merge.objects.count(), done.is_live) == (4 if may else 1, not may)
    if may:
        assert (
            Merge.objects.filter(merged_by__display_name=request.getfixturevalue(who).display_name).count()
            == 3
        )


def test_an_editor_chooses_sees_the_count_and_merges(sign_in, editor, member):
    source, target = make_ideas(2)
    for idea in (source, target):
        idea.support(member, now=timezone.now())
    make_votes(idea=target, number=2)
    client = sign_in(editor)
    change = client.get(reverse("admin:manifesto_idea_change", args=[source.pk])).content.decode()
    assert merge_address(source) in change
    page = client.post(merge_address(source), {**PREVIEW, "target": target.pk})
    assert (page.context["together"], Merge.objects.count()) == (3, 0)
    page = client.post(merge_address(source), {**PREVIEW, "target": target.pk, "confirm": "y"}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        f"“{source}” counts for “{target}” now. Everybody concerned is told."
    ]
    assert Merge.objects.get().merged_by == editor


def test_an_idea_is_found_by_its_number(sign_in, editor):
    source, target = make_ideas(2)
    page = sign_in(editor).post(merge_address(source), {**PREVIEW, "number": target.number})
    assert page.context["target"] == target


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "target"),
        ({"number": "99"}, "number"),
        ({"number": "1"}, None),
        ({"number": "9" * 30}, "number"),
        ({"target": "0"}, "target"),
        ({"target": "x"}, "target"),
        ({"number": "2", "reason": ""}, "reason"),
        ({"number": "2", "reason": "x" * 2001}, "reason"),
    ],
)
def test_a_choice_that_makes_no_sense_is_explained_beside_its_field(sign_in, editor, typed, field):
    source, _ = make_ideas(2)
    page = sign_in(editor).post(merge_address(source), {**PREVIEW, **typed, "confirm": "yes"})
    assert (page.status_code, Merge.objects.count()) == (422, 0)
    assert list(page.context["form"].errors) == [field or "__all__"]


@pytest.mark.parametrize(
    "text", ["", "?!…", "x" * 5000, "'; DROP TABLE manifesto_idea; --", "river"], ids=range(5)
)
def test_looking_for_other_ideas_takes_anything(sign_in, editor, text):
    source, _ = make_ideas(2)
    page = sign_in(editor).get(reverse(ADD), {"source": source.pk, "text": text})
    assert page.status_code == 200


@pytest.mark.parametrize("source", ["", "0", "x", "9" * 40, "-1"])
def test_an_unknown_source_is_not_found(sign_in, editor, source):
    assert sign_in(editor).get(reverse(ADD), {"source": source}).status_code == 404


def test_choosing_ideas_in_the_list_leads_to_a_new_wording(sign_in, editor):
    ideas = make_ideas(2)
    chosen = {"action": "merge_into_new", "_selected_action": [idea.pk for idea in ideas]}
    client = sign_in(editor)
    page = client.post(reverse("admin:manifesto_idea_changelist"), chosen, follow=True)
    assert page.context["ideas"] == ideas
    client.post(new_address(*ideas), wording(ideas[0], title="Said better"))
    assert Idea.objects.live().get().title == "Said better"


def test_a_single_idea_is_not_worded_anew(sign_in, editor):
    chosen = {"action": "merge_into_new", "_selected_action": [make_idea().pk]}
    page = sign_in(editor).post(reverse("admin:manifesto_idea_changelist"), chosen, follow=True)
    assert "Choose between 2 and 20 ideas to merge." in page.content.decode()


def test_undoing_asks_first_and_tells_what_would_stand(sign_in, editor, member):
    source, target = make_ideas(2)
    source.support(member, now=timezone.now())
    done = merge(source, target)
    client = sign_in(editor)
    address = reverse("admin:manifesto_merge_undo", args=[done.pk])
    assert address in client.get(reverse("admin:manifesto_merge_changelist")).content.decode()
    assert client.get(address).context["apart"] == (1, 0)
    assert Merge.objects.live().count() == 1
    client.post(address)
    assert Merge.objects.undone().get().undone_by == editor
    assert client.post(address).status_code == 409


def test_the_list_of_merges_costs_the_same_with_1_and_30(sign_in, editor, django_assert_num_queries):
    client, address = sign_in(editor), reverse("admin:manifesto_merge_changelist")
    target, *sources = make_ideas(31)
    merge(sources[0], target)
    client.get(address)
    with django_assert_num_queries(8):
        client.get(address)
    for source in sources[1:]:
        merge(source, target)
    with django_assert_num_queries(8):
        client.get(address)


def test_no_page_of_editors_names_a_supporter(sign_in, editor):
    source, target = make_ideas(2)
    supporter = make_member(name="Quentin Quietly")
    source.support(supporter, now=timezone.now())
    client = sign_in(editor)
    pages = [client.get(merge_address(source)), client.post(merge_address(source), {**PREVIEW, "number": 2})]
    done = merge(source, target)
    pages += [
        client.get(reverse("admin:manifesto_merge_changelist")),
        client.get(reverse("admin:manifesto_merge_undo", args=[done.pk])),
    ]
    assert [page.status_code for page in pages] == [200] * 4
    assert [page for page in pages if "Quentin" in page.content.decode()] == []
