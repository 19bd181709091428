"""The bare views as gunicorn serves them: the site's settings and database, without its middleware.

Sessions are read as Django does by itself, not by a statement that is kept planned as those of the site are.
"""

import os

import django
from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ogp_network.settings")
django.setup(set_prefix=False)
# Once the apps are there, for allauth insists on its middleware.
override_settings(
    MIDDLEWARE=[],
    ROOT_URLCONF="ogp_network.load.bare",
    SESSION_ENGINE="django.contrib.sessions.backends.db",
).enable()

application = WSGIHandler()
