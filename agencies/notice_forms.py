"""The form in which people choose how they are told."""

from __future__ import annotations

from datetime import time
from typing import Any

from crispy_forms_gds.layout import ConditionalQuestion, ConditionalRadios, Field, Layout, Size
from django import forms

from agencies.dates import PlainTime
from agencies.forms import PlainForm
from agencies.models import NoticeChoice
from agencies.quiet import within

AT_ONCE, DAILY = "AT_ONCE", "DAILY"
WHEN = [(AT_ONCE, "Each one at once"), (DAILY, "Once a day, together in one e-mail")]
NO, YES = "NO", "YES"
QUIET = [(NO, "No"), (YES, "Yes")]


class NoticeChoiceForm(PlainForm):
    """Whether notices come one by one, and when not."""

    submit_label = "Save"

    when = forms.ChoiceField(
        label="When do you want ordinary notices by e-mail?",
        choices=WHEN,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose when", "invalid_choice": "Choose one from the list"},
    )
    digest_at = PlainTime(label="At what time?", required=False, help_text="For example, 16:30.")
    quiet = forms.ChoiceField(
        label="Do you want quiet hours?",
        choices=QUIET,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no", "invalid_choice": "Choose yes or no"},
    )
    quiet_from = PlainTime(label="Quiet from", required=False, help_text="For example, 18:00.")
    quiet_to = PlainTime(label="Quiet until", required=False, help_text="For example, 8:00.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        daily = ConditionalQuestion(WHEN[1][1], Field.text("digest_at", label_size=Size.SMALL))
        hours = ConditionalQuestion(
            QUIET[1][1],
            Field.text("quiet_from", label_size=Size.SMALL),
            Field.text("quiet_to", label_size=Size.SMALL),
        )
        self.helper.layout = Layout(
            ConditionalRadios("when", WHEN[0][1], daily), ConditionalRadios("quiet", QUIET[0][1], hours)
        )

    @staticmethod
    def start(choice: NoticeChoice) -> dict[str, Any]:
        """Return what the form shows of a choice made before."""
        return {
            "when": DAILY if choice.digest_at else AT_ONCE,
            "quiet": YES if choice.quiet_from else NO,
            **{
                name: f"{moment:%H:%M}"
                for name in ("digest_at", "quiet_from", "quiet_to")
                if (moment := getattr(choice, name)) is not None
            },
        }

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("when") != DAILY:
            answers["digest_at"] = None
        elif not answers.get("digest_at") and "digest_at" not in self.errors:
            self.add_error("digest_at", "Enter the time at which the e-mail is to come")
        if answers.get("quiet") != YES:
            answers["quiet_from"] = answers["quiet_to"] = None
        else:
            self._check_hours(answers)
        return answers

    def _check_hours(self, answers: dict[str, Any]) -> None:
        start: time | None = answers.get("quiet_from")
        end: time | None = answers.get("quiet_to")
        if start is None and "quiet_from" not in self.errors:
            self.add_error("quiet_from", "Enter the time at which your quiet hours begin")
        if end is None and "quiet_to" not in self.errors:
            self.add_error("quiet_to", "Enter the time at which your quiet hours end")
        if start is None or end is None:
            return
        digest = answers.get("digest_at")
        if start == end:
            self.add_error("quiet_to", "Quiet hours end at another time than they begin")
        elif digest is not None and within(digest, start, end):
            self.add_error("digest_at", "This is in your quiet hours. Choose a time outside them")

    def words(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("digest_at", "quiet_from", "quiet_to")}
