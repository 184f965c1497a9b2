"""What is asked about a subject access request: who asks, what they showed, when it is due, how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from crispy_forms_gds.layout import Field, Layout, Size
from django import forms

from agencies.dates import PlainDate
from agencies.forms import PlainForm, PlainText, ShortText
from agencies.models import Membership
from sharing.models import AccessRequest, AccessWait

KNOWN, ASKED = "KNOWN", "ASKED"


class RequestForm(PlainForm):
    """Writing down a request that came."""

    submit_label: ClassVar[str] = "Write it down"

    asked_by = forms.ChoiceField(
        label="Who asks?",
        choices=AccessRequest.AskedBy.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say who asks"},
    )
    asked_by_name = ShortText(
        label="Their name", max_length=200, error_messages={"required": "Write the name of whoever asks"}
    )
    authority = PlainText(
        label="What gives them authority to ask?",
        help_text=(
            "Needed unless the person asks for themselves. A parent: parental responsibility, and "
            "whether the "
            "child can decide about this themselves, because then it is the child’s right. A solicitor: the "
            "signed authority. Write how you know."
        ),
        rows=3,
        required=False,
    )
    received_on = PlainDate(
        label="On which day did it come?",
        help_text="Also by word of mouth, to anybody who works here. For example, 27 3 2026",
        missing="Enter the day on which it came",
    )
    received_how = ShortText(
        label="How did it come?", error_messages={"required": "Say how it came, for example by letter"}
    )
    wants = PlainText(
        label="What do they ask for?",
        help_text="In their own words.",
        rows=3,
        missing="Say what they ask for",
    )
    reply_to = PlainText(
        label="How does the answer reach them safely?", rows=2, missing="Say how the answer reaches them"
    )
    identity = forms.ChoiceField(
        label="Do you know who they are?",
        help_text="Ask only where there is doubt. Until they have shown it, the clock does not run.",
        choices=[(KNOWN, "Yes, and that they may ask"), (ASKED, "Not yet: they have been asked to show it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you know who they are"},
    )
    identity_note = PlainText(
        label="How do you know, or what were they asked to show?",
        rows=2,
        missing="Say how you know, or what they were asked to show",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.radios("asked_by", legend_size=Size.MEDIUM),
            Field.text("asked_by_name"),
            Field.textarea("authority", rows=3),
            "received_on",
            Field.text("received_how"),
            Field.textarea("wants", rows=3),
            Field.textarea("reply_to", rows=2),
            Field.radios("identity", legend_size=Size.MEDIUM),
            Field.textarea("identity_note", rows=2),
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        for_another = answers.get("asked_by") not in (None, AccessRequest.AskedBy.PERSON)
        if for_another and not (answers.get("authority") or "").strip():
            self.add_error("authority", "Say what gives them authority to ask for the person")
        return answers

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        given = super().words()
        known, note = given.pop("identity") == KNOWN, given.pop("identity_note")
        return {**given, "identity_how": note if known else "", "identity_asked": "" if known else note}


class AskForm(PlainForm):
    """What whoever asks was asked."""

    submit_label: ClassVar[str] = "Stop the clock"

    about = forms.ChoiceField(
        label="What do you need from them?",
        choices=AccessWait.About.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what you need from them"},
    )
    what = PlainText(
        label="What did you ask them?",
        help_text="Ask which information they want only where you hold a lot, and need to know it.",
        rows=3,
        missing="Say what you asked them",
    )
    asked_on = PlainDate(label="On which day?", missing="Enter the day on which you asked")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.radios("about", legend_size=Size.MEDIUM), Field.textarea("what", rows=3), "asked_on"
        )


class AnsweredForm(PlainForm):
    """What whoever asks answered."""

    submit_label: ClassVar[str] = "Let the clock run"

    answer = PlainText(
        label="What did they answer, or show you?", rows=3, missing="Say what they answered or showed"
    )
    answered_on = PlainDate(label="On which day?", missing="Enter the day on which they answered")


class ExtendForm(PlainForm):
    """Extending a request."""

    submit_label: ClassVar[str] = "Extend it by two months"

    why = PlainText(
        label="Why is it extended?",
        help_text="Only because it is complex, or they have made several requests. Write what you told them.",
        rows=3,
        missing="Say why it is extended",
    )
    told_on = PlainDate(
        label="On which day did you tell them?", missing="Enter the day on which you told them"
    )


class GiveForm(PlainForm):
    """Giving a request to a colleague."""

    submit_label: ClassVar[str] = "Give it to them"

    to = forms.ChoiceField(
        label="To whom?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a colleague", "invalid_choice": "Choose somebody from the list"},
    )

    def __init__(self, *args: Any, colleagues: Sequence[Membership], **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = {str(one.pk): one for one in colleagues}
        field = cast(forms.ChoiceField, self.fields["to"])
        field.choices = [(key, f"{one.full_name}, {one.job_title}") for key, one in self.people.items()]

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        return {"to": self.people[self.cleaned_data["to"]]}


class CloseForm(PlainForm):
    """How a request ends."""

    submit_label: ClassVar[str] = "Close this request"

    outcome = forms.ChoiceField(
        label="How does it end?",
        choices=[choice for choice in AccessRequest.Outcome.choices if choice[0]],
        widget=forms.RadioSelect,
        error_messages={"required": "Say how it ends"},
    )
    why = PlainText(
        label="Why, and what was whoever asked told?",
        help_text="A refusal names its reason, and the right to complain.",
        rows=3,
        missing="Say why, and what they were told",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.radios("outcome", legend_size=Size.MEDIUM), Field.textarea("why", rows=3)
        )


class SentForm(PlainForm):
    """How a version of the answer was given to whoever asked."""

    submit_label: ClassVar[str] = "It was sent"

    sent_on = PlainDate(label="On which day was it sent?", missing="Enter the day on which it was sent")
    sent_how = PlainText(
        label="How was it sent, and how was it made sure that it reaches the right person?",
        rows=3,
        missing="Say how it was sent",
    )
