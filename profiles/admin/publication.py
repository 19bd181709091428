from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from ..errors import Refused

PUBLISH = "_publish"


class Changeable:
    """An admin with pages of its own about one thing."""

    def changeable(self, request, pk):
        """What the address names, if the person may change it; else PermissionDenied, Http404 where there is none."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        thing = self.get_object(request, unquote(pk))
        if thing is None:
            raise Http404
        return thing

    def back_to(self, thing):
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", thing.pk)


class Begun:
    """An admin of things that begin as a draft: once one is begun, the person goes on at `page_once_begun` of it."""

    def response_add(self, request, obj, *args, **kwargs):
        if "_addanother" in request.POST or "_popup" in request.POST:
            return super().response_add(request, obj, *args, **kwargs)
        messages.success(request, f"“{obj}” is begun. Only editors see it until you publish it.")
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_{self.page_once_begun}", obj.pk)


class Publishes(Changeable):
    """An admin of things with a verb `publish`: a button beside “Save” saves what is typed and publishes it.

    `words_once_public` is what the person is then told, with the thing itself as `{0}`.
    """

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["can_publish"] = self.can_publish(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def can_publish(self, request, obj):
        return self.has_change_permission(request) and not (obj and obj.is_published)

    def response_add(self, request, obj, *args, **kwargs):
        if PUBLISH in request.POST and self.has_change_permission(request):
            return self._publish(request, obj)
        return super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request, obj):
        if PUBLISH in request.POST:
            return self._publish(request, obj)
        return super().response_change(request, obj)

    def _publish(self, request, thing):
        try:
            thing.publish(by=request.user, now=timezone.now())
        except Refused as reason:
            messages.error(request, f"Saved, but not published. {reason}")
        else:
            self.log_change(request, thing, "Published.")
            messages.success(request, self.words_once_public.format(thing))
        return self.back_to(thing)
