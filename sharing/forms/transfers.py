"""The questions about a hand-over to another area: who moves, on what, the call, the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from crispy_forms_gds.layout import ConditionalQuestion, ConditionalRadios, Field, Layout, Size
from django import forms

from agencies.dates import PlainDate, PlainTime, moment
from agencies.forms import PlainForm, PlainText, ShortText
from agencies.models import Membership
from records.models import Person
from sharing.models import Exchange

NO, YES = "NO", "YES"
CALLED = [(NO, "No"), (YES, "Yes")]
NOW, LATER = "NOW", "LATER"
FROM = [(NOW, "From now"), (LATER, "From a later moment")]
WRONG = {"invalid_choice": "Choose one from the list"}


def _call_fields() -> dict[str, forms.Field]:
    return {
        "day": PlainDate(label="On which day?", missing="Say on which day"),
        "time": PlainTime(label="At what time?", help_text="For example 16:40", missing="Say at what time"),
        "with_whom": ShortText(label="With whom did you speak?", missing="Say with whom you spoke"),
        "what_was_said": PlainText(label="What was said?", rows=3, missing="Write what was said"),
    }


def _called_at(form: forms.Form, answers: dict[str, Any]) -> datetime | None:
    if not answers.get("day") or not answers.get("time"):
        return None
    try:
        return moment(answers["day"], answers["time"])
    except forms.ValidationError as error:
        form.add_error("time", error)
        return None


class ProposeTransferForm(PlainForm):
    """What carries it in writing, who moves, why, and a telephone call before it."""

    submit_label: ClassVar[str] = "Ask them to take it on"

    exchange = forms.ChoiceField(
        label="Which information tells them in writing?",
        help_text="They confirm its receipt. That starts the clocks.",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what tells them in writing", **WRONG},
    )
    people = forms.MultipleChoiceField(
        label="Who has moved?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one person", **WRONG},
    )
    why = PlainText(
        label="Why should responsibility pass?",
        help_text="For example, that the family has moved for good. Do not write the address here.",
        rows=3,
        missing="Say why responsibility should pass",
    )
    known_since = PlainDate(label="Since when do you know the new address? (optional)", required=False)
    called = forms.ChoiceField(
        label="Have you telephoned them about it?",
        choices=CALLED,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you have telephoned", **WRONG},
    )
    day = PlainDate(label="On which day?", required=False)
    time = PlainTime(label="At what time?", help_text="For example 16:40", required=False)
    with_whom = ShortText(label="With whom did you speak?", required=False)
    what_was_said = PlainText(label="What was said?", rows=3, required=False)

    def __init__(
        self, *args: Any, exchanges: Sequence[Exchange], movers: Sequence[Person], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.exchanges = {one.reference: one for one in exchanges}
        self.movers = {one.reference: one for one in movers}
        told = [(ref, f"{ref}, to {one.listener.label}") for ref, one in self.exchanges.items()]
        self.fields["exchange"].choices = told  # type: ignore[attr-defined]  # the ChoiceField above
        names = [(ref, one.name) for ref, one in self.movers.items()]
        self.fields["people"].choices = names  # type: ignore[attr-defined]  # the MultipleChoiceField above
        telephoned = ConditionalQuestion(
            CALLED[1][1],
            Field("day", legend_size=Size.SMALL),
            Field.text("time", label_size=Size.SMALL),
            Field.text("with_whom", label_size=Size.SMALL),
            Field.textarea("what_was_said", label_size=Size.SMALL, rows=3),
        )
        self.helper.layout = Layout(
            Field.radios("exchange", legend_size=Size.MEDIUM),
            Field.checkboxes("people", legend_size=Size.MEDIUM),
            Field.textarea("why", label_size=Size.MEDIUM, rows=3),
            Field("known_since", legend_size=Size.MEDIUM),
            ConditionalRadios("called", CALLED[0][1], telephoned),
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        answers["called_at"] = None
        if answers.get("called") != YES:
            return {**answers, "with_whom": "", "what_was_said": ""}
        for name, sentence in (
            ("day", "Say on which day you telephoned"),
            ("time", "Say at what time you telephoned"),
            ("with_whom", "Say with whom you spoke"),
            ("what_was_said", "Write what was said"),
        ):
            if not str(answers.get(name) or "").strip() and name not in self.errors:
                self.add_error(name, sentence)
        answers["called_at"] = _called_at(self, answers)
        return answers

    def words_for_operation(self) -> dict[str, Any]:
        """The answers as the operation takes them, but for what carries it."""
        given = self.cleaned_data
        return {
            "people": [self.movers[ref] for ref in given["people"]],
            "why": given["why"],
            "known_since": given["known_since"],
            "called_at": given["called_at"],
            "with_whom": given["with_whom"],
            "what_was_said": given["what_was_said"],
        }

    @property
    def carrier(self) -> Exchange:
        return self.exchanges[self.cleaned_data["exchange"]]


class TransferCallForm(PlainForm):
    """A telephone call: when, with whom, what was said."""

    submit_label: ClassVar[str] = "Write the call down"

    day = _call_fields()["day"]
    time = _call_fields()["time"]
    with_whom = _call_fields()["with_whom"]
    what_was_said = _call_fields()["what_was_said"]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        answers["called_at"] = _called_at(self, answers)
        return answers

    def words_for_operation(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        return {name: self.cleaned_data[name] for name in ("called_at", "with_whom", "what_was_said")}


class ReceiveTransferForm(PlainForm):
    """Confirming receipt in writing: nothing to write, one button."""

    submit_label: ClassVar[str] = "Confirm receipt in writing"


class AcceptTransferForm(PlainForm):
    """Who takes it on, from when, and in which words."""

    submit_label: ClassVar[str] = "Accept responsibility"

    taken_on_by = forms.ChoiceField(
        label="Who takes it on?",
        help_text="One named person at your agency.",
        error_messages={"required": "Choose who takes it on", **WRONG},
    )
    starts = forms.ChoiceField(
        label="From when is your agency responsible?",
        choices=FROM,
        widget=forms.RadioSelect,
        error_messages={"required": "Say from when", **WRONG},
    )
    day = PlainDate(label="From which day?", required=False)
    time = PlainTime(label="From what time?", help_text="For example 9:00", required=False)
    what_we_take_on = PlainText(
        label="What do you take on?",
        help_text="In your own words: for whom, and what you do first.",
        rows=4,
        missing="Say in your own words what you take on",
    )

    def __init__(self, *args: Any, people: Sequence[Membership], **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = {str(one.pk): one for one in people}
        names = [(key, f"{one.full_name}, {one.job_title}") for key, one in self.people.items()]
        self.fields["taken_on_by"].choices = [("", "Choose a person"), *names]  # type: ignore[attr-defined]
        later = ConditionalQuestion(
            FROM[1][1],
            Field("day", legend_size=Size.SMALL),
            Field.text("time", label_size=Size.SMALL),
        )
        self.helper.layout = Layout(
            Field.select("taken_on_by", label_size=Size.MEDIUM),
            ConditionalRadios("starts", FROM[0][1], later),
            Field.textarea("what_we_take_on", label_size=Size.MEDIUM, rows=4),
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        answers["responsible_from"] = None
        if answers.get("starts") == LATER:
            for name, sentence in (("day", "Say from which day"), ("time", "Say from what time")):
                if not answers.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
            answers["responsible_from"] = _called_at(self, answers)
        return answers

    def words_for_operation(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        given = self.cleaned_data
        return {
            "taken_on_by": self.people[given["taken_on_by"]],
            "responsible_from": given["responsible_from"],
            "words": given["what_we_take_on"],
        }


class DeclineTransferForm(PlainForm):
    """Why responsibility is not taken on, and what would have to be different."""

    submit_label: ClassVar[str] = "Decline responsibility"

    why = PlainText(label="Why do you decline?", rows=3, missing="Say why you decline")
    what_they_want = PlainText(
        label="What do you want instead?",
        help_text="What would have to be different for you to accept, or what the other area should do.",
        rows=3,
        missing="Say what you want instead",
    )


class WithdrawTransferForm(PlainForm):
    """Why a hand-over is taken back."""

    submit_label: ClassVar[str] = "Take the hand-over back"

    why = PlainText(label="Why do you take it back?", rows=3, missing="Say why you take it back")


class ConferenceForm(PlainForm):
    """On which day the conference was held."""

    submit_label: ClassVar[str] = "Write the conference down"

    held_on = PlainDate(label="On which day was the conference?", missing="Say on which day it was")
