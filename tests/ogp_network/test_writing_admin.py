"""Pages and news in the admin, where editors write them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ogp_network.models import Page, Post
from tests.factories import make_member, make_page, make_post

NOW = timezone.now()
ROLES = {"visitor": 302, "member": 302, "expert": 403, "editor": 200, "administrator": 200}
PAGES = ["change", "preview", "publication", "withdraw", "versions"]


def at(verb, writing):
    return reverse(f"admin:ogp_network_{writing._meta.model_name}_{verb}", args=[writing.pk])


def typed(writing=None, **values):
    """What the form of a page sends."""
    latest = writing and writing.latest
    return {
        "title": latest.title if latest else "About us",
        "summary": "",
        "body": latest.body if latest else "Words.",
        "reason": "",
        "opened": latest.number if latest else 0,
        "slug": writing.slug if writing else "about-us",
        "language": "en-gb",
        "footer_position": "",
        **values,
    }


@pytest.mark.parametrize("make", [make_page, make_post])
@pytest.mark.parametrize("role", ROLES)
def test_who_may_see_the_pages_of_the_admin(request, client, sign_in, role, make):
    if role != "visitor":
        sign_in(request.getfixturevalue(role))
    writing = make()
    addresses = [at(verb, writing) for verb in PAGES]
    addresses += [
        reverse(f"admin:ogp_network_{writing._meta.model_name}_{verb}") for verb in ("add", "changelist")
    ]
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(
        addresses, ROLES[role]
    )


@pytest.mark.parametrize("role", ["member", "expert"])
@pytest.mark.parametrize("verb", ["change", "publication", "withdraw", "restore"])
def test_nobody_else_changes_anything(request, sign_in, db, role, verb):
    page = make_page()
    client = sign_in(request.getfixturevalue(role))
    sent = typed(page, body="Mine.", reason="Mine.", number=1)
    assert client.post(at(verb, page), sent).status_code in (302, 403)
    page.refresh_from_db()
    assert (page.versions.count(), page.is_published) == (1, True)


def test_an_editor_writes_a_page_and_publishes_it_at_once(editor, sign_in, client):
    sign_in(editor).post(reverse("admin:ogp_network_page_add"), typed(_publish="1", footer_position=2))
    page = Page.objects.get()
    assert (page.is_published, page.footer_position) == (True, 2)
    assert (page.public.saved_by, page.public.published_by) == (editor, editor)
    assert client.get("/about-us/").status_code == 200


def test_saving_a_public_page_changes_nothing_for_the_public(editor, sign_in, client):
    page = make_page(slug="about-us")
    sign_in(editor).post(at("change", page), typed(page, body="Better words.", reason="Clearer."))
    page.refresh_from_db()
    assert (page.latest.body, page.public.body) == ("Better words.", "Words.")
    assert "Better words." not in client.get("/about-us/").content.decode()
    client.post(at("change", page), typed(page, _publish="1"))
    assert "Better words." in client.get("/about-us/").content.decode()


def test_of_two_editors_the_second_keeps_what_was_typed_and_sees_both(editor, sign_in):
    page = make_page(slug="about-us")
    form = typed(page, body="My words.", reason="Mine.")
    other = make_member(name="Olga Other", groups=["Editors"])
    page.write(
        {**page.latest.content(), "body": "Their words."}, opened=1, by=other, now=NOW, reason="Theirs."
    )
    client = sign_in(editor)
    response = client.post(at("change", page), form)
    text = response.content.decode()
    assert (page.latest.number, "My words.</textarea>" in text, "Olga Other" in text) == (2, True, True)
    assert ("<del>" in text and "Their" in text, 'name="opened" value="2"' in text) == (True, True)
    client.post(at("change", page), {**form, "opened": 2})
    assert (page.latest.number, page.latest.body) == (3, "My words.")


def test_a_reason_is_asked_for_beside_its_field(editor, sign_in):
    page = make_page()
    response = sign_in(editor).post(at("change", page), typed(page, body="Other."))
    assert list(response.context["adminform"].form.errors) == ["reason"]
    assert "Other.</textarea>" in response.content.decode()


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"slug": "rounds"}, "slug", "Choose another one"),
        ({"title": ""}, "title", "required"),
        ({"body": "\0"}, "body", "required"),
        ({"slug": "taken"}, "__all__", "This address is taken in this language."),
    ],
)
def test_what_makes_no_sense_is_answered_beside_its_field(editor, sign_in, values, field, words):
    make_page(slug="taken")
    response = sign_in(editor).post(reverse("admin:ogp_network_page_add"), typed(**values))
    errors = response.context["adminform"].form.errors
    assert (list(errors), words in str(errors[field])) == ([field], True)
    assert Page.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"action_label": "Go"}, "action_link"),
        ({"action_link": "https://example.org"}, "action_label"),
        ({"action_label": "Go", "action_link": "https://example.org"}, "closes_at"),
    ],
)
def test_half_a_call_to_action_is_answered_beside_its_field(editor, sign_in, values, field):
    response = sign_in(editor).post(reverse("admin:ogp_network_post_add"), typed(**values))
    assert list(response.context["adminform"].form.errors) == [field]
    assert Post.objects.count() == 0


def test_a_call_to_action_is_written_in_one_go(editor, sign_in, client):
    sent = typed(
        slug="survey",
        closes_at="2031-05-06T12:00",
        action_label="Answer",
        action_link="https://example.org/survey",
        _publish="1",
    )
    sign_in(editor).post(reverse("admin:ogp_network_post_add"), sent)
    assert list(Post.objects.calls_open(NOW)) == [Post.objects.get(slug="survey")]


def test_publication_at_a_time_to_come(editor, sign_in):
    page = make_page(published=False)
    client = sign_in(editor)
    response = client.post(at("publication", page), {"schedule": "1", "publish_at": "2001-01-01T12:00"})
    assert (response.status_code, "This time has passed." in response.content.decode()) == (422, True)
    client.post(at("publication", page), {"schedule": "1", "publish_at": "2031-05-06T12:00"})
    page.refresh_from_db()
    assert (page.is_scheduled, page.scheduled_by) == (True, editor)
    assert "6 May 2031" in client.get(at("publication", page)).content.decode()
    client.post(at("publication", page), {"unschedule": "1"})
    page.refresh_from_db()
    assert page.is_scheduled is False
    client.post(at("publication", page), {"now": "1"})
    page.refresh_from_db()
    assert page.is_published is True


def test_withdrawing_asks_first(editor, sign_in):
    page = make_page()
    client = sign_in(editor)
    client.get(at("withdraw", page))
    page.refresh_from_db()
    assert page.is_published is True
    client.post(at("withdraw", page))
    page.refresh_from_db()
    assert (page.is_withdrawn, page.withdrawn_by) == (True, editor)


def test_versions_show_who_when_and_why_and_are_restored(editor, sign_in):
    page = make_page(body="First words.")
    page.write(
        {**page.latest.content(), "body": "Second words."}, opened=1, by=editor, now=NOW, reason="Better."
    )
    client = sign_in(editor)
    text = client.get(at("versions", page)).content.decode()
    assert ("Edda Editor" in text, "Better." in text, "<ins>" in text) == (True, True, True)
    client.post(at("restore", page), {"number": 1, "opened": 2})
    assert (page.latest.number, page.latest.body) == (3, "First words.")


@pytest.mark.parametrize("sent", [{}, {"number": "x", "opened": "1"}, {"number": "9", "opened": "1"}])
def test_restoring_nonsense_changes_nothing(editor, sign_in, sent):
    page = make_page()
    assert sign_in(editor).post(at("restore", page), sent).status_code in (302, 404)
    assert page.versions.count() == 1


def test_the_preview_shows_what_is_not_public_yet(editor, sign_in):
    page = make_page()
    page.write({**page.latest.content(), "body": "To come."}, opened=1, by=editor, now=NOW, reason="Better.")
    client = sign_in(editor)
    assert "To come." in client.get(at("preview", page)).content.decode()
    assert "To come." not in client.get(at("preview", page), {"version": 1}).content.decode()


def test_only_what_was_never_public_can_be_deleted(administrator, sign_in):
    draft, public = make_page(published=False), make_page()
    client = sign_in(administrator)
    answers = [client.post(at("delete", page), {"post": "yes"}).status_code for page in (draft, public)]
    assert (answers, list(Page.objects.all())) == ([302, 403], [public])


@pytest.mark.parametrize("make", [make_page, make_post])
def test_the_list_costs_the_same_with_1_and_with_30(editor, sign_in, make, django_assert_num_queries):
    client, address = sign_in(editor), None
    for count in (1, 29):
        for number in range(count):
            writing = make(published=number % 2 == 0)
            if number % 4 == 1:
                writing.schedule(NOW + timedelta(days=1), by=editor, now=NOW)
        address = reverse(f"admin:ogp_network_{writing._meta.model_name}_changelist")
        with django_assert_num_queries(7):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("button", [{"now": "1"}, {"schedule": "1", "publish_at": "2031-05-06T12:00"}])
def test_nobody_publishes_what_another_saved_after_they_looked(editor, sign_in, button):
    page = make_page(published=False)
    client = sign_in(editor)
    assert 'name="seen" value="1"' in client.get(at("publication", page)).text
    page.write({**page.latest.content(), "body": "Half a"}, opened=1, by=None, now=NOW)
    refused = client.post(at("publication", page), {"seen": 1, **button})
    page.refresh_from_db()
    assert (page.is_published, page.is_scheduled) == (False, False)
    assert "Somebody saved version 2 after you opened this page." in refused.text
    assert 'name="seen" value="2"' in refused.text
    client.post(at("publication", page), {"seen": 2, **button})
    page.refresh_from_db()
    assert page.is_published or page.is_scheduled


@pytest.mark.parametrize("number", ["9" * 5000, "٣", "-1", "1e29", "x"])
def test_a_version_that_no_number_names(editor, sign_in, number):
    page = make_page()
    client = sign_in(editor)
    assert client.get(at("preview", page), {"version": number}).status_code == 200
    assert client.post(at("restore", page), {"number": number, "opened": "1"}).status_code == 302
    assert client.post(at("restore", page), {"number": "1", "opened": number}).status_code == 302
