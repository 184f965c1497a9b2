"""Fields are drawn as GOV.UK Frontend has them, and nothing in them is taken for HTML."""

from __future__ import annotations

import re
from typing import Any

import pytest
from crispy_forms_gds.choices import Choice
from crispy_forms_gds.fields import DateInputField
from crispy_forms_gds.layout import (
    HTML,
    ConditionalQuestion,
    ConditionalRadios,
    Div,
    Field,
    Fieldset,
    Layout,
    Size,
)
from django import forms
from django.http import QueryDict
from django.template import engines
from django.utils.safestring import mark_safe

from agencies.forms import PlainForm, PlainText, ShortText

NASTY = "<b> & \"both\" 'quotes'"
ESCAPED = "&lt;b&gt; &amp; &quot;both&quot; &#x27;quotes&#x27;"
CHOICES = [Choice("a", "One", hint="Said with it", divider="or"), Choice("b", NASTY), Choice("c", "Three")]


class AllKinds(PlainForm):
    area = PlainText(label=NASTY, help_text=NASTY)
    line = ShortText(label="Line", help_text=mark_safe('<a href="/">Look</a>'))
    agreed = forms.BooleanField(label=NASTY, help_text="What it means")
    one = forms.ChoiceField(label="Which", choices=CHOICES, widget=forms.RadioSelect, help_text="One of them")
    many = forms.MultipleChoiceField(label="Any", choices=CHOICES, widget=forms.CheckboxSelectMultiple)
    day = DateInputField(label="Day", help_text="In numbers")
    asked = forms.ChoiceField(label="Asked", choices=[("y", "Yes"), ("n", "No")], widget=forms.RadioSelect)
    why = ShortText(label="Why", required=False)
    place = forms.ChoiceField(label="Place", choices=[("a", "Here"), ("b", "There")])
    told = forms.BooleanField(label="Told", required=False)


LAYOUT = Layout(
    Fieldset(
        Field.textarea("area", rows=3, max_characters=200, threshold=70),
        Field.text("line", label_size=Size.LARGE, label_tag="h1"),
        legend="Both", legend_size=Size.MEDIUM, legend_tag="h2",
        css_id="both", css_class="app-both", data_own="1",
    ),
    Fieldset(Field.checkbox("agreed"), legend="One"),
    Field.radios("one", inline=True, small=True, legend_tag="h2"),
    Field.checkboxes("many", small=True),
    Field("day"),
    HTML('<p class="govuk-body">A word in between</p>'),
    ConditionalRadios("asked", ConditionalQuestion("Yes", "why"), "No"),
    Div(Field.select("place"), css_class="app-frame"),
    "told",
)  # fmt: skip


def asking(given: dict[str, Any] | None = None, **initial: Any) -> AllKinds:
    data = None
    if given is not None:
        data = QueryDict(mutable=True)
        for name, value in given.items():
            data.setlist(name, value if isinstance(value, list) else [value])
    form = AllKinds(data, initial=initial)
    form.helper.layout = LAYOUT
    return form


def by(tag: str, form: PlainForm) -> str:
    load = "{% load crispy_forms_tags fields %}"
    text = engines["django"].from_string(f"{load}{{% {tag} form %}}").render({"form": form})
    return re.sub(r"\s+", " ", text)


def drawn(given: dict[str, Any] | None = None, **initial: Any) -> str:
    return by("questions", asking(given, **initial))


def test_the_hint_of_a_box_to_tick_comes_after_its_label() -> None:
    page = drawn()
    box = page[page.index('id="div_id_agreed"') :]
    assert box.index("</label>") < box.index('id="id_agreed_hint"') < box.index('id="div_id_one"')
    assert 'aria-describedby="id_agreed_hint"' in box[: box.index("</label>")]


def test_labels_hints_and_choices_are_escaped() -> None:
    page = drawn()
    assert "<b>" not in page
    assert page.count(ESCAPED) == 5
    assert '<div id="id_line_hint" class="govuk-hint"><a href="/">Look</a></div>' in page


def test_what_was_typed_is_escaped_and_stays() -> None:
    page = drawn({"area": f"\n{NASTY}", "line": NASTY})
    assert f"{ESCAPED}</textarea>" in page
    assert f'name="line" value="{ESCAPED}"' in page
    assert "<b>" not in page


