"""Why something is struck through."""

from __future__ import annotations

from typing import Any, ClassVar

from crispy_forms_gds.layout import Field, Layout, Size
from django import forms

from agencies.forms import PlainForm, PlainText
from records.models import Strike


class StrikeForm(PlainForm):
    """What kind of mistake it is, and why; and how they will be heard where no voice is left."""

    submit_label: ClassVar[str] = "Strike it through"

    reason = forms.ChoiceField(
        label="What is wrong with it?",
        choices=Strike.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what is wrong with it"},
    )
    why = PlainText(
        label="Why is it struck through?",
        help_text="Everyone who was given it reads this.",
        rows=3,
        max_length=1000,
    )
    voice_plan = PlainText(
        label="How will they be heard now?",
        help_text="This is all that is recorded of their own words, wishes or feelings.",
        rows=3,
        max_length=1000,
    )

    def __init__(self, *args: Any, no_voice: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        fields = [
            Field.radios("reason", legend_size=Size.MEDIUM),
            Field.textarea("why", label_size=Size.MEDIUM, rows=3),
        ]
        if no_voice:
            fields.append(Field.textarea("voice_plan", label_size=Size.MEDIUM, rows=3))
        else:
            del self.fields["voice_plan"]
        self.helper.layout = Layout(*fields)
