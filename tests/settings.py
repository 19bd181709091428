"""The site's own settings, as in development, with a quick password hasher."""

import os

os.environ.setdefault("SITE_MODE", "development")

from ogp_network.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
