from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin, messages
from django.shortcuts import redirect
from django.utils.decorators import method_decorator


class ManifestoAdminSite(admin.AdminSite):
    """Django's admin behind the site's own sign-in and, outside demonstrations, a second factor."""

    site_header = "Open Government Manifesto"
    site_title = "Open Government Manifesto"
    index_title = "What would you like to look after?"

    @method_decorator(secure_admin_login)
    def login(self, request, extra_context=None):
        if request.user.is_active and request.user.is_staff and not self.has_second_factor(request):
            messages.warning(request, "Please set up a second step for signing in before you use the admin.")
            return redirect("mfa_index")
        return super().login(request, extra_context)

    def has_permission(self, request):
        return super().has_permission(request) and self.has_second_factor(request)

    def has_second_factor(self, request):
        return settings.DEMO_MODE or is_mfa_enabled(request.user)
