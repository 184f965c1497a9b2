"""The questions that the pages of a disagreement ask: what each side thinks, who holds the risk, what now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Layout, Size
from django import forms

from agencies.dates import PlainDate, PlainTime, moment
from agencies.forms import PlainForm, PlainText, ShortText
from agencies.models import Agency, Membership
from sharing.ladder import STAGES
from sharing.models import Action, Disagreement
from sharing.models.ladder import TOP

ANOTHER = "post:"
STAY = "stay"


def _choices(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]  # each is a ChoiceField of its form


class DisagreeForm(PlainForm):
    """What we do not agree about, and what I think. The other side adds theirs."""

    submit_label: ClassVar[str] = "Tell the other side"

    about = forms.ChoiceField(
        label="What do you not agree about?",
        widget=forms.RadioSelect,
        error_messages={"required": "Say what you do not agree about"},
    )
    action = forms.ChoiceField(
        label="Which agreed action was not done?",
        widget=forms.RadioSelect,
        required=False,
    )
    position = PlainText(
        label="What do you think, and why?",
        help_text="In your own words. They are never changed, and the other side reads them.",
        rows=5,
    )

    def __init__(self, *args: Any, actions: Sequence[Action], **options: Any) -> None:
        super().__init__(*args, **options)
        self.actions = {action.reference: action for action in actions}
        about = [
            (value, label)
            for value, label in Disagreement.About.choices
            if actions or value != Disagreement.About.NOT_DONE
        ]
        _choices(self, "about", about)
        if actions:
            _choices(self, "action", [(a.reference, f"{a.reference}: {a.what}") for a in actions])
        else:
            del self.fields["action"]
        shown = [Field.radios("about", legend_size=Size.SMALL)]
        shown += [Field.radios("action", legend_size=Size.SMALL)] if actions else []
        self.helper.layout = Layout(*shown, Field.textarea("position", label_size=Size.SMALL, rows=5))

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        chosen = answers.get("action")
        if answers.get("about") == Disagreement.About.NOT_DONE and not chosen:
            self.add_error("action", "Choose the agreed action that was not done")
        return answers

    def words_for_operation(self) -> dict[str, Any]:
        """The answers as the operation takes them. An action counts only where it is about one."""
        given = self.words()
        is_about_one = given["about"] == Disagreement.About.NOT_DONE
        return {
            "about": given["about"],
            "action": self.actions.get(given.get("action", "")) if is_about_one else None,
            "words": given["position"],
        }


class PositionForm(PlainForm):
    """What one side thinks at this stage."""

    submit_label: ClassVar[str] = "Add this"

    position = PlainText(
        label="What does your side think, and why?",
        help_text="In your own words. What was said before stays as it is; this stands beside it.",
        rows=5,
    )


class RiskHolderForm(PlainForm):
    """Who holds the risk until it is settled, and what they do meanwhile."""

    submit_label: ClassVar[str] = "Save who holds the risk"

    holder = forms.ChoiceField(
        label="Who holds the risk?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who holds the risk"},
    )
    post = ShortText(
        label="Which post?",
        help_text="Only if you chose a post. For example “Duty social worker, out of hours”.",
        required=False,
    )
    meanwhile = PlainText(
        label="What do they do until this is settled?",
        help_text="What keeps them safe meanwhile, and what would make them act at once.",
        rows=4,
    )

    def __init__(
        self, *args: Any, people: Sequence[Membership], agencies: Sequence[Agency], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.people = {str(member.pk): member for member in people}
        self.agencies = {f"{ANOTHER}{agency.reference}": agency for agency in agencies}
        named = [(key, member.label) for key, member in self.people.items()]
        posts = [(key, f"A post at {agency.name}") for key, agency in self.agencies.items()]
        _choices(self, "holder", [*named, *posts])

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        needs_a_post = answers.get("holder") in self.agencies and "post" not in self.errors
        if needs_a_post and not answers["post"].strip():
            self.add_error("post", "Say which post holds the risk")
        return answers

    def words_for_operation(self) -> dict[str, Any]:
        """The answers as the operation takes them: a person, or a post and its agency."""
        given = self.words()
        person = self.people.get(given["holder"])
        return {
            "person": person,
            "agency": self.agencies.get(given["holder"]),
            "post": "" if person else given["post"],
            "meanwhile": given["meanwhile"],
        }


class NextStageForm(PlainForm):
    """Who answers at the next stage, and why it is taken there."""

    submit_label: ClassVar[str] = "Take it to the next stage"

    # Which stage the page was about: whoever comes second does not open the one after it by mistake.
    stage = forms.IntegerField(widget=forms.HiddenInput)
    why = PlainText(label="Why do you take it further?", rows=3, required=False)
    for_speaker = forms.ChoiceField(error_messages={"required": "Choose who answers"})
    for_listener = forms.ChoiceField(error_messages={"required": "Choose who answers"})

    def __init__(
        self,
        *args: Any,
        names: tuple[str, str],
        possible: tuple[Sequence[Membership], Sequence[Membership]],
        late: bool,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.possible = [{str(member.pk): member for member in members} for members in possible]
        for field, agency, members in zip(("for_speaker", "for_listener"), names, self.possible, strict=True):
            self.fields[field].label = f"Who answers for {agency}?"
            named = [(key, member.label) for key, member in members.items()]
            # Where there are several, nobody is chosen for whoever takes it further.
            _choices(self, field, named if len(named) == 1 else [("", "Choose"), *named])
        if late:
            self.fields["why"].label = "Why do you take it further? (optional)"
            self.fields["why"].help_text = "The time limit of this stage has passed, so no reason is needed."
        else:
            self.fields["why"].required = True
            self.fields["why"].help_text = "This stage still has time, so say why it should not wait."

    def words_for_operation(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        given = self.words()
        speaker, listener = self.possible
        return {
            "number": given["stage"],
            "why": given["why"],
            "for_speaker": speaker[given["for_speaker"]],
            "for_listener": listener[given["for_listener"]],
        }


class DangerForm(PlainForm):
    """Who was called because somebody is in immediate danger, when, and what was agreed."""

    submit_label: ClassVar[str] = "Record it and tell both sides"

    who_was_called = PlainText(
        label="Who was called?",
        help_text="For example 999, the emergency duty team, or who asked for a strategy discussion.",
        rows=2,
    )
    day = PlainDate(label="On which day?", missing="Say on which day")
    time = PlainTime(label="At what time?", help_text="For example 14:30", missing="Say at what time")
    what_was_agreed = PlainText(label="What was agreed?", rows=3)
    stage = forms.ChoiceField(
        label="Does the disagreement go to a later stage at once?",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it goes to a later stage"},
    )

    def __init__(self, *args: Any, here: int, **options: Any) -> None:
        super().__init__(*args, **options)
        later = [(str(n), f"Yes, to stage {n}: {STAGES[n].lower()}") for n in range(here + 1, TOP + 1)]
        _choices(self, "stage", [Choice(STAY, f"No, it stays at stage {here}"), *later])

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("day") and answers.get("time"):
            try:
                answers["called_at"] = moment(answers["day"], answers["time"])
            except forms.ValidationError as error:
                self.add_error("time", error)
        return answers

    def words_for_operation(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        given = self.words()
        called_at: datetime = given["called_at"]
        return {
            "who_was_called": given["who_was_called"],
            "called_at": called_at,
            "what_was_agreed": given["what_was_agreed"],
            "number": None if given["stage"] == STAY else int(given["stage"]),
        }


class OutcomeForm(PlainForm):
    """What was decided, why, and who does what."""

    submit_label: ClassVar[str] = "Send the outcome"

    what_was_decided = PlainText(label="What was decided?", rows=4)
    why = PlainText(label="Why?", help_text="What weighed most, on both sides.", rows=4)
    who_does_what = PlainText(
        label="Who does what, by when?", help_text="Also what would make you look at it again.", rows=4
    )


class CloseForm(PlainForm):
    """That it is settled."""

    submit_label: ClassVar[str] = "Close the disagreement"

    note = PlainText(
        label="Is there anything to add? (optional)",
        help_text="Both sides can read it.",
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, note_needed: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if note_needed:
            self.fields["note"].required = True
            self.fields["note"].label = "Why is there nothing left to decide?"
