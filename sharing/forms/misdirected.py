"""What is asked about something that reached the wrong person, and about a breach."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, ClassVar, cast

from crispy_forms_gds.layout import Field, Layout, Size
from django import forms
from django.core.exceptions import ValidationError

from agencies.dates import PlainDate, PlainTime, moment
from agencies.forms import PlainForm, PlainText, ShortText
from sharing.models import BreachDecision, Incident

YES, NO = "YES", "NO"


class MisdirectedForm(PlainForm):
    """Saying as the sender that something reached the wrong person."""

    submit_label: ClassVar[str] = "It reached the wrong person"

    note = PlainText(
        label="How did it come to the wrong person, and who was it meant for?",
        help_text="Only your agency sees this.",
        rows=4,
        missing="Say how it came to the wrong person, and who it was meant for",
    )


class IncidentForm(PlainForm):
    """What was done about information that reached the wrong person, and what follows from it."""

    submit_label: ClassVar[str] = "Record this"

    contained = forms.ChoiceField(
        label="Is it contained?",
        choices=Incident.Contained.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is contained"},
    )
    seen = forms.ChoiceField(
        label="What was seen?",
        choices=Incident.Seen.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what was seen"},
    )
    what_was_done = PlainText(
        label="What was done?",
        help_text="For example, what the wrong recipient was asked to do, and what they answered.",
        rows=4,
        missing="Say what was done",
    )
    who_decided = ShortText(
        label="Who decided that?",
        help_text="Name and post, for example the data protection officer.",
        error_messages={"required": "Say who decided what was done"},
    )
    is_breach = forms.ChoiceField(
        label="Is it a personal data breach?",
        help_text=(
            "Personal data that reached somebody who was not to have it usually is one, also where nothing "
            "came of it. A breach goes into your agency’s register, with a clock of 72 hours."
        ),
        choices=[(YES, "Yes: open an entry in the register"), (NO, "No")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is a personal data breach"},
    )
    breach_why = PlainText(label="Why, or why not?", rows=3, missing="Say why it is a breach, or why not")

    def __init__(self, *args: Any, opened: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["seen"]
        field.help_text = f"The record says: {opened}." if opened else "The record says: it was not opened."
        self.helper.layout = Layout(
            Field.radios("contained", legend_size=Size.MEDIUM),
            Field.radios("seen", legend_size=Size.MEDIUM),
            Field.textarea("what_was_done", label_size=Size.MEDIUM, rows=4),
            Field.text("who_decided", label_size=Size.SMALL),
            Field.radios("is_breach", legend_size=Size.MEDIUM),
            Field.textarea("breach_why", label_size=Size.SMALL, rows=3),
        )

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        return {**super().words(), "is_breach": self.cleaned_data["is_breach"] == YES}


class BreachDecisionForm(PlainForm):
    """Whether a breach is reported, or the person told, and why."""

    submit_label: ClassVar[str] = "Record this decision"

    answer = forms.ChoiceField(
        label="",
        choices=[(YES, "Yes"), (NO, "No")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say yes or no"},
    )
    why = PlainText(label="Why?", rows=4, missing="Say why")

    def __init__(self, *args: Any, about: BreachDecision.About, **options: Any) -> None:
        super().__init__(*args, **options)
        is_ico = about == BreachDecision.About.ICO
        self.fields["answer"].label = (
            "Is it reported to the Information Commissioner?" if is_ico else "Is the person concerned told?"
        )
        self.fields["why"].help_text = (
            "It is reported unless it is unlikely to put anybody’s rights and freedoms at risk."
            if is_ico
            else "They are told without delay where it is likely to put them at high risk. Think whether "
            "telling them is safe, and who tells them."
        )
        self.helper.layout = Layout(
            Field.radios("answer", legend_size=Size.MEDIUM), Field.textarea("why", rows=4)
        )

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        return {"answer": self.cleaned_data["answer"] == YES, "why": self.cleaned_data["why"]}


class ReportForm(PlainForm):
    """When a breach was reported to the Information Commissioner, and under which reference."""

    submit_label: ClassVar[str] = "Record this report"

    on = PlainDate(label="On which day was it reported?", help_text="For example, 27 3 2026")
    at_time = PlainTime(label="At what time?", help_text="On the 24-hour clock, for example 14:30")
    reference = ShortText(
        label="The reference that the Information Commissioner gave",
        max_length=100,
        error_messages={"required": "Write down the reference"},
    )
    late_why = PlainText(label="If it was after the time limit: why?", rows=3, required=False)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        day, at = answers.get("on"), answers.get("at_time")
        if day and at:
            try:
                self.reported_at = moment(cast(date, day), cast(time, at))
            except ValidationError as error:
                self.add_error("at_time", error)
        return answers

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        reported_at: datetime = self.reported_at
        return {
            "reported_at": reported_at,
            "reference": self.cleaned_data["reference"],
            "late_why": self.cleaned_data["late_why"],
        }


class CloseBreachForm(PlainForm):
    """Closing a breach: how the person was told, and what is done so that it does not happen again."""

    submit_label: ClassVar[str] = "Close this breach"

    how_told = PlainText(
        label="When and how was the person told?",
        help_text="Needed if you decided to tell them.",
        rows=3,
        required=False,
    )
    what_was_learned = PlainText(
        label="What is done so that it does not happen again?",
        rows=4,
        missing="Say what is done so that it does not happen again",
    )
