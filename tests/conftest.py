import gc
import os
import subprocess
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from django.utils.translation import trans_real

from ogp_network.models.page import footer_key

from .emptying import Beginning
from .factories import make_member
from .loaded_once import load_once
from .migrated_database import migrated_database
from .own_site import Site, started_before
from .pseudo_locale import PseudoLocale
from .shared_rows import SharedRows, makers_of

# Tests start many processes, and compiling the site anew takes each of them longer than most of what it is to do.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    os.environ["PYTHONPYCACHEPREFIX"] = str(settings.LOCAL_DIR / "pycache")

COMMITTING = {"transactional_db", "live_server"}


# Begun first, so that no process is left alone with one of them when the others have done all the rest.
LONGEST = [
    "e2e/test_accessibility_staff.py",
    "e2e/test_accessibility_public.py",
    "manifesto/test_secrecy.py",
    "ogp_network/test_open_data.py",
    "ogp_network/test_hostile_input.py",
    "ogp_network/test_permissions.py",
    "manifesto/test_merge_machine.py",
    "e2e/test_import.py",
    "ogp_network/test_html.py",
    "ogp_network/test_api.py",
    "ogp_network/test_kill.py",
    "ogp_network/test_who_voted.py",
    "e2e/test_accessibility_members.py",
    "profiles/test_story_data.py",
    "ogp_network/test_deployment.py",
    "ogp_network/test_backup.py",
    "manifesto/test_invalidation_machine.py",
    "ogp_network/test_away.py",
    "profiles/test_notifications.py",
    "e2e/test_story.py",
    "e2e/test_note_import.py",
]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items):
    """Where several processes share the tests, a file's go to one, but for those that commit, which go together."""
    for item in items:
        group = f"{item.path} that commit" if commits(item) else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
    yield
    ranks = {Path(__file__).parent / name: rank for rank, name in enumerate(LONGEST)}
    files = {path: at for at, path in enumerate(dict.fromkeys(item.path for item in items))}
    items.sort(key=lambda item: (ranks.get(item.path, len(ranks)), files[item.path], shared_by(item)))


def commits(item):
    mark = item.get_closest_marker("django_db")
    return bool((mark and mark.kwargs.get("transaction")) or COMMITTING & set(item.fixturenames))


def shared_by(item):
    """By this, tests that share rows come one after the other, so that those are made once."""
    return [maker.__qualname__ for maker in makers_of(item)]


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef, request):
    """What a test shares with others has to be there before its own transaction begins."""
    if fixturedef.argname == "_django_db_helper":
        rows = request.getfixturevalue("shared_rows")
        with request.getfixturevalue("django_db_blocker").unblock():
            rows.arrange([] if commits(request.node) else makers_of(request.node))


def pytest_collection_finish():
    """What is there by now stays; to look through it for what may go took a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_make_parametrize_id(val, argname):
    """A whole file is no name for a test: it would be written out wherever the test is spoken of."""
    return f"{argname} of {len(val)}" if isinstance(val, str | bytes) and len(val) > 100 else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated_database(connection)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tests that commit leave the tables as migrations did: to other tests it is as if they had not been."""
    with django_db_blocker.unblock():
        beginning = Beginning()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: beginning.come_back())
        yield beginning


@pytest.fixture(scope="session")
def shared_rows(django_db_setup, django_db_blocker):
    rows = SharedRows()
    yield rows
    with django_db_blocker.unblock():
        rows.arrange([])


@pytest.fixture(autouse=True)
def database(db):
    """Any test may make what it needs, also before it asks for somebody who is there."""


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory):
    """One for all processes of the tests, for what takes long to make."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture
def load_demonstration(django_db_setup, shared_folder):
    """Load it into a database that has nothing in it yet."""
    return lambda: load_once(django_db_setup, shared_folder)


@pytest.fixture(autouse=True)
def language_of_the_site():
    """A page in another language leaves that language behind in the process."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def footer_is_read():
    """A process reads the pages of the footer once a minute; here, before each test, so that no page of it does.

    What a test leaves in the process, such as fragments in a language made up for it, is no concern of the next.
    """
    caches["process"].clear()
    caches["process"].set_many({footer_key(code): [] for code, _ in settings.LANGUAGES})


@pytest.fixture
def pseudo_locale(monkeypatch):
    """A language made up for tests stands in for Welsh."""
    monkeypatch.setitem(trans_real._translations, "cy", PseudoLocale("cy"))


@pytest.fixture
def member(db):
    return make_member(name="Mina Member")


@pytest.fixture
def other_member(db):
    return make_member(name="Otto Other")


@pytest.fixture
def expert(db):
    return make_member(name="Esi Expert", groups=["Experts"])


@pytest.fixture
def editor(db):
    return make_member(name="Edda Editor", groups=["Editors"])


@pytest.fixture
def administrator(db):
    return make_member(name="Ada Administrator", is_staff=True, is_superuser=True)


@pytest.fixture
def visitor(client):
    """Somebody who is not signed in."""
    return client


@pytest.fixture
def sign_in(client, settings):
    """Sign somebody in and return their client; the second factor has tests of its own."""
    settings.REQUIRE_SECOND_FACTOR = False

    def sign_in(member):
        client.force_login(member)
        return client

    return sign_in


@pytest.fixture(scope="session")
def database_of_a_first_start(shared_folder):
    """Its directory, one for all processes of the tests: a first start takes longer than most tests."""
    return started_before(shared_folder)


@pytest.fixture
def own_site(database_of_a_first_start, tmp_path):
    """The demonstration, for a process of its own, on a copy of what a first start has made."""
    subprocess.run(["cp", "-a", database_of_a_first_start, tmp_path / "postgres"], check=True)
    site = Site(tmp_path / "postgres")
    yield site
    if site.process and site.process.poll() is None:
        site.kill()


@pytest.fixture
def at_once():
    """Run tasks in threads with a connection each; give what each returned or raised."""

    def at_once(*tasks):
        barrier, results = threading.Barrier(len(tasks)), [None] * len(tasks)

        def run(index, task):
            try:
                barrier.wait()
                results[index] = task()
            except Exception as error:
                results[index] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(tasks)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    return at_once
