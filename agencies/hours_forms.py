"""The forms with which opening hours, closed days and out-of-hours cover are entered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from crispy_forms_gds.layout import ConditionalQuestion, ConditionalRadios, Field, Layout, Size
from django import forms

from agencies import weeks
from agencies.dates import PlainDate
from agencies.forms import PlainForm, ShortText
from agencies.models import Agency

BY_DAY, ALWAYS = "BY_DAY", "ALWAYS"
KINDS = [(BY_DAY, "By weekday"), (ALWAYS, "Open all hours, every day of the year")]
NAMES = tuple(day.lower() for day in weeks.WEEKDAYS)
NOBODY = "NOBODY"


class HoursForm(PlainForm):
    """When the agency is open: by weekday, or all hours; and from which day that counts."""

    submit_label = "Set these hours"

    kind = forms.ChoiceField(
        label="When is your agency open?",
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose when it is open", "invalid_choice": "Choose one from the list"},
    )
    effective_from = PlainDate(
        label="From which day?", help_text="Today or later. Until then, what counts now goes on counting."
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        boxes = []
        for name, day in zip(NAMES, weeks.WEEKDAYS, strict=True):
            hint = {"help_text": "For example “09:00 to 17:00”, or “closed”."} if day == "Monday" else {}
            self.fields[name] = ShortText(
                label=day,
                max_length=40,
                required=False,
                widget=_box(),
                **hint,
            )
            boxes.append(Field.text(name, label_size=Size.SMALL))
        by_day = ConditionalQuestion(KINDS[0][1], *boxes)
        self.helper.layout = Layout(ConditionalRadios("kind", by_day, KINDS[1][1]), Field("effective_from"))

    @staticmethod
    def start(days: Sequence[str], *, always_open: bool) -> dict[str, Any]:
        """Return what the form shows of the hours that count now."""
        shown = weeks.USUAL if always_open else days
        boxes = {name: weeks.in_words(day) for name, day in zip(NAMES, shown, strict=True)}
        return {"kind": ALWAYS if always_open else BY_DAY, **boxes}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") != BY_DAY:
            return given
        for name in NAMES:
            try:
                given[name] = weeks.kept(given.get(name) or "")
            except weeks.HoursNotUnderstood as refusal:
                if name not in self.errors:
                    self.add_error(name, list(refusal.sentences))
        if not self.errors and not any(given[name] for name in NAMES):
            self.add_error(NAMES[0], "An agency is open on at least one day. Give the hours of one")
        return given

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        given = self.cleaned_data
        always = given["kind"] == ALWAYS
        days = [] if always else [given[name] for name in NAMES]
        return {"effective_from": given["effective_from"], "always_open": always, "days": days}


def _box() -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-10"})


class ClosedDayForm(PlainForm):
    """A day on which the agency is closed though its hours say otherwise, and why."""

    submit_label = "Add this day"

    on = PlainDate(label="Which day?", help_text="Today or later.")
    why = ShortText(
        label="Why is it closed?",
        max_length=200,
        help_text="For example, “Staff training” or “Bank holiday proclaimed on 3 May”. Senders see it.",
        missing="Say why it is closed",
    )


class OutOfHoursForm(PlainForm):
    """Who takes what cannot wait while the agency is closed."""

    submit_label = "Save"

    duty = forms.ChoiceField(
        label="Who takes what cannot wait while you are closed?",
        help_text="Senders are offered it outside your hours. It is an agency that is open all hours.",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose one, or nobody",
            "invalid_choice": "Choose one from the list, or nobody",
        },
    )

    def __init__(self, *args: Any, agencies: Sequence[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        self.agencies = {agency.reference: agency for agency in agencies}
        field = cast(forms.ChoiceField, self.fields["duty"])
        field.choices = [
            *((reference, agency.name) for reference, agency in self.agencies.items()),
            (NOBODY, "Nobody: what comes waits until we open"),
        ]

    def words(self) -> dict[str, Any]:
        """The agency that was chosen, or None."""
        return {"duty": self.agencies.get(self.cleaned_data["duty"])}
