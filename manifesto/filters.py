import django_filters
from django import forms

from profiles.vocabularies import Area

from .models import Idea, Theme
from .vocabularies import Level, OGPValue

SHUFFLED, SUPPORT, NEWEST, RELEVANCE = "shuffled", "support", "newest", "relevance"


class IdeaFilter(django_filters.FilterSet):
    """What a visitor narrows a round's ideas down by, and the order they come in."""

    STATUSES = {
        "undecided": ("Not decided yet", "undecided"),
        "shortlisted": ("Shortlisted", "shortlisted"),
        "not_shortlisted": ("Answered, not shortlisted", "not_shortlisted"),
    }
    ORDERS = [
        (SHUFFLED, "Shuffled"),
        (SUPPORT, "Most supported"),
        (NEWEST, "Newest"),
        (RELEVANCE, "Best match"),
    ]

    text = django_filters.CharFilter(
        label="Words in the idea",
        method="filter_text",
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    theme = django_filters.ModelChoiceFilter(
        queryset=Theme.objects.none(), to_field_name="slug", empty_label="All themes"
    )
    area = django_filters.ChoiceFilter(
        label="Nation or region",
        choices=Area,
        method="filter_list",
        field_name="areas",
        empty_label="Everywhere",
    )
    level = django_filters.ChoiceFilter(label="Level of government", choices=Level, empty_label="All levels")
    value = django_filters.ChoiceFilter(
        label="Open government value",
        choices=OGPValue,
        method="filter_list",
        field_name="ogp_values",
        empty_label="All values",
    )
    status = django_filters.ChoiceFilter(
        label="Status",
        choices=[(code, label) for code, (label, _) in STATUSES.items()],
        method="filter_status",
        empty_label="Any status",
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
        self.today = today
        self.filters["theme"].queryset = round.themes.all()

    def filter_text(self, ideas, name, text):
        return ideas.matching(text)

    def filter_list(self, ideas, name, code):
        return ideas.filter(**{f"{name}__contains": [code]})

    def filter_status(self, ideas, name, status):
        return getattr(ideas, self.STATUSES[status][1])()

    def leave_to_ordering(self, ideas, name, value):
        return ideas

    @property
    def words(self):
        return self.form.cleaned_data.get("text")

    @property
    def ordering(self):
        """The order asked for; otherwise the best matches for words, and else one that favours nobody."""
        order = self.form.cleaned_data.get("order") or (RELEVANCE if self.words else SHUFFLED)
        return SHUFFLED if order == RELEVANCE and not self.words else order

    @property
    def seed(self):
        """Without one of their own everybody shares the day's shuffle, so pages, caches and links stay the same."""
        return int(self.form.cleaned_data.get("shuffle") or self.today.toordinal())

    @property
    def next_seed(self):
        return self.seed % 10**6 + 1

    @property
    def order_asked_for(self):
        return bool(self.form.cleaned_data.get("order"))

    @property
    def is_narrowed(self):
        """Whether anything but the order was asked for."""
        return any(self.form.data.get(name) for name in self.filters if name not in ("order", "shuffle"))

    @property
    def orders(self):
        return [(code, label) for code, label in self.ORDERS if code != RELEVANCE or self.words]

    def filter_queryset(self, ideas):
        ideas = super().filter_queryset(ideas)
        match self.ordering:
            case "support":
                return ideas.by_support()
            case "newest":
                return ideas.by_newest()
            case "relevance":
                return ideas.by_relevance()
        return ideas.by_chance(self.seed)
