"""The pictures of a round's activity, as the home page and the round's own page draw them."""

from ogp_network.charts import line, pairs, tally, tile_map
from profiles.vocabularies import TILES


def pictures_of(round, now):
    """What manifesto/_activity.html draws; `round` has its `idea_count`."""
    activity = round.activity_at(now)
    periods = activity.periods
    begin = [(periods[0].starts_on.toordinal(), 0)] if periods else []
    return {
        "activity": activity,
        "tally": tally(round.idea_count),
        "ideas_line": line([*begin, *((p.ends_on.toordinal(), p.ideas_so_far) for p in periods)]),
        "votes_line": line([*begin, *((p.ends_on.toordinal(), p.votes_so_far) for p in periods)]),
        "themes_chart": _pairs(activity.themes),
        "levels_chart": _pairs(activity.levels),
        # A round of one nation has no nations to compare.
        "places_chart": None if round.area else tile_map(TILES, activity.ideas_by_place),
    }


def _pairs(portions):
    return pairs((portion.label, portion.code, portion.ideas, portion.support) for portion in portions)
