"""The questions that the pages of an exchange ask: receive, say back, check, agree, take back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from crispy_forms_gds.layout import Field, Fieldset, Layout, Size
from django import forms

from agencies.forms import PlainForm, PlainText
from sharing.models import Agreement, Item, Round, Verdict
from sharing.rules import PROMPTS


class OpenForm(PlainForm):
    """Opening what was sent: nothing to write, one button."""

    submit_label: ClassVar[str] = "Open"


class ReceiveForm(PlainForm):
    """Confirming receipt: nothing to write, one button."""

    submit_label: ClassVar[str] = "Confirm receipt"


class NotMineForm(PlainForm):
    """Sending back what reached the wrong person."""

    submit_label: ClassVar[str] = "This is not for me"

    note = PlainText(
        label="Do you know who it should have gone to? (optional)",
        help_text="For example, a post or a team. Do not repeat anything that you read.",
        rows=3,
        max_length=1000,
        required=False,
    )


class RestateForm(PlainForm):
    """What the listener understood, by three prompts. The rule, not the form, says what is missing.

    An attempt that says too little is refused by the operation, so that it is on the access log.
    """

    submit_label: ClassVar[str] = "Send this back to be checked"

    what_happened = PlainText(
        label=PROMPTS["what_happened"],
        help_text="Facts first. Say what is known, what was reported and what is somebody’s opinion.",
        required=False,
    )
    what_worries_me = PlainText(label=PROMPTS["what_worries_me"], required=False)
    what_i_will_do = PlainText(
        label=PROMPTS["what_i_will_do"],
        help_text="Name the first step and when. Then say what would have to happen for you to act sooner.",
        required=False,
    )
    knowingly_a_copy = forms.BooleanField(
        label="Send it as it is, although it is nearly the sender’s own wording", required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._lay_out(with_tick_box="knowingly_a_copy" in self.data)

    def ask_about_copy(self) -> None:
        """Show the tick box that sends a near copy as it is."""
        self._lay_out(with_tick_box=True)

    def _lay_out(self, *, with_tick_box: bool) -> None:
        parts = [Field.textarea(name, label_size=Size.MEDIUM, rows=6) for name in PROMPTS]
        if with_tick_box:
            parts.append(Field.checkbox("knowingly_a_copy"))
        self.helper.layout = Layout(*parts)


class CheckForm(PlainForm):
    """A verdict on each key item, and whether the whole was understood as it was meant."""

    submit_label: ClassVar[str] = "Save and tell them"

    outcome = forms.ChoiceField(
        label="Taken together, did they understand what you meant?",
        choices=[
            (Round.Outcome.CONFIRMED, "Yes, they understood it as I meant it"),
            (Round.Outcome.CORRECTED, "Not yet: ask them to say it again"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether they understood what you meant"},
    )
    note = PlainText(
        label="What should they look at again?",
        help_text="Needed if you ask them to say it again. They will see this note.",
        rows=4,
        required=False,
    )

    def __init__(self, *args: Any, key_items: Sequence[Item], **options: Any) -> None:
        super().__init__(*args, **options)
        self.key_items = list(key_items)
        groups = [self._ask_about(item) for item in self.key_items]
        self.helper.layout = Layout(
            *groups,
            Field.radios("outcome", legend_size=Size.MEDIUM),
            Field.textarea("note", label_size=Size.SMALL, rows=4),
        )

    def _ask_about(self, item: Item) -> Fieldset:
        verdict, note = f"verdict_{item.number}", f"note_{item.number}"
        self.fields[verdict] = forms.ChoiceField(
            label=f"Key item {item.number}: {item.text}",
            choices=Verdict.Answer.choices,
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields[note] = PlainText(
            label=f"Note on item {item.number} (optional, they will see it)",
            rows=2,
            required=False,
        )
        return Fieldset(
            Field.radios(verdict, legend_size=Size.SMALL, inline=True),
            Field.textarea(note, rows=2),
        )

    def clean(self) -> dict[str, Any]:
        """Say all that is missing at once. Where the outcome is there, the rule says it of the items."""
        answers = super().clean() or {}
        if "outcome" in self.errors:
            for number in (item.number for item in self.key_items):
                if not answers.get(f"verdict_{number}"):
                    self.add_error(f"verdict_{number}", f"Say whether item {number} was understood")
        return answers

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them: verdicts and notes by the number of their item."""
        given = self.cleaned_data
        numbers = [item.number for item in self.key_items]
        return {
            "outcome": given["outcome"],
            "note": given["note"],
            "verdicts": {n: given[f"verdict_{n}"] for n in numbers if given[f"verdict_{n}"]},
            "notes": {n: given[f"note_{n}"] for n in numbers},
        }


class AgreementForm(PlainForm):
    """Whether the listener agrees on the risk and on the action. Understanding is not agreeing."""

    submit_label: ClassVar[str] = "Send this answer"

    risk = forms.ChoiceField(
        label="Do you agree on the risk?",
        choices=Agreement.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you agree on the risk"},
    )
    risk_why = PlainText(
        label="Where do you differ on the risk, and why?",
        help_text="Needed if you do not fully agree.",
        rows=3,
        required=False,
    )
    action = forms.ChoiceField(
        label="Do you agree on what should be done?",
        choices=Agreement.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you agree on what should be done"},
    )
    action_why = PlainText(
        label="Where do you differ on what should be done, and why?",
        help_text="Needed if you do not fully agree.",
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.radios("risk", legend_size=Size.MEDIUM),
            Field.textarea("risk_why", rows=3),
            Field.radios("action", legend_size=Size.MEDIUM),
            Field.textarea("action_why", rows=3),
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        for about, whole in (("risk", "the risk"), ("action", "what should be done")):
            why = f"{about}_why"
            if (
                answers.get(about)
                and answers[about] != Agreement.Answer.AGREE
                and not answers.get(why, "").strip()
                and why not in self.errors
            ):
                self.add_error(why, f"Say where you differ on {whole}, so that they can answer")
        return answers


class WithdrawForm(PlainForm):
    """Why something that was sent is taken back."""

    submit_label: ClassVar[str] = "Withdraw it"

    why = PlainText(label="Why are you withdrawing it?", rows=3, missing="Say why you are withdrawing it")

    def __init__(self, *args: Any, is_opened: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["why"].help_text = (
            "They see this reason, because they have opened it. Do not repeat what it says."
            if is_opened
            else "Your agency alone sees this reason, because they have not opened it."
        )
