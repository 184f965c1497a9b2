"""Narrowing a chronology: by kind, by who wrote or did it, by agency and by date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils import timezone

from agencies.dates import PlainDate
from sharing.chronology.portions import Narrowed
from sharing.chronology.reading import Somebody
from sharing.chronology.words import GROUPS


class NarrowForm(forms.Form):
    """It goes by code, number and date: nobody's name stands in an address."""

    kind = forms.ChoiceField(label="What", required=False, choices=[("", "Everything"), *GROUPS.items()])
    person = forms.ChoiceField(label="Who wrote or did it", required=False)
    agency = forms.ChoiceField(label="Agency", required=False)
    first = PlainDate(label="From", required=False)
    last = PlainDate(label="To", required=False)

    def __init__(self, *args: Any, people: Sequence[Somebody], **options: Any) -> None:
        super().__init__(*args, **options)
        agencies = {one.agency_ref: one.agency for one in people}
        names = [(one.id, f"{one.name}, {one.agency}") for one in people]
        cast(forms.ChoiceField, self.fields["person"]).choices = [("", "Anybody"), *names]
        cast(forms.ChoiceField, self.fields["agency"]).choices = [("", "All agencies"), *agencies.items()]

    def narrowed(self) -> Narrowed:
        """The answers as the reading takes them."""
        if not self.is_bound:
            return Narrowed()
        answers = self.cleaned_data
        person = answers.get("person")
        return Narrowed(
            kind=answers.get("kind") or "",
            author=UUID(person) if person else None,
            agency=answers.get("agency") or "",
            start=_midnight(answers.get("first")),
            end=_midnight(answers.get("last"), days=1),
        )


def _midnight(day: Any, *, days: int = 0) -> datetime | None:
    """Return the moment at which a local day begins, or the day after it."""
    if not day:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time()))
