"""Forms of those who come by a link, before anybody knows who they are: no draft, no one-time id."""

from __future__ import annotations

from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Size
from django import forms

from agencies.forms import ShortText
from sharing.links.secrets import DIGITS


class _OpenForm(forms.Form):
    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # handed on as they come
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.label_size = Size.SMALL


class CodeForm(_OpenForm):
    """The code that proves that the link reached the person it is for. A slip of the hand costs no try."""

    code = forms.CharField(
        label="Code",
        help_text="8 digits. Spaces do not matter.",
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "spellcheck": "false",
                "class": "govuk-input govuk-input--width-5",
            }
        ),
        error_messages={
            "required": "Enter the 8 digits of the code",
            "max_length": "The code has 8 digits",
        },
    )

    def clean_code(self) -> str:
        """Take spaces and hyphens out, as people read codes out in groups."""
        entered = "".join(str(self.cleaned_data["code"]).split()).replace("-", "")
        if len(entered) != DIGITS or not (entered.isascii() and entered.isdecimal()):
            raise forms.ValidationError("The code has 8 digits")
        return entered


class NotMeForm(_OpenForm):
    """Who has the link instead, if they want to say."""

    name = ShortText(label="Your name (optional)", required=False, max_length=150)
    job_title = ShortText(label="What you do (optional)", required=False, max_length=150)
    organisation = ShortText(label="Where you work (optional)", required=False, max_length=200)
    email = forms.EmailField(
        label="Your work e-mail address (optional)",
        required=False,
        max_length=254,
        error_messages={"invalid": "Enter an e-mail address, like name@example.org"},
    )

    def clean(self) -> dict[str, object]:
        """Ask for all of it or none: with a part nobody could add them."""
        found = {name: str(value or "").strip() for name, value in super().clean().items()}  # type: ignore[union-attr]  # a form's clean returns its data
        if any(found.values()):
            for name, value in found.items():
                if not value and name not in self.errors:
                    asked = str(self.fields[name].label).removesuffix(" (optional)")
                    self.add_error(name, f"Fill in “{asked}”, or leave all four empty")
        return dict(found)
