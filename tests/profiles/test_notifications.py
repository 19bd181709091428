"""News for members: queued with what they are about, carried by e-mail once."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profiles.mail import send_next, signer
from profiles.models import ClosedAddress, Mailing, Member, Notification
from profiles.vocabularies import Frequency
from tests.factories import make_member
from tests.mail_server import MailServer

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 6, 10, 12, 0, tzinfo=LONDON)
DAY = timedelta(days=1)


def tell(*members, key="round-1-opens", now=NOON, **words):
    values = {"subject": "The round is open", "words": "Come and read.", "address": "/rounds/uk/", **words}
    Notification.objects.tell(members, key=key, now=now, **values)


def invite(email="guest@example.org", *, key="invitation-1", now=NOON):
    Notification.objects.tell_address(
        email, key=key, subject="You are invited", words="Write with us.", address="/my/ideas/", now=now
    )


def frequency(member, frequency):
    Member.objects.filter(pk=member.pk).update(email_frequency=frequency)


def test_each_member_is_told_once_per_key(member, other_member):
    tell(member, other_member, None, member)
    tell(other_member)
    tell(other_member, key="round-1-closes")
    assert (member.notifications.count(), other_member.notifications.count()) == (1, 2)


def test_a_queryset_of_members_will_do(member, other_member):
    Notification.objects.tell(
        Member.objects.all(), key="k", subject="News", words="New.", address="/", now=NOON
    )
    assert Notification.objects.count() == 2


def test_nothing_is_queued_for_those_who_want_nothing(member, other_member):
    frequency(member, Frequency.OFF)
    other_member.is_active = False
    other_member.save()
    tell(member, other_member)
    assert Notification.objects.count() == 0


def test_news_is_lost_with_the_work_that_made_it(member):
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        tell(member)
        raise Undone
    assert Notification.objects.count() == 0


def test_who_was_told_is_known_after_the_secret_changes(member, other_member, settings):
    tell(member)
    invite()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret"
    tell(member, other_member)
    invite()
    assert (member.notifications.count(), other_member.notifications.count()) == (1, 1)
    assert Notification.objects.filter(member=None).count() == 1


def test_an_address_is_told_once_however_it_is_written(db):
    invite("Guest@Example.org")
    invite("guest@example.org ")
    assert list(Notification.objects.values_list("email", "member")) == [("guest@example.org", None)]


def test_a_closed_address_is_left_in_peace(db):
    ClosedAddress.objects.create(email="guest@example.org", closed_at=NOON)
    invite()
    assert Notification.objects.count() == 0


@pytest.fixture
def mail_server(settings):
    server = MailServer().start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield server
    server.stop()


class Job:
    """`send_notifications` in a process of its own, to be killed at a step."""

    def __init__(self, server):
        environment = {**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{server.port}"}
        connection.ensure_connection()
        database = connection.connection.info
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.profiles.kill_sending"),
                *(database.host, str(database.port), database.user, database.dbname),
            ],
            cwd=settings.BASE_DIR,
            env={**environment, "DJANGO_SETTINGS_MODULE": "tests.settings", "PGPASSWORD": database.password},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "ready\n"

    def run(self, killed_before_step=0):
        self.process.stdin.write(f"{killed_before_step}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def end(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def job(mail_server):
    job = Job(mail_server)
    yield job
    job.end()


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_step_it_loses_nothing_and_repeats_only_the_one_in_flight(mail_server, job):
    """Killed with -9 and run again, against a real mail server: at every step with KILL_STRIDE=1."""
    people = [make_member(name="First"), make_member(name="Second")]
    guest = "guest@example.org"
    everybody = {guest, *(member.email for member in people)}

    def run_killed_at(step):
        """Give how often a message came a second time."""
        Notification.objects.all().delete()
        Mailing.objects.all().delete()
        mail_server.taken.clear()
        tell(*people, key="a", words=f"Words of run {step}.")
        tell(*people, key="b", words="More words.")
        invite(guest)
        assert job.run(killed_before_step=step) == "killed"
        # The database may need a moment to see that the killed one has gone.
        while Notification.objects.unsent().exists():
            assert job.run().startswith("done")
        taken = [(message["To"], message["Message-ID"]) for message in mail_server.taken]
        assert {to for to, _ in taken} == everybody
        assert len(set(taken)) == len(everybody)
        assert len(taken) <= len(everybody) + 1
        for message in mail_server.taken:
            if message["To"] != guest:
                text = message.get_body(("plain",)).get_content()
                assert (f"run {step}." in text, "More words." in text) == (True, True)
        return len(taken) - len(everybody)

    tell(*people)
    invite(guest)
    steps, in_flight = map(int, job.run().removeprefix("done ").split())
    assert len(mail_server.taken) == len(everybody)
    stride = int(os.environ.get("KILL_STRIDE", "10"))
    for step in range(1, steps + 1, stride):
        run_killed_at(step)
    assert run_killed_at(in_flight) == 1


def send(now=NOON + DAY):
    """What the job does, at a time of our choice; give how many mailings it dealt with."""
    Mailing.objects.prepare(now)
    with mail.get_connection() as open_connection:
        return sum(1 for _ in iter(lambda: send_next(open_connection, now=now), False))


def at(hour, minute=0, *, days=0):
    return NOON.replace(hour=hour, minute=minute) + days * DAY


def test_a_digest_has_everything_told_before_the_morning(member, mailoutbox):
    tell(member, key="a", subject="First thing", now=at(9))
    tell(member, key="b", subject="Second thing", now=at(6, 59, days=1))
    tell(member, key="c", subject="Third thing", now=at(7, days=1))
    assert [send(at(hour, minute, days=1)) for hour, minute in [(6, 59), (7, 0), (9, 0)]] == [0, 1, 0]
    assert [("Second thing" in mail.body, "Third thing" in mail.body) for mail in mailoutbox] == [
        (True, False)
    ]


@pytest.mark.parametrize("hours", [(7, 8, 12, 23), (0, 6, 7, 23)])
def test_at_most_one_digest_a_day(member, mailoutbox, hours):
    for day in range(5):
        for hour in hours:
            tell(member, key=f"{day}-{hour}", now=at(hour, days=day))
            send(at(hour, 5, days=day))
    days = [timezone.localdate(sent_at) for sent_at in Mailing.objects.values_list("sent_at", flat=True)]
    assert len(days) == len(set(days)) >= 4


def test_a_digest_that_was_late_is_the_only_one_of_its_day(member, mailoutbox):
    """The mail server was away since yesterday: what it missed goes out today, today's own waits for tomorrow."""
    tell(member, key="a", now=at(6))
    Mailing.objects.prepare(at(7))
    tell(member, key="b", now=at(6, days=1))
    assert [send(at(hour, days=1)) for hour in (7, 8)] == [1, 0]
    assert send(at(7, days=2)) == 1


