"""What people read and do about commitments: who may, in which state, at what cost, and that nothing leaks."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Adoption, Commitment, Milestone, Phase
from tests.factories import (
    make_commitment,
    make_decision,
    make_idea,
    make_lead,
    make_member,
    make_plan,
    make_report,
    make_round,
    make_theme,
    make_working_group_member,
)

pytestmark = pytest.mark.django_db

SECRET = "Zanzibar"
LIST_QUERIES, PAGE_QUERIES = 10, 17
ROLES = ["visitor", "member", "group member", "former group member", "other group", "expert", "editor"]


def address(name, commitment, *more):
    return reverse(f"manifesto:{name}", args=[commitment.round.slug, commitment.number, *more])


def typed(commitment, **changes):
    said = {name: "" if value is None else value for name, value in commitment.wording.items()}
    opened = commitment.revisions.last().number
    return {**said, "opened": opened, "note": "Clearer.", "action": "save", **changes}


def drawn(**changes):
    return {
        "title": "Open diaries",
        "problem": "Nobody sees who meets whom.",
        "ideas": "1",
        "action": "save",
        **changes,
    }


@pytest.fixture
def visitor(db):
    """Beside whoever is signed in."""
    return Client()


@pytest.fixture
def round(db):
    return make_round(phase=Phase.SHORTLISTED)


@pytest.fixture
def theme(round):
    return make_theme(round=round)


@pytest.fixture
def idea(round, theme):
    return make_idea(round=round, theme=theme)


@pytest.fixture
def person(request, sign_in, theme, client):
    """A client for each role, by its name."""

    def person(role):
        if role == "visitor":
            return client
        if role in ("member", "expert", "editor"):
            return sign_in(request.getfixturevalue(role))
        member = make_member()
        where = make_theme(round=theme.round) if role == "other group" else theme
        group = make_working_group_member(theme=where, member=member)
        if role == "former group member":
            group.end(now=timezone.now())
        return sign_in(member)

    return person


# Who may do what


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", ["draft", "public", "withdrawn", "draft without theme"])
def test_role_and_state_matrix(person, role, state, theme, idea, editor):
    made = make_commitment(
        ideas=[idea], theme=None if "without" in state else theme, published="draft" not in state
    )
    if state == "withdrawn":
        made.withdraw(reason="Done.", by=editor, now=timezone.now())
    client = person(role)
    words = role == "editor" or (role == "group member" and state == "draft")
    reads = words or "draft" not in state
    assert client.get(made.get_absolute_url()).status_code == (200 if reads else 404)
    assert client.get(address("commitment_revision_list", made)).status_code == (200 if reads else 404)
    answer = client.post(address("commitment_improve", made), typed(made, title="Wholly new"))
    made.refresh_from_db()
    assert (made.title == "Wholly new") == words
    assert answer.status_code == (302 if reads or role == "visitor" else 404)
    for name in ("commitment_publish", "commitment_withdraw", "commitment_restore", "commitment_settle"):
        answer = client.post(address(name, made), {"reason": "No more."})
        assert (answer.status_code in (403, 404)) == (role not in ("editor", "visitor")), name
    made.refresh_from_db()
    assert made.is_published == ("draft" not in state or role == "editor")


@pytest.mark.parametrize("role", ROLES)
def test_who_draws_commitments(person, role, round, idea):
    client = person(role)
    new = reverse("manifesto:commitment_create", args=[round.slug])
    theme = round.themes.last() if role == "other group" else idea.theme
    answer = client.post(new, drawn(theme=theme.pk))
    may = role in ("editor", "group member", "other group")
    assert (answer.status_code, Commitment.objects.count()) == (
        302 if may or role == "visitor" else 403,
        int(may),
    )
    if may:
        commitment = Commitment.objects.get()
        assert ([*commitment.ideas.all()], commitment.is_published, commitment.theme) == (
            [idea],
            False,
            theme,
        )


def test_a_working_group_draws_under_its_own_theme_alone(person, round, idea):
    other = make_theme(round=round)
    new = reverse("manifesto:commitment_create", args=[round.slug])
    assert person("group member").post(new, drawn(theme=other.pk)).status_code == 422
    assert not Commitment.objects.exists()


def test_what_a_visitor_typed_is_there_once_they_signed_in(client, editor, sign_in, round, idea):
    new = reverse("manifesto:commitment_create", args=[round.slug])
    client.post(new, drawn(theme=idea.theme.pk, title="Typed before"))
    page = sign_in(editor).get(new)
    assert page.context["form"]["title"].value() == "Typed before"


# Drawing and improving


def test_a_draft_begins_with_what_ideas_say(person, round, theme):
    first, second = make_idea(round=round, theme=theme, why="One."), make_idea(round=round, why="Two.")
    new = reverse("manifesto:commitment_create", args=[round.slug])
    form = (
        person("editor")
        .get(f"{new}?idea={first.number}&idea={second.number}&idea=x&idea=999")
        .context["form"]
    )
    assert (form["ideas"].value(), form["problem"].value(), form["title"].value()) == (
        f"{first.number}, {second.number}",
        "One.\n\nTwo.",
        first.title,
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ideas": ""}, "ideas"),
        ({"ideas": "99"}, "ideas"),
        ({"ideas": "one"}, "ideas"),
        ({"ideas": "1" * 30}, "ideas"),
        ({"title": ""}, "title"),
        ({"title": "\u200b"}, "title"),
        ({"title": "x" * 151}, "title"),
        ({"problem": "x" * 5001}, "problem"),
        ({"problem": "nul\x00"}, "problem"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"starts_on": "2016-02-02", "ends_on": "2016-02-01"}, "ends_on"),
        ({"newness": "old"}, "newness"),
        ({"language": "xx"}, "language"),
        ({"theme": "0"}, "theme"),
        ({"opened": "many"}, "opened"),
    ],
)
def test_bad_input_is_told_beside_the_field_and_kept(person, round, idea, changes, field):
    new = reverse("manifesto:commitment_create", args=[round.slug])
    sent = {**drawn(theme=idea.theme.pk, summary="Kept words"), **changes}
    answer = person("editor").post(new, sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert "Kept words" in answer.text
    assert not Commitment.objects.exists()


def test_lines_count_once_whatever_the_browser_sends(person, round, idea):
    new = reverse("manifesto:commitment_create", args=[round.slug])
    long = "\r\n".join(["x" * 99] * 50)
    person("editor").post(new, drawn(theme=idea.theme.pk, problem=long))
    assert Commitment.objects.get().problem == long.replace("\r\n", "\n")


def test_a_preview_keeps_nothing(person, round, idea):
    new = reverse("manifesto:commitment_create", args=[round.slug])
    page = person("editor").post(
        new, drawn(theme=idea.theme.pk, action="preview", solution="- Diaries\n- Lists")
    )
    assert page.status_code == 200
    assert "<li>Diaries</li><li>Lists</li>" in page.text
    commitment = make_commitment(ideas=[idea])
    page = person("editor").post(
        address("commitment_improve", commitment), typed(commitment, action="preview", results="All is new.")
    )
    assert "<ins>" in page.text
    assert commitment.revisions.count() == 1


def test_who_began_with_an_older_wording_sees_theirs_and_yours(person, idea, editor):
    commitment = make_commitment(ideas=[idea])
    mine = typed(commitment, results="Nothing is hidden.")
    commitment.improve(
        text={"results": "Everything is seen."}, by=editor, now=timezone.now(), opened=1, note="All."
    )
    client = person("editor")
    page = client.post(address("commitment_improve", commitment), mine)
    assert page.status_code == 409
    assert "Everything" in page.text and "Nothing is hidden." in page.context["form"]["results"].value()
    again = client.post(address("commitment_improve", commitment), {**mine, "opened": 2})
    commitment.refresh_from_db()
    assert (again.status_code, commitment.results, commitment.revisions.count()) == (
        302,
        "Nothing is hidden.",
        3,
    )


def test_the_public_is_told_of_each_change(person, idea):
    commitment = make_commitment(ideas=[idea])
    page = person("editor").post(
        address("commitment_improve", commitment), typed(commitment, note="", title="New")
    )
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["note"])


def test_what_lacks_a_part_is_not_published(person, idea):
    commitment = make_commitment(ideas=[idea], published=False, results="")
    page = person("editor").post(address("commitment_publish", commitment))
    assert page.status_code == 409
    assert "The results sought" in page.text


# Withdrawal


def test_a_commitment_is_withdrawn_for_a_public_reason_and_restored(person, idea, visitor):
    commitment = make_commitment(ideas=[idea])
    client = person("editor")
    assert client.post(address("commitment_withdraw", commitment), {"reason": " "}).status_code == 422
    client.post(address("commitment_withdraw", commitment), {"reason": "Won already."})
    assert "Won already." in visitor.get(commitment.get_absolute_url()).text
    assert client.post(address("commitment_withdraw", commitment), {"reason": "Again."}).status_code == 409
    assert commitment.title not in visitor.get(idea.get_absolute_url()).text
    client.post(address("commitment_restore", commitment))
    page = visitor.get(commitment.get_absolute_url()).text
    assert "no longer asked for" not in page and "Won already." in page
    assert commitment.title in visitor.get(idea.get_absolute_url()).text


def test_standing_withdrawn_and_open_ones_agree_with_their_predicates(idea, editor, round):
    now = timezone.now()
    made = [make_commitment(ideas=[idea]) for _ in range(4)]
    made[0].withdraw(reason="Won.", by=editor, now=now)
    Adoption.objects.create(asked=made[1], verdict="dropped", recorded_at=now)
    promise = make_commitment(plan=make_plan())
    Adoption.objects.create(asked=made[2], adopted=promise, verdict="kept", recorded_at=now)
    asked = round.commitments
    assert set(asked.withdrawn()) == {c for c in made if c.is_withdrawn} == {made[0]}
    assert set(asked.standing()) == set(made[1:])
    assert set(asked.public().without_adoption()) == {made[3]}
    assert set(asked.public().with_adopted()) == {made[2]}
    assert set(asked.public().dropped()) == {made[1]}


def test_visible_ones_agree_with_their_predicate(theme, idea, editor, member, other_member):
    make_working_group_member(theme=theme, member=member)
    make_commitment(ideas=[idea], theme=theme)
    make_commitment(ideas=[idea], theme=theme, published=False)
    make_commitment(ideas=[idea], published=False)
    make_commitment(round=make_round(announced_at=None))
    for person in (editor, member, other_member):
        visible = set(Commitment.objects.visible_to(person))
        assert visible == {c for c in Commitment.objects.all() if c.is_visible_to(person)}


# The sets behind ideas


def merged(source, target, editor, *, days):
    return source.merge_into(target, by=editor, reason="The same.", now=timezone.now() + timedelta(days=days))


@pytest.fixture
def open_round(db):
    return make_round()


def test_an_idea_that_stands_by_itself_again_is_named_and_editors_are_asked(
    open_round, editor, sign_in, visitor
):
    whole, part = make_idea(round=open_round), make_idea(round=open_round)
    merge = merged(part, whole, editor, days=-3)
    commitment = make_commitment(ideas=[whole], now=timezone.now() - timedelta(days=2))
    (origin,) = commitment.origins()
    assert (origin.merged, origin.parted) == ([part], [])
    (merge if hasattr(merge, "undo") else part.merges.get()).undo(by=editor, now=timezone.now())
    (origin,) = commitment.origins()
    assert (origin.merged, origin.parted) == ([], [(part, True)])
    text = visitor.get(commitment.get_absolute_url()).text
    assert part.title in text and "was part of this set" in text and "Draw from idea" not in text
    client = sign_in(editor)
    assert "Draw from idea" in client.get(commitment.get_absolute_url()).text
    client.post(address("commitment_settle", commitment), {"idea": part.number, "answer": "keep"})
    assert commitment.origins()[0].parted == [(part, False)]
    assert [*commitment.ideas.all()] == [whole]


def test_an_editor_draws_from_the_parted_idea_too(open_round, editor, sign_in):
    whole, part = make_idea(round=open_round), make_idea(round=open_round)
    merged(part, whole, editor, days=-3)
    commitment = make_commitment(ideas=[whole], now=timezone.now() - timedelta(days=2))
    part.merges.get().undo(by=editor, now=timezone.now())
    client = sign_in(editor)
    for _ in range(2):
        client.post(address("commitment_settle", commitment), {"idea": part.number, "answer": "draw"})
    assert {*commitment.ideas.all()} == {whole, part}
    assert not any(origin.undecided for origin in commitment.origins())


@pytest.mark.parametrize(("merge_day", "undone_day"), [(-1, 0), (-5, -3)])
def test_sets_that_were_not_there_at_the_drawing_are_no_matter(open_round, editor, merge_day, undone_day):
    whole, part = make_idea(round=open_round), make_idea(round=open_round)
    merged(part, whole, editor, days=merge_day)
    commitment = make_commitment(ideas=[whole], now=timezone.now() - timedelta(days=2))
    part.merges.get().undo(by=editor, now=timezone.now() + timedelta(days=undone_day))
    assert [origin.parted for origin in commitment.origins()] == [[]]


def test_what_came_with_the_idea_when_it_was_merged_on_has_not_parted(open_round, editor):
    whole, part, later = (make_idea(round=open_round) for _ in range(3))
    merged(part, whole, editor, days=-3)
    commitment = make_commitment(ideas=[whole], now=timezone.now() - timedelta(days=2))
    merged(whole, later, editor, days=-1)
    (origin,) = commitment.origins()
    assert (origin.parted, origin.survivor) == ([], later)


def test_the_page_leads_to_what_an_idea_was_merged_into(open_round, editor, visitor):
    idea, survivor = make_idea(round=open_round), make_idea(round=open_round)
    commitment = make_commitment(ideas=[idea])
    merged(idea, survivor, editor, days=0)
    assert survivor.get_absolute_url() in visitor.get(commitment.get_absolute_url()).text


# The chain


def test_the_chain_says_what_has_not_come_yet(visitor, open_round):
    page = visitor.get(make_commitment(ideas=[make_idea(round=open_round)]).get_absolute_url())
    assert page.text.count("Not yet") == 5


def test_the_chain_leads_from_idea_to_milestone(visitor, idea, theme):
    make_decision(idea=idea, position=1, reasons="It is clear.")
    make_lead(theme=theme, name="Lea Lead")
    commitment = make_commitment(ideas=[idea], theme=theme)
    promise = make_commitment(plan=make_plan(), title="Adopted diaries")
    Milestone.objects.create(commitment=promise, reference="1.01", output="First list")
    Adoption.objects.create(asked=commitment, adopted=promise, verdict="weakened", recorded_at=timezone.now())
    text = visitor.get(commitment.get_absolute_url()).text
    wanted = [idea.title, "place 1", "It is clear.", "Publish every meeting.", "Lea Lead"]
    wanted += ["Adopted, weakened", "Adopted diaries", "First list"]
    assert [part for part in wanted if part not in text] == []
    comparison = visitor.get(address("adoption_detail", commitment, commitment.adoptions.get().pk)).text
    assert "<ins>Adopted diaries</ins>" in comparison or "<ins>" in comparison


def test_the_chain_ends_with_what_each_source_says_was_done(visitor, idea):
    commitment, promise = make_commitment(ideas=[idea]), make_commitment(plan=make_plan())
    Adoption.objects.create(asked=commitment, adopted=promise, verdict="kept", recorded_at=timezone.now())
    pending = "what was done will stand here"
    assert pending in visitor.get(commitment.get_absolute_url()).text
    make_report(about=promise, status="completed", source_title="End of term report")
    make_report(about=promise, status="limited", source="reviewer", source_title="Progress review")
    text = visitor.get(commitment.get_absolute_url()).text
    wanted = ["End of term report", "Completed", "Progress review", "Limited", "Disputed"]
    assert [part for part in wanted if part not in text] == []
    assert pending not in text


def test_what_an_unpublished_plan_adopts_is_not_told(visitor, idea):
    commitment = make_commitment(ideas=[idea])
    promise = make_commitment(plan=make_plan(published=False), title=SECRET)
    adoption = Adoption.objects.create(
        asked=commitment, adopted=promise, verdict="kept", recorded_at=timezone.now()
    )
    assert SECRET not in visitor.get(commitment.get_absolute_url()).text
    assert visitor.get(address("adoption_detail", commitment, adoption.pk)).status_code == 404
    assert (
        "Adopted as asked"
        not in visitor.get(reverse("manifesto:commitment_list", args=[commitment.round.slug])).text
    )


def test_decisions_before_the_shortlist_is_public_are_not_told(visitor):
    idea = make_idea(round=make_round(phase=Phase.PRIORITISATION))
    make_decision(idea=idea, position=1, reasons=SECRET)
    assert SECRET not in visitor.get(make_commitment(ideas=[idea]).get_absolute_url()).text


def test_drafts_are_nowhere(visitor, idea, theme, round):
    commitment = make_commitment(ideas=[idea], theme=theme, published=False, title=SECRET, summary=SECRET)
    pages = [
        reverse("manifesto:commitment_list", args=[round.slug]),
        round.get_absolute_url(),
        idea.get_absolute_url(),
        reverse("manifesto:shortlist", args=[round.slug]),
        f"/search/?q={SECRET}",
        "/sitemap-commitments.xml",
        "/sitemap-commitment-lists.xml",
        f"/rounds/{round.slug}/news.atom",
    ]
    answers = [visitor.get(page) for page in pages]
    found = [
        page for page, answer in zip(pages, answers, strict=True) if SECRET in answer.text.split("<main")[-1]
    ]
    assert [page for page in found if not page.startswith("/search/")] == []
    for name in ("commitment_detail", "commitment_revision_list"):
        assert visitor.get(address(name, commitment)).status_code == 404
    assert visitor.get(address("commitment_revision_comparison", commitment, 1, 1)).status_code == 404


def test_wordings_before_publication_are_not_shown(visitor, idea, editor):
    now = timezone.now()
    commitment = make_commitment(ideas=[idea], published=False, title=SECRET, now=now - timedelta(days=2))
    commitment.improve(text={"title": "Public"}, by=editor, now=now - timedelta(days=1), opened=1)
    commitment.publish(by=editor, now=now)
    assert SECRET not in visitor.get(address("commitment_revision_list", commitment)).text
    assert visitor.get(address("commitment_revision_comparison", commitment, 1, 2)).status_code == 404


def test_who_drew_it_is_not_named_on_its_page(visitor, idea, theme, other_member):
    make_working_group_member(theme=theme, member=other_member)
    commitment = make_commitment(ideas=[idea], theme=theme, by=other_member)
    assert other_member.display_name not in visitor.get(commitment.get_absolute_url()).text


def test_the_list_is_narrowed_down_by_theme_and_status(visitor, idea, theme, round, editor):
    here, there = make_commitment(ideas=[idea], theme=theme), make_commitment(ideas=[idea])
    there.withdraw(reason="Won.", by=editor, now=timezone.now())
    page = reverse("manifesto:commitment_list", args=[round.slug])
    for query, expected in (
        ("", [here, there]),
        (f"?theme={theme.slug}", [here]),
        ("?status=withdrawn", [there]),
        ("?status=adopted", []),
        ("?theme=nowhere", [here, there]),
        ("?page=99", [here, there]),
    ):
        assert [*visitor.get(page + query).context["page_obj"]] == expected, query


@pytest.mark.parametrize("number", [1, 200])
def test_pages_cost_a_fixed_number_of_queries(visitor, number, round, theme, django_assert_num_queries):
    ideas = [make_idea(round=round, theme=theme) for _ in range(3)]
    promise = make_commitment(plan=make_plan())
    for _ in range(number):
        commitment = make_commitment(ideas=ideas, theme=theme)
    Adoption.objects.bulk_create(
        Adoption(asked=asked, adopted=promise, verdict="kept", recorded_at=timezone.now())
        for asked in round.commitments.all()
    )
    make_lead(theme=theme)
    with django_assert_num_queries(LIST_QUERIES):
        visitor.get(reverse("manifesto:commitment_list", args=[round.slug]))
    with django_assert_num_queries(PAGE_QUERIES):
        visitor.get(commitment.get_absolute_url())
