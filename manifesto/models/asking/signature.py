"""Organisations that put their names to a version of a statement, and take them back."""

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.errors import NotAuthorised
from profiles.models import Member, Organisation
from profiles.vocabularies import Area

from ... import news
from ...errors import EditedMeanwhile, NotReady, Refused


def _most_first(pairs):
    return sorted((pair for pair in pairs if pair[1]), key=lambda pair: -pair[1])


class SignatureQuerySet(models.QuerySet):
    def live(self):
        """Not withdrawn, of versions that are public."""
        return self.filter(withdrawn_at=None, version__published_at__isnull=False)

    def withdrawn(self):
        return self.exclude(withdrawn_at=None)

    def standing(self):
        """Of each organisation and statement the one of the latest version it signed."""
        later = self.model.objects.live().filter(
            organisation=OuterRef("organisation"),
            version__statement=OuterRef("version__statement"),
            version__number__gt=OuterRef("version__number"),
        )
        return self.live().exclude(Exists(later))

    def current(self):
        """Those that count: of the version of their statement that stands now."""
        versions = self.model._meta.get_field("version").related_model.objects
        return self.live().filter(version__in=versions.latest_published().values("pk"))

    def outdated(self):
        """Of an earlier version, by those who haven't confirmed the one that stands now."""
        versions = self.model._meta.get_field("version").related_model.objects
        return self.standing().exclude(version__in=versions.latest_published().values("pk"))

    def taken_back_in_public(self):
        """Withdrawn with words for everybody, by those who haven't signed again since."""
        again = self.model.objects.live().filter(
            organisation=OuterRef("organisation"), version__statement=OuterRef("version__statement")
        )
        return self.withdrawn().exclude(withdrawal_reason="").exclude(Exists(again))

    def for_list(self):
        """With what a list of organisations shows of each."""
        rows = self.select_related("version__statement", "organisation__logo")
        return rows.defer("organisation__logo__large", "organisation__logo__small", "version__text")

    def kinds_counted(self):
        """Pairs of a type of organisation and how many of it there are, the most first."""
        counted = dict(self.order_by().values_list("organisation__kind").annotate(models.Count("pk")))
        return _most_first((kind.label, counted.get(kind.value, 0)) for kind in Organisation.Kind)

    def areas_counted(self):
        """Pairs of a nation or region and how many work there; who works in several counts in each."""
        place = models.Func("organisation__areas", function="unnest", output_field=models.CharField())
        placed = self.order_by().annotate(place=place)
        counted = dict(placed.values_list("place").annotate(models.Count("pk")))
        return _most_first((area.label, counted.get(area.value, 0)) for area in Area)

    def by_name(self):
        return self.order_by(Lower("organisation__name"), "pk")

    def by_latest(self):
        return self.order_by("-signed_at", "-pk")


class Signature(models.Model):
    """An organisation's name under one version of a statement, given by somebody who may speak for it."""

    version = models.ForeignKey("StatementVersion", on_delete=models.PROTECT, related_name="signatures")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="signatures")
    signed_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="signatures"
    )
    role = models.CharField(max_length=120, blank=True)
    is_role_public = models.BooleanField(default=False, db_default=False)
    signed_at = models.DateTimeField(editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="withdrawn_signatures"
    )
    withdrawal_reason = models.CharField("public reason", max_length=500, blank=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "organisation"],
                condition=Q(withdrawn_at=None),
                name="signature_live_once",
                violation_error_message="This organisation has signed this version.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=False) | Q(withdrawn_by=None, withdrawal_reason=""),
                name="signature_withdrawn_at_a_time",
            ),
        ]

    def __str__(self):
        return f"{self.organisation}: {self.version}"

    @property
    def is_withdrawn(self):
        return self.withdrawn_at is not None

    @property
    def public_role(self):
        """In what office somebody signed, where they chose to say so."""
        return self.role if self.is_role_public else ""

    @classmethod
    def settle_merge(cls, source, target, *, by, now):
        """Where both signed the same version, the earlier signature stays; the other is kept as withdrawn."""
        theirs = {row.version_id: row for row in cls.objects.filter(organisation=target, withdrawn_at=None)}
        for row in cls.objects.filter(organisation=source, withdrawn_at=None):
            if other := theirs.get(row.version_id):
                over = max(row, other, key=lambda signature: (signature.signed_at, signature.pk))
                over.withdrawn_at, over.withdrawn_by = now, by
                over.save(update_fields=["withdrawn_at", "withdrawn_by"])


class Signable:
    """What a statement can do about signatures. An organisation speaks through those whom it authorised."""

    def refusal_to_be_signed(self, now) -> Refused | None:
        """Why nobody can sign now, or None."""
        if not self.is_public:
            return NotReady(_("This statement isn’t public, so it can’t be signed."))
        if not self.is_open_for_signing(timezone.localdate(now)):
            return NotReady(_("Signing is closed."))
        return None

    def signatures_of(self, organisation):
        """The organisation's live signatures of any of its versions, the latest version first."""
        signatures = organisation.signatures.live().filter(version__statement=self)
        return signatures.select_related("version").order_by("-version__number")

    def sign(self, organisation, *, by, now, seen, role="", is_role_public=False):
        """Put the organisation's name to the version that stands; give whether that changed anything.

        Signing again, or twice at once, doesn't. `seen` is the version's number on the page that was read. Raise
        EditedMeanwhile if another stands now, NotAuthorised, or NotReady.
        """
        with transaction.atomic():
            self._locked()
            organisation = self._held(organisation)
            if refusal := self.refusal_to_be_signed(now) or organisation.refusal_to_speak(by):
                raise refusal
            version = self.current_version
            if seen != version.number:
                raise EditedMeanwhile(
                    _(
                        "A new version was published after you opened this page. Please read it before you sign."
                    )
                )
            made = version.signatures.model(
                version=version,
                organisation=organisation,
                signed_by=by,
                role=role,
                is_role_public=bool(role) and is_role_public,
                signed_at=now,
            )
            is_signed = version.signatures.live().filter(organisation=organisation).exists()
            if not is_signed:
                made.save(force_insert=True)
            organisation.sign_offs.filter(statement=self).delete()
        return not is_signed

    def withdraw_signature(self, organisation, *, by, now, reason=""):
        """Take the organisation's name from all versions; give whether it was there. Signing again undoes it.

        Its people who may speak for it do that, and editors. `reason` is for everybody. Raise NotAuthorised.
        """
        with transaction.atomic():
            self._locked()
            organisation = self._held(organisation)
            is_editor = by.has_perm("manifesto.change_statement")
            if not is_editor and (refusal := organisation.refusal_to_speak(by)):
                raise refusal
            live = organisation.signatures.filter(version__statement=self, withdrawn_at=None)
            last = live.order_by("-version__number").first()
            if last is None:
                return False
            live.exclude(pk=last.pk).update(withdrawn_at=now, withdrawn_by=by)
            live.filter(pk=last.pk).update(withdrawn_at=now, withdrawn_by=by, withdrawal_reason=reason)
            if is_editor and not organisation.has(by):
                news.signature_withdrawn(self, organisation, reason, now=now)
        return True

    def _held(self, organisation):
        """The organisation, which nobody merges away meanwhile. Raise NotAuthorised if somebody has."""
        held = Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk).first()
        if held is None:
            raise NotAuthorised(_("This organisation was merged into another one. Sign for that one."))
        return held
