import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.urls import reverse

from manifesto.models import Phase
from tests.factories import make_criterion, make_idea, make_round, make_term, make_votes


def tasks(client):
    return [words for words, _ in client.get(reverse("admin:index")).context["tasks"]]


def test_an_editor_sees_what_waits(sign_in, editor):
    client = sign_in(editor)
    assert tasks(client) == []
    make_idea(published=False)
    make_round(phase=Phase.PRIORITISATION, title="Wales")
    assert tasks(client) == ["Read and answer 1 idea", "Prepare the shortlist: Wales"]


def test_an_expert_sees_what_is_left_to_score_and_nothing_of_the_editors(sign_in, expert):
    round = make_round(phase=Phase.PRIORITISATION, title="Wales")
    make_criterion(round=round)
    make_term(round=round, member=expert)
    make_idea(round=round)
    make_idea(round=round)
    make_idea(published=False)
    assert tasks(sign_in(expert)) == ["Score 2 ideas: Wales"]


def test_labels_that_are_questions_have_no_colon(sign_in, editor):
    idea = make_idea()
    html = sign_in(editor).get(reverse("admin:manifesto_idea_change", args=[idea.pk])).text
    labels = re.findall(r"<label[^>]*>([^<]*)", html)
    assert "What is your idea?" in labels
    assert [label for label in labels if label.endswith(":")] == []


def reverse_relations():
    return [
        (model, relation.name)
        for model in admin.site._registry
        for relation in model._meta.get_fields()
        if not relation.concrete and relation.is_relation
    ]


@pytest.mark.parametrize(("model", "name"), reverse_relations())
def test_no_list_is_filtered_by_what_points_to_it(model, name):
    assert not admin.site._registry[model].lookup_allowed(name, "1")


@pytest.mark.parametrize("path", ["/admin/profiles/member/?votes=1", "/admin/manifesto/idea/?votes__gte=1"])
def test_the_address_bar_ties_nobody_to_a_vote(sign_in, administrator, path):
    make_votes(idea=make_idea())
    assert sign_in(administrator).get(path).status_code == 400


def test_secrets_of_second_factors_have_no_page(sign_in, administrator):
    assert not admin.site.is_registered(Authenticator)


@pytest.mark.parametrize("chosen", ["", "\0", "٣", "1e999", "1 OR 1=1", "9" * 30])
def test_what_is_no_number_of_a_row_is_turned_away(sign_in, administrator, chosen):
    sent = {"action": "delete_selected", "_selected_action": chosen}
    assert sign_in(administrator).post("/admin/auth/group/", sent).status_code == 400


@pytest.mark.parametrize("year", ["9" * 30, "٣", "x", "\0"])
def test_what_is_no_year_is_turned_away(sign_in, administrator, year):
    client = sign_in(administrator)
    assert client.get("/admin/meetings/meeting/", {"held_on__year": year}).status_code == 400
    assert client.get("/admin/meetings/meeting/", {"held_on__year": "2026"}).status_code == 200


@pytest.mark.parametrize("chosen", ["\0", "0001-01-01", "x", "9" * 30])
def test_a_form_shows_once_more_what_is_no_number_of_a_row(sign_in, administrator, chosen):
    sent = {"raised_at": chosen, "organisation": chosen}
    assert sign_in(administrator).post("/admin/manifesto/idea/add/", sent).status_code == 200


def test_every_model_is_in_one_section_of_the_admin(sign_in, administrator):
    sections = sign_in(administrator).get(reverse("admin:index")).context["app_list"]
    shown = [(each["app_label"], model["object_name"]) for each in sections for model in each["models"]]
    assert sorted(shown) == sorted(
        (model._meta.app_label, model._meta.object_name) for model in admin.site._registry
    )


def test_a_section_with_nothing_for_somebody_is_not_shown(sign_in, expert):
    sections = sign_in(expert).get(reverse("admin:index")).context["app_list"]
    assert [each["name"] for each in sections] == ["Rounds and ideas"]
