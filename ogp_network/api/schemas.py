"""What questions and answers look like, made from the declarations of the open data."""

from typing import Annotated, Literal

from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import Field, create_model

from ogp_network.datasets import Kind

MOST_PER_PAGE = 100
LAST_PAGE = 10_000


def _text(**facts):
    return Annotated[str, Field(json_schema_extra=facts)]


TYPES = {
    Kind.TEXT: str,
    Kind.ADDRESS: str,
    Kind.INTEGER: int,
    Kind.BOOLEAN: bool,
    Kind.DATE: _text(format="date"),
    Kind.TIME: _text(examples=["10:30:00"]),
    Kind.MOMENT: _text(format="date-time"),
}


def _type_of(column):
    kind = Literal[column.choices] if column.choices else TYPES[column.kind]
    if column.is_list:
        return list[kind]
    return kind if column.is_required else kind | None


def _model(name, fields):
    """A schema of fields that are (name, type, words) or, where they have a default, that as well."""
    return create_model(
        name,
        __base__=Schema,
        **{field: (type, Field(*default, description=str(words))) for field, type, words, *default in fields},
    )


def of_thing(resource):
    columns = resource.dataset.columns
    return _model(resource.thing, [(column.name, _type_of(column), column.words) for column in columns])


def of_page(resource, thing):
    fields = [
        ("count", int, _("How many there are on all pages.")),
        ("page", int, _("Which page this is.")),
        ("page_size", int, _("How many are on a page.")),
        ("next", str | None, _("Where the next page is, if there is one.")),
        ("previous", str | None, _("Where the page before is, if there is one.")),
        ("items", list[thing], _("What there is on this page.")),
    ]
    return _model(f"{resource.thing}Page", fields)


def of_key(resource):
    return _model(f"{resource.thing}Key", [(key.name, key.type, key.words) for key in resource.keys])


def of_query(resource):
    fields = [(filter.name, filter.type, filter.words, None) for filter in resource.filters]
    page = Annotated[int, Field(ge=1, le=LAST_PAGE)]
    size = Annotated[int, Field(ge=1, le=MOST_PER_PAGE)]
    fields += [("page", page, _("Which page."), 1), ("page_size", size, _("How many on a page."), 20)]
    return _model(f"{resource.thing}Query", fields)
