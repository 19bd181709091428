import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from meetings.models import Action, Attendance
from profiles.models import Membership, Organisation, OrganisationIdentifier, OrganisationName
from tests.factories import (
    make_attendance,
    make_idea,
    make_meeting,
    make_member,
    make_membership,
    make_note,
    make_organisation,
    make_profile,
    make_round,
)

LIST = "/organisations/"
SCOTLAND, WALES = "S92000003", "W92000004"


def names(response):
    return [organisation.name for organisation in response.context["page_obj"]]


def page_of(client, organisation):
    return client.get(organisation.get_absolute_url())


def shown(response):
    """What an organisation's page lists, by section."""
    return {section["name"]: list(section["page"]) for section in response.context["sections"]}


# The list


def test_list_is_in_order_of_names_whatever_their_capitals(visitor, db):
    for name in ("beta", "Gamma", "Alpha"):
        make_organisation(name=name)
    assert names(visitor.get(LIST)) == ["Alpha", "beta", "Gamma"]


def test_list_shows_what_each_organisation_is(visitor, db):
    make_organisation(name="River Watch", summary="Looks after a river.", areas=[WALES])
    html = visitor.get(LIST).content.decode()
    assert [text in html for text in ("River Watch", "Looks after a river.", "Charity", "Wales")] == [
        True
    ] * 4


def test_list_finds_part_of_a_name_and_of_other_names(visitor, db):
    make_organisation(name="Open Rivers")
    known_otherwise = make_organisation(name="Water Watch")
    OrganisationName.objects.create(organisation=known_otherwise, name="RIVERS first")
    OrganisationName.objects.create(organisation=known_otherwise, name="The rivers group")
    make_organisation(name="Land Watch")
    assert names(visitor.get(LIST, {"text": "rivers"})) == ["Open Rivers", "Water Watch"]


def test_list_filters_by_type_and_place(visitor, db):
    make_organisation(name="A", kind=Organisation.Kind.COMPANY, areas=[SCOTLAND])
    make_organisation(name="B", kind=Organisation.Kind.COMPANY, areas=[SCOTLAND, WALES])
    make_organisation(name="C", areas=[WALES])
    assert names(visitor.get(LIST, {"kind": "company"})) == ["A", "B"]
    assert names(visitor.get(LIST, {"area": WALES})) == ["B", "C"]
    assert names(visitor.get(LIST, {"kind": "company", "area": WALES})) == ["B"]


@pytest.mark.parametrize(
    "page, number", [("2", 2), ("abc", 1), ("1e29", 1), ("999", 2), ("-1", 2), ("9" * 5000, 1)]
)
def test_list_gives_the_nearest_page(visitor, db, page, number):
    for _ in range(21):
        make_organisation()
    assert visitor.get(LIST, {"page": page}).context["page_obj"].number == number


@pytest.mark.parametrize(
    "query",
    [{"text": "a\x00b"}, {"text": "x" * 10_000}, {"kind": "cartel"}, {"area": "Narnia"}, {"area": "\x00"}],
)
def test_list_says_what_is_wrong_with_a_filter_and_leaves_it_out(visitor, db, query):
    make_organisation(name="River Watch")
    response = visitor.get(LIST, query)
    assert (response.status_code, names(response)) == (200, ["River Watch"])
    assert list(response.context["filter"].form.errors) == list(query)


def test_list_without_matches_offers_all(visitor, db):
    make_organisation(name="River Watch")
    html = visitor.get(LIST, {"text": "mountain"}).content.decode()
    assert "Nothing matches" in html and "River Watch" not in html


@pytest.mark.parametrize("rows", [1, 30])
def test_list_costs_the_same_at_one_and_at_thirty(visitor, db, rows, django_assert_num_queries):
    for _ in range(rows):
        make_organisation(areas=[WALES])
    with django_assert_num_queries(2):
        visitor.get(LIST, {"area": WALES})


# The page


def test_page_shows_the_facts(visitor, db):
    organisation = make_organisation(
        name="River Watch",
        summary="Looks after a river.",
        areas=[WALES],
        website="https://river.example.org/",
        member_since=timezone.datetime(2014, 3, 1).date(),
    )
    OrganisationName.objects.create(organisation=organisation, name="Gwylio’r Afon")
    OrganisationIdentifier.objects.create(organisation=organisation, scheme="GB-CHC", value="1234567")
    html = page_of(visitor, organisation).content.decode()
    facts = ["Looks after a river.", "Charity", "Wales", "river.example.org", "March 2014", "Gwylio’r Afon"]
    assert [fact in html for fact in [*facts, "GB-CHC-1234567"]] == [True] * 7


