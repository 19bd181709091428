from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import Column, Dataset, Kind
from profiles.open_data import address

from ..models import Decision, Erratum
from ..vocabularies import Outcome
from .rounds import of_idea

OUTCOMES = tuple(Outcome.values)

DECISIONS = Dataset(
    name="decisions",
    title=_("Decisions"),
    words=_("How each idea ended its round and why, once the round’s shortlist is public."),
    public=lambda now: Decision.objects.public().for_data(),
    key=("round", "idea"),
    columns=(
        *of_idea(),
        Column(
            "address",
            _("Where the idea’s page is."),
            Kind.ADDRESS,
            of=lambda d: address(d.idea),
            is_required=True,
        ),
        Column("title", _("The title of the idea."), of="idea.title", is_required=True),
        Column("outcome", _("What was decided."), choices=OUTCOMES, is_required=True),
        Column("place", _("Its place on the shortlist, if it has one."), Kind.INTEGER, of="position"),
        Column("reasons", _("Why."), is_required=True),
        Column(
            "published_at",
            _("When it was published."),
            Kind.MOMENT,
            of="round.shortlist_published_at",
            is_required=True,
        ),
    ),
)

DECISION_ERRATA = Dataset(
    name="decision-errata",
    title=_("Corrections of decisions"),
    words=_("What was corrected in decisions after they were published, with what they said before."),
    public=lambda now: Erratum.objects.public().for_data(),
    key=("erratum_id",),
    columns=(
        Column("erratum_id", _("A number of its own."), Kind.INTEGER, of="pk", is_required=True),
        *of_idea("decision.idea"),
        Column("corrected_at", _("When it was corrected."), Kind.MOMENT, is_required=True),
        Column("explanation", _("What was wrong."), is_required=True),
        Column("outcome_before", _("The outcome it had."), choices=OUTCOMES, is_required=True),
        Column("reasons_before", _("The reasons it had."), is_required=True),
        Column("outcome_after", _("The outcome it got."), choices=OUTCOMES, is_required=True),
        Column("reasons_after", _("The reasons it got."), is_required=True),
    ),
)
