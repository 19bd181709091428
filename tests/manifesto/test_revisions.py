from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import (
    ConsentNeeded,
    EditedMeanwhile,
    EmailUnverified,
    MergedAway,
    NotAllowedInPhase,
    NotAnAuthor,
    NotASupporter,
    NotPublished,
)
from manifesto.models import Follow, Idea, Phase, Revision, Tally, Vote, WordingTally
from profiles.models import Notification
from tests.factories import make_idea, make_member, make_round, make_votes

CONFIRM = "manifesto:support_confirm"


@pytest.fixture
def author(db):
    return make_member(name="Aud Author")


@pytest.fixture
def idea(author):
    """Published an hour ago by `author`."""
    return make_idea(author=author, title="Open diaries", now=timezone.now() - timedelta(hours=1))


def improve(idea, by, *, opened=None, now=None, note="", is_minor=False, **changes):
    idea = Idea.objects.get(pk=idea.pk)
    return idea.improve(
        by=by,
        wording={**idea.text, **changes},
        opened=opened or idea.revisions.last().number,
        note=note,
        is_minor=is_minor,
        now=now or timezone.now(),
    )


def tallies(idea):
    return dict(WordingTally.objects.filter(idea=idea, supporters__gt=0).values_list("wording", "supporters"))


def told(member):
    return Notification.objects.filter(member=member, subject="An idea has a new wording").count()


def address(name, idea, *more):
    return reverse(f"manifesto:{name}", args=[idea.round.slug, idea.number, *more])


def form(idea, **fields):
    return {**idea.text, "opened": idea.revisions.last().number, "note": "", "action": "publish", **fields}


# The verb


def test_improving_keeps_the_old_wording_and_publishes_the_new(idea, author):
    now = timezone.now()
    revision = improve(idea, author, title="Open all diaries", note="Clearer.", now=now)
    idea.refresh_from_db()
    assert (idea.title, revision.number, revision.wording, revision.note) == (
        "Open all diaries",
        2,
        2,
        "Clearer.",
    )
    assert (revision.edited_by, revision.edited_at, revision.is_by_editor) == (author, now, False)
    assert [r.title for r in idea.revisions.all()] == ["Open diaries", "Open all diaries"]


def test_space_alone_makes_no_revision(idea, author):
    assert improve(idea, author, why=f"  {idea.why.replace(' ', '  ')}\r\n") is None
    assert idea.revisions.count() == 1


def test_an_editors_change_is_on_record_as_such(idea, editor):
    revision = improve(idea, editor, title="Open all diaries")
    assert (revision.is_by_editor, revision.editor_name) == (True, "Edda Editor, as an editor")


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize(
    "who", ["member", "author", "co-author", "invited", "expert", "editor", "administrator"]
)
def test_phase_and_role_matrix(db, request, phase, who):
    """Authors and editors improve ideas while they are collected or improved."""
    author = make_member()
    idea = make_idea(round=make_round(phase=phase), author=author)
    person = author if who == "author" else make_member() if "-" in who or who == "invited" else None
    person = person or request.getfixturevalue(who)
    if who in ("co-author", "invited"):
        accepted = timezone.now() if who == "co-author" else None
        idea.authorships.create(member=person, role="co_author", accepted_at=accepted)
    allowed = who in ("author", "co-author", "editor", "administrator")
    open_now = phase in (Phase.CROWDSOURCING, Phase.REFINEMENT)
    try:
        improve(idea, person, title="Something else")
    except NotAnAuthor:
        assert not allowed
    except NotAllowedInPhase:
        assert allowed and not open_now
    assert (idea.revisions.count() == 2) == (allowed and open_now)


@pytest.mark.parametrize(
    ("error", "make"),
    [
        (NotPublished, lambda author: make_idea(author=author, published=False)),
        (EmailUnverified, lambda _: make_idea(author=make_member(verified=False))),
        (ConsentNeeded, lambda _: make_idea(author=make_member(consents=False))),
    ],
)
def test_refusals(author, error, make):
    idea = make(author)
    with pytest.raises(error):
        improve(idea, idea.authorships.get().member, title="Something else")
    assert idea.revisions.count() == 1


def test_a_merged_idea_stays_as_it_was(idea, author, editor):
    idea.merge_into(make_idea(round=idea.round), by=editor, reason="The same.", now=timezone.now())
    with pytest.raises(MergedAway):
        improve(idea, author, title="Something else")


def test_only_editors_call_a_change_minor(idea, author):
    with pytest.raises(NotAnAuthor):
        improve(idea, author, title="Open diary", is_minor=True)
    assert idea.revisions.count() == 1


