from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class NetworkConfig(AppConfig):
    name = "ogp_network"
    verbose_name = "Site"

    def ready(self):
        from . import checks  # noqa: F401  registers them


class ManifestoAdminConfig(AdminConfig):
    default_site = "ogp_network.admin_site.ManifestoAdminSite"
