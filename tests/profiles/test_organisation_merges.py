"""Merging two organisations that are one: nothing is lost, and everything that points to one moves to the other."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from manifesto.models import Draft
from meetings.models import Action
from profiles import pictures
from profiles.errors import NotReady
from profiles.models import (
    Call,
    Membership,
    Organisation,
    OrganisationLogo,
    OrganisationMerge,
    OrganisationProposal,
)
from profiles.models.merging import relations
from tests.factories import (
    make_attendance,
    make_idea,
    make_lead,
    make_meeting,
    make_member,
    make_membership,
    make_note,
    make_organisation,
    make_profile,
    make_registration,
    make_round,
    make_signature,
    make_statement,
    make_term,
    make_theme,
)
from tests.profiles.test_hostile_pictures import picture, upload

# Where each relation's rows come from in `busy`, below: whoever adds a relation says here how it is merged.
MOVED = [
    "manifesto.Draft.organisation",
    "manifesto.Endorsement.organisation",
    "manifesto.ExpertTerm_affiliations.organisation",
    "manifesto.Idea.organisation",
    "manifesto.OwnAsk.organisation",
    "manifesto.SignOff.organisation",
    "manifesto.Signature.organisation",
    "manifesto.ThemeLead.organisation",
    "meetings.Action.owner_organisation",
    "meetings.Attendance.organisation",
    "meetings.Meeting.institution",
    "meetings.Meeting_organisers.organisation",
    "meetings.Registration.organisation",
    "profiles.Membership.organisation",
    "profiles.OrganisationIdentifier.organisation",
    "profiles.OrganisationLogo.organisation",
    "profiles.OrganisationMerge.target",
    "profiles.OrganisationName.organisation",
    "profiles.OrganisationProposal.organisation",
    "profiles.Profile.organisation",
]


def put_logo(organisation, by, colour="red"):
    made = pictures.encode(upload(picture(colour=colour)), sizes=(60, 20), media_type="image/webp")
    OrganisationLogo.objects.put(organisation, by=by, now=timezone.now(), pictures=made)


def busy(editor, **fields):
    """An organisation that something of every kind points to."""
    organisation = make_organisation(**fields)
    round, member, note = make_round(), make_member(), make_note()
    make_idea(round=round, organisation=organisation)
    Draft.objects.create(
        round=round, author=member, title="Draft", organisation=organisation, updated_at=timezone.now()
    )
    make_lead(theme=make_theme(round=round), organisation=organisation)
    make_term(round=round).affiliations.add(organisation)
    statement = make_statement()
    make_signature(statement=statement, organisation=organisation)
    statement.asks.first().own_asks.create(organisation=organisation, text="More", written_at=timezone.now())
    day = {"needed_by": timezone.localdate(), "asked_at": timezone.now()}
    organisation.sign_offs.create(statement=statement, **day)
    organisation.endorsements.create(idea=make_idea(round=round), endorsed_at=timezone.now())
    Action.objects.create(note=note, text="Write", owner_organisation=organisation)
    make_attendance(meeting=make_meeting(days=-3), organisation=organisation)
    make_meeting(institution=organisation).organisers.add(organisation)
    make_registration(
        meeting=make_meeting(accepts_registrations=True), member=member, organisation=organisation
    )
    make_membership(member=member, organisation=organisation)
    organisation.identifiers.create(scheme="GB-CHC", value="1130568")
    organisation.other_names.create(name="Riverers")
    put_logo(organisation, editor)
    OrganisationMerge.objects.create(
        slug="older", name="Older", target=organisation, merged_at=timezone.now()
    )
    OrganisationProposal.objects.create(
        proposer=member,
        name="P",
        kind="charity",
        proposed_at=timezone.now(),
        organisation=organisation,
        accepted_at=timezone.now(),
    )
    make_profile(organisation=organisation)
    return organisation


def merge(source, target, by=None):
    return OrganisationMerge.objects.merge(source, target, by=by, now=timezone.now())


def rows_of(organisation):
    return {
        str(relation): relation.model._base_manager.filter(**{relation.name: organisation}).count()
        for relation in relations()
    }


def test_every_relation_of_the_project_is_known_here(db):
    assert sorted(map(str, relations())) == MOVED


def test_everything_moves_and_the_old_address_leads_there(visitor, editor):
    source, target = busy(editor, name="River Watch", slug="river-watch"), make_organisation(slug="rivers")
    before = rows_of(source)
    assert sorted(name for name, count in before.items() if count) == MOVED
    merged = merge(source, target, by=editor)
    after = rows_of(target)
    # The old name, and the record of this merge, come on top.
    extra = {"profiles.OrganisationName.organisation": 1, "profiles.OrganisationMerge.target": 1}
    assert after == {name: count + extra.get(name, 0) for name, count in before.items()}
    assert (merged.merged_by, Organisation.objects.filter(slug="river-watch").exists()) == (editor, False)
    assert sorted(map(str, target.other_names.all())) == ["River Watch", "Riverers"]
    for old in ("river-watch", "older"):
        response = visitor.get(f"/organisations/{old}/")
        assert (response.status_code, response.headers["Location"]) == (301, "/organisations/rivers/")


def test_facts_are_kept_and_added_to(db):
    source = make_organisation(
        summary="Old words",
        website="https://old.example",
        areas=["W92000004", "S92000003"],
        member_since=date(2012, 1, 1),
    )
    target = make_organisation(summary="New words", areas=["S92000003"], member_since=date(2014, 1, 1))
    merge(source, target)
    target.refresh_from_db()
    assert (target.summary, target.website, target.areas, target.member_since) == (
        "New words",
        "https://old.example",
        ["S92000003", "W92000004"],
        date(2012, 1, 1),
    )


@pytest.mark.parametrize(
    "in_source, in_target, kept",
    [(True, False, "source"), (False, True, "target"), (True, True, "source"), (False, False, "source")],
)
def test_of_two_places_the_confirmed_one_stays_then_the_earlier(member, in_source, in_target, kept):
    source, target = make_organisation(), make_organisation()
    places = {
        "source": make_membership(member=member, organisation=source, confirmed=in_source),
        "target": make_membership(member=member, organisation=target, confirmed=in_target),
    }
    merge(source, target)
    assert Membership.objects.current().get() == places[kept]
    assert target.memberships.count() == 2


def test_names_that_both_have_are_kept_once(db):
    source, target = make_organisation(name="River Watch"), make_organisation(name="Rivers")
    for name in ("RW", "RIVERS", "Else"):
        source.other_names.create(name=name)
    target.other_names.create(name="rw")
    merge(source, target)
    assert sorted(map(str, target.other_names.all())) == ["Else", "River Watch", "rw"]


def test_of_two_logos_the_targets_stays(editor):
    source, target = make_organisation(), make_organisation()
    put_logo(source, editor)
    put_logo(target, editor, colour="blue")
    kept = OrganisationLogo.objects.get(organisation=target).digest
    merge(source, target)
    assert OrganisationLogo.objects.get().digest == kept


def test_expert_of_both_is_affiliated_once(db):
    source, target = make_organisation(), make_organisation()
    term = make_term(round=make_round())
    term.affiliations.add(source, target)
    merge(source, target)
    assert list(term.affiliations.all()) == [target]


def test_two_stories_for_one_call_are_refused_and_nothing_changes(editor):
    call = Call.objects.create(title="Tell us", slug="tell-us", introduction="x", opens_at=timezone.now())
    source, target = busy(editor), make_organisation()
    for organisation in (source, target):
        make_profile(organisation=organisation, call=call)
    before = rows_of(source)
    with pytest.raises(NotReady, match="Both have answered “Tell us”"):
        merge(source, target)
    assert rows_of(source) == before


def test_merging_into_itself_or_nothing_is_refused(db):
    organisation, gone = make_organisation(), make_organisation()
    with pytest.raises(NotReady, match="itself"):
        merge(organisation, organisation)
    Organisation.objects.filter(pk=gone.pk).delete()
    with pytest.raises(NotReady, match="no longer there"):
        merge(organisation, gone)


def test_merging_twice_leads_old_addresses_to_the_last(visitor, db):
    first, second, third = (make_organisation(slug=slug) for slug in ("first", "second", "third"))
    merge(first, second)
    merge(second, third)
    assert visitor.get("/organisations/first/").headers["Location"] == "/organisations/third/"


def test_address_that_was_used_is_not_given_to_another(db):
    merge(make_organisation(name="Rivers", slug="rivers"), make_organisation(name="River Watch"))
    assert Organisation.objects.free_slug("Rivers") == "rivers-2"


@pytest.mark.django_db(transaction=True)
def test_two_merges_at_once_lose_nothing(at_once):
    one, other = make_organisation(name="One"), make_organisation(name="Other")
    for organisation in (one, other):
        make_membership(member=make_member(), organisation=organisation)
    results = at_once(lambda: merge(one, other), lambda: merge(other, one))
    assert sorted(type(result).__name__ for result in results) == ["NotReady", "OrganisationMerge"]
    assert Organisation.objects.get().memberships.count() == 2


# In the admin


def test_editor_sees_what_would_move_then_merges(sign_in, editor):
    source, target = busy(editor, name="River Watch"), make_organisation(name="Rivers")
    client, page = sign_in(editor), f"/admin/profiles/organisation/{source.pk}/merges/"
    assert page in client.get(f"/admin/profiles/organisation/{source.pk}/change/").content.decode()
    assert client.post(page, {"target": "Nobody"}).status_code == 422
    response = client.post(page, {"target": "rivers"})
    assert dict(response.context["moved"])["idea"] == 1
    assert Organisation.objects.filter(pk=source.pk).exists()
    client.post(page, {"target": "Rivers", "confirm": "Merge them"})
    assert list(Organisation.objects.all()) == [target]


@pytest.mark.parametrize("part, status", [("member", 302), ("expert", 403), ("editor", 200)])
def test_who_merges(request, sign_in, part, status):
    page = f"/admin/profiles/organisation/{make_organisation().pk}/merges/"
    assert sign_in(request.getfixturevalue(part)).get(page).status_code == status


def test_former_address_is_one(db):
    target = make_organisation()
    OrganisationMerge.objects.create(slug="old", name="Old", target=target, merged_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        OrganisationMerge.objects.create(slug="old", name="Old", target=target, merged_at=timezone.now())
