"""What is asked about how long a record is kept, about holds and about disposal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms

from agencies.dates import PlainDate
from agencies.forms import PlainForm, PlainText, ShortText
from records.models import LegalHold, RetentionClass

Trigger = RetentionClass.Trigger
NO_NAMES = "Do not name anybody: the reason is kept after the record is gone."


class ClassForm(PlainForm):
    """A retention class of the agency's own."""

    submit_label: ClassVar[str] = "Add this class"

    record_kind = forms.ChoiceField(
        label="Which records?",
        choices=RetentionClass.RecordKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a kind of record", "invalid_choice": "Choose one from the list"},
    )
    trigger = forms.ChoiceField(
        label="What is it counted from?",
        choices=Trigger.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is counted from", "invalid_choice": "Choose one"},
    )
    years = forms.IntegerField(
        label="How many years?",
        help_text="Counted from birth, this is an age.",
        min_value=1,
        max_value=150,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-4"}
        ),
        error_messages={
            "required": "Give a number of years",
            "invalid": "Write the years in numbers, for example 25",
            "min_value": "Give at least 1 year",
            "max_value": "Give at most 150 years",
        },
    )
    source = ShortText(
        label="Which law, guidance or schedule does it rest on?",
        help_text="For example “Our records schedule of May 2026, section 4”.",
        missing="Say what it rests on",
    )
    effective_from = PlainDate(
        label="From which day?",
        help_text="Today or later. What is held already keeps the class that was chosen.",
    )


class ChooseClassForm(PlainForm):
    """Under which class a record is held."""

    submit_label: ClassVar[str] = "Confirm how long it is kept"

    record_kind = forms.ChoiceField(
        label="What kind of record is it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a kind of record", "invalid_choice": "Choose one from the list"},
    )
    event_on = PlainDate(
        label="Day of the order, the death or the end of care",
        help_text="Only where the years are counted from it.",
        required=False,
    )
    died_on = PlainDate(
        label="If the child whom it is about has died: on which day?",
        help_text="It shortens some classes. Leave it empty where the record is about several people.",
        required=False,
    )
    is_sexual_abuse = forms.BooleanField(
        label="It holds a known allegation of child sexual abuse",
        help_text="Then it is kept at least 75 years from closure, as the Independent Inquiry asked.",
        required=False,
    )
    why = PlainText(
        label="Why this class?",
        help_text="Needed where it is not the one that was suggested.",
        rows=3,
        required=False,
    )

    def __init__(
        self, *args: Any, classes: Mapping[str, RetentionClass], suggested: str, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        field = cast(forms.ChoiceField, self.fields["record_kind"])
        field.choices = [
            (kind, f"{row}{' (suggested)' if kind == suggested else ''}") for kind, row in classes.items()
        ]


class KeepForm(PlainForm):
    """Keeping a record longer."""

    submit_label: ClassVar[str] = "Keep it until then"

    until = PlainDate(label="Until which day?", help_text="Then somebody looks at it again.")
    why = PlainText(label="Why is it still needed?", rows=3, missing="Say why it is still needed")


class HoldForm(PlainForm):
    """Placing a legal hold."""

    submit_label: ClassVar[str] = "Place the hold"

    reason = forms.ChoiceField(
        label="What is it held for?",
        choices=LegalHold.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what it is held for",
            "invalid_choice": "Choose one from the list",
        },
    )
    reference = ShortText(
        label="Under which reference?",
        max_length=100,
        help_text="The inquiry’s, the court’s, the police’s, or the number of the request.",
        missing="Give the reference under which it is held",
    )
    why = PlainText(label="Why must nothing be destroyed?", rows=3, missing="Say why it is held")


class EndHoldForm(PlainForm):
    """Ending a legal hold."""

    submit_label: ClassVar[str] = "End the hold"

    why = PlainText(
        label="Why is it not needed any more?", rows=3, missing="Say why it is not needed any more"
    )


class ProposeForm(PlainForm):
    """Proposing that a record is destroyed."""

    submit_label: ClassVar[str] = "Propose this"

    why = PlainText(label="Why can it be destroyed?", help_text=NO_NAMES, rows=3,
                    missing="Say why it can be destroyed")  # fmt: skip


class StopForm(PlainForm):
    """Stopping a disposal."""

    submit_label: ClassVar[str] = "Stop it"

    why = PlainText(label="Why is it stopped?", help_text=NO_NAMES, rows=3, missing="Say why it is stopped")
