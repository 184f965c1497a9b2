"""The list of a form's errors: in the order of the page, and each leads to what it is about."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from crispy_forms_gds.layout import ConditionalQuestion, ConditionalRadios, Field, Fieldset, Layout
from django import forms
from django.template.loader import render_to_string

from agencies.dates import PlainDate
from agencies.forms import PlainForm, ShortText
from agencies.refusals import Refused


class Mixed(PlainForm):
    """Fields that are declared in another order than the page's."""

    note = ShortText(label="Note", missing="Write a note")
    why = ShortText(label="Why", missing="Say why")
    how = forms.ChoiceField(
        choices=[("A", "By post"), ("B", "Otherwise")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say how"},
    )
    on = PlainDate(label="Date", missing="Give a date")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = Layout(
            Field("on"),
            ConditionalRadios("how", "By post", ConditionalQuestion("Otherwise", Field.text("why"))),
            Fieldset("note", legend="More"),
        )


class Whole(PlainForm):
    """A form with something wrong that is about no question alone."""

    how = forms.ChoiceField(choices=[("A", "By post")], widget=forms.RadioSelect, required=False)
    note = ShortText(label="Note", required=False)

    def clean(self) -> dict[str, Any]:
        raise forms.ValidationError("Answer one of them")


def errors_of(form: forms.BaseForm) -> list[tuple[str, str]]:
    page = render_to_string("gds/layout/error_summary.html", {"form": form})
    return re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', page)


def test_errors_come_in_the_order_of_the_page() -> None:
    assert errors_of(Mixed({})) == [
        ("id_on_0", "Give a date"),
        ("id_how_1", "Say how"),
        ("id_why", "Say why"),
        ("id_note", "Write a note"),
    ]


def test_an_error_of_the_whole_form_leads_to_its_first_question() -> None:
    form_id = "5b0f3f3e-2a5c-4b4c-9d9d-0d6a3b2a1c11"
    assert errors_of(Whole({"form_id": form_id})) == [("id_how_1", "Answer one of them")]


def test_a_form_without_a_layout_keeps_the_order_of_its_fields() -> None:
    class Bare(forms.Form):
        first = forms.CharField(error_messages={"required": "First"})
        second = PlainDate(missing="Second")

    assert errors_of(Bare({})) == [("id_first", "First"), ("id_second_0", "Second")]
    assert not errors_of(Bare({"first": "x", **_day(date(2026, 3, 27))}))


def _day(day: date) -> dict[str, str]:
    return {"second_0": str(day.day), "second_1": str(day.month), "second_2": str(day.year)}


class Asked(PlainForm):
    """A form of which a rule, not the form, says what is missing."""

    how = forms.ChoiceField(choices=[("A", "By post")], widget=forms.RadioSelect, required=False)
    on = PlainDate(label="Date", required=False)
    note = ShortText(label="Note", required=False)


def refused(**answers: str) -> str:
    form = Asked({"form_id": "7b7c1f06-6a36-4a4f-9d39-3b1b2b2b2b2b"})
    assert form.is_valid()
    form.refuse(Refused("Nothing was said.", answers=answers))
    return render_to_string("components/what_is_wrong.html", {"form": form, "refusals": form.refusals})


def test_what_a_refusal_says_of_a_question_leads_to_it() -> None:
    page = refused(note="Write a note.", how="Say how.", on="Say when.")
    assert re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', page) == [
        ("id_note", "Write a note."),
        ("id_how_1", "Say how."),
        ("id_on_0", "Say when."),
    ]
    assert "<li>Nothing was said.</li>" in page


def test_what_a_refusal_says_of_a_question_is_said_once_above_and_once_beside_it() -> None:
    page = refused(note="Write a note.")
    assert page.count("Write a note.") == 1
    form = Asked({"form_id": "7b7c1f06-6a36-4a4f-9d39-3b1b2b2b2b2b"})
    assert form.is_valid()
    form.refuse(Refused(answers={"note": "Write a note."}))
    assert form.errors == {"note": ["Write a note."]}
    assert form.status == 409


def test_a_refusal_that_is_about_no_question_of_the_page_leads_nowhere() -> None:
    assert "<a " not in refused(elsewhere="That is on another page.")
