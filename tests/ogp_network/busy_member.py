"""A member who has done everything that the site offers, in a name and with addresses that nobody else has."""

from datetime import timedelta
from types import SimpleNamespace

from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from manifesto.models import Decision, Draft, Follow, Invitation, Phase
from meetings.models import Correction, MeetingFollow
from profiles.models import OrganisationProposal
from tests.factories import (
    PASSWORD,
    idea_content,
    make_action,
    make_approval,
    make_attendance,
    make_comment,
    make_criterion,
    make_idea,
    make_meeting,
    make_member,
    make_membership,
    make_note,
    make_organisation,
    make_profile,
    make_registration,
    make_round,
    make_statement,
    make_term,
    make_votes,
)

NAME, EMAIL, OTHER_EMAIL = "Zebedee Quillfeather", "zebedee@quillfeather.example", "zeb.private@example.net"
WORDS = (NAME, "Quillfeather", EMAIL, OTHER_EMAIL)


def busy_member():
    """The member, as an editor and expert too, and what they had a part in, by name."""
    now = timezone.now()
    member = make_member(name=NAME, email=EMAIL, groups=["Editors", "Experts"])
    member.emailaddress_set.create(email=OTHER_EMAIL, verified=True)
    Authenticator.objects.create(user=member, type="recovery_codes", data={"seed": "x" * 40, "used_mask": 0})
    colleague = make_member(name="Col League")
    found = SimpleNamespace(member=member, colleague=colleague)
    for part in (
        _in_open_round,
        _in_finished_round,
        _at_meetings,
        _in_organisations,
        _signing_for_organisations,
        _in_the_admin,
        _signing_in,
    ):
        part(found, member, colleague, now)
    call_command("publish_open_data")
    return found


def _in_open_round(found, member, colleague, now):
    round = found.open = make_round(slug="open")
    found.alone = make_idea(round=round, author=member, title="Mine alone")
    found.together = make_idea(round=round, author=member, title="Ours")
    found.together.authorships.create(member=colleague, role="co_author", accepted_at=now)
    make_idea(round=round, author=member, title="Not answered", published=False)
    found.theirs = make_idea(round=round, author=colleague, title="Of a colleague")
    make_votes(idea=found.alone, number=2)
    found.theirs.support(member, now=now)
    found.comment = make_comment(idea=found.theirs, author=member, text="Care homes too, please.")
    make_comment(idea=found.theirs, author=member, text="And schools?", approved=False)
    make_comment(idea=found.theirs, author=colleague).report(
        member, reason="other", words="Look at this", now=now
    )
    for subject in (found.theirs, found.theirs.theme, round):
        Follow.objects.begin(member, subject, now=now)
    Draft.objects.create(round=round, author=member, updated_at=now, **_draft(round))
    improving = make_round(phase=Phase.REFINEMENT)
    idea = make_idea(round=improving, author=member)
    Invitation.objects.send(idea, colleague.email, by=member, now=now)
    Invitation.objects.send(idea, "stranger@example.org", by=member, now=now)
    Invitation.objects.send(make_idea(round=improving, author=colleague), OTHER_EMAIL, by=colleague, now=now)
    other = make_idea(round=improving, author=colleague)
    Invitation.objects.send(other, EMAIL, by=colleague, now=now).accept(member, now=now)


def _draft(round):
    return {**idea_content(round=round), "policy_areas": [], "ogp_values": [], "areas": []}


def _in_finished_round(found, member, colleague, now):
    """Votes in a tree of merged ideas, and scores under the member's name."""
    round = found.finished = make_round(slug="finished", shortlist_target=1)
    make_criterion(round=round, slug="lens")
    found.source, found.target = make_idea(round=round), make_idea(round=round)
    for idea in (found.source, found.target):
        make_votes(idea=idea, number=2)
        idea.support(member, now=now)
    found.source.merge_into(found.target, by=member, reason="The same.", now=now)
    day = timedelta(days=1)
    opened = {
        "ideas_open_at": now - 60 * day,
        "ideas_close_at": now - 30 * day,
        "votes_open_at": now - 60 * day,
    }
    opened |= {"votes_close_at": now - 10 * day, "scoring_open_at": now - 10 * day}
    type(round).objects.filter(pk=round.pk).update(**opened, scoring_close_at=now + 20 * day)
    round.refresh_from_db()
    experts = [member, *(make_member(name=f"Expert number {n}", groups=["Experts"]) for n in range(3))]
    for expert in experts:
        term = make_term(round=round, member=expert, agreed_to_be_named_at=now if expert == member else None)
        for idea in term.ideas_to_score():
            term.assess(idea, {criterion: 2 for criterion in round.criteria.all()}, now=now, note="Good")
    found.term = member.expert_terms.get()
    found.term.affiliations.add(make_organisation())
    type(found.term).objects.filter(pk=found.term.pk).update(interests=f"{NAME} advises a charity.")
    decision = Decision(idea=found.target, outcome="accepted", reasons="It is clear.", position=1)
    round.record_decisions([decision], version=0, by=member, now=now)
    round.publish_shortlist(by=member, now=now)


