"""The form with which the partnership's office sets a time limit."""

from __future__ import annotations

from django import forms

from agencies import time_limits
from agencies.dates import PlainDate
from agencies.forms import PlainForm, ShortText
from agencies.models import TimeLimit
from agencies.working_time import DurationNotUnderstood


class TimeLimitForm(PlainForm):
    """How long, whose figure it is, and from when."""

    submit_label = "Set this time limit"

    duration = ShortText(
        label="How long?",
        max_length=80,
        help_text="For example “2 working days”, “4 hours” or “30 minutes”.",
        missing="Enter how long it may take",
    )
    label = forms.ChoiceField(
        label="Whose figure is it?",
        choices=TimeLimit.Label.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose whose figure it is",
            "invalid_choice": "Choose whose figure it is from the list",
        },
    )
    source = ShortText(
        label="Where does it come from?",
        help_text="Name the law, the guidance or the policy, with its date or version.",
        missing="Enter where the figure comes from",
    )
    effective_from = PlainDate(
        label="From which day?", help_text="Today or later. Until then, what counts now goes on counting."
    )

    def clean_duration(self) -> str:
        try:
            return time_limits.readable(str(self.cleaned_data["duration"]))
        except DurationNotUnderstood as error:
            raise forms.ValidationError(list(error.sentences)) from error
