from django import template

from ogp_network.highlighting import marked

register = template.Library()
register.filter("marked", marked)
