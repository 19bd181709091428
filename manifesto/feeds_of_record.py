"""Positions and answers of institutions as feed readers take them: Atom."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.feeds import PublicFeed, tag_of

from .models import GovernmentAnswer, Institution, Position

# A feed's page holds 30; both lists are cut off where nobody pages on.
MOST = 300


class RecordFeed(PublicFeed):
    """What all institutions or one of them said, as it went on record, the latest first."""

    def get_object(self, request, slug=None):
        return get_object_or_404(Institution.objects.once_at(slug)) if slug else None

    def title(self, institution):
        if institution is None:
            return _("Positions and answers")
        return _("Positions and answers: %(institution)s") % {"institution": institution}

    def subtitle(self, institution):
        return _("Where parties stand, and what government answered.")

    def link(self, institution):
        return institution.get_absolute_url() if institution else reverse("manifesto:institution_list")

    def entries(self, institution):
        positions = Position.objects.public().latest()
        answers = GovernmentAnswer.objects.public().latest()
        if institution:
            positions = positions.filter(institution=institution)
            answers = answers.filter(expected__institution=institution)
        found = [
            *positions.with_subjects().by_publication()[:MOST],
            *answers.with_items().by_publication()[:MOST],
        ]
        return sorted(
            found, key=lambda entry: (entry.published_at, entry._meta.model_name, entry.pk), reverse=True
        )

    def item_title(self, entry):
        about = entry.title if isinstance(entry, Position) else entry.expected.item.title
        stance = entry.get_stance_display() if isinstance(entry, Position) else entry.get_outcome_display()
        said = {"institution": entry.name_of_the_day, "stance": stance, "about": about}
        if entry.is_withdrawn:
            return _("%(institution)s, withdrawn: %(about)s") % said
        return _("%(institution)s, %(stance)s: %(about)s") % said

    def item_guid(self, entry):
        return tag_of(f"{entry._meta.model_name}/{entry.pk}")

    def item_description(self, entry):
        parts = [entry.topline, entry.quotation] if isinstance(entry, Position) else [entry.reasons]
        return "\n\n".join(filter(None, [entry.withdrawal_words, entry.explanation, *parts]))

    def item_extra_kwargs(self, entry):
        return {"language": entry.language_tag}

    def item_pubdate(self, entry):
        return entry.published_at

    def item_updateddate(self, entry):
        return entry.published_at
