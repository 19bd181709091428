from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .models import readers_language
from .search_forms import SearchForm

PER_PAGE = 20


class Ranked:
    """What a search found, as a paginator takes it: so many, and those from one place to another."""

    def __init__(self, search, narrowed):
        self.search, self.narrowed = search, narrowed
        self.total, self.number = search.count(**narrowed)

    def count(self):
        return self.number

    def __len__(self):
        return self.number

    def __getitem__(self, places):
        return self.search.ranked(places.start, places.stop, **self.narrowed)


@require_safe
def site_search(request):
    """One ranked list of everything that everybody can read here."""
    form = SearchForm(request.GET, language=readers_language())
    context = {"form": form, "search": form.search}
    if form.search:
        found = Ranked(form.search, form.narrowed)
        context |= {
            "total": found.total,
            "elsewhere": form.search.count()[0] if not found.total else 0,
            "is_too_much_to_rank": found.total > found.number,
            "page_obj": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        }
    return render(request, "search/site_search.html", context)
