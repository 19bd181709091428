"""From answers in the queue to a story that its organisation has approved, and down again."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from profiles.errors import NotApprovable, NotReady
from profiles.models import Answer, Approval, Membership, Notification, Profile, ProfilePicture, Question
from tests.factories import make_approval, make_member, make_membership, make_organisation, make_profile

from .admin_forms import errors_in, filled_in, messages_in


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def organisation(db):
    return make_organisation(name="River Watch", slug="river-watch")


def belonging(organisation, name, role=""):
    member = make_member(name=name)
    make_membership(member=member, organisation=organisation)
    Membership.objects.filter(member=member).update(role=role)
    return member


@pytest.fixture
def author(organisation):
    return belonging(organisation, "Rhian", role="Convenor")


@pytest.fixture
def colleague(organisation):
    return belonging(organisation, "Ewan")


@pytest.fixture
def profile(organisation, author):
    return make_profile(
        organisation=organisation,
        author=author,
        published=False,
        standfirst="A story of water.",
        pull_quote="nobody asked us",
        answers=["It means water.", "Because nobody asked us.", "One spring.", "Publish the maps."],
    )


@pytest.fixture
def sent(profile, editor, now):
    """The approval that the author has been asked for."""
    return profile.send_for_approval(by=editor, now=now)


def admin_address(profile, name="change"):
    return reverse(f"admin:profiles_profile_{name}", args=[profile.pk])


def approve(approval, member, now):
    approval.approve(by=member, fingerprint=approval.fingerprint, now=now)


# The queue


def test_answers_wait_until_an_editor_begins(sign_in, editor, organisation):
    profile = make_profile(organisation=organisation, published=False, begun=False)
    client = sign_in(editor)
    listed = client.get("/admin/profiles/profile/?status=waiting").context["cl"].result_list
    assert list(listed) == [profile]
    page = client.get(admin_address(profile)).content.decode()
    assert ("Begin to write it up" in page, 'name="standfirst"' in page) == (True, False)
    client.post(admin_address(profile, "begin"))
    profile.refresh_from_db()
    assert (profile.begun_by, profile.is_being_written) == (editor, True)
    assert 'name="standfirst"' in client.get(admin_address(profile)).content.decode()


def test_answers_that_were_taken_back_are_not_begun(sign_in, editor, organisation):
    profile = make_profile(organisation=organisation, published=False, begun=False)
    Profile.objects.filter(pk=profile.pk).update(submitted_at=None)
    with pytest.raises(NotReady, match="taken its answers back"):
        profile.begin(by=editor, now=timezone.now())
    assert sign_in(editor).get(admin_address(profile)).status_code == 302


def test_editors_do_not_see_what_was_not_sent(sign_in, editor, organisation):
    profile = make_profile(organisation=organisation, published=False, begun=False, submitted_at=None)
    client = sign_in(editor)
    pages = ["/admin/profiles/profile/", admin_address(profile), profile.approval_address]
    html = [client.get(page, follow=True).content.decode() for page in pages]
    assert ["River Watch" in page for page in html] == [False, False, False]


def test_tasks_lead_editors_to_what_waits(sign_in, editor, profile, sent, author, now):
    make_profile(published=False, begun=False)
    client = sign_in(editor)

    def tasks():
        return [words for words, _ in client.get("/admin/").context["tasks"]]

    assert tasks() == ["Read new answers and write up 1 story"]
    sent.ask_for_changes(by=author, words="A word.", now=now)
    assert tasks()[1:] == ["See to changes asked for in 1 story"]
    approve(profile.send_for_approval(by=editor, now=now), author, now)
    assert tasks()[1:] == ["Publish 1 story that the author has approved"]


@pytest.mark.parametrize("person, status", [("member", 302), ("expert", 403), ("editor", 302)])
def test_who_begins_and_publishes(db, request, sign_in, person, status):
    waiting = make_profile(published=False, begun=False)
    approved = make_profile(published=False)
    make_approval(profile=approved)
    client = sign_in(request.getfixturevalue(person))
    addresses = [admin_address(waiting, "begin"), admin_address(approved, "publication")]
    assert [client.post(address).status_code for address in addresses] == [status] * 2
    waiting.refresh_from_db()
    approved.refresh_from_db()
    assert (waiting.begun_at is not None, approved.is_published) == (person == "editor",) * 2


# Writing up


def test_originals_stay_and_changes_show_word_by_word(sign_in, editor, profile):
    client = sign_in(editor)
    sent = filled_in(
        client.get(admin_address(profile)),
        **{"answers-0-original": "Forged.", "answers-0-edited": "It means clean water."},
    )
    response = client.post(admin_address(profile), sent)
    assert response.status_code == 302, errors_in(response)
    answer = profile.answers.get(question=1)
    assert (answer.original, answer.edited) == ("It means water.", "It means clean water.")
    assert "</span>clean <span" in client.get(admin_address(profile)).content.decode()


def test_two_editors_do_not_overwrite_each_other_unseen(sign_in, editor, profile):
    client = sign_in(editor)
    page = client.get(admin_address(profile))
    client.post(admin_address(profile), filled_in(page, standfirst="First."))
    response = client.post(admin_address(profile), filled_in(page, standfirst="Second."))
    assert "Somebody else changed this story" in errors_in(response)[0]
    assert 'value="Second."' in response.content.decode() or "Second." in response.content.decode()
    profile.refresh_from_db()
    assert profile.standfirst == "First."
    again = filled_in(page, standfirst="Second.", opened=response.context["adminform"].form["opened"].value())
    client.post(admin_address(profile), again)
    profile.refresh_from_db()
    assert profile.standfirst == "Second."


def test_write_up_costs_a_fixed_number_of_queries(sign_in, editor, profile, django_assert_num_queries):
    client = sign_in(editor)
    client.get(admin_address(profile))
    with django_assert_num_queries(12):
        client.get(admin_address(profile))


# Sending


def test_author_is_told_and_needs_only_their_account(client, sent, author, profile):
    news = Notification.objects.get(member=author)
    assert (news.subject, news.address) == ("Your story is ready for you to read", profile.approval_address)
    response = client.get(news.address)
    assert response.headers["Location"] == f"/account/login/?next={news.address}"
    client.force_login(author)
    html = client.get(news.address).content.decode()
    public = ["A story of water.", "“nobody asked us”", "It means water.", "Publish the maps.", "Ada Quill"]
    assert [text in html for text in public] == [True] * 5
    assert ("Approve this text" in html, "Ask for changes" in html) == (True, True)


def test_sending_the_same_text_again_asks_nobody_twice(profile, sent, editor, now):
    assert profile.send_for_approval(by=editor, now=now) == sent
    assert Notification.objects.count() == 1


@pytest.mark.parametrize("what", ["answer", "quote", "picture", "reader", "begun", "public"])
def test_unfinished_text_is_not_sent(profile, author, editor, now, what):
    match what:
        case "answer":
            profile.answers.filter(question=Question.REFORM).delete()
        case "quote":
            Profile.objects.update(pull_quote="never said")
        case "picture":
            make_picture(profile)
        case "reader":
            author.delete()
        case "begun":
            Profile.objects.update(begun_at=None)
        case "public":
            make_approval(profile=profile)
            profile.publish(by=editor, now=now)
    with pytest.raises(NotReady):
        Profile.objects.get().send_for_approval(by=editor, now=now)
    assert not Approval.objects.unanswered().exists()


def make_picture(profile, digest="a" * 64):
    return ProfilePicture.objects.create(
        profile=profile,
        large=b"large",
        small=b"small",
        media_type="image/jpeg",
        width=4,
        height=3,
        digest=digest,
    )


def test_editor_sends_from_the_page_and_is_told_who_reads(sign_in, editor, profile):
    client = sign_in(editor)
    sent = filled_in(client.get(admin_address(profile)), _send="Save and send for approval")
    response = client.post(admin_address(profile), sent, follow=True)
    assert messages_in(response) == [
        "Rhian will get an e-mail with news, and can read and approve the text at "
        f"http://testserver{profile.approval_address}"
    ]


# Approving


def test_approval_binds_the_text_and_a_snapshot_of_who_gave_it(client, sent, author, profile):
    client.force_login(author)
    fingerprint = client.get(profile.approval_address).context["fingerprint"]
    client.post(f"/my/stories/{profile.pk}/approvals/", {"fingerprint": fingerprint})
    sent.refresh_from_db()
    assert (sent.approver, sent.approver_name, sent.approver_role) == (author, "Rhian", "Convenor")
    assert (sent.fingerprint, len(sent.fingerprint)) == (profile.fingerprint(), 64)
    assert Profile.objects.get().is_approved


def test_approving_twice_is_approving_once(sent, author, now):
    approve(sent, author, now)
    approve(sent, author, now + timedelta(days=1))
    assert sent.approved_at == now


CHANGES = {
    "standfirst": lambda profile: Profile.objects.update(standfirst="Other."),
    "quote": lambda profile: Profile.objects.update(pull_quote="asked us"),
    "speaker": lambda profile: Profile.objects.update(speaker_name="Someone Else"),
    "role": lambda profile: Profile.objects.update(speaker_role="King"),
    "link": lambda profile: Profile.objects.update(evidence_link="https://example.org/"),
    "answer": lambda profile: profile.answers.filter(question=3).update(edited="Two springs."),
    "new picture": lambda profile: make_picture(profile, digest="b" * 64),
    "other picture": lambda profile: ProfilePicture.objects.update(digest="c" * 64),
    "alternative text": lambda profile: Profile.objects.update(picture_alt="Another heron."),
    "credit": lambda profile: Profile.objects.update(picture_credit="Bea"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_voids_the_approval(profile, author, editor, now, change):
    if change in ("other picture", "alternative text", "credit"):
        Profile.objects.update(picture_alt="A heron.", picture_credit="Ada")
        make_picture(profile)
    if change == "new picture":
        Profile.objects.update(picture_alt="A heron.", picture_credit="Ada")
    profile = Profile.objects.get()
    approve(profile.send_for_approval(by=editor, now=now), author, now)
    CHANGES[change](profile)
    with pytest.raises(NotReady, match="changed since"):
        Profile.objects.get().publish(by=editor, now=now)
    Profile.objects.get().void_changed_approvals(now=now)
    with pytest.raises(NotReady, match="hasn’t approved"):
        Profile.objects.get().publish(by=editor, now=now)
    assert not Profile.objects.published().exists()


def test_theme_is_not_part_of_the_text(profile, sent, author, editor, now):
    approve(sent, author, now)
    Profile.objects.update(theme="open-data")
    profile.publish(by=editor, now=now)
    assert profile.is_published


def test_saving_a_change_voids_an_approval_and_the_time_set(sign_in, editor, profile, sent, author, now):
    approve(sent, author, now)
    profile.schedule(now + timedelta(days=1), by=editor, now=now)
    client = sign_in(editor)
    client.post(admin_address(profile), filled_in(client.get(admin_address(profile)), theme="open-data"))
    assert Profile.objects.get().is_approved
    client.post(admin_address(profile), filled_in(client.get(admin_address(profile)), standfirst="Other."))
    profile = Profile.objects.get()
    assert (profile.is_approved, profile.is_being_written, profile.publish_at) == (False, True, None)


def test_approving_a_text_that_changed_meanwhile_is_refused(client, profile, sent, author):
    client.force_login(author)
    Profile.objects.update(standfirst="Other.")
    response = client.post(
        f"/my/stories/{profile.pk}/approvals/", {"fingerprint": sent.fingerprint}, follow=True
    )
    assert messages_in(response) == ["The text has changed since this page was opened. Please read it again."]
    assert not Approval.objects.standing().exists()


@pytest.mark.parametrize("person", ["colleague", "other_member", "editor", "administrator"])
def test_nobody_but_the_author_approves(request, sent, person, now):
    with pytest.raises(NotApprovable):
        approve(sent, request.getfixturevalue(person), now)
    assert not Approval.objects.standing().exists()


@pytest.mark.parametrize("how", ["deleted", "closed", "left"])
def test_somebody_else_approves_once_the_author_is_gone(sent, author, colleague, other_member, now, how):
    match how:
        case "deleted":
            author.delete()
        case "closed":
            type(author).objects.filter(pk=author.pk).update(is_active=False)
        case "left":
            author.memberships.update(ended_at=now)
    approval = Approval.objects.get()
    with pytest.raises(NotApprovable):
        approve(approval, other_member, now)
    approve(approval, colleague, now)
    assert approval.approver_name == "Ewan"


def test_approval_outlives_the_account_of_who_gave_it(profile, sent, author, editor, now):
    approve(sent, author, now)
    author.delete()
    profile = Profile.objects.get()
    profile.publish(by=editor, now=now)
    assert (profile.is_published, profile.author, profile.approval.approver) == (True, None, None)
    assert (profile.approval.approver_name, profile.approval.approver_role) == ("Rhian", "Convenor")


@pytest.mark.django_db(transaction=True)
def test_editing_and_approving_at_once_never_publishes_what_nobody_approved(at_once):
    organisation = make_organisation()
    author = belonging(organisation, "Rhian")
    profile = make_profile(organisation=organisation, author=author, published=False)
    now = timezone.now()
    approve(profile.send_for_approval(by=None, now=now), author, now)

    def edit():
        Answer.objects.filter(profile=profile, question=1).update(edited="Sneaked in")

    at_once(edit, lambda: Profile.objects.get(pk=profile.pk).publish(by=None, now=now))
    after = Profile.objects.get()
    assert not after.is_published or after.fingerprint() == after.approval.fingerprint


# Asking for changes


def test_author_asks_for_changes_and_is_shown_the_text_again(client, profile, sent, author, editor, now):
    client.force_login(author)
    empty = client.post(f"/my/stories/{profile.pk}/returns/", {"words": " "})
    assert (empty.status_code, "Say what should change." in empty.content.decode()) == (422, True)
    client.post(f"/my/stories/{profile.pk}/returns/", {"words": "It was two springs."})
    assert Profile.objects.get().is_returned
    assert "It was two springs." in client.get(profile.approval_address).content.decode()
    profile.answers.filter(question=3).update(edited="Two springs.")
    approval = profile.send_for_approval(by=editor, now=now)
    assert (approval.is_unanswered, Notification.objects.filter(member=author).count()) == (True, 2)


def test_editor_reads_what_should_change(sign_in, editor, profile, sent, author, now):
    sent.ask_for_changes(by=author, words="It was two springs.", now=now)
    assert "It was two springs." in sign_in(editor).get(admin_address(profile)).content.decode()


def test_approval_can_be_taken_back_until_publication(profile, sent, author, editor, now):
    approve(sent, author, now)
    profile.schedule(now + timedelta(hours=1), by=editor, now=now)
    sent.ask_for_changes(by=author, words="Wait.", now=now)
    profile = Profile.objects.get()
    assert (profile.is_approved, profile.publish_at) == (False, None)
    with pytest.raises(NotReady):
        profile.publish(by=editor, now=now)
    approve(profile.send_for_approval(by=editor, now=now), author, now)
    profile.publish(by=editor, now=now)
    with pytest.raises(NotApprovable):
        profile.live_approval.ask_for_changes(by=author, words="Too late.", now=now)


# Publishing, now or later


def test_publishing_without_an_approval_is_refused_by_verb_and_database(profile, editor, now):
    with pytest.raises(NotReady, match="hasn’t approved"):
        profile.publish(by=editor, now=now)
    with pytest.raises(IntegrityError, match="profile_published_with_approval"), transaction.atomic():
        Profile.objects.update(published_at=now)


def test_story_is_published_at_the_time_set(profile, sent, author, editor, now):
    approve(sent, author, now)
    profile.schedule(now + timedelta(hours=1), by=editor, now=now)
    call_command("publish_due_stories", stdout=StringIO())
    assert not Profile.objects.published().exists()
    Profile.objects.update(publish_at=now - timedelta(minutes=1))
    for _ in range(2):
        call_command("publish_due_stories", stdout=StringIO())
    profile.refresh_from_db()
    assert (profile.is_published, profile.published_by, profile.publish_at) == (True, editor, None)
    assert Notification.objects.filter(subject="Your story is published").count() == 1


def test_command_leaves_a_text_that_changed_and_does_the_rest(profile, sent, author, editor, now):
    approve(sent, author, now)
    other = make_profile(published=False, publish_at=now - timedelta(minutes=1))
    make_approval(profile=other)
    Profile.objects.filter(pk=profile.pk).update(publish_at=now - timedelta(minutes=2), standfirst="Other.")
    errors = StringIO()
    call_command("publish_due_stories", stdout=StringIO(), stderr=errors)
    assert list(Profile.objects.published()) == [other]
    assert "The text has changed" in errors.getvalue()


def test_editor_sets_a_time_and_takes_it_back(sign_in, editor, profile, sent, author, now):
    approve(sent, author, now)
    client, address = sign_in(editor), admin_address(profile, "publication")
    for wrong in ("", "yesterday", "2020-01-01T10:00"):
        response = client.post(address, {"schedule": "Set", "publish_at": wrong})
        assert (response.status_code, Profile.objects.get().publish_at) == (422, None)
    client.post(address, {"schedule": "Set", "publish_at": "2040-01-01T10:00"})
    assert Profile.objects.get().publish_at.isoformat() == "2040-01-01T10:00:00+00:00"
    client.post(address, {"unschedule": "Off"})
    assert Profile.objects.get().publish_at is None


def test_publication_page_says_what_is_missing(sign_in, editor, profile):
    html = sign_in(editor).get(admin_address(profile, "publication")).content.decode()
    assert ("hasn’t approved" in html, "Publish it now" in html) == (True, False)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Profile.objects.update(standfirst="Sneaked in"),
        lambda: Profile.objects.update(picture_alt="Sneaked in"),
        lambda: Answer.objects.filter(question=1).update(edited="Sneaked in"),
        lambda: Answer.objects.filter(question=1).delete(),
        lambda: make_picture(Profile.objects.get()),
    ],
)
def test_database_keeps_published_text_as_it_was_approved(db, change):
    make_profile()
    with (
        pytest.raises(ProgrammingError, match=r"published_text_is_locked|Cannot update"),
        transaction.atomic(),
    ):
        change()


def test_published_story_shows_editors_no_fields_to_change(sign_in, editor):
    profile = make_profile()
    html = sign_in(editor).get(admin_address(profile)).content.decode()
    names = ["standfirst", "pull_quote", "speaker_name", "answers-0-edited", "slug"]
    assert [f'name="{name}"' in html for name in names] == [False] * 5
    assert 'name="theme"' in html


def test_theme_of_a_published_story_can_be_set(sign_in, editor):
    profile = make_profile()
    client = sign_in(editor)
    client.post(admin_address(profile), filled_in(client.get(admin_address(profile)), theme="open-data"))
    profile.refresh_from_db()
    assert (profile.theme, profile.is_published) == ("open-data", True)


# Withdrawing


def test_anybody_of_the_organisation_takes_it_down_after_being_asked(client, organisation, colleague):
    profile = make_profile(organisation=organisation)
    client.force_login(colleague)
    address = f"/my/stories/{profile.pk}/withdrawals/"
    assert "Take it down" in client.get(address).content.decode()
    assert Profile.objects.published().exists()
    client.post(address)
    profile.refresh_from_db()
    assert (profile.is_withdrawn, profile.withdrawn_by) == (True, colleague)
    assert client.get(profile.get_absolute_url()).status_code == 410
    assert "nothing to take down" in client.get(address).content.decode()


@pytest.mark.parametrize("person", ["member", "editor", "requested", "ended"])
def test_nobody_else_takes_it_down_there(request, client, organisation, person, now):
    profile = make_profile(organisation=organisation)
    if person in ("requested", "ended"):
        member = make_member()
        make_membership(member=member, organisation=organisation, confirmed=person == "ended")
        member.memberships.update(ended_at=now if person == "ended" else None)
    else:
        member = request.getfixturevalue(person)
    client.force_login(member)
    assert client.post(f"/my/stories/{profile.pk}/withdrawals/").status_code == 404
    assert Profile.objects.published().exists()


# Who reads what


@pytest.mark.parametrize(
    "person, is_sent, status",
    [
        ("author", True, 200),
        ("colleague", True, 200),
        ("editor", True, 200),
        ("editor", False, 200),
        ("other_member", True, 404),
        ("expert", True, 404),
    ],
)
def test_who_reads_the_text_before_it_is_public(
    request, sign_in, profile, editor, now, person, is_sent, status
):
    if is_sent:
        profile.send_for_approval(by=editor, now=now)
    response = sign_in(request.getfixturevalue(person)).get(profile.approval_address)
    assert (response.status_code, "A story of water." in response.content.decode()) == (status, status == 200)


def test_the_organisation_does_not_read_over_the_editors_shoulder(client, profile, author):
    client.force_login(author)
    html = client.get(profile.approval_address).content.decode()
    assert ("An editor is writing" in html, "A story of water." in html) == (True, False)


# Integrity


def test_one_live_approval_for_each_story(profile, sent, now):
    with pytest.raises(IntegrityError, match="approval_one_live_per_profile"), transaction.atomic():
        profile.approvals.create(fingerprint="0" * 64, asked_at=now)


def test_approval_names_who_gave_it(sent, now):
    with pytest.raises(IntegrityError, match="approval_names_who_approved"), transaction.atomic():
        Approval.objects.update(approved_at=now)


def test_text_is_sent_back_with_words(sent, now):
    with pytest.raises(IntegrityError, match="approval_sent_back_with_words"), transaction.atomic():
        Approval.objects.update(changes_asked_at=now)


def test_nothing_is_written_up_before_it_was_sent(profile):
    with pytest.raises(IntegrityError, match="profile_submitted_before_written_up"), transaction.atomic():
        Profile.objects.update(submitted_at=None)


STAGES = ["waiting", "being_written", "with_author", "returned", "approved", "published", "withdrawn"]


@pytest.mark.parametrize("stage", STAGES)
def test_stages_as_querysets_and_predicates_agree(db, now, stage):
    make_profile(published=False, begun=False)
    make_profile(published=False, begun=False, submitted_at=None)
    profiles = [make_profile(published=False) for _ in range(4)]
    make_approval(profile=profiles[1], approved_at=None, approver_name="")
    make_approval(profile=profiles[2], approved_at=None, changes_asked_at=now, words="No.")
    make_approval(profile=profiles[3])
    make_profile()
    make_profile().withdraw(by=None, now=now)
    expected = {profile for profile in Profile.objects.all() if getattr(profile, f"is_{stage}")}
    assert set(getattr(Profile.objects, stage)()) == expected
    assert len(expected) == 1


@pytest.mark.parametrize("state", ["unanswered", "standing", "returned"])
def test_states_of_approvals_agree(db, now, state):
    profiles = [make_profile(published=False) for _ in range(4)]
    make_approval(profile=profiles[0], approved_at=None, approver_name="")
    make_approval(profile=profiles[1], changes_asked_at=now, words="No.")
    make_approval(profile=profiles[2])
    make_approval(profile=profiles[3], voided_at=now)
    expected = {approval for approval in Approval.objects.all() if getattr(approval, f"is_{state}")}
    assert set(getattr(Approval.objects, state)()) == expected
    assert len(expected) == 1