def test_the_second_of_two_who_began_with_the_same_revision_is_told(idea, author, editor):
    improve(idea, editor, opened=1, title="The editor’s")
    with pytest.raises(EditedMeanwhile):
        improve(idea, author, opened=1, title="The author’s")
    idea.refresh_from_db()
    assert (idea.title, idea.revisions.count()) == ("The editor’s", 2)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_is_told(at_once):
    author = make_member()
    idea = make_idea(author=author)
    results = at_once(
        *[lambda title=title: improve(idea, author, opened=1, title=title) for title in ("First", "Second")]
    )
    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [EditedMeanwhile]
    assert [revision.number for revision in idea.revisions.all()] == [1, 2]


def test_no_wording_can_be_changed_by_the_database_but_to_minor(idea, author):
    improve(idea, author, title="Second")
    with pytest.raises(ProgrammingError, match="Cannot update rows"), transaction.atomic():
        idea.revisions.update(note="Never said")
    improve(idea, author, title="Third")
    for wrong in ({"number": 2, "to": 1}, {"number": 3, "to": 1}, {"number": 3, "to": 7}):
        with pytest.raises(IntegrityError, match="only the latest"), transaction.atomic():
            idea.revisions.filter(number=wrong["number"]).update(wording=wrong["to"])


# Support for each wording


def test_support_is_counted_for_the_wording_it_was_given_to(idea, author):
    make_votes(idea=idea, number=3)
    improve(idea, author, title="Second")
    votes = make_votes(idea=idea, number=2)
    assert tallies(idea) == {1: 3, 2: 2}
    votes[0].delete()
    assert tallies(idea) == {1: 3, 2: 1}
    assert Tally.objects.get(idea=idea).supporters == 4
    Vote.objects.all().delete()
    assert (tallies(idea), WordingTally.objects.wrong()) == ({}, [])


def test_confirming_moves_support_to_the_new_wording_once(idea, author):
    vote = make_votes(idea=idea)[0]
    revision = improve(idea, author, title="Second")
    now = timezone.now()
    assert idea.earlier_vote_of(vote.member) == vote
    for _ in range(2):
        idea.confirm_support(vote.member, now=now)
    vote.refresh_from_db()
    assert (vote.revision, tallies(idea), idea.earlier_vote_of(vote.member)) == (revision, {2: 1}, None)
    assert WordingTally.objects.wrong() == []


def test_a_minor_change_leaves_support_as_it_is(idea, editor):
    vote = make_votes(idea=idea)[0]
    revision = improve(idea, editor, title="Open diairies", is_minor=True)
    assert (revision.is_minor, revision.wording, idea.earlier_vote_of(vote.member)) == (True, 1, None)
    make_votes(idea=idea)
    assert (tallies(idea), told(vote.member)) == ({1: 2}, 0)


def test_votes_stand_for_the_revision_that_was_on_the_page(idea, author, member):
    improve(idea, author, title="Second")
    idea.support(member, now=timezone.now(), seen=1)
    assert (idea.votes.get().revision.number, tallies(idea)) == (1, {1: 1})
    improve(idea, author, title="Third")
    idea.confirm_support(member, now=timezone.now(), seen=2)
    assert (idea.votes.get().revision.number, tallies(idea)) == (2, {2: 1})
    idea.confirm_support(member, now=timezone.now(), seen=1)
    assert idea.votes.get().revision.number == 2


def test_nothing_is_confirmed_without_support(idea, author, member):
    improve(idea, author, title="Second")
    with pytest.raises(NotASupporter):
        idea.confirm_support(member, now=timezone.now())
    assert (idea.votes.count(), tallies(idea)) == (0, {})


@pytest.mark.parametrize("seen", [None, 99, 1])
def test_words_that_were_never_public_are_no_wording_to_support(author, editor, member, seen):
    idea = make_idea(author=author, published=False, now=timezone.now() - timedelta(hours=2))
    idea.correct(by=editor, now=timezone.now() - timedelta(hours=1), title="Corrected")
    idea.approve(by=editor, now=timezone.now() - timedelta(minutes=1))
    idea.support(member, now=timezone.now(), seen=seen)
    assert idea.votes.get().revision.title == "Corrected"


