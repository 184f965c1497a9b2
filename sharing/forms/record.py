"""The questions that the pages of the Record stage ask."""

from __future__ import annotations

from django import forms

from agencies.forms import PlainForm, PlainText


class SummaryForm(PlainForm):
    """The decision that closes a summary and, in a later version, what changed."""

    submit_label = "Send the summary"

    decision = PlainText(
        label="What was decided?",
        help_text="Who decided, what and why. If nothing was decided, say that and why.",
    )
    what_changed = PlainText(
        label="What changed since the last version?",
        help_text="Everyone can see this.",
        rows=3,
        required=False,
    )


class AnswerSummaryForm(PlainForm):
    """Whether a summary is what a party recorded."""

    submit_label = "Send your answer"

    matches = forms.TypedChoiceField(
        label="Is this what you recorded?",
        choices=[("yes", "Yes, it is what I recorded"), ("no", "No, something is different")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is what you recorded"},
    )
    correction = PlainText(
        label="What is different in your record?",
        help_text="Only where something is different.",
        required=False,
    )


class SilenceForm(PlainForm):
    """Recording that a party did not answer: nothing to write, one button."""

    submit_label = "Record their silence"
