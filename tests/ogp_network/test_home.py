from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Phase
from tests.factories import (
    make_commitment,
    make_idea,
    make_meeting,
    make_plan,
    make_post,
    make_profile,
    make_round,
    make_statement,
    make_votes,
)


def home(client):
    return client.get(reverse("home")).content.decode()


def test_home_before_the_first_round(client, db):
    assert "The first round will be announced here." in home(client)


@pytest.mark.parametrize(
    ("phase", "shown"),
    [
        (Phase.CROWDSOURCING, {"Put forward an idea": True, "Read the shortlist": False}),
        (Phase.REFINEMENT, {"Put forward an idea": False, "Read the shortlist": False}),
        (Phase.PRIORITISATION, {"Put forward an idea": False, "Read the shortlist": False}),
        (Phase.SHORTLISTED, {"Put forward an idea": False, "Read the shortlist": True}),
    ],
)
def test_home_offers_what_one_can_do_now(client, db, phase, shown):
    make_idea(round=make_round(phase=phase, title="The UK manifesto"))
    page = home(client)
    assert {label: label in page for label in shown} == shown
    assert ("The UK manifesto" in page, f">{phase.label}</span>" in page) == (True, True)


def test_home_shows_nothing_unpublished(client, db):
    round = make_round()
    make_idea(round=round, title="Pending idea", published=False)
    make_profile(published=False, standfirst="Unpublished story")
    make_meeting(title="Unannounced meeting", announced_at=None)
    page = home(client)
    assert [
        text for text in ("Pending idea", "Unpublished story", "Unannounced meeting") if text in page
    ] == []


def test_home_shows_the_next_meeting_and_the_newest_story(client, db):
    make_profile(standfirst="An older story", now=timezone.now() - timedelta(days=2))
    make_profile(standfirst="The newest story")
    make_meeting(title="Next week", days=7)
    make_meeting(title="Last week", days=-7)
    page = home(client)
    wanted = {"The newest story": True, "An older story": False, "Next week": True, "Last week": False}
    assert {text: text in page for text in wanted} == wanted


def test_calls_stand_on_the_home_page_until_they_end(client, db):
    now, day = timezone.now(), timedelta(days=1)
    make_post(title="Answer soon", closes_at=now + 2 * day, slug="soon")
    make_post(title="Over", closes_at=now - day, now=now - 9 * day)
    make_post(title="Answer later", closes_at=now + 9 * day)
    text = home(client)
    calls, news = text.split('id="news-title"')
    assert calls.index("Answer soon") < calls.index("Answer later")
    assert ("Over" in calls, "Over" in news, "Answer soon" in news) == (False, True, False)


def test_home_costs_the_same_with_1_and_with_30_of_everything(client, db, django_assert_num_queries):
    round = make_round()

    def add():
        make_votes(idea=make_idea(round=round))
        make_profile()
        make_meeting()
        make_post()
        make_statement()
        make_commitment(round=round)
        make_commitment(plan=make_plan())
        make_post(closes_at=timezone.now() + timedelta(days=1))

    add()
    with django_assert_num_queries(22):
        home(client)
    for _ in range(29):
        add()
    with django_assert_num_queries(22):
        home(client)


def test_home_leads_to_what_is_asked_and_what_was_promised(client, db):
    round = make_round(title="The UK manifesto")
    make_commitment(round=round)
    statement, plan = make_statement(), make_commitment(plan=make_plan()).plan
    make_statement(title="Unseen statement", published=False)
    make_commitment(plan=make_plan(title="Unseen plan", published=False))
    make_commitment(round=make_round(title="Unseen asks"), published=False)
    page = home(client).partition('id="asked-title"')[2].partition("</section>")[0]
    for address in (
        statement.get_absolute_url(),
        plan.get_absolute_url(),
        f"/rounds/{round.slug}/commitments/",
    ):
        assert f'href="{address}"' in page
    assert "Unseen" not in page
