"""The public pages that show how a round's process went."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from manifesto.models import CountRegister, Erratum, PublishedWorking
from meetings.models import Note
from profiles.vocabularies import language_tag

from ..models import DailyFile, Post


@dataclass(frozen=True)
class Evidence:
    """A public page that shows something, with the day it happened or came out.

    `language` is set where people gave it its title.
    """

    kind: str
    title: str
    address: str
    on: date | None = None
    language: str = ""


def day_of(moment):
    return moment and timezone.localdate(moment)


def notes():
    rows = Note.objects.public().values_list(
        "meeting__title", "meeting__slug", "meeting__language", "published_at"
    )
    return [
        Evidence(
            "note", title, reverse("meetings:meeting_detail", args=[slug]), day_of(at), language_tag(code)
        )
        for title, slug, code, at in rows
    ]


def news():
    posts = Post.objects.published().once_per_address()
    rows = posts.values_list("public__title", "slug", "language", "published_at")
    return [
        Evidence("news", title, reverse("post_detail", args=[slug]), day_of(at), language_tag(code))
        for title, slug, code, at in rows
    ]


def of_meetings(meetings, kinds):
    return [
        Evidence(
            "meeting_with_note" if meeting.has_published_note else "meeting",
            meeting.title,
            meeting.get_absolute_url(),
            meeting.held_on,
            meeting.language_tag,
        )
        for meeting in meetings
        if meeting.kind in kinds
    ]


def of_page(page):
    return Evidence(
        "page", page.public.title, page.get_absolute_url(), day_of(page.published_at), page.language_tag
    )


def of_round(round):
    """Its own page."""
    return Evidence(
        "page", round.title, round.get_absolute_url(), day_of(round.announced_at), round.language_tag
    )


def published_of(round):
    """What came out about the round itself: that there is one, its result, and corrections to that."""
    shortlist = _address("shortlist", round)
    moments = [
        (_("The round was announced"), round.get_absolute_url(), round.announced_at),
        (_("The shortlist, with the reasons for every idea"), shortlist, round.shortlist_published_at),
        (_("The shortlist was given to government"), round.get_absolute_url(), round.presented_at),
    ]
    errata = Erratum.objects.public().filter(decision__round=round).values_list("corrected_at", flat=True)
    moments += [(_("A correction to the shortlist"), shortlist, at) for at in errata]
    return [Evidence("page", title, address, day_of(at)) for title, address, at in moments if at]


def result_of(round):
    """The shortlist and the working behind it, once they are public."""
    if not round.is_shortlist_published:
        return []
    on = day_of(round.shortlist_published_at)
    found = [
        Evidence(
            "page", _("The shortlist, with the reasons for every idea"), _address("shortlist", round), on
        )
    ]
    if PublishedWorking.objects.filter(round=round).exists():
        working = _("The working: scores, ranking and the files to recount it")
        found.append(Evidence("data", working, _address("working_detail", round), on))
    return found


def ideas_of(round):
    return Evidence("data", _("Every idea, its wordings and discussion"), _address("idea_list", round))


def outcome_of(round, facts):
    """What government answered to what the round asks for, and what became of that, where there is any."""
    pages = (
        (facts.answers, _("What government answered, and how many days late the rest is"), "answer_list"),
        (facts.commitments, _("What is asked of government, and what was adopted for it"), "commitment_list"),
    )
    return [Evidence("data", title, _address(name, round)) for counted, title, name in pages if counted]


def checks_on(round):
    """The registers of what was counted, and the votes that don't count."""
    registers = CountRegister.objects.filter(round=round).aggregate(last=Max("made_on"))
    found = [
        Evidence("data", _("Votes that don’t count, and why"), _address("invalidation_list", round)),
    ]
    if registers["last"]:
        title = _("Count registers, day by day")
        found.insert(0, Evidence("data", title, _address("register_list", round), registers["last"]))
    return found


def open_data():
    kept = DailyFile.objects.aggregate(last=Max("day"))
    return Evidence("data", _("Open data: everything public, as files"), reverse("open_data"), kept["last"])


def notice():
    return Evidence("data", _("How much notice people get"), reverse("meetings:notice"))


def _address(name, round):
    return reverse(f"manifesto:{name}", args=[round.slug])
