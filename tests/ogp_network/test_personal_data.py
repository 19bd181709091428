"""What a member sees and takes along of what is kept about them."""

import json

import pytest
from django.apps import apps
from django.utils import timezone

from manifesto.models import Vote
from ogp_network.personal_data import FORMAT, KINDS, as_json, counted
from profiles.models import Member
from tests.factories import PASSWORD, make_comment, make_idea, make_membership, make_organisation, make_round

DATA, FILE = "/account/data/", "/account/data/file/"


def columns_that_lead_to_members():
    return {
        (model._meta.label, field.name)
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Member
    }


def test_every_column_that_leads_to_a_member_is_in_one_kind():
    declared = [(table.model, table.of) for kind in KINDS for table in kind.tables if table.of]
    assert (sorted(declared), len(set(declared))) == (sorted(columns_that_lead_to_members()), len(declared))


def test_every_column_with_an_address_is_in_a_kind():
    """Who has an e-mail address in a table that leads to no account is found by it."""
    with_address = {
        model._meta.label
        for model in apps.get_models()
        if not model._meta.proxy
        if any(
            field.get_internal_type() in ("EmailField", "GenericIPAddressField")
            for field in model._meta.fields
        )
        or any("email" in field.name for field in model._meta.fields)
    }
    # An organisation's domain, and the key sent to an address, which goes with it.
    known = {"profiles.Organisation", "account.EmailConfirmation"}
    assert with_address - {table.model for kind in KINDS for table in kind.tables} == known


def test_kinds_say_what_they_are_in_words_and_have_a_name_of_their_own():
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert [k.name for k in KINDS if not all(map(str, (k.title, k.why, k.how_long, k.when_you_go)))] == []


@pytest.fixture
def active_member(member):
    """With a vote, an idea, a comment and an organisation."""
    round = make_round()
    make_idea(round=round, title="Ours").support(member, now=timezone.now())
    make_idea(round=round, author=member, title="Mine")
    make_comment(idea=round.ideas.first(), author=member, text="What about care homes?")
    make_membership(member=member, organisation=make_organisation(name="Open Rivers"))
    return member


def test_the_page_counts_each_kind(active_member):
    numbers = {kind.name: number for kind, number in counted(active_member)}
    wanted = {"votes": 1, "ideas": 2, "discussion": 1, "organisations": 1, "consents": 1, "account": 3}
    assert {name: numbers[name] for name in wanted} == wanted


@pytest.mark.parametrize("who", ["active_member", "other_member"])
def test_the_page_takes_as_many_queries_whatever_is_kept(who, request, sign_in, django_assert_num_queries):
    client = sign_in(request.getfixturevalue(who))
    with django_assert_num_queries(7):
        response = client.get(DATA)
    assert "Your votes" in response.text


@pytest.mark.parametrize("address", [DATA, FILE, "/account/departures/", "/my/votes/withdrawals/"])
def test_a_visitor_is_asked_to_sign_in(visitor, db, address):
    assert visitor.get(address).url == f"/account/login/?next={address}"


def test_the_download_is_json_with_what_the_member_did(active_member):
    data = json.loads("".join(as_json(active_member, now=timezone.now())))
    kinds = {kind["kind"]: kind["records"] for kind in data["kinds"]}
    assert (data["format"], [kind["kind"] for kind in data["kinds"]]) == (
        FORMAT,
        [kind.name for kind in KINDS],
    )
    [vote] = kinds["votes"]
    assert (vote["table"], vote["as"], vote["idea"]["is"]) == ("manifesto.Vote", "member", "Ours")
    assert vote["receipt"] == Vote.objects.get().receipt
    assert [record["text"] for record in kinds["discussion"]] == ["What about care homes?"]
    assert [record["organisation"]["is"] for record in kinds["organisations"]] == ["Open Rivers"]
    assert kinds["account"][0]["email"] == active_member.email


def test_nothing_secret_and_nobody_else_is_in_the_download(active_member, other_member, editor):
    comment = active_member.comments.get()
    comment.report(other_member, reason="abusive", words="Rude", now=timezone.now())
    comment.hide(by=editor, reason="abusive", now=timezone.now())
    text = "".join(as_json(active_member, now=timezone.now()))
    hidden = [
        active_member.password,
        other_member.email,
        other_member.display_name,
        editor.display_name,
        "Rude",
    ]
    assert [word for word in hidden if word in text] == []


def test_an_act_for_others_gives_only_when_and_where(editor, other_member):
    idea = make_idea(author=other_member, published=False)
    idea.approve(by=editor, now=timezone.now(), words="Well put, Otto Other.")
    data = json.loads("".join(as_json(editor, now=timezone.now())))
    [acts] = [kind["records"] for kind in data["kinds"] if kind["kind"] == "acts"]
    assert [sorted(record) for record in acts if record["table"] == "manifesto.Moderation"] == [
        ["as", "id", "moderated_at", "table"]
    ]


def test_the_download_asks_who_it_is_first(sign_in, active_member):
    client = sign_in(active_member)
    assert client.get(FILE).url.startswith("/account/reauthenticate/")


def test_the_download_is_sent_as_it_is_made(client, active_member):
    client.force_login(active_member)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    response = client.get(FILE)
    assert (response.streaming, response["Content-Type"]) == (True, "application/json; charset=utf-8")
    assert response["Content-Disposition"].startswith('attachment; filename="your-data-')
    assert "no-store" in response["Cache-Control"]
    assert len(json.loads(response.getvalue())["kinds"]) == len(KINDS)
