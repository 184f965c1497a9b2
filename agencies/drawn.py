"""The fields of a form as GOV.UK Frontend has them, drawn without a template for each: pages have many.

They differ from what the template pack draws: labels and hints are escaped, the character count sits on the
form group as GOV.UK Frontend 5 and later expect, modules are named, and hints and errors are blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crispy_forms_gds.templatetags import crispy_forms_gds as gds
from django.forms import BoundField
from django.template import Context
from django.template.defaultfilters import stringformat
from django.templatetags.l10n import unlocalize
from django.utils.formats import localize
from django.utils.safestring import SafeString

from agencies.widgets import escaped

# What a layout says about the questions within it: a template's context, or what stands in its place.
Shown = Context | Mapping[str, Any]

# It puts the classes, and what describes it, on a widget, and draws that.
WIDGET = gds.CrispyGDSFieldNode("field", {})
CLASSES = {
    "checkboxinput": "govuk-checkboxes__input",
    "select": "govuk-select",
    "textinput": "govuk-input",
    "emailinput": "govuk-input",
    "passwordinput": "govuk-input",
    "textarea": "govuk-textarea",
}


def field(context: Shown) -> SafeString:
    """Draw the field of a context: label, hint, errors and widget."""
    about: BoundField = context["field"]
    if about.is_hidden:
        return SafeString(f"\n\n\n  {about}\n")
    draw = next((draw for is_one, draw in KINDS if is_one(about)), _plain)
    return SafeString(f"\n\n\n  <div {_group(about, context)}>\n    {draw(about, context)}\n  </div>\n")


def radio_buttons(context: Shown) -> SafeString:
    """Draw radio buttons of which some ask more: `choices` in the context are drawn already."""
    about: BoundField = context["field"]
    form: Any = about.form
    size = getattr(form, "legend_of_conditional_radios", "") or "govuk-fieldset__legend--m"
    buttons = f'<div class="govuk-radios" data-module="govuk-radios">\n    {context["choices"]}\n  </div>'
    drawn = _fieldset(about, context, f"\n  {buttons}\n", legend=_legend(about, context, size))
    return SafeString(f"\n{drawn}".removesuffix("\n"))


def radio_button(context: Shown) -> SafeString:
    """Draw a radio button with a question of its own, which is drawn already."""
    about, choice, position = context["field"], context["choice"], context["position"]
    asked = context.get("conditional_content")
    own = f"conditional_{escaped(about.html_name)}_{position}"
    # GOV.UK Frontend 5 and later read data-aria-controls, not aria-controls.
    controls = f' data-aria-controls="{own}"' if asked else ""
    more = (
        f'\n  \n    <div class="govuk-radios__conditional" id="{own}">{asked}</div>\n  \n'
        if asked
        else "\n  \n"
    )
    return SafeString(_radio(about, choice, position, stringformat(about.value(), "s"), controls) + more)


def _group(about: BoundField, context: Shown) -> str:
    """Return the attributes of the form group."""
    characters, words = context.get("max_characters"), context.get("max_words")
    has_errors = context.get("form_show_errors") and about.errors
    classes = ["govuk-form-group"]
    classes += ["govuk-form-group--error"] if has_errors else []
    classes += ["govuk-character-count"] if characters or words else []
    own: Any = about.css_classes()
    classes += [escaped(one) for one in (context.get("wrapper_class"), own) if one]
    counted = ""
    if characters or words:
        most = ("maxlength", characters) if characters else ("maxwords", words)
        counted = f' data-module="govuk-character-count" data-{most[0]}="{_shown(most[1])}"'
        if threshold := context.get("threshold"):
            counted += f' data-threshold="{_shown(threshold)}"'
    return f'id="div_{escaped(about.auto_id)}" class="{" ".join(classes)}"{counted}'


def _plain(about: BoundField, context: Shown) -> str:
    label, count = "", ""
    if about.label and context.get("form_show_labels"):
        size = f" {escaped(context['label_size'])}" if context.get("label_size") else ""
        tag = context.get("label_tag")
        before, after = (f'<{tag} class="govuk-label-wrapper">', f"</{tag}>") if tag else ("", "")
        label = (
            f'\n        {before}\n        <label for="{escaped(about.id_for_label)}"'
            f' class="govuk-label{size}">{escaped(about.label)}</label>\n        {after}\n      '
        )
    characters, words = context.get("max_characters"), context.get("max_words")
    if characters or words:
        most = f"{_shown(characters)} characters" if characters else f"{_shown(words)} words"
        count = (
            f'\n        <div id="{escaped(about.id_for_label)}-info"'
            f' class="govuk-hint govuk-character-count__message">You can enter up to {most}</div>\n      '
        )
    told = _hint_and_errors(about, context)
    return f"\n      {label}\n      {told}\n      {_widget(about, context)}\n      {count}\n    "


def _tick_box(about: BoundField, context: Shown) -> str:
    """Draw one box to tick. Its hint comes after its label, which it explains."""
    hint, key = "", escaped(about.auto_id)
    if about.help_text:
        words = escaped(about.help_text)
        hint = f'<div id="{key}_hint" class="govuk-hint govuk-checkboxes__hint">{words}</div>'
    return (
        f"\n      \n{_errors(about, context)}\n\n"
        f'      <div class="govuk-checkboxes{_small(context, "checkboxes")}"'
        ' data-module="govuk-checkboxes">\n'
        '        <div class="govuk-checkboxes__item">\n'
        f"          {_widget(about, context)}\n"
        f'          <label class="govuk-label govuk-checkboxes__label"'
        f' for="{escaped(about.id_for_label)}">'
        f"{escaped(about.label)}</label>\n          {hint}\n        </div>\n      </div>\n    "
    )


def _radios(about: BoundField, context: Shown) -> str:
    chosen = stringformat(about.value(), "s")
    choices: Any = about.field
    drawn = "".join(
        f"\n        {_radio(about, choice, number, chosen)}\n\n      "
        for number, choice in enumerate(choices.choices, start=1)
    )
    inline = " govuk-radios--inline" if context.get("radios_inline") else ""
    classes = f"govuk-radios{inline}{_small(context, 'radios')}"
    buttons = f'\n    <div class="{classes}" data-module="govuk-radios">\n      {drawn}\n    </div>\n  '
    legend = _legend(about, context, context.get("legend_size"))
    return f"\n      \n{_fieldset(about, context, buttons, legend=legend)}\n    "


def _radio(about: BoundField, choice: Any, position: int, chosen: str, more: str = "") -> str:
    is_chosen = stringformat(choice[0], "s") == chosen
    return _choice(about, choice, position, kind="radio", block="radios", is_chosen=is_chosen, more=more)


def _tick_boxes(about: BoundField, context: Shown) -> str:
    ticked: Any = about.value()
    choices: Any = about.field
    drawn = "".join(
        _one_of_many(about, choice, number, ticked) for number, choice in enumerate(choices.choices, start=1)
    )
    boxes = (
        f'<div class="govuk-checkboxes{_small(context, "checkboxes")}" data-module="govuk-checkboxes">\n'
        f"    {drawn}\n  </div>"
    )
    legend = _legend(about, context, context.get("legend_size"))
    return f"\n      \n\n{_fieldset(about, context, boxes, legend=legend)}\n    "


def _one_of_many(about: BoundField, choice: Any, position: int, ticked: Any) -> str:
    is_ticked = _within(choice[0], ticked) or _within(stringformat(choice[0], "s"), ticked)
    return _choice(about, choice, position, kind="checkbox", block="checkboxes", is_chosen=is_ticked)


def _choice(
    about: BoundField, choice: Any, position: int, *, kind: str, block: str, is_chosen: bool, more: str = ""
) -> str:
    """Draw one of several: an input of a kind, in a block of GOV.UK Frontend, with its hint and divider."""
    key = f"{escaped(about.auto_id)}_{position}"
    hint, divider = getattr(choice, "hint", ""), getattr(choice, "divider", "")
    said = f'<div id="{key}_hint" class="govuk-hint govuk-{block}__hint">{escaped(hint)}</div>'
    divided = f'<div class="govuk-{block}__divider">{escaped(divider)}</div>'
    checked = " checked" if is_chosen else ""
    described = f' aria-describedby="{key}_hint"' if hint else ""
    disabled = " disabled" if about.field.disabled else ""
    return (
        f'\n<div class="govuk-{block}__item">\n'
        f'  <input type="{kind}" name="{escaped(about.html_name)}" class="govuk-{block}__input"'
        f' id="{key}" value="{_flat(choice[0])}"{checked}{described}{disabled}{more}>\n'
        f'  <label class="govuk-label govuk-{block}__label" for="{key}">{_flat(choice[1])}</label>\n'
        f"  {said if hint else ''}\n</div>\n{divided if divider else ''}\n"
    )


def _parts(about: BoundField, context: Shown) -> str:
    """Draw a date: three inputs in a group. Without role some screen readers leave out hint and error."""
    legend = _legend(about, context, context.get("legend_size"))
    inside = _widget(about, context)
    drawn = _fieldset(about, context, inside, legend=legend, role=' role="group"')
    return f"\n      \n\n{drawn}\n    "


def _widget(about: BoundField, context: Shown) -> str:
    """Draw the widget. What is rare (an error, a date, a count of characters) is left to the package."""
    widget = about.field.widget
    kind, own = type(widget).__name__.lower(), str(widget.attrs.get("class", "")).split()
    rare = about.errors or "input_type" in widget.attrs or "govuk-js-character-count" in own
    if rare or kind not in CLASSES:
        return str(WIDGET.render(context if isinstance(context, Context) else Context(dict(context))))
    if about.help_text:
        widget.attrs["aria-describedby"] = f"{about.auto_id}_hint"
    widget.attrs["class"] = " ".join(dict.fromkeys((CLASSES[kind], *own)))
    return str(about)


KINDS: tuple[tuple[Callable[[BoundField], bool], Callable[[BoundField, Shown], str]], ...] = (
    (gds.is_checkboxes, _tick_boxes),
    (gds.is_radios, _radios),
    (gds.is_multivalue, _parts),
    (gds.is_checkbox, _tick_box),
)


def _fieldset(about: BoundField, context: Shown, inside: str, *, legend: str, role: str = "") -> str:
    """Draw a fieldset, which says what describes it: its hint and each of its errors."""
    key = escaped(about.auto_id)
    said = [f"{key}_hint"] if about.help_text else []
    said += [f"{key}_{number}_error" for number, _ in enumerate(about.errors, start=1)]
    described = f' aria-describedby="{" ".join(said)}"' if said else ""
    return (
        f'<fieldset class="govuk-fieldset"{role}{described}>\n  {legend}\n'
        f"  {_hint_and_errors(about, context)}\n  {inside}\n</fieldset>\n"
    )


def _legend(about: BoundField, context: Shown, size: Any) -> str:
    if not about.label:
        return "\n"
    label, tag = escaped(about.label), context.get("legend_tag")
    words = f'<{tag} class="govuk-fieldset__heading">{label}</{tag}>' if tag else label
    sized = f" {escaped(size)}" if size else ""
    return f'\n  <legend class="govuk-fieldset__legend{sized}">\n    {words}\n  </legend>\n\n'


def _hint_and_errors(about: BoundField, context: Shown) -> str:
    """Draw a field's hint and errors, in GOV.UK's order. A form may mark its own hint as safe."""
    hint = ""
    if about.help_text:
        key, words = escaped(about.auto_id), escaped(about.help_text)
        hint = f'<div id="{key}_hint" class="govuk-hint">{words}</div>'
    return f"\n{hint}\n{_errors(about, context)}\n"


def _errors(about: BoundField, context: Shown) -> str:
    if not context.get("form_show_errors"):
        return ""
    key = escaped(about.auto_id)
    drawn = "".join(
        f'\n    <p id="{key}_{number}_error" class="govuk-error-message">'
        f'<span class="govuk-visually-hidden">Error:</span> {escaped(str(error))}</p>\n  '
        for number, error in enumerate(about.errors, start=1)
    )
    return f"\n  {drawn}\n"


def _small(context: Shown, kind: str) -> str:
    return f" govuk-{kind}--small" if context.get(f"{kind}_small") else ""


def _flat(value: Any) -> str:
    return escaped(unlocalize(value))


def _shown(value: Any) -> str:
    return escaped(localize(value))


def _within(value: Any, many: Any) -> bool:
    try:
        return value in many
    except TypeError:  # nothing was chosen
        return False
