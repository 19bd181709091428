"""What a page says of itself to search engines and to those who share it."""

from django import template
from django.template.loader_tags import BLOCK_CONTEXT_KEY

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
