"""Statements: written in versions, published for good, compared, and shown without what only editors see."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from manifesto.errors import EditedMeanwhile, NotReady
from manifesto.models import Ask, AskWording, Statement, StatementVersion
from tests.factories import make_signature, make_spokesperson, make_statement, publish_version

pytestmark = pytest.mark.django_db


def asks(*rows):
    """The form's fields for asks: pairs of a number, or none, and a title."""
    data = {"asks-TOTAL_FORMS": len(rows), "asks-INITIAL_FORMS": 0}
    for index, (number, title) in enumerate(rows):
        data |= {f"asks-{index}-number": number or "", f"asks-{index}-title": title, f"asks-{index}-text": ""}
    return data


def test_a_statement_is_public_once_its_first_version_is(editor):
    statement = make_statement(published=False)
    assert (list(Statement.objects.public()), statement.is_public) == ([], False)
    statement.publish(by=editor, now=timezone.now(), seen=statement.draft_mark())
    assert (list(Statement.objects.public()), statement.is_public) == ([statement], True)


def test_open_for_signing_matches_its_queryset():
    today = timezone.localdate()
    open_, last_day = make_statement(), make_statement(signing_closes_on=today)
    closed = make_statement(signing_closes_on=today.replace(year=2000))
    draft = make_statement(published=False)
    found = set(Statement.objects.open_for_signing(today))
    assert found == {open_, last_day}
    for statement in (open_, last_day, closed, draft):
        assert statement.is_open_for_signing(today) == (statement in found)


def test_asks_keep_their_numbers_and_dropped_ones_stay_on_record(editor):
    statement = make_statement(asks=3)
    _first, second, _third = statement.asks.all()
    publish_version(statement, asks=[(3, "Third", ""), (1, "First", ""), (None, "Fourth", "")])
    assert [ask.number for ask in Ask.objects.current().by_number()] == [1, 3, 4]
    assert [ask.number for ask in Ask.objects.public().by_number()] == [1, 2, 3, 4]
    assert statement.asks.get(number=2) == second
    assert [wording.ask for wording in AskWording.objects.dropped_from(statement)] == [second]


def test_an_ask_that_no_version_published_goes_with_its_draft(editor):
    statement = make_statement(asks=1)
    statement.write_draft(
        text="New", note="", asks=[(None, "Secret ask", "")], opened="", by=editor, now=timezone.now()
    )
    assert statement.asks.count() == 2
    assert Ask.objects.public().count() == 1
    statement.give_up_draft()
    assert statement.asks.count() == 1


def test_later_versions_begin_from_the_last(editor):
    statement = make_statement(asks=2, text="Once.")
    draft = statement.begin_version(by=editor, now=timezone.now())
    assert (draft.number, draft.text, draft.note) == (2, "Once.", "")
    assert [wording.title for wording in draft.ask_wordings.all()] == ["Publish list 1", "Publish list 2"]
    assert statement.begin_version(by=editor, now=timezone.now()) == draft


@pytest.mark.parametrize(
    "change, words",
    [
        ({"note": ""}, "what changed"),
        ({"asks": []}, "at least one ask"),
        ({"text": ""}, "nothing yet"),
        ({"text": "Once."}, "the same"),
    ],
)
def test_what_a_later_version_needs(editor, change, words):
    statement = make_statement(asks=1, text="Once.")
    wording = statement.current_version.ask_wordings.get()
    values = {"text": "Twice.", "note": "More.", "asks": [(1, wording.title, wording.text)]} | change
    statement.write_draft(**values, opened="", by=editor, now=timezone.now())
    with pytest.raises(NotReady, match=words):
        statement.publish(by=editor, now=timezone.now(), seen=statement.draft_mark())


def test_a_draft_that_changed_meanwhile_is_neither_published_nor_overwritten(editor):
    statement = make_statement(published=False)
    mark = statement.draft_mark()
    values = {"note": "", "asks": [(1, "Else", "")], "by": editor, "now": timezone.now()}
    statement.write_draft(text="Else", opened=mark, **values)
    with pytest.raises(EditedMeanwhile):
        statement.publish(by=editor, now=timezone.now(), seen=mark)
    with pytest.raises(EditedMeanwhile):
        statement.write_draft(text="Third", opened=mark, **values)
    assert statement.draft.text == "Else"


