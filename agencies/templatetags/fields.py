"""Tags that draw the fields of a form (agencies/drawn.py), for the template pack's templates."""

from __future__ import annotations

from django import template

from agencies import drawn, questions

register = template.Library()

register.simple_tag(drawn.field, takes_context=True, name="field")
register.simple_tag(drawn.radio_buttons, takes_context=True, name="radio_buttons")
register.simple_tag(drawn.radio_button, takes_context=True, name="radio_button")
register.simple_tag(questions.draw, name="questions")
