from dataclasses import dataclass

from django import forms

from ..models import Assessment

UNKNOWN = "unknown"
MARKS = {"0": "0", "1": "½", "2": "1", UNKNOWN: "Don’t know"}


@dataclass(frozen=True)
class Answer:
    """One of the four answers to a criterion: its mark and what it means here."""

    mark: str
    meaning: str

    def __str__(self):
        return f"{self.mark}: {self.meaning}"


class CriterionField(forms.TypedChoiceField):
    """0, ½, 1 or "don't know" for a criterion; cleans to half-points, or None for "don't know"."""

    widget = forms.RadioSelect

    def __init__(self, criterion):
        self.criterion = criterion
        super().__init__(
            label=criterion.name,
            help_text=criterion.description,
            choices=[
                (value, Answer(mark, meaning))
                for (value, mark), meaning in zip(MARKS.items(), _meanings(criterion), strict=True)
            ],
            coerce=lambda value: None if value == UNKNOWN else int(value),
            error_messages={
                "required": "Choose a score, or “Don’t know”.",
                "invalid_choice": "Choose one of the four answers.",
            },
        )


class ScoreForm(forms.Form):
    """An expert's answers to every criterion for one idea, starting from `assessment` if there is one."""

    note = forms.CharField(
        label="Note",
        required=False,
        max_length=Assessment._meta.get_field("note").max_length,
        help_text="Why you scored it so, if you like. The expert group may read it, without your name.",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, data=None, *, criteria, assessment=None):
        initial = {}
        if assessment:
            initial = {
                self.name_of(score.criterion_id): _value_of(score.half_points)
                for score in assessment.scores.all()
            }
            initial["note"] = assessment.note
        super().__init__(data, initial=initial)
        for criterion in criteria:
            self.fields[self.name_of(criterion.pk)] = CriterionField(criterion)

    @staticmethod
    def name_of(criterion_pk):
        return f"criterion-{criterion_pk}"

    @property
    def criterion_fields(self):
        return [field for field in self if isinstance(field.field, CriterionField)]

    @property
    def fields_with_errors(self):
        return [field for field in [*self.criterion_fields, self["note"]] if field.errors]

    @property
    def scores(self):
        """Criterion to half-points or None, as ExpertTerm.assess takes them."""
        return {field.field.criterion: self.cleaned_data[field.name] for field in self.criterion_fields}


def _value_of(half_points):
    return UNKNOWN if half_points is None else str(half_points)


def _meanings(criterion):
    return criterion.anchor_zero, criterion.anchor_half, criterion.anchor_one, "Left out of the sum."


def typed_words(data):
    """What somebody wrote into a form of the desk that could not be saved."""
    return data.get("note", "") or data.get("explanation", "")


def typed_scores(data, round):
    """Pairs of a criterion and the mark that was chosen for it, in a form that could not be saved."""
    if not any(name.startswith(ScoreForm.name_of("")) for name in data):
        return []
    chosen = [(criterion, data.get(ScoreForm.name_of(criterion.pk))) for criterion in round.criteria.all()]
    return [(criterion, MARKS[value]) for criterion, value in chosen if value in MARKS]
