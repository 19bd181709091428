"""Whether the site is alive and ready, for who watches over it: no session, no cookie, no page."""

from functools import cache

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.loader import MigrationLoader
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

# So long may each step take: reaching the database, and asking it.
SECONDS = 2


@never_cache
@require_safe
def live(request):
    """The process answers. Whether the database does is no reason to start it again."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(request):
    """Whether it may be sent visitors; if not, what is missing in a word, and nothing more for strangers to read."""
    if missing := missing_now():
        return JsonResponse({"status": "not ready", "missing": missing}, status=503)
    return JsonResponse({"status": "ready"})


PROBES = {"health/live": live, "health/ready": ready}
urls = [path(route, view, name=route.replace("/", "_")) for route, view in PROBES.items()]


def answer_probes(get_response):
    """Answer them under any host name, for who watches knows an address only, and before a session is asked for."""

    def middleware(request):
        probe = PROBES.get(request.path_info.lstrip("/"))
        return probe(request) if probe else get_response(request)

    return middleware


def missing_now() -> list[str]:
    """What the site can't do without and hasn't got, asked over a new connection, as the next visitor's may be."""
    connection = connections[DEFAULT_DB_ALIAS].copy()
    connection.settings_dict["OPTIONS"]["connect_timeout"] = SECONDS
    try:
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            # Not by an option of the connection: a pooler in between may refuse those.
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
            there = {
                "migrations": _has_all_migrations(cursor),
                "cache table": _has_table(cursor, settings.CACHES["default"]["LOCATION"]),
            }
    except DatabaseError:
        return ["database"]
    finally:
        connection.close()
    return [name for name, is_there in there.items() if not is_there]


def _has_table(cursor, name):
    cursor.execute("SELECT to_regclass(quote_ident(%s)) IS NOT NULL", [name])
    return cursor.fetchone()[0]


def _has_all_migrations(cursor):
    """A database ahead of this process is as good: while a new version is put in place, both run."""
    if not _has_table(cursor, "django_migrations"):
        return False
    cursor.execute("SELECT app, name FROM django_migrations")
    return _migrations_of_the_code() <= set(cursor.fetchall())


@cache
def _migrations_of_the_code():
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
