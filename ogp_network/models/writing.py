"""What pages and news posts share: texts that editors write in versions, and that become public at a moment."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import get_language

from manifesto.errors import EditedMeanwhile
from profiles.errors import NotReady
from profiles.models import Member
from profiles.vocabularies import language_field, language_tag

EDITED_MEANWHILE = (
    "Somebody else saved version %(number)d after you opened this page. What you typed is below, and what they "
    "changed beside it: put together what should stay, then save again."
)
SAVED_MEANWHILE = "Somebody saved version %(number)d after you opened this page. Read it, then publish again."


def readers_language():
    """The code of the language the site speaks to its reader now."""
    return get_language() or settings.LANGUAGE_CODE


class WritingQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False, withdrawn_at=None)

    def draft(self):
        """Never published so far."""
        return self.filter(published_at=None)

    def withdrawn(self):
        return self.filter(withdrawn_at__isnull=False)

    def scheduled(self):
        """With a version that becomes public by itself."""
        return self.exclude(publish_at=None)

    def due(self, now):
        """With a version whose moment has come."""
        return self.filter(publish_at__lte=now)

    def in_language(self, language):
        """Those in this language, and in the site's first those that aren't published in it."""
        there = self.model.objects.published().filter(slug=models.OuterRef("slug"), language=language)
        return self.filter(
            Q(language=language) | Q(~models.Exists(there.order_by()), language=settings.LANGUAGE_CODE)
        )

    def once_per_address(self):
        """Of each address one: that in the site's first language, where there is one."""
        first = self.model.objects.published().filter(slug=models.OuterRef("slug"))
        return self.filter(pk=models.Subquery(first.preferring(settings.LANGUAGE_CODE).values("pk")[:1]))

    def known_as(self, slug):
        """Those that have the address, in whatever language, or had it once."""
        return self.filter(Q(slug=slug) | Q(former_slugs__contains=[slug]))

    def at(self, slug, language):
        """What is public under the address: in this language, else in the site's first, else in any; or None.

        An address that was given up for another still leads to what it named.
        """
        public = self.published().select_related("public")
        return (
            public.filter(slug=slug).preferring(language).first()
            or public.filter(former_slugs__contains=[slug]).preferring(language).first()
        )

    def preferring(self, language):
        """Those in this language first, then those in the site's own."""
        best = models.Case(
            models.When(language=language, then=0),
            models.When(language=settings.LANGUAGE_CODE, then=1),
            default=2,
        )
        return self.order_by(best, "-pk")

    def begin(self, content, *, by, now, **fields):
        """A draft with its first version."""
        with transaction.atomic():
            writing = self.create(**fields)
            writing.write(content, opened=0, by=by, now=now)
        return writing

    def with_latest_title(self):
        """Annotate `latest_title`, what the version that was written last is called."""
        versions = self.model._meta.get_field("versions").related_model.objects
        own = versions.filter(**{self.model._meta.model_name: models.OuterRef("pk")}).by_latest()
        return self.annotate(latest_title=models.Subquery(own.values("title")[:1]))

    def by_slug(self):
        return self.order_by("slug", "language", "pk")


