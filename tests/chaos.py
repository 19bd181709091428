"""Kills workers and the database of a busy site at random, then looks whether all that people were told is true.

    .venv/bin/python -m tests.chaos --seconds 300 --seed 1

Two workers of gunicorn on a server of PostgreSQL of their own, members who vote and send ideas, experts who score and
editors who write notes, each sending again what wasn't answered, now and then twice at once or without waiting for the
answer. Not part of the test suite. Fails if a vote that was answered as counted is missing or anything is there twice.
"""

import argparse
import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

VOTERS, WRITERS, EXPERTS, EDITORS, IDEAS = 12, 4, 3, 2, 40
FIRST_KILL, BETWEEN_KILLS, TO_RECOVER = 3, (2, 8), 60
TOKEN = "chaos" * 6 + "ok"
TROUBLE = (OSError, http.client.HTTPException)


class Site:
    """The site under gunicorn, in a process group of its own."""

    def __init__(self, directory, environment):
        self.directory, self.environment = directory, environment
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = None

    def start(self):
        command = ["-m", "gunicorn", "ogp_network.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        with (self.directory / "site.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command, "--workers", "2", "--threads", "4", "--log-level", "critical"],
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )

    def stop(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def children(self):
        """The workers' process ids."""
        return [
            int(pid)
            for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    def postmaster(self):
        """The process id of PostgreSQL's first process."""
        (file,) = self.directory.glob("postgres/*/postmaster.pid")
        return int(file.read_text().split()[0])

    def is_ready(self):
        try:
            return Person(self, None).ask("GET", "/health/ready")[0] == 200
        except TROUBLE:
            return False

    def wait_until_ready(self):
        deadline = time.monotonic() + TO_RECOVER
        while not self.is_ready():
            if time.monotonic() > deadline:
                sys.exit("The site doesn't come back.")
            time.sleep(0.1)


class Person:
    """Somebody with a session, who can send forms."""

    def __init__(self, site, session):
        self.site, self.session = site, session

    def ask(self, method, path, fields=None, accept="text/html"):
        """The status, the address led to, and the text of the answer."""
        connection = self._send(method, path, fields, accept)
        try:
            response = connection.getresponse()
            return response.status, response.getheader("Location"), response.read().decode()
        finally:
            connection.close()

    def leave(self, path, fields):
        """Send a form and be gone before it is answered."""
        self._send("POST", path, fields, "text/html").close()

    def told(self, path, fields, words):
        """Send a form, go where it leads, and say whether these words stand there."""
        status, address, text = self.ask("POST", path, fields)
        if status == 302:
            text = self.ask("GET", address)[2]
        return bool(re.search(words, text))

    def _send(self, method, path, fields, accept):
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=15)
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={TOKEN}", "Accept": accept}
        body = None
        if fields is not None:
            body = urlencode({**fields, "csrfmiddlewaretoken": TOKEN}, doseq=True)
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://127.0.0.1:{self.site.port}",
            }
        connection.request(method, path, body, headers)
        return connection


class Crowd:
    """All who are at work, what each was told, and how often."""

    def __init__(self, seed):
        self.seed, self.is_over = seed, threading.Event()
        self.told, self.counts, self.lock = [], Counter(), threading.Lock()

    def work(self, number, kind, person, deeds):
        """Do one deed after the other, each until it is answered; what was answered is kept for the end."""
        dice = random.Random(f"{self.seed}/{kind}/{number}")
        for fact, path, fields, is_answered in deeds:
            while not self.is_over.is_set():
                answered = self._try(dice, kind, person, path, fields, is_answered)
                if answered:
                    with self.lock:
                        self.told.append((kind, fact))
                    break
                time.sleep(dice.uniform(0.05, 0.4))

    def _try(self, dice, kind, person, path, fields, is_answered):
        self.counts["sent"] += 1
        chance = dice.random()
        try:
            if chance < 0.05:
                self.counts["left before the answer"] += 1
                person.leave(path, fields)
                return False
            if chance < 0.15:
                self.counts["sent twice at once"] += 1
                twin = threading.Thread(target=self._twin, args=(person, path, fields))
                twin.start()
            answered = is_answered(person, path, fields)
        except TROUBLE:
            answered = False
        self.counts[f"{kind} answered" if answered else "sent again"] += 1
        return answered

    def _twin(self, person, path, fields):
        try:
            person.ask("POST", path, fields)
        except TROUBLE:
            self.counts["twins lost"] += 1


