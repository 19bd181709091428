from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from manifesto.models import PhaseAnnouncement
from profiles.models import Notification
from profiles.vocabularies import Frequency
from tests.factories import make_idea, make_member, make_round, make_theme


def test_follow_hear_of_it_and_stop_without_javascript(sign_in_at, open_page, mailoutbox):
    """Follow a theme and choose to hear at once; an idea is published; stop by the link in the e-mail."""
    round = make_round()
    theme = make_theme(round=round, name="Open data")
    idea = make_idea(round=round, theme=theme, published=False, title="Open the planning register")
    member = make_member()

    page = sign_in_at(member, round.get_absolute_url())
    page.get_by_role("button", name="Follow Open data").click()
    expect(page.get_by_text("You follow “Open data”")).to_be_visible()
    page.get_by_role("link", name="Account").click()
    settings = page.get_by_role("navigation", name="Account settings")
    settings.get_by_role("link", name="News", exact=True).click()
    expect(page.get_by_role("main").get_by_role("link", name="Open data")).to_be_visible()
    page.get_by_label("Soon after each thing happens").check()
    page.get_by_role("button", name="Save").click()
    member.refresh_from_db()
    assert member.email_frequency == Frequency.IMMEDIATELY

    idea.approve(by=make_member(groups=["Editors"]), now=timezone.now())
    PhaseAnnouncement.objects.announce_current(timezone.now())
    call_command("send_notifications")
    (mail,) = [mail for mail in mailoutbox if mail.to == [member.email]]
    assert "Open the planning register" in mail.body
    assert not Notification.objects.unsent().filter(member=member).exists()

    link = mail.extra_headers["List-Unsubscribe"].strip("<>")
    stranger = open_page("/" + link.split("/", 3)[3], java_script_enabled=False)
    stranger.get_by_role("button", name="Stop e-mails").click()
    expect(stranger.get_by_role("heading", name="No more e-mails")).to_be_visible()
    member.refresh_from_db()
    assert member.email_frequency == Frequency.OFF

    page.reload()
    page.get_by_role("button", name="Stop following Open data").click()
    assert member.follows.count() == 0
