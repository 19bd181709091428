import csv
import io

from django import forms
from django.utils import timezone

from ..lateness import DONE
from ..models import StatusReport
from ..models.commitments.status_report import COMPLETION, SAID
from ..models.commitments.status_sheet import read_sheet, take_in
from ..spreadsheets import Unreadable, read
from .draft import LinesField

MAX_SHEET = 500 * 1024
DAY = {"attrs": {"type": "date"}, "format": "%Y-%m-%d"}


class Address(forms.URLField):
    """Where the source can be read."""

    def __init__(self):
        super().__init__(label="Address of the source", required=False, max_length=500, assume_scheme="https")


class SourceForm(forms.ModelForm):
    """Who says it, where, and of which day."""

    source_url = Address()

    class Meta:
        model = StatusReport
        fields = ["source", "reported_on", "source_title", "source_url", "source_page"]
        widgets = {"reported_on": forms.DateInput(**DAY)}

    use_required_attribute = False

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = timezone.localdate(now)

    @property
    def said(self):
        """What was typed, for the next page of the same report to begin with."""
        return {name: self.data.get(name, "") for name in self.fields}

    def clean_reported_on(self):
        day = self.cleaned_data["reported_on"]
        if day > self.today:
            raise forms.ValidationError("Nothing can be reported on a day to come.")
        return day

    def _get_validation_exclusions(self):
        # What it is about comes later, row by row.
        return {field.name for field in StatusReport._meta.fields} - set(self.fields)

    def validate_constraints(self):
        pass


class SaidForm(forms.Form):
    """What the source says of one thing; nothing chosen means that it says nothing of it."""

    status = forms.ChoiceField(required=False)
    completed_on = forms.DateField(required=False, widget=forms.DateInput(**DAY))
    words = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 1, "cols": 30})
    )

    use_required_attribute = False

    def __init__(self, *args, thing, **kwargs):
        super().__init__(*args, prefix=f"{thing.key[0]}-{thing.key[1]}", **kwargs)
        self.thing = thing
        # Every row has the same three fields, so each says of what it is.
        what = (
            f"{thing.reference} {thing.milestone}"
            if thing.reference
            else f"{thing.number}. {thing.commitment}"
        )
        codes = [code for code in StatusReport.Status if not (thing.reference and code in COMPLETION)]
        self.fields["status"].choices = [("", "–"), *((code, code.label) for code in codes)]
        for name, label in (("status", "Status"), ("completed_on", "Completed on"), ("words", "In short")):
            self.fields[name].widget.attrs["aria-label"] = f"{label}: {what}"

    def clean(self):
        cleaned = super().clean()
        says_more = cleaned.get("completed_on") or cleaned.get("words")
        if says_more and cleaned.get("status") == "":
            self.add_error("status", "Choose a status, or empty the rest.")
        if cleaned.get("completed_on") and cleaned.get("status") and cleaned["status"] not in DONE:
            self.add_error("completed_on", "Only what is completed has such a day.")
        return cleaned

    def report(self, source):
        kind, pk = self.thing.key
        return StatusReport(**{f"{kind}_id": pk}, **source, **self.cleaned_data)


class BatchForm:
    """What a source says on a day of a plan's commitments and milestones, typed in at once."""

    def __init__(self, data=None, *, plan, things, now, initial=None):
        self.plan, self.now, self.is_bound = plan, now, data is not None
        self.source = SourceForm(data, now=now, initial=initial)
        self.rows = [SaidForm(data, thing=thing) for thing in things]

    @property
    def errors(self):
        return bool(self.is_bound and (self.source.errors or any(row.errors for row in self.rows)))

    def is_valid(self):
        return self.is_bound and not self.errors and self._fits()

    @property
    def filled(self):
        return [row for row in self.rows if row.cleaned_data.get("status")]

    def _fits(self):
        """Whether the reports can all be kept; what is in the way is said beside its field."""
        source = self.source.cleaned_data
        there = StatusReport.objects.standing().about(self.plan.commitments.all())
        there = {
            report.key: report
            for report in there.filter(source=source["source"], reported_on=source["reported_on"])
        }
        for row in self.filled:
            if report := there.get(row.thing.key):
                row.add_error(
                    "status",
                    "There is a report by this kind of source from this day already: "
                    f"{report.get_status_display().lower()}. Correct or withdraw that one.",
                )
            if (day := row.cleaned_data.get("completed_on")) and day > source["reported_on"]:
                row.add_error("completed_on", "That is after the day of the report.")
        if not self.filled and not self.errors:
            self.source.add_error(None, "Choose a status for at least one commitment or milestone.")
        return not self.errors

    def record(self, *, by):
        """Raise a Refused where somebody was quicker."""
        source = self.source.cleaned_data
        reports = [row.report(source) for row in self.filled]
        return StatusReport.objects.record(reports, by=by, now=self.now)


