"""Questions about what must not be passed on about a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from crispy_forms_gds.layout import ConditionalQuestion, ConditionalRadios, Field, Layout, Size
from django import forms

from agencies.access import find_named
from agencies.forms import PlainForm, PlainText
from agencies.models import Agency, Membership
from records.models import ProtectedDetail

From = ProtectedDetail.From


class ProtectForm(PlainForm):
    """One detail: what it is, from whom it is kept and why."""

    submit_label: ClassVar[str] = "Protect this"

    kind = forms.ChoiceField(
        label="What must not be passed on?",
        choices=ProtectedDetail.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what kind of detail it is"},
    )
    value = PlainText(
        label="Write it as it would be written",
        help_text=(
            "Other ways of writing it are found too. An address: with its lines and postcode. A name that "
            "gives them away by itself, such as a new first name: add it by itself as well."
        ),
        rows=3,
        max_length=1000,
        missing="Write what must not be passed on",
    )
    kept_from = forms.ChoiceField(
        label="From whom is it to be kept?",
        help_text=(
            "Where it is an address, a school or a phone number that is kept from everybody, those who were "
            "told about them before are told that it is protected, and not what it is."
        ),
        choices=From.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say from whom it is to be kept"},
    )
    agencies = forms.MultipleChoiceField(
        label="Which agencies?", widget=forms.CheckboxSelectMultiple, required=False
    )
    people = PlainText(
        label="Who? One name a line, as in the directory",
        help_text="Where two people have the same name, add the agency: “Sam Reed, Wyrefold Police”.",
        rows=3,
        max_length=2000,
        required=False,
    )
    why = PlainText(
        label="Why?",
        help_text="For example, “Father does not know where they live; court order of 3 May”.",
        rows=3,
        missing="Say why it must not be passed on",
    )

    def __init__(self, *args: Any, agencies: Sequence[Agency], by: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = by
        self.found: list[Membership] = []
        self.others = {str(one.pk): one for one in agencies if one.pk != by.agency_id}
        field: Any = self.fields["agencies"]
        field.choices = [(key, one.name) for key, one in self.others.items()]
        self.helper.layout = Layout(
            Field.radios("kind", legend_size=Size.SMALL),
            Field.textarea("value", label_size=Size.SMALL, rows=3),
            ConditionalRadios(
                "kept_from",
                From.EVERYBODY.label,
                ConditionalQuestion(From.AGENCIES.label, Field.checkboxes("agencies")),
                ConditionalQuestion(From.PEOPLE.label, Field.textarea("people", rows=3)),
            ),
            Field.textarea("why", label_size=Size.SMALL, rows=3),
        )

    def clean_people(self) -> str:
        """Find each person who is named. One line is one person."""
        lines = [line.strip() for line in self.cleaned_data["people"].splitlines() if line.strip()]
        for line in lines[:50]:
            name, _, agency = (part.strip() for part in line.partition(","))
            found = find_named(self.by, name, agency)
            if not found:
                raise forms.ValidationError(
                    "Nobody in the directory has one of these names. Write them as the directory does"
                )
            if any(not one.is_same_person(found[0]) for one in found):
                places = "; ".join(one.agency.name for one in found)
                raise forms.ValidationError(
                    f"Several people have one of these names, at: {places}. Add the agency after a comma"
                )
            self.found += found
        return str(self.cleaned_data["people"])

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        kept_from = answers.get("kept_from")
        if kept_from == From.AGENCIES and not answers.get("agencies"):
            self.add_error("agencies", "Choose the agencies from which it is to be kept")
        if kept_from == From.PEOPLE and not self.found and "people" not in self.errors:
            self.add_error("people", "Name the people from whom it is to be kept")
        return answers

    def words(self) -> dict[str, Any]:
        """The answers as the operation takes them."""
        given = self.cleaned_data
        return {
            "kind": given["kind"],
            "value": given["value"],
            "kept_from": given["kept_from"],
            "why": given["why"],
            "agencies": [self.others[key] for key in given["agencies"]],
            "people": self.found,
        }


class EndProtectionForm(PlainForm):
    """Why something need not be protected any more."""

    submit_label: ClassVar[str] = "End the protection"

    why = PlainText(
        label="Why need this not be protected any more?",
        help_text="For example, “Mother agreed on 3 May that the school may have it”.",
        rows=3,
        missing="Say why it need not be protected any more",
    )
