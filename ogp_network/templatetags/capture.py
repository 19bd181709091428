"""A piece of a page as a variable, so that a sentence around it stays one message to translate."""

from django import template

register = template.Library()


@register.simple_block_tag
def capture(content):
    """`{% capture as place %}…{% endcapture %}`"""
    return content
