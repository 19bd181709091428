"""How the members of an organisation answer the four questions together, before an editor reads them."""

import hashlib
from contextlib import contextmanager

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..errors import AnswersLocked, NotReady
from .answer import Answer, Question
from .organisation import Organisation
from .picture import ProfilePicture

# The version of the words people agree to when they send their answers.
PUBLICATION_CONSENT = "2026-11"

ANSWERS = {f"answer_{question.value}": question for question in Question}
DETAILS = ("language", "speaker_name", "speaker_role", "evidence_link", "picture_credit", "picture_alt")
# What the survey keeps, in the order of the page.
WORDS = (*ANSWERS, *DETAILS)

LOCKED = gettext_lazy("These answers were sent to the editors, so they can’t be changed now.")


def mark_of(text):
    """What a page remembers of a text it began with."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def merge(saved, typed, opened):
    """What to keep of two people's words, by name, and the names at which both changed the same.

    `saved` is on record, `typed` was sent by somebody whose page began with texts of the marks in `opened`. Where both
    changed a text it stays as it is on record, for the one who comes later to look at.
    """
    kept, clashes = dict(saved), []
    for name, text in typed.items():
        mark = opened.get(name, mark_of(""))
        if text == saved[name] or mark_of(text) == mark:
            continue
        if mark == mark_of(saved[name]):
            kept[name] = text
        else:
            clashes.append(name)
    return kept, clashes


class SurveyQuerySet(models.QuerySet):
    def for_member(self, member):
        """Those of the organisations the member belongs to now, as somebody has confirmed; and those they answered
        for an organisation that their place in isn't recorded.
        """
        places = member.memberships.filter(organisation=models.OuterRef("organisation"))
        return self.filter(
            models.Q(organisation__in=Organisation.objects.for_member(member))
            | (models.Q(author=member) & ~models.Exists(places))
        )

    def submitted(self):
        return self.exclude(submitted_at=None)

    def waiting(self):
        """Sent in, and no editor has begun to write them up."""
        return self.filter(submitted_at__isnull=False, begun_at=None, published_at=None)

    def edition_for(self, *, call, organisation, by, now):
        """The edition of `organisation` for `call`, there already or new and empty."""
        slug = self._free_slug(f"{organisation.slug}-{call.slug}")
        profile, _ = self.with_picture().get_or_create(
            call=call, organisation=organisation, defaults={"slug": slug, "author": by, "saved_at": now}
        )
        return profile

    def _free_slug(self, slug):
        """`slug`, or what comes next to it: two pairs of names may make the same one."""
        slug = slug[:100].rstrip("-")
        taken = set(self.model.objects.filter(slug__startswith=slug[:90]).values_list("slug", flat=True))
        candidates = (slug, *(f"{slug[:90]}-{number}" for number in range(2, len(taken) + 3)))
        return next(candidate for candidate in candidates if candidate not in taken)


class Survey:
    """What a profile does while its organisation answers: keep what is typed, send it, take it back."""

    @property
    def is_submitted(self):
        return self.submitted_at is not None

    @property
    def is_waiting(self):
        return self.submitted_at is not None and self.begun_at is None and self.published_at is None

    def texts(self):
        """The survey as it is on record: texts by name."""
        answers = {answer.question: answer.original for answer in self.answers.all()} if self.pk else {}
        texts = {name: answers.get(question, "") for name, question in ANSWERS.items()}
        return texts | {name: getattr(self, name) for name in DETAILS}

    def keep(self, typed, *, opened, by, now):
        """Save what somebody typed, by name; give the names where somebody else has written something else meanwhile.

        Those stay as the other saved them. `opened` are the marks of the texts that the page began with.
        Raise AnswersLocked, CallClosed or NotAMember.
        """
        with self._answering(by, now) as locked:
            saved = locked.texts()
            words, clashes = merge(saved, typed, opened)
            if words != saved:
                locked._write(words, saved, by=by, now=now)
        self.refresh_from_db()
        return clashes

    @contextmanager
    def _answering(self, member, now):
        """The edition as it is on record, for `member` to change and for nobody else meanwhile."""
        if refusal := self.call.refusal_to_answer(self.organisation, member, now):
            raise refusal
        with transaction.atomic():
            locked = self._locked()
            if locked.is_submitted:
                raise AnswersLocked(LOCKED)
            yield locked

    def _locked(self):
        profiles = type(self).objects.select_for_update(of=["self"])
        return profiles.select_related("call", "organisation").get(pk=self.pk)

    def _write(self, words, saved, *, by, now):
        for name in DETAILS:
            setattr(self, name, words[name])
        self.saved_at, self.saved_by = now, by
        self.save(update_fields=[*DETAILS, "saved_at", "saved_by"])
        changed = {name: question for name, question in ANSWERS.items() if words[name] != saved[name]}
        Answer.objects.bulk_create(
            [
                Answer(profile=self, question=question, original=words[name])
                for name, question in changed.items()
            ],
            update_conflicts=True,
            unique_fields=["profile", "question"],
            update_fields=["original"],
        )

    def keep_picture(self, large, small, *, by, now):
        """Have this picture, in two sizes as pictures.encode makes them, for any before. Raise as `keep` does."""
        with self._answering(by, now) as locked:
            ProfilePicture.objects.record(locked, large, small)
        self.refresh_from_db()

    def remove_picture(self, *, by, now):
        """Do without a picture. Raise as `keep` does."""
        with self._answering(by, now) as locked:
            ProfilePicture.objects.filter(profile=locked).delete()
        self.refresh_from_db()

    def missing(self):
        """The names of what an editor needs and that is empty here."""
        words = self.texts()
        needed = [*ANSWERS, "speaker_name", *(["picture_credit", "picture_alt"] if self.has_picture else [])]
        return [name for name in needed if not words[name].strip()]

    def submit(self, *, by, now):
        """Send the answers to the editors, agreeing to their publication. Sent twice, they stay as sent first.

        Raise NotReady, CallClosed or NotAMember.
        """
        if refusal := self.call.refusal_to_answer(self.organisation, by, now):
            raise refusal
        with transaction.atomic():
            locked = self._locked()
            if not locked.is_submitted:
                if locked.missing():
                    raise NotReady(_("Some of what we ask is still empty."))
                locked.author = by
                locked.submitted_at = locked.consented_at = now
                locked.consent_version = PUBLICATION_CONSENT
                locked.save(update_fields=["author", "submitted_at", "consented_at", "consent_version"])
        self.refresh_from_db()

    def refusal_to_take_back(self, member, now):
        """Why the answers can't be taken back to be changed, or None if they can."""
        if self.is_submitted and not self.is_waiting:
            return AnswersLocked(
                _("An editor has begun to write this up. You will be asked before anything is published.")
            )
        return self.call.refusal_to_answer(self.organisation, member, now)

    def take_back(self, *, by, now):
        """Have the answers be changed again before an editor begins. Raise AnswersLocked, CallClosed or NotAMember."""
        if refusal := self.refusal_to_take_back(by, now):
            raise refusal
        fields = {"submitted_at": None, "consented_at": None, "consent_version": ""}
        type(self).objects.waiting().filter(pk=self.pk).update(**fields)
        self.refresh_from_db()
        if self.is_submitted:
            raise AnswersLocked(_("An editor has just begun to write this up."))
