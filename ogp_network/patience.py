"""How long a page waits for the database: not for ever, or a few slow statements would hold every thread."""

from django.conf import settings
from django.db import connections


def lose_patience():
    """Have the connections of this process, which serves pages, give up in time; commands may take as long as they do.

    Behind a pooler that shares its connections no option of ours is taken; there the database's role has to have the
    limits: `ALTER ROLE … SET statement_timeout = '15s'`.
    """
    if settings.DATABASE_POOLING == "transaction":
        return
    limits = {"statement_timeout": settings.STATEMENT_SECONDS, "lock_timeout": settings.LOCK_SECONDS}
    wanted = [f"-c {name}={seconds}s" for name, seconds in limits.items() if seconds]
    options = connections.settings["default"]["OPTIONS"]
    options["options"] = " ".join(filter(None, [options.get("options"), *wanted]))
