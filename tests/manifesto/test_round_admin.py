"""Rounds and expert groups in the admin: who gets in where, and what is fixed once scoring has opened."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Criterion, ExpertTerm, Phase, Round
from profiles.models import Member
from tests.factories import make_criterion, make_idea, make_member, make_organisation, make_round, make_term
from tests.profiles.admin_forms import filled_in

DAY = timedelta(days=1)
PAGES = ["scoring", "scoring_idea", "ranking", "shortlist", "publication"]

# Status of GET and POST (with nothing in it) on each of PAGES; the round is in prioritisation, with no decisions yet.
MATRIX = {
    "visitor": [(302, 302)] * 5,
    "member": [(302, 302)] * 5,
    "unfinished expert": [(200, 405), (200, 422), (403, 405), (403, 403), (403, 403)],
    "finished expert": [(200, 405), (200, 422), (200, 405), (200, 422), (403, 403)],
    "expert of another round": [(403, 405), (403, 403), (403, 405), (403, 403), (403, 403)],
    "expired expert": [(403, 405), (403, 403), (403, 405), (403, 403), (403, 403)],
    "future expert": [(403, 405), (403, 403), (403, 405), (403, 403), (403, 403)],
    "editor": [(403, 405), (403, 403), (200, 405), (200, 422), (200, 409)],
    "administrator": [(403, 405), (403, 403), (200, 405), (200, 422), (200, 409)],
    "panellist who lost the permission": [(403, 405), (403, 403), (403, 405), (403, 403), (403, 403)],
}


@pytest.fixture
def play(client, sign_in, scored_round, assess, request):
    """Sign in as somebody of a role in MATRIX."""

    def term_of(member, round=scored_round, **days):
        return make_term(round=round, member=member, **days)

    def play(role):
        yesterday, tomorrow = timezone.localdate() - DAY, timezone.localdate() + DAY
        if role == "visitor":
            return client
        if role in ("member", "editor", "administrator"):
            return sign_in(request.getfixturevalue(role))
        if role == "panellist who lost the permission":
            member = make_member(is_staff=True)
            assess(term_of(member), 1, 1)
            return sign_in(member)
        expert = request.getfixturevalue("expert")
        if role == "expert of another round":
            term_of(expert, make_round(phase=Phase.PRIORITISATION))
        elif role == "future expert":
            term_of(expert, starts_on=tomorrow)
        else:
            term = term_of(expert)
            if role != "unfinished expert":
                assess(term, 1, 1)
            if role == "expired expert":
                ExpertTerm.objects.update(ends_on=yesterday)
        return sign_in(expert)

    return play


def address(round, page):
    return reverse(f"admin:manifesto_round_{page}", args=[round.pk, *([1] if page == "scoring_idea" else [])])


@pytest.mark.parametrize("role", MATRIX)
def test_each_page_answers_each_role_as_it_should(play, scored_round, role):
    visit = play(role)
    answers = [
        (
            visit.get(address(scored_round, page)).status_code,
            visit.post(address(scored_round, page)).status_code,
        )
        for page in PAGES
    ]
    assert answers == MATRIX[role]


@pytest.mark.parametrize("role", ["expert of another round", "expired expert"])
def test_refusal_does_not_name_the_round(play, scored_round, role):
    visit = play(role)
    for page in PAGES:
        assert str(scored_round) not in visit.get(address(scored_round, page)).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_round_that_is_not_there_is_not_found(editor, sign_in, page):
    round = Round(pk=2**31 - 1)
    assert sign_in(editor).get(address(round, page)).status_code == 404


@pytest.mark.parametrize(
    "role, statuses",
    [
        ("visitor", [302] * 5),
        ("member", [302] * 5),
        ("unfinished expert", [200, 403, 200, 403, 403]),
        ("editor", [200] * 5),
        ("administrator", [200] * 5),
    ],
)
def test_admin_of_rounds_and_terms_opens_by_permission(play, scored_round, role, statuses):
    visit = play(role)
    addresses = [
        reverse("admin:manifesto_round_changelist"),
        reverse("admin:manifesto_round_add"),
        reverse("admin:manifesto_round_change", args=[scored_round.pk]),
        reverse("admin:manifesto_expertterm_changelist"),
        reverse("admin:manifesto_expertterm_add"),
    ]
    assert [visit.get(address).status_code for address in addresses] == statuses


# The list of rounds


def links(visit):
    text = visit.get(reverse("admin:manifesto_round_changelist")).content.decode()
    return lambda round: [page for page in PAGES if f'"{address(round, page)}"' in text]


def test_experts_find_their_own_rounds_and_the_way_to_the_desk(term, sign_in, expert):
    other = make_round(phase=Phase.PRIORITISATION, title="Another round")
    visit = sign_in(expert)
    assert links(visit)(term.round) == ["scoring", "ranking", "shortlist"]
    assert links(visit)(other) == []
    assert "Another round" not in visit.get(reverse("admin:manifesto_round_changelist")).content.decode()
    assert visit.get(reverse("admin:manifesto_round_change", args=[other.pk])).status_code == 302


def test_experts_come_from_the_admins_index_to_their_rounds(term, sign_in, expert):
    text = sign_in(expert).get(reverse("admin:index")).content.decode()
    assert reverse("admin:manifesto_round_changelist") in text


def test_editors_find_ranking_and_shortlist_once_scoring_has_opened(scored_round, sign_in, editor):
    early = make_round(phase=Phase.REFINEMENT)
    found = links(sign_in(editor))
    assert (found(scored_round), found(early)) == (["ranking", "shortlist"], [])


@pytest.mark.parametrize("rounds", [1, 30])
def test_list_of_rounds_costs_a_fixed_number_of_queries(rounds, editor, sign_in, django_assert_num_queries):
    for _ in range(rounds):
        make_round(phase=Phase.PRIORITISATION)
    visit = sign_in(editor)
    with django_assert_num_queries(7):
        assert visit.get(reverse("admin:manifesto_round_changelist")).status_code == 200


# What is fixed


def round_form(round, **changes):
    """What a browser would send back from the round's page, with changes."""
    moment = "%Y-%m-%dT%H:%M"
    texts = ["title", "slug", "summary", "introduction", "language", "area"]
    fields = {name: getattr(round, name) for name in texts}
    dates = ["announced_at", "ideas_open_at", "ideas_close_at", "votes_open_at", "votes_close_at"]
    for name in [*dates, "scoring_open_at", "scoring_close_at"]:
        fields[name] = timezone.localtime(getattr(round, name)).strftime(moment)
    inlines = {"themes": round.themes.all(), "criteria": round.criteria.all()}
    names = {
        "themes": ["name", "slug", "description", "position"],
        "criteria": [
            "name",
            "slug",
            "description",
            "weight",
            "anchor_zero",
            "anchor_half",
            "anchor_one",
            "position",
        ],
    }
    for prefix, rows in inlines.items():
        fields |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(rows)}
        for index, row in enumerate(rows):
            fields |= {f"{prefix}-{index}-{name}": getattr(row, name) for name in names[prefix]}
            fields |= {f"{prefix}-{index}-id": row.pk, f"{prefix}-{index}-round": round.pk}
    return {
        **fields,
        "shortlist_target": round.shortlist_target,
        "score_visibility": round.score_visibility,
        **changes,
    }


