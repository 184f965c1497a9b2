"""Inputs, text areas and lists, drawn as Django's templates draw them, without a template for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.template.defaultfilters import stringformat
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


class Renderer(TemplatesSetting):
    """Draws what pages have most of, and leaves every other widget to Django's templates."""

    def render(
        self, template_name: str, context: Mapping[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        if draw := DRAWN.get(template_name):
            return SafeString(draw(context["widget"]))
        return SafeString(super().render(template_name, dict(context), request))


def _input(widget: Mapping[str, Any]) -> str:
    kind, name, value = widget["type"], widget["name"], widget["value"]
    valued = f' value="{escaped(value)}"' if value is not None else ""
    return f'<input type="{escaped(kind)}" name="{escaped(name)}"{valued}{_attributes(widget)}>'


def _text_area(widget: Mapping[str, Any]) -> str:
    words = escaped(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{escaped(widget["name"])}"{_attributes(widget)}>\n{words}</textarea>'


def _select(widget: Mapping[str, Any]) -> str:
    drawn = []
    for group, options, _ in widget["optgroups"]:
        choices = "".join(f"\n  {_option(option)}\n" for option in options)
        drawn.append(f'\n  <optgroup label="{escaped(group)}">{choices}\n  </optgroup>' if group else choices)
    return f'<select name="{escaped(widget["name"])}"{_attributes(widget)}>{"".join(drawn)}\n</select>'


def _option(option: Mapping[str, Any]) -> str:
    value = stringformat(option["value"], "s")
    return f'<option value="{escaped(value)}"{_attributes(option)}>{escaped(option["label"])}</option>'


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {escaped(name)}" if value is True else f' {escaped(name)}="{escaped(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def escaped(value: Any) -> str:
    """Return a value as text for a page, escaped unless it is marked as safe."""
    text = value if isinstance(value, str) else str(value)
    # What Django does with a text that is neither safe nor lazy, without asking it again.
    return escape(text) if type(text) is str else conditional_escape(text)


INPUTS = ("input", "text", "hidden", "number", "email", "password", "search", "tel", "url", "checkbox")
DRAWN: dict[str, Callable[[Mapping[str, Any]], str]] = {
    **{f"django/forms/widgets/{kind}.html": _input for kind in INPUTS},
    "django/forms/widgets/textarea.html": _text_area,
    "django/forms/widgets/select.html": _select,
}