def test_a_second_digest_of_a_day_waits_even_if_it_is_prepared(member):
    tell(member, key="a", now=at(6))
    assert send(at(7)) == 1
    tell(member, key="b", now=at(6))
    digest = Mailing.objects.create(member=member, is_digest=True, prepared_at=at(7), next_attempt_at=at(7))
    Notification.objects.waiting().update(mailing=digest)
    assert [send(at(8)), send(at(0, days=1))] == [0, 1]


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, 12), datetime(2026, 10, 25, 12)])
def test_the_morning_is_local_when_the_clocks_change(member, day):
    now = day.replace(tzinfo=LONDON)
    tell(member, now=now - DAY)
    assert [send(now.replace(hour=hour, minute=minute)) for hour, minute in [(6, 59), (7, 0)]] == [0, 1]


def subjects(mailoutbox):
    """What each mail told, in the order in which they went out."""
    return [[line for line in message.body.split("\n") if line.startswith("News ")] for message in mailoutbox]


def test_what_is_urgent_does_not_wait_for_the_digest(member, mailoutbox):
    tell(member, key="a", subject="News a")
    tell(member, key="b", subject="News b", is_urgent=True)
    send(NOON)
    assert subjects(mailoutbox) == [["News b"]]
    # Nor does it take the place of a day's digest, or wait because there was one.
    send(NOON + DAY)
    tell(member, key="c", subject="News c", is_urgent=True, now=NOON + DAY)
    send(NOON + DAY)
    assert subjects(mailoutbox) == [["News b"], ["News a"], ["News c"]]


def test_a_digest_that_is_due_holds_what_is_urgent_too(member, mailoutbox):
    tell(member, key="a", subject="News a", now=NOON - DAY)
    tell(member, key="b", subject="News b", is_urgent=True)
    send(NOON)
    assert subjects(mailoutbox) == [["News a", "News b"]]