def save(visit, round, **changes):
    return visit.post(reverse("admin:manifesto_round_change", args=[round.pk]), round_form(round, **changes))


def test_editor_changes_a_round_before_scoring(editor, sign_in):
    round = make_round(phase=Phase.REFINEMENT)
    make_criterion(round=round)
    page = save(sign_in(editor), round, **{"title": "New title", "criteria-0-weight": 5})
    assert page.status_code == 302
    assert (Round.objects.get().title, Criterion.objects.get().weight) == ("New title", 5)


def test_weights_and_dates_are_fixed_once_scoring_has_opened(scored_round, editor, sign_in):
    before = Round.objects.get()
    later = timezone.localtime(timezone.now() + DAY)
    page = save(
        sign_in(editor),
        scored_round,
        **{"criteria-0-weight": 9, "scoring_open_at": later.strftime("%Y-%m-%dT%H:%M"), "title": "New"},
        slug="another-seed",
    )
    assert page.status_code == 302
    after = Round.objects.get()
    assert (after.title, after.scoring_open_at, after.seed) == ("New", before.scoring_open_at, before.seed)
    assert list(scored_round.criteria.values_list("weight", flat=True)) == [2, 1]


def test_no_criterion_can_be_added_once_scoring_has_opened(scored_round, editor, sign_in):
    fields = {"criteria-TOTAL_FORMS": 3, "criteria-2-name": "New", "criteria-2-slug": "new"}
    fields |= {f"criteria-2-anchor_{name}": "x" for name in ("zero", "half", "one")}
    save(sign_in(editor), scored_round, **fields, **{"criteria-2-weight": 1, "criteria-2-position": 9})
    assert scored_round.criteria.count() == 2


