"""A date in three boxes and a time in one, with errors in plain words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from crispy_forms_gds.fields import DateInputField
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from agencies.forms import ShortText

BOX = 4


class PlainDate(DateInputField):
    """A date. `missing` is the sentence for a required one that was left out."""

    def __init__(self, *, missing: str = "", **options: Any) -> None:
        label = str(options.get("label") or "")
        missing = missing or f"Enter a day, month and year{f' under “{label}”' if label else ''}"
        super().__init__(require_all_fields=False, **options)
        self.error_messages["required"] = missing
        for box in self.fields:
            box.validators = []
            box.widget.attrs["inputmode"] = "numeric"

    def clean(self, value: Any) -> date | None:
        parts = [str(part or "").strip() for part in value or ()]
        if not any(parts):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if len(parts) != 3 or not all(parts):
            raise ValidationError("Enter the day, the month and the year, for example 27 3 2019")
        if not all(part.isascii() and part.isdigit() and len(part) <= BOX for part in parts):
            raise ValidationError("Write the day, month and year in numbers, for example 27 3 2019")
        day, month, year = map(int, parts)
        if year < 1900:
            raise ValidationError("Write the year with four numbers, for example 2019")
        try:
            return date(year, month, day)
        except ValueError:
            raise ValidationError("There is no such date. Check the day and the month") from None


class PlainTime(ShortText):
    """A time of day on the 24-hour clock: 8:55, 0855 and 14.30 are all understood."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "widget", forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-5"})
        )
        super().__init__(max_length=20, **options)

    def clean(self, value: Any) -> time | None:
        text = str(super().clean(value)).strip().replace(".", ":").replace(" ", "")
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) in (3, 4):
            text = f"{text[:-2]}:{text[-2:]}"
        hour, _, minute = text.partition(":")
        numbers = hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()
        if not numbers or len(hour) > 2 or len(minute) != 2 or int(hour) > 23 or int(minute) > 59:
            raise ValidationError("Write the time on the 24-hour clock, for example 8:55 or 14:30")
        return time(int(hour), int(minute))


def moment(day: date, at: time) -> datetime:
    """Return a local date and time as a moment. Raises ValidationError for one that the clocks skipped."""
    told = datetime.combine(day, at)
    local = timezone.make_aware(told)
    if local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != told:
        raise ValidationError("There was no such time: the clocks went forward that night. Check the time")
    return local
