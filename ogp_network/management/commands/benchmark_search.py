import random
from statistics import median, quantiles
from time import perf_counter

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client
from django.test.utils import override_settings, setup_databases, teardown_databases
from django.utils import timezone

from ogp_network.demonstration.crowd import load_crowd

LIMITS = {"similar ideas": 50, "filtered, ranked search": 100}


class Command(BaseCommand):
    help = (
        "Measures finding among made-up ideas, in milliseconds of server time, in a database of its own"
        " that is made for it and deleted afterwards. Fails where the median is over its limit."
    )

    def add_arguments(self, parser):
        parser.add_argument("--ideas", type=int, default=20_000)
        parser.add_argument("--repeat", type=int, default=40, help="How often each is measured.")

    def handle(self, *args, ideas, repeat, **options):
        if ideas < 100 or repeat < 10:
            raise CommandError("Measure at least 100 ideas, at least 10 times.")
        connection.settings_dict["TEST"]["NAME"] = f"{connection.settings_dict['NAME']}_benchmark"
        databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        try:
            self._measure(ideas, repeat)
        finally:
            teardown_databases(databases, verbosity=0)

    def _measure(self, ideas, repeat):
        self.stdout.write(f"Making up {ideas:,} ideas…")
        round = load_crowd(ideas=ideas, now=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self.stdout.write(f"{'':28}{'median':>9}{'95th %':>9}")
        slow = []
        with override_settings(ALLOWED_HOSTS=["testserver"], DEBUG=False):
            for name, task in self._tasks(round):
                times = [_milliseconds(task) for _ in range(repeat + 3)][3:]
                self.stdout.write(f"{name:28}{median(times):9.1f}{quantiles(times, n=20)[-1]:9.1f}")
                if median(times) > LIMITS.get(name, float("inf")):
                    slow.append(f"{name} takes more than {LIMITS[name]} ms")
        if slow:
            raise CommandError("; ".join(slow) + ".")

    def _tasks(self, round):
        """Pairs of a name and something to do, with other words each time, the same in every run."""
        chance = random.Random("benchmark")
        titles = list(round.ideas.by_number().values_list("title", flat=True)[:1000])
        themes = [theme.slug for theme in round.themes.all()]
        client = Client()

        def ideas(**query):
            response = client.get(f"/rounds/{round.slug}/ideas/", query, secure=settings.SECURE_SSL_REDIRECT)
            assert response.status_code == 200, response

        def a_paraphrase():
            words = f"{chance.choice(titles)} {chance.choice(titles)}".lower().split()
            return " ".join(chance.sample(words, k=min(8, len(words))))

        def a_word():
            return chance.choice([word for word in a_paraphrase().split() if len(word) > 3] or ["public"])

        def similar():
            round.ideas.live().for_cards().similar_to(a_paraphrase())

        return [
            ("similar ideas", similar),
            ("filtered, ranked search", lambda: ideas(text=a_word(), theme=chance.choice(themes))),
            ("search for a common word", lambda: ideas(text="public")),
            ("search for a misspelt word", lambda: ideas(text="govermnent", level="uk")),
            ("list, shuffled", lambda: ideas(shuffle=chance.randint(1, 10**6))),
            ("list, most supported", lambda: ideas(order="support")),
            ("list, newest", lambda: ideas(order="newest")),
            ("list, one theme", lambda: ideas(theme=chance.choice(themes), order="support")),
            ("list, page 900", lambda: ideas(page=900)),
        ]


def _milliseconds(task):
    start = perf_counter()
    task()
    return (perf_counter() - start) * 1000
