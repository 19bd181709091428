"""All that the site keeps about a member, gathered from its apps, and how they take it along."""

import json
from collections.abc import Iterator

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

import manifesto.personal_data
import meetings.personal_data
import profiles.personal_data
from profiles.models import Member
from profiles.personal_data import DELETED, Kind, Table, acts

FORMAT = 1
KINDS = (
    *profiles.personal_data.KINDS,
    *meetings.personal_data.KINDS,
    *manifesto.personal_data.KINDS,
    Kind(
        "departure",
        _("Your wish to leave"),
        _("To delete your account after the days in which you can change your mind."),
        _(
            "Until the account is deleted. The account’s number and the day are kept, so that no backup brings it back."
        ),
        DELETED,
        (Table("ogp_network.Departure", "member"),),
    ),
    Kind(
        "acts",
        _("What you did for others or in an office"),
        _("To keep on record what was decided, by whom and when."),
        _("As long as what it was done to."),
        _("Kept, without saying that it was you."),
        (
            *profiles.personal_data.ACTS,
            *meetings.personal_data.ACTS,
            *manifesto.personal_data.ACTS,
            *acts("ogp_network.FairProcessBundle", "made_by"),
            *acts("ogp_network.Page", "scheduled_by", "withdrawn_by"),
            *acts("ogp_network.PageVersion", "saved_by", "published_by"),
            *acts("ogp_network.Post", "scheduled_by", "withdrawn_by"),
            *acts("ogp_network.PostVersion", "saved_by", "published_by"),
        ),
    ),
)


class _Number(models.Subquery):
    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = models.IntegerField()


def counted(member) -> list[tuple[Kind, int]]:
    """Each kind and how many rows of it there are about the member, from one query."""
    tables = [(kind, table) for kind in KINDS for table in kind.tables]
    numbers = {
        f"table_{at}": _Number(table.of_member(member).order_by().values("pk"))
        for at, (_kind, table) in enumerate(tables)
    }
    row = Member.objects.filter(pk=member.pk).values_list(*numbers.values()).get()
    found = dict.fromkeys((kind.name for kind in KINDS), 0)
    for (kind, _table), number in zip(tables, row, strict=True):
        found[kind.name] += number
    return [(kind, found[kind.name]) for kind in KINDS]


def as_json(member, *, now) -> Iterator[str]:
    """Everything kept about the member, as one JSON document, a row at a time; docs/privacy.md has its shape."""
    head = {"format": FORMAT, "site": settings.SITE_URL, "made_at": now}
    yield _json(head).removesuffix("}") + ', "kinds": ['
    for place, kind in enumerate(KINDS):
        words = {"kind": kind.name, "title": kind.title, "why": kind.why, "kept": kind.how_long}
        yield (",\n" if place else "\n") + _json(words).removesuffix("}") + ', "records": ['
        separator = ""
        for table in kind.tables:
            for record in table.records(member):
                yield f"{separator}\n{_json({'table': table.model, 'as': table.of, **record})}"
                separator = ","
        yield "]}"
    yield "]}\n"


def _json(value):
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
