"""The questions that the Do and Share pages ask: whom to tell, what, why, and whether to send it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import (
    ConditionalQuestion,
    ConditionalRadios,
    Div,
    Field,
    Fieldset,
    Layout,
    Size,
)
from django import forms
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from agencies.forms import PlainForm, PlainText
from agencies.parts import part
from records.documents import shown as documents
from records.documents.states import SENTENCES, TAGS, Scan
from records.models import Concern, DocumentVersion, Statement
from sharing.alike import Alike
from sharing.forms.outside import ask_for_code
from sharing.told import day, shown

KEY, SHARE, HOLD = "KEY", "SHARE", "HOLD"
CHOICES = [
    (KEY, "Share it, and it must be said back"),
    (SHARE, "Share it"),
    (HOLD, "Hold it back"),
]
LEAVE, ATTACH = "LEAVE", "ATTACH"
FILE_CHOICES = [(LEAVE, "Leave it out"), (ATTACH, "Attach it")]
ACCOUNTABLE, INFORMATION = "ACCOUNTABLE", "INFORMATION"


def ask_which(form: PlainForm, alike: Sequence[Alike]) -> list[Any]:
    """Ask which of several people with names alike is meant, side by side; nothing where there are none."""
    if not alike:
        return []
    form.fields["meant"] = forms.TypedChoiceField(
        label="Their names are alike. Which of them do you mean?",
        choices=[
            Choice(
                str(one.member.pk),
                f"{one.member.full_name}, {one.member.agency.name}",
                hint=_apart(one),
            )
            for one in alike
        ],
        coerce=UUID,
        widget=forms.RadioSelect,
        error_messages={"required": "Say which of these people you mean"},
    )
    return [Div(Field.radios("meant", legend_size=Size.MEDIUM), css_class="app-alike")]


def _apart(one: Alike) -> SafeString:
    """What tells somebody apart from others of nearly the same name."""
    member = one.member
    reached = f"{one.point}, checked {day(one.point_checked_at)}" if one.point_checked_at else ""
    last = f"Last exchange with you: {day(one.last_exchange_at)}" if one.last_exchange_at else ""
    lines = [
        member.job_title,
        member.agency.area,
        reached or "No checked address",
        last or "No exchange with you yet",
    ]
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines if line))


class ListenerForm(PlainForm):
    """Whether this is the right person at the right place, and what is expected of them."""

    submit_label: ClassVar[str] = "Choose this person"

    expects = forms.ChoiceField(
        label="What do you expect of them?",
        choices=[
            (
                ACCOUNTABLE,
                "They are responsible: they say it back, and I confirm that it was understood",
            ),
            (INFORMATION, "It is for their information: somebody else is responsible"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say what you expect of them"},
    )
    right_place = PlainText(
        label="Is this the right person and the right place? How do you know?",
        help_text="For example, “on the partnership’s duty list, and I rang to check”.",
        rows=3,
        missing="Say how you know that this is the right person and the right place",
    )

    def __init__(self, *args: Any, alike: Sequence[Alike] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            *ask_which(self, alike),
            Field.textarea("right_place", label_size=Size.MEDIUM, rows=3),
            Field.radios("expects", legend_size=Size.MEDIUM),
        )


class StatementShown:
    """A layout object that shows a statement above the questions about it."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement

    def render(self, *_: Any, **__: Any) -> SafeString:
        said = shown(self.statement, reference="")
        return part("statement", statement=said)


class DocumentShown:
    """A layout object that says what a document is, above the question whether to attach it."""

    def __init__(self, version: Any) -> None:
        self.version = version

    def render(self, *_: Any, **__: Any) -> SafeString:
        document, state = self.version.document, Scan(self.version.scan)
        context = {
            "document": document,
            "made": documents.made(document),
            "content": documents.content(self.version.kind, self.version.size),
            "number": self.version.number,
            "left_out": self.version.left_out,
            "tag": TAGS[state],
            "sentence": SENTENCES[state],
        }
        return render_to_string("sharing/_document_to_attach.html", context)


