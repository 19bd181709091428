"""Makers of what a test depends on; everything a test doesn't name gets a plain value of its own."""

from datetime import date, timedelta
from itertools import count
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.utils import timezone

from manifesto.models import (
    ActionPlan,
    Comment,
    Commitment,
    Criterion,
    Decision,
    ExpectedAnswer,
    ExpertTerm,
    GovernmentAnswer,
    Idea,
    Institution,
    Milestone,
    Office,
    Phase,
    Position,
    Round,
    Statement,
    StatusReport,
    Term,
    Theme,
    ThemeLead,
    Vote,
    WorkingGroupMember,
)
from meetings.models import Action, Attendance, Meeting, Note, Point, Registration, Section, Topic
from ogp_network.models import Page, Post
from profiles.models import Answer, Call, Member, Membership, Organisation, Profile, Question

PASSWORD = "correct horse battery"

_serial = count(1)


def make_member(
    *, name="Sam Carter", email=None, password=PASSWORD, consents=True, verified=True, groups=(), **fields
):
    member = Member.objects.create_user(
        email or f"member{next(_serial)}@example.org", password, display_name=name, **fields
    )
    EmailAddress.objects.create(user=member, email=member.email, primary=True, verified=verified)
    if consents:
        member.give_consent(now=timezone.now())
    if groups:
        member.appoint(*groups)
    return member


def make_organisation(*, name=None, **fields):
    serial = next(_serial)
    values = {"slug": f"organisation-{serial}", "kind": Organisation.Kind.CHARITY, "areas": []}
    return Organisation.objects.create(name=name or f"Organisation {serial}", **{**values, **fields})


def make_membership(*, member, organisation, confirmed=True):
    now = timezone.now()
    return Membership.objects.create(
        member=member, organisation=organisation, requested_at=now, confirmed_at=now if confirmed else None
    )


def make_round(*, phase=Phase.CROWDSOURCING, now=None, **fields):
    """A public round that is in `phase` at `now`, with votes open whenever ideas are being collected or improved."""
    now = now or timezone.now()
    serial = next(_serial)
    day = timedelta(days=1)
    opened = {
        Phase.UPCOMING: now + 10 * day,
        Phase.CROWDSOURCING: now - 10 * day,
        Phase.REFINEMENT: now - 40 * day,
    }.get(phase, now - 60 * day)
    values = {
        "title": f"Round {serial}",
        "slug": f"round-{serial}",
        "summary": "A round.",
        "introduction": "What it is for.",
        "announced_at": min(opened, now) - day,
        "ideas_open_at": opened,
        "ideas_close_at": opened + 30 * day,
        "votes_open_at": opened,
        "votes_close_at": opened + 50 * day,
        "scoring_open_at": opened + 50 * day,
        "scoring_close_at": opened + 80 * day,
        "shortlist_target": 3,
    }
    if phase in (Phase.SHORTLISTED, Phase.PRESENTED):
        values["shortlist_published_at"] = now - day
    if phase == Phase.PRESENTED:
        values["presented_at"] = now
    return Round.objects.create(**{**values, **fields})


def make_theme(*, round, name=None, **fields):
    serial = next(_serial)
    return Theme.objects.create(
        round=round, **{"name": name or f"Theme {serial}", "slug": f"theme-{serial}", **fields}
    )


def idea_content(*, round, **fields):
    values = {
        "title": f"Publish register {next(_serial)}",
        "why": "People cannot see who asks ministers for what.",
        "how": "Every meeting is listed within a month.",
        "difference": "Anyone can ask why a decision was taken.",
        "level": "uk",
    }
    if "theme" not in fields:
        values["theme"] = round.themes.first() or make_theme(round=round)
    return {**values, **fields}


def make_idea(*, round=None, author=None, published=True, now=None, **fields):
    """An idea awaiting moderation or, by default, published."""
    now = now or timezone.now()
    round = round or make_round()
    author = author or make_member()
    idea = Idea.receive(round=round, now=now, author=author, **idea_content(round=round, **fields))
    if published:
        Idea.objects.filter(pk=idea.pk).update(published_at=now)
        idea.refresh_from_db()
    return idea


def make_votes(*, idea, number=1):
    now = timezone.now()
    revision = idea.revisions.last()
    return [
        Vote.objects.create(member=make_member(), idea=idea, revision=revision, cast_at=now)
        for _ in range(number)
    ]


