"""Questions about a person: who they are, how to reach them safely, how they are related."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Fieldset, Fixed, Layout, Size
from django import forms
from django.template.defaultfilters import date as in_words
from django.utils import timezone

from agencies.dates import PlainDate
from agencies.forms import PlainForm, PlainText, ShortText
from records import identifiers
from records.models import Person, Relationship

NOBODY = "NOBODY"


def described(person: Person) -> str:
    """Name a person so that two of the same name can be told apart."""
    born = f", born {in_words(person.born_on, 'j F Y')}" if person.born_on else ", date of birth not known"
    return f"{person.name}{born} ({person.reference})"


class FindPersonForm(PlainForm):
    """Looking for somebody in the agency's records. What is typed goes into no address and no log."""

    submit_label: ClassVar[str] = "Search"

    name = ShortText(
        label="Name", help_text="All or part of it. Similar spellings are found too.", required=False
    )
    born_on = PlainDate(label="Date of birth", help_text="For example, 27 3 2019", required=False)
    nhs_number = ShortText(label="NHS number", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.text("name", label_size=Size.SMALL),
            Field("born_on", context={"legend_size": Size.for_legend("s")}),
            Field.text("nhs_number", label_size=Size.SMALL, field_width=Fixed.TEN),
        )

    def clean_nhs_number(self) -> str:
        return _checked(self.cleaned_data["nhs_number"], identifiers.nhs_number)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if not self.errors and not any(answers.get(n) for n in ("name", "born_on", "nhs_number")):
            self.add_error("name", "Enter a name, a date of birth or an NHS number to search for")
        return answers


class PersonForm(PlainForm):
    """Everything that is known of a person. Only the kind and one name are needed."""

    kind = forms.ChoiceField(
        label="This person is",
        choices=Person.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Say if this is a child, an adult at risk, a parent or carer, or someone else"
        },
    )
    first_name = ShortText(label="First name", max_length=100, required=False)
    last_name = ShortText(label="Last name", max_length=100, required=False)
    known_as = ShortText(
        label="What they like to be called (optional)",
        help_text="If it is different, or if it is all you know",
        max_length=100,
        required=False,
    )
    born_on = PlainDate(
        label="Date of birth (optional)",
        help_text="For example, 27 3 2019. For a baby not born yet, the expected date.",
        required=False,
    )
    birth_date_is_estimated = forms.BooleanField(label="This date is an estimate", required=False)
    nhs_number = ShortText(
        label="NHS number (optional)", help_text="10 digits, for example 943 476 5870", required=False
    )
    upn = ShortText(label="Unique pupil number, UPN (optional)", help_text="13 characters", required=False)
    address = PlainText(label="Address (optional)", rows=3, max_length=1000, required=False)
    address_is_protected = forms.BooleanField(
        label="This address must be kept secret, for example from a former partner", required=False
    )
    phone = ShortText(label="Phone number (optional)", max_length=40, required=False)
    safe_contact_rule = PlainText(
        label="How to contact them safely (optional)",
        help_text="For example, “Do not ring the landline. Text first, between 9 and 3.”",
        rows=2,
        max_length=1000,
        required=False,
    )
    communication_needs = PlainText(
        label="Communication needs (optional)",
        help_text="For example, an interpreter and for which language, signing, easy read",
        rows=2,
        max_length=1000,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field.radios("kind", legend_size=Size.SMALL),
            *(Field.text(name, label_size=Size.SMALL) for name in ("first_name", "last_name", "known_as")),
            Field("born_on", context={"legend_size": Size.for_legend("s")}),
            "birth_date_is_estimated",
            Fieldset(
                Field.text("nhs_number", label_size=Size.SMALL, field_width=Fixed.TEN),
                Field.text("upn", label_size=Size.SMALL, field_width=Fixed.TWENTY),
                legend="Numbers, if you have them",
                legend_size=Size.MEDIUM,
            ),
            Fieldset(
                Field.textarea("address", label_size=Size.SMALL, rows=3),
                "address_is_protected",
                Field.text("phone", label_size=Size.SMALL, field_width=Fixed.TWENTY),
                Field.textarea("safe_contact_rule", label_size=Size.SMALL, rows=2),
                Field.textarea("communication_needs", label_size=Size.SMALL, rows=2),
                legend="Reaching them",
                legend_size=Size.MEDIUM,
            ),
        )

    def clean_nhs_number(self) -> str:
        return _checked(self.cleaned_data["nhs_number"], identifiers.nhs_number)

    def clean_upn(self) -> str:
        return _checked(self.cleaned_data["upn"], identifiers.pupil_number)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if not any(str(answers.get(n, "")).strip() for n in ("first_name", "last_name", "known_as")):
            self.add_error("first_name", "Enter at least one name, or what the person is called")
        born_on, estimated = answers.get("born_on"), answers.get("birth_date_is_estimated")
        if born_on and born_on > timezone.localdate() and not estimated:
            self.add_error(
                "born_on",
                "This date is in the future. For a baby not born yet, tick “This date is an estimate”",
            )
        return answers

    def details(self) -> dict[str, Any]:
        """The answers that belong to the person."""
        return {name: self.cleaned_data[name] for name in PersonForm.base_fields if name in self.words()}

    def ask_whether_same(self, similar: Sequence[Person]) -> bool:
        """Put similar people first and ask if it is one of them. Say whether that is still unanswered."""
        if not similar:
            return False
        choices = [(person.reference, described(person)) for person in similar]
        self.fields["same_as"] = forms.ChoiceField(
            label="Is it one of these people, who are in your agency’s records already?",
            choices=[*choices, (NOBODY, "None of these. Add a new person")],
            widget=forms.RadioSelect,
        )
        self.helper.layout.insert(0, Field.radios("same_as", legend_size=Size.MEDIUM))
        chosen = self.data.get("same_as", "")
        if chosen in {NOBODY, *(person.reference for person in similar)}:
            self.cleaned_data["same_as"] = chosen
            return False
        self.add_error("same_as", "Say whether it is one of these people, or none of them")
        return True


