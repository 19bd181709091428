from django import forms

from ..models import Criterion, WeightChange


class WeightForm(forms.Form):
    """A criterion's new weight once scoring has opened, and why."""

    weight = forms.IntegerField(
        label="New weight",
        min_value=0,
        max_value=1000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    reason = forms.CharField(
        label="Reason, as everybody will read it",
        max_length=WeightChange._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    def __init__(self, data=None, *, criterion: Criterion):
        super().__init__(data, initial={"weight": criterion.weight})
