"""What a page says of itself to search engines and to those who share it."""

from html.parser import HTMLParser

from django import template
from django.conf import settings
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html

from profiles.script_data import for_script

from ..cards import card_of

register = template.Library()


class Again(template.Node):
    def __init__(self, name):
        self.name = name

    def render(self, context):
        return context.render_context[BLOCK_CONTEXT_KEY].get_block(self.name).render(context).strip()


@register.tag
def again(parser, token):
    """What the page puts into a block that stands further up, once more: `{% again title %}`."""
    _, name = token.split_contents()
    return Again(name)


@register.inclusion_tag("includes/_card.html")
def card(thing=None):
    """The picture of a thing for those who share its page, or the site's: `{% card idea %}`."""
    return {"card": thing and card_of(thing), "SITE_URL": settings.SITE_URL}


class Steps(HTMLParser):
    """The items of a list of links, as pairs of what they say and where they lead, if anywhere."""

    def __init__(self):
        super().__init__()
        self.steps = []

    def handle_starttag(self, tag, attrs):
        if tag == "li":
            self.steps.append(["", None])
        elif tag == "a" and self.steps:
            self.steps[-1][1] = dict(attrs).get("href")

    def handle_data(self, data):
        if self.steps:
            self.steps[-1][0] += data


class Trail(template.Node):
    def __init__(self, nodelist):
        self.nodelist = nodelist

    def render(self, context):
        shown = self.nodelist.render(context)
        user = context.get("user")
        # What somebody signed in sees may be theirs alone; search engines never are.
        if context.get("IS_NARROWED") or (user and user.is_authenticated):
            return shown
        parser = Steps()
        parser.feed(shown)
        if len(parser.steps) < 2:
            return shown
        return shown + format_html(
            '<script type="application/ld+json">{}</script>', _as_json_ld(parser.steps)
        )


def _as_json_ld(steps):
    items = [
        {"@type": "ListItem", "position": position, "name": " ".join(text.split())}
        | ({"item": settings.SITE_URL + address} if address else {})
        for position, (text, address) in enumerate(steps, start=1)
    ]
    schema = "https://schema.org"
    return for_script({"@context": schema, "@type": "BreadcrumbList", "itemListElement": items})


@register.tag
def trail(parser, token):
    """Breadcrumbs, and the same for search engines: `{% trail %}…{% endtrail %}`."""
    nodelist = parser.parse(["endtrail"])
    parser.delete_first_token()
    return Trail(nodelist)
