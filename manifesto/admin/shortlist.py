"""The shortlist board: decisions prepared by the expert group and the editors."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from ..errors import EditedMeanwhile, Refused
from ..forms.board import BoardForm
from ..models import Action
from ..panel import BORDERLINE, CLEAR_OUT
from .scoring import page, require_sight_of_scores, round_view

OTHERS_PER_PAGE = 25
LEAST_RANKED_SHOWN = 30
MOVES = ("up", "down", "add", "off")

SHOWN = {
    "": ("All without a place", lambda standing: True),
    "borderline": ("Borderline", lambda standing: standing.certainty.band == BORDERLINE),
    "clear-out": ("Clear out", lambda standing: standing.certainty.band == CLEAR_OUT),
    "no-outcome": ("Without an outcome", lambda standing: not _says(standing, "outcome")),
    "no-reasons": ("Without reasons", lambda standing: not _says(standing, "reasons")),
}


def _says(standing, field):
    return getattr(getattr(standing.idea, "decision", None), field, None)


class Selection:
    """Which ideas a page of the board has: all with a place, and a page of the others that somebody asked for."""

    choices = [(code, name) for code, (name, _) in SHOWN.items()]

    def __init__(self, standings, asked):
        self.text, self.show = asked.get("text", "").strip(), asked.get("show", "")
        self.places = [standing for standing in standings if _says(standing, "position")]
        self.others = [standing for standing in standings if not _says(standing, "position")]
        _, is_wanted = SHOWN.get(self.show, SHOWN[""])
        self.matches = [
            standing for standing in self.others if is_wanted(standing) and self._is_found(standing)
        ]
        self.page_obj = Paginator(self.matches, OTHERS_PER_PAGE).get_page(asked.get("page"))

    def _is_found(self, standing):
        text = self.text.casefold()
        return text in standing.idea.title.casefold() or text == str(standing.idea.number)

    @property
    def standings(self):
        return [*self.places, *self.page_obj]


class BoardPage:
    """What somebody sees of a round's board: everything but the ideas hidden from them."""

    def __init__(self, request, round, now):
        self.request, self.round, self.now = request, round, now
        self.hidden = list(round.ideas_hidden_from(request.user).values_list("number", flat=True))
        self.held = round.held_places(request.user) if self.hidden else []
        self.report = round.report(now=now, without=self.hidden)
        self.selection = Selection(self.report.standings, request.GET)
        self.form = BoardForm(
            request.POST if request.method == "POST" else None,
            standings=self._standings(),
            version=round.shortlist_version,
            held=self.held,
        )

    def _standings(self):
        """Those of the page by rank, and those that were sent in or are to be moved on to it."""
        sent = {name.split("-")[1] for name in self.request.POST if name.startswith("idea-")}
        wanted = {standing.idea.number for standing in self.selection.standings}
        wanted |= {int(number) for number in {*sent, self.move[1]} if number.isdecimal()}
        return [standing for standing in self.report.standings if standing.idea.number in wanted]

    @property
    def move(self):
        """What the button that was pressed asks for: a step and the number of an idea, both empty for none."""
        step, _, number = self.request.POST.get("move", "").partition("-")
        return (step, number) if step in MOVES and number.isdecimal() else ("", "")

    @property
    def missing(self):
        """What ideas lack, how to ask for those, and how many that are."""
        standings = self.report.standings
        lacking = {"an outcome": "no-outcome", "reasons": "no-reasons"}
        return [
            (what, code, sum(SHOWN[code][1](standing) for standing in standings))
            for what, code in lacking.items()
        ]

    @property
    def ranked(self):
        """The first ideas by rank, for the list beside the board."""
        return self.report.standings[: max(LEAST_RANKED_SHOWN, 2 * self.round.shortlist_target)]

    def save(self):
        """Record what was typed and moved. The form is valid. Raise what Round.record_decisions does."""
        step, number = self.move
        if step:
            self.form.move(step, int(number))
        self.round.record_decisions(
            self.form.decisions,
            opened=self.form.opened,
            version=self.form.cleaned_data["version"],
            by=self.request.user,
            now=self.now,
        )

    @property
    def address(self):
        """Where to go on: the ideas that were asked for with the button pressed, and the idea that was moved."""
        sent, asked = self.request.POST, QueryDict(mutable=True)
        lacking = sent.get("find", "")
        wanted = {
            "text": "" if lacking else sent.get("text", "").strip(),
            "show": lacking or sent.get("show", ""),
            "page": sent.get("page", ""),
        }
        asked.update({name: value for name, value in wanted.items() if value})
        address = reverse("admin:manifesto_round_shortlist", args=[self.round.pk])
        place = f"#idea-{self.move[1]}" if self.move[1] else ""
        return f"{address}{'?' if asked else ''}{asked.urlencode()}{place or ('#others' if asked else '')}"


@require_http_methods(["GET", "HEAD", "POST"])
@round_view
def shortlist(request, round, *, now):
    require_sight_of_scores(request, round, now)
    board, status = BoardPage(request, round, now), 200
    if request.method == "POST":
        was_scheduled = round.is_shortlist_scheduled
        board, status = _save(board)
        if _is_script(request):
            return _report(board, status, was_scheduled)
        if status == 200:
            messages.success(request, _saved(round, was_scheduled))
            return redirect(board.address)
    return page(
        request,
        "shortlist",
        status=status,
        title="Shortlist",
        round=round,
        board=board,
        form=board.form,
        selection=board.selection,
        is_open=round.allows(Action.DECIDE, now),
        can_publish=request.user.has_perm("manifesto.publish_shortlist"),
        can_score=round.allows(Action.SCORE, now),
    )


def _save(board):
    """The board to show and the status: saved (200), not clean (422), or refused (409) with what was typed."""
    if not board.form.is_valid():
        return board, 422
    try:
        board.save()
    except Refused as refusal:
        board.round.refresh_from_db()
        anew = BoardPage(board.request, board.round, board.now)
        anew.form.add_error(None, str(refusal))
        if isinstance(refusal, EditedMeanwhile):
            anew.form.begin_anew(board.round.shortlist_version)
        return anew, 409
    return board, 200


def _saved(round, was_scheduled):
    if was_scheduled and not round.is_shortlist_scheduled:
        return "The shortlist is saved. It will not be published by itself any more: please set a new time."
    return "The shortlist is saved. It is not public yet."


def _is_script(request):
    return request.headers.get("Accept", "").startswith("application/json")


def _report(board, status, was_scheduled):
    """For the script that saves what is typed: when it was saved, and the marks to go on with, or why it wasn't."""
    if status != 200:
        return JsonResponse({"refusal": " ".join(board.form.non_field_errors())}, status=status)
    at = date_format(timezone.localtime(board.now), "H:i")
    marks = {entry["opened"].html_name: entry.typed_marks for entry in board.form.changeable}
    return JsonResponse(
        {
            "saved": f"Saved at {at}",
            "notice": _saved(board.round, True)
            if was_scheduled and not board.round.is_shortlist_scheduled
            else "",
            "version": board.round.shortlist_version,
            "opened": marks,
        }
    )
