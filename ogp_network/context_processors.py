from email.utils import parseaddr

from django.conf import settings


def site(request):
    return {
        "CONTACT_EMAIL": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "DEMO_MODE": settings.DEMO_MODE,
        "SITE_URL": settings.SITE_URL,
    }
