from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from manifesto.models import ActionPlan, Commitment, StatusReport
from tests.factories import make_commitment, make_milestone, make_plan, make_report

pytestmark = pytest.mark.django_db
DAY = date(2015, 1, 31)
SOURCE = {"source": "government", "source_title": "Self-assessment", "source_url": "https://example.org/it"}


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def address(plan, name, *args):
    return reverse(f"admin:manifesto_actionplan_{name}", args=[plan.pk, *args])


def every_page(plan):
    report = make_report(about=make_milestone(commitment=make_commitment(plan=plan)))
    names = ["commitments", "commitment_new", "publication", "reports", "report_batch", "sheet"]
    yield from (address(plan, name) for name in names)
    yield address(plan, "commitment", 1)
    yield from (address(plan, name, report.pk) for name in ("correction", "withdrawal"))
    yield reverse("admin:manifesto_actionplan_checks")


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize("role", ["visitor", "member", "expert", "editor"])
def test_editors_alone_look_after_plans_in_any_state(client, request, role, published):
    if role != "visitor":
        client.force_login(request.getfixturevalue(role))
    for page in every_page(make_plan(published=published)):
        response = client.get(page)
        assert (response.status_code == 200) == (role == "editor"), page
        if role != "editor" and "checks" not in page and "reports/" not in page.removesuffix("reports/"):
            assert client.post(page).status_code in (302, 403, 405)
    assert StatusReport.objects.standing().count() == 1


