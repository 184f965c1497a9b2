"""The questions that the pages on the cycle ask: where to start, whether to move, whether to go on."""

from __future__ import annotations

from typing import Any

from crispy_forms_gds.layout import Field, Layout, Size
from django import forms

from agencies.forms import PlainForm, PlainText
from sharing.models import Stage

STARTS = [
    (Stage.ASK, "Ask: find out who else works with them and what they know"),
    (Stage.DO, "Do: decide what to share, with whom and why"),
    (Stage.SHARE, "Share: I have already told them, for example by phone"),
    (Stage.RECORD, "Record: it has been shared and understood, and I only write it down"),
]


class StartForm(PlainForm):
    """At which stage the first cycle begins, and why where it is not at Ask."""

    submit_label = "Start"

    stage = forms.ChoiceField(
        label="Where are you now?",
        help_text="The four stages go round. Most concerns start with Ask.",
        choices=STARTS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where to start"},
    )
    reason = PlainText(
        label="Why do you not start with Ask?",
        help_text="Only for another stage. For example, what you did by phone, when and with whom.",
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.radios("stage", legend_size=Size.MEDIUM),
            Field.textarea("reason", label_size=Size.SMALL, rows=3),
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        other = answers.get("stage") not in (None, Stage.ASK)
        if other and "reason" not in self.errors and not str(answers.get("reason", "")).strip():
            self.add_error("reason", "Say why you do not start with Ask")
        return answers


class MoveForm(PlainForm):
    """One move, with the reason where it needs one."""

    reason = PlainText(label="Why?", rows=4, missing="Say why")

    def __init__(self, *args: Any, label: str, needs_reason: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.submit_text = label
        if not needs_reason:
            del self.fields["reason"]


class ProceedForm(PlainForm):
    """A lead's decision to go on although a check-back is open."""

    submit_label = "Proceed on safety grounds"

    reason = PlainText(
        label="Why is it safer to go on than to wait?",
        help_text=(
            "Say what could happen if you wait, and what you did to get an answer. "
            "The check-back stays open, and its time limit runs on."
        ),
        missing="Say why it is safer to go on than to wait",
    )


class StepDoneForm(PlainForm):
    """Saying that a skipped step has been done: nothing to write, one button."""

    submit_label = "It has been done"
