import csv

from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ..models import CountRegister, Round

DAYS_PER_PAGE = 31
IDEAS_PER_PAGE = 100


class Echo:
    """A file that hands back what the csv module writes to it."""

    def write(self, line):
        return line


@require_safe
def register_list(request, slug):
    round = get_object_or_404(Round.objects.announced(), slug=slug)
    page = Paginator(round.registers.by_latest(), DAYS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "manifesto/register_list.html", {"round": round, "page_obj": page})


@require_safe
def register_detail(request, slug, day):
    register = _register(slug, day)
    entries = register.entries.with_ideas().with_counts().by_number()
    page = Paginator(entries, IDEAS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"round": register.round, "register": register, "page_obj": page}
    return render(request, "manifesto/register_detail.html", context)


@require_safe
def register_file(request, slug, day):
    register = _register(slug, day)
    write = csv.writer(Echo()).writerow
    response = StreamingHttpResponse(map(write, register.lines()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="count-register-{slug}-{day}.csv"'
    return response


def _register(slug, day):
    registers = CountRegister.objects.filter(round__announced_at__isnull=False).select_related("round")
    return get_object_or_404(registers, round__slug=slug, made_on=day)