def killing(site, crowd, seconds, dice):
    """Strike at random until the time is over; how often each was struck."""
    struck, end = Counter(), time.monotonic() + seconds
    time.sleep(FIRST_KILL)
    while time.monotonic() < end:
        what = dice.choice(["worker", "database process", "database", "database at once"])
        try:
            strike(site, what, dice)
            struck[what] += 1
        except (OSError, ValueError, IndexError):
            pass  # It is down from the last time.
        time.sleep(dice.uniform(*BETWEEN_KILLS))
    crowd.is_over.set()
    return struck


def strike(site, what, dice):
    if what == "worker":
        os.kill(dice.choice(site.children()), signal.SIGKILL)
        return
    postmaster = site.postmaster()
    if what == "database process":
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        os.kill(int(dice.choice(children)), signal.SIGKILL)
    else:
        # As a machine that fails, and as `pg_ctl stop -m immediate`.
        os.kill(postmaster, signal.SIGKILL if what == "database" else signal.SIGQUIT)


def prepare():
    """Rounds, people and a draft note for each editor."""
    from django.core.management import call_command
    from django.db import connections

    from manifesto.models import Phase
    from tests.factories import (
        make_criterion,
        make_idea,
        make_member,
        make_note,
        make_round,
        make_term,
        make_theme,
    )

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    open_round, scored = make_round(slug="open"), make_round(slug="scored", phase=Phase.PRIORITISATION)
    for round in (open_round, scored):
        make_theme(round=round)
    for _ in range(2):
        make_criterion(round=scored)
    author = make_member(password=None)
    for _ in range(IDEAS):
        make_idea(round=open_round, author=author)
        make_idea(round=scored, author=author)
    people = {
        "vote": [make_member(password=None) for _ in range(VOTERS)],
        "submission": [make_member(password=None) for _ in range(WRITERS)],
        "score": [make_member(password=None, groups=["Experts"]) for _ in range(EXPERTS)],
        "note": [make_member(password=None, groups=["Editors"]) for _ in range(EDITORS)],
    }
    for expert in people["score"]:
        make_term(round=scored, member=expert)
    notes = [make_note(published=False) for _ in people["note"]]
    plans = {
        "vote": [votes(open_round, member) for member in people["vote"]],
        "submission": [submissions(open_round, member) for member in people["submission"]],
        "score": [scores(scored, member) for member in people["score"]],
        "note": [sections(*pair) for pair in zip(people["note"], notes, strict=True)],
    }
    sessions = {kind: [session_of(member) for member in members] for kind, members in people.items()}
    connections.close_all()
    return [
        (number, kind, session, plan)
        for kind in plans
        for number, (session, plan) in enumerate(zip(sessions[kind], plans[kind], strict=True))
    ]


def session_of(member):
    from django.test import Client

    client = Client()
    client.force_login(member)
    return client.cookies["sessionid"].value


def votes(round, member):
    def is_answered(person, path, fields):
        return person.told(path, fields, "Thank you: you support this")

    return [
        ((member.pk, idea.pk), "/support/", {"idea": idea.pk}, is_answered)
        for idea in round.ideas.order_by("?")
    ]


def submissions(round, member):
    from tests.manifesto.test_drafts import new, typed

    def is_answered(person, path, fields):
        return person.told(path, fields, "An editor will read your idea|We have this idea already")

    form, address = {**typed(round), "action": "submit", "language": "en-gb"}, new(round)
    titles = [f"Idea {number} of member {member.pk}" for number in range(1000)]
    return [(title, address, {**form, "title": title, "key": str(uuid4())}, is_answered) for title in titles]


def scores(round, member):
    from tests.manifesto.test_scoring import answers, idea_address

    def is_answered(person, path, fields):
        return person.ask("POST", path, fields)[0] == 302

    dice = random.Random(member.pk)
    deeds = []
    for number in range(1, IDEAS + 1):
        values = [str(dice.randrange(3)) for _ in round.criteria.all()]
        address = idea_address(round, number)
        deeds.append(((member.pk, number, tuple(values)), address, answers(round, *values), is_answered))
    return deeds


