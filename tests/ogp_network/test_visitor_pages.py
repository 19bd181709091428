"""Pages that a process shows to several visitors: which, to whom, for how long, and how many it keeps."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from ogp_network.visitor_pages import AROUND_A_PAGE, MOST_BYTES, Kept, VisitorPages, kept_for_visitors
from tests.factories import PASSWORD, make_idea, make_round

pytestmark = pytest.mark.django_db
LIST = "/rounds/uk/ideas/"
OTHER_HOST = "other.example.org"


@pytest.fixture(autouse=True)
def pages_are_kept(settings):
    settings.VISITOR_PAGES_SECONDS = 60
    settings.ALLOWED_HOSTS = ["testserver", OTHER_HOST]


@pytest.fixture
def idea():
    return make_idea(round=make_round(slug="uk"), title="Publish the minutes")


@pytest.fixture
def made(settings):
    """The path of each page that was made, rather than shown as it was kept."""
    paths = []
    Noted.paths = paths
    at = settings.MIDDLEWARE.index("ogp_network.visitor_pages.kept_for_visitors") + 1
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:at], f"{__name__}.Noted", *settings.MIDDLEWARE[at:]]
    return paths


class Noted:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        self.paths.append(request.path)
        return self.get_response(request)


def test_visitors_see_the_same_page_for_a_while(visitor, idea, settings):
    first = visitor.get(LIST)
    make_idea(round=idea.round, title="Open the archives")
    again = visitor.get(LIST)
    assert (again.content, again.status_code) == (first.content, 200)
    names = ("Content-Type", "Content-Language", "Cache-Control", "ETag", "X-Frame-Options", "Vary")
    assert [again[name] for name in names] == [first[name] for name in names]
    settings.VISITOR_PAGES_SECONDS = 0
    assert "Open the archives" in visitor.get(LIST).text


def test_what_is_taken_down_is_gone_when_its_seconds_are_over(visitor, idea, settings):
    settings.VISITOR_PAGES_SECONDS = 1
    visitor.get(LIST)
    idea.published_at, idea.declined_at = None, timezone.now()
    idea.save()
    time.sleep(1)
    assert "Publish the minutes" not in visitor.get(LIST).text


def test_all_that_is_added_to_every_answer_is_on_a_kept_page_too(visitor, idea):
    made, kept = (visitor.get(LIST, headers={"accept-encoding": "gzip"}) for _ in range(2))
    assert made.headers.keys() == kept.headers.keys()
    assert (kept["Content-Encoding"], made["X-Request-ID"] != kept["X-Request-ID"]) == ("gzip", True)
    assert visitor.get(LIST, headers={"if-none-match": made["ETag"]}).status_code == 304
    assert kept.wsgi_request.resolver_match.view_name == "manifesto:idea_list"


def test_a_member_is_never_shown_to_a_visitor_nor_a_visitors_page_to_a_member(idea, member):
    visitor, signed_in = Client(), Client()
    signed_in.handler = visitor.handler
    signed_in.force_login(member)
    for address in ("/", LIST, "/rounds/", "/search/?q=minutes"):
        theirs = signed_in.get(address).text
        public = visitor.get(address).text
        assert ("Sign out" in theirs, "Sign out" in public, member.display_name in public) == (
            True,
            False,
            False,
        )
        assert "Sign out" in signed_in.get(address).text
    signed_in.post("/account/logout/")
    assert "Sign out" not in signed_in.get(LIST).text


def test_who_has_supported_an_idea_sees_it_counted_at_once(visitor, idea, member, sign_in):
    assert "<strong>0</strong> supporters" in visitor.get(LIST).text
    client = sign_in(member)
    client.post("/support/", {"idea": idea.pk})
    assert "<strong>1</strong> supporter" in client.get(LIST).text


def test_messages_are_shown_to_whom_they_are_for(idea, member):
    visitor, leaving = Client(), Client()
    leaving.handler = visitor.handler
    visitor.get("/")
    leaving.post("/account/login/", {"login": member.email, "password": PASSWORD})
    said = leaving.post("/account/logout/", follow=True).text
    assert "signed out" in said
    assert "signed out" not in visitor.get("/").text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/rounds/none-of-this-name/ideas/", 404),
        ("/my/votes/", 302),
        ("/admin/", 302),
        ("/account/login/", 200),
        ("/account/signup/", 200),
        ("/account/password/reset/", 200),
        ("/rounds/uk/ideas/1/", 200),
        ("/news.atom", 200),
        ("/api/v1/ideas", 200),
        ("/open-data/ideas.csv", 200),
    ],
)
def test_only_whole_pages_without_a_form_are_kept(visitor, idea, made, address, status):
    assert [visitor.get(address).status_code for _ in range(2)] == [status, status]
    assert made == [address, address]


def test_only_reading_is_answered_so(visitor, idea, made):
    for ask in (visitor.head, visitor.post, visitor.get, visitor.get, visitor.head):
        ask(LIST)
    assert made == [LIST] * 4


def test_a_session_of_any_kind_is_let_through(idea, made, settings):
    visitor, other = Client(), Client()
    other.handler = visitor.handler
    visitor.get(LIST)
    other.cookies[settings.SESSION_COOKIE_NAME] = "of nobody"
    other.get(LIST)
    assert len(made) == 2
    # The cookie that goes with forms says nothing about who it is.
    visitor.get("/account/login/")
    assert settings.CSRF_COOKIE_NAME in visitor.cookies
    visitor.get(LIST)
    assert len(made) == 3


def test_a_page_is_kept_for_one_address_host_and_scheme(visitor, idea, made):
    asked = [
        {"path": LIST},
        {"path": f"/cy{LIST}"},
        {"path": f"{LIST}?order=newest&theme="},
        {"path": f"{LIST}?theme=&order=newest"},
        {"path": LIST, "headers": {"host": OTHER_HOST}},
        {"path": LIST, "secure": True},
    ]
    for _ in range(2):
        pages = [visitor.get(**one).text for one in asked]
    assert len(made) == len(asked)
    assert 'lang="cy"' in pages[1][:50]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-host": "evil.example.com"},
        {"x-forwarded-proto": "gopher"},
        {"x-original-url": "/admin/"},
        {"accept": "application/json"},
        {"accept-language": "cy"},
        {"referer": "https://evil.example.com/"},
        {"x-forwarded-for": "evil.example.com"},
        {"cookie": "sessionid=1; csrftoken=evil; messages=evil; django_language=cy"},
        {"range": "bytes=0-3"},
        {"x-http-method-override": "DELETE"},
    ],
)
def test_odd_headers_of_one_visitor_change_nothing_for_the_next(visitor, idea, settings, headers):
    odd = Client()
    odd.handler = visitor.handler
    odd.get(LIST, headers=headers)
    shown = visitor.get(LIST).text
    settings.VISITOR_PAGES_SECONDS = 0
    assert shown == visitor.get(LIST).text
    assert "evil" not in shown


def test_a_host_that_is_not_ours_is_refused_however_often(visitor, idea, made):
    visitor.get(LIST)
    odd = {"host": "evil.example.com"}
    assert [visitor.get(LIST, headers=odd).status_code for _ in range(2)] == [400, 400]


def test_pages_tell_at_once_that_nothing_can_be_saved(visitor, idea, settings):
    visitor.get(LIST)
    settings.READ_ONLY = True
    assert ["Nothing can be saved just now" in visitor.get(LIST).text for _ in range(2)] == [True, True]
    settings.READ_ONLY = False
    assert "Nothing can be saved just now" not in visitor.get(LIST).text


def test_a_page_that_failed_is_made_anew(visitor, idea, settings):
    answers = [HttpResponse(status=503), HttpResponse("whole"), HttpResponse("never asked for")]
    request = visitor.get(LIST).wsgi_request
    keep = kept_for_visitors(lambda request: answers.pop(0))
    assert [keep(request).status_code for _ in range(3)] == [503, 200, 200]
    assert len(answers) == 1


def page(length=1000, now=0.0):
    return Kept(HttpResponse(b"x" * length), None, now)


def test_addresses_without_end_fill_no_more_memory_than_is_set_aside():
    pages = VisitorPages(most_bytes=100_000)
    for number in range(5000):
        pages.keep((f"?text={number}",), page(now=number / 1000), seconds=60)
    assert 90_000 < pages.bytes <= 100_000
    assert pages.find(("?text=4999",), seconds=60, now=5) is not None
    assert pages.find(("?text=0",), seconds=60, now=5) is None


def test_long_addresses_and_large_pages_count_and_what_is_too_large_is_not_kept():
    pages = VisitorPages(most_bytes=100_000)
    pages.keep(("/" * 40_000,), page(), seconds=60)
    assert pages.bytes == 40_000 + 1000 + AROUND_A_PAGE
    pages.keep(("/large",), page(100_000), seconds=60)
    assert pages.find(("/large",), seconds=60, now=1) is None
    assert pages.find(("/" * 40_000,), seconds=60, now=1) is not None
    assert MOST_BYTES == 16 * 1024 * 1024


def test_the_same_page_made_again_takes_its_place():
    pages = VisitorPages()
    for now in range(100):
        pages.keep(("/",), page(now=now), seconds=60)
    assert pages.bytes == 1 + 1000 + AROUND_A_PAGE


def test_what_is_over_is_forgotten_when_another_is_kept():
    pages = VisitorPages()
    pages.keep(("/old",), page(now=0), seconds=5)
    pages.keep(("/new",), page(now=5), seconds=5)
    assert pages.bytes == 4 + 1000 + AROUND_A_PAGE


def test_of_many_at_once_one_makes_a_page_anew_before_its_time_is_over():
    pages = VisitorPages()
    pages.keep(("/",), page(), seconds=10)
    find = [pages.find(("/",), seconds=10, now=now) is not None for now in (0, 4.9)]
    assert find == [True, True]
    with ThreadPoolExecutor(8) as many:
        found = list(many.map(lambda _: pages.find(("/",), seconds=10, now=5), range(200)))
    assert found.count(None) == 1
    assert pages.find(("/",), seconds=10, now=10) is None
