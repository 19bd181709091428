"""The API itself, put together from its resources."""

from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag, urlencode
from django.utils.translation import gettext, override
from ninja import NinjaAPI, Path, Query
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer

from ogp_network.datasets import LICENCE

from . import schemas
from .problems import PROBLEM, problem
from .resources import RESOURCES

ROOT = "/api/v1"
SECONDS_IN_CACHES = 60
PROBLEMS = {
    "404": "There is no such thing, or the public may not read it.",
    "422": "A parameter makes no sense; `errors` says which and why.",
}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["parameter", "message"],
                "properties": {"parameter": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


class PlainJSON(JSONRenderer):
    json_dumps_params = {"ensure_ascii": False}


class OpenDataAPI(NinjaAPI):
    """Ninja's, with answers that caches may keep for a minute and tell from newer ones."""

    def create_response(self, request, data, **options):
        response = super().create_response(request, data, **options)
        return for_caches(request, response)

    def get_openapi_schema(self, **options):
        """Ninja's, with what it doesn't know of: our problems, and 304. HEAD is as GET, so it isn't listed."""
        document = super().get_openapi_schema(**options)
        document["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
        content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in document["paths"].values():
            operations.pop("head")
            for parameter in operations["get"]["parameters"]:
                _forget_null(parameter["schema"])
            has_path = any(parameter["in"] == "path" for parameter in operations["get"]["parameters"])
            responses = {str(status): answer for status, answer in operations["get"]["responses"].items()}
            responses["200"]["headers"] = {"ETag": {"schema": {"type": "string"}, "required": True}}
            responses["304"] = {
                "description": "It is as it was under the ETag that you sent in If-None-Match."
            }
            for status, words in PROBLEMS.items():
                if status != "404" or has_path:
                    responses[status] = {"description": words, "content": content}
            operations["get"]["responses"] = responses
        return document


def _forget_null(schema):
    """A parameter that isn't given has no value; none is written as null."""
    if schema.get("default", ...) is None:
        del schema["default"]


def for_caches(request, response):
    """The answer with a tag that its bytes decide, or 304 to whoever has it."""
    response["ETag"] = quote_etag(sha256(response.content).hexdigest()[:32])
    response["Link"] = f'<{LICENCE}>; rel="license"'
    patch_cache_control(response, public=True, max_age=SECONDS_IN_CACHES)
    return get_conditional_response(request, etag=response["ETag"], response=response)


def make_api():
    """The API, with its words in the language that is active."""
    api = OpenDataAPI(
        title=gettext("Open Government Manifesto"),
        version="1",
        description=gettext("Everything that is public on the site, to read and reuse under CC BY 4.0."),
        renderer=PlainJSON(),
        openapi_url=None,
        docs_url=None,
        urls_namespace="api",
        servers=[{"url": settings.SITE_URL}],
        openapi_extra={
            "info": {"license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"}},
        },
    )
    api.add_exception_handler(Http404, lambda request, error: problem(404, "There is no such thing."))
    api.add_exception_handler(ValidationError, _refuse)
    for resource in RESOURCES:
        _add_list(api, resource)
        _add_thing(api, resource)
    return api


def _refuse(request, error):
    faults = [(str(fault["loc"][-1]), fault["msg"]) for fault in error.errors]
    return problem(422, "Some of what you asked for makes no sense.", faults)


def _add_list(api, resource):
    thing, query_type = schemas.of_thing(resource), schemas.of_query(resource)

    def answer(request, query: Query[query_type]):
        _refuse_unknown(request, query_type.model_fields)
        now = timezone.now()
        objects = resource.dataset.public(now)
        for filter in resource.filters:
            if (value := getattr(query, filter.name)) is not None:
                objects = filter.narrow(objects, value, now)
        return _page(request, resource.dataset, objects, query.page, query.page_size)

    api.api_operation(
        ["GET", "HEAD"],
        resource.address,
        response=schemas.of_page(resource, thing),
        operation_id=f"list_{resource.name}",
        summary=str(resource.list_words),
        tags=[resource.name],
        url_name=f"{resource.name}_list",
    )(answer)


def _page(request, dataset, objects, page, size):
    count, start = objects.count(), (page - 1) * size
    return {
        "count": count,
        "page": page,
        "page_size": size,
        "next": _address(request, page + 1) if start + size < count and page < schemas.LAST_PAGE else None,
        "previous": _address(request, page - 1) if page > 1 else None,
        "items": [dataset.record(thing) for thing in objects[start : start + size]],
    }


def _address(request, page):
    return f"{settings.SITE_URL}{request.path}?{urlencode({**request.GET.dict(), 'page': page})}"


def _add_thing(api, resource):
    key_type = schemas.of_key(resource)

    def answer(request, key: Path[key_type]):
        _refuse_unknown(request, ())
        wanted = {part.path: getattr(key, part.name) for part in resource.keys}
        thing = resource.dataset.public(timezone.now()).filter(**wanted).first()
        if thing is None:
            raise Http404
        return resource.dataset.record(thing)

    api.api_operation(
        ["GET", "HEAD"],
        resource.thing_address,
        response=schemas.of_thing(resource),
        operation_id=f"read_{resource.thing.lower()}",
        summary=str(resource.thing_words),
        tags=[resource.name],
        url_name=f"{resource.name}_detail",
    )(answer)


def _refuse_unknown(request, known):
    """A slip in a parameter's name would otherwise look like an answer to the question."""
    faults = [
        {"loc": ["query", name], "msg": "Unknown parameter" if name not in known else "Given more than once"}
        for name, values in request.GET.lists()
        if name not in known or len(values) > 1
    ]
    if faults:
        raise ValidationError(faults)


with override(settings.LANGUAGE_CODE):
    api = make_api()


@lru_cache(maxsize=8)
def document(language):
    """The OpenAPI document with its words in a language."""
    with override(language):
        return make_api().get_openapi_schema(path_prefix=f"{ROOT}/")
