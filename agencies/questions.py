"""The questions of a form in the order of its layout.

A layout says what stands where (crispy-forms); this goes through it once and draws (drawn.py). The package
gives each question a template and a copy of the page's context, which took a third of the time of a page with
a form (decision 0044).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import ConditionalQuestion, ConditionalRadios, Field, Fieldset, Layout, Size
from django.forms import BaseForm
from django.template import Context
from django.utils.safestring import SafeString

from agencies import drawn
from agencies.widgets import escaped

PACK = "gds"
Shown = Mapping[str, Any]
Node = Any  # a field's name, or a part of a layout: the packages have no types


def draw(form: BaseForm) -> SafeString:
    """Draw the questions of a form that has a helper: by its layout, else in the order of its fields.

    Raises KeyError where a layout names a field that the form does not have.
    """
    helper: FormHelper = form.helper  # type: ignore[attr-defined]
    shown = {
        "form_show_errors": helper.form_show_errors,
        "form_show_labels": helper.form_show_labels,
        "label_size": Size.for_label(helper.label_size) if helper.label_size else "",
        "legend_size": Size.for_legend(helper.legend_size) if helper.legend_size else "",
    }
    if not helper.layout:
        return SafeString("".join(_question(name, form, shown) for name in form.fields))
    form.use_required_attribute = False  # as the package has it: what is missing is said after the post
    asked: set[str] = set()
    parts = [_node(helper.layout, form, shown, asked)]
    parts += [
        _question(name, form, shown)
        for name, field in form.fields.items()
        if field.widget.is_hidden and name not in asked
    ]
    return SafeString("".join(parts))


def _node(node: Node, form: BaseForm, shown: Shown, asked: set[str]) -> str:
    """Draw a part of a layout, and write down which fields it asked."""
    if isinstance(node, str):
        asked.add(node)
        return _question(node, form, shown)
    if isinstance(node, Field):
        for name in node.fields:
            widget: Any = form.fields[name].widget
            for one in getattr(widget, "widgets", [widget]):
                one.attrs.update(node.attrs)
        return _nodes(node.fields, form, {**shown, **node.context}, asked)
    if isinstance(node, Layout):
        return _nodes(node.fields, form, shown, asked)
    if isinstance(node, Fieldset):
        return _fieldset(node, _nodes(node.fields, form, shown, asked))
    if isinstance(node, ConditionalRadios):
        return _radios(node, form, shown, asked)
    # Rare: a word in between, or a frame round a question.
    theirs: Any = form
    theirs.rendered_fields = set()
    theirs.crispy_field_template = None
    html = node.render(form, Context(dict(shown)), template_pack=PACK)
    asked.update(theirs.rendered_fields)
    return str(html)


def _nodes(nodes: list[Node], form: BaseForm, shown: Shown, asked: set[str]) -> str:
    return "".join([_node(node, form, shown, asked) for node in nodes])


def _question(name: str, form: BaseForm, shown: Shown) -> str:
    return drawn.field({**shown, "field": form[name]})


def _fieldset(node: Fieldset, inside: str) -> str:
    key = f' id="{escaped(node.css_id)}"' if node.css_id else ""
    legend = ""
    if words := node.context.get("legend"):
        tag, size = node.context.get("legend_tag"), node.context.get("legend_size", "")
        legend = f'<{tag} class="govuk-fieldset__heading">{escaped(words)}</{tag}>' if tag else escaped(words)
        legend = f'<legend class="govuk-fieldset__legend{size and f" {size}"}">{legend}</legend>'
    return f'<fieldset{key} class="{escaped(node.css_class)}"{node.flat_attrs}>{legend}{inside}</fieldset>'


def _radios(node: ConditionalRadios, form: BaseForm, shown: Shown, asked: set[str]) -> str:
    """Draw radio buttons of which some ask more."""
    about, drawn_already = form[node.field], []
    asked.add(node.field)
    choices: list[Any] = list(about.field.choices)  # type: ignore[attr-defined]
    labels = [label for _, label in choices]
    for one in node.choices:
        label, more = (one.value, one.fields) if isinstance(one, ConditionalQuestion) else (one, [])
        number = labels.index(label)
        button = {
            "field": about, "choice": choices[number], "position": number,
            "conditional_content": _nodes(more, form, shown, asked),
        }  # fmt: skip
        drawn_already.append(drawn.radio_button({**shown, **button}))
    buttons = drawn.radio_buttons({**shown, "field": about, "choices": "".join(drawn_already)})
    error = " govuk-form-group--error" if about.errors else ""
    return f'<div class="govuk-form-group{error}">{buttons}</div>'
