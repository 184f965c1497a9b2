"""Questions about a document: the file, what it is, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO, ClassVar, cast

from crispy_forms_gds.layout import Field, Fieldset, Layout, Size
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from agencies.dates import PlainDate
from agencies.forms import PlainForm, PlainText, ShortText
from records.documents.kinds import EXTENSIONS, NotKept
from records.documents.looking import Looked, look
from records.models import Document, Person

ACCEPT = ",".join(f".{extension}" for extension in EXTENSIONS)
HINT = (
    "PDF, Word, Excel or PowerPoint without macros, OpenDocument, PNG, JPEG, text or CSV, up to 20 MB. "
    "It is kept as it is. Others are given photos without where and with what they were taken."
)


class DocumentFile(forms.FileField):
    """A file that is looked into as soon as it has come. Its value is what was found (Looked)."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.FileInput(attrs={"accept": ACCEPT}))
        options.setdefault(
            "error_messages",
            {"required": "Choose a file", "empty": "This file is empty. Open it to see whether it was saved"},
        )
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> Looked | None:
        if not isinstance(data, UploadedFile) or data.file is None:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return None
        try:
            return look(cast(BinaryIO, data.file), name=data.name or "", size=data.size)
        except NotKept as refusal:
            # An error message is one sentence, and has no full stop.
            raise forms.ValidationError(" ".join(refusal.sentences).removesuffix(".")) from refusal


class UploadForm(PlainForm):
    """A form with a file, which no browser sends a second time by itself: the page says so."""

    def say_that_the_file_is_gone(self) -> None:
        """Ask for the file again where something else is wrong. Call it last."""
        if self.errors and "file" not in self.errors and self.cleaned_data.get("file"):
            self.add_error("file", "Choose the file again. It is kept once everything else is answered")


class DocumentForm(UploadForm):
    """A document with its first file."""

    submit_label: ClassVar[str] = "Add this document"

    file = DocumentFile(label="Choose the file", help_text=HINT)
    title = ShortText(
        label="What is it?",
        help_text="For example, “Letter from the hospital after the visit on 3 May”.",
        max_length=200,
        missing="Say what it is",
    )
    kind = forms.ChoiceField(
        label="What kind of document is it?",
        choices=Document.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of document it is"},
    )
    written_by = ShortText(
        label="Who wrote or made it?",
        help_text="Name and role. Write “I did” if it was you.",
        missing="Say who wrote or made it",
    )
    source = ShortText(
        label="How did it come to you?",
        help_text="For example, “by post on 5 May” or “from our own files”.",
        missing="Say how it came to you",
    )
    made_on = PlainDate(label="Date", help_text="For example, 27 3 2026", required=False)
    made_note = ShortText(
        label="If you cannot give a date, when was it roughly?", max_length=180, required=False
    )

    def __init__(self, *args: Any, people: Sequence[Person] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = {person.reference: person for person in people}
        about: list[Any] = []
        if self.people:
            self.fields["about"] = forms.ChoiceField(
                label="Who is it about?",
                choices=[(key, person.name) for key, person in self.people.items()]
                + [("", "All of them, or nobody")],
                widget=forms.RadioSelect,
                required=False,
            )
            about = [Field.radios("about", legend_size=Size.SMALL)]
        self.helper.layout = Layout(
            Field("file"),
            Field.text("title"),
            Field.radios("kind", legend_size=Size.SMALL),
            Field.text("written_by"),
            Field.text("source"),
            Fieldset(
                Field("made_on", context={"legend_size": Size.for_legend("s")}),
                Field.text("made_note"),
                legend="When was it written or made?",
                legend_size=Size.SMALL,
            ),
            *about,
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        day, note = answers.get("made_on"), str(answers.get("made_note", "")).strip()
        if not day and not note and not {"made_on", "made_note"} & self.errors.keys():
            self.add_error("made_on", "Enter the date on which it was made, or say roughly when")
        if day and day > timezone.localdate():
            self.add_error("made_on", "It cannot have been made in the future. Check the date")
        self.say_that_the_file_is_gone()
        return answers

    def document(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        answers = self.cleaned_data
        words = {n: answers[n] for n in ("title", "kind", "written_by", "source", "made_on", "made_note")}
        return {**words, "content": answers["file"], "about": self.people.get(answers.get("about", ""))}


class VersionForm(UploadForm):
    """A newer file of the same document."""

    submit_label: ClassVar[str] = "Add this version"

    file = DocumentFile(label="Choose the new file", help_text=HINT)
    why = PlainText(
        label="Why is there a new version?",
        help_text="For example, “the signed copy came”.",
        rows=3,
        max_length=1000,
        missing="Say why there is a new version",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(Field("file"), Field.textarea("why", rows=3))

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        self.say_that_the_file_is_gone()
        return answers


class StrikeForm(PlainForm):
    """Why a document is a mistake."""

    submit_label: ClassVar[str] = "Strike it through"

    why = PlainText(
        label="Why is it a mistake?",
        help_text="For example, “it is about another child”. Everyone who may read the record reads this.",
        rows=3,
        max_length=1000,
        missing="Say why it is a mistake",
    )
