from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "profiles"
    verbose_name = "Members and organisations"

    def ready(self):
        from . import devices, sign_in_log  # noqa: F401  listen to allauth
