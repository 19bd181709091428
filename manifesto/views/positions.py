from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ogp_network.safe_csv import lines

from ..models import Position, Round, Statement
from ..models.answering.grid import grid_of_round, grid_of_statement
from ..position_data import json_ld

COLUMNS = [
    "institution",
    "number",
    "asked",
    "stance",
    "in_one_line",
    "quotation",
    "said_by",
    "said_on",
    "source",
    "source_address",
    "page",
    "address",
]


@require_safe
def statement_positions(request, slug):
    statement = get_object_or_404(Statement.objects.public(), slug=slug)
    return _table(request, statement, grid_of_statement, "statement")


@require_safe
def commitment_positions(request, slug):
    round = get_object_or_404(Round.objects.announced(), slug=slug)
    return _table(request, round, grid_of_round, "commitment")


def _table(request, holder, grid_of, kind):
    is_by_institution = request.GET.get("by") == "institution"
    grid = grid_of(holder, page=request.GET.get("page"), by_institution=is_by_institution)
    context = {
        "kind": kind,
        "holder": holder,
        "grid": grid,
        "rows": grid.rows,
        "page_obj": grid.page_obj,
        "csv_address": reverse(f"manifesto:{kind}_positions_csv", args=[holder.slug]),
    }
    return render(request, "manifesto/position_table.html", context)


@require_safe
def statement_positions_csv(request, slug):
    return _csv(get_object_or_404(Statement.objects.public(), slug=slug), grid_of_statement)


@require_safe
def commitment_positions_csv(request, slug):
    return _csv(get_object_or_404(Round.objects.announced(), slug=slug), grid_of_round)


def _csv(holder, grid_of):
    response = StreamingHttpResponse(lines(_rows(holder, grid_of)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="positions-{holder.slug}.csv"'
    return response


def _rows(holder, grid_of):
    """All institutions, a page of them in memory at a time."""
    yield COLUMNS
    page = 1
    while page:
        grid = grid_of(holder, page=page, by_institution=True)
        for institution, cells in grid.rows:
            for cell in cells:
                asked = [institution.title, cell.column.number, cell.column.title]
                if not cell.current:
                    yield [*asked, _("no answer found yet"), *[""] * (len(COLUMNS) - 4)]
                for position in cell.current:
                    yield [*asked, *_said(position)]
        page = grid.page_obj.next_page_number() if grid.page_obj.has_next() else None


def _said(position):
    return [
        position.get_stance_display(),
        position.topline,
        position.quotation,
        position.term or "",
        position.stated_on,
        position.source_title,
        position.source_url,
        position.source_page,
        position.get_absolute_url(),
    ]


@require_safe
def position_detail(request, pk):
    """What an institution said, and what it said of the same before and after."""
    position = get_object_or_404(Position.objects.public().with_subjects(), pk=pk)
    if not position.is_latest:
        return redirect(position.corrected_by)
    others = Position.objects.public().filter(
        institution=position.institution_id, ask=position.ask_id, commitment=position.commitment_id
    )
    said = {each.pk: each for each in others.with_subjects().by_day()}
    context = {
        "position": position,
        "corrections": position.corrections_among(said),
        "history": [each for each in said.values() if each.is_latest],
        "json_ld": json_ld(position),
    }
    return render(request, "manifesto/position_detail.html", context)
