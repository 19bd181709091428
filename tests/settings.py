"""The site's own settings, as in development, with a quick password hasher and without a list of static files.

Each test client would make that list anew, which took longer than its first page. No commit waits for the disk: what it
must outlive, tests of the site or the server in processes of their own tell, which have settings of their own.
"""

import os

os.environ.setdefault("SITE_MODE", "development")

from ogp_network.settings import *  # noqa: F403

# Tests do in seconds what people do in hours; those of the limits set their own.
RATE_LIMITS = {}
# What a test changes is on the next page; tests/ogp_network/test_visitor_pages.py is about pages that are kept.
VISITOR_PAGES_SECONDS = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"  # noqa: F405