def test_page_gathers_what_it_does(visitor, db):
    organisation = make_organisation()
    profile = make_profile(organisation=organisation, standfirst="A story of water.")
    idea = make_idea(organisation=organisation)
    note = make_note()
    Action.objects.create(note=note, text="Write to the minister", owner_organisation=organisation)
    Action.objects.create(
        note=note, text="Long since done", owner_organisation=organisation, done_at=timezone.now()
    )
    make_attendance(meeting=note.meeting, organisation=organisation)
    response = page_of(visitor, organisation)
    lists = shown(response)
    assert list(lists) == ["stories", "actions", "ideas", "meetings"]
    assert (lists["stories"], lists["ideas"]) == ([profile], [idea])
    assert [action.text for action in lists["actions"]] == ["Write to the minister"]
    assert [attendance.meeting for attendance in lists["meetings"]] == [note.meeting]
    html = response.content.decode()
    texts = ["A story of water.", idea.title, "Write to the minister", note.meeting.title]
    assert [text in html for text in texts] == [True] * 4


def test_page_lists_a_meeting_once_however_many_people_went(visitor, db):
    organisation, earlier, later = make_organisation(), make_meeting(days=-9), make_meeting(days=-2)
    for meeting in (earlier, later):
        make_note(meeting=meeting)
    for name in ("Robin", "Kim"):
        make_attendance(meeting=earlier, name=name, organisation=organisation)
    make_attendance(meeting=later, organisation=organisation)
    attendances = shown(page_of(visitor, organisation))["meetings"]
    assert [attendance.meeting for attendance in attendances] == [later, earlier]


def test_page_keeps_to_itself_what_is_not_public(visitor, db):
    organisation = make_organisation(name="River Watch")
    make_membership(
        member=make_member(name="Secret Sam", email="sam@secret.example"), organisation=organisation
    )
    make_profile(organisation=organisation, published=False, standfirst="Secret story")
    withdrawn = make_profile(organisation=organisation, standfirst="Secret withdrawn")
    withdrawn.withdraw(by=None, now=timezone.now())
    make_idea(organisation=organisation, published=False, title="Secret idea")
    make_idea(organisation=organisation, round=make_round(announced_at=None), title="Secret round's idea")
    draft = make_note(meeting=make_meeting(days=-3, title="Open meeting"), published=False)
    Action.objects.create(note=draft, text="Secret action", owner_organisation=organisation)
    taken_back = make_note(meeting=make_meeting(days=-3))
    Action.objects.create(note=taken_back, text="Secret again", owner_organisation=organisation)
    type(taken_back.meeting).objects.filter(pk=taken_back.meeting.pk).update(announced_at=None)
    for title, fields in {
        "Secret meeting": {"announced_at": None},
        "Secret cancelled": {"cancelled_at": timezone.now()},
    }.items():
        meeting = make_meeting(days=-3, title=title)
        make_attendance(meeting=make_note(meeting=meeting).meeting, organisation=organisation)
        type(meeting).objects.filter(pk=meeting.pk).update(**fields)
    for fields in ({"days": 3}, {"days": -3}):
        meeting = make_meeting(title="Secret without a note", **fields)
        make_attendance(meeting=meeting, organisation=organisation)
    drafted = make_note(meeting=make_meeting(days=-3, title="Secret draft"), published=False)
    make_attendance(meeting=drafted.meeting, organisation=organisation)
    unnamed = make_note(meeting=make_meeting(days=-3, title="Secret unnamed"))
    make_attendance(meeting=unnamed.meeting, organisation=organisation, is_named=False)
    absent = make_note(meeting=make_meeting(days=-3, title="Secret apology"))
    make_attendance(
        meeting=absent.meeting,
        organisation=organisation,
        mode=Attendance.Mode.APOLOGIES,
    )
    for address in ("", "stories/", "actions/", "ideas/", "meetings/"):
        html = visitor.get(f"{organisation.get_absolute_url()}{address}").content.decode()
        assert ("ecret" in html, "Nothing here yet" in html) == (False, True)


def test_page_shows_html_as_text(visitor, db):
    organisation = make_organisation(name="<b>River</b>", summary="<script>alert(1)</script>")
    html = page_of(visitor, organisation).content.decode()
    assert "<b>River</b>" not in html and "<script>" not in html
    assert "&lt;b&gt;River&lt;/b&gt;" in html


def test_page_of_nobody_is_not_found(visitor, db):
    assert visitor.get("/organisations/nobody/").status_code == 404


def busy_organisation(rows):
    organisation = make_organisation(slug="river-watch")
    round = make_idea(organisation=organisation).round
    for row in range(rows):
        make_profile(organisation=organisation)
        if row:
            make_idea(round=round, organisation=organisation)
        note = make_note()
        Action.objects.create(note=note, text="Write", owner_organisation=organisation)
        make_attendance(meeting=note.meeting, organisation=organisation)
    return organisation


@pytest.mark.parametrize("rows", [1, 30])
def test_page_costs_the_same_whatever_it_gathers(visitor, db, rows, django_assert_num_queries):
    organisation = busy_organisation(rows)
    with django_assert_num_queries(13):
        page_of(visitor, organisation)


