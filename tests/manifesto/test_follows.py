"""Following ideas, themes and rounds, and who is told of what."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Follow, Merge, Phase, PhaseAnnouncement
from profiles.models import Notification
from profiles.vocabularies import Frequency
from tests.factories import (
    make_decision,
    make_idea,
    make_member,
    make_round,
    make_theme,
    make_votes,
)

FOLLOW = "manifesto:follow_create"
END = "manifesto:follow_end"
KINDS = ["idea", "theme", "round"]


def subject_of(kind, idea):
    return {"idea": idea, "theme": idea.theme, "round": idea.round}[kind]


def follow(member, subject):
    Follow.objects.begin(member, subject, now=timezone.now())


def news_of(member):
    return list(member.notifications.order_by("pk").values_list("subject", flat=True))


def publish_shortlist(round, *ideas):
    for position, idea in enumerate(ideas, 1):
        make_decision(idea=idea, position=position)
    round.publish_shortlist(by=None, now=timezone.now())


@pytest.mark.parametrize("kind", KINDS)
def test_following_twice_and_ending_twice_change_nothing(member, kind):
    idea = make_idea()
    for _ in range(2):
        follow(member, subject_of(kind, idea))
    assert [found.subject for found in member.follows.all()] == [subject_of(kind, idea)]
    for _ in range(2):
        Follow.objects.end(member, subject_of(kind, idea))
    assert member.follows.count() == 0


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("name", [FOLLOW, END])
@pytest.mark.parametrize("who", ["visitor", "member", "expert", "editor", "administrator"])
def test_phase_and_role_matrix(client, db, request, phase, name, who):
    """Everybody with an account may follow whatever is public, in any phase; a visitor is asked to sign in."""
    idea = make_idea(round=make_round(phase=phase))
    if who != "visitor":
        client.force_login(request.getfixturevalue(who))
    if who != "visitor" and name == END:
        follow(request.getfixturevalue(who), idea)
    before = Follow.objects.count()
    response = client.post(reverse(name), {"idea": idea.pk})
    assert (Follow.objects.count() != before) == (who != "visitor")
    assert response.url.startswith(reverse("account_login") if who == "visitor" else idea.get_absolute_url())


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_public_looks_unknown(client, member, kind):
    hidden = make_idea(round=make_round(announced_at=None))
    client.force_login(member)
    assert client.post(reverse(FOLLOW), {kind: subject_of(kind, hidden).pk}).status_code == 404


def test_an_idea_that_waits_for_an_editor_looks_unknown(client, member):
    client.force_login(member)
    assert client.post(reverse(FOLLOW), {"idea": make_idea(published=False).pk}).status_code == 404


@pytest.mark.parametrize(
    "data", [{}, {"idea": ""}, {"idea": "-1"}, {"idea": "9" * 40}, {"idea": "\x00"}, {"idea": 1, "round": 1}]
)
def test_forged_posts_are_not_found(client, member, data):
    client.force_login(member)
    assert client.post(reverse(FOLLOW), data).status_code == 404


def test_following_never_leads_to_another_site(client, member):
    idea = make_idea()
    client.force_login(member)
    response = client.post(reverse(FOLLOW), {"idea": idea.pk, "next": "//evil.example/"})
    assert response.url == idea.get_absolute_url()


def test_addresses_do_not_name_what_is_followed():
    assert (reverse(FOLLOW), reverse(END)) == ("/follows/", "/follows/ends/")


@pytest.mark.parametrize("kind", KINDS)
def test_pages_offer_to_follow_and_to_stop(client, member, kind):
    idea = make_idea()
    subject = subject_of(kind, idea)
    page = (idea if kind == "idea" else idea.round).get_absolute_url()
    assert "Stop following" not in client.get(page).content.decode()
    client.force_login(member)
    assert "Stop following" not in client.get(page).content.decode()
    client.post(reverse(FOLLOW), {kind: subject.pk})
    assert client.get(page).content.decode().count("Stop following") == 1


def test_nobody_sees_what_others_follow(client, member, other_member):
    idea = make_idea()
    follow(other_member, idea)
    client.force_login(member)
    for page in (idea.get_absolute_url(), idea.round.get_absolute_url()):
        assert "Stop following" not in client.get(page).content.decode()
    assert idea.title not in client.get(reverse("profiles:notification_settings")).content.decode()


def test_a_member_who_wants_no_mail_is_told_so(client, member):
    member.choose_email_frequency(Frequency.OFF)
    client.force_login(member)
    response = client.post(reverse(FOLLOW), {"idea": make_idea().pk}, follow=True)
    assert "get no e-mails" in response.content.decode()


def test_the_list_of_what_one_follows_costs_the_same_at_3_and_at_30(
    client, member, django_assert_num_queries
):
    page = reverse("profiles:notification_settings")
    client.force_login(member)
    for number in (1, 9):
        for _ in range(number):
            idea = make_idea()
            for kind in KINDS:
                follow(member, subject_of(kind, idea))
        with django_assert_num_queries(4):
            assert idea.title in client.get(page).content.decode()


def test_authors_hear_an_editors_answer(editor):
    author = make_member()
    now = timezone.now()
    make_idea(author=author, published=False, title="Open diaries").approve(
        by=editor, now=now, words="Well put."
    )
    make_idea(author=author, published=False).decline(
        by=editor, now=now, reason="duplicate", words="Somebody was quicker."
    )
    assert news_of(author) == ["Your idea is published", "An answer to your idea"]
    words = " ".join(author.notifications.values_list("words", flat=True))
    assert all(said in words for said in ("Open diaries", "Well put.", "Somebody was quicker."))


def test_followers_hear_of_a_new_idea_once_and_not_of_their_own(member, other_member, editor):
    round = make_round()
    theme = make_theme(round=round)
    idea = make_idea(round=round, theme=theme, author=other_member, published=False)
    for follower in (member, other_member):
        follow(follower, round)
        follow(follower, theme)
    elsewhere = make_member()
    follow(elsewhere, make_theme(round=round))
    idea.approve(by=editor, now=timezone.now())
    assert (news_of(member), news_of(other_member), news_of(elsewhere)) == (
        ["A new idea"],
        ["Your idea is published"],
        [],
    )


def test_followers_of_an_idea_hear_of_a_merge_and_its_undoing_once(member, editor):
    round = make_round()
    source, target = make_idea(round=round), make_idea(round=round)
    follow(member, source)
    follow(member, target)
    merge, *_ = Merge.objects.join([source], target, by=editor, reason="The same.", now=timezone.now())
    merge.undo(by=editor, now=timezone.now())
    assert news_of(member) == ["Ideas have been merged", "A merge of ideas was undone"]


def test_a_declined_idea_is_no_news(member, editor):
    idea = make_idea(published=False)
    follow(member, idea.round)
    idea.decline(by=editor, now=timezone.now(), reason="other", words="No.")
    assert news_of(member) == []


def test_everybody_concerned_hears_of_the_shortlist_once(member):
    author, follower, stranger = (make_member() for _ in range(3))
    round = make_round(phase=Phase.PRIORITISATION)
    first = make_idea(round=round, author=author, title="First idea")
    second = make_idea(round=round, author=author, title="Second idea")
    supporter = make_votes(idea=second)[0].member
    follow(member, round)
    follow(follower, first)
    follow(author, round)
    publish_shortlist(round, first, second)
    assert [news_of(person) for person in (author, supporter, follower, member, stranger)] == [
        *[["The shortlist is published"]] * 4,
        [],
    ]
    words = {person: person.notifications.get().words for person in (author, supporter, follower, member)}
    assert "Your own:\n- “First idea”: accepted, place 1\n- “Second idea”: accepted, place 2" in words[author]
    assert "Ideas you support or follow:\n- “Second idea”: accepted, place 2" in words[supporter]
    assert ("First idea" in words[supporter], "Second idea" in words[follower]) == (False, False)
    assert "idea”" not in words[member]


def test_nobody_hears_of_decisions_before_the_shortlist_is_published(member):
    idea = make_idea(round=make_round(phase=Phase.PRIORITISATION))
    follow(member, idea)
    make_decision(idea=idea, position=1)
    assert Notification.objects.count() == 0


def test_publishing_the_shortlist_costs_the_same_for_many(django_assert_max_num_queries, db):
    costs = []
    for number in (1, 20):
        round = make_round(phase=Phase.PRIORITISATION)
        ideas = [make_idea(round=round) for _ in range(number)]
        for idea in ideas:
            make_votes(idea=idea)
        for position, idea in enumerate(ideas, 1):
            make_decision(idea=idea, position=position)
        with django_assert_max_num_queries(60) as queries:
            round.publish_shortlist(by=None, now=timezone.now())
        costs.append(len(queries))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("phase", Phase)
def test_phases_are_announced_once_to_everybody_concerned(member, phase):
    now = timezone.now()
    day = timedelta(days=1)
    fresh = {
        Phase.CROWDSOURCING: {"ideas_open_at": now - day, "votes_open_at": now - day},
        Phase.REFINEMENT: {"ideas_close_at": now - day},
        Phase.PRIORITISATION: {"votes_close_at": now - day, "scoring_open_at": now - day},
    }
    round = make_round(phase=phase, now=now, **fresh.get(phase, {}))
    idea = make_idea(round=round)
    supporter = make_votes(idea=idea)[0].member
    follow(member, idea.theme)
    for _ in range(3):
        call_command("announce_phases")
    told = phase not in (Phase.UPCOMING, Phase.SHORTLISTED)
    author = idea.authorships.get().member
    assert [len(news_of(person)) for person in (member, supporter, author)] == [int(told)] * 3
    assert PhaseAnnouncement.objects.count() == int(told)


def test_who_follows_later_hears_no_old_news(member):
    round = make_round(phase=Phase.PRESENTED)
    call_command("announce_phases")
    follow(member, round)
    call_command("announce_phases")
    assert news_of(member) == []


def test_a_phase_that_began_long_ago_is_no_news(member):
    round = make_round(phase=Phase.CROWDSOURCING)
    follow(member, round)
    call_command("announce_phases")
    assert (news_of(member), PhaseAnnouncement.objects.get().round) == ([], round)


def test_a_hidden_round_is_no_news(member):
    opened = timezone.now()
    round = make_round(announced_at=None, ideas_open_at=opened, votes_open_at=opened)
    follow(member, round)
    call_command("announce_phases")
    assert news_of(member) == []


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_announce_once(at_once):
    member = make_member()
    now = timezone.now()
    round = make_round(phase=Phase.PRESENTED, now=now)
    follow(member, round)
    announced = at_once(*[lambda: PhaseAnnouncement.objects.announce_current(timezone.now())] * 4)
    assert (sum(announced), len(news_of(member))) == (1, 1)


def test_subjects_never_name_an_idea(member, editor):
    idea = make_idea(title="Open diaries", published=False, author=make_member())
    follow(member, idea.round)
    idea.approve(by=editor, now=timezone.now())
    subjects = set(Notification.objects.values_list("subject", flat=True))
    assert [subject for subject in subjects if "diaries" in subject] == []


@pytest.mark.parametrize("kinds", [[], ["idea", "theme"], ["theme", "round"], KINDS])
def test_a_follow_is_of_one_thing(member, kinds):
    idea = make_idea()
    with pytest.raises(IntegrityError, match="follow_of_one_thing"), transaction.atomic():
        Follow.objects.create(
            member=member, began_at=timezone.now(), **{kind: subject_of(kind, idea) for kind in kinds}
        )


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_follow_is_refused_by_the_database(member, kind):
    subject = subject_of(kind, make_idea())
    follow(member, subject)
    with pytest.raises(IntegrityError, match=f"follow_once_per_{kind}"), transaction.atomic():
        Follow.objects.create(member=member, began_at=timezone.now(), **{kind: subject})


def test_a_phase_is_announced_once_by_the_database(db):
    round = make_round()
    values = {"round": round, "phase": Phase.PRESENTED, "announced_at": timezone.now()}
    PhaseAnnouncement.objects.create(**values)
    with pytest.raises(IntegrityError, match="phase_announcement_once_per_round"), transaction.atomic():
        PhaseAnnouncement.objects.create(**values)


def test_no_screen_shows_who_follows_or_is_told_what(db):
    private = {"follow", "notification", "mailing", "closedaddress"}
    shown = {model._meta.model_name for model in admin.site._registry}
    granted = {
        codename.split("_")[-1]
        for codename in Permission.objects.filter(group__isnull=False).values_list("codename", flat=True)
    }
    assert (private & shown, private & granted) == (set(), set())
