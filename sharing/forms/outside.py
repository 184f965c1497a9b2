"""The questions about people without an account: who they are, how they are reached, and their link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from agencies.forms import PlainForm, PlainText, ShortText
from agencies.models import Agency, ContactPoint

KINDS = [choice for choice in Agency.Kind.choices if choice[0] != Agency.Kind.PARTNERSHIP]
EMAIL_WRONG = {
    "required": "Enter their work e-mail address",
    "invalid": "Enter an e-mail address in the form name@example.org",
}


class OutsideForm(PlainForm):
    """Somebody without an account: who they are, where the link goes, and where the code goes."""

    submit_label: ClassVar[str] = "Add this person"

    full_name = ShortText(label="Full name", max_length=150, missing="Enter their full name")
    job_title = ShortText(
        label="What they do", max_length=150, help_text="Their post.", missing="Enter what they do"
    )
    organisation = ShortText(
        label="Where they work",
        max_length=200,
        help_text="The organisation.",
        missing="Enter where they work",
    )
    kind = forms.ChoiceField(
        label="What kind of organisation is it?",
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what kind of organisation it is",
            "invalid_choice": "Choose a kind of organisation from the list",
        },
    )
    email = forms.EmailField(
        label="Work e-mail address",
        help_text="The link goes here. Use their own address, not one that a team shares.",
        max_length=254,
        error_messages=EMAIL_WRONG,
    )
    how_email_checked = PlainText(
        label="How do you know that this address is theirs?",
        help_text="For example, “I rang the office on the number on their website, and she spelled it out”.",
        max_length=300,
        rows=2,
        missing="Say how you know that the address is theirs",
    )
    phone = ShortText(
        label="Telephone number for the code",
        help_text="A mobile for a text message, or a number on which you can ring them yourself.",
        max_length=254,
        missing="Enter a telephone number for the code",
    )
    how_phone_checked = PlainText(
        label="How do you know that this number is theirs?",
        help_text="Not from the same e-mail that the address came from.",
        max_length=300,
        rows=2,
        missing="Say how you know that the number is theirs",
    )


class ReachForm(PlainForm):
    """Another address or number of somebody without an account, or the same one checked again."""

    submit_label: ClassVar[str] = "Save as checked today"

    address = ShortText(label="Telephone number", max_length=254, missing="Enter a telephone number")
    how_checked = PlainText(
        label="How do you know that this is theirs?",
        help_text="For example, “I rang the number and she answered with her name”.",
        max_length=300,
        rows=2,
        missing="Say how you know that this is theirs",
    )

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        if kind == ContactPoint.Kind.EMAIL:
            self.fields["address"] = forms.EmailField(
                label="Work e-mail address", max_length=254, error_messages=EMAIL_WRONG
            )
            self.order_fields(["form_id", "version", "address", "how_checked"])


class EndOutsideForm(PlainForm):
    """Taking somebody out of the directory."""

    submit_label: ClassVar[str] = "Take them out of the directory"


def ask_for_code(form: PlainForm, *, ways: Sequence[tuple[str, str]], start: str) -> None:
    """Add the question how the code reaches somebody, with the ways that there are."""
    form.fields["code_by"] = forms.ChoiceField(
        label="How does the code reach them?",
        choices=list(ways),
        initial=start,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how the code reaches them",
            "invalid_choice": "Choose how the code reaches them from the list",
        },
    )


class NewLinkForm(PlainForm):
    """A new link in place of those sent before."""

    submit_label: ClassVar[str] = "Send a new link"

    def __init__(self, *args: Any, ways: Sequence[tuple[str, str]], start: str, **options: Any) -> None:
        super().__init__(*args, **options)
        ask_for_code(self, ways=ways, start=start)


class EndLinkForm(PlainForm):
    """The end of a link."""

    submit_label: ClassVar[str] = "End the link"

    why = PlainText(
        label="Why do you end it?",
        help_text="It stands on the record of your side. They do not see it.",
        max_length=1000,
        rows=3,
        missing="Say why you end the link",
    )