def test_who_wants_nothing_is_not_told_what_is_urgent(member, mailoutbox):
    tell(member, is_urgent=True)
    member.choose_email_frequency(Frequency.OFF)
    send(NOON)
    assert (mailoutbox, Notification.objects.count()) == ([], 0)


def test_who_wants_news_at_once_gets_it_at_the_next_run(member, mailoutbox):
    frequency(member, Frequency.IMMEDIATELY)
    tell(member, key="a")
    tell(member, key="b")
    assert send(NOON) == 1
    tell(member, key="c")
    assert send(NOON) == 1


@pytest.mark.parametrize("change", ["inactive", "unverified", "off"])
def test_nothing_goes_to_those_who_may_not_or_want_not_be_written_to(member, mailoutbox, change):
    tell(member)
    Mailing.objects.prepare(NOON + DAY)
    tell(member, key="later")
    if change == "inactive":
        Member.objects.update(is_active=False)
    elif change == "unverified":
        Mailing.objects.all().update(next_attempt_at=NOON + 9 * DAY)
        member.emailaddress_set.update(verified=False)
    else:
        member.choose_email_frequency(Frequency.OFF)
    send()
    send(NOON + 2 * DAY)
    assert mailoutbox == []


def test_what_was_said_is_forgotten_and_that_it_was_said_is_kept(member, mailoutbox):
    tell(member, words="You support “Open diaries”.")
    invite()
    send()
    assert set(Notification.objects.values_list("key", "subject", "words", "address")) == {("", "", "", "")}
    tell(member)
    invite()
    assert Notification.objects.count() == 2


def test_a_mail_is_plain_and_can_be_stopped_with_one_click(member, mailoutbox, settings):
    settings.SITE_URL = "https://manifesto.example.org"
    tell(member, subject="An idea changed", words="“Open <b>diaries</b>” reads anew.", address="/rounds/uk/")
    send()
    message = mailoutbox[0]
    headers = message.message()
    assert (message.to, message.subject) == ([member.email], "News from the Open Government Manifesto")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].startswith("<https://manifesto.example.org/no-more-e-mails/")
    assert "<news.manifesto.example.org>" in headers["List-Id"]
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"].endswith("@manifesto.example.org>")
    assert "“Open <b>diaries</b>” reads anew.\nhttps://manifesto.example.org/rounds/uk/" in message.body
    html = message.alternatives[0].content
    assert ("&lt;b&gt;" in html, "<b>" in html, "style=" in html, "<img" in html) == (True,) + (False,) * 3


def test_no_subject_of_a_member_says_what_it_is_about(member, mailoutbox):
    tell(member, subject="Your idea “Open diaries” is published")
    send()
    assert "diaries" not in str(mailoutbox[0].message()["Subject"])


def test_an_invitation_goes_out_at_once_under_its_own_subject(db, mailoutbox):
    invite()
    assert send(NOON) == 1
    message = mailoutbox[0]
    assert (message.to, message.subject) == (["guest@example.org"], "You are invited")
    assert "write to this address again" in message.body


def stop_path(message):
    return urlsplit(message.message()["List-Unsubscribe"].strip("<>")).path


def test_one_click_needs_neither_cookies_nor_a_token(member, mailoutbox):
    tell(member)
    send()
    strict = Client(enforce_csrf_checks=True)
    path = stop_path(mailoutbox[0])
    tell(member, key="waiting")
    assert "Stop e-mails" in strict.get(path).content.decode()
    member.refresh_from_db()
    assert member.email_frequency == Frequency.DAILY
    for _ in range(2):
        response = strict.post(path, {"List-Unsubscribe": "One-Click"})
        assert (response.status_code, "No more e-mails" in response.content.decode()) == (200, True)
    member.refresh_from_db()
    assert (member.email_frequency, member.notifications.unsent().count()) == (Frequency.OFF, 0)


def test_one_click_closes_an_address_without_an_account(db, client, mailoutbox):
    invite()
    send()
    path = stop_path(mailoutbox[0])
    assert client.get(path).status_code == 200
    client.post(path, {"List-Unsubscribe": "One-Click"})
    invite(key="invitation-2")
    assert (send(), ClosedAddress.objects.get().email) == (0, "guest@example.org")


def test_a_made_up_token_is_not_found(db, client, member):
    token = signer.sign(f"member-{member.pk}")
    for wrong in (token[:-1] + "x", f"member-{member.pk}", "x", signer.sign("member-999999")):
        assert client.post(reverse("profiles:unsubscribe", args=[wrong])).status_code == 404
    member.refresh_from_db()
    assert member.email_frequency == Frequency.DAILY


