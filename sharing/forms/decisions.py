"""The questions about the answer that comes back: the decision, going on without it, taking it further."""

from __future__ import annotations

from typing import Any, ClassVar

from agencies.forms import PlainForm, PlainText


class DecisionForm(PlainForm):
    """What was decided, why, what happens next and by when, and what would change it."""

    submit_label: ClassVar[str] = "Send the decision"

    what_changed = PlainText(
        label="What has changed since your last decision?",
        help_text="The decision before it stays on the record. This one takes its place.",
        rows=3,
        missing="Say what has changed since your last decision",
    )
    decided = PlainText(
        label="What was decided?",
        help_text="In one or two sentences. Say it too if nothing more will be done.",
        rows=3,
        missing="Say what was decided",
    )
    why = PlainText(label="Why?", help_text="What weighed most.", rows=3, missing="Say why")
    what_next = PlainText(
        label="What happens next, and by when?",
        help_text="Who does what, and when they will hear from you again.",
        rows=3,
        missing="Say what happens next, and by when",
    )
    what_would_change_it = PlainText(
        label="What would change it?",
        help_text="What they should watch for, and whom they tell then.",
        rows=3,
        missing="Say what would change it",
    )

    def __init__(self, *args: Any, is_again: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_again:
            del self.fields["what_changed"]


class GoOnWithoutForm(PlainForm):
    """Why a decision is not waited for any more."""

    submit_label: ClassVar[str] = "Go on without the decision"

    why = PlainText(
        label="Why do you go on without it?",
        help_text="What you did to get it, and why it is not needed any more. They are told that you go on.",
        rows=4,
        missing="Say why you go on without the decision",
    )


class TakeFurtherForm(PlainForm):
    """What the speaker has tried, and what they need."""

    submit_label: ClassVar[str] = "Take it further"

    position = PlainText(
        label="What have you tried, and what do you need from them?",
        help_text="In your own words. They are never changed, and the other side reads them.",
        rows=5,
        missing="Say what you have tried and what you need",
    )


class ChaseForm(PlainForm):
    """Chasing now: nothing to write, one button."""

    submit_label: ClassVar[str] = "Chase now"
