"""The four short pages of a sharing decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, cast

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import ConditionalQuestion, Field, Layout, Size
from django import forms

from agencies.dates import PlainDate, PlainTime
from agencies.forms import PlainText
from consent.forms.asking import Asked, Judged, choose, date, line, radios, text
from consent.models import Basis, SharingDecision, View
from consent.rules import Proposal, what_is_wrong_with_decision
from records.models import Person

Outcome, Informed = SharingDecision.Outcome, SharingDecision.Informed
Kind = Basis.Kind

# A radio button has to say it: an answer left out is not the same as "none".
NONE = "none"


@dataclass
class Known:
    """What the pages of one decision know: the person's view, what is offered, the answers so far."""

    person: Person
    view: View
    offered: Sequence[Basis]
    at: datetime
    answers: dict[str, Any] = field(default_factory=dict)

    def proposal(self) -> Proposal:
        """The decision as far as it is made. Answers that no rule knows are left out."""
        known = {k: v for k, v in self.answers.items() if k in Proposal.__dataclass_fields__}
        said = {name: self.answers.get(name, "") for name in ("necessary", "relevant", "adequate")}
        return Proposal(
            **{
                "outcome": "",
                **known,
                "view": self.view,
                "at": self.at,
                "offered": {basis.pk for basis in self.offered},
                "principles": said,
            }
        )

    @property
    def shares(self) -> bool:
        return self.proposal().shares

    @property
    def against_their_wishes(self) -> bool:
        return self.shares and self.view.objects_to_sharing

    def of_kind(self, kind: str) -> list[Basis]:
        return [basis for basis in self.offered if basis.kind == kind]