def test_choosing_how_often(client, member):
    page = reverse("profiles:notification_settings")
    assert client.get(page).url.startswith(reverse("account_login"))
    client.force_login(member)
    for choice in Frequency.values:
        assert client.post(page, {"email_frequency": choice}, follow=True).status_code == 200
        member.refresh_from_db()
        assert member.email_frequency == choice
    assert client.post(page, {"email_frequency": "hourly"}).status_code == 422


def test_a_mail_server_that_is_away_loses_nothing(member, other_member, mail_server):
    tell(member, other_member)
    mail_server.stop()
    with pytest.raises(CommandError, match=r"takes no mail.*2 kept"):
        call_command("send_notifications")
    mail_server.start()
    call_command("send_notifications")
    assert len(mail_server.taken) == 1
    Mailing.objects.update(next_attempt_at=NOON)
    call_command("send_notifications")
    call_command("send_notifications")
    assert sorted(message["To"] for message in mail_server.taken) == sorted(
        [member.email, other_member.email]
    )


def test_a_message_that_is_put_off_holds_up_nobody_else(member, other_member, mail_server):
    tell(member, other_member)
    mail_server.answers = ["451 Not now"]
    call_command("send_notifications")
    assert len(mail_server.taken) == 1
    assert Mailing.objects.unsent().get().attempts == 1


def test_a_refused_address_is_tried_for_two_days(member, other_member, mail_server):
    tell(member, other_member)
    mail_server.refused = {member.email}
    now = NOON + DAY
    tries = 0
    while Mailing.objects.prepare(now) or Mailing.objects.unsent().exists():
        tries += send(now)
        now += timedelta(minutes=30)
    assert [message["To"] for message in mail_server.taken] == [other_member.email]
    assert (Mailing.objects.exclude(given_up_at=None).count(), tries < 20) == (1, True)
    assert timedelta(days=2) < now - (NOON + DAY) < timedelta(days=3)


def test_logs_name_nobody(member, mail_server, caplog):
    tell(member)
    mail_server.refused = {member.email}
    call_command("send_notifications")
    assert "SMTPRecipientsRefused" in caplog.text
    assert member.email not in caplog.text


def test_preparing_costs_the_same_for_many(db):
    costs = []
    for number in (1, 30):
        tell(*[make_member() for _ in range(number)], key=f"a-{number}")
        with CaptureQueriesContext(connection) as queries:
            Mailing.objects.prepare(NOON + DAY)
        costs.append(len(queries))
    assert costs[0] == costs[1]


@pytest.mark.django_db(transaction=True)
def test_jobs_at_once_send_nothing_twice(at_once, mail_server):
    tell(*[make_member() for _ in range(20)])
    assert sum(at_once(*[send] * 4)) == 20
    recipients = [message["To"] for message in mail_server.taken]
    assert (len(recipients), len(set(recipients))) == (20, 20)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        (
            "notification_to_a_member_or_an_address",
            lambda member: Notification.objects.create(told_at=NOON, fingerprint="x"),
        ),
        (
            "notification_once_per_member_and_key",
            lambda member: [
                Notification.objects.create(member=member, told_at=NOON, fingerprint="x") for _ in range(2)
            ],
        ),
        (
            "notification_once_per_address_and_key",
            lambda member: [
                Notification.objects.create(email="a@example.org", told_at=NOON, fingerprint="x")
                for _ in range(2)
            ],
        ),
        (
            "mailing_to_a_member_or_an_address",
            lambda member: Mailing.objects.create(prepared_at=NOON, next_attempt_at=NOON),
        ),
        (
            "mailing_one_unsent_per_member",
            lambda member: [
                Mailing.objects.create(member=member, prepared_at=NOON, next_attempt_at=NOON)
                for _ in range(2)
            ],
        ),
        (
            "mailing_one_digest_per_member_and_day",
            lambda member: [
                Mailing.objects.create(
                    member=member,
                    is_digest=True,
                    prepared_at=NOON,
                    next_attempt_at=NOON,
                    sent_at=NOON,
                    sent_on=NOON.date(),
                )
                for _ in range(2)
            ],
        ),
        (
            "mailing_sent_at_a_time_on_a_day",
            lambda member: Mailing.objects.create(
                member=member, prepared_at=NOON, next_attempt_at=NOON, sent_at=NOON
            ),
        ),
    ],
)
def test_the_database_holds(member, name, make):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make(member)
