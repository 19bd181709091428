import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import AlreadyModerated, NotAllowedInPhase, NotReady
from manifesto.models import Capture, Idea, Phase
from meetings.models import Meeting
from tests.factories import idea_content, make_idea, make_meeting, make_member, make_round, make_theme


@pytest.fixture
def round(db):
    round = make_round(title="An open country")
    make_theme(round=round, name="Open data")
    return round


@pytest.fixture
def workshop(db):
    return make_meeting(title="Leeds workshop", kind=Meeting.Kind.WORKSHOP, days=-1)


@pytest.fixture
def enter(round, workshop, editor):
    """Enter an idea as the editor does, everything as usual unless said otherwise."""

    def enter(*, by=editor, now=None, key=None, round=round, **fields):
        return Capture.enter(
            key=key or uuid.uuid4(),
            round=round,
            meeting=workshop,
            by=by,
            now=now or timezone.now(),
            credited_as="Participants of Leeds workshop",
            **idea_content(round=round, **fields),
        )

    return enter


def sitting(round, meeting):
    return reverse("admin:manifesto_capture_sitting", args=[round.pk, meeting.pk])


def page_of(name, capture):
    return reverse(f"admin:manifesto_capture_{name}", args=[capture.round_id, capture.meeting_id, capture.pk])


def typed(round, **fields):
    content = idea_content(round=round, **fields)
    return {
        **content,
        "theme": content["theme"].pk,
        "credited_as": "Participants of Leeds workshop",
        "key": uuid.uuid4(),
    }


@pytest.mark.parametrize("who", ["visitor", "member", "expert", "editor", "administrator"])
@pytest.mark.parametrize("phase", Phase)
def test_who_may_enter_ideas_when(client, sign_in, request, workshop, who, phase):
    round = make_round(phase=phase)
    if who != "visitor":
        sign_in(request.getfixturevalue(who))
    response = client.post(sitting(round, workshop), typed(round))
    may = who in ("editor", "administrator")
    is_open = phase in (Phase.CROWDSOURCING, Phase.REFINEMENT)
    expected = (302 if is_open else 422) if may else (403 if who == "expert" else 302)
    assert (response.status_code, Idea.objects.count()) == (expected, int(may and is_open))


@pytest.mark.parametrize("phase", Phase)
def test_ideas_are_taken_in_until_scoring(enter, phase):
    round = make_round(phase=phase)
    if phase in (Phase.CROWDSOURCING, Phase.REFINEMENT):
        assert enter(round=round).idea.is_pending
    else:
        with pytest.raises(NotAllowedInPhase):
            enter(round=round)


def test_the_round_and_the_meeting_are_chosen_once(sign_in, editor, round, workshop):
    make_round(phase=Phase.PRIORITISATION)
    client = sign_in(editor)
    address = reverse("admin:manifesto_capture_changelist")
    choices = client.get(address).context["form"].fields["round"].queryset
    assert list(choices) == [round]
    response = client.get(address, {"round": round.pk, "meeting": workshop.pk})
    assert (response.status_code, response.url) == (302, sitting(round, workshop))
    assert client.get(address, {"round": "x", "meeting": "99999"}).status_code == 422


def test_an_idea_is_entered_and_where_it_belongs_kept(sign_in, editor, round, workshop):
    client = sign_in(editor)
    fields = typed(round, title="List every lobbyist", level="local", areas=["E12000003"])
    response = client.post(sitting(round, workshop), fields, follow=True)
    idea = Idea.objects.get()
    assert (idea.title, idea.raised_at, idea.source, idea.author_names, idea.is_pending) == (
        "List every lobbyist",
        workshop,
        "workshop",
        ["Participants of Leeds workshop"],
        True,
    )
    form = response.context["form"]
    assert (form["theme"].value(), form["level"].value(), form["areas"].value(), form["title"].value()) == (
        idea.theme_id,
        "local",
        ["E12000003"],
        None,
    )
    page = response.content.decode()
    assert ("“List every lobbyist” is in." in page, "Entered so far: 1" in page) == (True, True)
    assert page.count(" autofocus") == 1 and form.fields["title"].widget.attrs["autofocus"]


