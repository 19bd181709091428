"""A picture of the network: who takes part, counted."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from ogp_network.charts import bar_chart, tile_map

from .filters import NetworkFilter
from .models import Organisation, Profile
from .vocabularies import TILES


@require_safe
def network(request):
    """Organisations by place, by type and by the year they joined in, and their stories by year."""
    chosen = NetworkFilter(request.GET, Organisation.objects.all(), request=request)
    organisations = chosen.qs
    stories = Profile.objects.published().filter(organisation__in=organisations.order_by().values("pk"))
    kinds = organisations.count_by("kind")
    context = {
        "filter": chosen,
        "total": sum(kinds.values()),
        "places": tile_map(TILES, organisations.count_by_area()),
        "kinds": bar_chart(
            (label, kinds[code]) for code, label in Organisation.Kind.choices if code in kinds
        ),
        "joined": bar_chart(_by_year(organisations.count_by("member_since__year"))),
        "stories": bar_chart(_by_year(stories.count_by_year())),
    }
    return render(request, "profiles/network.html", context)


def _by_year(counts):
    """Every year from the first to the last, the empty ones too."""
    years = [year for year in counts if year]
    return [(str(year), counts.get(year, 0)) for year in range(min(years), max(years) + 1)] if years else []
