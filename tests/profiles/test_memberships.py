"""Joining an organisation: who may ask, confirm, turn down and end, and who is told."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone

from profiles.errors import AlreadyAsked, NotReady, NotTheirs, TooManyRequests
from profiles.models import Membership, Notification, Organisation
from profiles.models.membership import MOST_REQUESTS_A_DAY
from tests.factories import make_member, make_membership, make_organisation

MINE = "/my/organisations/"


@pytest.fixture
def organisation(db):
    return make_organisation(name="River Watch", slug="river-watch", website="https://www.rivers.org.uk/")


@pytest.fixture
def colleague(organisation):
    colleague = make_member(name="Cleo Colleague")
    make_membership(member=colleague, organisation=organisation)
    return colleague


@pytest.fixture
def people(organisation, colleague, member, editor):
    """One of every part there is, by part."""
    asker, former, outsider = make_member(name="Asker"), make_member(), make_member()
    make_membership(member=asker, organisation=organisation, confirmed=False)
    over = make_membership(member=former, organisation=organisation)
    Membership.objects.filter(pk=over.pk).update(ended_at=timezone.now())
    make_membership(member=outsider, organisation=make_organisation())
    return {
        "stranger": member,
        "requested": asker,
        "confirmed": colleague,
        "ended": former,
        "outsider": outsider,
        "editor": editor,
    }


def ask(organisation, member, **fields):
    values = {"role": "Trustee", "now": timezone.now(), **fields}
    return Membership.objects.request(organisation, member, **values)


def told(member):
    return list(Notification.objects.filter(member=member).values_list("subject", flat=True))


PARTS = ["stranger", "requested", "confirmed", "ended", "outsider", "editor"]


# Part × action


def may(action, people, part):
    try:
        action(people[part])
    except (NotTheirs, AlreadyAsked):
        return False
    return True


@pytest.mark.parametrize("part", PARTS)
def test_who_may_ask(people, organisation, part):
    allowed = may(lambda person: ask(organisation, person), people, part)
    assert allowed is (part not in ("requested", "confirmed"))


@pytest.mark.parametrize("part", PARTS)
def test_who_may_confirm_another(people, organisation, part):
    asked = make_membership(member=make_member(), organisation=organisation, confirmed=False)
    allowed = may(lambda person: asked.confirm(by=person, now=timezone.now()), people, part)
    asked.refresh_from_db()
    assert (allowed, asked.is_belonging) == (part in ("confirmed", "editor"),) * 2


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("confirmed", [True, False])
def test_who_may_end_anothers(people, organisation, part, confirmed):
    place = make_membership(member=make_member(), organisation=organisation, confirmed=confirmed)
    allowed = may(lambda person: place.end(by=person, reason="Has left.", now=timezone.now()), people, part)
    place.refresh_from_db()
    assert (allowed, place.ended_at is not None) == (part in ("confirmed", "editor"),) * 2


@pytest.mark.parametrize("part", ["requested", "confirmed"])
def test_everybody_may_leave_without_a_reason(people, part):
    place = people[part].memberships.get()
    place.end(by=people[part], now=timezone.now())
    assert (place.ended_by, place.end_reason, told(people[part])) == (people[part], "", [])


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("address", ["/organisations/river-watch/people/", "end", "confirm"])
def test_who_gets_at_the_pages(people, organisation, part, address, sign_in):
    asked = make_membership(member=make_member(name="Secret Sam"), organisation=organisation, confirmed=False)
    client, is_allowed = sign_in(people[part]), part in ("confirmed", "editor")
    match address:
        case "end":
            response = client.post(f"/my/memberships/{asked.pk}/endings/", {"reason": "Unknown."})
        case "confirm":
            response = client.post(f"/my/memberships/{asked.pk}/confirmations/")
        case _:
            response = client.get(address)
            assert (response.status_code, "Secret Sam" in response.content.decode()) == (
                (200, True) if is_allowed else (302, False)
            )
            return
    asked.refresh_from_db()
    assert (response.status_code, asked.is_requested) == (302, not is_allowed)


@pytest.mark.parametrize(
    "address", [MINE, f"{MINE}find/", f"{MINE}new/", "/organisations/river-watch/memberships/"]
)
def test_visitors_sign_in_first(visitor, organisation, address):
    assert visitor.get(address).headers["Location"].startswith("/account/login/")


# Asking


def test_asking_tells_those_who_may_confirm_and_confirming_tells_the_asker(organisation, colleague, member):
    membership = ask(organisation, member, note="I began on Monday.")
    assert (membership.is_requested, told(colleague)) == (True, ["Somebody wants to join River Watch"])
    words = Notification.objects.get().words
    assert ("Mina Member (Trustee)" in words, "I began" in words, member.email in words) == (
        True,
        True,
        False,
    )
    membership.confirm(by=colleague, now=timezone.now())
    assert (membership.confirmed_by, told(member)) == (colleague, ["You belong to River Watch now"])


def test_suspended_member_does_not_ask(organisation, member, editor):
    member.suspend(by=editor, reason="Spam", now=timezone.now())
    with pytest.raises(NotReady, match="Spam"):
        ask(organisation, member)


def test_asking_everybody_has_an_end(member):
    for _ in range(MOST_REQUESTS_A_DAY):
        ask(make_organisation(), member)
    last = make_organisation()
    with pytest.raises(TooManyRequests):
        ask(last, member)
    ask(last, member, now=timezone.now() + timedelta(days=1))


def test_turned_down_is_told_why_and_may_ask_again(organisation, colleague, member):
    first = ask(organisation, member)
    first.end(by=colleague, reason="I don’t know you.", now=timezone.now())
    assert told(member) == ["Your request to join River Watch"]
    assert "I don’t know you." in Notification.objects.get(member=member).words
    with pytest.raises(NotReady, match="over"):
        first.confirm(by=colleague, now=timezone.now())
    assert ask(organisation, member).is_requested


def test_ending_anothers_place_wants_a_reason(organisation, colleague, member):
    place = make_membership(member=member, organisation=organisation)
    with pytest.raises(NotReady, match="Say why"):
        place.end(by=colleague, now=timezone.now())
    place.end(by=colleague, reason="Has left.", now=timezone.now())
    assert (place.ended_by, place.end_reason) == (colleague, "Has left.")
    assert told(member) == ["You no longer belong to River Watch"]


def test_the_last_one_leaves(organisation, colleague):
    colleague.memberships.get().end(by=colleague, now=timezone.now())
    assert (organisation.has(colleague), list(organisation.memberships.current())) == (False, [])


@pytest.mark.django_db(transaction=True)
def test_two_confirm_at_once_and_one_of_them_did(at_once):
    organisation, asker = make_organisation(), make_member()
    colleagues = [make_member(), make_member()]
    for colleague in colleagues:
        make_membership(member=colleague, organisation=organisation)
    asked = make_membership(member=asker, organisation=organisation, confirmed=False)

    def confirm(colleague):
        return lambda: Membership.objects.get(pk=asked.pk).confirm(by=colleague, now=timezone.now())

    assert at_once(*map(confirm, colleagues)) == [None, None]
    asked.refresh_from_db()
    assert (asked.confirmed_by in colleagues, len(told(asker))) == (True, 1)


@pytest.mark.django_db(transaction=True)
def test_one_confirms_while_another_turns_down_and_one_holds(at_once):
    organisation, asker = make_organisation(), make_member()
    colleagues = [make_member(), make_member()]
    for colleague in colleagues:
        make_membership(member=colleague, organisation=organisation)
    asked = make_membership(member=asker, organisation=organisation, confirmed=False)
    confirmed, ended = at_once(
        lambda: Membership.objects.get(pk=asked.pk).confirm(by=colleagues[0], now=timezone.now()),
        lambda: Membership.objects.get(pk=asked.pk).end(by=colleagues[1], reason="No.", now=timezone.now()),
    )
    asked.refresh_from_db()
    # Whichever came first, turning down is the last word, and nobody was confirmed after it.
    assert (ended, asked.ended_by) == (None, colleagues[1])
    assert (confirmed is None) == (asked.confirmed_at is not None)


@pytest.mark.django_db(transaction=True)
def test_asking_twice_at_once_is_one_request(at_once):
    organisation, asker = make_organisation(), make_member()
    results = at_once(*[lambda: ask(organisation, asker)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyAsked", "Membership"]


# An address at the organisation's own domain


def prove(member, email, *, verified=True):
    EmailAddress.objects.create(user=member, email=email, verified=verified)


@pytest.mark.parametrize(
    "email, verified, belongs",
    [
        ("ada@rivers.org.uk", True, True),
        ("Ada@RIVERS.org.UK", True, True),
        ("ada@rivers.org.uk", False, False),
        ("ada@www.rivers.org.uk", True, False),
        ("ada@wales.rivers.org.uk", True, False),
        ("ada@notrivers.org.uk", True, False),
        ("ada@rivers.org.uk.evil.example", True, False),
        ("ada@org.uk", True, False),
        ("ada@gmail.com", True, False),
        ("rivers.org.uk@evil.example", True, False),
    ],
)
def test_proven_address_at_its_domain_joins_at_once(
    organisation, colleague, member, email, verified, belongs
):
    prove(member, email, verified=verified)
    membership = ask(organisation, member)
    assert membership.is_belonging is belongs
    domain = "rivers.org.uk" if belongs else ""
    assert (membership.confirmed_domain, membership.confirmed_by) == (domain, None)
    subject = "Somebody joined River Watch" if belongs else "Somebody wants to join River Watch"
    assert told(colleague) == [subject]


@pytest.mark.parametrize(
    "website, email_domain, email",
    [
        ("https://facebook.com/rivers", "", "ada@facebook.com"),
        ("https://www.facebook.com/", "", "ada@facebook.com"),
        ("https://gmail.com/", "gmail.com", "ada@gmail.com"),
        ("https://mail.yahoo.co.uk/", "yahoo.co.uk", "ada@yahoo.co.uk"),
        ("https://outlook.com", "", "ada@outlook.com"),
        ("https://www.gov.uk/", "", "ada@gov.uk"),
        ("https://rivers.co.uk/", "co.uk", "ada@co.uk"),
        ("https://ucl.ac.uk/constitution-unit", "", "ada@ucl.ac.uk"),
        ("https://rivers.wordpress.com/", "", "ada@rivers.wordpress.com"),
        ("https://rivers.org.uk/", "evil.example", "ada@evil.example"),
        ("", "rivers.org.uk", "ada@rivers.org.uk"),
        ("", "", "ada@rivers.org.uk"),
        ("http://[::1", "", "ada@[::1"),
    ],
)
def test_domain_that_is_not_its_own_vouches_for_nobody(member, website, email_domain, email):
    organisation = make_organisation(website=website, email_domain=email_domain)
    prove(member, email)
    assert ask(organisation, member).is_requested


def test_domain_an_editor_gave_vouches_for_a_page_of_a_larger_site(member):
    organisation = make_organisation(website="https://about.rivers.org.uk/us", email_domain="rivers.org.uk")
    prove(member, "ada@rivers.org.uk")
    assert ask(organisation, member).is_belonging


@pytest.mark.parametrize(
    "fields",
    [
        {"website": "http://rivers.org.uk"},
        {"website": "https://x.rivers.org.uk", "email_domain": "rivers.org.uk"},
    ],
)
def test_domain_that_two_organisations_share_vouches_for_neither(organisation, member, fields):
    make_organisation(**fields)
    prove(member, "ada@rivers.org.uk")
    assert ask(organisation, member).is_requested


# The pages


def test_member_asks_and_a_colleague_confirms(sign_in, organisation, colleague, member):
    client = sign_in(member)
    address = "/organisations/river-watch/memberships/"
    assert client.post(address, {"role": "", "note": "Kept."}).status_code == 422
    response = client.post(address, {"role": "Trustee", "note": "Hello"}, follow=True)
    assert "Waiting for somebody to confirm it" in response.content.decode()
    assert "You asked on" in client.get(address).content.decode()
    client = sign_in(colleague)
    asked = Membership.objects.requested().get()
    html = client.get("/organisations/river-watch/people/").content.decode()
    assert ("Hello" in html, "Trustee" in html, member.email in html) == (True, True, False)
    client.post(f"/my/memberships/{asked.pk}/confirmations/")
    assert organisation.has(member)


def test_turning_down_asks_for_a_reason_beside_its_field(sign_in, organisation, colleague, member):
    asked = ask(organisation, member)
    response = sign_in(colleague).post(f"/my/memberships/{asked.pk}/endings/", {"reason": ""})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["reason"])


def test_ending_that_is_done_is_not_found(sign_in, organisation, colleague, member):
    asked = ask(organisation, member)
    asked.end(by=member, now=timezone.now())
    assert sign_in(colleague).get(f"/my/memberships/{asked.pk}/endings/").status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_my_organisations_cost_the_same_at_one_and_at_thirty(
    sign_in, member, rows, django_assert_num_queries
):
    for _ in range(rows):
        make_membership(member=member, organisation=make_organisation())
    client = sign_in(member)
    with django_assert_num_queries(4):
        client.get(MINE)


@pytest.mark.parametrize("rows", [1, 30])
def test_people_cost_the_same_at_one_and_at_thirty(
    sign_in, organisation, colleague, rows, django_assert_num_queries
):
    for _ in range(rows):
        make_membership(member=make_member(), organisation=organisation)
        make_membership(member=make_member(), organisation=organisation, confirmed=False)
    client = sign_in(colleague)
    with django_assert_num_queries(7):
        client.get("/organisations/river-watch/people/")


# Looking for one


@pytest.mark.parametrize("text", ["river", "Rivr Watch", "RW", "watch river"])
def test_finding_forgives_slips_and_knows_other_names(sign_in, organisation, member, text):
    organisation.other_names.create(name="RW")
    make_organisation(name="Land Law")
    response = sign_in(member).get(f"{MINE}find/", {"text": text})
    assert list(response.context["found"]) == [organisation]


def test_finding_nothing_offers_to_add_it(sign_in, organisation, member):
    html = sign_in(member).get(f"{MINE}find/", {"text": "Zoo & Co"}).content.decode()
    assert ("None of that name" in html, "/my/organisations/new/?text=Zoo+%26+Co" in html) == (True, True)


@pytest.mark.parametrize("text", ["", "a\x00b", "x" * 300])
def test_finding_says_what_is_wrong(sign_in, member, text):
    assert sign_in(member).get(f"{MINE}find/", {"text": text}).status_code == 422


# The admin


def test_editor_answers_requests(sign_in, organisation, member, other_member, editor):
    yes, no = ask(organisation, member), ask(organisation, other_member)
    client = sign_in(editor)
    tasks = dict(client.get("/admin/").context["tasks"])
    queue = tasks["Answer 2 requests to join an organisation"]
    html = client.get(queue).content.decode()
    assert [email in html for email in (member.email, other_member.email)] == [True, True]
    page = f"/admin/profiles/membership/{yes.pk}/change/"
    assert "Trustee" in client.get(page).content.decode()
    client.post(page, {"confirm": "Confirm"})
    page = f"/admin/profiles/membership/{no.pk}/change/"
    assert client.post(page, {"reason": ""}).status_code == 422
    client.post(page, {"reason": "Nobody knows you there."})
    assert (organisation.has(member), organisation.has(other_member)) == (True, False)
    assert told(other_member) == ["Your request to join River Watch"]


@pytest.mark.parametrize("key", ["0", "x", "9" * 30])
def test_admin_of_no_request_is_not_found(sign_in, editor, key):
    assert sign_in(editor).get(f"/admin/profiles/membership/{key}/change/").status_code == 404


def test_experts_answer_no_requests(sign_in, organisation, member, expert):
    asked = ask(organisation, member)
    page = f"/admin/profiles/membership/{asked.pk}/change/"
    assert sign_in(expert).post(page, {"confirm": "Confirm"}).status_code == 403


# Integrity


@pytest.mark.parametrize(
    "fields, constraint",
    [
        ({"confirmed_domain": "rivers.org.uk"}, "membership_confirmed_at_a_time"),
        ({"end_reason": "Gone"}, "membership_ended_at_a_time"),
    ],
)
def test_who_goes_with_when(organisation, member, fields, constraint):
    place = make_membership(member=member, organisation=organisation, confirmed=False)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Membership.objects.filter(pk=place.pk).update(**fields)


def test_domains_are_kept_in_lower_case(organisation):
    with pytest.raises(IntegrityError, match="organisation_email_domain_is_lower_case"), transaction.atomic():
        Organisation.objects.update(email_domain="Rivers.org.uk")


@pytest.mark.parametrize("confirmed", [True, False])
@pytest.mark.parametrize("ended", [True, False])
def test_querysets_agree_with_predicates(organisation, member, confirmed, ended):
    place = make_membership(member=member, organisation=organisation, confirmed=confirmed)
    if ended:
        place.end(by=member, now=timezone.now())
    for queryset, predicate in (("belonging", "is_belonging"), ("requested", "is_requested")):
        assert getattr(Membership.objects, queryset)().exists() is getattr(place, predicate)