class CorrectionForm(forms.ModelForm):
    """What a report should have said, and why it is changed."""

    because = forms.CharField(
        label="What was wrong",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody reads it beside the date and what the report said before.",
    )

    source_url = Address()
    evidence_links = LinesField(label="Links that support it", required=False, max_length=10)

    class Meta:
        model = StatusReport
        fields = list(SAID)
        widgets = {"completed_on": forms.DateInput(**DAY), "words": forms.Textarea(attrs={"rows": 4})}

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        report = self.instance
        if report.milestone_id:
            choices = [choice for choice in StatusReport.Status.choices if choice[0] not in COMPLETION]
            self.fields["status"].choices = choices
        if report.milestone_id or report.source != StatusReport.Source.REVIEWER:
            for name in ("is_verifiable", "has_open_government_lens", "potential"):
                del self.fields[name]

    def clean(self):
        cleaned = super().clean()
        day = cleaned.get("completed_on")
        if day and cleaned.get("status") not in DONE:
            self.add_error("completed_on", "Only what is completed has such a day.")
        elif day and day > self.instance.reported_on:
            self.add_error("completed_on", "That is after the day of the report.")
        return cleaned

    def _post_clean(self):
        """Leave the report alone: a correction is a report of its own."""

    def correct(self, *, by, now):
        said = {name: value for name, value in self.cleaned_data.items() if name != "because"}
        return self.instance.correct(because=self.cleaned_data["because"], by=by, now=now, **said)


class WithdrawalForm(forms.Form):
    because = forms.CharField(
        label="Why it is withdrawn", max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    use_required_attribute = False


class SheetForm(forms.Form):
    """A spreadsheet of statuses by one source. The second time round it is the text that was read, not the file."""

    source = forms.ChoiceField(label="Kind of source", choices=StatusReport.Source)
    source_title = forms.CharField(label="Name of the source", max_length=200)
    source_url = Address()
    file = forms.FileField(
        label="Spreadsheet",
        required=False,
        allow_empty_file=True,
        error_messages={"required": "Please choose a file."},
        max_length=200,
        help_text="CSV or .xlsx, up to 500 kB: Commitment, Milestone reference, Milestone, then a column for each day.",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False, max_length=4 * MAX_SHEET)

    use_required_attribute = False

    def __init__(self, data=None, files=None):
        super().__init__(data, files)
        self.fields["file"].required = not (data and data.get("text"))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("file") and cleaned["file"].size > MAX_SHEET:
            self.add_error("file", "This file is larger than 500 kB. Please send the plan's statuses alone.")
        return cleaned

    def read(self, plan, *, now):
        """What the sheet says, and what of it is new. What can't be read is an error of the field; then None."""
        try:
            sheet = read(self.cleaned_data["file"] or io.BytesIO(self.cleaned_data["text"].encode()))
            rows = list(sheet.rows)
        except Unreadable as error:
            self.add_error("file", str(error))
            return None, []
        self.typed = _as_text([sheet.headers, *(cells for _number, cells in rows)])
        sheet.rows = iter(rows)
        return read_sheet(sheet, plan, self.cleaned_data["source"], now=now)

    def take_in(self, new, plan, *, by, now):
        """Raise a Refused where somebody was quicker."""
        source = {name: self.cleaned_data[name] for name in ("source", "source_title", "source_url")}
        return take_in(new, plan, **source, by=by, now=now)


def _as_text(rows):
    """The same rows as the file, for the page to send again."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
