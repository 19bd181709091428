"""What caches keep things under. A leaf: imports nothing of ours, so every app may use it."""

import hashlib
import hmac

from django.conf import settings


def keyed(key, key_prefix, version):
    """What the cache keeps something under: django-allauth's limits name addresses there, and no table is to."""
    text = f"{key_prefix}:{version}:{key}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def named(kind, *made_from):
    """A name for what is made from these values, of which none says less by its repr than what is made depends on."""
    return f"{kind}-{hashlib.sha256(repr(made_from).encode()).hexdigest()}"
