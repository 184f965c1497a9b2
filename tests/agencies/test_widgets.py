"""Widgets that are drawn without a template are what Django's own templates draw."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe

from agencies.widgets import DRAWN, Renderer

KINDS: list[forms.Widget] = [
    forms.TextInput(), forms.HiddenInput(), forms.NumberInput(), forms.EmailInput(), forms.PasswordInput(),
    forms.PasswordInput(render_value=True), forms.URLInput(), forms.CheckboxInput(), forms.Textarea(),
    forms.DateInput(), forms.Select(choices=[("a", "A")]), forms.RadioSelect(choices=[("a", "A")]),
    forms.FileInput(), forms.SelectMultiple(choices=[("a", "A"), ("b", "<b>")]),
    forms.Select(choices=[("", "—"), ("a", "<b> & 'c'"), (7, mark_safe("<i>7</i>")), (1_234.5, "n")]),
    forms.Select(choices=[("<g>", [("a", "A"), ("0", "B")]), ("c", "C"), ("h", [("<b>", 3)]), (True, "yes")]),
    forms.Select(choices=[]),
]  # fmt: skip
VALUES: list[Any] = [
    None, "", "a", "0", 0, 7, 1_234.5, True, False, "\n two lines\n", '<b> & "quotes" ‘and’ \'these\'',
    mark_safe("<i>safe</i>"), "\u2063😀\u0301", " ", ["a", "<b>"],
]  # fmt: skip
ATTRS: list[dict[str, Any]] = [
    {}, {"id": "id_<x>", "rows": 5, "class": "govuk-input a", "aria-describedby": ""},
    {"required": True, "disabled": False, "data-<x>": mark_safe("<b>"), "maxlength": 20_000, "lang": None},
]  # fmt: skip


@pytest.mark.parametrize("widget", KINDS, ids=lambda widget: type(widget).__name__)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_is_drawn_as_django_draws_it(widget: forms.Widget, value: Any) -> None:
    for attrs in ATTRS:
        ours = widget.render("a<name>", value, attrs, Renderer())
        assert ours == widget.render("a<name>", value, attrs, TemplatesSetting())
        assert hasattr(ours, "__html__")


def test_what_is_drawn_are_templates_of_django_that_nobody_replaces() -> None:
    for name in DRAWN:
        found: Any = TemplatesSetting().get_template(name)
        assert "django/forms/templates" in str(found.origin), name