def test_published_versions_are_for_good():
    statement = make_statement()
    version = statement.current_version
    changes = [
        lambda: StatementVersion.objects.filter(pk=version.pk).update(text="Else"),
        lambda: version.ask_wordings.update(title="Else"),
        lambda: version.ask_wordings.all().delete(),
        lambda: version.ask_wordings.create(ask=statement.asks.first(), title="Else"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_there_is_one_draft_at_most():
    statement = make_statement(published=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        statement.versions.create(number=2, text="x", made_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_publishing_twice_at_once_publishes_once(at_once, editor):
    statement = make_statement(published=False)
    mark = statement.draft_mark()
    results = at_once(
        *[lambda: statement.publish(by=editor, now=timezone.now(), seen=mark) for _ in range(2)]
    )
    assert sorted(type(result).__name__ for result in results) == ["NotReady", "StatementVersion"]
    assert statement.versions.published().count() == 1


# Pages


PAGES = ["", "signatories/", "versions/", "versions/1/", "versions/1/2/", "signatures.atom"]


@pytest.mark.parametrize("page", PAGES)
def test_nobody_sees_what_only_editors_write(visitor, editor, page):
    statement = make_statement(text="Once.")
    publish_version(statement, text="Twice.")
    statement.write_draft(
        text="Thrice secret.",
        note="Secret note",
        asks=[(1, "Secret wording", ""), (None, "Secret ask", "")],
        opened="",
        by=editor,
        now=timezone.now(),
    )
    response = visitor.get(f"/statements/{statement.slug}/{page}")
    assert (response.status_code, "ecret" in response.text) == (200, False)


@pytest.mark.parametrize("page", [*PAGES, "signing/"])
def test_a_draft_statement_has_no_page(sign_in, editor, page):
    statement = make_statement(published=False)
    assert sign_in(editor).get(f"/statements/{statement.slug}/{page}").status_code == 404


@pytest.mark.parametrize(
    "page", ["versions/3/", "versions/1/3/", "versions/9999999999/", "versions/?before=x&after=1"]
)
def test_versions_that_are_not_there(visitor, editor, page):
    statement = make_statement()
    statement.begin_version(by=editor, now=timezone.now())
    assert visitor.get(f"/statements/{statement.slug}/{page}").status_code == 404


def test_the_comparison_shows_word_by_word_what_changed(visitor):
    statement = make_statement(asks=1, text="We ask once.")
    publish_version(statement, text="We ask twice.", asks=[(1, "Publish all", ""), (None, "More", "")])
    page = visitor.get(f"/statements/{statement.slug}/versions/1/2/")
    assert [
        (kind, words)
        for _heading, _is_changed, parts in page.context["sections"][:1]
        for kind, words in parts
    ] == [
        ("same", "We ask "),
        ("removed", "once"),
        ("added", "twice"),
        ("same", "."),
    ]
    assert "One ask is new." in page.text
    page = visitor.get(f"/statements/{statement.slug}/versions/?before=1&after=2")
    assert page.headers["Location"] == f"/statements/{statement.slug}/versions/1/2/"


@pytest.mark.parametrize("many", [1, 200])
def test_pages_cost_the_same_however_many_there_are(visitor, many):
    statement = make_statement(asks=min(many, 40))
    for number in range(many):
        make_signature(statement=statement)
        if number < 20:
            make_statement(asks=1)
    pages = [
        f"/statements/{statement.slug}/{page}" for page in ("", "signatories/", "versions/", "versions/1/")
    ]
    counts = []
    for page in [*pages, "/statements/"]:
        with CaptureQueriesContext(connection) as queries:
            visitor.get(page)
        counts.append(len(queries))
    assert counts == [9, 8, 2, 4, 2]


# In the admin


def test_an_editor_writes_a_statement_and_publishes_it_after_a_question(sign_in, editor):
    client = sign_in(editor)
    response = client.post(
        "/admin/manifesto/statement/add/",
        {"title": "Five asks", "slug": "five", "summary": "Five.", "language": "en-gb"},
    )
    statement = Statement.objects.get()
    page = f"/admin/manifesto/statement/{statement.pk}/"
    assert response.headers["Location"] == f"{page}draft/"
    client.post(f"{page}draft/", {"text": "We ask.", "note": "", **asks((None, "Publish"), (None, "Ask"))})
    assert [wording.title for wording in statement.draft.ask_wordings.all()] == ["Publish", "Ask"]
    assert "We ask." in client.get(f"{page}draft/preview/").text
    question = client.get(f"{page}draft/publication/")
    assert not Statement.objects.public().exists()
    client.post(f"{page}draft/publication/", {"seen": question.context["mark"]})
    statement.refresh_from_db()
    assert (statement.published_by, statement.current_version.number) == (editor, 1)
    assert client.get(f"{page}change/").status_code == 200


def test_what_was_typed_stays_when_somebody_else_saved(sign_in, editor):
    statement = make_statement(published=False)
    client, page = sign_in(editor), f"/admin/manifesto/statement/{statement.pk}/draft/"
    opened = statement.draft_mark()
    statement.write_draft(
        text="Theirs", note="", asks=[(1, "Theirs too", "")], opened="", by=editor, now=timezone.now()
    )
    data = {"text": "Mine", "note": "", "opened": opened, **asks((1, "Mine too"))}
    response = client.post(page, data)
    assert (response.status_code, "Theirs" in response.text, "Mine" in response.text) == (409, True, True)
    assert statement.draft.text == "Theirs"
    client.post(page, {**data, "opened": statement.draft_mark()})
    assert statement.draft.text == "Mine"


@pytest.mark.parametrize(
    "data",
    [
        {"text": "x" * 20_001, "note": "", **asks((None, "Ask"))},
        {"text": "x", "note": "y" * 301, **asks((None, "Ask"))},
        {"text": "x", "note": "", **asks((None, "z" * 151))},
        {"text": "x", "note": "", **asks((1, "One"), (1, "One again"))},
        {"text": "x", "note": "", **asks(("abc", "One"))},
        {"text": "x", "note": ""},
    ],
)
def test_bad_drafts_come_back_with_what_was_typed(sign_in, editor, data):
    statement = make_statement(published=False)
    response = sign_in(editor).post(f"/admin/manifesto/statement/{statement.pk}/draft/", data)
    assert response.status_code == 422
    assert statement.draft.text == "What we ask for."


@pytest.mark.parametrize("part, status", [("member", 302), ("expert", 403), ("editor", 200)])
@pytest.mark.parametrize("page", ["draft/", "draft/preview/", "draft/publication/", "change/"])
def test_who_writes(request, sign_in, part, status, page):
    statement = make_statement(published=False)
    person = request.getfixturevalue(part)
    assert sign_in(person).get(f"/admin/manifesto/statement/{statement.pk}/{page}").status_code == status


def test_signatories_of_the_version_before_are_asked_once(editor):
    statement = make_statement()
    organisation_member = make_spokesperson()
    make_signature(statement=statement, organisation=organisation_member.memberships.get().organisation)
    publish_version(statement)
    told = organisation_member.notifications.get()
    assert ("new version" in told.subject, f"/{statement.slug}/signing/" in told.address) == (True, True)
