from datetime import timedelta

from django.utils import timezone

from ..models import Page, Post

TEXT = ("title", "summary", "body")


def load_news(content, *, editor, now):
    """Load the posts and pages that are missing, and move the deadlines of the calls to action with the day."""
    for row in content["post"]:
        published_at = now - timedelta(days=row["published_days_ago"])
        post = Post.objects.filter(slug=row["slug"]).first()
        if post is None:
            post = Post.objects.begin(_content(row, now), slug=row["slug"], by=editor, now=published_at)
            post.publish(by=editor, now=published_at)
        elif post.public and post.public.closes_at != _content(row, now)["closes_at"]:
            post.write(
                _content(row, now),
                opened=post.latest.number,
                by=editor,
                now=now,
                reason="The deadline moved with the demonstration.",
            )
            post.publish(by=editor, now=now)

    for row in content["page"]:
        if not Page.objects.known_as(row["slug"]).exists():
            published_at = now - timedelta(days=row["published_days_ago"])
            words = {name: row[name] for name in TEXT}
            page = Page.objects.begin(words, slug=row["slug"], by=editor, now=published_at)
            page.publish(by=editor, now=published_at)


def _content(row, now):
    return {
        **{name: row[name] for name in TEXT},
        "action_label": row.get("action_label", ""),
        "action_link": row.get("action_link", ""),
        "closes_at": _end_of_day(now + timedelta(days=row["closes_in_days"]))
        if "closes_in_days" in row
        else None,
    }


def _end_of_day(moment):
    return timezone.localtime(moment).replace(hour=17, minute=0, second=0, microsecond=0)
