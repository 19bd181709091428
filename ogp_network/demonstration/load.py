import tomllib
from pathlib import Path

from allauth.account.models import EmailAddress
from django.db import transaction

from manifesto.models import Lexeme
from profiles.models import Consent, Member, Organisation, OrganisationIdentifier, OrganisationName
from profiles.models.member import CONSENT_VERSION

from ..starting_pages import load_pages
from .belonging import load_belonging
from .commitments import load_commitments
from .evidence import keep_evidence
from .meetings import load_meetings
from .news import load_news
from .plans import load_plans
from .record import load_record
from .registrations import load_registrations
from .rounds import load_rounds
from .statements import load_statements
from .stories import load_stories

HERE = Path(__file__).resolve().parent
PASSWORD = "open-government"
ACCOUNTS = {"member": "Member", "editor": "Editor", "expert": "Expert", "administrator": "Administrator"}


@transaction.atomic
def load(*, now):
    """Load what is missing and move dates so that every round is in its phase at `now`; safe to repeat."""
    organisations = _load_organisations()
    members, crowd = _load_members(now)
    load_belonging(organisations, members=members, now=now)
    content = _read("meetings.toml")
    meetings = load_meetings(content, organisations, members=members, now=now)
    load_registrations(content, meetings, members=members, crowd=crowd, now=now)
    rounds = [_read(f"rounds/{name}.toml") for name in ("uk", "nation", "earlier")]
    load_rounds(rounds, members=members, crowd=crowd, organisations=organisations, meetings=meetings, now=now)
    load_statements(_read("statements.toml"), organisations, members=members, crowd=crowd, now=now)
    load_commitments(_read("commitments.toml"), members=members, organisations=organisations)
    load_record(_read("record.toml"), members=members, meetings=meetings, now=now)
    load_stories(_read("profiles.toml"), organisations, members=members, now=now)
    load_pages(contact="hello@example.org", now=now)
    load_news(_read("news.toml"), editor=members["editor"], now=now)
    load_plans(_read("plans.toml"), editor=members["editor"], now=now)
    keep_evidence("pilot", by=members["editor"], now=now)
    Lexeme.objects.count_again()


def _read(name):
    with open(HERE / name, "rb") as file:
        return _stripped(tomllib.load(file))


def _stripped(value):
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return [_stripped(item) for item in value]
    if isinstance(value, dict):
        return {key: _stripped(item) for key, item in value.items()}
    return value


def _load_organisations():
    organisations = {}
    for row in _read("organisations.toml")["organisation"]:
        names = ("name", "kind", "areas", "website", "summary", "member_since")
        defaults = {name: row[name] for name in names if name in row}
        organisation, created = Organisation.objects.get_or_create(slug=row["slug"], defaults=defaults)
        organisations[row["slug"]] = organisation
        if created:
            OrganisationName.objects.bulk_create(
                OrganisationName(organisation=organisation, name=name) for name in row["other_names"]
            )
            OrganisationIdentifier.objects.bulk_create(
                OrganisationIdentifier(organisation=organisation, **identifier)
                for identifier in row["identifiers"]
            )
    return organisations


def _load_members(now):
    """The named members by key, and the crowd who only support ideas. Everyone's address is under example.org."""
    content = _read("members.toml")
    members = {}
    for row in content["member"]:
        email = f"{row['key']}@example.org"
        member = Member.objects.filter(email=email).first()
        if member is None:
            password = PASSWORD if row["key"] in ACCOUNTS else None
            member = Member.objects.create_user(email, password, display_name=row["name"])
            _appoint(member, row["role"])
        members[row["key"]] = member
    emails = [f"crowd-{number:03}@example.org" for number in range(1, len(content["crowd_names"]) + 1)]
    known = set(Member.objects.filter(email__in=emails).values_list("email", flat=True))
    Member.objects.bulk_create(
        Member(email=email, display_name=name, password="!")
        for email, name in zip(emails, content["crowd_names"], strict=True)
        if email not in known
    )
    crowd = list(Member.objects.filter(email__in=emails).order_by("email"))
    _verify([*members.values(), *crowd], now)
    return members, crowd


def _appoint(member, role):
    if role == "administrator":
        Member.objects.filter(pk=member.pk).update(is_staff=True, is_superuser=True)
    elif role == "editor":
        member.appoint("Editors")
    elif role == "expert":
        member.appoint("Experts")


def _verify(members, now):
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=member, email=member.email, verified=True, primary=True) for member in members],
        ignore_conflicts=True,
    )
    Consent.objects.bulk_create(
        [Consent(member=member, version=CONSENT_VERSION, given_at=now) for member in members],
        ignore_conflicts=True,
    )
