from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import Column, Dataset, Kind
from profiles.models import Organisation
from profiles.open_data import AREA_CODES, AREAS, address

from ..models import Signature

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
        Column(
            "statement",
            _("The end of the statement’s address."),
            of="version.statement.slug",
            is_required=True,
        ),
        Column(
            "statement_address",
            _("Where the statement is."),
            Kind.ADDRESS,
            of=lambda signature: address(signature.version.statement),
            is_required=True,
        ),
        Column(
            "version",
            _("The number of the version that was signed, the latest of those the organisation signed."),
            Kind.INTEGER,
            of="version.number",
            is_required=True,
        ),
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
            of=lambda signature: address(signature.organisation),
            is_required=True,
        ),
        Column("organisation_name", _("Its name."), of="organisation.name", is_required=True),
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
