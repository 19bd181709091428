"""Corrections of a published shortlist: how an editor makes one, and where the public reads of it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import EditedMeanwhile
from manifesto.models import Erratum, Phase
from profiles.models import Notification
from tests.factories import make_decision, make_idea, make_round

pytestmark = pytest.mark.django_db

CHANGE = {
    "outcome": "accepted_in_part",
    "reasons": "New reasons.",
    "explanation": "A <b>name</b> was wrong.",
    "after": 0,
}


@pytest.fixture
def published():
    """A public shortlist of idea 1, idea 2 being left out."""
    round = make_round(phase=Phase.SHORTLISTED)
    make_decision(idea=make_idea(round=round), position=1, reasons="Old reasons.")
    make_decision(idea=make_idea(round=round), outcome="deferred", reasons="Old reasons.")
    round.freeze_working(now=timezone.now())
    return round


def address(round, number=1):
    return reverse("admin:manifesto_round_correction", args=[round.pk, number])


def test_editor_compares_before_the_correction_is_public(published, editor, sign_in):
    visit = sign_in(editor)
    page = visit.post(address(published), CHANGE)
    assert (page.status_code, Erratum.objects.count()) == (200, 0)
    assert ("removed", "Old ") in page.context["form"].passages
    assert visit.post(address(published), CHANGE | {"confirm": "1"}).status_code == 302
    erratum = Erratum.objects.get()
    assert (erratum.corrected_by, erratum.outcome_after, erratum.reasons_before) == (
        editor,
        "accepted_in_part",
        "Old reasons.",
    )
    text = visit.get(reverse("admin:manifesto_round_corrections", args=[published.pk])).content.decode()
    assert "A &lt;b&gt;name&lt;/b&gt; was wrong." in text


def test_idea_page_shows_the_correction_and_what_was_said_before(published, editor, visitor):
    decision = published.decisions.get(position=1)
    correction = {name: CHANGE[name] for name in ("outcome", "reasons", "explanation")}
    decision.correct(**correction, by=editor, now=timezone.now())
    text = visitor.get(decision.idea.get_absolute_url()).content.decode()
    wanted = ["New reasons.", "Corrected on", "A &lt;b&gt;name&lt;/b&gt; was wrong.", "(removed: </span>Old"]
    assert sorted(wanted, key=text.index) == wanted
    [news] = Notification.objects.all()
    assert (news.member, news.subject) == (
        decision.idea.authorships.get().member,
        "A correction to the shortlist",
    )


@pytest.mark.parametrize(
    "number, data, status",
    [
        (1, {"explanation": " "}, 422),
        (1, {"reasons": ""}, 422),
        (1, {"outcome": "deferred"}, 422),
        (2, {"outcome": "accepted", "reasons": "x" * 5001}, 422),
        (1, {"outcome": "accepted", "reasons": "Old reasons."}, 409),
        (1, {"after": 7, "confirm": "1"}, 409),
    ],
)
def test_correction_that_makes_no_sense_is_kept_with_the_reason(
    published, editor, sign_in, number, data, status
):
    page = sign_in(editor).post(address(published, number), CHANGE | data)
    assert (page.status_code, Erratum.objects.count()) == (status, 0)
    assert page.context["form"]["explanation"].value() == (CHANGE | data)["explanation"]


def test_second_of_two_editors_reads_the_first_ones_correction(published, editor):
    correction = {name: CHANGE[name] for name in ("outcome", "reasons", "explanation")}
    decision = published.decisions.get(position=1)
    decision.correct(**correction, by=editor, now=timezone.now(), after=0)
    with pytest.raises(EditedMeanwhile):
        decision.correct(**correction | {"reasons": "Others."}, by=editor, now=timezone.now(), after=0)


@pytest.mark.parametrize(
    "role, status", [("editor", 200), ("expert", 403), ("member", 302), ("visitor", 302)]
)
@pytest.mark.parametrize("name, args", [("corrections", []), ("correction", [1])])
def test_only_editors_correct(published, request, client, sign_in, role, status, name, args):
    visit = client if role == "visitor" else sign_in(request.getfixturevalue(role))
    page = reverse(f"admin:manifesto_round_{name}", args=[published.pk, *args])
    assert visit.get(page).status_code == status


@pytest.mark.parametrize("phase", [p for p in Phase if p not in (Phase.SHORTLISTED, Phase.PRESENTED)])
def test_nothing_is_corrected_before_publication(phase, editor, sign_in):
    round = make_round(phase=phase)
    make_decision(idea=make_idea(round=round), position=1)
    assert sign_in(editor).post(address(round), CHANGE | {"confirm": "1"}).status_code == 409
