"""Two listed organisations that are one: whatever points to the one moves to the other."""

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower

from ..errors import NotReady
from .logo import OrganisationLogo
from .member import Member
from .membership import Membership
from .organisation import Organisation, OrganisationName
from .profile import Profile


def relations():
    """The foreign keys of the whole project that lead to an organisation, those of many-to-many tables too.

    Read from the models, so that a relation added later is carried as well.
    """
    found = Organisation._meta.get_fields(include_hidden=True)
    return [field.field for field in found if field.auto_created and (field.one_to_many or field.one_to_one)]


def _rows(relation, organisation):
    return relation.model._base_manager.filter(**{relation.name: organisation})


class MergeQuerySet(models.QuerySet):
    def preview(self, source):
        """What would move, as pairs of a name for the things and how many of them there are."""
        counts = [(relation.model._meta, _rows(relation, source).count()) for relation in relations()]
        return [
            (meta.verbose_name if count == 1 else meta.verbose_name_plural, count)
            for meta, count in counts
            if count
        ]

    def refusal(self, source, target):
        """Why the two can't be merged, or None."""
        if source == target:
            return NotReady("An organisation can’t be merged into itself.")
        calls = Profile.objects.filter(organisation=source).values("call")
        both = Profile.objects.filter(organisation=target, call__in=calls).select_related("call").first()
        if both:
            return NotReady(
                f"Both have answered “{both.call}”, and an organisation has one story for each call. "
                "Have one of the two stories removed first."
            )
        return None

    def merge(self, source, target, *, by, now):
        """Move all that points to `source` to `target`, keep its names, and have its address lead there.

        Of two places of one member the confirmed one stays, then the earlier; of two logos, the target's. Raise
        NotReady.
        """
        with transaction.atomic():
            locked = Organisation.objects.select_for_update().filter(pk__in=[source.pk, target.pk])
            rows = {row.pk: row for row in locked.order_by("pk")}
            if len(rows) < len({source.pk, target.pk}):
                raise NotReady("One of the two is no longer there.")
            source, target = rows[source.pk], rows[target.pk]
            if refusal := self.refusal(source, target):
                raise refusal
            self._settle(source, target, by=by, now=now)
            for relation in relations():
                self._move(relation, source, target)
            self._keep_facts(source, target)
            merge = self.create(
                slug=source.slug, name=source.name, target=target, merged_at=now, merged_by=by
            )
            source.delete()
            self._keep_name(merge.name, target)
            target.save()
            return merge

    def _settle(self, source, target, *, by, now):
        """Have nothing twice that the target may have once."""
        theirs = {
            place.member_id: place for place in Membership.objects.current().filter(organisation=target)
        }
        for place in Membership.objects.current().filter(organisation=source):
            if other := theirs.get(place.member_id):
                _, over = sorted([place, other], key=_standing)
                over.ended_at, over.ended_by, over.end_reason = now, by, "Two organisations were merged."
                over.save(update_fields=["ended_at", "ended_by", "end_reason"])
        known = OrganisationName.objects.filter(organisation=target).values(known=Lower("name"))
        OrganisationName.objects.alias(known=Lower("name")).filter(
            models.Q(known__in=known) | models.Q(name__iexact=target.name), organisation=source
        ).delete()
        if OrganisationLogo.objects.filter(organisation=target).exists():
            OrganisationLogo.objects.filter(organisation=source).delete()
        # Other apps' rows know themselves what becomes of them where both have one.
        for model in {relation.model for relation in relations()}:
            if settle := getattr(model, "settle_merge", None):
                settle(source, target, by=by, now=now)

    def _move(self, relation, source, target):
        rows = _rows(relation, source)
        if relation.model._meta.auto_created:
            # A row of a many-to-many table says only that two belong together, which need be said once.
            other = next(f for f in relation.model._meta.fields if f.remote_field and f != relation)
            rows.filter(**{f"{other.name}__in": _rows(relation, target).values(other.name)}).delete()
        try:
            with transaction.atomic():
                rows.update(**{relation.name: target})
        except IntegrityError as error:
            things = relation.model._meta.verbose_name_plural
            raise NotReady(
                f"Both have {things} that only one of them can have. Nothing was changed."
            ) from error

    def _keep_facts(self, source, target):
        """The target keeps what it says, and takes over what only the other said."""
        for name in ("summary", "website"):
            setattr(target, name, getattr(target, name) or getattr(source, name))
        target.areas = [*target.areas, *(area for area in source.areas if area not in target.areas)]
        target.member_since = min(filter(None, [target.member_since, source.member_since]), default=None)

    def _keep_name(self, name, target):
        if not target.other_names.filter(name__iexact=name).exists():
            target.other_names.create(name=name)


def _standing(place):
    """Sorts the place that stays to the front."""
    return (place.confirmed_at is None, place.requested_at, place.pk)


class OrganisationMerge(models.Model):
    """A former entry of an organisation that was listed twice: its old address leads to the one that is left."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    target = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="merges")
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="merged_organisations"
    )

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = "merge of organisations"
        verbose_name_plural = "merges of organisations"

    def __str__(self):
        return self.name
