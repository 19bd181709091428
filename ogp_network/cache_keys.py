import hashlib
import hmac

from django.conf import settings


def keyed(key, key_prefix, version):
    """What the cache keeps something under: django-allauth's limits name addresses there, and no table is to."""
    text = f"{key_prefix}:{version}:{key}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