def test_the_credit_is_the_meetings_participants_unless_changed(sign_in, editor, round, workshop):
    form = sign_in(editor).get(sitting(round, workshop)).context["form"]
    assert form["credited_as"].value() == "Participants of Leeds workshop"


def test_how_and_difference_may_wait(sign_in, editor, round, workshop):
    sign_in(editor).post(sitting(round, workshop), typed(round, how="", difference=""))
    assert Idea.objects.get().how == ""


@pytest.mark.parametrize("name", ["title", "why", "theme", "level", "credited_as", "key"])
def test_what_is_missing_is_said_beside_its_field(sign_in, editor, round, workshop, name):
    response = sign_in(editor).post(sitting(round, workshop), {**typed(round), name: ""})
    assert (response.status_code, list(response.context["form"].errors), Idea.objects.count()) == (
        422,
        [name],
        0,
    )


@pytest.mark.parametrize(
    ("name", "value"), [("title", "x" * 121), ("why", "x" * 5001), ("title", "a\0b"), ("level", "moon")]
)
def test_bad_input_is_refused(sign_in, editor, round, workshop, name, value):
    response = sign_in(editor).post(sitting(round, workshop), {**typed(round), name: value})
    assert (response.status_code, Idea.objects.count()) == (422, 0)


def test_a_theme_of_another_round_is_refused(sign_in, editor, round, workshop):
    other = make_theme(round=make_round())
    response = sign_in(editor).post(sitting(round, workshop), {**typed(round), "theme": other.pk})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["theme"])


def test_a_form_sent_twice_makes_one_idea(sign_in, editor, round, workshop):
    client, fields = sign_in(editor), typed(round)
    first, second = (client.post(sitting(round, workshop), fields) for _ in range(2))
    assert (first.status_code, second.status_code, Idea.objects.count()) == (302, 302, 1)


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_five_times_at_once_makes_one_idea(enter, at_once, round):
    key, theme = uuid.uuid4(), round.themes.get()
    captures = at_once(*[lambda: enter(key=key, theme=theme)] * 5)
    assert ({capture.pk for capture in captures}, Idea.objects.count()) == ({Capture.objects.get().pk}, 1)


def test_editor_changes_what_was_entered(sign_in, editor, enter):
    capture = enter(title="Lits evry lobbyist")
    client = sign_in(editor)
    form = client.get(page_of("edit", capture)).context["form"]
    assert (form["title"].value(), form["key"].value()) == ("Lits evry lobbyist", str(capture.key))
    fields = typed(capture.round, title="List every lobbyist")
    assert client.post(page_of("edit", capture), {**fields, "credited_as": "Ann's table"}).status_code == 302
    capture.refresh_from_db()
    assert (capture.idea.title, capture.idea.author_names) == ("List every lobbyist", ["Ann's table"])
    assert list(capture.idea.revisions.values_list("number", "wording", "title")) == [
        (1, 1, "Lits evry lobbyist"),
        (2, 1, "List every lobbyist"),
    ]


def test_a_change_of_the_theme_alone_makes_no_revision(enter, editor, round):
    capture, theme = enter(), make_theme(round=round)
    capture.correct(by=editor, now=timezone.now(), credited_as="Us", theme=theme)
    capture.idea.refresh_from_db()
    assert (capture.idea.theme, capture.idea.revisions.count()) == (theme, 1)


def test_an_answered_idea_can_be_neither_changed_nor_taken_back(sign_in, editor, enter):
    capture = enter(title="As it was")
    capture.idea.approve(by=editor, now=timezone.now())
    with pytest.raises(AlreadyModerated):
        capture.undo(by=editor, now=timezone.now())
    response = sign_in(editor).post(page_of("edit", capture), typed(capture.round, title="Other"))
    assert (response.status_code, Idea.objects.get().title) == (422, "As it was")


def test_the_last_one_is_taken_back(sign_in, editor, enter):
    first, second = enter(title="First"), enter(title="Second")
    client = sign_in(editor)
    page = client.get(sitting(second.round, second.meeting))
    assert page.context["last_own"] == second
    response = client.post(page_of("undo", second), follow=True)
    assert "“Second” is taken back." in response.content.decode()
    assert (list(Idea.objects.all()), response.context["last_own"], response.context["total"]) == (
        [first.idea],
        first,
        1,
    )
    assert client.post(page_of("undo", second)).status_code == 302
    assert Idea.objects.count() == 1


