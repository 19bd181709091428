"""The text of a story as its organisation is asked to approve it, and what it answered."""

import hashlib
import json

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..errors import NotApprovable, NotReady
from .answer import Question
from .member import Member
from .membership import Membership
from .notification import Notification

CHANGED = gettext_lazy("The text has changed since this page was opened. Please read it again.")


def fingerprint_of(text) -> str:
    """The SHA-256 of a story's public text, as 64 hexadecimal digits."""
    canonical = json.dumps(text, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class ApprovalQuerySet(models.QuerySet):
    def live(self):
        """Those of the text as it stands; at most one for each story."""
        return self.filter(voided_at=None)

    def unanswered(self):
        return self.live().filter(approved_at=None, changes_asked_at=None)

    def standing(self):
        return self.live().filter(approved_at__isnull=False, changes_asked_at=None)

    def returned(self):
        return self.live().exclude(changes_asked_at=None)

    def by_latest(self):
        return self.order_by("-asked_at", "-pk")


class Approval(models.Model):
    """One text of a story, by its fingerprint, sent to its organisation: approved by somebody, or sent back."""

    profile = models.ForeignKey("Profile", on_delete=models.CASCADE, related_name="approvals")
    fingerprint = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="asked_approvals"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approver = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="approvals"
    )
    approver_name = models.CharField(max_length=120, blank=True)
    approver_role = models.CharField(max_length=120, blank=True)
    changes_asked_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField("words to the editor", max_length=5000, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["profile"], condition=Q(voided_at=None), name="approval_one_live_per_profile"
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None) | ~Q(approver_name=""), name="approval_names_who_approved"
            ),
            models.CheckConstraint(
                condition=Q(changes_asked_at=None) | ~Q(words=""),
                name="approval_sent_back_with_words",
                violation_error_message=gettext_lazy("Say what should change."),
            ),
        ]

    def __str__(self):
        return f"Approval {self.pk}"

    @property
    def is_live(self):
        return self.voided_at is None

    @property
    def is_unanswered(self):
        return self.is_live and self.approved_at is None and self.changes_asked_at is None

    @property
    def is_standing(self):
        return self.is_live and self.approved_at is not None and self.changes_asked_at is None

    @property
    def is_returned(self):
        return self.is_live and self.changes_asked_at is not None

    def approve(self, *, by, fingerprint, now):
        """Agree that the text of this `fingerprint`, which `by` has read, is published; twice is once.

        Raise NotApprovable.
        """
        with transaction.atomic():
            profile, approval = self._locked()
            if refusal := profile.refusal_to_approve(by):
                raise refusal
            if approval.is_standing and fingerprint == approval.fingerprint:
                return
            if not approval.is_unanswered:
                raise NotApprovable(
                    _("This was answered already, or the editors have changed the text since.")
                )
            if not fingerprint == approval.fingerprint == profile.fingerprint():
                raise NotApprovable(CHANGED)
            membership = Membership.objects.current().filter(
                member=by, organisation=profile.organisation_id, confirmed_at__isnull=False
            )
            role = membership.values_list("role", flat=True).first()
            approval.approved_at, approval.approver = now, by
            approval.approver_name, approval.approver_role = by.public_name, role or ""
            approval.save()
        self.refresh_from_db()

    def ask_for_changes(self, *, by, words, now):
        """Send the text back, also after approving it, until it is public. Raise NotApprovable or NotReady."""
        if not words.strip():
            raise NotReady(_("Say what should change."))
        with transaction.atomic():
            profile, approval = self._locked()
            if refusal := profile.refusal_to_approve(by):
                raise refusal
            if not approval.is_live or profile.is_published:
                raise NotApprovable(_("The text has changed or was published meanwhile."))
            approval.changes_asked_at, approval.words = now, words
            approval.save()
            profile.unschedule()
        self.refresh_from_db()

    def _locked(self):
        profiles = type(self.profile).objects.select_for_update(of=["self"])
        profile = profiles.select_related("organisation", "author").get(pk=self.profile_id)
        return profile, Approval.objects.get(pk=self.pk)


class ApprovedQuerySet(models.QuerySet):
    def being_written(self):
        """An editor has begun, and nobody at the organisation has the text before them."""
        live = Approval.objects.live().filter(profile=models.OuterRef("pk"))
        return self.filter(~models.Exists(live), begun_at__isnull=False, published_at=None)

    def with_author(self):
        return self._whose(Approval.objects.unanswered())

    def returned(self):
        return self._whose(Approval.objects.returned())

    def approved(self):
        """Approved as they stand, and not public yet, or not any more."""
        return self._whose(Approval.objects.standing())

    def _whose(self, approvals):
        return self.exclude(published_at__isnull=False, withdrawn_at=None).filter(
            models.Exists(approvals.filter(profile=models.OuterRef("pk")))
        )