@pytest.mark.django_db(transaction=True)
def test_counts_stay_right_when_all_happens_at_once(at_once):
    author, editor = make_member(), make_member(groups=["Editors"])
    idea, now = make_idea(author=author), timezone.now()
    supporters = [vote.member for vote in make_votes(idea=idea, number=4)]
    newcomers = [make_member() for _ in range(2)]
    improve(idea, author, title="Second")
    latest = idea.revisions.last()
    results = at_once(
        *[lambda m=m: idea.confirm_support(m, now=now) for m in supporters[:3]],
        lambda: idea.withdraw_support(supporters[3], now=now),
        *[lambda m=m: idea.support(m, now=now) for m in newcomers],
        lambda: latest.make_minor(by=editor, now=now),
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    assert (tallies(idea), WordingTally.objects.wrong(), list(Tally.objects.wrong())) == ({1: 5}, [], [])


def test_a_change_can_be_made_minor_afterwards(idea, author, editor):
    now, vote = timezone.now(), make_votes(idea=idea)[0]
    revision = improve(idea, author, title="Open the diaries")
    make_votes(idea=idea)
    revision.make_minor(by=editor, now=now)
    revision.refresh_from_db()
    assert (revision.wording, revision.made_minor_by, revision.made_minor_at) == (1, editor, now)
    assert (tallies(idea), idea.earlier_vote_of(vote.member), told(vote.member)) == ({1: 2}, None, 0)
    for by, error in ((author, NotAnAuthor), (editor, EditedMeanwhile)):
        with pytest.raises(error):
            revision.make_minor(by=by, now=now)


def test_only_the_latest_change_and_never_the_first_wording_is_made_minor(idea, author, editor):
    first, second = idea.revisions.get(), improve(idea, author, title="Second")
    improve(idea, author, title="Third")
    for revision in (first, second):
        with pytest.raises(EditedMeanwhile):
            revision.make_minor(by=editor, now=timezone.now())


@pytest.mark.parametrize("phase", Phase)
def test_changes_are_made_minor_only_while_ideas_are_improved(db, editor, phase):
    idea = make_idea(round=make_round(phase=phase))
    revision = Revision.objects.create(
        idea=idea, number=2, wording=2, edited_at=timezone.now(), title="Second"
    )
    try:
        revision.make_minor(by=editor, now=timezone.now())
    except NotAllowedInPhase:
        assert phase not in (Phase.CROWDSOURCING, Phase.REFINEMENT)
    else:
        assert phase in (Phase.CROWDSOURCING, Phase.REFINEMENT)


# Who is told


def test_everybody_concerned_is_told_once_of_a_substantive_change_but_who_made_it(
    idea, author, editor, member, other_member
):
    supporter, through_merge = make_votes(idea=idea)[0].member, make_member()
    merged = make_idea(round=idea.round)
    Vote.objects.create(
        member=through_merge, idea=merged, revision=merged.revisions.get(), cast_at=timezone.now()
    )
    merged.merge_into(idea, by=editor, reason="The same.", now=timezone.now())
    Follow.objects.begin(member, idea, now=timezone.now())
    improve(idea, author, title="Second")
    assert [told(who) for who in (supporter, through_merge, member, other_member, author)] == [1, 1, 1, 0, 0]
    improve(idea, editor, title="Third")
    assert [told(who) for who in (supporter, author, editor)] == [2, 1, 0]


def test_what_is_told_does_not_say_who_supports(idea, author, member):
    make_votes(idea=idea)
    Follow.objects.begin(member, idea, now=timezone.now())
    improve(idea, author, title="Second")
    words = Notification.objects.filter(subject="An idea has a new wording").values_list("words", "address")
    assert len(set(words)) == 1


# Pages


def test_page_says_how_many_support_which_wording(client, idea, author, editor):
    make_votes(idea=idea, number=3)
    assert "earlier wording" not in client.get(idea.get_absolute_url()).text
    improve(idea, author, title="Second")
    make_votes(idea=idea, number=2)
    assert "2 for this wording, 3 for an earlier wording." in client.get(idea.get_absolute_url()).text
    merged = make_idea(round=idea.round)
    make_votes(idea=merged)
    merged.merge_into(idea, by=editor, reason="The same.", now=timezone.now())
    page = client.get(idea.get_absolute_url()).text
    assert "2 for this wording, 3 for an earlier wording, 1 through ideas merged into it." in page


def test_a_supporter_of_an_earlier_wording_sees_what_changed_and_confirms(client, idea, author):
    supporter = make_votes(idea=idea)[0].member
    improve(idea, author, title="Second")
    client.force_login(supporter)
    page = client.get(idea.get_absolute_url()).text
    assert "The wording has changed since you supported it." in page
    assert address("revision_comparison", idea, 1, 2) in page
    page = client.post(reverse(CONFIRM), {"idea": idea.pk, "revision": 2}, follow=True).text
    assert ("The wording has changed" in page, tallies(idea)) == (False, {2: 1})


def test_nobody_else_sees_that_somebody_supports_an_earlier_wording(client, idea, author, member, editor):
    make_votes(idea=idea)
    improve(idea, author, title="Second")
    for person in (None, member, author, editor):
        if person:
            client.force_login(person)
        assert "since you supported it" not in client.get(idea.get_absolute_url()).text


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("who", ["visitor", "supporter", "member"])
def test_confirming_by_phase_and_role(client, db, member, phase, who):
    idea = make_idea(round=make_round(phase=phase))
    vote = make_votes(idea=idea)[0]
    Revision.objects.create(idea=idea, number=2, wording=2, edited_at=timezone.now(), title="Second")
    if who != "visitor":
        client.force_login(vote.member if who == "supporter" else member)
    client.post(reverse(CONFIRM), {"idea": idea.pk})
    vote.refresh_from_db()
    allowed = who == "supporter" and phase in (Phase.CROWDSOURCING, Phase.REFINEMENT)
    assert (vote.revision.number == 2, idea.votes.count()) == (allowed, 1)


def test_support_from_the_page_stands_for_the_wording_that_was_on_it(client, idea, author, member):
    client.force_login(member)
    assert 'name="revision" value="1"' in client.get(idea.get_absolute_url()).text
    improve(idea, author, title="Second")
    client.post(reverse("manifesto:support_create"), {"idea": idea.pk, "revision": 1})
    assert idea.votes.get().revision.number == 1


def test_an_author_improves_an_idea_on_the_page(client, idea, author):
    client.force_login(author)
    assert address("revision_create", idea) in client.get(idea.get_absolute_url()).text
    fields = form(idea, why="Nobody knows <b>who</b> asks.", note="Shorter")
    page = client.post(address("revision_create", idea), {**fields, "action": "preview"}).text
    assert ("<ins>" in page, "&lt;b&gt;" in page, "<b>who" in page) == (True, True, False)
    assert idea.revisions.count() == 1
    response = client.post(address("revision_create", idea), fields, follow=True)
    assert "The new wording is published." in response.text
    assert idea.revisions.last().why == "Nobody knows <b>who</b> asks."


def test_nothing_typed_is_lost_when_somebody_else_was_quicker(client, idea, author, editor):
    fields = form(idea, title="The author’s words")
    improve(idea, editor, title="The editor’s words")
    client.force_login(author)
    response = client.post(address("revision_create", idea), fields)
    assert response.status_code == 409
    for shown in ("What Edda Editor, as an editor changed meanwhile", "The author’s words", 'value="2"'):
        assert shown in response.text
    client.post(address("revision_create", idea), {**fields, "opened": 2})
    idea.refresh_from_db()
    assert (idea.title, idea.revisions.count()) == ("The author’s words", 3)


def test_what_was_typed_survives_signing_in_again(client, idea, author):
    page = address("revision_create", idea)
    response = client.post(page, form(idea, title="Typed before the session ended"))
    assert response.url.startswith(reverse("account_login"))
    client.force_login(author)
    assert "Typed before the session ended" in client.get(page).text


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"why": ""}, {"title": "\u200b"}, {"opened": "x"}, {"opened": ""}, {"how": "x" * 5001}],
)
def test_bad_input_is_answered_on_the_page(client, idea, author, wrong):
    client.force_login(author)
    response = client.post(address("revision_create", idea), form(idea, **wrong))
    assert (response.status_code, idea.revisions.count()) == (422, 1)