def test_deleting_a_criterion_with_scores_is_refused_without_showing_them(term, assess, editor, sign_in):
    assess(term, 1, 1)
    page = save(sign_in(editor), term.round, **{"criteria-0-DELETE": "on"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Experts have scored “Lens” already" in text
    assert "protected related objects" not in text
    assert term.round.criteria.count() == 2


def test_criteria_come_and_go_until_scoring_opens(editor, sign_in):
    round = make_round(phase=Phase.REFINEMENT)
    make_criterion(round=round)
    visit = sign_in(editor)
    Round.objects.update(votes_close_at=timezone.now() - DAY, scoring_open_at=timezone.now() - DAY)
    page = save(visit, Round.objects.get(), **{"criteria-0-DELETE": "on"})
    assert "Scoring has opened for “" in page.content.decode()
    assert Criterion.objects.count() == 1
    Round.objects.update(scoring_open_at=timezone.now() + DAY)
    assert save(visit, Round.objects.get(), **{"criteria-0-DELETE": "on"}).status_code == 302
    assert Criterion.objects.count() == 0


def test_round_is_not_presented_before_its_shortlist_is_public(scored_round, editor, sign_in):
    save(sign_in(editor), scored_round, presented_at="2026-01-01T10:00")
    assert Round.objects.get().presented_at is None


def test_dates_in_the_wrong_order_are_explained(editor, sign_in):
    round = make_round(phase=Phase.UPCOMING)
    page = save(sign_in(editor), round, ideas_close_at="2001-01-01T10:00")
    assert page.status_code == 200
    assert "The last day for ideas must be later than the first." in page.content.decode()


def test_scoring_may_not_close_before_the_opening_that_is_fixed(scored_round, editor, sign_in):
    page = save(sign_in(editor), scored_round, scoring_close_at="2001-01-01T10:00")
    assert page.status_code == 200
    assert "Scoring must close after it opens." in page.content.decode()


def test_saving_a_round_keeps_the_seconds_of_its_dates(editor, sign_in):
    moments = {"announced_at": -20, "ideas_open_at": -10, "ideas_close_at": 20}
    start = timezone.now().replace(second=37, microsecond=0)
    round = make_round(now=start, **{name: start + days * DAY for name, days in moments.items()})
    visit = sign_in(editor)
    page = visit.get(reverse("admin:manifesto_round_change", args=[round.pk]))
    assert visit.post(page.request["PATH_INFO"], filled_in(page)).status_code == 302
    after = Round.objects.get()
    assert {name: getattr(after, name) for name in moments} == {
        name: getattr(round, name) for name in moments
    }


@pytest.mark.parametrize("field", ["announced_at", "presented_at"])
def test_what_has_not_happened_is_refused_in_words(editor, sign_in, field):
    round = make_round(phase=Phase.SHORTLISTED)
    tomorrow = timezone.localtime(timezone.now() + DAY).strftime("%Y-%m-%dT%H:%M")
    page = save(sign_in(editor), round, **{field: tomorrow})
    assert page.context["errors"] == [["This can't be in the future."]]


def test_announcement_stays_once_the_round_has_ideas(editor, sign_in):
    round = make_round(phase=Phase.CROWDSOURCING)
    visit = sign_in(editor)
    save(visit, round, announced_at="")
    assert Round.objects.get().announced_at is None
    make_idea(round=round)
    save(visit, round, announced_at="2026-01-01T10:00")
    announced = Round.objects.get().announced_at
    assert announced.isoformat() == "2026-01-01T10:00:00+00:00"
    save(visit, round, announced_at="")
    assert Round.objects.get().announced_at == announced


def test_weights_stay_fixed_though_nobody_knows_of_the_round(scored_round, editor, sign_in):
    Round.objects.update(announced_at=None)
    visit = sign_in(editor)
    save(visit, scored_round, **{"criteria-0-weight": 9})
    assert list(scored_round.criteria.values_list("weight", flat=True)) == [2, 1]


# Expert terms


def appoint(visit, round, email, **fields):
    values = {"email": email, "round": round.pk, "starts_on": "2026-01-01", "ends_on": "", "interests": ""}
    return visit.post(reverse("admin:manifesto_expertterm_add"), {**values, **fields})


def test_editor_appoints_an_expert_by_email_address(scored_round, editor, sign_in):
    member = make_member(email="gwen@example.org")
    organisation = make_organisation()
    page = appoint(
        sign_in(editor), scored_round, " Gwen@Example.org ", affiliations=[organisation.pk], interests="None."
    )
    assert page.status_code == 302
    term = ExpertTerm.objects.get()
    assert (term.member, term.round, term.interests) == (member, scored_round, "None.")
    assert list(term.affiliations.all()) == [organisation]
    assert Member.objects.get(pk=member.pk).has_perm("manifesto.score_round")
    assert Member.objects.get(pk=member.pk).is_staff is True


@pytest.mark.parametrize(
    "fields, message",
    [
        ({"email": "else@example.org"}, "No member has this address."),
        ({"email": "gwen@example.org", "verified": False}, "has not confirmed their e-mail address yet."),
        ({"email": "gwen@example.org", "is_active": False}, "No member has this address."),
    ],
)
def test_appointing_needs_a_member_with_a_confirmed_address(scored_round, editor, sign_in, fields, message):
    member = make_member(**fields)
    page = appoint(sign_in(editor), scored_round, "gwen@example.org", interests="Typed.")
    assert page.status_code == 200
    assert message in page.content.decode()
    assert "Typed." in page.content.decode()
    assert ExpertTerm.objects.count() == 0
    assert Member.objects.get(pk=member.pk).is_staff is False


def test_appointing_twice_is_explained(term, editor, sign_in):
    page = appoint(sign_in(editor), term.round, term.member.email)
    assert page.status_code == 200
    assert "expert group already." in page.content.decode()


def test_term_that_ends_before_it_starts_is_explained(scored_round, editor, sign_in):
    page = appoint(sign_in(editor), scored_round, make_member().email, ends_on="2025-01-01")
    assert "be before the first" in page.content.decode()
    assert ExpertTerm.objects.count() == 0


def test_ending_a_term_keeps_its_member_and_round(term, editor, sign_in):
    page = sign_in(editor).post(
        reverse("admin:manifesto_expertterm_change", args=[term.pk]),
        {"starts_on": term.starts_on, "ends_on": timezone.localdate(), "interests": "", "round": 99},
    )
    assert page.status_code == 302
    ended = ExpertTerm.objects.get()
    assert (ended.member, ended.round, ended.ends_on) == (term.member, term.round, timezone.localdate())


def test_term_page_is_about_ideas_not_scores(term, assess, editor, sign_in):
    make_idea(round=term.round)
    assess(term, 1, 1)
    page = sign_in(editor).get(reverse("admin:manifesto_expertterm_change", args=[term.pk]))
    assert "Idea number" not in page.content.decode()


@pytest.mark.parametrize(
    "model, title", [("idea", "Ideas"), ("round", "Rounds"), ("expertterm", "Expert group")]
)
def test_list_bears_the_name_of_its_things(editor, sign_in, model, title):
    page = sign_in(editor).get(reverse(f"admin:manifesto_{model}_changelist"))
    assert page.context["title"] == title
