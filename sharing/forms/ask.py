"""The questions that the pages of the Ask stage ask."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from crispy_forms_gds.layout import Field, Fieldset, Layout, Size
from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict

from agencies.forms import PlainForm, PlainText, ShortText
from agencies.models import Membership
from records.forms.concerns import WorryForm
from records.models import Statement
from sharing.operations.ask import Said

YES, NO = "yes", "no"


class AskForm(PlainForm):
    """Who needs to know, and whether advice is needed. It can be saved before all of it is answered."""

    submit_label = "Save"

    who_needs_to_know = PlainText(
        label="Who needs to know, and why?",
        help_text="Name posts or people, and what each could do. Think of who works with the adults too.",
        rows=4,
        required=False,
    )
    nobody_else_known = forms.BooleanField(
        label="I have looked, and know of nobody else who works with them", required=False
    )
    no_assumptions = forms.BooleanField(
        label="I have thought about it, and am not assuming anything", required=False
    )
    advice_needed = forms.ChoiceField(
        label="Do you need advice before you decide what to share?",
        choices=[(YES, "Yes"), (NO, "No")],
        widget=forms.RadioSelect,
        required=False,
    )
    advice_note = PlainText(
        label="Why, or why not? (optional)",
        help_text="For example, what you are unsure of, or who you have already spoken to.",
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.textarea("who_needs_to_know", label_size=Size.SMALL, rows=4),
            "nobody_else_known",
            "no_assumptions",
            Field.radios("advice_needed", legend_size=Size.SMALL, inline=True),
            Field.textarea("advice_note", label_size=Size.SMALL, rows=3),
        )

    def leave_out(self, **known: bool) -> None:
        """Do not offer "nobody" or "nothing" where somebody or something is written down."""
        for name, is_known in known.items():
            if is_known:
                del self.fields[name]
                self.helper.layout.fields.remove(name)

    def answers(self) -> dict[str, Any]:
        """The answers as the operation takes them. Not answered yet is None."""
        words = {"nobody_else_known": False, "no_assumptions": False, **self.words()}
        needed = words.pop("advice_needed")
        return {**words, "advice_needed": {YES: True, NO: False}.get(needed)}


class WorryNowForm(WorryForm):
    """How worried somebody is in this cycle, and whether that is more or less than before."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        level, why = self.fields["level"], self.fields["why"]
        level.label = "How worried are you now?"
        level.error_messages["required"] = "Say how worried you are now"
        why.help_text = f"What has changed? {why.help_text}"


