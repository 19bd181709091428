"""Whether anything can be written just now: the site can be set to be read only, and so can its database."""

from datetime import datetime

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, connection
from django.utils import timezone

from profiles.written_once import WrittenOnce

# PostgreSQL, from version 14, tells every connection by itself when one of these changes, so nothing has to be asked.
SIGNS = ("default_transaction_read_only", "in_hot_standby")


def is_read_only() -> bool:
    """Whether the site is set to be, or the open connection leads to a database that is, as a standby."""
    return settings.READ_ONLY or _is_to_read_only(connection.connection)


def _is_to_read_only(link):
    if link is None or link.closed:
        return False
    return any(link.info.parameter_status(sign) == "on" for sign in SIGNS)


SESSION = WrittenOnce(
    lambda key, now: SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=now),
    key=str,
    now=datetime,
)


class SessionStore(db.SessionStore):
    """Sessions in the database, where they stay as they are while nothing can be written."""

    def _get_session_from_db(self):
        session = SESSION.first(key=self.session_key, now=timezone.now())
        if session is None:
            self._session_key = None
        return session

    def save(self, must_create=False):
        if is_read_only():
            return
        if must_create or self.session_key is None:
            super().save(must_create)
        else:
            self._change()

    def _change(self):
        """One statement: Django's own needs a transaction around it."""
        row = self.create_model_instance(self._get_session(no_load=False))
        there = self.model.objects.filter(pk=row.pk)
        try:
            changed = there.update(session_data=row.session_data, expire_date=row.expire_date)
        except DatabaseError as error:
            # As Django takes it: who asked is told that the session is gone.
            raise UpdateError from error
        if not changed:
            raise UpdateError

    def delete(self, session_key=None):
        if not is_read_only():
            super().delete(session_key)


class Sessions(SessionMiddleware):
    """Gives nobody the cookie of a session that couldn't be kept."""

    def process_response(self, request, response):
        if is_read_only():
            request.session.modified = False
        return super().process_response(request, response)


class Cache(DatabaseCache):
    """A cache in the database that keeps nothing new, and forgets nothing, while nothing can be written.

    Nor are rate limits counted then; whatever has one is refused anyway.
    """

    def _base_set(self, mode, key, value, timeout=None):
        return False if is_read_only() else super()._base_set(mode, key, value, timeout)

    def _base_delete_many(self, keys):
        return False if is_read_only() else super()._base_delete_many(keys)

    def clear(self):
        if not is_read_only():
            super().clear()
