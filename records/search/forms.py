"""The one box of Find, and what narrows it."""

from __future__ import annotations

from typing import Any, ClassVar

from crispy_forms_gds.layout import HTML, Field, Fixed, Layout, Size
from django import forms
from django.utils import timezone

from agencies.forms import PlainForm, ShortText
from records.search import kept, reading
from records.search.kept import Wanted

OPEN_DETAILS = """<details class="govuk-details"{% if form.is_narrowed %} open{% endif %}>
<summary class="govuk-details__summary"><span class="govuk-details__summary-text">Narrow it</span></summary>
<div class="govuk-details__text">"""
CLOSE_DETAILS = "</div></details>"


class FindForm(PlainForm):
    """What is looked for. What is typed goes into no address and no log."""

    submit_label: ClassVar[str] = "Find"

    text = ShortText(
        label="A name, date of birth, NHS number or reference",
        help_text="All or part of it, in any order: “leo marsh”, “marsch 2019”, “3/4/2016”, “WF-26-0001”. "
        "Names that look or sound alike are found too.",
        max_length=200,
        required=False,
    )
    what = forms.ChoiceField(
        label="What to look for",
        choices=[
            (kept.EVERYTHING, "People and concerns"),
            (kept.PEOPLE, "People only"),
            (kept.CONCERNS, "Concerns only"),
        ],
        required=False,
    )
    state = forms.ChoiceField(
        label="Which concerns",
        choices=[(kept.ANY, "All"), (kept.OPEN, "Open"), (kept.CLOSED, "Closed")],
        required=False,
    )
    mine = forms.BooleanField(label="Only concerns that I look after", required=False)
    born_from = ShortText(
        label="Born on or after", help_text="A date or a year", max_length=40, required=False
    )
    born_to = ShortText(
        label="Born on or before", help_text="A date or a year", max_length=40, required=False
    )
    alike = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.text("text", label_size=Size.MEDIUM),
            HTML(OPEN_DETAILS),
            Field.select("what"),
            Field.select("state"),
            "mine",
            Field.text("born_from", field_width=Fixed.TEN),
            Field.text("born_to", field_width=Fixed.TEN),
            HTML(CLOSE_DETAILS),
        )

    @property
    def is_narrowed(self) -> bool:
        """Say whether the part below the box holds anything, so that it is not folded away."""
        names = ("what", "state", "mine", "born_from", "born_to")
        return any(self[name].value() or name in self.errors for name in names)

    def clean_born_from(self) -> str:
        return self._day("born_from", last=False)

    def clean_born_to(self) -> str:
        return self._day("born_to", last=True)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        asks = ("text", "state", "mine", "born_from", "born_to")
        if not self.errors and not any(str(answers.get(name) or "").strip() for name in asks):
            self.add_error("text", "Enter a name, a date of birth, an NHS number or a reference")
        if answers.get("born_from") and answers.get("born_to") and answers["born_from"] > answers["born_to"]:
            self.add_error("born_to", "The second date is before the first. Change one of them")
        return answers

    def wanted(self) -> Wanted:
        """Return what is looked for."""
        asked = self.words()
        asked["text"] = asked["text"].strip()
        return Wanted(**asked)

    def _day(self, name: str, *, last: bool) -> str:
        text = self.cleaned_data[name].strip()
        if not text:
            return ""
        born, wrong, rest = reading.born_in(text, today=timezone.localdate())
        if wrong:
            raise forms.ValidationError(wrong[0].rstrip("."))
        if born is None or rest.strip():
            raise forms.ValidationError("Write a date or a year, for example 3/4/2016 or 2016")
        return (born.last if last else born.first).isoformat()
