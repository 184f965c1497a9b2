"""Deciding about a word: what it means in plain words, or that it is not to be remarked on here."""

from __future__ import annotations

from typing import Any, ClassVar

from crispy_forms_gds.layout import Field, Layout
from django import forms

from agencies.forms import PlainForm, ShortText
from records.models import Word

EXPLAIN, LEAVE = "EXPLAIN", "LEAVE"


class WordForm(PlainForm):
    """A word, and what to do with it."""

    submit_label: ClassVar[str] = "Add this word"

    term = ShortText(label="Word or abbreviation", max_length=60, missing="Write the word or abbreviation")
    what = forms.ChoiceField(
        label="What should happen when somebody writes it?",
        choices=[(EXPLAIN, "Say what to write instead"), (LEAVE, "Nothing: everybody here knows it")],
        widget=forms.RadioSelect,
        initial=EXPLAIN,
        error_messages={"required": "Say what should happen when somebody writes it"},
    )
    plain = ShortText(
        label="In plain words",
        help_text="What somebody who does not work here would understand. Leave it empty for “Nothing”.",
        max_length=150,
        required=False,
    )
    kind = forms.ChoiceField(
        label="What is it?",
        choices=Word.Kind.choices,
        widget=forms.RadioSelect,
        initial=Word.Kind.ABBREVIATION,
        error_messages={"required": "Say which kind of word this is"},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.text("term"), Field.radios("what"), Field.text("plain"), Field.radios("kind")
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("what") == EXPLAIN and not str(answers.get("plain", "")).strip():
            self.add_error("plain", "Write what to say instead, in plain words")
        return answers

    def word(self) -> dict[str, Any]:
        """Return the answers as the operation takes them."""
        answers = self.words()
        is_left_alone = answers.pop("what") == LEAVE
        return {**answers, "plain": "" if is_left_alone else answers["plain"], "is_left_alone": is_left_alone}