def milestones(*rows, initial=0):
    data = {"milestones-TOTAL_FORMS": len(rows), "milestones-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"milestones-{number}-{name}": value for name, value in row.items()}
    return data


def test_a_commitment_is_typed_in_with_its_milestones(desk):
    plan = make_plan(published=False)
    row = {"reference": "1.01", "output": "A list", "due_on": "2015-03-31", "next_check_on": "2015-04-01"}
    data = {"title": "Open lists", "language": "en-gb", **milestones(row, {})}
    assert desk.post(address(plan, "commitment_new"), data).status_code == 302
    commitment = plan.commitments.get()
    assert (commitment.title, commitment.is_published, commitment.revisions.count()) == (
        "Open lists",
        False,
        1,
    )
    assert commitment.milestones.get().due_on == date(2015, 3, 31)
    milestone = commitment.milestones.get()
    changed = {**row, "id": milestone.pk, "output": "A longer list"}
    data = {"title": "Open lists", "language": "en-gb", "opened": 1, "summary": "All.", "note": "Said."}
    response = desk.post(address(plan, "commitment", 1), data | milestones(changed, initial=1))
    assert response.status_code == 302
    commitment.refresh_from_db()
    assert (commitment.summary, commitment.revisions.count()) == ("All.", 2)
    assert commitment.milestones.get().output == "A longer list"


def test_what_is_wrong_with_a_commitment_stands_by_its_field_and_what_was_typed_stays(desk):
    plan = make_plan()
    row = {"reference": "1.01", "output": "Typed well", "starts_on": "2015-03-31", "due_on": "2015-03-01"}
    data = {"title": "", "summary": "Typed, too", "language": "en-gb", **milestones(row)}
    response = desk.post(address(plan, "commitment_new"), data)
    assert response.status_code == 422
    [form] = response.context["milestones"].forms
    assert form.errors == {"due_on": ["The due date must not be before the start date."]}
    assert response.context["form"].errors.keys() == {"title"}
    assert "Typed well" in response.text
    assert "Typed, too" in response.text
    assert not Commitment.objects.exists()


def test_who_began_with_an_older_wording_loses_nothing(desk, editor):
    plan = make_plan()
    commitment = make_commitment(plan=plan)
    commitment.improve(text={"summary": "Theirs"}, by=editor, now=timezone.now(), opened=1)
    data = {"title": "Mine", "language": "en-gb", "opened": 1, **milestones()}
    response = desk.post(address(plan, "commitment", 1), data)
    assert response.status_code == 422
    assert "Somebody else changed this commitment" in response.text
    assert 'value="Mine"' in response.text


def test_a_milestone_that_was_reported_on_is_not_deleted(desk):
    milestone = make_milestone(commitment=make_commitment(plan=make_plan(published=False)))
    make_report(about=milestone)
    commitment = milestone.commitment
    row = {"id": milestone.pk, "reference": milestone.reference, "output": milestone.output, "DELETE": "on"}
    data = {"title": commitment.title, "language": "en-gb", "opened": 1, **milestones(row, initial=1)}
    response = desk.post(address(commitment.plan, "commitment", commitment.number), data)
    assert response.status_code == 422
    assert "was reported on, so it can" in response.text
    assert commitment.milestones.exists()


def test_publishing_asks_first(desk):
    plan = make_plan(published=False)
    assert desk.post(address(plan, "publication")).status_code == 409
    make_commitment(plan=plan, published=False, title="A promise to come")
    assert "A promise to come" in desk.get(address(plan, "publication")).text
    assert desk.post(address(plan, "publication")).status_code == 302
    assert ActionPlan.objects.public().get().commitments.published().count() == 1


def test_one_form_takes_a_whole_self_assessment(desk, editor):
    milestone = make_milestone()
    commitment, other = milestone.commitment, make_milestone(commitment=milestone.commitment)
    data = {
        **SOURCE,
        "reported_on": "2015-01-31",
        f"commitment-{commitment.pk}-status": "substantial",
        f"milestone-{milestone.pk}-status": "completed",
        f"milestone-{milestone.pk}-completed_on": "2015-01-15",
        f"milestone-{other.pk}-status": "",
    }
    assert desk.post(address(commitment.plan, "report_batch"), data).status_code == 302
    assert {(report.key, report.status) for report in StatusReport.objects.all()} == {
        (("commitment", commitment.pk), "substantial"),
        (("milestone", milestone.pk), "completed"),
    }
    assert milestone.status_reports.get().completed_on == date(2015, 1, 15)
    assert milestone.status_reports.get().recorded_by == editor


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source_title": ""}, "This field is required."),
        ({"reported_on": "2515-01-31"}, "Nothing can be reported on a day to come."),
        ({"reported_on": "Monday"}, "Enter a valid date."),
        ({"source": "nobody"}, "Select a valid choice."),
        ({"source_url": "javascript:1"}, "Enter a valid URL."),
        ({"STATUS": "limited"}, "Select a valid choice."),
        ({"STATUS": ""}, "Choose a status for at least one commitment or milestone."),
        ({"STATUS": "", "WORDS": "Typed"}, "Choose a status, or empty the rest."),
        ({"DONE": "2015-01-30"}, "Only what is completed has such a day."),
        ({"STATUS": "completed", "DONE": "2015-02-01"}, "That is after the day of the report."),
        ({"reported_on": "2014-09-30"}, "There is a report by this kind of source from this day already"),
    ],
)  # fmt: skip
def test_bad_reports_are_refused_beside_the_field(desk, change, words):
    milestone = make_milestone()
    make_report(about=milestone, reported_on=date(2014, 9, 30))
    names = {"STATUS": "status", "WORDS": "words", "DONE": "completed_on"}
    data = {**SOURCE, "reported_on": "2015-01-31", f"milestone-{milestone.pk}-status": "on_track"}
    data |= {
        f"milestone-{milestone.pk}-{names[name]}" if name in names else name: value
        for name, value in change.items()
    }
    response = desk.post(address(milestone.commitment.plan, "report_batch"), data)
    assert response.status_code == 422
    assert words in response.text.replace("&#x27;", "'")
    if change.get("source_title") is None:
        assert "Self-assessment" in response.text
    assert StatusReport.objects.count() == 1


