"""What is asked piece by piece: whether it is disclosed, what is held back, and on which ground."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, cast

from crispy_forms_gds.layout import Field, Layout, Size
from django import forms

from agencies.dates import PlainDate
from agencies.forms import PlainForm, PlainText, ShortText
from sharing.models import (
    AccessRequest,
    AgencyView,
    DisclosureHold,
    Ground,
    HeldWord,
    HoldDecision,
    PieceDecision,
)
from sharing.subject_access.grounds import GROUNDS, fits

YES, NO = "YES", "NO"
Answer = PieceDecision.Answer


def ground_choices(request: AccessRequest) -> list[tuple[str, str]]:
    """The grounds that can apply to a request, as a list to choose from."""
    return [(code, str(label)) for code, label in Ground.choices if fits(code, request)]


def ground_help(request: AccessRequest) -> list[dict[str, str]]:
    """What each ground means, for the page that asks for one."""
    return [
        {
            "key": str(Ground(code).label),
            "value": f"{GROUNDS[Ground(code)].when}\n{GROUNDS[Ground(code)].law}",
        }
        for code, _ in ground_choices(request)
    ]


class ManyForm(PlainForm):
    """Which pieces are disclosed as they are."""

    submit_label: ClassVar[str] = "Disclose the ticked pieces as they are"

    pieces = forms.TypedMultipleChoiceField(
        label="Pieces that name nobody else",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick at least one piece",
            "invalid_choice": "Choose pieces from the list",
        },
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.TypedMultipleChoiceField, self.fields["pieces"]).choices = list(choices)
        self.helper.layout = Layout(Field.checkboxes("pieces", legend_size=Size.SMALL, small=True))


class PieceForm(PlainForm):
    """What of one piece goes out."""

    submit_label: ClassVar[str] = "Save this decision"

    answer = forms.ChoiceField(
        label="Is it disclosed?",
        choices=Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is disclosed"},
    )
    held = forms.TypedMultipleChoiceField(
        label="If parts are held back: which sentences?",
        help_text="Each that you tick is taken out. A label stands in its place.",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "One of the sentences is not in this piece"},
    )
    ground = forms.ChoiceField(
        label="If something is held back: on which ground?",
        required=False,
        error_messages={"invalid_choice": "Choose a ground from the list"},
    )
    why = PlainText(
        label="If something is held back: why?",
        help_text="Only your agency reads this. Where even that something is held back must not be known, "
        "hold all of it back.",
        rows=4,
        required=False,
    )

    def __init__(
        self, *args: Any, whose: AccessRequest, parts: Sequence[tuple[int, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        held = cast(forms.TypedMultipleChoiceField, self.fields["held"])
        held.choices = [(number, f"{number}. {text.strip() or '(an empty line)'}") for number, text in parts]
        ground = cast(forms.ChoiceField, self.fields["ground"])
        ground.choices = [("", "Choose a ground"), *ground_choices(whose)]
        self.helper.layout = Layout(
            Field.radios("answer", legend_size=Size.MEDIUM),
            Field.checkboxes("held", legend_size=Size.SMALL, small=True),
            Field.select("ground"),
            Field.textarea("why", rows=4),
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        answer = answers.get("answer")
        if answer == Answer.PART and not answers.get("held") and "held" not in self.errors:
            self.add_error("held", "Tick the sentences that are held back")
        if answer in (Answer.PART, Answer.HOLD):
            if not answers.get("ground") and "ground" not in self.errors:
                self.add_error("ground", "Choose on which ground it is held back")
            if not (answers.get("why") or "").strip() and "why" not in self.errors:
                self.add_error("why", "Say why it is held back")
        return answers


class WordsForm(PlainForm):
    """Words that are held back wherever they stand."""

    submit_label: ClassVar[str] = "Hold them back everywhere"

    suggested = forms.MultipleChoiceField(
        label="People who are named in it",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "Choose names from the list, or write them"},
    )
    others = PlainText(
        label="Other words",
        help_text="A line each: a name, an address, a telephone number.",
        rows=4,
        max_length=2000,
        required=False,
    )
    instead = forms.ChoiceField(
        label="What stands in their place?",
        choices=[(code, f"[held back: {label}]") for code, label in HeldWord.Instead.choices],
        widget=forms.RadioSelect,
        error_messages={"required": "Say what stands in their place"},
    )
    ground = forms.ChoiceField(
        label="On which ground?",
        error_messages={
            "required": "Choose on which ground",
            "invalid_choice": "Choose a ground from the list",
        },
    )
    why = PlainText(label="Why?", rows=3, missing="Say why they are held back")

    def __init__(self, *args: Any, whose: AccessRequest, suggestions: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.MultipleChoiceField, self.fields["suggested"]).choices = [
            (one, one) for one in suggestions
        ]
        if not suggestions:
            del self.fields["suggested"]
        ground = cast(forms.ChoiceField, self.fields["ground"])
        ground.choices = [("", "Choose a ground"), *ground_choices(whose)]
        first = [Field.checkboxes("suggested", legend_size=Size.SMALL, small=True)] if suggestions else []
        self.helper.layout = Layout(
            *first,
            Field.textarea("others", rows=4),
            Field.radios("instead", legend_size=Size.SMALL),
            Field.select("ground"),
            Field.textarea("why", rows=3),
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if "others" not in self.errors and not self._wanted(answers):
            self.add_error("others", "Choose a name, or write the words")
        if any(len(one) > 200 for one in self._wanted(answers)):
            self.add_error("others", "Each line can be 200 characters at most")
        return answers

    def _wanted(self, answers: dict[str, Any]) -> list[str]:
        lines = (answers.get("others") or "").split("\n")
        return [*answers.get("suggested", []), *(one.strip() for one in lines if one.strip())]

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        given = super().words()
        return {
            "words": self._wanted(given),
            "instead": given["instead"],
            "ground": given["ground"],
            "why": given["why"],
        }


class AskedFirst(PlainForm):
    """Whom one asked, when, and what they said."""

    def _require_day(self, asked_on: date | None, is_asked: bool) -> None:
        if is_asked and asked_on is None and "asked_on" not in self.errors:
            self.add_error("asked_on", "Enter the day on which you asked")


class HoldDecisionForm(AskedFirst):
    """Whether what is on hold may go out in answer to one request."""

    submit_label: ClassVar[str] = "Save this decision"

    whom_asked = ShortText(
        label="Whom did you ask?",
        help_text="Ask whoever it came from first. Leave this and the next two empty if you asked nobody.",
        required=False,
    )
    asked_on = PlainDate(label="On which day?", required=False)
    their_view = PlainText(label="What did they say?", rows=3, required=False)
    answer = forms.ChoiceField(
        label="May it be disclosed?",
        choices=HoldDecision.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it may be disclosed"},
    )
    why = PlainText(
        label="Why?",
        help_text="Where you asked nobody, say why not. The decision is ours, not theirs.",
        rows=3,
        missing="Say why",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.text("whom_asked"),
            "asked_on",
            Field.textarea("their_view", rows=3),
            Field.radios("answer", legend_size=Size.MEDIUM),
            Field.textarea("why", rows=3),
        )


class AgencyViewForm(AskedFirst):
    """What another agency says about disclosing what came from it."""

    submit_label: ClassVar[str] = "Save what they say"

    answer = forms.ChoiceField(
        label="What do they say?",
        choices=AgencyView.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what they say, or that they were not asked"},
    )
    whom = ShortText(
        label="Whom did you ask?",
        help_text="Leave this and the day empty if they were not asked.",
        required=False,
    )
    asked_on = PlainDate(label="On which day?", required=False)
    said = PlainText(
        label="In their words; or why they were not asked", rows=3, missing="Say what they said, or why not"
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.radios("answer", legend_size=Size.MEDIUM),
            Field.text("whom"),
            "asked_on",
            Field.textarea("said", rows=3),
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        is_asked = answers.get("answer") not in (None, AgencyView.Answer.NOT_ASKED)
        if is_asked and not (answers.get("whom") or "").strip():
            self.add_error("whom", "Say whom you asked")
        self._require_day(answers.get("asked_on"), is_asked)
        return answers

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        given = super().words()
        given["words"] = given.pop("said")
        return given


class CheckForm(PlainForm):
    """What a second person says of what would go out."""

    submit_label: ClassVar[str] = "Save what you found"

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    is_right = forms.ChoiceField(
        label="Is everything that goes out right, and is everything held back that has to be?",
        choices=[
            (YES, "Yes: the bundle can be made of exactly this"),
            (NO, "No: something has to be changed"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is right"},
    )
    note = PlainText(label="If not: what has to be changed?", rows=3, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            "digest", Field.radios("is_right", legend_size=Size.MEDIUM), Field.textarea("note", rows=3)
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("is_right") == NO and not (answers.get("note") or "").strip():
            self.add_error("note", "Say what has to be changed")
        return answers

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        return {**super().words(), "is_right": self.cleaned_data["is_right"] == YES}


class HoldForm(PlainForm):
    """Putting something in a concern on hold."""

    submit_label: ClassVar[str] = "Put it on hold"

    key = forms.ChoiceField(
        label="What must not be disclosed without a decision?",
        error_messages={"required": "Choose what it is", "invalid_choice": "Choose something from the list"},
    )
    kind = forms.ChoiceField(
        label="What is the reason?",
        choices=DisclosureHold.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the reason"},
    )
    came_from = ShortText(
        label="Who gave it to us? (optional)",
        help_text="They are asked before anything of it is disclosed.",
        required=False,
    )
    why = PlainText(label="Why?", rows=3, missing="Say why")

    def __init__(self, *args: Any, things: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["key"]).choices = [("", "Choose"), *things]
        self.helper.layout = Layout(
            Field.select("key"),
            Field.radios("kind", legend_size=Size.SMALL),
            Field.text("came_from"),
            Field.textarea("why", rows=3),
        )


class LiftForm(PlainForm):
    """Taking something off hold."""

    submit_label: ClassVar[str] = "Lift this hold"

    why = PlainText(label="Why is it lifted?", rows=3, missing="Say why it is lifted")