def make_comment(*, idea, author=None, parent=None, approved=True, now=None, **fields):
    now = now or timezone.now()
    values = {"text": f"What about case {next(_serial)}?", "key": uuid4(), "created_at": now}
    return Comment.objects.create(
        idea=idea,
        author=author or make_member(),
        parent=parent,
        **{**values, "approved_at": now if approved else None, **fields},
    )


def make_criterion(*, round, **fields):
    serial = next(_serial)
    values = {
        "name": f"Criterion {serial}",
        "slug": f"criterion-{serial}",
        "anchor_zero": "No.",
        "anchor_half": "Partly.",
        "anchor_one": "Yes.",
        # Of all that a process of the tests makes there is more than a position can say.
        "position": serial % 10_000,
    }
    return Criterion.objects.create(round=round, **{**values, **fields})


def make_term(*, round, member=None, **fields):
    member = member or make_member(groups=["Experts"])
    values = {
        "starts_on": timezone.localdate() - timedelta(days=100),
        "interests_declared_at": timezone.now(),
    }
    return ExpertTerm.objects.create(member=member, round=round, **{**values, **fields})


def make_decision(*, idea, outcome="accepted", position=None, reasons="It is clear and can be done."):
    return Decision.objects.create(
        round=idea.round,
        idea=idea,
        outcome=outcome,
        position=position,
        reasons=reasons,
        decided_at=timezone.now(),
    )


def make_plan(*, published=True, **fields):
    serial = next(_serial)
    values = {
        "title": f"Plan {serial}",
        "slug": f"plan-{serial}",
        "starts_on": date(2013, 10, 31),
        "ends_on": date(2015, 12, 31),
        "published_at": timezone.now() if published else None,
    }
    return ActionPlan.objects.create(**{**values, **fields})


def make_commitment(
    *, round=None, plan=None, ideas=(), theme=None, by=None, published=True, now=None, **fields
):
    """Asked for in a round, one made for it unless `plan` or an idea says otherwise."""
    now = now or timezone.now()
    if not (round or plan):
        round = ideas[0].round if ideas else make_round()
    text = {
        "title": f"Commitment {next(_serial)}",
        "problem": "Nobody sees who meets whom.",
        "solution": "Publish every meeting.",
        "results": "People can see who was heard.",
        **fields,
    }
    holder = {"round": round, "plan": plan, "theme": theme}
    commitment = Commitment.objects.draw(text=text, by=by, now=now, ideas=ideas, **holder)
    if published:
        commitment.publish(by=by, now=now)
    return commitment


def make_statement(*, asks=2, published=True, by=None, now=None, text="What we ask for.", **fields):
    """A statement with so many asks, whose first version is public, or a draft."""
    now = now or timezone.now()
    serial = next(_serial)
    values = {
        "title": f"Statement {serial}",
        "slug": f"statement-{serial}",
        "summary": "What we ask together.",
    }
    statement = Statement.objects.create(**{**values, **fields})
    words = [(None, f"Publish list {number}", f"Within {number} months.") for number in range(1, asks + 1)]
    statement.write_draft(text=text, note="", asks=words, opened="", by=by, now=now)
    if published:
        statement.publish(by=by, now=now, seen=statement.draft_mark())
    return statement


def publish_version(statement, *, text=None, asks=None, note="One ask is new.", by=None, now=None):
    """The statement's next version, with other words or asks, as triples of number, title and text."""
    current = statement.current_version
    if asks is None:
        wordings = current.ask_wordings.select_related("ask")
        asks = [(wording.ask.number, wording.title, wording.text) for wording in wordings]
    now = now or timezone.now()
    text = text or f"{current.text} And soon."
    statement.write_draft(text=text, note=note, asks=asks, opened="", by=by, now=now)
    return statement.publish(by=by, now=now, seen=statement.draft_mark())


def make_spokesperson(*, organisation=None, **fields):
    """A member who may speak for an organisation."""
    member = make_member(**fields)
    place = make_membership(member=member, organisation=organisation or make_organisation())
    place.authorised_at = timezone.now()
    place.save()
    return member


def make_signature(*, statement, organisation=None, now=None, **fields):
    """A signature of the version that stands."""
    return statement.current_version.signatures.create(
        organisation=organisation or make_organisation(), signed_at=now or timezone.now(), **fields
    )


