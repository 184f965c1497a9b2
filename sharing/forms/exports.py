"""What is asked before a record leaves the service as data."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from agencies.forms import PlainForm, PlainText, ShortText
from sharing.models import Export


class ExportForm(PlainForm):
    """The form of the data, why it is needed and for whom."""

    submit_label: ClassVar[str] = "Make the file"

    form = forms.ChoiceField(
        label="In which form?",
        choices=Export.Form.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the form of the data"},
    )
    for_whom = ShortText(
        label="Who gets it?",
        help_text="A person and their organisation, or the system it goes into.",
        max_length=200,
        missing="Say who gets it",
    )
    purpose = PlainText(
        label="Why do they need the whole record?",
        help_text="It leaves this service, and nobody can see here who reads it then.",
        rows=3,
        missing="Say why they need the whole record",
    )

    def words(self) -> dict[str, Any]:
        """What the operation is given."""
        return {name: self.cleaned_data[name] for name in ("form", "for_whom", "purpose")}
