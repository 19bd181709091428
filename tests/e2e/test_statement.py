"""A statement from the editor's draft to its signatories, in the browser, without JavaScript."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from manifesto.models import OwnAsk, Signature, Statement
from tests.factories import make_member, make_organisation, make_spokesperson


def test_written_published_signed_changed_and_confirmed(open_page, sign_in_at):
    editor = make_member(name="Edda Editor", groups=["Editors"])
    organisation = make_organisation(name="River Watch", slug="rivers")
    speaker = make_spokesperson(organisation=organisation)

    desk = sign_in_at(editor, "/admin/manifesto/statement/add/")
    desk.get_by_label("Title").fill("Two asks")
    desk.get_by_label("Slug").fill("two-asks")
    desk.get_by_label("Summary").fill("Two things.")
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_label("The statement").fill("We ask for two things.")
    desk.get_by_label("What is asked for").nth(0).fill("Publish every payment")
    desk.get_by_label("What is asked for").nth(1).fill("Say who met whom")
    desk.get_by_role("button", name="Save, then publish…").click()
    assert not Statement.objects.public().exists()
    desk.get_by_role("button", name="Publish version 1 for good").click()
    statement = Statement.objects.public().get()

    page = sign_in_at(speaker, "/statements/two-asks/")
    page.get_by_role("link", name="Sign for your organisation").click()
    page.get_by_role("link", name="Sign, or ask for time… for River Watch").click()
    page.get_by_role("button", name="Sign version 1").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("The organisation has decided to sign").check()
    page.get_by_role("button", name="Sign version 1").click()
    assert Signature.objects.current().get().organisation == organisation
    page.get_by_role("link", name=re.compile("Your own asks")).click()
    page.get_by_role("link", name=re.compile("Ask for more… ?ask 1")).click()
    page.get_by_label("What you ask for").fill("And every grant.")
    page.get_by_role("button", name="Publish it").click()
    assert OwnAsk.objects.public().get().text == "And every grant."

    desk.goto(f"/admin/manifesto/statement/{statement.pk}/draft/")
    desk.get_by_label("The statement").fill("We ask for two things, and soon.")
    desk.get_by_label("What changed").fill("We say when.")
    desk.get_by_role("button", name="Save, then publish…").click()
    desk.get_by_role("button", name="Publish version 2 for good").click()

    page.goto("/statements/two-asks/signing/")
    page.get_by_role("link", name="Confirm version 2… for River Watch").click()
    page.get_by_role("link", name="see what changed").click()
    expect(page.get_by_text("and soon")).to_be_visible()
    page.go_back()
    page.get_by_label("The organisation has decided to sign").check()
    page.get_by_role("button", name="Confirm version 2").click()
    page.get_by_role("link", name=re.compile("Take the signature back")).click()
    page.get_by_role("button", name="Take it back").click()
    assert not Signature.objects.live().exists()
    assert Signature.objects.withdrawn().filter(withdrawn_at__lte=timezone.now()).count() == 2