@pytest.mark.parametrize("who", ["visitor", "member", "expert"])
def test_others_are_not_shown_the_form(client, request, idea, who):
    if who != "visitor":
        client.force_login(request.getfixturevalue(who))
    page = address("revision_create", idea)
    assert page not in client.get(idea.get_absolute_url()).text
    assert client.get(page).status_code == 302
    client.post(page, form(idea, title="Something else"))
    assert idea.revisions.count() == 1


def test_only_editors_are_offered_minor(client, idea, author, editor, sign_in):
    client.force_login(author)
    assert "is_minor" not in client.get(address("revision_create", idea)).text
    client.post(address("revision_create", idea), form(idea, title="Mine", is_minor="on"))
    assert idea.revisions.last().wording == 2
    client = sign_in(editor)
    assert "This was only spelling" in client.get(address("revision_list", idea)).text
    client.post(address("revision_make_minor", idea, 2))
    assert idea.revisions.last().wording == 1
    assert "This was only spelling" not in client.get(address("revision_list", idea)).text


@pytest.mark.parametrize("who", ["visitor", "member", "author", "expert"])
def test_nobody_but_editors_makes_a_change_minor(client, request, idea, author, who):
    improve(idea, author, title="Second")
    if who != "visitor":
        client.force_login(request.getfixturevalue(who))
    client.post(address("revision_make_minor", idea, 2))
    assert idea.revisions.last().wording == 2


