import django_filters
from django import forms
from django.core.cache import caches
from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from ogp_network.cache_keys import named
from profiles.filters import Choice, Narrowing, OrganisationFilter, PlainSelect
from profiles.models import Organisation
from profiles.vocabularies import Area

from .models import Commitment, Idea, Signature, StatusReport, Theme
from .models.finding import FACETS, RANKED, Search, counts_within
from .models.reading import NEWEST_IDEA, cards_of, found_cards_of, themes_of
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
    theme = Choice(
        label=_("Theme"),
        choices=[],
        method="filter_theme",
        empty_label=_("All themes"),
        error_messages={"invalid_choice": forms.ModelChoiceField.default_error_messages["invalid_choice"]},
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
        self.filters["theme"].extra["choices"] = lambda: [
            (slug, theme.name) for slug, theme in self.themes.items()
        ]

    @cached_property
    def themes(self):
        return {theme.slug: theme for theme in themes_of(self.round)}

    def filter_text(self, ideas, name, text):
        return ideas.matching(self.search)

    def filter_theme(self, ideas, name, slug):
        return ideas.filter(theme=self.themes[slug])

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
        if not self.words:
            return None
        return self._remembered(lambda: Search.among(self.queryset, self.words), "search", self.words)

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

    @cached_property
    def chosen(self):
        """The code chosen for each facet that one is chosen for."""
        return {name: self.asked[name] for name in FACETS if self.asked.get(name)}

    @property
    def address(self):
        """What the ideas are narrowed down by, as the address says it, without their order."""
        return ({"text": self.words} if self.words else {}) | self.chosen

    @cached_property
    def counts(self):
        """For each facet how many ideas each of its codes would show."""
        # Counted for all themes at once: who looks for words in one looks for them in another.
        others = {name: code for name, code in self.chosen.items() if name != "theme"}
        made_from = (self.words, sorted(others.items()))
        by_theme = self._remembered(lambda: self._count(others), "counts", *made_from)
        return counts_within(self.chosen.get("theme"), by_theme)

    @property
    def number(self):
        """How many ideas there are as things are chosen."""
        themes, theme = self.counts["theme"], self.chosen.get("theme")
        return themes[theme] if theme else themes.total()

    @cached_property
    def _whole(self):
        """What is another at once when an idea is published, or the shortlist."""
        return self.round.pk, self.round.is_shortlist_published, NEWEST_IDEA.first(round=self.round.pk)

    def _remembered(self, find, *made_from):
        return caches["process"].get_or_set(named("ideas", self._whole, *made_from), find, FINDINGS_LAST)

    def _count(self, chosen):
        ideas = self.queryset.matching(self.search) if self.words else self.queryset
        return ideas.count_by_theme(self.round, chosen)

    @property
    def is_too_much_to_rank(self):
        return self.number > RANKED

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
        page = Paginator(range(self.number), size).get_page(number)
        # Sorted by keys alone, and read whole only for the page.
        sorted_by = (self.words, sorted(self.chosen.items()), self.ordering, self.seed)
        keys = self._remembered(lambda: self._keys(page.object_list), "page", *sorted_by, page.number, size)
        found = {idea.pk: idea for idea in self._cards(keys)}
        page.object_list = [found[key] for key in keys if key in found]
        if self.ordering == SUPPORT:
            # They may have overtaken each other since.
            page.object_list.sort(key=lambda idea: -idea.supporters)
        return page

    def _keys(self, places):
        return list(self.qs.values_list("pk", flat=True)[places.start : places.stop])

    def _cards(self, keys):
        if not keys:
            return []
        return found_cards_of(self.round, keys, self.search) if self.words else cards_of(self.round, keys)

    @property
    def form_made_from(self):
        """What another form with counts would be made from something else; it lasts as long as they do."""
        return repr((self._whole, [(name, self.form.data.get(name)) for name in self.filters]))

    def form_with_counts(self):
        """The form, saying beside each choice how many ideas it would show."""
        for facet in FACETS:
            field, tally = self.form.fields[facet], self.counts[facet]
            field.widget.choices = [
                (code, f"{label} ({tally[str(code)]:,})" if code else label) for code, label in field.choices
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


class CommitmentFilter(Narrowing):
    """What a visitor narrows a round's commitments down by."""

    STATUSES = {
        "open": (_("Nothing adopted for it yet"), "without_adoption"),
        "adopted": (_("Adopted in a plan"), "with_adopted"),
        "dropped": (_("Dropped"), "dropped"),
        "withdrawn": (_("Withdrawn"), "withdrawn"),
    }
    theme = django_filters.ModelChoiceFilter(
        label=_("Theme"),
        queryset=Theme.objects.none(),
        to_field_name="slug",
        empty_label=_("All themes"),
        widget=PlainSelect,
    )
    status = Choice(
        label=_("Status"),
        choices=[(code, label) for code, (label, _queryset) in STATUSES.items()],
        method="filter_status",
        empty_label=_("Any status"),
    )

    class Meta:
        model = Commitment
        fields = []

    def __init__(self, *args, round, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["theme"].queryset = round.themes.all()

    def filter_status(self, commitments, name, status):
        return getattr(commitments, self.STATUSES[status][1])()


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