def _at_meetings(found, member, colleague, now):
    coming, past = make_meeting(accepts_registrations=True, capacity=1), make_meeting(days=-3)
    found.coming = coming
    make_registration(meeting=coming, member=member)
    make_registration(meeting=coming, member=colleague)
    past.registrations.create(member=member, name=NAME, mode="remote", registered_at=now, placed_at=now)
    make_attendance(meeting=past, member=member, name=NAME, role="chair")
    found.note = make_note(meeting=past, published=False)
    type(found.note).objects.filter(pk=found.note.pk).update(written_by=NAME)
    found.note.refresh_from_db()
    found.note.circulate(until=timezone.localdate(now), by=member, now=now)
    Correction.objects.suggest(found.note, by=member, where="", words="Not three", now=now)
    found.note.corrections.all().update(settled_at=now, outcome="taken")
    found.note.agree(by=member, now=now + timedelta(days=2))
    found.note.publish(by=member, now=now)
    action = make_action(note=found.note, owner_name=NAME, owner_member=member)
    action.remark("Half of it", by=member, now=now)
    other = make_action(note=found.note, owner_name="Col League", owner_member=colleague)
    other.hand_over(name=NAME, organisation=None, member=member, by=member, now=now)
    other.hand_over(name="Col League", organisation=None, member=colleague, by=member, now=now)
    found.note.errata.create(
        explanation=f"It was {NAME}",
        text_before=f"By {NAME}, twice",
        text_after=f"By {NAME}",
        corrected_at=now,
    )
    MeetingFollow.objects.create(member=member, kind="", began_at=now)


def _in_organisations(found, member, colleague, now):
    organisation = make_organisation(name="Open Rivers")
    for person in (member, colleague):
        make_membership(member=person, organisation=organisation)
    found.story = make_profile(
        organisation=organisation, author=member, speaker_name=NAME, speaker_role="Director", published=False
    )
    make_approval(profile=found.story, approver=member)
    found.story.publish(by=member, now=now)
    OrganisationProposal.objects.create(
        proposer=member, name="Quill makers", kind="charity", areas=[], role="Chair", proposed_at=now
    )


def _signing_for_organisations(found, member, colleague, now):
    """With the office for everybody to read, and not, and once with the name typed where the office belongs."""
    found.roles = {}
    for role, is_public in (("Director", True), (f"Chair {NAME}", True), ("Treasurer", False)):
        organisation = make_organisation()
        place = make_membership(member=member, organisation=organisation)
        place.authorised_at = now
        place.save()
        make_statement().sign(organisation, by=member, now=now, seen=1, role=role, is_role_public=is_public)
        found.roles[role] = organisation


def _in_the_admin(found, member, colleague, now):
    """What an administrator does to the account is written into the admin's own log."""
    client = Client()
    client.force_login(make_member(name="Root", is_staff=True, is_superuser=True))
    values = {"email": EMAIL, "display_name": NAME, "is_active": "on", "is_staff": "on"}
    groups = [str(pk) for pk in member.groups.values_list("pk", flat=True)]
    client.post(f"/admin/profiles/member/{member.pk}/change/", {**values, "groups": groups})


def _signing_in(found, member, colleague, now):
    """With a password, with a wrong one, and by a code that was never typed in."""
    Client().post("/account/login/", {"login": EMAIL, "password": PASSWORD})
    found.client = Client()
    found.client.force_login(member)
    found.client.post("/account/reauthenticate/", {"password": PASSWORD})
    Client().post("/account/login/", {"login": EMAIL, "password": "wrong"})
    Client().post("/account/login/code/", {"email": EMAIL})
    Client().post("/account/password/reset/", {"email": OTHER_EMAIL})
