"""Everything that belongs to the record of a concern besides the work on it, each on a page of its own."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch
from django.views.decorators.http import require_safe

from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.roles import Permission
from records.access import get_concern
from sharing.views.concern import tabs


class Part(NamedTuple):
    """One page of the record: its address by name, what it is called, what it is for, and who may open it."""

    name: str
    text: str
    what: str
    needs: Permission = Permission.LOG_CONCERNS


PARTS = (
    Part("concern-chronology", "Chronology", "What happened in the order in which it happened."),
    Part("documents", "Documents", "Letters, reports and photographs that belong to this concern."),
    Part("concern-paper", "On paper", "The whole record to print, or as a PDF."),
    Part(
        "concern-export", "As data", "The record for another system: FHIR, JSON and CSV.", Permission.OVERSEE
    ),
    Part("concern-looks", "Who looked", "Who opened this record, when, and why.", Permission.OVERSEE),
    Part("restriction", "Who may open it", "Close the record to all but named people."),
    Part("disclosure-holds", "On hold", "What is disclosed to nobody without a decision."),
    Part(
        "concern-retention",
        "How long it is kept",
        "When it is reviewed, and what holds it.",
        Permission.DISPOSE,
    ),
)


@needs(Permission.LOG_CONCERNS)
@require_safe
def whole_record(request: HatRequest, reference: str) -> HttpResponse:
    """Lead to each part of the record of a concern."""
    found = get_concern(request, reference)
    context = {
        "concern": found,
        "tabs": tabs(found, "whole-record"),
        "parts": parts_for(found.reference, request.membership),
    }
    return render(request, "sharing/whole_record.html", context)


def parts_for(reference: str, member: Membership) -> list[tuple[str, Part]]:
    """Return the parts that this member may open, each with its address."""
    return [
        (address, part)
        for part in PARTS
        if member.may(part.needs) and (address := _address(part.name, reference))
    ]


def _address(name: str, reference: str) -> str:
    try:
        return reverse(name, args=[reference])
    except NoReverseMatch:
        return ""
