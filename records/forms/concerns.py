"""Questions about a concern: voice, worry, Think Family, logging and discarding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from crispy_forms_gds.layout import ConditionalQuestion, ConditionalRadios, Field, Layout, Size
from django import forms

from agencies.forms import PlainForm, PlainText
from records.models import Concern, Person, Worry
from records.rules import together

Voice = Concern.VoiceStatus


class VoiceForm(PlainForm):
    """Whether the person's own voice is recorded or, where not, why and what the plan is."""

    voice = forms.ChoiceField(
        label="Do you have their own words, wishes or feelings?",
        choices=Voice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you have their own words, wishes or feelings"},
    )
    why_not = PlainText(label="Why not yet?", rows=3, required=False)
    plan = PlainText(
        label="What is the plan to hear them?",
        help_text="Who will do it, how and when",
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        not_yet = ConditionalQuestion(
            Voice.NOT_OBTAINED.label,
            Field.textarea("why_not", label_size=Size.SMALL, rows=3),
            Field.textarea("plan", label_size=Size.SMALL, rows=3),
        )
        self.helper.layout = Layout(ConditionalRadios("voice", Voice.OBTAINED.label, not_yet))

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("voice") == Voice.NOT_OBTAINED:
            for name, sentence in (
                ("why_not", "Say why you do not have their voice yet"),
                ("plan", "Say what the plan is to hear them"),
            ):
                if name not in self.errors and not str(answers.get(name, "")).strip():
                    self.add_error(name, sentence)
        return answers


class WorryForm(PlainForm):
    """How worried somebody is, and how soon somebody needs to act."""

    level = forms.TypedChoiceField(
        label="How worried are you?",
        choices=Worry.Level.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Say how worried you are"},
    )
    change = forms.ChoiceField(
        label="Is that more or less than before?",
        choices=Worry.Change.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you are more or less worried than before"},
    )
    why = PlainText(
        label="What makes you this worried? (optional)",
        help_text="What do you fear could happen, and what would make it worse or better?",
        rows=4,
        required=False,
    )
    urgency = forms.ChoiceField(
        label="How soon does somebody need to act?",
        choices=Concern.Urgency.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say how soon somebody needs to act"},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.radios("level", legend_size=Size.MEDIUM),
            Field.radios("change", legend_size=Size.MEDIUM),
            Field.textarea("why", label_size=Size.MEDIUM, rows=4),
            Field.radios("urgency", legend_size=Size.MEDIUM),
        )


class FamilyForm(PlainForm):
    """What the concern might mean for each related person."""

    anybody_else = PlainText(
        label="Who else might this touch?",
        help_text="For example, other children or adults in the home. If you know of nobody, say so.",
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, related: Mapping[Person, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.related = related
        parts: list[Any] = []
        for person, how in related.items():
            means, nothing = f"means_{person.pk}", f"nothing_{person.pk}"
            self.fields[means] = PlainText(
                label=f"What might this mean for {person.name}?", help_text=how, rows=3, required=False
            )
            self.fields[nothing] = forms.BooleanField(
                label=f"Nothing that I can see for {person.name}", required=False
            )
            parts += [Field.textarea(means, label_size=Size.SMALL, rows=3), nothing]
        if related:
            self.fields["anybody_else"].label = "Who else might this touch? (optional)"
        self.fields["anybody_else"].required = not related
        self.fields["anybody_else"].error_messages["required"] = (
            "Say who else this might touch, or that you know of nobody"
        )
        self.helper.layout = Layout(*parts, Field.textarea("anybody_else", label_size=Size.SMALL, rows=3))

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        for person in self.related:
            means = f"means_{person.pk}"
            said = bool(str(answers.get(means, "")).strip())
            nothing = bool(answers.get(f"nothing_{person.pk}"))
            if means in self.errors:
                continue
            if said and nothing:
                self.add_error(means, f"For {person.name}, either write something or tick the box, not both")
            elif not said and not nothing:
                self.add_error(means, f"Say what this might mean for {person.name}, or tick the box")
        return answers

    def answers(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        words = self.cleaned_data
        return {
            "means": {p: words[f"means_{p.pk}"] for p in self.related if not words[f"nothing_{p.pk}"]},
            "nothing_seen_for": [p for p in self.related if words[f"nothing_{p.pk}"]],
            "anybody_else": words["anybody_else"],
        }


class LogForm(PlainForm):
    """The last page before a concern is logged."""

    submit_label: ClassVar[str] = "Log this concern"

    def __init__(self, *args: Any, late: Sequence[str] = (), hours: int = 24, **options: Any) -> None:
        super().__init__(*args, **options)
        if late:
            were, it = ("was", "it") if len(late) == 1 else ("were", "they")
            after = f"more than {hours} hours after {it} happened"
            self.fields["late_why"] = PlainText(
                label=f"Why {were} {together(late)} written down {after}?",
                rows=3,
                max_length=2000,
                missing="Say why it was written down late",
            )
        self.helper.layout = Layout(
            *([Field.textarea("late_why", label_size=Size.SMALL, rows=3)] if late else [])
        )


class DiscardForm(PlainForm):
    """Why a draft is discarded."""

    submit_label: ClassVar[str] = "Discard this draft"

    why = PlainText(
        label="Why is it discarded?",
        help_text="For example, “written twice: see WF-26-0012”",
        rows=3,
        max_length=1000,
        missing="Say why this draft is discarded",
    )
