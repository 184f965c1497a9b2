"""Questions about a statement. What is asked depends on what kind it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any, ClassVar, NamedTuple

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import ConditionalQuestion, ConditionalRadios, Field, Fieldset, Layout, Size
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import Truncator

from agencies.dates import PlainDate, PlainTime, moment
from agencies.forms import PlainForm, PlainText, ShortText
from records.models import Person, Statement

K = Statement.Kind
NOW, EARLIER = "NOW", "EARLIER"
WRITTEN = [(NOW, "Now, for the first time"), (EARLIER, "Earlier, on paper or in another system")]


class Asks(NamedTuple):
    """What is asked for one kind of statement."""

    title: str
    text_hint: str
    source: str
    source_hint: str
    verbatim: bool = False


ASKS: dict[str, Asks] = {
    K.FACT_SEEN: Asks(
        "What was seen?",
        "What a film would show, without what you think it means. For example, “a bruise about 3 cm by "
        "2 cm on the left upper arm”.",
        "Who saw it?",
        "Name and role. Write “I did” if it was you.",
    ),
    K.FACT_HEARD: Asks(
        "What was heard?",
        "What somebody heard for themselves, such as shouting through a wall.",
        "Who heard it?",
        "Name and role. Write “I did” if it was you.",
        verbatim=True,
    ),
    K.REPORTED: Asks(
        "What were you told?",
        "What somebody told you that you did not see or hear yourself.",
        "Who told you, and how?",
        "For example, “mother, by phone”.",
        verbatim=True,
    ),
    K.HISTORY: Asks(
        "What is known from before?",
        "For example, earlier concerns, attendance or missed appointments.",
        "Where is this recorded?",
        "For example, “attendance register” or “file from the previous school”.",
    ),
    K.OPINION: Asks(
        "What do you think it means?",
        "Your professional view and why. Say what you are not qualified to judge.",
        "Whose opinion is it?",
        "Name and role. Write “mine” if it is yours.",
    ),
    K.VOICE: Asks(
        "What did they say, want or feel?",
        "In their own words where you can. For somebody who cannot say it, what their day is like for them.",
        "Who did they say it to, and how?",
        "For example, “to me, unprompted, seen alone”. Say if there was an interpreter.",
        verbatim=True,
    ),
}
KIND_HINTS: dict[str, str] = {
    K.FACT_SEEN: "You or a colleague saw it",
    K.FACT_HEARD: "You or a colleague heard it happen",
    K.REPORTED: "Somebody told you about it",
    K.HISTORY: "It is in a record from before",
    K.OPINION: "What you think it means",
    K.VOICE: "Their words, wishes and feelings, or what life is like for them",
}


class KindForm(PlainForm):
    """Which kind of statement comes next."""

    submit_label: ClassVar[str] = "Continue"

    kind = forms.ChoiceField(
        label="What do you want to add?",
        choices=[Choice(kind.value, kind.label, hint=KIND_HINTS[kind]) for kind in K],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you want to add"},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(Field.radios("kind", legend_size=Size.MEDIUM))


class StatementForm(PlainForm):
    """One statement of a given kind."""

    text = PlainText(label="")
    is_verbatim = forms.BooleanField(label="These are their exact words", required=False)
    source = ShortText(label="")
    happened_on = PlainDate(label="Date", help_text="For example, 27 3 2026", required=False)
    happened_time = PlainTime(
        label="Time",
        help_text="24-hour clock, for example 14:30. Leave it empty if you do not know.",
        required=False,
    )
    happened_note = ShortText(
        label="If you cannot give a date, when was it roughly?",
        help_text="For example, “over the last month” or “most Mondays this term”",
        max_length=180,
        required=False,
    )
    written = forms.ChoiceField(
        label="When was this first written down?",
        choices=WRITTEN,
        widget=forms.RadioSelect,
        initial=NOW,
        error_messages={"required": "Say when this was first written down"},
    )
    written_on = PlainDate(label="Date it was written down", required=False)
    written_time = PlainTime(label="Time it was written down", required=False)

    def __init__(
        self,
        *args: Any,
        kind: str,
        people: Sequence[Person] = (),
        grounds: Sequence[Statement] = (),
        correcting: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.kind, self.people, self.grounds = kind, people, grounds
        asks = ASKS[kind]
        for name, label, hint in (
            ("text", asks.title, asks.text_hint), ("source", asks.source, asks.source_hint)
        ):  # fmt: skip
            field = self.fields[name]
            field.label, field.help_text = label, hint
            field.error_messages["required"] = f"Answer “{label}”"
        if not asks.verbatim:
            del self.fields["is_verbatim"]
        first: list[Any] = self._ask_voice() if kind == K.VOICE else []
        if correcting:
            for name in ("written", "written_on", "written_time"):
                del self.fields[name]
            self.fields["why"] = PlainText(
                label="Why is it corrected?",
                help_text="Everyone who was given it reads this.",
                rows=3,
                max_length=1000,
            )
            first.append(Field.textarea("why", label_size=Size.MEDIUM, rows=3))
        self.helper.layout = self._layout(first)

    def _ask_voice(self) -> list[Any]:
        """Ask what it is of and, where there are several people, whose it is."""
        self.fields["voice_of"] = forms.ChoiceField(
            label="What is it?",
            choices=Statement.VoiceOf.choices,
            widget=forms.RadioSelect,
            error_messages={
                "required": "Say whether these are words, wishes and feelings, or what life is like"
            },
        )
        extra = [Field.radios("voice_of", legend_size=Size.MEDIUM)]
        if len(self.people) > 1:
            self.fields["about"] = forms.ChoiceField(
                label="Whose voice is it?",
                choices=[(person.reference, person.name) for person in self.people],
                widget=forms.RadioSelect,
                initial=self.people[0].reference,
                error_messages={"required": "Say whose voice it is"},
            )
            extra.insert(0, Field.radios("about", legend_size=Size.MEDIUM))
        return extra

    def _layout(self, first: list[Any]) -> Layout:
        parts = [*first, Field.textarea("text", label_size=Size.MEDIUM, rows=6)]
        if "is_verbatim" in self.fields:
            parts.append("is_verbatim")
        if self.kind == K.OPINION:
            self.fields["rests_on"] = forms.MultipleChoiceField(
                label="Which statements does this opinion rest on?",
                choices=[(str(s.number), f"S{s.number} {Truncator(s.text).chars(90)}") for s in self.grounds],
                widget=forms.CheckboxSelectMultiple,
                required=bool(self.grounds),
                error_messages={"required": "Choose the statements that this opinion rests on"},
            )
            if self.grounds:
                parts.append(Field.checkboxes("rests_on", legend_size=Size.MEDIUM))
        parts += [
            Field.text("source", label_size=Size.MEDIUM),
            Fieldset(
                Field("happened_on", context={"legend_size": Size.for_legend("s")}),
                Field.text("happened_time", label_size=Size.SMALL),
                Field.text("happened_note", label_size=Size.SMALL),
                legend="When did it happen?" if self.kind != K.OPINION else "When did you come to this view?",
                legend_size=Size.MEDIUM,
            ),
        ]
        if "written" in self.fields:
            earlier = ConditionalQuestion(
                WRITTEN[1][1],
                Field("written_on", context={"legend_size": Size.for_legend("s")}),
                Field.text("written_time", label_size=Size.SMALL),
            )
            parts.append(ConditionalRadios("written", WRITTEN[0][1], earlier))
        return Layout(*parts)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        now = timezone.now()
        day, clock = answers.get("happened_on"), answers.get("happened_time")
        answers["happened_at"] = self._moment("happened_on", "happened_time", day, clock or time(0))
        note = str(answers.get("happened_note", "")).strip()
        if not day and not note and not {"happened_on", "happened_note"} & self.errors.keys():
            self.add_error("happened_on", "Enter a date, or say roughly when it was")
        if day and clock is None and "happened_time" not in self.errors:
            answers["happened_note"] = (
                f"{Statement.TIME_NOT_KNOWN}, {note}" if note else Statement.TIME_NOT_KNOWN
            )
        if answers["happened_at"] and answers["happened_at"] > now:
            self.add_error("happened_on", "What happened cannot be in the future. Check the date and time")
        answers["written_at"] = now
        if answers.get("written") == EARLIER:
            self._clean_earlier(answers)
        return answers

    def _clean_earlier(self, answers: dict[str, Any]) -> None:
        day, clock = answers.get("written_on"), answers.get("written_time")
        if not day and "written_on" not in self.errors:
            self.add_error("written_on", "Enter the date on which it was first written down")
        if not clock and "written_time" not in self.errors:
            self.add_error(
                "written_time", "Enter the time at which it was first written down, as near as you can"
            )
        if not day or not clock:
            return
        written = self._moment("written_on", "written_time", day, clock)
        if written and written > timezone.now():
            self.add_error(
                "written_on", "It cannot have been written down in the future. Check the date and time"
            )
        elif written and answers["happened_at"] and written < answers["happened_at"]:
            self.add_error("written_on", "It was written down before it happened. Check both dates and times")
        answers["written_at"] = written or answers["written_at"]

    def _moment(self, on: str, at: str, day: Any, clock: Any) -> Any:
        if not day or clock is None:
            return None
        try:
            return moment(day, clock)
        except ValidationError as error:
            self.add_error(at, error)
            return None

    def statement(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        answers = self.cleaned_data
        words = {n: answers[n] for n in ("text", "source", "happened_at", "happened_note")}
        words["is_verbatim"] = answers.get("is_verbatim", False)
        if "written" in self.fields:
            words["written_at"] = answers["written_at"]
        if self.kind == K.VOICE:
            chosen = answers.get("about") or (self.people[0].reference if self.people else "")
            words["voice_of"] = answers["voice_of"]
            words["about"] = next((p for p in self.people if p.reference == chosen), None)
        if self.kind == K.OPINION:
            numbers = set(map(int, answers["rests_on"]))
            words["rests_on"] = [s for s in self.grounds if s.number in numbers]
        return words
