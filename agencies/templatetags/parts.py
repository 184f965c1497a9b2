"""The tag that draws a part of a page. Every template has it."""

from __future__ import annotations

from django import template

from agencies.parts import part

register = template.Library()
register.simple_tag(part)
