"""Parts of pages that are drawn many times on one page, by Jinja2 (docs/decisions/0039).

A page is a template of Django and says which parts it has: `{% part "tag" tag=row.tag %}`. A part sees only
what it is given, and what Django holds to be safe is safe here too. They stand in templates/parts.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.template.defaultfilters import linebreaks_filter, linebreaksbr, truncatechars
from django.utils.safestring import SafeString, mark_safe
from jinja2 import ChainableUndefined, Environment, FileSystemLoader

from agencies import days
from agencies.addresses import reverse


def part(part_name: str, **given: Any) -> SafeString:
    """Draw a part with what it is given. Raises jinja2.TemplateNotFound where there is none of that name."""
    return mark_safe(PARTS.get_template(f"{part_name}.html").render(given))  # noqa: S308  # escaped as it was drawn


def _written(when: date | None, how: str) -> str:
    """Write a day or a moment in local time, or nothing where there is none."""
    if not when:
        return ""
    return days.written(days.local(when) if isinstance(when, datetime) else when, how)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(settings.BASE_DIR / "templates" / "parts"),
        autoescape=True,
        auto_reload=settings.DEBUG,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(part=part, url=reverse)
    made.filters.update(
        date=_written,
        linebreaks=linebreaks_filter,
        linebreaksbr=linebreaksbr,
        truncatechars=truncatechars,
    )
    return made


PARTS = _environment()