def test_a_count_of_characters_sits_on_the_group() -> None:
    page = drawn()
    assert (
        '<div id="div_id_area" class="govuk-form-group govuk-character-count"'
        ' data-module="govuk-character-count" data-maxlength="200" data-threshold="70">' in page
    )
    assert (
        'id="id_area-info" class="govuk-hint govuk-character-count__message">You can enter up to 200' in page
    )


def test_what_was_chosen_is_chosen_again() -> None:
    for page in (drawn({"one": "b", "many": ["a", "c"]}), drawn(one="b", many=["a", "c"])):
        ticked = re.findall(r'type="(?:radio|checkbox)" name="(\w+)" [^>]*id="(\w+)"[^>]* checked', page)
        assert ticked == [("one", "id_one_2"), ("many", "id_many_1"), ("many", "id_many_3")]


def test_a_choice_has_its_hint_and_divider() -> None:
    page = drawn()
    for kind, name in (("radios", "one"), ("checkboxes", "many")):
        assert f'aria-describedby="id_{name}_1_hint"' in page
        assert f'<div id="id_{name}_1_hint" class="govuk-hint govuk-{kind}__hint">Said with it</div>' in page
        assert page.count(f'<div class="govuk-{kind}__divider">or</div>') == 1


@pytest.mark.parametrize(
    ("name", "described"), [("one", "id_one_hint id_one_1_error"), ("many", "id_many_1_error")]
)
def test_an_error_is_said_with_its_group(name: str, described: str) -> None:
    page = drawn({name: "nothing of the kind"})
    group = page[page.index(f'<div id="div_id_{name}" class="govuk-form-group govuk-form-group--error">') :]
    assert group.split(">")[1].strip() == f'<fieldset class="govuk-fieldset" aria-describedby="{described}"'
    assert f'<p id="id_{name}_1_error" class="govuk-error-message">' in group


def test_a_date_is_a_group_of_three() -> None:
    page = drawn()
    assert '<fieldset class="govuk-fieldset" role="group" aria-describedby="id_day_hint">' in page
    assert re.findall(r'id="(id_day_\d)"', page) == ["id_day_0", "id_day_1", "id_day_2"]


def test_a_choice_may_ask_more() -> None:
    page = drawn()
    assert 'id="id_asked_0" value="y" data-aria-controls="conditional_asked_0">' in page
    assert page.count('<div class="govuk-radios__conditional" id="conditional_asked_0">') == 1
    assert page.count("data-aria-controls") == 1


def test_titles_are_headings() -> None:
    page = drawn()
    assert '<h1 class="govuk-label-wrapper"> <label for="id_line" class="govuk-label govuk-label--l">' in page
    assert '<h2 class="govuk-fieldset__heading">Which</h2>' in page
    assert "govuk-radios govuk-radios--inline govuk-radios--small" in page


def apart(page: str) -> list[str]:
    """Take a page apart into its tags, each with the words after it, without the space between them."""
    return re.sub(r"\s*([<>])\s*", r"\1", page).strip().split("<")


@pytest.mark.parametrize(
    "given",
    [
        None,
        {},
        {"area": "Said", "line": NASTY, "agreed": "on", "one": "b", "many": ["a", "c"], "place": "b"},
        {"day_0": "31", "day_1": "2", "day_2": "x", "asked": "y", "one": "other"},
    ],
)
def test_questions_are_what_the_package_draws(given: dict[str, Any] | None) -> None:
    ours, theirs = by("questions", asking(given)), by("crispy", asking(given))
    assert apart(ours) == apart(theirs)
    assert ours.count("<input") > 10


def test_without_a_layout_every_field_is_asked_in_its_order() -> None:
    form = AllKinds()
    page = by("questions", form)
    places = [page.index(f'id="div_id_{name}"') for name in form.fields if not form[name].is_hidden]
    assert places == sorted(places)
    assert apart(page) == apart(by("crispy", AllKinds()))


def test_a_layout_that_names_no_field_of_the_form_is_a_mistake() -> None:
    form = asking()
    form.helper.layout = Layout("nothing")
    with pytest.raises(KeyError):
        by("questions", form)
