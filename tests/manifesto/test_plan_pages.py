from datetime import date, timedelta

import pytest
from django.utils import timezone

from manifesto.models import Adoption, StatusReport
from tests.factories import make_commitment, make_milestone, make_plan, make_report, make_round

pytestmark = pytest.mark.django_db
DAY = date(2016, 10, 14)


def hidden_promises():
    """Of a plan in the making, and in a public plan; each says what must be read nowhere."""
    draft = make_plan(title="Unseen plan", published=False)
    public = make_plan()
    for commitment in (
        make_commitment(plan=draft, title="Unseen promise"),
        make_commitment(plan=public, title="Unseen promise", published=False),
    ):
        milestone = make_milestone(commitment=commitment, output="Unseen step", due_on=DAY)
        make_report(about=milestone, source_title="Unseen source")
        make_report(about=commitment, source_title="Unseen source")
    return draft, public


def test_drafts_are_nowhere(client, editor):
    draft, public = hidden_promises()
    client.force_login(editor)
    pages = ["/plans/", f"/plans/{public.slug}/", f"/plans/{public.slug}/news.atom", "/sitemap-plans.xml"]
    for address in [*pages, "/sitemap-promises.xml", "/feeds/"]:
        response = client.get(address)
        assert response.status_code == 200
        assert "Unseen" not in response.text
        assert draft.slug not in response.text
    for address in (
        f"/plans/{draft.slug}/",
        f"/plans/{draft.slug}/news.atom",
        f"/plans/{draft.slug}/commitments/1/",
        f"/plans/{public.slug}/commitments/1/",
        f"/plans/{public.slug}/commitments/2/",
    ):
        assert client.get(address).status_code == 404


def test_what_is_asked_has_no_page_among_the_plans(client):
    make_commitment(round=make_round(slug="uk"))
    assert client.get("/plans/uk/commitments/1/").status_code == 404


def test_the_plan_says_how_far_each_source_says_it_is(client):
    plan = make_plan()
    for status in ("completed", "completed", "limited"):
        commitment = make_commitment(plan=plan)
        make_report(about=commitment, status=status, source_title="End of term", reported_on=DAY)
    make_report(about=commitment, status="no_evidence", source="reviewer", source_title="Review")
    page = " ".join(client.get(plan.get_absolute_url()).text.split())
    assert "<strong>2</strong> of 3 commitments completed" in page
    assert "<strong>0</strong> of 1 commitment completed" in page
    assert "By End of term" in page
    assert '<time datetime="2016-10-14">' in page


def test_a_plan_is_narrowed_down(client):
    plan = make_plan()
    first = make_commitment(plan=plan, title="First of all", lead_institution="Treasury")
    second = make_commitment(plan=plan, title="Second of all", lead_institution="Cabinet Office")
    make_report(about=first, status="completed")
    make_milestone(commitment=second, due_on=DAY)
    titles = {"First of all", "Second of all"}
    for query, expected in (
        ("", titles),
        ("status=completed", {"First of all"}),
        ("lead=Cabinet Office", {"Second of all"}),
        ("late=yes", {"Second of all"}),
        ("late=yes&status=completed", set()),
        ("status=nonsense&lead=%00&late=5&page=-3", titles),
    ):
        table = client.get(f"{plan.get_absolute_url()}?{query}").text.rpartition("commitments-title")[2]
        assert {title for title in titles if f">{title}<" in table} == expected, query


def test_what_is_late_is_said_with_the_days(client):
    due = timezone.localdate() - timedelta(days=12)
    milestone = make_milestone(due_on=due, output="A late list")
    plan = milestone.commitment.plan
    page = client.get(plan.get_absolute_url()).text
    assert "1 milestone is late" in page
    assert "12 days late" in page
    make_report(about=milestone, status="completed", completed_on=due + timedelta(days=5))
    assert "1 milestone is late" not in client.get(plan.get_absolute_url()).text
    assert "Done, 5 days late" in client.get(milestone.commitment.get_absolute_url()).text


def test_a_promise_shows_all_that_was_ever_reported(client, editor):
    milestone = make_milestone(due_on=DAY)
    commitment = milestone.commitment
    report = make_report(about=milestone, status="completed")
    now = timezone.now()
    report.correct(because="Half of it was missing.", by=editor, now=now, status="behind_schedule")
    wrong = make_report(about=commitment, status="closed", source="network")
    wrong.withdraw(because="Of another plan.", by=editor, now=now)
    page = " ".join(client.get(commitment.get_absolute_url()).text.split())
    for words in (
        "Half of it was missing.",
        "<del>Completed</del>",
        "<ins>Behind schedule</ins>",
        "Of another plan.",
        "<del>Closed</del>",
        "Was due",
    ):
        assert words in page


def test_a_promise_leads_to_what_was_asked_if_that_is_public(client, editor):
    promise = make_commitment(plan=make_plan())
    for title, published in (("Seen ask", True), ("Unseen ask", False)):
        asked = make_commitment(round=make_round(), title=title, published=published)
        Adoption.objects.create(
            asked=asked, adopted=promise, verdict="weakened", words="Later.", recorded_at=timezone.now()
        )
    page = client.get(promise.get_absolute_url()).text
    assert "Seen ask" in page
    assert "Unseen ask" not in page


def fill(plan, number):
    """Commitments with a milestone each, and reports on both by every kind of source."""
    now = timezone.now()
    reports = []
    for _each in range(number):
        commitment = make_commitment(plan=plan)
        milestone = make_milestone(commitment=commitment, due_on=DAY)
        for source in ("government", "reviewer", "network"):
            common = {"source": source, "source_title": "It", "status": "on_track", "recorded_at": now}
            reports.append(StatusReport(commitment=commitment, reported_on=DAY, **common))
            for day in range(3):
                said_on = DAY + timedelta(days=day)
                reports.append(StatusReport(milestone=milestone, reported_on=said_on, **common))
    StatusReport.objects.bulk_create(reports)


@pytest.mark.parametrize("number", [1, 60])
def test_a_plan_takes_as_many_queries_however_long_it_is(client, django_assert_num_queries, number):
    plan = make_plan()
    fill(plan, number)
    client.get("/plans/")
    with django_assert_num_queries(5):
        client.get(plan.get_absolute_url())
    with django_assert_num_queries(2):
        client.get("/plans/")
    with django_assert_num_queries(3):
        client.get(f"{plan.get_absolute_url()}news.atom")


@pytest.mark.parametrize("number", [1, 60])
def test_a_promise_takes_as_many_queries_however_much_was_reported(client, django_assert_num_queries, number):
    milestone = make_milestone(due_on=DAY)
    for day in range(number):
        make_report(about=milestone, reported_on=DAY + timedelta(days=day))
    client.get("/plans/")
    with django_assert_num_queries(7):
        client.get(milestone.commitment.get_absolute_url())


def test_a_member_follows_a_promise_without_its_address_naming_it(client, member):
    promise = make_commitment(plan=make_plan())
    client.force_login(member)
    response = client.post("/follows/", {"commitment": promise.pk, "next": promise.get_absolute_url()})
    assert response.url == promise.get_absolute_url()
    assert [follow.commitment for follow in member.follows.all()] == [promise]
    assert "Stop following this commitment" in client.get(promise.get_absolute_url()).text
    assert promise.title in client.get("/account/news/").text
    client.post("/follows/ends/", {"commitment": promise.pk})
    assert not member.follows.exists()


def test_nobody_follows_a_promise_that_is_not_public(client, member):
    client.force_login(member)
    promise = make_commitment(plan=make_plan(published=False))
    assert client.post("/follows/", {"commitment": promise.pk}).status_code == 404