class PrepareForm(PlainForm):
    """What one person is told: each statement shared or held back, why, what is asked, how urgent."""

    submit_label: ClassVar[str] = "Save and see it as they will"
    legend_of_conditional_radios: ClassVar[str] = "govuk-fieldset__legend--s"

    why_you = PlainText(
        label="Why are you telling this person?",
        help_text="They read this. Say what worries you, and why it concerns them.",
        rows=3,
        missing="Say why you are telling this person",
    )
    what_i_ask = PlainText(
        label="What do you ask of them?",
        help_text="They read this. Say what you would like them to do, and by when.",
        rows=3,
        missing="Say what you ask of them",
    )
    asks_decision = forms.BooleanField(
        label="They decide what happens, and tell me what they decided",
        help_text="They owe you a decision once they have understood. You say it back.",
        required=False,
    )
    urgency = forms.ChoiceField(
        label="How urgent is it?",
        choices=Concern.Urgency.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how urgent it is"},
    )

    def __init__(
        self,
        *args: Any,
        statements: Sequence[Statement],
        documents: Sequence[DocumentVersion] = (),
        may_decide: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.statements, self.documents = list(statements), list(documents)
        decision = [Field.checkbox("asks_decision")]
        if not may_decide:
            del self.fields["asks_decision"]
            decision = []
        self.helper.layout = Layout(
            *[self._ask_about(statement) for statement in self.statements],
            *[self._ask_whether_to_attach(one) for one in self.documents],
            Field.textarea("why_you", label_size=Size.MEDIUM, rows=3),
            Field.textarea("what_i_ask", label_size=Size.MEDIUM, rows=3),
            *decision,
            Field.radios("urgency", legend_size=Size.MEDIUM),
        )

    def _ask_about(self, statement: Statement) -> Fieldset:
        number, label = statement.number, statement.label
        choice, why = f"choice_{number}", f"why_{number}"
        self.fields[choice] = forms.ChoiceField(
            label=f"Share {label} or hold it back?",
            choices=CHOICES,
            widget=forms.RadioSelect,
            error_messages={"required": f"Say of {label} whether to share it or hold it back"},
        )
        self.fields[why] = PlainText(
            label=f"Why do you hold {label} back?",
            help_text="They do not see this.",
            rows=2,
            required=False,
        )
        return Fieldset(
            StatementShown(statement),
            ConditionalRadios(
                choice,
                *(words for value, words in CHOICES if value != HOLD),
                ConditionalQuestion(dict(CHOICES)[HOLD], Field.textarea(why, rows=2)),
            ),
            legend=format_html("Statement {}", label),
            legend_size=Size.MEDIUM,
            css_class="app-choice",
        )

    def _ask_whether_to_attach(self, version: DocumentVersion) -> Fieldset:
        """Nothing is attached unless somebody says so."""
        document = version.document
        choice, why = f"file_{document.number}", f"file_why_{document.number}"
        self.fields[choice] = forms.ChoiceField(
            label=f"Attach {document.label} or leave it out?",
            choices=FILE_CHOICES,
            initial=LEAVE,
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields[why] = PlainText(
            label=f"Why do they need {document.label}?",
            help_text="They read this.",
            rows=2,
            required=False,
        )
        (_, leave), (_, attach) = FILE_CHOICES
        return Fieldset(
            DocumentShown(version),
            ConditionalRadios(choice, leave, ConditionalQuestion(attach, Field.textarea(why, rows=2))),
            legend=f"Document {document.label}",
            legend_size=Size.MEDIUM,
            css_class="app-choice",
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        for version in self.documents:
            number, label = version.document.number, version.document.label
            why = f"file_why_{number}"
            is_attached = answers.get(f"file_{number}") == ATTACH
            if is_attached and not answers.get(why, "").strip() and why not in self.errors:
                self.add_error(why, f"Say why they need {label}")
        for statement in self.statements:
            why = f"why_{statement.number}"
            is_held = answers.get(f"choice_{statement.number}") == HOLD
            if is_held and not answers.get(why, "").strip() and why not in self.errors:
                self.add_error(why, f"Say why you hold {statement.label} back")
        return answers

    def words(self) -> dict[str, Any]:
        """The choices as the operation takes them, by the number of the statement."""
        given = self.cleaned_data
        numbers = [statement.number for statement in self.statements]
        chosen = {n: given[f"choice_{n}"] for n in numbers}
        return {
            "share": [n for n in numbers if chosen[n] != HOLD],
            "key": [n for n in numbers if chosen[n] == KEY],
            "held_back": {n: given[f"why_{n}"] for n in numbers if chosen[n] == HOLD},
            "why_you": given["why_you"],
            "what_i_ask": given["what_i_ask"],
            "urgency": given["urgency"],
            "asks_decision": bool(given.get("asks_decision")),
            "attach": {
                n: given[f"file_why_{n}"]
                for n in (version.document.number for version in self.documents)
                if given[f"file_{n}"] == ATTACH
            },
        }


class SendForm(PlainForm):
    """The final check before sending. The reason is asked for only where it goes ahead of its stage."""

    submit_label: ClassVar[str] = "Send it"

    checked = forms.BooleanField(
        label="I have read it as they will see it, and it is going to the right person",
        error_messages={"required": "Tick the box when you have read it and checked who it goes to"},
    )
    emergency_reason = PlainText(
        label="Why can it not wait?",
        help_text="What may happen, to whom, and how soon. It is kept on the record.",
        rows=3,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        is_emergency: bool,
        alike: Sequence[Alike] = (),
        code_ways: Sequence[tuple[str, str]] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        parts: list[Any] = ask_which(self, alike)
        if code_ways:
            ask_for_code(self, ways=code_ways, start=code_ways[0][0])
            parts.append(Field.radios("code_by", legend_size=Size.MEDIUM))
        if is_emergency:
            self.submit_label = "Send it now as urgent"  # type: ignore[misc]  # this form's own words
            self.fields["emergency_reason"].required = True
            parts.append(Field.textarea("emergency_reason", label_size=Size.MEDIUM, rows=3))
        else:
            del self.fields["emergency_reason"]
        parts.append(Field.checkbox("checked"))
        self.helper.layout = Layout(*parts)


class DiscardForm(PlainForm):
    """Taking back the choice of a person before anything was sent to them."""

    submit_label: ClassVar[str] = "Remove this person"