def make_lead(*, theme, side="civil_society", name="Lee Lead", **fields):
    return ThemeLead.objects.create(theme=theme, side=side, name=name, **fields)


def make_working_group_member(*, theme, member=None, **fields):
    member = member or make_member()
    return WorkingGroupMember.objects.create(
        theme=theme, member=member, **{"added_at": timezone.now(), **fields}
    )


def make_institution(*, name=None, **fields):
    serial = next(_serial)
    name = name or f"Party {serial}"
    values = {"kind": Institution.Kind.PARTY, "slug": f"institution-{serial}"}
    institution = Institution(name=name, **{**values, **fields})
    institution.begin()
    return institution


def make_office(*, institution=None, name=None):
    institution = institution or make_institution(kind=Institution.Kind.DEPARTMENT)
    return Office.objects.create(institution=institution, name=name or f"Minister {next(_serial)}")


def make_office_term(*, office=None, **fields):
    values = {"name": "Rowan Hale", "starts_on": date(2013, 1, 1)}
    return Term.objects.create(office=office or make_office(), **{**values, **fields})


def make_position(
    *, institution=None, ask=None, commitment=None, published=True, by=None, now=None, **fields
):
    """On the ask of a public statement, unless it says otherwise."""
    now = now or timezone.now()
    if not (ask or commitment):
        ask = make_statement().asks.first()
    values = {
        "stance": Position.Stance.COMMITTED,
        "topline": "They would do it.",
        "quotation": "We will do it.",
        "source_title": "Our plan",
        "source_url": "https://example.org/plan",
        "stated_on": date(2014, 11, 15),
    }
    position = Position(
        institution=institution or make_institution(), ask=ask, commitment=commitment, **{**values, **fields}
    )
    position.record(by=by, now=now)
    if published:
        position.publish(by=by, now=now, today=timezone.localdate(now))
    return position


def make_expected(*, idea=None, commitment=None, institution=None, **fields):
    """For an idea with a place on a published shortlist, unless it says otherwise."""
    if not (idea or commitment):
        idea = make_idea(round=make_round(phase=Phase.SHORTLISTED))
        make_decision(idea=idea, position=1)
    today = timezone.localdate()
    values = {"asked_on": today - timedelta(days=60), "due_on": today + timedelta(days=30)}
    return ExpectedAnswer.objects.create(
        idea=idea,
        commitment=commitment,
        institution=institution or make_institution(kind=Institution.Kind.DEPARTMENT),
        recorded_at=timezone.now(),
        **{**values, **fields},
    )


def make_answer(*, expected=None, published=True, by=None, now=None, **fields):
    now = now or timezone.now()
    values = {
        "outcome": GovernmentAnswer.Outcome.ACCEPTED,
        "reasons": "It is right and can be done.",
        "source_title": "Response",
        "source_url": "https://example.org/response",
        "stated_on": timezone.localdate(now),
    }
    answer = GovernmentAnswer(expected=expected or make_expected(), **{**values, **fields})
    answer.record(by=by, now=now)
    if published:
        answer.publish(by=by, now=now, today=timezone.localdate(now))
    return answer


def make_milestone(*, commitment=None, due_on=None, **fields):
    """Of a commitment in a plan made for it unless one is given; public if that is."""
    commitment = commitment or make_commitment(plan=make_plan())
    number = commitment.milestones.count() + 1
    values = {"reference": f"{commitment.number}.{number:02}", "output": "A list is published."}
    return Milestone.objects.create(commitment=commitment, due_on=due_on, **(values | fields))


def move_milestone(milestone, *, by=None, now=None, because="It takes longer.", is_correction=False, **dates):
    """Give a milestone that is public other dates."""
    for name, value in dates.items():
        setattr(milestone, name, value)
    milestone.keep(by=by, now=now or timezone.now(), because=because, is_correction=is_correction)
    return milestone.date_changes.latest("pk")


def make_report(*, about, status="on_track", source="government", by=None, now=None, **fields):
    """What a source said of a commitment or a milestone, by default yesterday."""
    now = now or timezone.now()
    kind = "milestone" if isinstance(about, Milestone) else "commitment"
    values = {
        "source_title": "Self-assessment",
        "reported_on": timezone.localdate(now) - timedelta(days=1),
    }
    report = StatusReport(**{kind: about}, status=status, source=source, **(values | fields))
    return StatusReport.objects.record([report], by=by, now=now)[0]


