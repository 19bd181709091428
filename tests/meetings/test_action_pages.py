"""The public pages of actions: the list, each one's history, and carrying them into the next meeting."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from meetings.models import Action, Meeting, Note
from tests.factories import make_action, make_meeting, make_member, make_note, make_organisation

DAY = timedelta(days=1)
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
LIST = "/meetings/actions/"


def texts(response):
    return [action.text for action in response.context["page_obj"]]


def say(client, action, kind, **fields):
    return client.post(f"{action.get_absolute_url()}events/", {"kind": kind, **fields})


def html_of(client, page):
    return client.get(page).content.decode()


# The list


def test_list_shows_each_status_and_counts_them_all(visitor, db):
    make_action(text="Late", due_on=TODAY - 3 * DAY)
    make_action(text="Open")
    make_action(text="Done", done_at=NOW, due_on=TODAY - 9 * DAY)
    make_action(text="Dropped", dropped_at=NOW)
    shown = {
        status: sorted(texts(visitor.get(LIST, {"status": status})))
        for status in ("", "overdue", "done", "dropped", "all", "gone")
    }
    assert shown == {
        "": ["Late", "Open"],
        "overdue": ["Late"],
        "done": ["Done"],
        "dropped": ["Dropped"],
        "all": ["Done", "Dropped", "Late", "Open"],
        "gone": ["Late", "Open"],
    }
    response = visitor.get(LIST)
    assert [count for _, _, count in response.context["filter"].statuses] == [2, 1, 1, 1, 4]
    assert "Overdue by 3 days" in response.content.decode()


def test_list_is_narrowed_by_organisation_and_meeting(visitor, db):
    river, note = make_organisation(slug="river"), make_note()
    make_action(text="A", owner_organisation=river, note=note)
    make_action(text="B", owner_organisation=river)
    make_action(text="C", note=note)
    queries = [{"organisation": "river"}, {"meeting": note.meeting.slug}]
    queries += [{**queries[0], **queries[1]}, {"organisation": "\x00"}, {"meeting": "x" * 5000}]
    assert [sorted(texts(visitor.get(LIST, query))) for query in queries] == [
        ["A", "B"],
        ["A", "C"],
        ["A"],
        ["A", "B", "C"],
        ["A", "B", "C"],
    ]


@pytest.mark.parametrize("page, number", [("2", 2), ("abc", 1), ("999", 2)])
def test_list_comes_in_pages(visitor, db, page, number):
    note = make_note()
    for _ in range(21):
        make_action(note=note)
    assert visitor.get(LIST, {"page": page}).context["page_obj"].number == number


@pytest.mark.parametrize("rows", [1, 30])
def test_list_costs_the_same_at_one_and_at_thirty(visitor, db, rows, django_assert_num_queries):
    for _ in range(rows):
        make_action(owner_organisation=make_organisation(), due_on=TODAY - DAY)
    with django_assert_num_queries(6):
        visitor.get(LIST)


def test_csv_holds_what_the_list_shows_for_the_same_query(visitor, db):
    make_action(text="=Late", owner_name="Kim", due_on=TODAY - 3 * DAY)
    make_action(text="Open", due_text="before the summer")
    make_action(text="Done", done_at=NOW)
    content = visitor.get("/meetings/actions.csv", {"status": "open"}).getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(content)))
    names = ("action", "owner", "due_text", "status", "days_overdue")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("'=Late", "Kim", "", "open", "3"),
        ("Open", "", "before the summer", "open", ""),
    ]


# One action


def test_page_of_an_action_nobody_promised_is_not_found(visitor, db):
    assert [visitor.get(f"{LIST}{pk}/").status_code for pk in (1, 10**18)] == [404, 404]


@pytest.mark.parametrize("events", [1, 30])
def test_page_costs_the_same_at_one_event_and_at_thirty(visitor, db, events, django_assert_num_queries):
    action = make_action(owner_organisation=make_organisation())
    for number in range(events):
        action.carry_to(make_meeting(), by=None, now=NOW)
        action.remark(str(number), by=None, now=NOW)
    with django_assert_num_queries(2):
        visitor.get(action.get_absolute_url())


SENT = {
    "done": {},
    "remark": {"words": "Half done."},
    "postponed": {"due_on": str(TODAY + 9 * DAY)},
    "handed_over": {"name": "Lee"},
    "dropped": {"words": "Too dear."},
    "reopened": {},
}
OF_OPEN = {"done", "remark", "postponed", "handed_over", "dropped"}
MAY = {
    "visitor": {},
    "member": {},
    "expert": {},
    "owner": {"open": {"done", "remark"}, "done": {"remark"}},
    "editor": {"open": OF_OPEN, "done": {"remark", "reopened"}},
    "administrator": {"open": OF_OPEN, "done": {"remark", "reopened"}},
}


@pytest.mark.parametrize("state", ["open", "done"])
@pytest.mark.parametrize("person", MAY)
def test_who_may_say_what_of_an_action(request, db, sign_in, client, person, state):
    owner = make_member()
    if person != "visitor":
        sign_in(owner if person == "owner" else request.getfixturevalue(person))
    said, offered = set(), set()
    for kind, fields in SENT.items():
        action = make_action(owner_member=owner, done_at=NOW if state == "done" else None)
        offered |= {form.kind.value for form in client.get(action.get_absolute_url()).context["forms"]}
        say(client, action, kind, **fields)
        said |= set(action.events.values_list("kind", flat=True))
    allowed = MAY[person].get(state, set())
    assert (said, offered) == (allowed, allowed)


def test_editor_without_a_second_factor_has_no_say(db, client, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    action = make_action()
    client.force_login(make_member(groups=["Editors"]))
    assert say(client, action, "done").status_code == 403
    assert not action.events.exists()


def test_what_was_typed_wrongly_is_kept(editor, sign_in):
    action = make_action()
    response = say(sign_in(editor), action, "postponed", due_on="2026-06-31", words="Because.")
    html = response.content.decode()
    assert response.status_code == 422
    assert ["a date that exists" in html, "2026-06-31" in html, "Because." in html] == [True] * 3
    response = say(sign_in(editor), action, "postponed", due_on=str(TODAY - DAY))
    assert "passed already" in response.content.decode()


def test_what_is_closed_meanwhile_is_said(editor, sign_in):
    action = make_action(done_at=NOW)
    response = sign_in(editor).post(
        f"{action.get_absolute_url()}events/", {"kind": "dropped", "words": "No."}, follow=True
    )
    assert "is done by now" in response.content.decode()


def test_words_carry_no_active_content(visitor, db):
    action = make_action(text="<b>Write</b>")
    action.remark("<script>alert(1)</script>", by=None, now=NOW)
    html = html_of(visitor, action.get_absolute_url())
    assert ["<script>alert" in html, "<b>Write" in html] == [False, False]


# What is not public


@pytest.fixture
def hidden(db):
    """Actions of a draft, and of a note whose meeting was taken back."""
    draft = make_action(note=make_note(published=False), text="Secret draft", done_at=NOW)
    back = make_action(text="Secret past", owner_organisation=make_organisation(slug="river"))
    Meeting.objects.filter(pk=back.note.meeting_id).update(announced_at=None)
    return [draft, back]


def test_actions_of_notes_that_are_not_public_are_nowhere(visitor, hidden, sign_in, member, editor):
    pages = [f"{LIST}?status=all", "/meetings/actions.csv?status=all", "/organisations/river/"]
    pages += ["/open-data/actions.csv", "/open-data/action-events.csv"]
    assert ["ecret" in b"".join(visitor.get(page)).decode() for page in pages] == [False] * 5
    for person, status in ((None, 404), (member, 404), (editor, 200)):
        client = sign_in(person) if person else visitor
        answers = [client.get(action.get_absolute_url()) for action in hidden]
        assert [answer.status_code for answer in answers] == [status] * 2
    assert ["no-store" in answer.headers["Cache-Control"] for answer in answers] == [True] * 2


def test_history_does_not_tell_of_meetings_not_announced(visitor, db):
    action = make_action()
    meeting = make_meeting(title="Secret meeting")
    action.carry_to(meeting, by=None, now=NOW)
    assert "Secret meeting" in html_of(visitor, action.get_absolute_url())
    Meeting.objects.filter(pk=meeting.pk).update(announced_at=None)
    pages = [action.get_absolute_url(), action.note.get_absolute_url(), f"{LIST}?status=all"]
    assert ["Secret" in html_of(visitor, page) for page in pages] == [False] * 3


def test_carried_action_whose_note_is_taken_back_leaves_the_agenda(visitor, db):
    action, meeting = make_action(text="Secret action"), make_meeting()
    action.carry_to(meeting, by=None, now=NOW)
    assert "Secret action" in html_of(visitor, meeting.get_absolute_url())
    Note.objects.update(published_at=None)
    assert "Secret action" not in html_of(visitor, meeting.get_absolute_url())


def test_account_of_an_owner_is_not_published(visitor, db, sign_in, editor):
    owner = make_member(name="Private Kim", email="kim@example.org")
    action = make_action(owner_name="Kim", owner_member=owner)
    action.remark("Going well.", by=owner, now=NOW)
    action.finish(by=owner, now=NOW)
    pages = [action.get_absolute_url(), action.note.get_absolute_url(), f"{LIST}?status=all"]
    assert [
        words in html_of(visitor, page) for page in pages for words in ("Private", "kim@example.org")
    ] == [False] * 6
    assert "From its owner" in html_of(visitor, pages[0])


@pytest.mark.parametrize("kind", ["done", "remark"])
def test_suspended_owner_says_nothing_in_public(sign_in, editor, kind):
    owner = make_member()
    action = make_action(owner_member=owner)
    owner.suspend(by=editor, reason="Shouting", now=NOW)
    answer = sign_in(owner).post(
        f"{action.get_absolute_url()}events/", {"kind": kind, "words": "Shout shout."}
    )
    assert answer.status_code == 422
    assert "Shouting. Until then" in answer.text
    assert action.events.count() == 0
    action.refresh_from_db()
    assert action.is_open


# Carrying forward


@pytest.mark.parametrize(
    "person, offered", [("visitor", 0), ("member", 0), ("expert", 0), ("editor", 1), ("administrator", 1)]
)
def test_who_may_carry_actions_forward(request, db, client, sign_in, person, offered):
    action, meeting = make_action(), make_meeting()
    if person != "visitor":
        sign_in(request.getfixturevalue(person))
    assert len(client.get(meeting.get_absolute_url()).context["offered"]) == offered
    client.post(f"{meeting.get_absolute_url()}carried-actions/", {"all": "1"})
    assert Action.objects.carried_to(meeting).count() == offered
    if not offered:
        action.carry_to(meeting, by=None, now=NOW)
    client.post(f"{meeting.get_absolute_url()}carried-actions/{action.pk}/removal/")
    assert Action.objects.carried_to(meeting).count() == 1 - offered


@pytest.mark.parametrize("part", ["", "1/removal/"])
def test_answer_does_not_tell_which_meetings_are_planned(member, sign_in, part):
    make_meeting(slug="secret-plan", announced_at=None)
    client = sign_in(member)
    answers = [
        client.post(f"/meetings/{slug}/carried-actions/{part}").status_code
        for slug in ("secret-plan", "no-plan")
    ]
    assert answers == [403, 403]


def test_ticked_actions_alone_are_carried(editor, sign_in):
    actions, meeting = [make_action() for _ in range(3)], make_meeting()
    client, address = sign_in(editor), f"{meeting.get_absolute_url()}carried-actions/"
    client.post(address, {"action": [actions[1].pk, "x", "9" * 30]})
    assert list(Action.objects.carried_to(meeting)) == [actions[1]]
    client.post(address, {})
    assert Action.objects.carried_to(meeting).count() == 1


@pytest.mark.parametrize("rows", [1, 30])
def test_agenda_costs_the_same_at_one_and_at_thirty(editor, sign_in, db, rows, django_assert_num_queries):
    meeting, client = make_meeting(), sign_in(editor)
    for _ in range(rows):
        make_action(owner_organisation=make_organisation()).carry_to(meeting, by=None, now=NOW)
        make_action(owner_organisation=make_organisation())
    client.get(meeting.get_absolute_url())
    with django_assert_num_queries(15):
        client.get(meeting.get_absolute_url())


def test_action_is_carried_through_three_meetings_to_done(editor, member, sign_in, visitor):
    """Issue 6, shown by 4: the whole way through the pages, and all of it on one page at the end."""
    titles = ["Spring meeting", "Summer meeting", "Autumn meeting", "Winter meeting"]
    meetings = [
        make_meeting(days=days, title=title) for days, title in zip((-60, -30, -7, 20), titles, strict=True)
    ]
    river = make_organisation(name="River Watch", slug="river")
    first = make_note(meeting=meetings[0])
    action = make_action(
        note=first, text="Write to the minister.", owner_name="Kim Lee", owner_member=member, due_text="soon"
    )
    page = action.get_absolute_url()
    for number, meeting in enumerate(meetings[1:], start=1):
        client = sign_in(editor)
        response = client.post(f"{meeting.get_absolute_url()}carried-actions/", {"all": "1"}, follow=True)
        assert "1 action is on the agenda." in response.content.decode()
        if number == 1:
            say(client, action, "postponed", due_on=str(TODAY + 30 * DAY), words="The minister changed.")
        if number == 2:
            say(sign_in(member), action, "remark", words="The letter is signed by 40 of us.")
        if number < 3:
            make_note(meeting=meeting)
    say(
        sign_in(editor),
        action,
        "handed_over",
        name="Ann Ode",
        organisation="River Watch",
        member=member.email,
    )
    say(sign_in(member), action, "done", words="It was sent, and answered.")
    visitor.logout()
    html = html_of(visitor, page)
    told = ["Agreed", "Spring meeting", "Summer meeting", "New date", "soon", "The minister changed."]
    told += ["Autumn meeting", "Update", "The letter is signed by 40 of us.", "Winter meeting", "New owner"]
    told += ["Kim Lee", "Ann Ode, River Watch", "It was sent, and answered."]
    places = [html.index(words, html.index("What happened")) for words in told]
    assert places == sorted(places)
    assert Action.objects.count() == 1
    # The note of a meeting in between says what became of it, and where it went.
    html = html_of(visitor, meetings[1].get_absolute_url())
    carried = html[html.index('id="carried"') :]
    assert [words in carried for words in ("Write to the minister.", "Done", "Autumn meeting")] == [True] * 3
    listed = html_of(visitor, f"{LIST}?status=done&organisation={river.slug}")
    assert "Write to the minister." in listed
