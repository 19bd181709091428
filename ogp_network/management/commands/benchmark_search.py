import random

from django.conf import settings
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from ogp_network.demonstration.crowd import load_crowd
from ogp_network.management.benchmark import Benchmark


class Command(Benchmark):
    help = (
        "Measures finding among made-up ideas, in milliseconds of server time, in a database of its own"
        " that is made for it and deleted afterwards. Fails where the median is over its limit."
    )
    limits = {"similar ideas": 50, "filtered, ranked search": 100}

    def add_arguments(self, parser):
        parser.add_argument("--ideas", type=int, default=20_000)
        parser.add_argument("--repeat", type=int, default=40, help="How often each is measured.")

    def handle(self, *args, ideas, repeat, **options):
        if ideas < 100 or repeat < 10:
            raise CommandError("Measure at least 100 ideas, at least 10 times.")
        super().handle(*args, ideas=ideas, repeat=repeat, **options)

    def prepare(self, *, ideas, **options):
        self.stdout.write(f"Making up {ideas:,} ideas…")
        round = load_crowd(ideas=ideas, now=timezone.now())
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
