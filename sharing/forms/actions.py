"""The questions that the pages on actions and the summary ask."""

from __future__ import annotations

import calendar
import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from agencies.dates import PlainDate
from agencies.forms import PlainForm, PlainText, ShortText
from agencies.models import Membership
from agencies.working_time import DurationNotUnderstood, parse_duration

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
BEFORE_A_DAY = re.compile(r"^(?:by|on) ", re.IGNORECASE)
AS_FIGURES = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[ ,]+(?:at )?(\d{1,2}[:.]\d{2}))?$")
AS_WORDS = re.compile(r"^(\d{1,2}) ([A-Za-z]+) (\d{4})(?:[ ,]+(?:at )?(\d{1,2}[:.]\d{2}))?$")


def as_time_limit(text: str) -> str:
    """Turn a bare day into words that the working-time rule reads; leave everything else as it is.

    A day is "tomorrow", "13/1/2027" or "13 January 2027", the latter two with or without a time, all with or
    without "by". A day alone ends at 17:00.
    """
    text = " ".join(text.split())
    day_alone = BEFORE_A_DAY.sub("", text)
    if day_alone.lower().removesuffix(".") in ("today", "tomorrow"):
        return f"by 17:00 {day_alone.lower().removesuffix('.')}"
    figures, words = AS_FIGURES.match(day_alone), AS_WORDS.match(day_alone)
    if figures:
        day, month, year, time = figures.groups()
        if not 1 <= int(month) <= 12:
            return text
        name = calendar.month_name[int(month)]
    elif words:
        day, name, year, time = words.groups()
    else:
        return text
    return f"by {(time or '17:00').replace('.', ':')} on {int(day)} {name} {year}"


class ProposeActionForm(PlainForm):
    """Who does what by when, and what would make us act sooner."""

    submit_label = "Propose this action"

    what = PlainText(label="What will be done?", rows=3)
    owner = forms.ChoiceField(
        label="Who will do it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who will do it"},
    )
    by_when = ShortText(
        label="By when?",
        help_text=(
            "For example “2 working days”, “4 hours”, “tomorrow”, “by 12:00 tomorrow” or “13 January 2027”. "
            "Working days end at 17:00 and skip weekends and bank holidays."
        ),
        max_length=80,
        missing="Say by when",
    )
    contingency = PlainText(
        label="What would make us act sooner?",
        help_text="What would have to happen, and what would we do then?",
        rows=3,
    )

    def __init__(self, *args: Any, sides: tuple[Membership, Membership], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["owner"]
        choices = [(str(member.pk), member.label) for member in sides]
        field.choices = choices  # type: ignore[attr-defined]  # it is the ChoiceField above

    def clean_by_when(self) -> str:
        limit = as_time_limit(str(self.cleaned_data["by_when"]))
        try:
            parse_duration(limit)
        except DurationNotUnderstood as error:
            raise forms.ValidationError(list(error.sentences)) from error
        return limit


class AcceptActionForm(PlainForm):
    """Taking an action on: nothing to write, one button."""

    submit_label = "Take this action on"


class DeclineActionForm(PlainForm):
    """Why an action is not taken on."""

    submit_label = "Decline this action"
    why = PlainText(label="Why, and what would you do instead?", rows=3)


class WithdrawActionForm(PlainForm):
    """Why an action is taken back."""

    submit_label = "Take this action back"
    why = PlainText(label="Why is this action taken back?", rows=3)


class ReportActionForm(PlainForm):
    """What happened, and when."""

    submit_label = "Say that it is done"

    what_happened = PlainText(label="What happened?", help_text="What was done, by whom, and what you found.")
    day = PlainDate(label="On which day?")
    time = forms.TimeField(
        label="At what time?",
        help_text="For example 14:30",
        error_messages={"required": "Give the time", "invalid": "Write the time like 14:30"},
    )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("day") and answers.get("time"):
            moment = datetime.combine(answers["day"], answers["time"])
            answers["done_at"] = timezone.make_aware(moment)
        return answers


class CheckActionForm(PlainForm):
    """Whether an action was done."""

    submit_label = "Save the check"

    is_done = forms.TypedChoiceField(
        label="Was it done?",
        choices=[("yes", "Yes, it is done"), ("no", "No, there is more to do")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it was done"},
    )
    note = PlainText(
        label="What is still to do?", help_text="Only where it is not done.", rows=3, required=False
    )
