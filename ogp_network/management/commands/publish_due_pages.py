from django.core.management.base import BaseCommand
from django.utils import timezone

from ogp_network.models import Page, Post
from profiles.errors import Refused


class Command(BaseCommand):
    help = (
        "Publish the pages, posts and changes to them whose time has come. Safe to repeat, and twice at once."
    )

    def handle(self, *args, **options):
        now = timezone.now()
        for writing in [*Page.objects.due(now).by_slug(), *Post.objects.due(now).by_slug()]:
            try:
                if writing.publish_if_due(now=now):
                    self.stdout.write(f"Published: {writing}")
            except Refused as refusal:
                self.stderr.write(f"Not published: {writing}. {refusal}")
