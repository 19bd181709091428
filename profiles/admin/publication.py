from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from ..errors import Refused


class Publishes:
    """An admin of things with a verb `publish`, which a button on their page asks for.

    `words_once_public` is what the person is then told, with the thing itself as `{0}`.
    """

    def get_urls(self):
        view = self.admin_site.admin_view(self.publish_view)
        return [path("<path:pk>/publications/", view, name=self._name("publish")), *super().get_urls()]

    def publish_view(self, request, pk):
        thing = self.changeable(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            thing.publish(by=request.user, now=timezone.now())
        except Refused as reason:
            messages.error(request, f"Not published. {reason}")
        else:
            self.log_change(request, thing, "Published.")
            messages.success(request, self.words_once_public.format(thing))
        return self.back_to(thing)

    def changeable(self, request, pk):
        """What the address names, if the person may change it; else PermissionDenied, Http404 where there is none."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        thing = self.get_object(request, unquote(pk))
        if thing is None:
            raise Http404
        return thing

    def back_to(self, thing):
        return redirect(f"admin:{self._name('change')}", thing.pk)

    def _name(self, page):
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"