def test_a_correction_is_checked_and_kept(desk):
    report = make_report(about=make_milestone(), status="completed", source_title="It")
    plan = report.of_commitment.plan
    page = address(plan, "correction", report.pk)
    assert desk.post(page, {"status": "on_track", "source_title": "It"}).status_code == 422
    assert (
        desk.post(page, {"status": "completed", "source_title": "It", "because": "Nothing"}).status_code
        == 409
    )
    data = {"status": "behind_schedule", "source_title": "It", "because": "It was the other one."}
    assert desk.post(page, data).status_code == 302
    assert StatusReport.objects.standing().get().corrects == report
    assert desk.post(page, data | {"status": "closed"}).status_code == 409
    assert desk.get(page).status_code == 200


def test_a_withdrawal_says_why(desk):
    report = make_report(about=make_milestone())
    page = address(report.of_commitment.plan, "withdrawal", report.pk)
    assert desk.post(page, {"because": ""}).status_code == 422
    assert desk.post(page, {"because": "Of another plan."}).status_code == 302
    assert desk.post(page, {"because": "Again."}).status_code == 409
    assert not StatusReport.objects.standing().exists()


def test_a_report_of_another_plan_is_not_there(desk):
    report, plan = make_report(about=make_milestone()), make_plan()
    for name in ("correction", "withdrawal"):
        assert desk.get(address(plan, name, report.pk)).status_code == 404


def test_what_is_to_be_checked_stands_with_the_overdue_first(desk):
    today = timezone.localdate()
    for days in (3, -3, 0):
        make_milestone(next_check_on=today + timedelta(days=days), output=f"In {days} days")
    make_milestone(output="Never")
    page = desk.get(reverse("admin:manifesto_actionplan_checks")).text
    assert page.index("In -3 days") < page.index("In 0 days") < page.index("In 3 days")
    assert "Never" not in page
    assert page.count("(overdue)") == 1


def sheet(*lines, encoding="utf-8"):
    return SimpleUploadedFile("statuses.csv", "\r\n".join(lines).encode(encoding))


HEAD = "Commitment,Milestone reference,Milestone,2014-09-30,2015-01-31"


def plan_to_fill(**fields):
    """Two commitments with a milestone each, made alike each time."""
    plan = make_plan(**fields)
    for title, output in (("Open, and “data”", "=A list"), ("Llyfrau agored – ŵy", "Rhestr")):
        make_milestone(commitment=make_commitment(plan=plan, title=title), output=output)
    return plan


def test_what_is_taken_out_of_a_plan_and_brought_into_another_comes_out_the_same(desk):
    plan, other = plan_to_fill(), plan_to_fill()
    for number, commitment in enumerate(plan.commitments.by_number()):
        make_report(about=commitment, status="limited", reported_on=DAY)
        make_report(about=commitment.milestones.get(), reported_on=DAY - timedelta(days=number))
        make_report(about=commitment, source="reviewer", status="complete")
    taken_out = desk.get(f"/plans/{plan.slug}/statuses-government.csv").getvalue()
    page = address(other, "sheet")
    file = SimpleUploadedFile("statuses.csv", taken_out)
    preview = desk.post(page, {**SOURCE, "file": file})
    assert preview.status_code == 200
    assert "4 reports would be new" in preview.text
    assert not StatusReport.objects.about(other.commitments.all()).exists()
    confirmed = {**SOURCE, "text": preview.context["text"], "confirm": "yes"}
    assert desk.post(page, confirmed).status_code == 302
    assert desk.get(f"/plans/{other.slug}/statuses-government.csv").getvalue() == taken_out
    again = desk.post(page, {**SOURCE, "file": SimpleUploadedFile("statuses.csv", taken_out)})
    assert "All of it is there already." in again.text
    assert desk.post(page, confirmed).status_code == 302
    assert StatusReport.objects.about(other.commitments.all()).count() == 4


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (sheet(HEAD.replace("2015-01-31", "4/30/2014"), "1,1.01,,Completed"), "“4/30/2014” is no day"),
        (sheet(HEAD, "1,7.07,Typed,Completed"), "This plan has no milestone “7.07” of “1”."),
        (sheet(HEAD, "1,1.01,Typed,Nearly"), "“Nearly” isn't a status."),
        (sheet(HEAD, "1,1.01,,Completed", "1,1.01,,Completed"), "Row 2 is about the same."),
        (
            sheet(HEAD, "1,1.01,,Completed,On track"),
            "the report of that day says “Closed”. Correct it there.",
        ),
        (sheet("Name,Status", "1,Completed"), "The first three columns must be headed"),
        (sheet(HEAD, '1,1.01,"Typed,Completed'), "quotation mark"),
        (SimpleUploadedFile("it.csv", b""), "This file is empty."),
        (SimpleUploadedFile("it.csv", b"x" * 600_000), "This file is larger than 500 kB."),
        (SimpleUploadedFile("it.csv", bytes(range(32)) * 40), "This isn't a spreadsheet we can read."),
        (SimpleUploadedFile("it.pdf", b"%PDF-1.4"), "This is a PDF"),
        (None, "Please choose a file."),
    ],
)
def test_bad_sheets_are_refused_and_nothing_is_written(desk, file, words):
    plan = plan_to_fill()
    make_report(about=plan.commitments.get(number=1).milestones.get(), reported_on=DAY, status="closed")
    if file:
        file.seek(0)
    response = desk.post(
        address(plan, "sheet"), {**SOURCE, **({"file": file} if file else {}), "confirm": "yes"}
    )
    assert response.status_code == 422
    assert words in response.text.replace("&#x27;", "'").replace("&quot;", '"')
    assert 'value="Self-assessment"' in response.text
    assert StatusReport.objects.count() == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_sheets_come_in_the_encodings_that_people_have(desk, encoding):
    plan = make_plan()
    make_commitment(plan=plan, title="Café")
    file = sheet(HEAD, "Café,,,Completed", encoding=encoding)
    response = desk.post(address(plan, "sheet"), {**SOURCE, "file": file})
    assert response.status_code == 200
    assert "1 report would be new" in response.text