class StepForm(Judged):
    """One page of the decision. `judged` names the fields whose rules are looked at here."""

    judged: ClassVar[frozenset[str]] = frozenset()
    submit_label = "Continue"

    def __init__(self, *args: Any, known: Known, **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = known

    def answers(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Turn what was typed into what the operation takes."""
        return {k: v for k, v in cleaned.items() if k not in ("form_id", "version")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = self.answers(cleaned)
        so_far = replace(self.known, answers={**self.known.answers, **given})
        wrong = what_is_wrong_with_decision(so_far.proposal())
        self.place(broken for broken in wrong if broken.field in self.judged)
        return given | {name: cleaned[name] for name in ("form_id", "version") if name in cleaned}


class OutcomeForm(StepForm):
    """Whether to share, what for and, where somebody asked, what they asked."""

    judged = frozenset({"purpose"})

    outcome = choose(
        "What have you decided?",
        "Say whether you will share",
        choices=[
            Choice(Outcome.SHARE, Outcome.SHARE.label),
            Choice(
                Outcome.SHARE_PART,
                Outcome.SHARE_PART.label,
                hint="You choose which statements each recipient gets on a later page.",
            ),
            Choice(
                Outcome.NOT_SHARE,
                Outcome.NOT_SHARE.label,
                hint="This is recorded in the same way, so that you can explain it later.",
            ),
        ],
    )
    purpose = PlainText(
        label="What is the purpose, and which risk is it about?",
        help_text="If you will not share, say what was considered. One or two sentences.",
        required=False,
    )
    request = PlainText(
        label="Did somebody ask you for this information? (optional)",
        help_text="Say who, and what they asked for.",
        required=False,
        rows=2,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(radios("outcome"), text("purpose"), text("request", 2))


class BasisForm(StepForm):
    """The lawful basis, offered by the kind of agency and the date."""

    judged = frozenset({"", "article_6", "article_9", "paragraph_18", "despite_why"})
    lists: ClassVar[dict[str, str]] = {
        "article_6": Kind.ARTICLE_6,
        "article_9": Kind.ARTICLE_9,
        "paragraph_18": Kind.PARAGRAPH_18,
        "confidentiality": Kind.CONFIDENTIALITY,
    }

    article_6 = choose("What is the lawful basis?", "Choose the lawful basis", required=False)
    article_9 = choose(
        "Is any of it about health, ethnicity, religion, sex life or other sensitive matters?",
        "Say whether any of it is about sensitive matters and, if so, choose the condition",
        help_text="If yes, choose the condition that fits. The law calls this special category information.",
    )
    paragraph_18 = choose(
        "Why is it shared without consent?", "Choose one of the three reasons", required=False
    )
    confidentiality = choose(
        "Was it told in confidence?",
        "Say whether it was told in confidence and, if so, why it may be passed on",
        help_text="If yes, choose why it may be passed on. This is separate from data protection.",
    )
    despite_why = PlainText(
        label="They did not agree. Why is it right to share all the same?",
        help_text="Sharing against somebody’s wishes can be right in safeguarding. Say why it is here.",
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, none in (
            ("article_6", None),
            ("article_9", "No, none of it"),
            ("paragraph_18", None),
            ("confidentiality", "No"),
        ):
            cast(forms.ChoiceField, self.fields[name]).choices = _offered(
                self.known.of_kind(self.lists[name]), none
            )
        against = [text("despite_why")] if self.known.against_their_wishes else []
        if not against:
            del self.fields["despite_why"]
        self.helper.layout = Layout(
            *against,
            radios("article_6"),
            self._article_9(),
            radios("confidentiality"),
        )

    def _article_9(self) -> Any:
        asks = {basis.title for basis in self.known.of_kind(Kind.ARTICLE_9) if basis.asks_paragraph_18}
        choices: Any = cast(forms.ChoiceField, self.fields["article_9"]).choices
        labels = [str(choice[1]) for choice in choices]
        return Asked(
            "article_9",
            *(
                ConditionalQuestion(label, Field.radios("paragraph_18", legend_size=Size.SMALL))
                if label in asks
                else label
                for label in labels
            ),
        )

    def answers(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        rows = {(basis.kind, basis.code): basis for basis in self.known.offered}
        given = super().answers(cleaned)
        for name, kind in self.lists.items():
            given[name] = rows.get((kind, str(cleaned.get(name) or "")))
        # Its question is hidden unless Article 9 asks it, and an answer left behind there means nothing.
        if given["article_9"] is None or not given["article_9"].asks_paragraph_18:
            given["paragraph_18"] = None
        return given


def _offered(rows: Iterable[Basis], none: str | None) -> list[Choice]:
    """The rows as radio buttons. A star marks help that nobody has compared with the published law yet."""
    choices = [
        Choice(row.code, row.title, hint=row.help if row.checked_on else f"{row.help}\u00a0*") for row in rows
    ]
    return [Choice(NONE, none, divider="or"), *choices] if none else choices


class InformedForm(StepForm):
    """Whether the person knows and, where not, why not and when that is looked at again."""

    judged = frozenset({"informed", "informed_at", "informed_how", "not_informed_why", "inform_review_at"})
    places = {"informed_at": "informed_on", "inform_review_at": "review_on"}

    informed = choose(
        "Do they know what you have decided?", "Say whether they know", choices=Informed.choices
    )
    informed_how = PlainText(label="Who told them, how, and what were they told?", required=False)
    informed_on = PlainDate(label="Date they were told", help_text="For example, 27 3 2026", required=False)
    informed_time = PlainTime(label="Time they were told", help_text="For example, 9:20", required=False)
    not_informed_why = PlainText(label="Why is it not safe or not possible to tell them yet?", required=False)
    review_on = PlainDate(
        label="Date you will look at this again", help_text="For example, 13 1 2027", required=False
    )
    review_time = PlainTime(
        label="Time you will look at this again", help_text="For example, 12:00", required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Asked(
                "informed",
                ConditionalQuestion(
                    Informed.YES.label, text("informed_how"), date("informed_on"), line("informed_time")
                ),
                ConditionalQuestion(
                    Informed.NOT_YET.label,
                    text("not_informed_why"),
                    date("review_on"),
                    line("review_time"),
                ),
            )
        )

    def answers(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        given = super().answers(cleaned)
        told = given.get("informed") == Informed.YES
        parts = {
            "informed_at": ("informed_on", "informed_time", told),
            "inform_review_at": ("review_on", "review_time", not told),
        }
        for name, (day, at, wanted) in parts.items():
            given[name] = self.moment_of(cleaned, name, day, at) if wanted else None
            given.pop(day, None)
            given.pop(at, None)
        return given


class ReasonsForm(StepForm):
    """The principles that only a person can answer, and the reasons. The last page: it saves."""

    judged = frozenset({"necessary", "relevant", "adequate", "rationale"})
    submit_label = "Save the decision"

    necessary = PlainText(
        label="Why is sharing needed, and why this much and no more?",
        help_text="Necessary and proportionate. One sentence is enough.",
        required=False,
    )
    relevant = PlainText(
        label="Why do the people you tell need to know this?",
        help_text="Relevant. One sentence is enough.",
        required=False,
    )
    adequate = PlainText(
        label="Is it enough for them to understand and act? What is missing?",
        help_text="Adequate. One sentence is enough.",
        required=False,
    )
    rationale = PlainText(
        label="What are your reasons?",
        help_text="What made you decide this way, and what you weighed against it. Write for somebody "
        "who was not there.",
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        asked = ("necessary", "relevant", "adequate") if self.known.shares else ()
        for name in {"necessary", "relevant", "adequate"} - set(asked):
            del self.fields[name]
        self.helper.layout = Layout(*(text(name, 2) for name in asked), text("rationale", 5))
