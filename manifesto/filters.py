from hashlib import sha256

import django_filters
from django import forms
from django.core.cache import caches
from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from profiles.filters import Choice, Narrowing, OrganisationFilter, PlainSelect
from profiles.models import Organisation
from profiles.vocabularies import Area

from .models import Commitment, Idea, Signature, StatusReport, Theme
from .models.finding import FACETS, RANKED, Search
from .vocabularies import Level, OGPValue

SHUFFLED, SUPPORT, NEWEST, RELEVANCE = "shuffled", "support", "newest", "relevance"
# What is found and counted is the same for everybody who comes along within this many seconds. What is shown of it is
# read anew: a process remembers neither words nor numbers of supporters, only which ideas come in which order.
FINDINGS_LAST = 10


class IdeaFilter(Narrowing):
    """What a visitor narrows a round's ideas down by, and the order they come in."""

    NOT_NARROWING = ("order", "shuffle")
    STATUSES = {
        "undecided": (_("Not decided yet"), "undecided"),
        "shortlisted": (_("Shortlisted"), "shortlisted"),
        "not_shortlisted": (_("Answered, not shortlisted"), "not_shortlisted"),
    }
    ORDERS = [
        (SHUFFLED, _("Shuffled")),
        (SUPPORT, _("Most supported")),
        (NEWEST, _("Newest")),
        (RELEVANCE, _("Best match")),
    ]

    text = django_filters.CharFilter(
        label=_("Words in the idea"),
        method="filter_text",
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={
            "max_length": _("Please search for fewer words: at most %(limit_value)d characters.")
        },
    )
    theme = django_filters.ModelChoiceFilter(
        label=_("Theme"),
        queryset=Theme.objects.none(),
        to_field_name="slug",
        empty_label=_("All themes"),
        widget=PlainSelect,
    )
    area = Choice(
        label=_("Nation or region"),
        choices=Area,
        method="filter_list",
        field_name="areas",
        empty_label=_("Everywhere"),
    )
    level = Choice(label=_("Level of government"), choices=Level, empty_label=_("All levels"))
    value = Choice(
        label=_("Open government value"),
        choices=OGPValue,
        method="filter_list",
        field_name="ogp_values",
        empty_label=_("All values"),
    )
    status = Choice(
        label=_("Status"),
        choices=[(code, label) for code, (label, _queryset) in STATUSES.items()],
        method="filter_status",
        empty_label=_("Any status"),
    )
    order = django_filters.ChoiceFilter(
        choices=ORDERS, method="leave_to_ordering", empty_label=None, widget=forms.HiddenInput
    )
    shuffle = django_filters.NumberFilter(
        min_value=0, max_value=10**6, method="leave_to_ordering", widget=forms.HiddenInput
    )

    class Meta:
        model = Idea
        fields = []

    def __init__(self, *args, round, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.round = round
        self.today = today
        self.filters["theme"].queryset = round.themes.all()

    def filter_text(self, ideas, name, text):
        return ideas.matching(self.search)

    def filter_list(self, ideas, name, code):
        return ideas.filter(**{f"{name}__contains": [code]})

    def filter_status(self, ideas, name, status):
        return getattr(ideas, self.STATUSES[status][1])()

    def leave_to_ordering(self, ideas, name, value):
        return ideas

    @cached_property
    def asked(self):
        """What was asked for and makes sense, by name."""
        self.form.full_clean()
        return self.form.cleaned_data

    @property
    def words(self):
        return self.asked.get("text")

    @cached_property
    def search(self):
        return self._remembered("search", self._search) if self.words else None

    def _search(self):
        return Search.among(self.queryset, self.words)

    @property
    def ordering(self):
        """The order asked for; otherwise the best matches for words, and else one that favours nobody."""
        order = self.asked.get("order") or (RELEVANCE if self.words else SHUFFLED)
        return SHUFFLED if order == RELEVANCE and not self.words else order

    @property
    def seed(self):
        """Without one of their own everybody shares the day's shuffle, so pages, caches and links stay the same."""
        return int(self.asked.get("shuffle") or self.today.toordinal())

    @property
    def next_seed(self):
        return self.seed % 10**6 + 1

    @property
    def order_asked_for(self):
        return bool(self.asked.get("order"))

    @property
    def orders(self):
        return [(code, label) for code, label in self.ORDERS if code != RELEVANCE or self.words]

    @property
    def chosen(self):
        """The code chosen for each facet that one is chosen for."""
        chosen = {name: self.asked.get(name) for name in FACETS}
        return {name: getattr(value, "slug", value) for name, value in chosen.items() if value}

    @property
    def address(self):
        """What the ideas are narrowed down by, as the address says it, without their order."""
        return ({"text": self.words} if self.words else {}) | self.chosen

    @cached_property
    def counts(self):
        """For each facet how many ideas each of its codes would show, and how many there are as things are chosen."""
        return self._remembered("counts", self._count)

    @cached_property
    def _whole(self):
        """What is another at once when an idea is published, or the shortlist."""
        newest = self.queryset.by_newest().values_list("pk", "published_at").first()
        return self.round.pk, self.round.is_shortlist_published, newest

    def _remembered(self, what, find, *more):
        made_from = repr((what, self._whole, self.words, sorted(self.chosen.items()), *more))
        key = f"ideas-{sha256(made_from.encode()).hexdigest()}"
        return caches["process"].get_or_set(key, find, FINDINGS_LAST)

    def _count(self):
        ideas = self.queryset.matching(self.search) if self.words else self.queryset
        return ideas.count_choices(self.round, self.chosen)

    @property
    def is_too_much_to_rank(self):
        return self.counts[1] > RANKED

    def filter_queryset(self, ideas):
        ideas = super().filter_queryset(ideas)
        match self.ordering:
            case "support":
                return ideas.by_support()
            case "newest":
                return ideas.by_newest()
            case "relevance":
                return ideas.by_support() if self.is_too_much_to_rank else ideas.by_relevance(self.search)
        return ideas.by_chance(self.seed)

    def page(self, number, size):
        """A page of cards, with what matches marked."""
        paginator = Paginator(self.qs.values_list("pk", flat=True), size)
        paginator.count = self.counts[1]
        page = paginator.get_page(number)
        # Sorted by keys alone, and read whole only for the page.
        keys = self._remembered(
            "page", lambda: list(page.object_list), self.ordering, self.seed, page.number, size
        )
        # The round is known, no card names an organisation, and decisions are shown once they are public.
        around = ["theme", "decision"] if self.round.is_shortlist_published else ["theme"]
        cards = self.queryset.for_cards().select_related(None).select_related(*around)
        found = (cards.with_highlights(self.search) if self.words else cards).in_bulk(keys)
        page.object_list = [found[key] for key in keys if key in found]
        if self.ordering == SUPPORT:
            # They may have overtaken each other since.
            page.object_list.sort(key=lambda idea: -idea.supporters)
        return page

    @property
    def form_made_from(self):
        """What another form with counts would be made from something else; it lasts as long as they do."""
        return repr((self._whole, [(name, self.form.data.get(name)) for name in self.filters]))

    def form_with_counts(self):
        """The form, saying beside each choice how many ideas it would show."""
        counts, _ = self.counts
        for facet in FACETS:
            field, tally = self.form.fields[facet], counts.get(facet, {})
            field.widget.choices = [
                (code, f"{label} ({tally.get(str(code), 0):,})" if code else label)
                for code, label in field.choices
            ]
        return self.form


class SignatoryFilter(OrganisationFilter):
    """What a visitor narrows a statement's signatories down by."""

    kind = Choice(
        label=_("Type"),
        choices=Organisation.Kind,
        field_name="organisation__kind",
        empty_label=_("All types"),
    )
    area = Choice(
        label=_("Nation or region"),
        choices=Area,
        field_name="organisation__areas",
        method="filter_area",
        empty_label=_("Everywhere"),
    )

    class Meta:
        model = Signature
        fields = []

    def filter_text(self, signatures, name, text):
        return signatures.filter(organisation__in=Organisation.objects.matching(text).values("pk"))


class PromiseFilter(Narrowing):
    """What a visitor narrows a plan's commitments down by. How they stand is worked out, so it goes by that.

    `progress` is how all of them stand, and `kept` those that were asked for.
    """

    status = Choice(
        label=_("Status, by any source"),
        choices=StatusReport.Status,
        method="leave",
        empty_label=_("Any status"),
    )
    lead = Choice(label=_("Lead institution"), choices=[], method="leave", empty_label=_("All institutions"))
    late = Choice(
        label=_("Late"),
        choices=[("yes", _("With something late"))],
        method="leave",
        empty_label=_("Late or not"),
    )

    class Meta:
        model = Commitment
        fields = []

    def __init__(self, *args, progress, **kwargs):
        super().__init__(*args, **kwargs)
        self.progress = progress
        leads = sorted({each.subject.lead_institution for each in progress} - {""})
        self.filters["lead"].extra["choices"] = [(lead, lead) for lead in leads]
        said = {report.status for each in progress for report in each.latest}
        self.filters["status"].extra["choices"] = [
            (status, status.label) for status in StatusReport.Status if status in said
        ]

    def leave(self, commitments, name, value):
        return commitments

    @property
    def kept(self):
        status, lead, late = (self.asked.get(name) for name in ("status", "lead", "late"))
        return [
            each
            for each in self.progress
            if (not status or status in {report.status for report in each.latest})
            and (not lead or lead == each.subject.lead_institution)
            and (not late or each.is_late)
        ]
