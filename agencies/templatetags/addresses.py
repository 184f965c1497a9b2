"""Django's tag `url`, quicker for the addresses of this product. Every template has it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as djangos
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape

from agencies.addresses import reverse

register = template.Library()


class AddressNode(URLNode):
    """The same tag: an address by name, as text or under a name of its own, empty there if there is none."""

    def render(self, context: Context) -> Any:
        if self.kwargs:
            return super().render(context)
        try:
            address = reverse(self.view_name.resolve(context), [arg.resolve(context) for arg in self.args])
        except NoReverseMatch:
            if self.asvar is None:
                raise
            address = ""
        if self.asvar:
            context[self.asvar] = address
            return ""
        return conditional_escape(address) if context.autoescape else address


@register.tag
def url(parser: Parser, token: Token) -> AddressNode:
    """Read the tag as Django does."""
    node = djangos(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)