class Approvable:
    """What a profile does from its write-up to its approval."""

    @property
    def live_approval(self):
        return next((approval for approval in self.approvals.all() if approval.is_live), None)

    @property
    def is_being_written(self):
        return self.begun_at is not None and self.published_at is None and self.live_approval is None

    @property
    def is_with_author(self):
        return bool(not self.is_published and self.live_approval and self.live_approval.is_unanswered)

    @property
    def is_returned(self):
        return bool(not self.is_published and self.live_approval and self.live_approval.is_returned)

    @property
    def is_approved(self):
        return bool(not self.is_published and self.live_approval and self.live_approval.is_standing)

    def public_text(self):
        """Everything an organisation says that the public would read, or see: what an approval is for."""
        names = ("standfirst", "pull_quote", "speaker_name", "speaker_role", "evidence_link")
        return {
            **{name: getattr(self, name) for name in names},
            "answers": {str(answer.question): answer.text for answer in self.answers.all()},
            "picture": self.picture.digest if self.has_picture else "",
            "picture_credit": self.picture_credit if self.has_picture else "",
            "picture_alt": self.picture_alt if self.has_picture else "",
        }

    def fingerprint(self):
        return fingerprint_of(self.public_text())

    def begin(self, *, by, now):
        """Start to write the answers up: from here on the organisation can't take them back. Raise NotReady."""
        fields = {"begun_at": now, "begun_by": by}
        type(self).objects.waiting().filter(pk=self.pk).update(**fields)
        self.refresh_from_db()
        if not self.is_submitted:
            raise NotReady(
                _("%(organisation)s has taken its answers back to change them.")
                % {"organisation": self.organisation}
            )

    def refusal_to_publish_text(self):
        """What the text lacks to be sent to its organisation or to the public, or None."""
        answers = list(self.answers.all())
        answered = {answer.question for answer in answers if answer.text.strip()}
        if missing := [question for question in Question if question not in answered]:
            return NotReady(_("There is no answer yet to “%(label)s”") % {"label": missing[0].label})
        if not self.quotes_one_of(answer.text for answer in answers):
            return NotReady(_("The pull quote is not, word for word, in any of the answers."))
        if self.has_picture and not (self.picture_alt and self.picture_credit):
            return NotReady(_("The picture needs its credit, and words for people who can’t see it."))
        return None

    def send_for_approval(self, *, by, now):
        """Ask the organisation to approve the text as it stands; asked again for the same text, nothing changes.

        Raise NotReady.
        """
        with transaction.atomic():
            locked = type(self).objects.select_for_update(of=["self"]).get(pk=self.pk)
            if locked.is_published:
                raise NotReady(_("The story is public. Take it down before you change it."))
            if not locked.begun_at:
                raise NotReady(_("Begin to write it up first."))
            if refusal := locked.refusal_to_publish_text():
                raise refusal
            if not (readers := locked.approvers()):
                raise NotReady(
                    _(
                        "There is nobody to approve it: its author is gone, and nobody else has a confirmed place "
                        "there."
                    )
                )
            fingerprint = locked.fingerprint()
            if (live := locked.live_approval) and not live.is_returned and live.fingerprint == fingerprint:
                return live
            locked.approvals.live().update(voided_at=now)
            approval = locked.approvals.create(fingerprint=fingerprint, asked_by=by, asked_at=now)
            Notification.objects.tell(
                readers,
                key=f"approval-{approval.pk}",
                subject="Your story is ready for you to read",
                words=f"We have written up what {locked.organisation} told us. Please read the text exactly as it "
                "would be published, and approve it or tell us what to change. Nothing appears before you approve it.",
                address=locked.approval_address,
                now=now,
            )
        self.refresh_from_db()
        return approval

    def void_changed_approvals(self, *, now):
        """End an approval of a text that isn't the one that stands, and with it the time set for publication."""
        stale = self.approvals.live().exclude(fingerprint=self.fingerprint())
        if stale.update(voided_at=now):
            self.unschedule()

    @property
    def approval_address(self):
        return reverse("profiles:approval_detail", args=[self.pk])

    @property
    def has_author_still(self):
        """Whether who answered has an account and hasn't left the organisation."""
        if self.author is None or not self.author.is_active:
            return False
        memberships = self.author.memberships.filter(organisation=self.organisation_id)
        return not memberships.exists() or memberships.current().exists()

    def approvers(self):
        """Who may approve the text: the author or, once they are gone, whoever else belongs to the organisation."""
        if self.has_author_still:
            return [self.author]
        memberships = self.organisation.memberships.current().confirmed()
        return list(Member.objects.filter(is_active=True, memberships__in=memberships).order_by("pk"))

    def refusal_to_approve(self, member):
        if member in self.approvers():
            return None
        if self.has_author_still:
            return NotApprovable(
                _("%(author)s answered for %(organisation)s, so the approval is theirs.")
                % {"author": self.author, "organisation": self.organisation}
            )
        return NotApprovable(
            _("Only people who belong to %(organisation)s can approve its story.")
            % {"organisation": self.organisation}
        )
