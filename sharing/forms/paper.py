"""What is asked before something leaves the service on paper."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from agencies.forms import PlainForm, PlainText, ShortText
from sharing.models import PaperCopy


class CopyForm(PlainForm):
    """What a copy is for, and whose it is."""

    submit_label: ClassVar[str] = "Make a PDF"

    purpose = forms.ChoiceField(
        label="What is the copy for?",
        choices=PaperCopy.Purpose.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the copy is for"},
    )
    purpose_words = PlainText(
        label="Say more, if it is for something else",
        help_text="For example, the review and who leads it.",
        rows=2,
        required=False,
        max_length=2000,
    )
    for_whom = ShortText(
        label="For whom is the copy?",
        help_text="A name and organisation. It stands on every page.",
        max_length=200,
        error_messages={"required": "Say for whom the copy is"},
    )

    def clean(self) -> dict[str, Any]:
        """Ask for words where none of the purposes fits."""
        given = super().clean() or self.cleaned_data
        if given.get("purpose") == PaperCopy.Purpose.OTHER and not given.get("purpose_words", "").strip():
            self.add_error("purpose_words", "Say what the copy is for")
        return given