def make_call(*, open=True, now=None, **fields):
    serial = next(_serial)
    now = now or timezone.now()
    values = {
        "title": f"Call {serial}",
        "slug": f"call-{serial}",
        "introduction": "Tell us.",
        "opens_at": now - timedelta(days=1),
        "closes_at": None if open else now - timedelta(hours=1),
    }
    return Call.objects.create(**{**values, **fields})


def make_profile(
    *, organisation=None, call=None, published=True, begun=True, now=None, answers=None, edited=None, **fields
):
    """An edition that was sent in and, by default, written up, approved and published.

    `edited` are texts by question that replace the answers.
    """
    serial = next(_serial)
    now = now or timezone.now()
    values = {
        "speaker_name": "Ada Quill",
        "slug": f"profile-{serial}",
        "consented_at": now,
        "submitted_at": now,
    }
    profile = Profile.objects.create(
        organisation=organisation or make_organisation(),
        call=call or make_call(),
        **{**values, "begun_at": now if begun else None, **fields},
    )
    texts = answers or [f"Answer {question.value} of {serial}." for question in Question]
    for question, text in zip(Question, texts, strict=True):
        Answer.objects.create(
            profile=profile, question=question, original=text, edited=(edited or {}).get(question, "")
        )
    if published:
        make_approval(profile=profile, now=now)
        profile.publish(by=None, now=now)
    return profile


def make_approval(*, profile, approver=None, now=None, **fields):
    """Agreement to the text as it stands."""
    now = now or timezone.now()
    values = {"approver": approver, "approver_name": approver.public_name if approver else "Ada Quill"}
    return profile.approvals.create(
        fingerprint=profile.fingerprint(), asked_at=now, **{**values, "approved_at": now, **fields}
    )


def make_meeting(*, days=7, **fields):
    """A public meeting so many days from today."""
    serial = next(_serial)
    values = {
        "title": f"Meeting {serial}",
        "slug": f"meeting-{serial}",
        "kind": Meeting.Kind.NETWORK,
        "held_on": timezone.localdate() + timedelta(days=days),
        "announced_at": timezone.now(),
    }
    return Meeting.objects.create(**{**values, **fields})


def make_registration(*, meeting, member=None, now=None, **answers):
    """A place where there is one, else the end of the queue."""
    member = member or make_member()
    values = {"mode": "in_person", "name": member.display_name}
    return Registration.objects.register(meeting, member, now=now or timezone.now(), **{**values, **answers})


def make_attendance(*, meeting, name="Robin Gray", **fields):
    return Attendance.objects.create(meeting=meeting, name=name, **fields)


def make_note(*, meeting=None, published=True, key_points=("We agreed to write a statement.",), sections=()):
    note = Note.objects.create(meeting=meeting or make_meeting(days=-7), written_by="Network coordinators")
    for position, text in enumerate(key_points):
        Point.objects.create(note=note, position=position, text=text)
    for position, (heading, body) in enumerate(sections):
        Section.objects.create(note=note, position=position, heading=heading, body=body)
    if published:
        note.publish(by=None, now=timezone.now())
    return note


def make_action(*, note=None, text=None, **fields):
    return Action.objects.create(
        note=note or make_note(), text=text or f"Write letter {next(_serial)}", **fields
    )


def make_topic(*, name=None, **fields):
    serial = next(_serial)
    values = {"slug": f"topic-{serial}", **fields}
    return Topic.objects.create(name=name or f"Topic {serial}", **values)


def make_page(*, published=True, by=None, now=None, **fields):
    """A page with one version; what isn't content is the page's own."""
    return _write(Page, published, by, now, {"title": "About us", "summary": "", "body": "Words."}, fields)


def make_post(*, published=True, by=None, now=None, **fields):
    """News with one version, or a call to action where it has a deadline."""
    content = {"title": "News", "summary": "", "body": "Words."}
    content |= {"closes_at": None, "action_label": "", "action_link": ""}
    return _write(Post, published, by, now, content, fields)


def _write(model, published, by, now, content, fields):
    now, serial = now or timezone.now(), next(_serial)
    content |= {name: fields.pop(name) for name in set(content) & set(fields)}
    own = {"slug": f"{model._meta.model_name}-{serial}", **fields}
    writing = model.objects.begin(content, by=by, now=now, **own)
    if published:
        writing.publish(by=by, now=now)
    return writing
