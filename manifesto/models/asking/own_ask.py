"""What signatories ask for beyond a common ask, in their own words."""

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from profiles.models import Member, Organisation

from ...errors import NotReady, Refused
from .signature import Signature


class OwnAskQuerySet(models.QuerySet):
    def live(self):
        """What organisations ask for now, hidden or not."""
        return self.filter(ended_at=None)

    def public(self):
        """Not replaced, withdrawn or hidden, by organisations whose names are under a version of the statement."""
        signed = Signature.objects.live().filter(
            organisation=OuterRef("organisation"), version__statement=OuterRef("ask__statement")
        )
        return self.live().filter(Exists(signed), hidden_at=None)

    def for_page(self):
        return self.select_related("organisation", "ask")

    def by_name(self):
        return self.order_by(Lower("organisation__name"), "pk")

    def by_latest(self):
        return self.order_by("-written_at", "-pk")


class OwnAsk(models.Model):
    """A more detailed ask of one signatory beneath a common one; replacing it keeps what it said before."""

    ask = models.ForeignKey("Ask", on_delete=models.CASCADE, related_name="own_asks")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="own_asks")
    text = models.TextField(max_length=2000)
    written_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="own_asks"
    )
    written_at = models.DateTimeField(editable=False)
    ended_at = models.DateTimeField("replaced or withdrawn at", null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="ended_own_asks"
    )
    hidden_at = models.DateTimeField(null=True, blank=True, editable=False)
    hidden_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="hidden_own_asks"
    )
    hidden_reason = models.CharField(max_length=500, blank=True)

    objects = OwnAskQuerySet.as_manager()

    class Meta:
        verbose_name = "own ask"
        constraints = [
            models.UniqueConstraint(
                fields=["ask", "organisation"], condition=Q(ended_at=None), name="own_ask_live_once"
            ),
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_by=None, hidden_reason="")
                | (Q(hidden_at__isnull=False) & ~Q(hidden_reason="")),
                name="own_ask_hidden_with_reason",
                violation_error_message="Say why: the organisation is told.",
            ),
        ]

    def __str__(self):
        return f"{self.organisation}: {self.ask}"

    @property
    def is_hidden(self):
        return self.hidden_at is not None

    @classmethod
    def refusal_to_write(cls, ask, organisation, by) -> Refused | None:
        """Why this member can't write one for the organisation, or None if they can."""
        if refusal := organisation.refusal_to_speak(by):
            return refusal
        if not ask.statement.signatures_of(organisation).exists():
            return NotReady(_("Only signatories add asks of their own. Sign the statement first."))
        if cls.objects.live().filter(ask=ask, organisation=organisation).exclude(hidden_at=None).exists():
            return NotReady(_("An editor has hidden what you asked for here. Write to the editors."))
        return None

    @classmethod
    def write(cls, ask, organisation, *, text, by, now):
        """Say what the organisation asks for there; what it said before is kept. The same words change nothing.

        Raise a Refused.
        """
        with transaction.atomic():
            organisation = ask.statement._held(organisation)
            if refusal := cls.refusal_to_write(ask, organisation, by):
                raise refusal
            before = cls.objects.live().filter(ask=ask, organisation=organisation).first()
            if before and before.text == text:
                return before
            if before:
                before._end(by, now)
            return cls.objects.create(
                ask=ask, organisation=organisation, text=text, written_by=by, written_at=now
            )

    def withdraw(self, *, by, now):
        """Take it back; a second time changes nothing. Raise a Refused."""
        if refusal := self.organisation.refusal_to_speak(by):
            raise refusal
        if self.is_hidden:
            raise NotReady(_("An editor has hidden what you asked for here. Write to the editors."))
        self._end(by, now)

    def hide(self, *, by, reason, now):
        """Show it to nobody any more, for a reason; a second time keeps the first. Raise NotReady without one."""
        if not reason.strip():
            raise NotReady("Say why: the organisation is told.")
        shown = type(self).objects.filter(pk=self.pk, hidden_at=None)
        shown.update(hidden_at=now, hidden_by=by, hidden_reason=reason)
        self.refresh_from_db()

    def show(self):
        """Undo hiding."""
        type(self).objects.filter(pk=self.pk).update(hidden_at=None, hidden_by=None, hidden_reason="")
        self.refresh_from_db()

    def _end(self, by, now):
        type(self).objects.live().filter(pk=self.pk).update(ended_at=now, ended_by=by)

    @classmethod
    def settle_merge(cls, source, target, *, by, now):
        """Where both ask for more at the same place, the later words stand; the others are kept as replaced."""
        theirs = {row.ask_id: row for row in cls.objects.live().filter(organisation=target)}
        for row in cls.objects.live().filter(organisation=source):
            if other := theirs.get(row.ask_id):
                min(row, other, key=lambda own: (own.written_at, own.pk))._end(by, now)
