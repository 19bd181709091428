"""What the first view of a page costs, with the static files as production sends them: bytes, requests, moves.

None of it depends on the machine; how quick it feels does, and is for Lighthouse to say.
"""

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.test.testcases import LiveServerThread

from manifesto.models import Round
from meetings.models import Note
from profiles.models import Profile

pytestmark = pytest.mark.django_db(transaction=True)

KILOBYTE = 1000
# The list is promised to fit into 100 kB, typefaces included; the others may cost little more than they did.
CEILINGS = {"home": 90, "list": 100, "idea": 90, "story": 110, "note": 90}
MOST_REQUESTS = 14
# Moves are added up from the beginning; what somebody does themselves doesn't count.
WATCH = """
window.moved = 0;
window.refused = [];
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
}).observe({type: "layout-shift", buffered: true});
document.addEventListener("securitypolicyviolation", event => window.refused.push(event.blockedURI));
"""


@pytest.fixture
def site(settings, tmp_path, load_demonstration):
    """The site as production serves it, but for the lock on the door: no StaticFilesHandler, all by WhiteNoise."""
    storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": storage}}
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin"])
    load_demonstration()
    server = LiveServerThread("127.0.0.1", static_handler=lambda handler: WSGIHandler())
    server.start()
    server.is_ready.wait()
    assert server.error is None
    settings.SITE_URL = f"http://127.0.0.1:{server.port}"
    yield settings.SITE_URL
    server.terminate()


def addresses():
    round = max(Round.objects.announced(), key=lambda round: round.ideas.live().count())
    story = Profile.objects.published().exclude(picture=None).by_newest().first()
    return {
        "home": "/",
        "list": f"{round.get_absolute_url()}ideas/",
        "idea": round.ideas.live().by_support().first().get_absolute_url(),
        "story": story.get_absolute_url(),
        "note": Note.objects.public().latest("pk").meeting.get_absolute_url(),
    }


def first_view(chromium, site, address):
    """What somebody who was never here gets, with a phone's screen and to the end of the page."""
    context = chromium.new_context(base_url=site, viewport={"width": 412, "height": 823})
    context.add_init_script(WATCH)
    page = context.new_page()
    answers, said = [], []
    page.on("response", lambda answer: answers.append(answer))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address, wait_until="networkidle")
    page.mouse.wheel(0, 10_000)
    page.wait_for_timeout(300)
    sizes = {}
    for answer in answers:
        cost = answer.request.sizes()
        sizes[answer.url] = cost["responseHeadersSize"] + cost["responseBodySize"]
    found = {
        "bytes": sum(sizes.values()),
        "requests": len(answers),
        "elsewhere": [url for url in sizes if not url.startswith((site, "data:"))],
        "failed": [answer.url for answer in answers if answer.status >= 400],
        "said": said,
        "refused": page.evaluate("window.refused"),
        "moved": page.evaluate("window.moved"),
    }
    context.close()
    return found


def test_first_view_costs_little_and_stays_still(chromium, site):
    found = {name: first_view(chromium, site, address) for name, address in addresses().items()}
    for name, view in found.items():
        nothing = {key: view[key] for key in ("elsewhere", "failed", "said", "refused")}
        assert (name, nothing) == (name, {"elsewhere": [], "failed": [], "said": [], "refused": []})
        assert (name, view["bytes"] <= CEILINGS[name] * KILOBYTE) == (name, True)
        assert (name, view["requests"] <= MOST_REQUESTS, view["moved"] < 0.02) == (name, True, True)
