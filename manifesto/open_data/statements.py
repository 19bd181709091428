from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import Column, Dataset, Kind
from profiles.models import Organisation
from profiles.open_data import AREA_CODES, AREAS, address

from ..models import Endorsement, OwnAsk, Signature


def _statement(of):
    """Columns that say which statement a row is about, which the attribute `of` leads to."""
    return (
        Column("statement", _("The end of the statement’s address."), of=f"{of}.slug", is_required=True),
        Column(
            "statement_address",
            _("Where the statement is."),
            Kind.ADDRESS,
            of=lambda row: address(attrgetter(of)(row)),
            is_required=True,
        ),
    )


ORGANISATION = (
    Column(
        "organisation",
        _("The end of the organisation’s address."),
        of="organisation.slug",
        is_required=True,
    ),
    Column(
        "organisation_address",
        _("Where the organisation’s page is."),
        Kind.ADDRESS,
        of=lambda row: address(row.organisation),
        is_required=True,
    ),
    Column("organisation_name", _("Its name."), of="organisation.name", is_required=True),
)

SIGNATURES = Dataset(
    name="signatures",
    title=_("Signatures of statements"),
    words=_(
        "Which organisations have their names under which statement, and under which version of it. An organisation "
        "can take its name back at any time, so there are no files of earlier days."
    ),
    public=lambda now: (
        Signature.objects.standing().for_list().order_by("version__statement", "signed_at", "pk")
    ),
    key=("statement", "organisation"),
    is_kept=False,
    columns=(
        *_statement("version.statement"),
        Column(
            "version",
            _("The number of the version that was signed, the latest of those the organisation signed."),
            Kind.INTEGER,
            of="version.number",
            is_required=True,
        ),
        *ORGANISATION,
        Column(
            "organisation_type",
            _("What sort of organisation it is."),
            of="organisation.kind",
            choices=tuple(Organisation.Kind.values),
            is_required=True,
        ),
        Column("areas", AREA_CODES, of="organisation.areas", choices=AREAS, is_list=True),
        Column("signed_at", _("When it was signed."), Kind.MOMENT, is_required=True),
        Column("role", _("In what office somebody signed for it, where they say so."), of="public_role"),
    ),
)

OWN_ASKS = Dataset(
    name="own-asks",
    title=_("Asks of single organisations"),
    words=_(
        "What signatories of a statement ask for beyond a common ask, in their own words. An organisation can take it "
        "back at any time, so there are no files of earlier days."
    ),
    public=lambda now: (
        OwnAsk.objects.public()
        .select_related("organisation", "ask__statement")
        .order_by("ask__statement", "ask__number", "pk")
    ),
    key=("statement", "ask", "organisation"),
    is_kept=False,
    columns=(
        *_statement("ask.statement"),
        Column(
            "ask",
            _("The number of the common ask that it goes beyond."),
            Kind.INTEGER,
            of="ask.number",
            is_required=True,
        ),
        *ORGANISATION,
        Column("text", _("What the organisation asks for."), is_required=True),
        Column("written_at", _("When it was written."), Kind.MOMENT, is_required=True),
    ),
)

ENDORSEMENTS = Dataset(
    name="endorsements",
    title=_("Endorsements"),
    words=_(
        "Which organisations stand behind which idea or commitment in public: no votes, and counted apart from them. "
        "An organisation can take it back at any time, so there are no files of earlier days."
    ),
    public=lambda now: Endorsement.objects.public().for_list().order_by("endorsed_at", "pk"),
    key=("organisation", "address"),
    is_kept=False,
    columns=(
        *ORGANISATION,
        Column(
            "kind",
            _("What it stands behind."),
            of=lambda endorsement: "idea" if endorsement.idea_id else "commitment",
            choices=("idea", "commitment"),
            is_required=True,
        ),
        Column(
            "address",
            _("Where the page of that is."),
            Kind.ADDRESS,
            of=lambda endorsement: address(endorsement.thing),
            is_required=True,
        ),
        Column("title", _("What that is called."), of="thing.title", is_required=True),
        Column(
            "round",
            _("The end of the address of its round’s page."),
            of=lambda endorsement: endorsement.thing.round and endorsement.thing.round.slug,
        ),
        Column(
            "plan",
            _("The end of the address of its action plan’s page."),
            of=lambda endorsement: (
                endorsement.commitment and endorsement.commitment.plan and endorsement.commitment.plan.slug
            ),
        ),
        Column("number", _("Its number there."), Kind.INTEGER, of="thing.number", is_required=True),
        Column("endorsed_at", _("When it was endorsed."), Kind.MOMENT, is_required=True),
    ),
)
