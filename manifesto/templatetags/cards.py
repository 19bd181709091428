"""Cards of ideas, drawn once and shown again as long as nothing on them is different."""

from django import template
from django.core.cache import caches
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from ogp_network.cache_keys import named

register = template.Library()

CARDS_LAST = 600
TEMPLATE = "manifesto/_idea_card.html"


@register.simple_tag(takes_context=True)
def idea_card(context, idea, heading="h2"):
    """The card of an idea as `for_cards` loads it, which is most of the work of a list: `{% idea_card idea %}`.

    The process keeps it under all it is made from, so a card that would be another is never shown.
    """
    is_supported = idea.pk in context.get("supported", ())
    key = named("idea-card", get_language(), heading, is_supported, *_loaded(idea))
    return mark_safe(caches["process"].get_or_set(key, lambda: _draw(context, idea, heading), CARDS_LAST))


def _loaded(idea):
    """All that was loaded of the idea and of what stands around it: a card has nothing else to show."""
    yield _fields(idea)
    for name in ("round", "theme", "organisation", "decision"):
        if (other := idea._state.fields_cache.get(name)) is not None:
            yield _fields(other)
    for authorship in idea.authorships.all():
        yield _fields(authorship)
        yield authorship.public_name


def _fields(thing):
    return [pair for pair in vars(thing).items() if pair[0][0] != "_"]


def _draw(context, idea, heading):
    drawn = context.template.engine.get_template(TEMPLATE)
    with context.push():
        only = context.new({"idea": idea, "heading": heading, "supported": context.get("supported", ())})
        return drawn.render(only)
