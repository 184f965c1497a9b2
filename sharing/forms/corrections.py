"""The questions that the pages of corrections ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from crispy_forms_gds.layout import Field, Layout, Size
from django import forms
from django.utils.text import Truncator

from agencies.forms import PlainForm, PlainText
from sharing.models import ActionFlag, Item


class LookAgainForm(PlainForm):
    """Whether an action is still right, now that what it rests on was corrected."""

    submit_label: ClassVar[str] = "Save the answer"

    answer = forms.ChoiceField(
        label="Is this action still right?",
        choices=[
            (ActionFlag.Answer.STILL_RIGHT, "Yes, it is still right"),
            (ActionFlag.Answer.CHANGED, "No: take it back, and propose another if one is needed"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether the action is still right"},
    )
    why = PlainText(label="Why?", help_text="The other side reads this.", rows=3)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.radios("answer", legend_size=Size.MEDIUM),
            Field.textarea("why", label_size=Size.MEDIUM, rows=3),
        )


class ByHandForm(PlainForm):
    """How somebody was told whom no notice could reach."""

    submit_label: ClassVar[str] = "Save how they were told"

    how = PlainText(
        label="How were they told?",
        help_text="Who told them, when, on which number, and what they said back.",
        rows=4,
        max_length=2000,
    )


class WithdrawUnopenedForm(PlainForm):
    """Why what nobody has opened yet is withdrawn."""

    submit_label: ClassVar[str] = "Withdraw what is not opened"

    why = PlainText(label="Why is it withdrawn?", help_text="The recipients read this.", rows=3)


class ProposeCorrectionForm(PlainForm):
    """What is wrong in something one was told, and how one knows."""

    submit_label: ClassVar[str] = "Send this to the sender"

    item_number = forms.TypedChoiceField(
        label="Which item is wrong?",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which item is wrong"},
    )
    should_say = PlainText(label="What should it say?", rows=4)
    how_known = PlainText(
        label="How do you know?", help_text="For example, you saw it, or it is in your record.", rows=3
    )

    def __init__(self, *args: Any, items: Sequence[Item], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["item_number"]
        choices = [(item.number, f"Item {item.number}: {Truncator(item.text).chars(120)}") for item in items]
        field.choices = choices  # type: ignore[attr-defined]  # it is the TypedChoiceField above
        self.helper.layout = Layout(
            Field.radios("item_number", legend_size=Size.MEDIUM),
            Field.textarea("should_say", label_size=Size.MEDIUM, rows=4),
            Field.textarea("how_known", label_size=Size.MEDIUM, rows=3),
        )


class KeepForm(PlainForm):
    """Why something stays as it was said, although somebody proposed to correct it."""

    submit_label: ClassVar[str] = "Tell them why it stays"

    why = PlainText(label="If it is not corrected, why?", help_text="They read this.", rows=3)