def sections(member, note):
    from django.test import Client

    from tests.meetings.writing.page import address_of, row_of, typed

    def is_answered(person, path, fields):
        status, _, text = person.ask("POST", path, fields, accept="application/json")
        return status == 200 and '"errors": []' in text

    client, address = Client(), address_of(note.meeting)
    client.force_login(member)
    page = client.get(address)
    head = {name: value for name, value in typed(page).items() if isinstance(value, str) and "-" not in name}
    part = row_of(page, "sections").rpartition(str(page.context["sheet"].parts["sections"][-1].key))[0]

    def deeds():
        for number in range(1000):
            key, heading = uuid4(), f"Section {number} of editor {member.pk}"
            row = {"sections": [str(key)], f"{part}{key}-heading": heading, f"{part}{key}-body": "We agreed."}
            yield heading, address, {**head, **row, "do": "save"}, is_answered

    return deeds()


def faults(told):
    """Where the database contradicts what people were told, in words."""
    from django.core.management import CommandError, call_command
    from django.db.models import Count

    from manifesto.models import Assessment, CountRegister, Idea, Round, Vote
    from meetings.models import Section

    facts = {
        kind: [fact for of, fact in told if of == kind] for kind in ("vote", "submission", "score", "note")
    }
    there = set(Vote.objects.values_list("member", "idea"))
    yield from (f"a vote that was answered is missing: {fact}" for fact in facts["vote"] if fact not in there)
    for kind, held in {
        "submission": Counter(Idea.objects.values_list("title", flat=True)),
        "note": Counter(Section.objects.values_list("heading", flat=True)),
    }.items():
        yield from (f"{kind} “{fact}” is there {held[fact]} times" for fact in facts[kind] if held[fact] != 1)
        yield from (f"“{name}” is there {n} times" for name, n in held.items() if " of " in name and n > 1)
    given = {
        (one.term.member_id, one.revision.idea.number): tuple(
            str(score.half_points) for score in one.scores.order_by("criterion__position", "criterion")
        )
        for one in Assessment.objects.select_related("term", "revision__idea")
    }
    for member, number, values in facts["score"]:
        if given.get((member, number)) != values:
            yield f"scores of {member} for idea {number}: {given.get((member, number))} instead of {values}"
    unfinished = Assessment.objects.annotate(n=Count("scores")).exclude(n=2).count()
    if unfinished:
        yield f"{unfinished} assessments are half there"
    from django.utils import timezone

    for round in Round.objects.all():
        CountRegister.objects.make(round, now=timezone.now())
    try:
        call_command("verify_counts", verbosity=0)
    except CommandError as error:
        yield str(error)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos-") as directory:
        directory = Path(directory)
        directory.chmod(0o711)
        os.environ |= {
            "SITE_MODE": "demonstration",
            "LOG_LEVEL": "ERROR",
            # They would send away who tries again and again.
            "RATE_LIMITS": "off",
            "EMBEDDED_POSTGRES_DIR": str(directory / "postgres"),
            "EMBEDDED_POSTGRES_LINGER": "1",
            "DJANGO_SETTINGS_MODULE": "ogp_network.settings",
        }
        os.environ.pop("DATABASE_URL", None)
        sys.exit(run(directory, options))


def run(directory, options):
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()

    from ogp_network.embedded_postgres.base import SERVER

    plans = prepare()
    site, crowd = Site(directory, dict(os.environ)), Crowd(options.seed)
    site.start()
    try:
        site.wait_until_ready()
        threads = [
            threading.Thread(target=crowd.work, args=(number, kind, Person(site, session), plan))
            for number, kind, session, plan in plans
        ]
        for thread in threads:
            thread.start()
        struck = killing(site, crowd, options.seconds, random.Random(options.seed))
        for thread in threads:
            thread.join()
        site.wait_until_ready()
    finally:
        crowd.is_over.set()
        site.stop()
    found = list(faults(crowd.told))
    # Before its directory is gone.
    SERVER._run("pg_ctl", "stop", "-D", SERVER.data, "-m", "immediate")
    print(f"{options.seconds} seconds, seed {options.seed}")
    print("killed:", ", ".join(f"{what} {number} times" for what, number in sorted(struck.items())))
    print(", ".join(f"{what}: {number}" for what, number in sorted(crowd.counts.items())))
    print("\n".join(found) if found else "All that was answered is there, and nothing is there twice.")
    return 1 if found else 0


if __name__ == "__main__":
    main()
