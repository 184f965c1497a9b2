"""Filters for the list of a form's errors: in the order of the page, and where each leads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms, template

from agencies.forms import PlainForm

register = template.Library()


@register.filter
def in_order_of_the_page(form: forms.BaseForm) -> list[forms.BoundField]:
    """Return the fields that people see, in the order in which the form's layout draws them."""
    visible = {field.name: field for field in form.visible_fields()}
    layout = getattr(getattr(form, "helper", None), "layout", None)
    drawn = dict.fromkeys(name for name in _names(layout) if name in visible) if layout else {}
    return [visible[name] for name in {**drawn, **dict.fromkeys(visible)}]


@register.filter
def first_question(form: forms.BaseForm) -> str:
    """Return the id of the first thing on the page to answer, for an error that is about no single one."""
    for field in in_order_of_the_page(form):
        if not (field.field.widget.is_hidden or field.field.disabled):
            return _where(field)
    return ""


@register.filter
def question_of(form: PlainForm | str | None, sentence: object) -> str:
    """Return the id of the question that a sentence of the form's refusal is about; empty for none."""
    if not isinstance(form, PlainForm) or form.refusal is None:
        return ""
    about = {said: name for name, said in form.refusal.answers.items()}
    name = about.get(sentence, "") if isinstance(sentence, str) else ""
    shown = {field.name: field for field in form.visible_fields()}
    return _where(shown[name]) if name in shown else ""


def _where(field: forms.BoundField) -> str:
    """Return the id of what is to be answered: the first of several boxes or buttons."""
    if isinstance(field.field, forms.MultiValueField):
        return f"{field.auto_id}_0"
    many = isinstance(field.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))
    return f"{field.auto_id}_1" if many else field.auto_id


def _names(part: Any) -> Iterator[str]:
    """Walk a layout: names of fields, and the labels of choices, which are no names."""
    if isinstance(part, str):
        yield part
        return
    own = vars(part)
    yield from own.get("field", "") and [own["field"]]
    for inner in (*own.get("fields", ()), *own.get("choices", ())):
        yield from _names(inner)
