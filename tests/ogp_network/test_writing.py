"""What pages and posts share: versions, of which at most one is public."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from manifesto.errors import EditedMeanwhile
from ogp_network.models import Page, PageVersion, Post, PostVersion
from profiles.errors import NotReady
from tests.factories import make_page, make_post

NOW = timezone.now()
LATER = NOW + timedelta(days=2)
MAKERS = {"page": make_page, "post": make_post}


@pytest.fixture(params=MAKERS)
def make(request, db):
    """Makes a page, or a post."""
    return MAKERS[request.param]


def change(writing, body="Other words.", *, opened=1, reason="Clearer.", by=None, now=NOW):
    return writing.write(
        {**writing.latest.content(), "body": body}, opened=opened, by=by, now=now, reason=reason
    )


def test_a_change_is_a_version_that_only_editors_see(make, editor):
    writing = make()
    change(writing, by=editor)
    writing.refresh_from_db()
    kept = [
        (version.number, version.body, version.reason, version.saved_by)
        for version in writing.versions.by_latest()
    ]
    assert kept == [(2, "Other words.", "Clearer.", editor), (1, "Words.", "", None)]
    assert (writing.public.number, writing.has_unpublished_changes) == (1, True)


def test_the_same_words_make_no_version(make):
    writing = make()
    change(writing, "Words.", reason="")
    assert writing.versions.count() == 1


def test_a_change_of_what_was_public_needs_a_reason(make):
    with pytest.raises(NotReady, match="Say in a few words"):
        change(make(), reason="")
    draft = make(published=False)
    change(draft, reason="")
    assert draft.latest.number == 2


def test_who_comes_second_overwrites_nothing(make):
    writing = make()
    change(writing)
    with pytest.raises(EditedMeanwhile, match="version 2"):
        change(writing, "Mine.", opened=1)
    assert [version.body for version in writing.versions.by_latest()] == ["Other words.", "Words."]


def test_publishing_shows_the_latest_and_says_who_and_when(make, editor):
    writing = make(published=False, now=NOW)
    writing.publish(by=editor, now=LATER)
    assert (writing.is_published, writing.published_at, writing.public.published_by) == (True, LATER, editor)
    change(writing)
    writing.publish(by=editor, now=LATER + timedelta(days=1))
    assert (writing.public.number, writing.published_at) == (2, LATER)
    assert writing.public.published_at == LATER + timedelta(days=1)


def test_publishing_what_is_public_changes_nothing(make, editor):
    writing = make(now=NOW)
    writing.publish(by=editor, now=LATER)
    assert (writing.public.published_at, writing.public.published_by) == (NOW, None)


def test_a_draft_becomes_public_at_its_time_and_not_before(make, editor):
    writing = make(published=False)
    writing.schedule(LATER, by=editor, now=NOW)
    assert writing.publish_if_due(now=LATER - timedelta(seconds=1)) is False
    assert writing.publish_if_due(now=LATER) is True
    assert (writing.is_published, writing.public.published_by, writing.publish_at) == (True, editor, None)
    assert writing.publish_if_due(now=LATER) is False


def test_a_scheduled_change_shows_the_version_it_was_set_for(make, editor):
    writing = make()
    change(writing)
    writing.schedule(LATER, by=editor, now=NOW)
    change(writing, "Not ready.", opened=2)
    writing.publish_if_due(now=LATER)
    assert (writing.public.number, writing.latest.number) == (2, 3)


def test_publishing_now_drops_what_was_to_come(make, editor):
    writing = make()
    change(writing)
    writing.schedule(LATER, by=editor, now=NOW)
    change(writing, "Newer.", opened=2)
    writing.publish(by=editor, now=NOW)
    assert (writing.public.number, writing.publish_at, writing.publish_if_due(now=LATER)) == (3, None, False)


def test_what_cannot_be_scheduled(make, editor):
    writing = make()
    with pytest.raises(NotReady, match="public already"):
        writing.schedule(LATER, by=editor, now=NOW)
    with pytest.raises(NotReady, match="has passed"):
        writing.schedule(NOW, by=editor, now=NOW)
    writing.withdraw(by=editor, now=NOW)
    with pytest.raises(NotReady, match="withdrawn"):
        writing.schedule(LATER, by=editor, now=NOW)


def test_a_time_can_be_taken_back(make, editor):
    writing = make(published=False)
    writing.schedule(LATER, by=editor, now=NOW)
    writing.unschedule()
    assert (writing.is_scheduled, writing.publish_if_due(now=LATER)) == (False, False)


def test_withdrawing_takes_it_down_and_publishing_brings_it_back(make, editor):
    writing = make()
    change(writing)
    writing.schedule(LATER, by=editor, now=NOW)
    writing.withdraw(by=editor, now=NOW)
    assert (writing.is_published, writing.withdrawn_by, writing.publish_at) == (False, editor, None)
    assert writing.publish_if_due(now=LATER) is False
    writing.publish(by=editor, now=LATER)
    assert (writing.is_published, writing.public.number) == (True, 2)


def test_nothing_can_be_published_before_it_is_written(db, editor):
    with pytest.raises(NotReady, match="Nothing is written"):
        Page.objects.create(slug="empty").publish(by=editor, now=NOW)


def test_restoring_writes_an_earlier_version_anew(make, editor):
    writing = make()
    change(writing)
    writing.publish(by=editor, now=NOW)
    writing.restore(1, opened=2, by=editor, now=NOW)
    latest = writing.latest
    assert (latest.number, latest.body, latest.reason) == (3, "Words.", "Version 1 restored.")
    writing.refresh_from_db()
    assert writing.public.number == 2
    with pytest.raises(EditedMeanwhile):
        writing.restore(1, opened=2, by=editor, now=NOW)


@pytest.mark.parametrize("state", ["published", "draft", "withdrawn", "scheduled", "due"])
def test_querysets_and_predicates_agree(make, editor, state):
    make()
    make(published=False).schedule(NOW + timedelta(days=1), by=editor, now=NOW)
    make(published=False)
    make().withdraw(by=editor, now=NOW)
    model = type(make())
    rows = model.objects.all()
    if state == "due":
        at = NOW + timedelta(days=1)
        assert set(rows.due(at)) == {row for row in rows if row.is_due(at)} != set()
    else:
        assert set(getattr(rows, state)()) == {row for row in rows if getattr(row, f"is_{state}")} != set()


def test_a_former_address_leads_on_once_it_was_public(make):
    writing = make(slug="first")
    writing.slug = "second"
    writing.save()
    model = type(writing)
    assert model.objects.at("first", "en-gb") == model.objects.at("second", "en-gb") == writing
    other = make(slug="first", title="Another")
    assert model.objects.at("first", "en-gb") == other
    draft = make(slug="draft", published=False)
    draft.slug = "draft-2"
    draft.save()
    draft.refresh_from_db()
    assert draft.former_slugs == []


def test_back_to_a_former_address_is_no_circle(make):
    writing = make(slug="first")
    for slug in ("second", "first"):
        writing.slug = slug
        writing.save()
    writing.refresh_from_db()
    assert (writing.slug, writing.former_slugs) == ("first", ["second"])


def test_welsh_where_there_is_welsh_and_else_what_there_is(make):
    english, only_english = make(slug="both"), make(slug="english")
    welsh, only_welsh = make(slug="both", language="cy"), make(slug="welsh", language="cy")
    model = type(english)
    assert set(model.objects.in_language("cy")) == {welsh, only_english, only_welsh}
    assert set(model.objects.in_language("en-gb")) == {english, only_english}
    assert model.objects.at("both", "cy") == welsh
    assert model.objects.at("welsh", "en-gb") == only_welsh


def test_a_welsh_draft_does_not_hide_the_english_text(make):
    english = make(slug="both")
    make(slug="both", language="cy", published=False)
    assert type(english).objects.at("both", "cy") == english


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"slug": "taken"}, "one_per_address_and_language"),
        ({"published_at": NOW}, "published_with_a_version"),
        ({"publish_at": NOW}, "scheduled_with_a_version"),
        ({"withdrawn_at": NOW}, "withdrawn_once_published"),
    ],
)
@pytest.mark.parametrize("model", [Page, Post])
def test_the_database_keeps_the_rules(db, model, fields, name):
    model.objects.create(slug="taken")
    with pytest.raises(IntegrityError, match=f"{model._meta.model_name}_{name}"):
        model.objects.create(**{"slug": "another", **fields})


@pytest.mark.parametrize("field", ["public", "scheduled"])
def test_nothing_shows_a_version_of_another(make, field):
    writing, other = make(), make()
    times = {"published_at": NOW} if field == "public" else {"publish_at": NOW}
    with pytest.raises(IntegrityError, match=f"{field}_is_its_own"), transaction.atomic():
        type(writing).objects.filter(pk=writing.pk).update(**{field: other.public}, **times)
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "fields", [{"title": ""}, {"body": ""}, {"number": 0}], ids=["title", "body", "number"]
)
def test_versions_say_something(make, fields):
    writing = make()
    values = {"number": 2, "title": "T", "body": "B", "saved_at": NOW, **fields}
    with pytest.raises(IntegrityError, match=r"title_and_body|counted_from_one"):
        writing.versions.create(**values)


def test_numbers_are_given_once(make):
    writing = make()
    with pytest.raises(IntegrityError, match="numbered_in"):
        writing.versions.create(number=1, title="T", body="B", saved_at=NOW)


def test_words_of_a_version_are_for_good(make):
    with pytest.raises(DatabaseError, match="Cannot update"):
        make().versions.update(body="Never said.")


def test_a_version_that_was_public_is_kept(make):
    version = make().public
    with pytest.raises(DatabaseError, match="Cannot delete"):
        type(version).objects.filter(pk=version.pk).delete()


def test_drafts_can_be_deleted_whole(make):
    draft = make(published=False)
    draft.delete()
    assert (Page.objects.count(), PageVersion.objects.count()) == (0, 0)
    assert (Post.objects.count(), PostVersion.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told(at_once):
    page = make_page()
    results = at_once(lambda: change(page, "One."), lambda: change(page, "Two."))
    assert sorted(type(result).__name__ for result in results) == ["EditedMeanwhile", "PageVersion"]
    assert page.versions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_jobs_at_once_one_publishes(at_once):
    post = make_post(published=False)
    post.schedule(LATER, by=None, now=NOW)
    jobs = [lambda: Post.objects.get(pk=post.pk).publish_if_due(now=LATER) for _ in range(3)]
    assert sorted(at_once(*jobs)) == [False, False, True]


def test_headings_begin_below_the_title_however_they_were_typed(make):
    writing = make(body="### Deep\n\n#### Deeper\n\n<script>alert(1)</script>")
    assert writing.public.body_html == (
        "<h2>Deep</h2>\n<h3>Deeper</h3>\n<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
    )


def test_a_draft_that_was_deleted_meanwhile_does_not_stop_the_job(make):
    writing = make(published=False)
    writing.schedule(LATER, by=None, now=NOW)
    stale = type(writing).objects.get(pk=writing.pk)
    writing.delete()
    assert stale.publish_if_due(now=LATER) is False
