"""One mailbox, one member who may vote by it."""

from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.utils import timezone

from manifesto.errors import EmailUnverified, InboxTaken
from profiles.models import Inbox, InboxOf, Member
from tests.factories import make_idea, make_member

FILL = import_module("profiles.migrations.0004_inboxes").FILL


def inbox_of(address):
    return Member.objects.values_list(InboxOf(Value(address)), flat=True).first()


def inboxes():
    return set(Inbox.objects.values_list("name", "member"))


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("Mina@Example.org", "mina@example.org"),
        ("mina+votes@example.org", "mina@example.org"),
        ("mina+a+b@example.org", "mina@example.org"),
        ("mina@example.org.", "mina@example.org"),
        ("m.i.na@example.org", "m.i.na@example.org"),
        ("m.i.na+x@gmail.com", "mina@gmail.com"),
        ("Mi.Na@GoogleMail.com", "mina@gmail.com"),
        ("mina@mail.gmail.com", "mina@mail.gmail.com"),
        ("m.ina@outlook.com", "m.ina@outlook.com"),
        ("mina+1@outlook.com", "mina@outlook.com"),
        ("mina@me.com", "mina@icloud.com"),
        ("mina@pm.me", "mina@proton.me"),
        ('"mina"@example.org', "mina@example.org"),
        (r'"mi\na+x"@example.org', "mina@example.org"),
        ("+mina@example.org", "+mina@example.org"),
        ("mina-x@yahoo.com", "mina-x@yahoo.com"),
    ],
)
def test_addresses_that_lead_to_one_mailbox(member, address, name):
    assert (inbox_of(address), inbox_of(name)) == (name, name)


def test_a_proven_address_gives_a_mailbox_and_an_unproven_one_none(db):
    member, unproven = make_member(email="m.ina+x@gmail.com"), make_member(verified=False)
    assert (inboxes(), member.has_inbox, unproven.has_inbox) == (
        {("mina@gmail.com", member.pk)},
        True,
        False,
    )


def test_the_second_member_of_a_mailbox_cannot_vote_and_is_told_why(db):
    idea, now = make_idea(), timezone.now()
    first, second = make_member(email="mina@gmail.com"), make_member(email="mi.na@googlemail.com")
    idea.support(first, now=now)
    with pytest.raises(InboxTaken, match="a mailbox of its own"):
        idea.support(second, now=now)
    with pytest.raises(EmailUnverified, match="confirm your e-mail"):
        idea.support(make_member(verified=False), now=now)
    assert idea.votes.count() == 1


def test_another_address_gives_the_second_member_a_vote(db):
    make_member(email="mina@gmail.com")
    second = make_member(email="mi.na@gmail.com")
    EmailAddress.objects.create(user=second, email="second@example.org", verified=True)
    make_idea().support(second, now=timezone.now())
    assert second.votes.count() == 1


def test_a_member_may_have_one_mailbox_in_several_spellings(db):
    member = make_member(email="mina@gmail.com")
    other = EmailAddress.objects.create(user=member, email="m.ina@gmail.com", verified=True)
    member.emailaddress_set.exclude(pk=other.pk).delete()
    assert inboxes() == {("mina@gmail.com", member.pk)}
    other.delete()
    assert inboxes() == set()


def test_a_mailbox_goes_with_its_member_and_passes_to_who_proved_it_next(db):
    first = make_member(email="mina@gmail.com")
    EmailAddress.objects.create(user=first, email="mina+x@gmail.com", verified=True)
    second = make_member(email="mi.na@gmail.com")
    first.delete()
    assert inboxes() == {("mina@gmail.com", second.pk)}
    second.delete()
    assert inboxes() == set()


def test_changing_an_address_changes_the_mailbox(db):
    member = make_member(email="old@example.org")
    member.emailaddress_set.update(email="new@example.org")
    assert inboxes() == {("new@example.org", member.pk)}
    member.emailaddress_set.update(verified=False)
    assert inboxes() == set()


def test_a_mailbox_in_another_spelling_is_refused_by_the_database(member):
    with pytest.raises(IntegrityError, match="inbox_in_its_one_spelling"), transaction.atomic():
        Inbox.objects.create(name="a.b@gmail.com", member=member)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_prove_one_mailbox_at_once_one_has_it(at_once):
    members = [make_member(email=f"mina+{number}@example.org", verified=False) for number in range(6)]
    idea = make_idea()

    def prove(member):
        def task():
            EmailAddress.objects.get(user=member).set_verified()
            try:
                idea.support(member, now=timezone.now())
            except InboxTaken:
                return False
            return True

        return task

    answers = at_once(*map(prove, members))
    assert (sorted(answers), idea.votes.count(), Inbox.objects.of("mina@example.org").count()) == (
        [False] * 5 + [True],
        1,
        1,
    )


def test_existing_members_of_one_mailbox_are_taken_over_without_failing(db):
    first, second = make_member(email="mina@gmail.com"), make_member(email="mi.na@gmail.com")
    other = make_member(email="otto@example.org")
    Inbox.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(FILL)
    assert inboxes() == {("mina@gmail.com", first.pk), ("otto@example.org", other.pk)}
    assert second.has_verified_email


def test_domains_in_the_worlds_letters_become_those_mail_is_sent_by(db):
    member = Member.objects.create_user("mina@BÜCHER.example", None)
    found = Member.objects.get_by_natural_key("mina@bücher.example")
    assert (member.email, found) == ("mina@xn--bcher-kva.example", member)
