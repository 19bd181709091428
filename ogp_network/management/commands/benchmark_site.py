import json
import random
from contextlib import closing
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from manifesto.models import Vote
from ogp_network.demonstration.crowd import load_crowd
from ogp_network.demonstration.electorate import load_voters, load_votes
from ogp_network.load import bare, figures, mixed, raw_sql, stack
from ogp_network.load.client import Connection, asking, closed_loop
from ogp_network.load.visits import Site, Voter, holds
from ogp_network.management.benchmark import database_of_its_own
from ogp_network.starting_pages import load_pages

CONNECTIONS = 8
# So many that none of them votes more often than the site lets an account.
VOTERS = 1600
VOTES_PER_IDEA = 10
WARM_UP = 3.0


class Command(BaseCommand):
    help = (
        "Measures the site as it runs in production, gunicorn with 2 workers of 4 threads on this machine, with made-up"
        " ideas and votes in a database of its own that is deleted afterwards: pages and votes a second from 8"
        " connections, beside bare Django views and pgbench in the same run. Restarts the embedded PostgreSQL."
    )

    def add_arguments(self, parser):
        parser.add_argument("--ideas", type=int, nargs="+", default=[1000, 20_000])
        parser.add_argument("--votes", type=int, help=f"In all; {VOTES_PER_IDEA} an idea unless given.")
        parser.add_argument(
            "--seconds", type=int, default=10, help="How long each kind of request is measured."
        )
        parser.add_argument(
            "--restarts", type=int, default=3, help="Cold: how often everything is restarted."
        )
        parser.add_argument(
            "--mixed", type=float, metavar="MINUTES", help="Only a mixed load, and a recount."
        )
        parser.add_argument("--json", type=Path, metavar="FILE", help="Write the figures there, too.")

    def handle(self, *args, ideas, votes, seconds, restarts, **options):
        if min(ideas) < 100 or seconds < 1 or restarts < 0:
            raise CommandError("Measure at least 100 ideas, for a second at least.")
        rows, found = [], []
        for number in sorted(ideas):
            with database_of_its_own():
                self._prepare(number, votes if votes is not None else VOTES_PER_IDEA * number)
                if options["mixed"]:
                    found.append(self._mix(options["mixed"]))
                else:
                    rows += self._measure(number, seconds, restarts)
        self._conclude(rows, found, options["json"])

    def _prepare(self, ideas, votes):
        self.stdout.write(f"Making up {ideas:,} ideas and {votes:,} votes…")
        self.now = timezone.now()
        load_pages(contact="hello@example.org", now=self.now)
        self.round = load_crowd(ideas=ideas, now=self.now, tallies=False)
        load_votes(self.round, votes=votes, now=self.now)
        with connection.cursor() as cursor:
            cursor.execute(bare.MAKE_TABLE)
            cursor.execute("VACUUM ANALYZE")
        self.votes_before = votes
        self.database = stack.reachable(connection.settings_dict)
        self.env = stack.environment(self.database)
        stack.collect_static(self.database)
        self.site = Site(self.round)
        cookie = stack.setting(self.env, "SESSION_COOKIE_NAME")
        signed_in = load_voters(VOTERS, now=self.now)
        self.voters = [
            Voter(self.site, *one, cookie=cookie, number=number) for number, one in enumerate(signed_in)
        ]

    # Measuring

    def _measure(self, ideas, seconds, restarts):
        found = [*self._bare(ideas, seconds), *self._site(ideas, seconds, restarts)]
        self._ask_raw(found, seconds)
        rows = figures.rows(found)
        self.stdout.write(f"\n{ideas:,} ideas, {Vote.objects.count():,} votes; times in milliseconds")
        for line in figures.table(rows):
            self.stdout.write(line)
        for figure in found:
            for error in figure.measured.errors[:3]:
                self.stderr.write(f"{figure.name}: {error}")
        return rows

    def _bare(self, ideas, seconds):
        with stack.serving(self.env, "ogp_network.load.bare_wsgi") as port:
            rows = asking(f"/rows/{self.round.pk}/", is_right=lambda answer: answer.body.count(b"<li>") == 20)
            sources = [_always(rows) for _ in range(CONNECTIONS)]
            found = closed_loop(port, sources, seconds, warm_up=WARM_UP)
            yield figures.Figure(ideas, figures.BARE, found)
            sources = [self._bare_votes(at) for at in range(CONNECTIONS)]
            yield figures.Figure(
                ideas, figures.BARE_VOTE, closed_loop(port, sources, seconds, warm_up=WARM_UP)
            )

    def _bare_votes(self, at):
        for turn in count():
            voter = self.voters[(at + CONNECTIONS * turn) % len(self.voters)]
            _, key = voter.chance.choice(self.site.ideas)
            yield voter.ask("/vote/", holds(b"counted"), idea=key)

    def _site(self, ideas, seconds, restarts):
        kinds = self._kinds()
        cold = {name: self._cold(make, restarts) for name, make in kinds.items()}
        with stack.serving(self.env) as port:
            for voter in self.voters:
                voter.sign_in(port)
            yield from self._pages(port, kinds, ideas, seconds, cold)
            votes = [self._votes(at) for at in range(CONNECTIONS)]
            yield figures.Figure(ideas, "vote", closed_loop(port, votes, seconds, warm_up=WARM_UP))
        anew = {f"{name}{figures.ANEW}": kinds[name] for name in figures.KEPT}
        cold = {f"{name}{figures.ANEW}": cold[name] for name in figures.KEPT}
        with stack.serving(self.env | {"VISITOR_PAGES_SECONDS": "0"}) as port:
            yield from self._pages(port, anew, ideas, seconds, cold)

    def _pages(self, port, kinds, ideas, seconds, cold):
        for name, make in kinds.items():
            sources = [make(at) for at in range(CONNECTIONS)]
            found = closed_loop(port, sources, seconds, warm_up=WARM_UP)
            yield figures.Figure(ideas, name, found, cold=cold[name])

    def _kinds(self):
        """By name, what makes a stream of requests for the connection of a number."""
        site = self.site
        return {
            "newest": lambda at: _always(site.newest()),
            "most supported": lambda at: _always(site.most_supported()),
            "filtered search": lambda at: _drawn(site.search, at),
            "idea page": lambda at: _drawn(site.idea, at),
            "list, shuffled anew": lambda at: _drawn(site.somewhere_in_the_list, at),
        }

    def _votes(self, at):
        for turn in count():
            yield self.voters[(at + CONNECTIONS * turn) % len(self.voters)].vote()

    def _cold(self, make, restarts):
        """Milliseconds of the first answer after everything was restarted, at the median; None without restarts."""
        times = []
        for _ in range(restarts):
            if stack.is_embedded(connection.settings_dict):
                stack.restart_database()
            with stack.serving(self.env) as port, closing(Connection(port)) as client:
                start = perf_counter()
                client.ask(next(make(0)))
                times.append((perf_counter() - start) * 1000)
        return median(times) if times else None

    def _ask_raw(self, found, seconds):
        members = [voter.member.pk for voter in self.voters]
        try:
            for name, script in raw_sql.scripts(self.round, self.site.searches[0][0], members).items():
                figures.by_name(found, name).raw = raw_sql.pgbench(
                    self.database, script, connections=CONNECTIONS, seconds=seconds
                )
        except raw_sql.NoPgbench as missing:
            self.stderr.write(f"Without raw SQL: {missing}")

    # A mixed load

    def _mix(self, minutes):
        with stack.serving(self.env) as port:
            for voter in self.voters:
                voter.sign_in(port)
            self.stdout.write(f"{CONNECTIONS} people at a time read, search, vote and write…")
            found, written = mixed.people_at_work(self.site, self.voters, minutes, port)
        faults = list(mixed.faults(self.round, self.voters, self.votes_before, written, now=timezone.now()))
        for error in [*found.errors[:20], *faults]:
            self.stderr.write(error)
        told = {
            "ideas": len(self.site.ideas),
            "minutes": minutes,
            "answers": len(found.times),
            "errors": len(found.errors),
            "votes_before": self.votes_before,
            "votes_after": Vote.objects.count(),
            "comments": len(written),
            "per_second": round(found.per_second, 1),
            "median_ms": round(found.median, 2),
            "p95_ms": round(found.p95, 2),
            "faults": faults,
        }
        for name, value in told.items():
            self.stdout.write(f"{name.replace('_', ' '):14}{value}")
        return told

    # What came of it

    def _conclude(self, rows, mixes, path):
        compared = list(figures.comparisons(rows)) if rows else []
        for one in compared:
            sign = "at most" if one["at_most"] else "at least"
            reached = "reached" if one["reached"] else "NOT REACHED"
            self.stdout.write(f"{one['what']:60}{one['measured']:9.3f}  {sign} {one['aim']:.3f}: {reached}")
        for line in NOTES if rows else ():
            self.stdout.write(line)
        if path:
            path.write_text(json.dumps({"figures": rows, "aims": compared, "mixed": mixes}, indent=1) + "\n")
        if any(row["errors"] for row in [*rows, *mixes]) or any(one["faults"] for one in mixes):
            raise CommandError("Not every answer was right, or not all that was answered is there.")


NOTES = (
    "",
    "Requests are unconditional and ask for no compression; each answer's status and content are checked.",
    "LOG_LEVEL is WARNING, so no line is written for each request. Processes remember what docs/running.md says.",
    "Made anew: with VISITOR_PAGES_SECONDS=0, where no page is kept for the next visitor; the others have the default.",
    "Cold: the first answer after PostgreSQL and gunicorn were restarted. The system still has its files in memory.",
    "The bare vote reads a session and inserts a row; the site's vote is the whole of what a member's click does.",
)


def _always(request):
    while True:
        yield request


def _drawn(make, at):
    chance = random.Random(f"connection {at}")
    while True:
        yield make(chance)