def test_page_shows_ten_of_each_and_the_way_to_all(visitor, db):
    response = page_of(visitor, busy_organisation(21))
    assert {name: len(rows) for name, rows in shown(response).items()} == {
        "stories": 10,
        "actions": 10,
        "ideas": 10,
        "meetings": 10,
    }
    html = response.content.decode()
    links = [f'<a href="/organisations/river-watch/{name}/">All 21 {name}</a>' for name in shown(response)]
    assert [link in html for link in links] == [True] * 4


def test_page_has_no_way_to_all_where_all_are_shown(visitor, db):
    assert ">All 10 " not in page_of(visitor, busy_organisation(10)).content.decode()


def test_sections_come_in_pages(visitor, db):
    busy_organisation(21)
    asked = {"1": (1, 20), "2": (2, 1), "abc": (1, 20), "999": (2, 1), "-1": (2, 1), "9" * 5000: (1, 20)}
    for name in ("stories", "actions", "ideas", "meetings"):
        responses = [visitor.get(f"/organisations/river-watch/{name}/", {"page": page}) for page in asked]
        pages = [response.context["page_obj"] for response in responses]
        assert [(page.number, len(page)) for page in pages] == list(asked.values())
        assert [response.content.decode().count("<h1>") for response in responses] == [1] * len(asked)


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("name, queries", [("stories", 3), ("actions", 3), ("ideas", 4), ("meetings", 3)])
def test_section_costs_the_same_at_one_and_at_thirty(
    visitor, db, name, queries, rows, django_assert_num_queries
):
    busy_organisation(rows)
    with django_assert_num_queries(queries):
        visitor.get(f"/organisations/river-watch/{name}/")


@pytest.mark.parametrize("address", ["river-watch/secrets/", "nobody/ideas/"])
def test_section_that_does_not_exist_is_not_found(visitor, db, address):
    make_organisation(slug="river-watch")
    assert visitor.get(f"/organisations/{address}").status_code == 404


# Integrity


def test_name_is_taken_whatever_the_capitals(db):
    make_organisation(name="River Watch")
    with pytest.raises(IntegrityError, match="organisation_name_is_unique"), transaction.atomic():
        make_organisation(name="RIVER WATCH")


def test_identifier_belongs_to_one_organisation(db):
    OrganisationIdentifier.objects.create(organisation=make_organisation(), scheme="GB-CHC", value="1130568")
    with pytest.raises(IntegrityError, match="organisation_identifier_is_unique"), transaction.atomic():
        OrganisationIdentifier.objects.create(
            organisation=make_organisation(), scheme="GB-CHC", value="1130568"
        )


def test_other_name_is_listed_once(db):
    organisation = make_organisation()
    OrganisationName.objects.create(organisation=organisation, name="RW")
    with pytest.raises(IntegrityError, match="organisation_other_name_listed_once"), transaction.atomic():
        OrganisationName.objects.create(organisation=organisation, name="rw")


def test_member_belongs_to_an_organisation_once_at_a_time(db, member):
    organisation = make_organisation()
    first = make_membership(member=member, organisation=organisation)
    with pytest.raises(IntegrityError, match="membership_current_once"), transaction.atomic():
        make_membership(member=member, organisation=organisation)
    Membership.objects.filter(pk=first.pk).update(ended_at=timezone.now())
    assert make_membership(member=member, organisation=organisation).pk != first.pk


# Verbs and querysets


def test_confirming_keeps_who_did_it_first(db, member, editor, administrator):
    asked, now = timezone.now() - timezone.timedelta(days=1), timezone.now()
    membership = Membership.objects.create(
        member=member, organisation=make_organisation(), requested_at=asked
    )
    membership.confirm(by=editor, now=now)
    membership.confirm(by=administrator, now=timezone.now())
    assert (membership.requested_at, membership.confirmed_at, membership.confirmed_by) == (asked, now, editor)


def test_members_organisations_are_those_confirmed_and_current(db, member):
    mine, asked_for, left = make_organisation(), make_organisation(), make_organisation()
    make_membership(member=member, organisation=mine)
    make_membership(member=member, organisation=asked_for, confirmed=False)
    Membership.objects.filter(pk=make_membership(member=member, organisation=left).pk).update(
        ended_at=timezone.now()
    )
    assert list(Organisation.objects.for_member(member)) == [mine]


def test_called_puts_an_organisations_own_name_first(db):
    other = make_organisation(name="Water Watch")
    OrganisationName.objects.create(organisation=other, name="River Watch")
    own = make_organisation(name="River Watch")
    assert list(Organisation.objects.called("river watch")) == [own, other]


def test_address_of_an_organisation(db):
    organisation = make_organisation(slug="river-watch")
    assert organisation.get_absolute_url() == "/organisations/river-watch/"
    assert reverse("profiles:organisation_list") == LIST
