from django.conf import settings
from django.core.management.base import CommandError
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from django.utils import timezone

from ogp_network.demonstration.crowd import load_panel
from ogp_network.management.benchmark import Benchmark
from profiles.models import Member


class Command(Benchmark):
    help = (
        "Measures the experts' ranking of made-up ideas, in milliseconds of server time, in a database of its own"
        " that is made for it and deleted afterwards. Fails where the median is over its limit."
    )
    limits = {"fingerprint": 60, "ranking page": 300, "working out anew": 3000}

    def add_arguments(self, parser):
        parser.add_argument("--ideas", type=int, default=500)
        parser.add_argument("--experts", type=int, default=20)
        parser.add_argument("--repeat", type=int, default=10, help="How often each is measured.")

    def handle(self, *args, ideas, experts, repeat, **options):
        if ideas < 10 or experts < 2 or repeat < 5:
            raise CommandError("Measure at least 10 ideas and 2 experts, at least 5 times.")
        super().handle(*args, ideas=ideas, experts=experts, repeat=repeat, **options)

    def prepare(self, *, ideas, experts, **options):
        self.stdout.write(f"Making up {ideas:,} ideas and {experts} experts…")
        now = timezone.now()
        round = load_panel(ideas=ideas, experts=experts, now=now)
        editor = Member.objects.create_user("editor@example.org", None, display_name="Editor")
        editor.appoint("Editors")
        client = Client()
        client.force_login(editor)

        def page(**query):
            address = reverse("admin:manifesto_round_ranking", args=[round.pk])
            with override_settings(REQUIRE_SECOND_FACTOR=False):
                response = client.get(address, query, secure=settings.SECURE_SSL_REDIRECT)
            assert response.status_code == 200, response

        def work_out():
            round.panel_analyses.all().delete()
            round.analysis(now=now)

        return [
            ("working out anew", work_out),
            ("fingerprint", round._fingerprint),
            ("analysis as kept", lambda: round.analysis(now=now)),
            ("ranking page", page),
            ("ranking page, last", lambda: page(page=99, order="title")),
        ]
