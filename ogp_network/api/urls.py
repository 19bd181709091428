from django.urls import path
from django.views.generic import RedirectView

from . import views
from .interface import api
from .problems import no_such_address

pages = [path("api/", views.api_docs, name="api_docs")]
addresses = [
    path("api/v1/", RedirectView.as_view(pattern_name="api_docs")),
    path("api/v1/openapi.json", views.openapi, name="openapi"),
    path("api/v1/", api.urls),
    path("api/v1/<path:rest>", no_such_address),
]
