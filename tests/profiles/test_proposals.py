"""Adding an organisation that isn't listed: duplicates first, then an editor's answer."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from profiles.errors import AlreadyAsked, NotReady, TooManyRequests
from profiles.models import Notification, Organisation, OrganisationProposal
from profiles.models.proposal import MOST_OPEN
from tests.factories import make_member, make_membership, make_organisation

NEW = "/my/organisations/new/"
SENT = {"name": "River Watch", "kind": "charity", "role": "Trustee"}


def propose(member, **fields):
    return OrganisationProposal.objects.send(by=member, now=timezone.now(), **{**SENT, **fields})


def subjects(member):
    return list(Notification.objects.filter(member=member).values_list("subject", flat=True))


# Sending


def test_member_adds_an_organisation(sign_in, member):
    sent = {**SENT, "website": "rivers.org.uk", "areas": ["W92000004"], "scheme": "GB-COH", "number": "123"}
    response = sign_in(member).post(NEW, sent, follow=True)
    assert "With the editors" in response.content.decode()
    proposal = OrganisationProposal.objects.get()
    assert (proposal.proposer, proposal.website, proposal.number) == (
        member,
        "https://rivers.org.uk",
        "00000123",
    )
    assert Organisation.objects.count() == 0


@pytest.mark.parametrize(
    "changes, wrong",
    [
        ({"name": ""}, ["name"]),
        ({"kind": "cartel"}, ["kind"]),
        ({"website": "javascript:alert(1)"}, ["website"]),
        ({"number": "1130568"}, ["scheme"]),
        ({"scheme": "GB-CHC"}, ["number"]),
        ({"scheme": "GB-CHC", "number": "12"}, ["number"]),
        ({"summary": "x" * 1001}, ["summary"]),
        ({"name": "a\x00b"}, ["name"]),
        ({"areas": ["Narnia"]}, ["areas"]),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_the_rest_is_kept(sign_in, member, changes, wrong):
    response = sign_in(member).post(NEW, {**SENT, **changes})
    assert (response.status_code, list(response.context["form"].errors)) == (422, wrong)
    assert 'value="Trustee"' in response.content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Rivr Watch"},
        {"name": "RW Wales"},
        {"name": "Quite another name", "website": "http://www.rivers.org.uk/contact"},
        {"name": "Quite another name", "scheme": "GB-CHC", "number": "1130568"},
    ],
)
def test_those_that_may_be_the_same_are_offered_first(sign_in, member, fields):
    listed = make_organisation(name="River Watch", website="https://rivers.org.uk")
    listed.other_names.create(name="RW Wales")
    listed.identifiers.create(scheme="GB-CHC", value="1130568")
    make_organisation(name="Land Law", website="https://land.example")
    client = sign_in(member)
    response = client.post(NEW, {**SENT, **fields})
    html = response.content.decode()
    assert (response.status_code, list(response.context["alike"])) == (200, [listed])
    assert f"/organisations/{listed.slug}/memberships/" in html and fields["name"] in html
    assert OrganisationProposal.objects.count() == 0
    client.post(NEW, {**SENT, **fields, "none_of_these": "1"})
    assert OrganisationProposal.objects.get().name == fields["name"]


def test_pages_of_a_site_that_many_share_are_not_the_same(member):
    make_organisation(name="Land Law", website="https://facebook.com/land")
    assert list(propose(member, website="https://facebook.com/rivers").alike()) == []


def test_sending_has_an_end_and_the_same_goes_once(member):
    propose(member)
    with pytest.raises(AlreadyAsked):
        propose(member, name="RIVER WATCH")
    for number in range(MOST_OPEN - 1):
        propose(member, name=f"Group {number}")
    with pytest.raises(TooManyRequests):
        propose(member, name="One too many")


def test_suspended_member_sends_none(member, editor):
    member.suspend(by=editor, reason="Spam", now=timezone.now())
    with pytest.raises(NotReady, match="Spam"):
        propose(member)


# Answering


def page_of(proposal):
    return f"/admin/profiles/organisationproposal/{proposal.pk}/change/"


def test_editor_lists_it_and_the_member_belongs_to_it(sign_in, member, editor):
    proposal = propose(member, scheme="GB-CHC", number="1130568", website="https://rivers.org.uk")
    client = sign_in(editor)
    queue = dict(client.get("/admin/").context["tasks"])["See to 1 organisation that members want listed"]
    assert "River Watch" in client.get(queue).content.decode()
    client.post(page_of(proposal), {"accept": "List it"})
    organisation = Organisation.objects.get()
    assert (organisation.slug, str(organisation.identifiers.get())) == ("river-watch", "GB-CHC-1130568")
    membership = organisation.memberships.get()
    assert (membership.member, membership.role, membership.confirmed_by) == (member, "Trustee", editor)
    proposal.refresh_from_db()
    assert (proposal.organisation, proposal.accepted_by) == (organisation, editor)
    assert "River Watch is listed" in subjects(member)


def test_editor_says_which_it_is(sign_in, member, editor):
    listed, proposal = make_organisation(name="River Watch Wales"), propose(member)
    sent = {"same": "It is this one", "organisation": "river watch wales"}
    client = sign_in(editor)
    assert client.post(page_of(proposal), {**sent, "organisation": "Nobody"}).status_code == 422
    client.post(page_of(proposal), sent)
    assert (listed.has(member), Organisation.objects.count()) == (True, 1)


def test_editor_declines_with_a_reason(sign_in, member, editor):
    proposal, client = propose(member), sign_in(editor)
    assert client.post(page_of(proposal), {"decline": "Decline it", "reason": ""}).status_code == 422
    client.post(page_of(proposal), {"decline": "Decline it", "reason": "We list bodies only."})
    proposal.refresh_from_db()
    assert (proposal.is_open, proposal.declined_by, Organisation.objects.count()) == (False, editor, 0)
    assert "We list bodies only." in Notification.objects.get(member=member).words
    assert propose(member).is_open


def test_one_that_is_listed_by_now_is_not_listed_twice(member, editor):
    proposal = propose(member, scheme="GB-CHC", number="1130568")
    listed = make_organisation(name="RIVER watch")
    with pytest.raises(NotReady, match="this name"):
        proposal.accept(by=editor, now=timezone.now())
    Organisation.objects.update(name="Else")
    listed.identifiers.create(scheme="GB-CHC", value="1130568")
    with pytest.raises(NotReady, match="this number"):
        proposal.accept(by=editor, now=timezone.now())


def test_a_request_that_waits_is_confirmed_by_acceptance(member, editor):
    listed, proposal = make_organisation(), propose(member)
    asked = make_membership(member=member, organisation=listed, confirmed=False)
    proposal.accept_as(listed, by=editor, now=timezone.now())
    asked.refresh_from_db()
    assert asked.confirmed_by == editor


def test_address_of_a_new_one_is_free(member, editor):
    for name in ("River-Watch", "river watch!", "???"):
        propose(member, name=name).accept(by=editor, now=timezone.now())
    slugs = list(Organisation.objects.order_by("pk").values_list("slug", flat=True))
    assert slugs == ["river-watch", "river-watch-2", "organisation"]


@pytest.mark.parametrize("part, status", [("member", 302), ("expert", 403), ("editor", 200)])
def test_who_answers(request, sign_in, part, status):
    proposal = propose(make_member())
    assert sign_in(request.getfixturevalue(part)).get(page_of(proposal)).status_code == status


@pytest.mark.django_db(transaction=True)
def test_two_editors_answer_at_once_and_the_second_is_told(at_once):
    proposal, editors = propose(make_member()), [make_member(groups=["Editors"]) for _ in range(2)]
    accept, decline = (OrganisationProposal.objects.get(pk=proposal.pk) for _ in range(2))
    results = at_once(
        lambda: accept.accept(by=editors[0], now=timezone.now()),
        lambda: decline.decline(by=editors[1], reason="No.", now=timezone.now()),
    )
    assert [type(result) for result in results].count(NotReady) == 1


# What nobody else sees


def test_nobody_sees_what_is_not_accepted(client, member, other_member, editor):
    listed = make_organisation(slug="land-law")
    make_membership(member=other_member, organisation=listed)
    propose(member, name="Secret Society", website="https://secret.example", summary="Secret")
    asked = make_member(name="Secret Sam", email="sam@secret.example")
    make_membership(member=asked, organisation=listed, confirmed=False)
    public = [
        *("/", "/organisations/", "/organisations/?text=secret", "/organisations/secret-society/"),
        *("/organisations/land-law/", "/stories/", "/stories.atom"),
        *("/open-data/stories.csv", "/open-data/organisations.json", "/open-data/organisations.csv"),
    ]
    members = [*public, "/my/organisations/", "/my/organisations/find/?text=secret+society", f"{NEW}?text=x"]
    for person, pages in ((None, public), (other_member, members)):
        client.logout()
        if person:
            client.force_login(person)
        for page in pages:
            html = b"".join(client.get(page)).decode().replace("text=secret", "").replace('"secret"', "")
            assert ("Secret" in html, "secret.example" in html) == (False, False), page
    # Neither the same name nor the same number says that somebody else has sent it.
    client.post(NEW, {**SENT, "name": "Secret Society", "website": "https://secret.example"})
    assert OrganisationProposal.objects.filter(proposer=other_member).count() == 1
    client.force_login(editor)
    for page in ("/admin/meetings/meeting/add/", "/admin/profiles/profile/add/"):
        assert "Secret" not in client.get(page).content.decode()


# Integrity


@pytest.mark.parametrize(
    "fields, constraint",
    [
        ({"accepted_at": timezone.now()}, "proposal_accepted_as_an_organisation"),
        ({"declined_at": timezone.now()}, "proposal_declined_with_reason"),
        ({"decline_reason": "No."}, "proposal_declined_with_reason"),
        ({"number": "1130568"}, "proposal_number_with_its_register"),
        ({"scheme": "GB-CHC"}, "proposal_number_with_its_register"),
    ],
)
def test_who_goes_with_when(member, fields, constraint):
    proposal = propose(member)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        OrganisationProposal.objects.filter(pk=proposal.pk).update(**fields)


def test_open_proposal_of_a_name_is_one(member):
    propose(member)
    with pytest.raises(IntegrityError, match="proposal_open_once_per_name"), transaction.atomic():
        OrganisationProposal.objects.create(proposer=member, proposed_at=timezone.now(), **SENT)