def ask_relation(form: PlainForm, main: Sequence[Person]) -> None:
    """Add to a form how somebody is related, and to whom where the concern is about several people."""
    first = main[0].name if main else "them"
    form.fields["relation"] = forms.ChoiceField(
        label="How are they related?" if len(main) > 1 else f"Who are they to {first}?",
        choices=[("", "Choose"), *Relationship.Kind.choices],
        error_messages={"required": "Say how they are related"},
    )
    form.fields["relation_note"] = ShortText(
        label="Anything else about how they are related",
        help_text="For example, “lives with them at weekends”",
        required=False,
    )
    extra: list[Any] = [
        Field.select("relation"),
        Field.text("relation_note"),
    ]
    if len(main) > 1:
        form.fields["relation_to"] = forms.ChoiceField(
            label="Related to whom?",
            choices=[(person.reference, described(person)) for person in main],
            widget=forms.RadioSelect,
            error_messages={"required": "Say to whom they are related"},
        )
        extra.insert(0, Field.radios("relation_to", legend_size=Size.SMALL))
    form.helper.layout.extend(extra)


class ChoosePersonForm(PlainForm):
    """Choosing one of the people found."""

    submit_label: ClassVar[str] = "Continue"

    def __init__(self, *args: Any, found: Sequence[Person] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [Choice(p.reference, described(p), hint=p.get_kind_display()) for p in found]
        if choices:
            choices[-1].divider = "or"
        self.fields["person"] = forms.ChoiceField(
            label="Which of these is the person?",
            choices=[*choices, Choice(NOBODY, "None of these. Add a new person")],
            widget=forms.RadioSelect,
            error_messages={"required": "Choose a person, or “None of these”"},
        )
        self.helper.layout = Layout(Field.radios("person", legend_size=Size.MEDIUM))


def _checked(value: str, check: Any) -> str:
    if not value.strip():
        return ""
    try:
        return str(check(value))
    except identifiers.NotAnIdentifier as error:
        raise forms.ValidationError(str(error)) from error
