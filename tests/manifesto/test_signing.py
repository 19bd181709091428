"""Organisations sign statements: who may, which version it stands for, and what is seen of it by whom."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from manifesto.errors import EditedMeanwhile, NotReady
from manifesto.models import Signature, SignOff
from profiles.errors import NotAuthorised, NotTheirs
from profiles.models import Membership, Notification, OrganisationMerge
from tests.factories import (
    make_member,
    make_membership,
    make_organisation,
    make_signature,
    make_spokesperson,
    make_statement,
    publish_version,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement():
    return make_statement(slug="five")


@pytest.fixture
def organisation():
    return make_organisation(name="River Watch", slug="rivers")


@pytest.fixture
def speaker(organisation):
    return make_spokesperson(organisation=organisation, name="Sian Speaker")


def sign(statement, organisation, by, seen=1, **fields):
    return statement.sign(organisation, by=by, now=timezone.now(), seen=seen, **fields)


def form(**fields):
    return {"seen": 1, "decided": "on", **fields}


# Who may speak for an organisation


def unconfirmed(organisation):
    member = make_member()
    make_membership(member=member, organisation=organisation, confirmed=False)
    return member


def confirmed_alone(organisation):
    member = make_member()
    make_membership(member=member, organisation=organisation)
    return member


def suspended(organisation):
    member = make_spokesperson(organisation=organisation)
    member.suspend(by=None, reason="Abuse", now=timezone.now())
    return member


def unproven(organisation):
    return make_spokesperson(organisation=organisation, verified=False)


def former(organisation):
    member = make_spokesperson(organisation=organisation)
    member.memberships.get().end(by=member, now=timezone.now())
    return member


REFUSED = [
    (lambda organisation: make_member(), "belong to"),
    (unconfirmed, "Nobody has confirmed"),
    (confirmed_alone, "nobody there has said"),
    (suspended, "Abuse"),
    (unproven, "confirm your e-mail address"),
    (former, "belong to"),
]


@pytest.mark.parametrize("somebody, why", REFUSED)
def test_who_may_not_speak_is_told_why(statement, organisation, sign_in, somebody, why):
    member = somebody(organisation)
    with pytest.raises(NotAuthorised, match=why):
        sign(statement, organisation, member)
    client = sign_in(member)
    page = client.get("/statements/five/signing/rivers/")
    assert (page.status_code, why in page.text) == (200, True)
    response = client.post("/statements/five/signing/rivers/", form())
    assert (response.status_code, why in response.text) == (409, True)
    assert (
        client.post("/statements/five/signing/rivers/sign-offs/", {"needed_by": "2099-01-01"}).status_code
        == 409
    )
    assert (Signature.objects.count(), SignOff.objects.count()) == (0, 0)


def test_why_not_stands_next_to_the_button(statement, organisation, sign_in):
    page = sign_in(unconfirmed(organisation)).get("/statements/five/signing/")
    assert "Nobody has confirmed yet" in page.text and 'class="button" href="/statements' not in page.text


def test_authorised_by_others_or_editors_alone(organisation, editor):
    member, colleague = confirmed_alone(organisation), confirmed_alone(organisation)
    place = member.memberships.get()
    with pytest.raises(NotTheirs):
        place.authorise(by=member, now=timezone.now())
    with pytest.raises(NotTheirs):
        place.authorise(by=make_member(), now=timezone.now())
    now = timezone.now()
    place.authorise(by=colleague, now=now)
    place.authorise(by=editor, now=now + timedelta(days=1))
    assert (place.authorised_by, place.authorised_at, place.is_authorised) == (colleague, now, True)
    assert list(Membership.objects.authorised()) == [place]
    place.end_authorisation(by=colleague)
    assert (place.is_authorised, place.authorised_by) == (False, None)


def test_nobody_is_authorised_before_they_are_confirmed(organisation, editor):
    place = unconfirmed(organisation).memberships.get()
    with pytest.raises(Exception, match="somebody has confirmed"):
        place.authorise(by=editor, now=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=place.pk).update(authorised_at=timezone.now())


def test_colleagues_say_who_may_sign_on_their_page(sign_in, organisation):
    member, colleague = confirmed_alone(organisation), confirmed_alone(organisation)
    place = member.memberships.get()
    client = sign_in(colleague)
    assert f"/my/memberships/{place.pk}/authorisations/" in client.get("/organisations/rivers/people/").text
    client.post(f"/my/memberships/{place.pk}/authorisations/")
    place.refresh_from_db()
    assert place.is_authorised
    assert member.notifications.get().subject == "You can sign for River Watch"
    client.post(f"/my/memberships/{place.pk}/authorisations/end/")
    place.refresh_from_db()
    assert not place.is_authorised


# Signing


def test_signing_twice_changes_nothing_and_says_so(statement, organisation, speaker, sign_in):
    client = sign_in(speaker)
    client.post("/statements/five/signing/rivers/", form(role="Director", is_role_public="on"))
    signature = Signature.objects.get()
    assert (signature.signed_by, signature.public_role, signature.version.number) == (speaker, "Director", 1)
    response = client.post("/statements/five/signing/rivers/", form(), follow=True)
    assert "had signed this version already" in response.text
    assert list(Signature.objects.all()) == [signature]


def test_one_live_signature_by_constraint(statement, organisation):
    make_signature(statement=statement, organisation=organisation)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_signature(statement=statement, organisation=organisation)


@pytest.mark.django_db(transaction=True)
def test_two_members_at_once_sign_once(at_once):
    statement, organisation = make_statement(), make_organisation()
    members = [make_spokesperson(organisation=organisation) for _ in range(2)]
    tasks = [lambda member=member: sign(statement, organisation, member) for member in members * 2]
    assert sorted(at_once(*tasks)) == [False, False, False, True]
    assert Signature.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_signing_and_merging_at_once_lose_nothing(at_once):
    statement, source, target = make_statement(), make_organisation(), make_organisation()
    member = make_spokesperson(organisation=source)
    merge = lambda: OrganisationMerge.objects.merge(source, target, by=None, now=timezone.now())  # noqa: E731
    signed, merged = at_once(lambda: sign(statement, source, member), merge)
    assert type(merged).__name__ == "OrganisationMerge"
    assert [row.organisation for row in Signature.objects.all()] == ([target] if signed is True else [])
    assert signed is True or isinstance(signed, NotAuthorised)


@pytest.mark.parametrize("days, is_open", [(0, True), (-1, False)])
def test_signing_ends_with_its_last_day(organisation, speaker, sign_in, days, is_open):
    statement = make_statement(slug="five", signing_closes_on=timezone.localdate() + timedelta(days=days))
    response = sign_in(speaker).post("/statements/five/signing/rivers/", form())
    assert response.status_code == (302 if is_open else 409)
    assert Signature.objects.exists() == is_open
    if not is_open:
        with pytest.raises(NotReady):
            sign(statement, organisation, speaker)


@pytest.mark.parametrize(
    "data", [{}, {"seen": "x", "decided": "on"}, {"seen": 1}, {"seen": 1, "decided": "on", "role": "x" * 121}]
)
def test_bad_input_comes_back(statement, speaker, sign_in, data):
    response = sign_in(speaker).post("/statements/five/signing/rivers/", data)
    assert (response.status_code, Signature.objects.count()) == (422, 0)


def test_an_organisation_merged_away_is_named(statement, organisation, speaker, sign_in):
    target = make_organisation(name="All Rivers")
    OrganisationMerge.objects.merge(organisation, target, by=None, now=timezone.now())
    for page in ("", "withdrawals/", "sign-offs/", "sign-offs/end/"):
        address = f"/statements/five/signing/rivers/{page}"
        response = sign_in(speaker).post(address, form(), follow=True)
        assert "River Watch was merged into All Rivers" in response.text
    with pytest.raises(NotAuthorised, match="merged"):
        sign(statement, organisation, speaker)
    assert sign_in(speaker).get("/statements/five/signing/nowhere/").status_code == 404


# Versions


def test_signatures_stand_for_the_version_they_were_given_to(
    statement, organisation, speaker, sign_in, visitor
):
    sign(statement, organisation, speaker)
    publish_version(statement)
    assert (Signature.objects.current().count(), Signature.objects.outdated().count()) == (0, 1)
    assert "1 more signed an earlier version" in visitor.get("/statements/five/").text
    assert "Version 1 only" in visitor.get("/statements/five/signatories/").text
    assert "Confirm version 2" in sign_in(speaker).get("/statements/five/signing/").text
    with pytest.raises(EditedMeanwhile):
        sign(statement, organisation, speaker, seen=1)
    assert sign(statement, organisation, speaker, seen=2)
    assert (Signature.objects.current().count(), Signature.objects.outdated().count()) == (1, 0)
    assert Signature.objects.standing().get().version.number == 2
    assert Signature.objects.live().count() == 2


def test_who_opened_the_page_before_a_new_version_reads_it_first(statement, organisation, speaker, sign_in):
    publish_version(statement)
    response = sign_in(speaker).post("/statements/five/signing/rivers/", form(seen=1))
    assert (response.status_code, "new version was published" in response.text) == (409, True)
    assert Signature.objects.count() == 0
    assert 'name="seen" value="2"' in response.text


# Withdrawal


def test_withdrawal_takes_the_name_from_all_versions_and_signing_again_undoes_it(
    statement, organisation, speaker, sign_in, visitor
):
    sign(statement, organisation, speaker)
    publish_version(statement)
    sign(statement, organisation, speaker, seen=2)
    client = sign_in(speaker)
    assert client.get("/statements/five/signing/rivers/withdrawals/").status_code == 200
    assert Signature.objects.live().count() == 2
    client.post("/statements/five/signing/rivers/withdrawals/", {"reason": "We changed our minds"})
    assert (Signature.objects.live().count(), Signature.objects.withdrawn().count()) == (0, 2)
    assert "We changed our minds" in client.get("/statements/five/").text
    sign(statement, organisation, speaker, seen=2)
    assert Signature.objects.current().count() == 1
    assert "We changed our minds" not in client.get("/statements/five/").text


def test_editors_withdraw_and_the_organisation_is_told(statement, organisation, speaker, sign_in, editor):
    sign(statement, organisation, speaker)
    page = f"/admin/manifesto/signature/{Signature.objects.get().pk}/withdrawals/"
    client = sign_in(editor)
    client.get(page)
    assert Signature.objects.live().exists()
    client.post(page, {"reason": ""})
    signature = Signature.objects.get()
    assert (signature.withdrawn_by, Signature.objects.live().exists()) == (editor, False)
    assert speaker.notifications.get().subject == "A signature was withdrawn"
    assert "Withdrawn" in client.get("/admin/manifesto/signature/?state=withdrawn").text


@pytest.mark.parametrize("somebody, why", REFUSED)
def test_nobody_else_withdraws(statement, organisation, speaker, sign_in, somebody, why):
    sign(statement, organisation, speaker)
    member = somebody(organisation)
    with pytest.raises(NotAuthorised):
        statement.withdraw_signature(organisation, by=member, now=timezone.now())
    sign_in(member).post("/statements/five/signing/rivers/withdrawals/", {"reason": ""})
    assert Signature.objects.live().count() == 1


# Time for a decision


def plan(statement, organisation, by, days=5):
    day = timezone.localdate() + timedelta(days=days)
    return SignOff.objects.plan(statement, organisation, needed_by=day, by=by, now=timezone.now())


def test_an_organisation_says_until_when_changes_it_and_lets_it_be(statement, organisation, speaker, sign_in):
    client, today = sign_in(speaker), timezone.localdate()
    for days in (5, 9):
        client.post(
            "/statements/five/signing/rivers/sign-offs/", {"needed_by": str(today + timedelta(days=days))}
        )
    assert SignOff.objects.get().needed_by == today + timedelta(days=9)
    assert "Needs until" in client.get("/statements/five/signing/").text
    client.post("/statements/five/signing/rivers/sign-offs/end/")
    assert SignOff.objects.count() == 0


@pytest.mark.parametrize("day, status", [("2000-01-01", 409), ("soon", 422), ("", 422), ("9999-99-99", 422)])
def test_days_that_are_none(statement, speaker, sign_in, day, status):
    response = sign_in(speaker).post("/statements/five/signing/rivers/sign-offs/", {"needed_by": day})
    assert (response.status_code, SignOff.objects.count()) == (status, 0)


def test_signing_ends_the_time_it_needed(statement, organisation, speaker):
    plan(statement, organisation, speaker)
    sign(statement, organisation, speaker)
    assert SignOff.objects.count() == 0


def test_reminded_before_the_day_and_on_it_each_once(statement, organisation, speaker):
    colleague = make_spokesperson(organisation=organisation)
    quiet = make_spokesperson(organisation=organisation, email_frequency="off")
    plan(statement, organisation, speaker, days=4)
    for days, told in ((0, 0), (1, 1), (1, 1), (2, 1), (4, 2), (4, 2), (5, 2)):
        SignOff.objects.remind(timezone.now() + timedelta(days=days))
        counts = [member.notifications.count() for member in (speaker, colleague, quiet)]
        assert counts == [told, told, 0]


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_remind_once(at_once):
    statement, organisation = make_statement(), make_organisation()
    speaker = make_spokesperson(organisation=organisation)
    plan(statement, organisation, speaker, days=0)
    at_once(*[lambda: call_command("remind_of_sign_offs") for _ in range(2)])
    assert Notification.objects.count() == 1


# What everybody sees


PUBLIC = [
    "/statements/",
    "/statements/five/",
    "/statements/five/signatories/",
    "/statements/five/versions/",
    "/statements/five/signatures.atom",
    "/open-data/signatures.csv",
    "/open-data/signatures.json",
    "/organisations/rivers/",
    "/network/",
    "/",
    "/sitemap.xml",
    "/search/?q=statement",
]


@pytest.mark.parametrize("page", PUBLIC)
def test_nobody_sees_who_needs_time_or_has_taken_their_name_back(
    statement, organisation, speaker, visitor, page
):
    gone = make_organisation(name="Goneaway Trust")
    make_signature(statement=statement, organisation=gone, withdrawn_at=timezone.now())
    other = make_statement(title="Other asks", slug="other")
    plan(statement, organisation, speaker)
    response = visitor.get(page, follow=True)
    text = response.getvalue().decode() if response.streaming else response.text
    assert response.status_code == 200
    assert "Goneaway" not in text and "Sian" not in text
    if not page.startswith("/organisations/rivers/"):
        assert "River Watch" not in text
    else:
        assert statement.title not in text and other.title not in text


def test_the_members_name_is_nowhere(statement, organisation, speaker, visitor):
    sign(statement, organisation, speaker, role="Secret office")
    for page in PUBLIC:
        response = visitor.get(page, follow=True)
        text = response.getvalue().decode() if response.streaming else response.text
        assert "Sian" not in text and "Secret office" not in text
    assert "River Watch" in visitor.get("/statements/five/").text


def test_signatories_by_type_and_place(statement, visitor):
    for kind, areas in (("charity", ["W92000004"]), ("company", ["S92000003", "W92000004"]), ("charity", [])):
        make_signature(statement=statement, organisation=make_organisation(kind=kind, areas=areas))
    page = visitor.get("/statements/five/signatories/")
    assert [number for _name, number in page.context["by_kind"]] == [2, 1]
    assert [number for _name, number in page.context["by_area"]] == [2, 1]
    narrowed = visitor.get("/statements/five/signatories/?kind=company&area=W92000004")
    assert narrowed.context["page_obj"].paginator.count == 1
    assert visitor.get("/statements/five/signatories/?kind=nonsense&page=x").status_code == 200


def test_open_data_has_the_latest_version_of_each(statement, organisation, speaker, visitor):
    sign(statement, organisation, speaker, role="Chair", is_role_public=True)
    publish_version(statement)
    sign(statement, organisation, speaker, seen=2)
    [row] = json.loads(visitor.get("/open-data/signatures.json").getvalue())["rows"]
    assert (row["organisation"], row["version"], row["role"]) == ("rivers", 2, None)


# Merges of organisations


def test_of_two_signatures_of_one_version_the_earlier_stays(statement, organisation, editor):
    target, now = make_organisation(), timezone.now()
    earlier = make_signature(statement=statement, organisation=organisation, now=now - timedelta(days=1))
    later = make_signature(statement=statement, organisation=target, now=now)
    OrganisationMerge.objects.merge(organisation, target, by=editor, now=now)
    assert list(Signature.objects.live()) == [earlier]
    later.refresh_from_db()
    assert (later.is_withdrawn, later.withdrawal_reason) == (True, "")


def test_of_two_days_the_targets_stays(statement, organisation, speaker, editor):
    target = make_organisation()
    kept = plan(statement, target, make_spokesperson(organisation=target), days=9)
    plan(statement, organisation, speaker)
    OrganisationMerge.objects.merge(organisation, target, by=editor, now=timezone.now())
    assert list(SignOff.objects.all()) == [kept]


# Leaving


def test_a_deleted_account_leaves_the_signature_without_a_name(statement, organisation, speaker):
    sign(statement, organisation, speaker)
    speaker.delete()
    signature = Signature.objects.get()
    assert (signature.organisation, signature.signed_by) == (organisation, None)