class FindForm(PlainForm):
    """Looking for somebody in the directory. What is typed goes into no address."""

    submit_label = "Search the directory"

    who = ShortText(
        label="Name, role or agency",
        help_text="All or part of it. For example, “health visitor” or “Bridge Street”.",
        missing="Enter a name, a role or an agency to search for",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(Field.text("who", label_size=Size.SMALL))


class ByHandForm(PlainForm):
    """Somebody who works with the person and is not in the directory."""

    submit_label = "Add to the list"

    name = ShortText(label="Name, or post", help_text="For example, “duty midwife”.", max_length=150)
    agency_name = ShortText(label="Agency or team", max_length=200)
    role = ShortText(label="What they do for the person", max_length=150)
    how_to_reach = ShortText(
        label="How to reach them (optional)",
        help_text="A phone number or a work e-mail address, and when.",
        max_length=254,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = ("name", "agency_name", "role", "how_to_reach")
        self.helper.layout = Layout(*(Field.text(name, label_size=Size.SMALL) for name in names))


class AssumptionForm(PlainForm):
    """Something that is taken for granted and, where it has been tested, how."""

    text = PlainText(
        label="What are you assuming?",
        help_text="For example, “that somebody else has already told social care”.",
        rows=3,
        missing="Write what you are assuming",
    )
    how_tested = PlainText(
        label="How did you test it, and what did you find?",
        help_text="Leave it empty if you have not tested it yet.",
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.textarea("text", label_size=Size.SMALL, rows=3),
            Field.textarea("how_tested", label_size=Size.SMALL, rows=3),
        )


class TestedForm(PlainForm):
    """How an assumption was tested."""

    __test__ = False  # not a test, whatever pytest makes of the name

    how_tested = PlainText(
        label="How did you test it, and what did you find?",
        help_text="For example, whom you asked, when, and what they said.",
        rows=4,
        missing="Say how you tested it and what you found",
    )


class QuestionForm(PlainForm):
    """A question to one person. It is sent only as it was shown: changed words are shown again first."""

    submit_label = "See what they will see"

    told = PlainText(
        label="What they need to be told, to answer",
        help_text="Only that. They see these words, your name and agency and a time limit, and nothing else.",
        rows=5,
        missing="Write what they need to be told, to answer",
    )
    question = PlainText(label="What you ask them", rows=4, missing="Write what you are asking them")
    previewed = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, of: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        self.of = of
        self.is_preview = False
        # A draft that is filled in again has to be looked at again.
        self.initial["previewed"] = ""
        self.helper.layout = Layout(
            Field.textarea("told", label_size=Size.SMALL, rows=5),
            Field.textarea("question", label_size=Size.SMALL, rows=4),
        )

    def as_shown(self) -> str:
        """A mark of these words to this person, so that what is sent is what was looked at."""
        words = self.cleaned_data
        text = "\0".join([str(self.of.pk), words["told"], words["question"]])
        return hashlib.sha256(text.encode()).hexdigest()

    def was_shown(self) -> bool:
        """Say whether exactly these words were shown before. If not, they are shown now."""
        self.is_preview = True
        if self.cleaned_data["previewed"] == self.as_shown():
            return True
        data = cast(QueryDict, self.data).copy()
        data["previewed"] = self.as_shown()
        self.data = data
        return False


class ExplainForm(PlainForm):
    """Why a question has no answer."""

    submit_label = "Go on without an answer"

    why = PlainText(
        label="What did you do to get an answer, and why do you go on without one?",
        help_text="They can still answer afterwards.",
        rows=4,
        missing="Say what you did to get an answer, and why you go on without one",
    )


ANSWER_KINDS = [
    (Statement.Kind.FACT_SEEN, "Something I or a colleague saw"),
    (Statement.Kind.FACT_HEARD, "Something I or a colleague heard"),
    (Statement.Kind.REPORTED, "Something somebody told us"),
    (Statement.Kind.HISTORY, "Something in our records from before"),
    (Statement.Kind.OPINION, "My professional opinion"),
    (Statement.Kind.VOICE, "Their own words, wishes or feelings"),
]
KNOWS = [
    (YES, "Yes, and this is what I can tell you"),
    (NO, "No, I do not know them or work with them"),
]
MOST = 12


class AnswerForm(PlainForm):
    """An answer: that I do not know them, or one or more statements, each with kind, source and time."""

    submit_label = "Send your answer"

    knows = forms.ChoiceField(
        label="Do you know them?",
        choices=KNOWS,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you know them"},
    )
    where_looked = ShortText(
        label="If you do not know them: where did you look?",
        help_text="For example, “our records, under both names”. Then you are done: leave the rest empty.",
        required=False,
    )
    count = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=MOST)

    def __init__(self, *args: Any, is_advice: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_advice = is_advice
        self.blocks = self._wanted()
        self.initial["count"] = self.blocks
        if is_advice:
            del self.fields["knows"], self.fields["where_looked"]
        parts: list[Any] = [] if is_advice else self._whether_known()
        parts += [self._block(number) for number in range(1, self.blocks + 1)]
        self.helper.layout = Layout(*parts)

    @property
    def adds(self) -> bool:
        """Another statement was asked for; nothing is sent."""
        return self.is_bound and "add" in self.data

    def show_without_errors(self) -> None:
        """Show the form as it stands, with one statement more. What is missing is said when it is sent."""
        self._errors = ErrorDict()

    @property
    def may_add(self) -> bool:
        return self.blocks < MOST

    def _wanted(self) -> int:
        raw = str(self.data.get("count") or "1") if self.is_bound else str(self.initial.get("count") or "1")
        number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 4 else 1
        number = max(1, min(MOST, number))
        if self.adds:
            number = min(MOST, number + 1)
            data = cast(QueryDict, self.data).copy()
            data["count"] = str(number)
            self.data = data
        return number

    @staticmethod
    def _whether_known() -> list[Any]:
        # Always shown: a script that folds it away would put attributes on a radio that it may not have.
        return [
            Field.radios("knows", legend_size=Size.MEDIUM),
            Field.text("where_looked", label_size=Size.SMALL),
        ]

    def _block(self, number: int) -> Fieldset:
        first = number == 1
        kinds = ANSWER_KINDS if not self.is_advice else [*ANSWER_KINDS[4:5], *ANSWER_KINDS[:4]]
        self.fields[f"text_{number}"] = PlainText(
            label="What is your advice?" if self.is_advice else "What do you know?", rows=4, required=False
        )
        if self.adds and number == self.blocks:
            # Whoever asked for another statement goes on writing there.
            self.fields[f"text_{number}"].widget.attrs["autofocus"] = True
        self.fields[f"kind_{number}"] = forms.ChoiceField(
            label="What kind of statement is this?",
            choices=kinds,
            widget=forms.RadioSelect,
            required=False,
            initial=kinds[0][0] if self.is_advice else None,
        )
        self.fields[f"source_{number}"] = ShortText(
            label="Where is this from?",
            help_text="For example, “I saw it myself” or “the mother, by phone”.",
            required=False,
        )
        self.fields[f"when_{number}"] = ShortText(
            label="When was it?",
            help_text="For example, “Tuesday 10 November, about 3pm” or “over the last month”.",
            max_length=200,
            required=False,
        )
        legend = ("Your advice" if first else "More advice") if self.is_advice else f"Statement {number}"
        return Fieldset(
            Field.textarea(f"text_{number}", label_size=Size.SMALL, rows=4),
            Field.radios(f"kind_{number}", legend_size=Size.SMALL),
            Field.text(f"source_{number}", label_size=Size.SMALL),
            Field.text(f"when_{number}", label_size=Size.SMALL),
            legend=legend,
            legend_size=Size.MEDIUM,
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if not self.is_advice and answers.get("knows") != YES:
            return answers
        written = [n for n in range(1, self.blocks + 1) if str(answers.get(f"text_{n}", "")).strip()]
        if not written and "text_1" not in self.errors:
            self.add_error("text_1", "Write your advice" if self.is_advice else "Write what you know")
        for number in written:
            if not answers.get(f"kind_{number}") and f"kind_{number}" not in self.errors:
                self.add_error(
                    f"kind_{number}", f"Say what kind of statement “{self._start(answers, number)}” is"
                )
            if not str(answers.get(f"source_{number}", "")).strip() and not self.is_advice:
                self.add_error(f"source_{number}", f"Say where “{self._start(answers, number)}” is from")
        return answers

    @staticmethod
    def _start(answers: dict[str, Any], number: int) -> str:
        text = " ".join(str(answers[f"text_{number}"]).split())
        return text if len(text) <= 30 else f"{text[:30]}…"

    def said(self) -> list[Said]:
        """The answer as the operation takes it."""
        words = self.cleaned_data
        if not self.is_advice and words["knows"] == NO:
            looked = words["where_looked"].strip()
            return [
                Said(
                    kind=Statement.Kind.FACT_SEEN,
                    text="I do not know them and do not work with them.",
                    source=looked or "The person who was asked",
                )
            ]
        return [
            Said(
                kind=words[f"kind_{n}"],
                text=words[f"text_{n}"],
                source=words[f"source_{n}"],
                happened_note=words[f"when_{n}"],
            )
            for n in range(1, self.blocks + 1)
            if words[f"text_{n}"].strip()
        ]
