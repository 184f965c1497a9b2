"""Adding to a person's history: one entry, or a file of them."""

from __future__ import annotations

from typing import Any, ClassVar

from crispy_forms_gds.layout import Field, Layout, Size
from django import forms

from agencies.forms import PlainForm, PlainText, ShortText
from records import entries, moments
from records.importing.table import MOST_BYTES
from records.models import ChronologyEntry


class EntryForm(PlainForm):
    """One thing that happened before the service, or outside any concern."""

    submit_label: ClassVar[str] = "Add to their history"

    day = ShortText(
        label="When did it happen?",
        help_text="The day, or as much as you know: 27/03/2019, 03/2019 or 2019",
        max_length=30,
    )
    clock = ShortText(
        label="Time, if you know it",
        help_text="24-hour clock, for example 14:30",
        required=False,
        max_length=10,
    )
    kind = forms.ChoiceField(
        label="What kind of event was it?",
        choices=ChronologyEntry.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what kind of event it was"},
    )
    text = PlainText(label="What happened?")
    source = ShortText(
        label="Where is this recorded, or who told you?",
        help_text="For example, “file from the previous school” or “grandmother, by phone”",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.text("day", label_size=Size.MEDIUM),
            Field.text("clock", label_size=Size.SMALL),
            Field.radios("kind", legend_size=Size.MEDIUM),
            Field.textarea("text", label_size=Size.MEDIUM, rows=5),
            Field.text("source", label_size=Size.MEDIUM),
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if "day" in answers:
            try:
                answers["moment"] = moments.read(answers["day"], answers.get("clock", ""))
            except moments.NotAMoment as error:
                self.add_error("clock" if "time" in str(error) else "day", str(error))
        return answers

    def entry(self) -> entries.Words:
        """The answers as the operation takes them."""
        answers = self.cleaned_data
        return entries.Words(
            happened_at=answers["moment"].at,
            precision=answers["moment"].precision,
            kind=answers["kind"],
            text=answers["text"],
            source=answers["source"],
        )


class UploadForm(PlainForm):
    """A file of entries."""

    submit_label: ClassVar[str] = "Read the file"

    file = forms.FileField(
        label="CSV file",
        help_text="At most 10,000 rows and 2 MB",
        error_messages={
            "required": "Choose the file",
            "empty": "The file is empty. Choose another",
            "missing": "Choose the file",
            "invalid": "The file did not arrive. Choose it again",
        },
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(Field("file", context={"label_size": Size.for_label("m")}))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("The file is larger than 2 MB. Split it, and upload the parts")
        return file