def test_a_batch_takes_as_many_queries_however_long_the_plan_is(desk, django_assert_num_queries):
    counts = []
    for number in (1, 30):
        plan = make_plan()
        for _each in range(number):
            make_milestone(commitment=make_commitment(plan=plan))
        desk.get(address(plan, "report_batch"))
        with django_assert_num_queries(10, exact=False) as queries:
            desk.get(address(plan, "report_batch"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_large_plan_comes_in_pages_that_keep_the_source(desk):
    plan = make_plan()
    for _each in range(3):
        commitment = make_commitment(plan=plan)
        for _step in range(40):
            make_milestone(commitment=commitment)
    page = address(plan, "report_batch")
    first = desk.get(page).context
    assert [len(first["rows"]), first["page_obj"].paginator.num_pages] == [82, 2]
    data = {**SOURCE, "reported_on": "2015-01-31"}
    response = desk.post(page, data | {f"commitment-{plan.commitments.first().pk}-status": "limited"})
    second = desk.get(response.url)
    assert [len(second.context["rows"]), second.context["page_obj"].number] == [41, 2]
    assert 'value="Self-assessment"' in second.text
    assert 'value="2015-01-31"' in second.text
    response = desk.post(response.url, data | {f"commitment-{commitment.pk}-status": "complete"})
    assert response.url == address(plan, "reports")
    assert StatusReport.objects.about(plan.commitments.all()).count() == 2


@pytest.mark.parametrize("query", ["page=0", "page=99", "page=x", "source=nobody&reported_on=never&page=-1"])
def test_pages_of_a_batch_that_are_not_there_are_others(desk, query):
    plan = make_milestone().commitment.plan
    assert desk.get(f"{address(plan, 'report_batch')}?{query}").status_code == 200


def test_drafts_are_in_no_file(client):
    draft = make_plan(published=False)
    make_report(about=make_commitment(plan=draft))
    assert client.get(f"/plans/{draft.slug}/statuses-government.csv").status_code == 404
    public = make_plan()
    make_report(about=make_commitment(plan=public, title="Unseen", published=False))
    assert b"Unseen" not in client.get(f"/plans/{public.slug}/statuses-government.csv").getvalue()
    assert client.get(f"/plans/{public.slug}/statuses-nobody.csv").status_code == 404
