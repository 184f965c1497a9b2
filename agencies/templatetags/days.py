"""Django's filter `date`, quicker for the ways in which we write a day. Every template has it."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django import template
from django.template import defaultfilters

from agencies import days

register = template.Library()


@register.filter("date", expects_localtime=True, is_safe=False)
def in_words(value: Any, how: str | None = None) -> str:
    """Write a day, a time or a moment as `agencies.days` does, and in any other way as Django does."""
    if isinstance(value, date | time) and (how in days.WAYS or how == days.FOR_MACHINES):
        return days.written(value, how)
    return str(defaultfilters.date(value, how))
