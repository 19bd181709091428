"""How a statement is written: in a draft version that begins from the last one, until it is published for good."""

import hashlib
import json

from django.apps import apps
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ... import news
from ...errors import EditedMeanwhile, NotReady


def _model(name):
    return apps.get_model("manifesto", name)


class Drafted:
    """What a statement can do about its versions."""

    @property
    def draft(self):
        """The version that is being written, or None."""
        return self.versions.filter(published_at=None).first()

    @property
    def current_version(self):
        """The version that stands now, or None."""
        return self.versions.published().by_latest().first()

    def draft_mark(self):
        """Another word as soon as anything in the draft is another."""
        draft = self.draft
        if draft is None:
            return ""
        asks = [[w.ask.number, w.title, w.text] for w in draft.ask_wordings.select_related("ask")]
        said = json.dumps([draft.number, draft.text, draft.note, asks])
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    def begin_version(self, *, by, now):
        """The draft, begun from the last version with its asks where there is none yet."""
        with transaction.atomic():
            self._locked()
            if draft := self.draft:
                return draft
            last = self.current_version
            draft = self.versions.create(
                number=last.number + 1 if last else 1,
                text=last.text if last else "",
                made_by=by,
                made_at=now,
            )
            AskWording = _model("AskWording")
            AskWording.objects.bulk_create(
                AskWording(version=draft, ask_id=wording.ask_id, title=wording.title, text=wording.text)
                for wording in (last.ask_wordings.all() if last else ())
            )
        return draft

    def write_draft(self, *, text, note, asks, opened, by, now):
        """Have the draft say this. `asks` are triples of an ask's number, or None for a new one, a title and a text.

        A new ask gets the next number, for good. What the draft doesn't ask for any more stays on record where an
        earlier version did. Raise EditedMeanwhile unless the draft is as its mark `opened` says.
        """
        with transaction.atomic():
            draft = self.begin_version(by=by, now=now)
            if opened and opened != self.draft_mark():
                raise EditedMeanwhile(_("Somebody else saved this draft after you opened it."))
            draft.text, draft.note, draft.made_by, draft.made_at = text, note, by, now
            draft.save()
            draft.ask_wordings.all().delete()
            known = {ask.number: ask for ask in self.asks.all()}
            for number, title, words in asks:
                ask = known.get(number) or self.asks.create(number=self._next_number())
                draft.ask_wordings.create(ask=ask, title=title, text=words)
            self.asks.filter(wordings=None).delete()
        return draft

    def refusal_to_publish(self):
        """Why the draft can't be published, or None if it can."""
        draft = self.draft
        if draft is None:
            return NotReady(_("There is no draft. Begin a new version first."))
        if not draft.text.strip():
            return NotReady(_("The statement says nothing yet."))
        if not draft.ask_wordings.exists():
            return NotReady(_("A statement needs at least one ask."))
        last = self.current_version
        if last and not draft.note.strip():
            return NotReady(_("Say in a few words what changed: signatories of the version before are told."))
        if last and not any(is_changed for _heading, is_changed, _parts in last.compared_with(draft)):
            return NotReady(_("It says the same as the version before."))
        return None

    def publish(self, *, by, now, seen):
        """Publish the draft for good; ask those who signed the version before to confirm it.

        Raise NotReady, or EditedMeanwhile where the draft isn't the one whose mark was `seen`.
        """
        with transaction.atomic():
            self._locked()
            if refusal := self.refusal_to_publish():
                raise refusal
            if seen != self.draft_mark():
                raise EditedMeanwhile(
                    _("Somebody changed this draft after you opened the page. Read it again.")
                )
            version = self.draft
            self.versions.filter(pk=version.pk).update(published_at=now)
            unpublished = type(self).objects.filter(pk=self.pk, published_at=None)
            unpublished.update(published_at=now, published_by=by)
            self.refresh_from_db()
            version.refresh_from_db()
            news.statement_changed(self, version, now=now)
        return version

    def give_up_draft(self):
        """Throw the draft away, and the asks that no version ever made public."""
        with transaction.atomic():
            self._locked()
            if draft := self.draft:
                draft.delete()
                self.asks.filter(wordings=None).delete()

    def _locked(self):
        """Held to the end of the transaction: who signs or publishes meanwhile waits."""
        return type(self).objects.select_for_update(no_key=True).get(pk=self.pk)

    def _next_number(self):
        return (self.asks.aggregate(last=Max("number"))["last"] or 0) + 1
