"""What somebody said about sharing, or why they were not asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from crispy_forms_gds.layout import ConditionalQuestion, Fieldset, Layout, Size
from django import forms
from django.utils import timezone

from agencies.dates import PlainDate, PlainTime
from agencies.forms import PlainText, ShortText
from consent.forms.asking import Asked, Judged, choose, date, line, radios, text
from consent.models import View
from consent.rules import SaidAboutSharing, fitting_capacities, what_is_wrong_with_view
from records.models import Person

Answer, AnsweredBy, Capacity, Service = View.Answer, View.AnsweredBy, View.Capacity, View.Service


class ViewForm(Judged):
    """What the person said about sharing, or why they were not asked."""

    submit_label = "Save what they said"
    places = {"asked_at": "asked_on"}

    answer = choose(
        "Did they agree that this may be shared?",
        "Say whether they agreed, or that they were not asked",
        choices=Answer.choices,
    )
    conditions = PlainText(
        label="What are their conditions?",
        help_text="For example, that a relative is not told. Everybody who is told will see this.",
        required=False,
    )
    why_not_asked = PlainText(
        label="Why were they not asked?",
        help_text="For example, asking could warn the person who may be causing harm.",
        required=False,
    )
    their_words = PlainText(
        label="What did they say, in their own words?",
        help_text="Leave this empty if they were not asked.",
        required=False,
    )
    asked_on = PlainDate(
        label="Date they answered",
        help_text="For example, 27 3 2026. Leave the date and time empty if they were not asked.",
        required=False,
    )
    asked_time = PlainTime(label="Time they answered", help_text="For example, 9:20 or 14:30", required=False)
    answered_by = choose(
        "Who gave the answer?",
        "Say who gave the answer",
        choices=AnsweredBy.choices,
        initial=AnsweredBy.SELF,
    )
    answered_by_who = ShortText(
        label="Who was it, and how do they come to speak for this person?",
        help_text="For example, Carys Rees, her mother. Leave this empty if they answered for themselves.",
        required=False,
    )
    capacity = choose(
        "Can they decide this for themselves?", "Say whether they can decide this for themselves"
    )
    capacity_note = PlainText(label="How do you know? (optional)", required=False, rows=2)
    service = choose(
        "Do they agree to the referral or help that is offered?",
        "Say whether they agree to what is offered",
        help_text="This is a separate question: you can share with or without it.",
        choices=Service.choices,
        initial=Service.NOT_ASKED,
    )

    def __init__(self, *args: Any, person: Person, at: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.at = at
        self.fitting = fitting_capacities(person, on=timezone.localdate(at))
        cast(forms.ChoiceField, self.fields["capacity"]).choices = [
            choice for choice in Capacity.choices if choice[0] in self.fitting
        ]
        self.helper.layout = Layout(
            Asked(
                "answer",
                Answer.GIVEN.label,
                ConditionalQuestion(Answer.GIVEN_WITH_CONDITIONS.label, text("conditions")),
                Answer.REFUSED.label,
                Answer.WITHDRAWN.label,
                ConditionalQuestion(Answer.NOT_ASKED.label, text("why_not_asked")),
            ),
            Fieldset(
                text("their_words"),
                date("asked_on"),
                line("asked_time"),
                legend="Their answer",
                legend_size=Size.MEDIUM,
            ),
            radios("answered_by"),
            line("answered_by_who"),
            radios("capacity"),
            text("capacity_note", 2),
            radios("service"),
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        asked = answers.get("answer") != Answer.NOT_ASKED
        answers["asked_at"] = self.moment_of(answers, "asked_at", "asked_on", "asked_time") if asked else None
        if not asked and (answers.get("asked_on") or answers.get("asked_time")):
            self.add_error("asked_on", "They were not asked, so leave the date and time empty")
        said = {name: answers[name] for name in SaidAboutSharing.__dataclass_fields__ if name in answers}
        said = {"answer": "", "capacity": "", **said, "fitting_capacities": self.fitting}
        said["at"] = self.at
        self.place(what_is_wrong_with_view(SaidAboutSharing(**said)))
        return answers

    def words(self) -> dict[str, Any]:
        return {k: v for k, v in super().words().items() if k not in ("asked_on", "asked_time")}
