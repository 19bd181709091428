"""The page of a round's process, its archive, what was kept of it, and who is warned."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Adoption, Comment, Idea, Phase, Round
from meetings.models import Meeting
from ogp_network.fair_process.archive import archive_of
from ogp_network.fair_process.gathering import case_of
from ogp_network.models import FairProcessBundle
from profiles.errors import NotReady
from profiles.models import Notification
from profiles.vocabularies import Frequency
from tests.factories import (
    make_answer,
    make_comment,
    make_commitment,
    make_decision,
    make_expected,
    make_idea,
    make_meeting,
    make_note,
    make_page,
    make_plan,
    make_post,
    make_round,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def page_of(round):
    return reverse("fair_process", args=[round.slug])


def archive_address(round):
    return reverse("fair_process_archive", args=[round.slug])


def make_forum(*, days, **fields):
    held_on = timezone.localdate() + timedelta(days=days)
    told = {"notice_given_on": held_on - timedelta(days=20)}
    return make_meeting(days=days, kind=Meeting.Kind.FORUM, **{**told, **fields})


def unpacked(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def finding_of(round, requirement):
    case = case_of(round, today=timezone.localdate())
    return next(one for one in case.findings if one.requirement == requirement)


def figures_of(round, requirement):
    return dict(finding_of(round, requirement).figures)


@pytest.fixture
def round():
    return make_round(phase=Phase.REFINEMENT, title="Round of evidence")


# What is counted


def test_forums_of_the_place_count_and_cancelled_ones_do_not(editor):
    wales = make_round(area="W92000004")
    make_forum(days=-5, areas=["W92000004"])
    make_forum(days=-3, areas=["S92000003"])
    linked = make_forum(days=-2)
    wales.meetings.add(linked)
    make_forum(days=3, areas=["W92000004"], cancelled_at=timezone.now())
    assert figures_of(wales, "forum")["forums_held"] == 2
    assert figures_of(make_round(), "forum")["forums_held"] == 3


def test_contributions_count_by_source_and_merged_ideas_need_no_answer_of_their_own(round):
    survivor = make_idea(round=round)
    make_idea(round=round, source="workshop")
    Idea.objects.filter(pk=make_idea(round=round).pk).update(survivor=survivor)
    make_comment(idea=survivor)
    inputs = figures_of(round, "inputs")
    assert (inputs["ideas_website"], inputs["ideas_workshop"], inputs["comments"]) == (2, 1, 1)
    assert figures_of(round, "responses")["ideas"] == 2


def test_answers_count_once_the_shortlist_is_out():
    round = make_round(phase=Phase.SHORTLISTED)
    make_decision(idea=make_idea(round=round))
    make_idea(round=round)
    figures = figures_of(round, "responses")
    assert (figures["ideas"], figures["responses"]) == (2, 1)
    Round.objects.filter(pk=round.pk).update(shortlist_published_at=None)
    assert figures_of(Round.objects.get(pk=round.pk), "responses")["responses"] == 0


def adopt(asked, *, published=True):
    """Have a plan adopt it; give it."""
    adopted = make_commitment(plan=make_plan(published=published))
    Adoption.objects.create(asked=asked, adopted=adopted, verdict="kept", recorded_at=timezone.now())
    return asked


def test_commitments_count_with_what_was_adopted_for_them_and_the_ideas_behind_them(round):
    ideas = [make_idea(round=round) for _ in range(3)]
    adopt(make_commitment(ideas=ideas[:2]))
    adopt(make_commitment(ideas=ideas[1:]), published=False)
    make_commitment(round=round, published=False)
    adopt(make_commitment())
    figures = figures_of(round, "answers")
    assert (figures["commitments"], figures["commitments_adopted"], figures["ideas_adopted"]) == (2, 1, 2)


def test_governments_answers_count_from_the_public_shortlist_with_days_late(editor, visitor):
    round = make_round(phase=Phase.SHORTLISTED)
    today = timezone.localdate()
    days = {"asked_on": today - 40 * DAY, "due_on": today - 9 * DAY}
    for place in (1, 2, 3):
        make_decision(idea=make_idea(round=round, title=f"Idea {place}"), position=place)
    given, draft, withdrawn = (make_expected(idea=idea, **days) for idea in round.ideas.by_number())
    make_answer(expected=given, stated_on=today - 4 * DAY)
    make_answer(expected=draft, published=False)
    taken_back = {"on": today, "words": "No.", "by": editor, "now": timezone.now(), "today": today}
    make_answer(expected=withdrawn, stated_on=today - 5 * DAY).withdraw(**taken_back)
    figures = figures_of(round, "answers")
    counted = ("answers_expected", "answers_given", "answers_given_late", "answers_overdue", "longest_delay")
    assert [figures[name] for name in counted] == [3, 1, 1, 2, 9]
    page = visitor.get(page_of(round)).text
    assert "An answer from government is overdue" in page
    assert reverse("manifesto:answer_list", args=[round.slug]) in page
    files = unpacked(visitor.get(archive_address(round)).content)
    assert b"4,answers,not_met" in files["figures.csv"]
    assert "An answer from government is overdue" in files["fair-process.html"].decode()
    call_command("warn_of_shortfalls")
    call_command("warn_of_shortfalls")
    words = "An answer from government is overdue"
    assert Notification.objects.filter(member=editor, words__startswith=words).count() == 1
    Round.objects.filter(pk=round.pk).update(shortlist_published_at=None)
    assert figures_of(Round.objects.get(pk=round.pk), "answers")["answers_expected"] == 0


def test_delivery_is_that_of_public_plans(round):
    today = timezone.localdate()
    make_plan(round=round, starts_on=today - 30 * DAY, ends_on=today + 600 * DAY, published=False)
    assert figures_of(round, "delivery") == {}
    make_plan(round=round, starts_on=today - 20 * DAY, ends_on=today + 500 * DAY)
    make_meeting(days=-3, kind=Meeting.Kind.MINISTERIAL)
    figures = figures_of(round, "delivery")
    assert (figures["delivery_from"], figures["talks_held"]) == (today - 20 * DAY, 1)


def test_days_of_news_notes_and_the_round_itself_count_as_publications(round):
    make_post()
    make_note()
    case = case_of(round, today=timezone.localdate())
    assert [page.kind for page in case.evidence["publication"]] == ["news", "note", "page"]
    assert figures_of(round, "publication")["publications"] == 2


def test_rules_are_a_page_at_their_address(round):
    assert finding_of(round, "rules").verdict == "not_met"
    make_page(slug="forum-rules", title="How the forum works")
    assert finding_of(round, "rules").verdict == "met"


# The page


def test_page_shows_verdicts_with_figures_and_what_shows_them(round, visitor):
    forum = make_forum(days=-5, title="Forum in the town hall")
    text = visitor.get(page_of(round)).text
    assert 'id="forum"' in text
    assert f'<a href="{forum.get_absolute_url()}" lang="en-GB"><bdi>Forum in the town hall</bdi></a>' in text
    assert text.count('class="fair-part"') == 10
    assert "Something has to happen soon" not in text


def test_warnings_stand_first(round, visitor):
    make_forum(days=-170)
    text = visitor.get(page_of(round)).text
    assert text.index("Something has to happen soon") < text.index("At a glance")
    assert "No forum meeting is announced" in text


@pytest.mark.parametrize("page", ["manifesto:round_detail", "manifesto:shortlist"])
def test_round_and_shortlist_lead_to_it(page, visitor):
    round = make_round(phase=Phase.SHORTLISTED)
    assert page_of(round) in visitor.get(reverse(page, args=[round.slug])).text


def test_round_that_nobody_knows_of_has_none(visitor):
    secret = make_round(announced_at=None)
    assert visitor.get(page_of(secret)).status_code == 404
    assert visitor.get(archive_address(secret)).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_page_and_archive_cost_a_fixed_number_of_queries(rows, visitor, django_assert_num_queries):
    round = make_round(phase=Phase.SHORTLISTED)
    for number in range(rows):
        make_decision(idea=(idea := make_idea(round=round)))
        make_comment(idea=idea)
        make_note(meeting=make_forum(days=-number - 1))
        make_post()
        make_answer(expected=make_expected(commitment=adopt(make_commitment(ideas=[idea]))))
    make_page(slug="forum-rules")
    visitor.get(page_of(round))
    with django_assert_num_queries(17):
        assert visitor.get(page_of(round)).status_code == 200
    with django_assert_num_queries(16):
        assert visitor.get(archive_address(round)).status_code == 200


# What must not leak


def test_nothing_that_is_not_public_is_on_the_page_or_in_the_archive(visitor, editor):
    round = make_round(phase=Phase.PRIORITISATION)
    idea = make_idea(round=round, title="Public idea")
    make_idea(round=round, published=False, title="Hidden pending idea")
    make_decision(idea=idea, reasons="Hidden reasons")
    make_forum(days=-4, title="Hidden forum", announced_at=None)
    make_forum(days=4, title="Hidden forum to come", announced_at=None)
    make_note(meeting=make_forum(days=-3, title="Forum with a draft"), published=False)
    unannounced = make_note(meeting=make_meeting(days=-9, title="Hidden meeting of a note")).meeting
    Meeting.objects.filter(pk=unannounced.pk).update(announced_at=None)
    make_post(published=False, title="Hidden news")
    make_page(published=False, slug="forum-rules", title="Hidden rules")
    make_plan(round=round, published=False, title="Hidden plan")
    Comment.objects.filter(pk=make_comment(idea=idea).pk).update(
        hidden_at=timezone.now(), hidden_reason="abusive"
    )
    Round.objects.filter(pk=round.pk).update(shortlist_publish_at=timezone.now() + DAY)
    before = timezone.now() + DAY
    page = visitor.get(page_of(round)).text
    files = unpacked(visitor.get(archive_address(round)).content)
    everything = page + "".join(content.decode() for content in files.values())
    assert "Hidden" not in everything
    assert f"{before:%Y-%m-%d}" not in everything
    facts = json.loads(files["figures.json"])
    found = {one["requirement"]: one["figures"] for one in facts["requirements"]}
    assert (found["responses"]["ideas"], found["responses"]["responses"]) == (1, 0)
    assert (found["forum"]["forums_held"], found["inputs"]["comments"]) == (1, 0)
    assert found["publication"]["notes_published"] == 0
    assert "Forum with a draft" in page
    assert "meeting_with_note" not in files["evidence.csv"].decode()


def test_names_of_people_are_not_in_it(visitor, member):
    round = make_round(phase=Phase.SHORTLISTED)
    member.rename("Zenobia Quill")
    make_decision(idea=(idea := make_idea(round=round, author=member)))
    make_comment(idea=idea, author=member)
    files = unpacked(visitor.get(archive_address(round)).content)
    assert "Zenobia" not in visitor.get(page_of(round)).text + "".join(map(str, files.values()))


# The archive


def test_archive_holds_page_figures_evidence_and_checksums(round, visitor, settings):
    settings.SITE_URL = "https://manifesto.example"
    make_forum(days=-5, title="=HYPERLINK(1)")
    response = visitor.get(archive_address(round))
    assert response["Content-Type"] == "application/zip"
    files = unpacked(response.content)
    assert list(files) == [
        "fair-process.html",
        "figures.json",
        "figures.csv",
        "evidence.csv",
        "SHA256SUMS",
    ]
    sums = dict(reversed(line.split("  ")) for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: sha256(content).hexdigest() for name, content in files.items()}
    page = files["fair-process.html"].decode()
    assert 'href="/' not in page
    assert "src=" not in page
    rows = list(csv.DictReader(io.StringIO(files["evidence.csv"].decode())))
    forum = next(row for row in rows if row["requirement"] == "forum")
    assert forum["title"] == "'=HYPERLINK(1)"
    assert forum["address"].startswith("https://manifesto.example/meetings/")
    assert forum["day"] == f"{timezone.localdate() - 5 * DAY}"
    figures = json.loads(files["figures.json"])
    assert [one["standard"] for one in figures["requirements"]] == [1, 1, 2, 2, 3, 3, 3, 4, 4, 5]
    values = list(csv.DictReader(io.StringIO(files["figures.csv"].decode())))
    assert {row["verdict"] for row in values} <= {"met", "falling_short", "not_met", "not_due"}


def test_archive_is_the_same_for_the_same_facts(round, visitor):
    make_forum(days=-5)
    first = visitor.get(archive_address(round))
    again = visitor.get(archive_address(round))
    assert first.content == again.content
    assert visitor.get(archive_address(round), headers={"if-none-match": first["ETag"]}).status_code == 304
    make_forum(days=-3)
    assert visitor.get(archive_address(round)).content != first.content


# What was kept


def keep(round, by, *, now=None):
    now = now or timezone.now()
    archive = archive_of(case_of(round, today=timezone.localdate(now)))
    return FairProcessBundle.objects.keep(round, archive, by=by, now=now)


def keep_address(round):
    return reverse("admin:ogp_network_fairprocessbundle_keep", args=[round.pk])


def test_editor_is_asked_and_then_keeps_what_everybody_can_download(round, editor, sign_in, visitor):
    visit = sign_in(editor)
    assert "Keep it for good" in visit.get(keep_address(round)).text
    assert not FairProcessBundle.objects.exists()
    archive = visitor.get(archive_address(round)).content
    assert visit.post(keep_address(round)).status_code == 302
    bundle = FairProcessBundle.objects.get()
    assert (bundle.round, bundle.made_by, bundle.made_on) == (round, editor, timezone.localdate())
    assert visitor.get(bundle.get_absolute_url()).content == archive
    assert bundle.get_absolute_url() in visitor.get(page_of(round)).text
    make_forum(days=-2)
    assert visitor.get(bundle.get_absolute_url()).content == archive
    again = visit.post(keep_address(round))
    assert (again.status_code, "There is one of today already" in again.text) == (409, True)


def test_members_and_experts_keep_none(round, member, expert, sign_in):
    for person in (member, expert):
        assert sign_in(person).post(keep_address(round)).status_code in (302, 403)
    assert not FairProcessBundle.objects.exists()


def test_nothing_is_kept_of_a_round_that_nobody_knows_of(editor, sign_in):
    secret = make_round(announced_at=None)
    with pytest.raises(NotReady):
        FairProcessBundle.objects.keep(secret, b"", by=editor, now=timezone.now())
    assert sign_in(editor).post(keep_address(secret)).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(content=b""),
        lambda rows: rows.update(sha256=""),
        lambda rows: rows.update(made_on="2020-01-01"),
        lambda rows: rows.delete(),
    ],
)
def test_database_lets_nobody_change_or_delete_what_was_kept(change, round, editor):
    keep(round, editor)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(FairProcessBundle.objects.all())


def test_it_stays_when_its_editor_leaves(round, editor):
    bundle = keep(round, editor)
    editor.delete()
    bundle.refresh_from_db()
    assert bundle.made_by is None


def test_editors_see_the_warnings_on_the_rounds_page(round, editor, sign_in):
    make_forum(days=-170)
    text = sign_in(editor).get(reverse("admin:manifesto_round_change", args=[round.pk])).text
    assert "No forum meeting is announced" in text
    assert keep_address(round) in text


# Who is warned


def told():
    return list(Notification.objects.order_by("pk").values_list("member__email", "subject", flat=False))


def test_editors_are_told_once_of_each_warning(round, editor, member):
    make_forum(days=-170)
    call_command("warn_of_shortfalls")
    call_command("warn_of_shortfalls")
    assert told() == [(editor.email, "Round of evidence: a forum that meets")]
    make_forum(days=-165)
    call_command("warn_of_shortfalls")
    assert len(told()) == 2


def test_a_warning_that_can_be_lifted_is_lifted(round, editor):
    make_forum(days=-170)
    make_forum(days=5)
    call_command("warn_of_shortfalls")
    assert told() == []


def test_who_wants_no_e_mails_is_not_told(round, editor):
    editor.choose_email_frequency(Frequency.OFF)
    make_forum(days=-170)
    call_command("warn_of_shortfalls")
    assert told() == []


def test_nobody_is_told_of_a_process_that_is_over(editor):
    old = make_round(phase=Phase.SHORTLISTED, now=timezone.now() - 600 * DAY)
    make_idea(round=old)
    call_command("warn_of_shortfalls")
    assert told() == []