def test_looking_at_the_address_of_undo_changes_nothing(sign_in, editor, enter):
    capture = enter()
    assert sign_in(editor).get(page_of("undo", capture)).status_code == 302
    assert Idea.objects.count() == 1


def test_a_form_sent_again_after_it_was_taken_back_makes_nothing(sign_in, editor, round, workshop):
    client, fields = sign_in(editor), typed(round)
    client.post(sitting(round, workshop), fields)
    Capture.objects.get().undo(by=editor, now=timezone.now())
    response = client.post(sitting(round, workshop), fields, follow=True)
    assert ("taken back before" in response.content.decode(), Idea.objects.count()) == (True, 0)


def test_only_who_entered_an_idea_takes_it_back(sign_in, enter, editor):
    capture = enter(by=make_member(groups=["Editors"]))
    with pytest.raises(NotReady):
        capture.undo(by=editor, now=timezone.now())
    client = sign_in(editor)
    assert client.get(sitting(capture.round, capture.meeting)).context["last_own"] is None
    client.post(page_of("undo", capture))
    assert Idea.objects.count() == 1


@pytest.mark.parametrize("who", ["visitor", "member", "expert"])
@pytest.mark.parametrize("name", ["edit", "undo"])
def test_others_neither_change_nor_take_back(client, sign_in, request, enter, who, name):
    capture = enter()
    if who != "visitor":
        sign_in(request.getfixturevalue(who))
    response = client.post(page_of(name, capture), typed(capture.round, title="Taken over"))
    assert response.status_code == (403 if who == "expert" else 302)
    assert Idea.objects.get().title == capture.idea.title


def test_a_capture_belongs_to_its_meeting(sign_in, editor, enter):
    capture = enter()
    address = reverse("admin:manifesto_capture_edit", args=[capture.round_id, make_meeting().pk, capture.pk])
    assert sign_in(editor).get(address).status_code == 404


def test_entered_ideas_are_nobodys_to_read_until_published(client, enter):
    capture = enter(title="Not for the public yet")
    assert client.get(capture.idea.get_absolute_url()).status_code == 404
    assert "Not for the public yet" not in client.get(capture.meeting.get_absolute_url()).content.decode()


def test_the_meeting_lists_what_was_raised_there(client, enter, editor):
    capture = enter(title="Raised in Leeds")
    capture.idea.approve(by=editor, now=timezone.now())
    assert "Raised in Leeds" in client.get(capture.meeting.get_absolute_url()).content.decode()


def test_screen_costs_the_same_with_1_and_with_30_ideas(sign_in, editor, enter, django_assert_num_queries):
    capture = enter()
    client = sign_in(editor)
    address = sitting(capture.round, capture.meeting)
    client.get(address)
    with django_assert_num_queries(12):
        client.get(address)
    for _ in range(29):
        enter()
    with django_assert_num_queries(12):
        client.get(address)


def test_an_undone_capture_with_an_idea_violates_the_constraint(enter):
    capture = enter()
    with pytest.raises(IntegrityError), transaction.atomic():
        Capture.objects.filter(pk=capture.pk).update(undone_at=timezone.now())


def test_a_second_capture_of_a_key_violates_the_constraint(enter):
    capture = enter()
    with pytest.raises(IntegrityError), transaction.atomic():
        Capture.objects.create(
            key=capture.key, round=capture.round, meeting=capture.meeting, entered_at=timezone.now()
        )
    assert connection.in_atomic_block


def test_correcting_twice_at_once_keeps_both_wordings(enter, editor):
    idea = make_idea(published=False)
    stale = Idea.objects.get(pk=idea.pk)
    idea.correct(by=editor, now=timezone.now(), title="One")
    stale.correct(by=editor, now=timezone.now(), title="Two")
    assert list(idea.revisions.values_list("number", "title"))[1:] == [(2, "One"), (3, "Two")]