class Writing(models.Model):
    """A text at an address of its own, in versions, of which at most one is public."""

    language = language_field()
    former_slugs = ArrayField(models.SlugField(max_length=100), default=list, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    publish_at = models.DateTimeField("to be published at", null=True, blank=True, editable=False)
    scheduled_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "language"],
                name="%(class)s_one_per_address_and_language",
                violation_error_message="This address is taken in this language.",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, public=None)
                | Q(published_at__isnull=False, public__isnull=False),
                name="%(class)s_published_with_a_version",
            ),
            models.CheckConstraint(
                condition=Q(publish_at=None, scheduled=None)
                | Q(publish_at__isnull=False, scheduled__isnull=False),
                name="%(class)s_scheduled_with_a_version",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(published_at__isnull=False, publish_at=None),
                name="%(class)s_withdrawn_once_published",
            ),
        ]
        triggers = [
            # People may have written the address down, once the text was public.
            pgtrigger.Trigger(
                name="former_slugs_are_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("slug"),
                condition=pgtrigger.Condition("OLD.slug <> NEW.slug AND OLD.published_at IS NOT NULL"),
                func="NEW.former_slugs = array_append(array_remove(OLD.former_slugs, NEW.slug), OLD.slug);"
                " RETURN NEW;",
            )
        ]

    def __str__(self):
        version = self.public or self.latest
        return version.title if version else self.slug

    @property
    def language_tag(self):
        return language_tag(self.language)

    @property
    def is_published(self):
        return self.published_at is not None and self.withdrawn_at is None

    @property
    def is_draft(self):
        return self.published_at is None

    @property
    def is_withdrawn(self):
        return self.withdrawn_at is not None

    @property
    def is_scheduled(self):
        return self.publish_at is not None

    @property
    def latest(self):
        """What editors work on: the version that was written last, public or not."""
        return self.versions.by_latest().first()

    @property
    def has_unpublished_changes(self):
        latest = self.latest
        return bool(self.is_published and latest and latest.pk != self.public_id)

    def is_due(self, now):
        return self.publish_at is not None and self.publish_at <= now

    def write(self, content, *, opened, by, now, reason=""):
        """Keep `content` as a new version on top of number `opened`; what is public stays. Give the latest then.

        Raise EditedMeanwhile where `opened` isn't the latest any more, NotReady where a reason is missing.
        """
        with transaction.atomic():
            locked = self._locked()
            if refusal := locked.refusal_to_write(content, opened=opened, reason=reason):
                raise refusal
            latest = locked.latest
            if latest and latest.content() == content:
                return latest
            return self.versions.create(
                number=opened + 1, saved_at=now, saved_by=by, reason=reason, **content
            )

    def refusal_to_write(self, content, *, opened, reason):
        """Why `content` can't be the version after number `opened`, or None if it can."""
        latest = self.latest
        number = latest.number if latest else 0
        if number != opened:
            return EditedMeanwhile(EDITED_MEANWHILE % {"number": number})
        if self.published_at and not reason and latest.content() != content:
            return NotReady("Say in a few words what changed. It stands beside the earlier versions.")
        return None

    def refusal_to_publish(self, version, now):
        """Why the version can't be public, or None if it can."""
        if version is None:
            return NotReady("Nothing is written yet.")
        return None

    def refusal_to_schedule(self, version, publish_at):
        """Why the version can't become public by itself at that moment, or None if it can."""
        if self.is_withdrawn:
            return NotReady("It is withdrawn. To bring it back, publish it now.")
        if version and version.pk == self.public_id:
            return NotReady("The latest version is public already.")
        return self.refusal_to_publish(version, publish_at)

    def publish(self, *, by, now, seen=None):
        """Show the latest version to everybody; what was to come by itself doesn't any more.

        Raise NotReady, or EditedMeanwhile where the latest isn't the number that was `seen`.
        """
        with transaction.atomic():
            locked = self._locked()
            locked._refuse_unseen(seen)
            locked._show(locked.latest, by=by, now=now)
        self.refresh_from_db()

    def schedule(self, publish_at, *, by, now, seen=None):
        """Have the latest version shown by itself from a moment to come. Raise NotReady, or as `publish` does."""
        if publish_at <= now:
            raise NotReady("This time has passed. Choose a later one, or publish it now.")
        with transaction.atomic():
            locked = self._locked()
            locked._refuse_unseen(seen)
            version = locked.latest
            if refusal := locked.refusal_to_schedule(version, publish_at):
                raise refusal
            locked.publish_at, locked.scheduled, locked.scheduled_by = publish_at, version, by
            locked.save(update_fields=["publish_at", "scheduled", "scheduled_by"])
        self.refresh_from_db()

    def unschedule(self):
        """Have nothing shown by itself."""
        type(self).objects.filter(pk=self.pk).update(publish_at=None, scheduled=None, scheduled_by=None)
        self.refresh_from_db()

    def publish_if_due(self, *, now):
        """Show what was to be shown by now. Whether it did: of two at once, one does. Raise NotReady."""
        with transaction.atomic():
            locked = type(self).objects.select_for_update(of=["self"]).filter(pk=self.pk).first()
            # A draft may have been deleted since somebody saw that it was due.
            if locked is None or not locked.is_due(now):
                return False
            locked._show(locked.scheduled, by=locked.scheduled_by, now=now)
        self.refresh_from_db()
        return True

    def withdraw(self, *, by, now):
        """Take it down at once; its versions are kept, and publishing brings it back."""
        with transaction.atomic():
            locked = self._locked()
            if locked.is_published:
                locked.withdrawn_at, locked.withdrawn_by = now, by
                locked.publish_at, locked.scheduled, locked.scheduled_by = None, None, None
                locked.save()
        self.refresh_from_db()

    def restore(self, number, *, opened, by, now):
        """Write an earlier version anew, as the latest. Raise EditedMeanwhile."""
        version = self.versions.get(number=number)
        return self.write(
            version.content(), opened=opened, by=by, now=now, reason=f"Version {number} restored."
        )

    def _locked(self):
        return type(self).objects.select_for_update(of=["self"]).get(pk=self.pk)

    def _refuse_unseen(self, seen):
        latest = self.latest
        if seen is not None and latest and latest.number != seen:
            raise EditedMeanwhile(SAVED_MEANWHILE % {"number": latest.number})

    def _show(self, version, *, by, now):
        if refusal := self.refusal_to_publish(version, now):
            raise refusal
        if version.published_at is None:
            version.published_at, version.published_by = now, by
            version.save(update_fields=["published_at", "published_by"])
        self.public, self.published_at = version, self.published_at or now
        self.withdrawn_at, self.withdrawn_by = None, None
        self.publish_at, self.scheduled, self.scheduled_by = None, None, None
        self.save()
