"""The questions of the telephone: what a call was, what they said back, and whether they said that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, cast

from crispy_forms_gds.layout import (
    HTML,
    ConditionalQuestion,
    ConditionalRadios,
    Field,
    Fieldset,
    Layout,
    Size,
)
from django import forms

from agencies.dates import PlainDate, PlainTime, moment
from agencies.forms import PlainForm, PlainText, ShortText
from agencies.models import ContactPoint, Membership
from sharing.models import Item, Round, Verdict
from sharing.rules import PROMPTS

OTHER = "OTHER"
ANOTHER_NUMBER = "Another number"
TYPED = {
    "what_happened": "What has happened, as they understand it",
    "what_worries_me": "What worries them, and why",
    "what_i_will_do": "What they will do first, and what would make them act sooner",
}
YES, NOT_YET = Round.Outcome.CONFIRMED, Round.Outcome.CORRECTED
MEANT = [
    (YES, "Yes, they said it back as I meant it"),
    (NOT_YET, "Not yet: something was missing or different when we stopped"),
]


class LogCallForm(PlainForm):
    """A call that was made: who, on which number, when, how long, what was said, and what they said back."""

    submit_label: ClassVar[str] = "Log this call and ask them to confirm it"

    with_whom = forms.ChoiceField(
        label="Who did you speak to?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who you spoke to", "invalid_choice": "Choose one of them"},
    )
    on_number = forms.ChoiceField(
        label="Which number did you call back on?",
        help_text="If they rang you, ring back on a checked number: anybody can give a name.",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the number that you called back on",
            "invalid_choice": "Choose a number from the list, or another number",
        },
    )
    number = ShortText(label="The number", max_length=60, required=False)
    how_checked = PlainText(
        label="How did you check it?",
        help_text="For example, their switchboard put you through.",
        rows=2,
        max_length=1000,
        required=False,
    )
    called_on = PlainDate(label="On which day?", missing="Enter the day of the call")
    called_time = PlainTime(
        label="At what time did the call begin?",
        help_text="24-hour clock, for example 22:10.",
        missing="Enter the time of the call",
    )
    minutes = forms.IntegerField(
        label="How many minutes did you speak?",
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-3"}
        ),
        error_messages={
            "required": "Enter how many minutes you spoke",
            "invalid": "Write the minutes as a number, for example 12",
        },
    )
    what_was_said = PlainText(
        label="What did you tell them?",
        help_text="In short, and anything that you said besides what is written in this item.",
        rows=4,
    )
    what_happened = PlainText(label=TYPED["what_happened"], required=False)
    what_worries_me = PlainText(label=TYPED["what_worries_me"], required=False)
    what_i_will_do = PlainText(label=TYPED["what_i_will_do"], required=False)
    knowingly_a_copy = forms.BooleanField(
        label="They read my own wording back to me, so write it down as it is", required=False
    )
    outcome = forms.ChoiceField(
        label="Taken together, did they say back what you meant?",
        choices=MEANT,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Say whether they said back what you meant",
            "invalid_choice": "Choose yes or not yet",
        },
    )
    note = PlainText(
        label="What should they look at again?",
        help_text="Needed if not yet. They see this once they have confirmed what they said.",
        rows=3,
        required=False,
    )
    emergency_reason = PlainText(
        label="Why could it not wait?",
        help_text="What may happen, to whom, and how soon. It is kept on the record.",
        rows=3,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        people: Sequence[Membership],
        points: Sequence[ContactPoint],
        key_items: Sequence[Item],
        is_emergency: bool,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.people = {str(one.pk): one for one in people}
        self.points = {str(one.pk): one for one in points}
        self.key_items = list(key_items)
        self.moment: datetime | None = None
        self._choices("with_whom", [(pk, one.label) for pk, one in self.people.items()])
        numbers = [(pk, _numbered(one)) for pk, one in self.points.items()]
        self._choices("on_number", [*numbers, (OTHER, ANOTHER_NUMBER)])
        self.fields["emergency_reason"].required = is_emergency
        if not is_emergency:
            del self.fields["emergency_reason"]
        self._lay_out(numbers, with_tick_box="knowingly_a_copy" in self.data)

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices
        if len(choices) == 1:
            self.fields[name].initial = choices[0][0]

    def ask_about_copy(self) -> None:
        """Show the tick box for a read-back in the speaker's own wording."""
        self._lay_out([(pk, _numbered(one)) for pk, one in self.points.items()], with_tick_box=True)

    def _lay_out(self, numbers: list[tuple[str, str]], *, with_tick_box: bool) -> None:
        other = ConditionalQuestion(
            ANOTHER_NUMBER,
            Field.text("number", label_size=Size.SMALL),
            Field.textarea("how_checked", label_size=Size.SMALL, rows=2),
        )
        parts: list[Any] = [
            Field.radios("with_whom"),
            ConditionalRadios("on_number", *[label for _, label in numbers], other),
            Field("called_on"),
            Field.text("called_time"),
            Field.text("minutes"),
            Field.textarea("what_was_said", rows=4),
            HTML(_heading("What they said back, in their words")),
            HTML(
                '<p class="govuk-body">Write what they said, not what you hope they understood. They are '
                "asked to confirm it in writing. Until then it settles nothing.</p>"
            ),
            *(Field.textarea(name, rows=4) for name in TYPED),
        ]
        if with_tick_box:
            parts.append(Field.checkbox("knowingly_a_copy"))
        parts += [
            HTML(_heading("Did they understand it, on the telephone?")),
            *(self._ask_about(item) for item in self.key_items),
            Field.radios("outcome"),
            Field.textarea("note", rows=3),
        ]
        if "emergency_reason" in self.fields:
            parts.append(Field.textarea("emergency_reason", rows=3))
        self.helper.layout = Layout(*parts)

    def _ask_about(self, item: Item) -> Fieldset:
        name = f"verdict_{item.number}"
        self.fields[name] = forms.ChoiceField(
            label=f"Key item {item.number}: {item.text}",
            choices=Verdict.Answer.choices,
            widget=forms.RadioSelect,
            required=False,
        )
        return Fieldset(Field.radios(name, legend_size=Size.SMALL, inline=True))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        day, clock = given.get("called_on"), given.get("called_time")
        if day and clock:
            try:
                self.moment = moment(day, clock)
            except forms.ValidationError as error:
                self.add_error("called_time", error)
        return given

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        given = self.cleaned_data
        point = self.points.get(given["on_number"])
        verdicts = {one.number: given[f"verdict_{one.number}"] for one in self.key_items}
        return {
            "spoken_with": self.people[given["with_whom"]],
            "point": point,
            "number": "" if point else given["number"],
            "how_checked": "" if point else given["how_checked"],
            "called_at": self.moment,
            "minutes": given["minutes"],
            "what_was_said": given["what_was_said"],
            **{name: given[name] for name in PROMPTS},
            "knowingly_a_copy": given["knowingly_a_copy"],
            "verdicts": {number: answer for number, answer in verdicts.items() if answer},
            "outcome": given["outcome"],
            "note": given["note"],
            "emergency_reason": given.get("emergency_reason", ""),
        }


def _numbered(point: ContactPoint) -> str:
    """A checked number as a sender needs to see it: whose, and the number itself."""
    whose = point.member.full_name if point.member else point.agency.name
    return f"{point.address}: {point.label}, {whose}"


def _heading(text: str) -> str:
    return f'<h2 class="govuk-heading-m govuk-!-margin-top-6">{text}</h2>'


class ConfirmCallForm(PlainForm):
    """Confirming what was typed: nothing to write, one button."""

    submit_label: ClassVar[str] = "Yes, that is what I said"
