import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ogp_network.settings")

application = get_wsgi_application()

from ogp_network.patience import lose_patience  # noqa: E402  once Django is set up

lose_patience()