def test_any_two_wordings_are_compared(client, idea, author):
    improve(idea, author, title="Open all diaries")
    improve(idea, author, title="Open all diaries of ministers", note="Whose they are")
    assert client.get(address("revision_comparison", idea, 1, 3)).status_code == 200
    page = client.get(address("revision_comparison", idea, 2, 3)).text
    assert "(added: </span> of ministers" in page or "(added: </span>of ministers" in page
    assert "Whose they are" in page
    assert "<del>" in client.get(address("revision_comparison", idea, 3, 1)).text
    assert "Open diaries" in client.get(address("revision_comparison", idea, 1, 1)).text
    response = client.get(address("revision_list", idea), {"before": "1", "after": "3"})
    assert response.url == address("revision_comparison", idea, 1, 3)


@pytest.mark.parametrize(("before", "after"), [(1, 2), (0, 1), (1, 99999999999999999999)])
def test_wordings_that_are_not_there_are_not_found(client, idea, before, after):
    assert client.get(address("revision_comparison", idea, before, after)).status_code == 404


@pytest.mark.parametrize("chosen", ["x", "-1", "", "9" * 30, "²"])
def test_choices_that_are_no_numbers_are_not_found(client, idea, chosen):
    response = client.get(address("revision_list", idea), {"before": chosen, "after": "1"})
    assert response.status_code == 404


def test_words_from_before_publication_are_not_shown(client, author, editor):
    idea = make_idea(author=author, published=False, title="Secret", now=timezone.now() - timedelta(hours=2))
    idea.correct(by=editor, now=timezone.now() - timedelta(hours=1), title="Corrected")
    pages = [address("revision_list", idea), address("revision_comparison", idea, 2, 2)]
    assert [client.get(page).status_code for page in pages] == [404, 404]
    idea.approve(by=editor, now=timezone.now())
    for page in pages:
        assert "Secret" not in client.get(page).text
    assert client.get(address("revision_comparison", idea, 1, 2)).status_code == 404


def test_hidden_rounds_show_no_wordings(client, author):
    idea = make_idea(author=author, round=make_round(announced_at=None))
    assert client.get(address("revision_list", idea)).status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_list_of_wordings_costs_a_fixed_number_of_queries(
    client, idea, author, django_assert_num_queries, number
):
    for count in range(2, number + 1):
        improve(idea, author, title=f"Wording {count}")
    with django_assert_num_queries(6):
        assert client.get(address("revision_list", idea)).status_code == 200


def test_voting_and_improving_take_the_lock_on_the_idea_first(idea, author):
    """What the order of triggers by their names amounts to: the tally of the idea, then those of wordings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'manifesto_vote'::regclass AND tgname LIKE %s ORDER BY 1",
            ["pgtrigger_count_%"],
        )
        names = ["_".join(name.split("_")[2:-1]) for (name,) in cursor.fetchall()]
    assert names == [
        "invalidated",
        "vote",
        "withdrawal",
        "wording",
        "wording_confirmed",
        "wording_withdrawal",
    ]


# The admin


def test_editors_see_what_was_improved_in_the_admin_and_change_nothing_there(idea, author, editor, sign_in):
    improve(idea, author, title="Open all diaries", note="Clearer")
    client = sign_in(editor)
    page = client.get(reverse("admin:manifesto_revision_changelist")).text
    assert [words in page for words in ("Open all diaries (Revision 2)", "Clearer", "Aud Author")] == [
        True
    ] * 3
    assert address("revision_list", idea) in page
    changed = client.post(
        reverse("admin:manifesto_revision_change", args=[idea.revisions.last().pk]), {"note": "x"}
    )
    assert (changed.status_code, idea.revisions.last().note) == (403, "Clearer")


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_in_the_admin_costs_a_fixed_number_of_queries(
    idea, author, administrator, sign_in, django_assert_num_queries, number
):
    for count in range(2, number + 1):
        improve(idea, author, title=f"Wording {count}")
    client = sign_in(administrator)
    with django_assert_num_queries(5):
        assert client.get(reverse("admin:manifesto_revision_changelist")).status_code == 200
