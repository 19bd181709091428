from django import forms

from ..importing import FIELDS, NEEDED, shorten
from ..models import ImportBatch, Round, Theme
from ..spreadsheets import DELIMITERS, ENCODINGS, MAX_BYTES, MAX_ROWS, MEGABYTE
from ..vocabularies import Level, Source
from .capture import CREDITED_AS_LIMIT, MeetingField, credit_of, rounds_taking_in

SAMPLES = 3


class UploadForm(forms.Form):
    """A spreadsheet of ideas and what is the same for all of them."""

    file = forms.FileField(
        label="Spreadsheet",
        help_text=f"An .xlsx or CSV file with one idea a row and headings above, up to {MAX_ROWS:,} rows and "
        f"{MAX_BYTES // MEGABYTE} MB. You will see what would come of it before anything is taken in.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt"}),
        allow_empty_file=True,
        max_length=ImportBatch._meta.get_field("file_name").max_length,
    )
    round = forms.ModelChoiceField(Round.objects.none(), empty_label="Choose a round")
    source = forms.ChoiceField(
        label="How these ideas reached the network",
        choices=[choice for choice in Source.choices if choice[0] != Source.WEBSITE],
    )
    raised_at = MeetingField(label="Raised at", required=False, empty_label="Not at a meeting of ours")
    origin = forms.CharField(
        label="Short name of this collection",
        max_length=ImportBatch._meta.get_field("origin").max_length,
        help_text="Such as “Leeds workshop” or “Decidim Wales”. Use the same name when you send a newer version "
        "of the file: an idea that came in before is then known again.",
    )
    credited_as = forms.CharField(
        label="Credited to",
        required=False,
        max_length=CREDITED_AS_LIMIT,
        help_text="For rows that don’t say. Left empty: the participants of the meeting.",
    )
    encoding = forms.ChoiceField(
        label="Text encoding (CSV only)",
        required=False,
        choices=[("", "Find it out"), *ENCODINGS.items()],
        help_text="Choose one only if letters with accents look wrong on the next page.",
    )
    delimiter = forms.ChoiceField(
        label="Between columns (CSV only)",
        required=False,
        choices=[
            ("", "Find it out"),
            *((code if code != "\t" else "tab", name) for code, name in DELIMITERS.items()),
        ],
    )

    use_required_attribute = False

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds_taking_in(now)
        for name in ("file", "round", "origin"):
            self.fields[name].error_messages["required"] = "Please fill this in."

    def clean_origin(self):
        return " ".join(self.cleaned_data["origin"].split())

    def clean_delimiter(self):
        return "\t" if self.cleaned_data["delimiter"] == "tab" else self.cleaned_data["delimiter"]

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("credited_as") and "credited_as" in cleaned:
            if cleaned.get("raised_at"):
                cleaned["credited_as"] = credit_of(cleaned["raised_at"])
            else:
                self.add_error("credited_as", "Say who put these ideas forward, or choose a meeting above.")
        return cleaned

    def stage(self, *, by, now):
        """Hold the file's rows. Raise a Refused or Unreadable."""
        fields = {name: value for name, value in self.cleaned_data.items() if name != "file"}
        upload = self.cleaned_data["file"]
        return ImportBatch.stage(upload.file, file_name=upload.name, by=by, now=now, **fields)


class ColumnsForm(forms.Form):
    """What each column of a spreadsheet is, proposed from its heading."""

    default_theme = forms.ModelChoiceField(
        Theme.objects.none(),
        label="Theme for rows without one of this round’s",
        required=False,
        empty_label="None: don’t take such rows in",
    )
    default_level = forms.ChoiceField(
        label="Level for rows without one we know",
        required=False,
        choices=[("", "None: don’t take such rows in"), *Level.choices],
    )

    def __init__(self, *args, batch, **kwargs):
        initial = {"default_theme": batch.default_theme_id, "default_level": batch.default_level}
        super().__init__(*args, initial=initial, **kwargs)
        self.batch = batch
        self.fields["default_theme"].queryset = batch.round.themes.all()
        proposed = batch.proposed_columns
        choices = [("", "Leave out"), *FIELDS.items()]
        for index, header in enumerate(batch.headers):
            self.fields[f"column-{index}"] = forms.ChoiceField(
                label=header or f"Column {index + 1}",
                required=False,
                choices=choices,
                initial=proposed[index] if index < len(proposed) else "",
            )
        self.samples = [row.cells for row in batch.rows.order_by("number")[:SAMPLES]]

    @property
    def columns(self):
        return [self.cleaned_data[f"column-{index}"] for index in range(len(self.batch.headers))]

    def column_fields(self):
        """Pairs of a column's field and some of what is in the column."""
        for index in range(len(self.batch.headers)):
            cells = [
                shorten(cells[index], 90) for cells in self.samples if index < len(cells) and cells[index]
            ]
            yield self[f"column-{index}"], cells

    def default_fields(self):
        return [self["default_theme"], self["default_level"]]

    def clean(self):
        cleaned = super().clean()
        given = {}
        for index in range(len(self.batch.headers)):
            name = cleaned.get(f"column-{index}")
            if name in given:
                self.add_error(f"column-{index}", f"“{FIELDS[name]}” is another column already.")
            elif name:
                given[name] = index
        for name in NEEDED:
            if name not in given:
                self.add_error(None, f"Choose the column for “{FIELDS[name]}”.")
        for name, words in (("theme", "a theme"), ("level", "a level")):
            if name not in given and not cleaned.get(f"default_{name}"):
                self.add_error(f"default_{name}", f"No column says this, so choose {words} for all rows.")
        return cleaned

    def apply(self, *, now):
        """Map the batch's columns as chosen. Raise NotReady."""
        self.batch.map_columns(
            self.columns,
            now=now,
            default_theme=self.cleaned_data["default_theme"],
            default_level=self.cleaned_data["default_level"],
        )
