"""How the questions look, and how the rules speak beside them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from crispy_forms_gds.layout import ConditionalRadios, Field, Size
from django import forms
from django.core.exceptions import ValidationError

from agencies.dates import moment
from agencies.forms import PlainForm
from consent.rules import Broken


def text(name: str, rows: int = 3) -> Any:
    """A box for free text, its question in bold."""
    return Field.textarea(name, label_size=Size.SMALL, rows=rows)


def radios(name: str) -> Any:
    """Radio buttons under a legend of middle size."""
    return Field.radios(name, legend_size=Size.MEDIUM)


class Asked(ConditionalRadios):
    """Radio buttons with questions of their own, under a legend as large as the others on the page."""

    def render(self, form: Any, context: Any, *args: Any, **options: Any) -> str:
        with context.push(legend_size="govuk-fieldset__legend--m"):
            return str(super().render(form, context, *args, **options))


def date(name: str) -> Any:
    """A date in three boxes, its question in bold."""
    return Field(name, context={"legend_size": "govuk-fieldset__legend--s"})


def line(name: str) -> Any:
    """One line of text, its question in bold."""
    return Field.text(name, label_size=Size.SMALL)


def choose(label: str, missing: str, **options: Any) -> forms.ChoiceField:
    """A choice of one; `missing` is the sentence for a required one that was left out."""
    return forms.ChoiceField(
        label=label,
        widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": "Choose one of the answers"},
        **options,
    )


class Judged(PlainForm):
    """A form whose answers the rules judge, with each sentence beside the field it is about.

    `places` says which field shows what a rule finds wrong, where the two have different names.
    """

    places: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.told: set[str] = set()

    def place(self, broken: Iterable[Broken]) -> None:
        """Show what the rules found, but not on a field that has an error of its own."""
        for each in broken:
            name = self.places.get(each.field, each.field)
            if each.field not in self.told and name not in self.errors:
                self.add_error(name or None, each.sentence)

    def moment_of(self, answers: dict[str, Any], name: str, day: str, at: str) -> datetime | None:
        """Return the moment `name` that a date and a time tell, or None where they do not.

        A date without a time, and a time that the clocks skipped, are told beside the time.
        """
        if day in self.errors or at in self.errors:
            self.told.add(name)
            return None
        on, time = answers.get(day), answers.get(at)
        if on is None:
            return None
        try:
            if time is None:
                raise ValidationError("Give the time too. About right is good enough")
            return moment(on, time)
        except ValidationError as error:
            self.told.add(name)
            self.add_error(at, error)
            return None
