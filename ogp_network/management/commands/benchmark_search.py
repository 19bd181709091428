import random

from django.conf import settings
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from meetings.models import Action, Meeting, Note
from ogp_network.demonstration.crowd import load_crowd
from ogp_network.management.benchmark import Benchmark
from ogp_network.models import Post
from ogp_network.starting_pages import load_pages
from profiles.models import Organisation


class Command(Benchmark):
    help = (
        "Measures finding among made-up ideas, in milliseconds of server time, in a database of its own"
        " that is made for it and deleted afterwards. Fails where the median is over its limit."
    )
    limits = {
        "similar ideas": 50,
        "filtered, ranked search": 100,
        "everything: a word": 150,
        "everything: a common word": 150,
        "everything: a misspelt word": 150,
    }

    def add_arguments(self, parser):
        parser.add_argument("--ideas", type=int, default=20_000)
        parser.add_argument("--repeat", type=int, default=40, help="How often each is measured.")

    def handle(self, *args, ideas, repeat, **options):
        if ideas < 100 or repeat < 10:
            raise CommandError("Measure at least 100 ideas, at least 10 times.")
        super().handle(*args, ideas=ideas, repeat=repeat, **options)

    def prepare(self, *, ideas, **options):
        self.stdout.write(f"Making up {ideas:,} ideas…")
        now = timezone.now()
        round = load_crowd(ideas=ideas, now=now)
        self._make_others(round, now)
        chance = random.Random("benchmark")
        titles = list(round.ideas.by_number().values_list("title", flat=True)[:1000])
        themes = [theme.slug for theme in round.themes.all()]
        client = Client()

        def ideas(**query):
            response = client.get(f"/rounds/{round.slug}/ideas/", query, secure=settings.SECURE_SSL_REDIRECT)
            assert response.status_code == 200, response

        def everything(**query):
            response = client.get("/search/", query, secure=settings.SECURE_SSL_REDIRECT)
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
            ("everything: a word", lambda: everything(q=a_word())),
            ("everything: a common word", lambda: everything(q="public")),
            ("everything: a misspelt word", lambda: everything(q="govermnent")),
            ("everything: one kind", lambda: everything(q=a_word(), kind="actions")),
            ("list, shuffled", lambda: ideas(shuffle=chance.randint(1, 10**6))),
            ("list, most supported", lambda: ideas(order="support")),
            ("list, newest", lambda: ideas(order="newest")),
            ("list, one theme", lambda: ideas(theme=chance.choice(themes), order="support")),
            ("list, page 900", lambda: ideas(page=900)),
        ]

    def _make_others(self, round, now):
        """Organisations, actions and news that say what ideas say, and the pages a site begins with."""
        load_pages(contact="hello@example.org", now=now)
        texts = list(round.ideas.by_number().values_list("title", "why")[:2000])
        Organisation.objects.bulk_create(
            Organisation(
                name=f"{title[:150]} {number}", slug=f"made-up-{number}", areas=[], summary=why[:500]
            )
            for number, (title, why) in enumerate(texts[:500])
        )
        meeting = Meeting.objects.create(
            title="Made up", slug="made-up", held_on=now, kind=Meeting.Kind.NETWORK, announced_at=now
        )
        note = Note.objects.create(meeting=meeting, published_at=now)
        Action.objects.bulk_create(Action(note=note, text=why) for _, why in texts)
        for number, (title, why) in enumerate(texts[:200]):
            content = {"title": title[:150], "summary": "", "body": why}
            content |= {"closes_at": None, "action_label": "", "action_link": ""}
            Post.objects.begin(content, slug=f"made-up-{number}", by=None, now=now).publish(by=None, now=now)
