from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from manifesto.models.commitments.watching import watch_promises
from profiles.models import Notification
from tests.factories import make_commitment, make_member, make_milestone, make_plan


def test_a_milestone_is_late_then_completed(sign_in_at, open_page):
    """A member follows a promise; its milestone is late, and they are told; an editor records that it was completed."""
    plan = make_plan(title="Plan of all plans")
    promise = make_commitment(plan=plan, title="Open diaries")
    due = timezone.localdate() - timedelta(days=3)
    make_milestone(commitment=promise, output="All diaries are open", due_on=due, next_check_on=due)
    member, editor = make_member(), make_member(groups=["Editors"])

    page = sign_in_at(member, "/plans/")
    page.get_by_role("link", name="Plan of all plans").click()
    expect(page.get_by_role("heading", name="1 milestone is late")).to_be_visible()
    page.get_by_role("link", name="Open diaries", exact=True).click()
    expect(page.get_by_text("3 days late")).to_be_visible()
    page.get_by_role("button", name="Follow this commitment").click()
    expect(page.get_by_text("You follow “Open diaries”")).to_be_visible()
    watch_promises(timezone.now())

    desk = sign_in_at(editor, "/admin/")
    desk.get_by_role("link", name="Look at 1 milestone again").click()
    desk.get_by_role("link", name="Record reports: Plan of all plans").click()
    desk.get_by_label("kind of source").select_option(label="Government self-assessment")
    desk.get_by_label("name of the source").fill("Self-assessment")
    desk.get_by_label("reported on").fill(timezone.localdate().isoformat())
    desk.get_by_label("Status: 1.01 All diaries are open").select_option(label="Completed")
    desk.get_by_label("Completed on: 1.01 All diaries are open").fill((due + timedelta(days=2)).isoformat())
    desk.get_by_role("button", name="Record").click()
    expect(desk.get_by_text("1 report is recorded.")).to_be_visible()

    visitor = open_page(promise.get_absolute_url(), java_script_enabled=False)
    expect(visitor.get_by_text("Done, 2 days late")).to_be_visible()
    told = Notification.objects.filter(member=member).by_oldest().values_list("subject", flat=True)
    assert list(told) == ["A milestone is late", "News of a promise in an action plan"]
