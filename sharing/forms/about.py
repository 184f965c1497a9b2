"""Of which of our own people something is that another agency told us."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Layout, Size
from django import forms

from agencies.days import written
from agencies.forms import PlainForm, PlainText, ShortText
from records.models import Person

SOMEBODY_ELSE = "OTHER"


class AboutForm(PlainForm):
    """Choose from those who may be meant, or give the reference of somebody else."""

    submit_label: ClassVar[str] = "This is about them"

    who = forms.ChoiceField(
        label="Who in your agency’s records is it about?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whom it is about"},
    )
    reference = ShortText(
        label="The reference of somebody else",
        help_text="Only if you chose somebody else. For example, P-000123. Find it under People",
        required=False,
        max_length=20,
    )

    def __init__(self, *args: Any, people: Sequence[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [Choice(one.reference, f"{one.name}, {one.reference}", hint=_born(one)) for one in people]
        self.fields["who"].choices = [*choices, Choice(SOMEBODY_ELSE, "Somebody else")]  # type: ignore[attr-defined]
        self.helper.layout = Layout(
            Field.radios("who", legend_size=Size.MEDIUM), Field.text("reference", label_size=Size.SMALL)
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("who") == SOMEBODY_ELSE and not str(answers.get("reference", "")).strip():
            self.add_error("reference", "Give the reference of whom it is about")
        return answers

    def chosen(self) -> str:
        """The reference that was chosen or given."""
        who = str(self.cleaned_data["who"])
        return str(self.cleaned_data["reference"]).strip().upper() if who == SOMEBODY_ELSE else who


def _born(person: Person) -> str:
    return f"Born {written(person.born_on, 'j F Y')}" if person.born_on else "Date of birth not known"


class NotAboutForm(PlainForm):
    """Why it is not about this person."""

    submit_label: ClassVar[str] = "It is not about them"

    why = PlainText(label="Why is it not about them?", rows=3, max_length=1000)
