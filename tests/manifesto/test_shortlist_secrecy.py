"""Nothing of a shortlist leaks before it is published."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Idea, Phase
from tests.factories import (
    make_round,
    make_term,
)

from .shortlisting import complete, idea_of, record

pytestmark = pytest.mark.django_db


SECRETS = ["Half of it can be done.", "Clear and cheap.", "Too large for this plan.", "Sssh.", "58.3", "91.7"]


@pytest.fixture
def secret_round(scored_round, assess, editor):
    """A round with all there is to leak: scores, notes, a ranking, and a shortlist fit to publish."""
    panel = [make_term(round=scored_round) for _ in range(2)]
    for member, half_points in zip(panel, [(1, 2), (1, 1)], strict=True):
        assess(member, *half_points, ideas=[idea_of(scored_round, 1)])  # 58.3
    for member, half_points in zip(panel, [(2, 2), (2, 1)], strict=True):
        assess(member, *half_points, ideas=[idea_of(scored_round, 2)])  # 91.7
    panel[0].assessments.update(note="Sssh.")
    record(scored_round, complete(scored_round), editor)
    return scored_round


def public_addresses(round):
    pages = [reverse("home"), reverse("manifesto:round_list")]
    pages += [
        reverse(f"manifesto:{name}", args=[round.slug]) for name in ("round_detail", "idea_list", "shortlist")
    ]
    pages += [
        f"{reverse('manifesto:idea_list', args=[round.slug])}?status={status}"
        for status in ("undecided", "shortlisted", "not_shortlisted")
    ]
    return pages + [reverse("manifesto:idea_detail", args=[round.slug, number]) for number in (1, 2, 3)]


def own_addresses():
    return [reverse("manifesto:my_ideas"), reverse("manifesto:my_votes")]


def admin_addresses(round):
    pages = [
        reverse(f"admin:manifesto_round_{name}", args=[round.pk])
        for name in ("scoring", "ranking", "shortlist", "publication", "change", "history")
    ]
    pages += [reverse("admin:manifesto_round_scoring_idea", args=[round.pk, number]) for number in (1, 2, 3)]
    return [*pages, reverse("admin:manifesto_round_changelist"), reverse("admin:index")]


def leaks(visit, addresses):
    """Pairs of an address and a secret that its answer, followed to where it leads, contains."""
    texts = {address: visit.get(address, follow=True).content.decode() for address in addresses}
    # The seconds of a moment may look like a score.
    texts = {address: re.sub(r"T\d\d:\d\d:\d\d\.\d+", "", text) for address, text in texts.items()}
    return [(address, secret) for address, text in texts.items() for secret in SECRETS if secret in text]


def test_the_secrets_are_there_to_leak(secret_round, editor, sign_in):
    visit = sign_in(editor)
    text = "".join(
        visit.get(address).content.decode()
        for address in admin_addresses(secret_round)
        if address.endswith(("ranking/", "shortlist/"))
    )
    assert [secret for secret in SECRETS if secret not in text] == ["Sssh."]


def test_visitors_learn_nothing_before_publication(secret_round, visitor):
    assert leaks(visitor, public_addresses(secret_round) + admin_addresses(secret_round)) == []


def test_authors_learn_nothing_before_publication(secret_round, sign_in):
    author = idea_of(secret_round, 1).authorships.get().member
    addresses = public_addresses(secret_round) + own_addresses() + admin_addresses(secret_round)
    assert leaks(sign_in(author), addresses) == []


@pytest.mark.parametrize("own", [True, False])
def test_unfinished_and_other_experts_learn_nothing_before_publication(secret_round, sign_in, expert, own):
    make_term(round=secret_round if own else make_round(phase=Phase.PRIORITISATION), member=expert)
    addresses = public_addresses(secret_round) + own_addresses() + admin_addresses(secret_round)
    assert leaks(sign_in(expert), addresses) == []


def test_filters_by_outcome_find_nothing_before_publication(secret_round):
    assert (Idea.objects.shortlisted().count(), Idea.objects.not_shortlisted().count()) == (0, 0)
    assert Idea.objects.undecided().count() == 3


def test_notes_and_experts_stay_private_after_publication(secret_round, editor, visitor):
    secret_round.publish_shortlist(by=editor, now=timezone.now())
    secrets = ["Sssh.", *(str(term.member.email) for term in secret_round.expert_terms.all())]
    texts = [visitor.get(address).content.decode() for address in public_addresses(secret_round)]
    assert [secret for secret in secrets if any(secret in text for text in texts)] == []
