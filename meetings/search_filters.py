import django_filters
from django import forms
from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from profiles.filters import Narrowing

from .models import Meeting, NoteWords, Search, Topic


class NoteFilter(Narrowing):
    """What a visitor looks for in the public notes. Without words the latest come first."""

    q = django_filters.CharFilter(
        label=_("Words in the note"),
        method="filter_words",
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={
            "max_length": _("Please search for fewer words: at most %(limit_value)d characters.")
        },
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind of meeting"),
        field_name="note__meeting__kind",
        choices=Meeting.Kind,
        empty_label=_("All kinds"),
    )
    topic = django_filters.ModelChoiceFilter(
        label=_("Topic"),
        field_name="note__meeting__topics",
        queryset=Topic.objects.by_name(),
        to_field_name="slug",
        empty_label=_("All topics"),
    )

    class Meta:
        model = NoteWords
        fields = []

    def filter_words(self, words, name, text):
        return words.matching(self.search)

    @cached_property
    def search(self):
        text = self.asked.get("q")
        return Search.among(self.queryset, text) if text else None

    def filter_queryset(self, words):
        words = super().filter_queryset(words)
        return words.by_relevance(self.search) if self.search else words.by_latest()

    def page(self, number, size):
        """A page of what was found, with what matches marked."""
        page = Paginator(self.qs, size).get_page(number)
        # Marked on this page only: it takes the whole text of a note.
        found = NoteWords.objects.for_list()
        found = (found.with_highlights(self.search) if self.search else found).in_bulk(
            [words.pk for words in page]
        )
        page.object_list = [found[words.pk] for words in page if words.pk in found]
        return page
