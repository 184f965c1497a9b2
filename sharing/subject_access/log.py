"""The internal log of a request: what was held back, on which ground, who decided it and when. Never
disclosed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import OuterRef, Subquery

from agencies.models import Membership
from audit.models import Event
from sharing.models import AccessCheck, AccessRequest, AgencyView, Ground, HoldDecision, PieceDecision
from sharing.querysets import people
from sharing.subject_access.grounds import GROUNDS
from sharing.subject_access.parts import split
from sharing.told import moment

TEMPLATE = Path(__file__).with_name("log.typ")
Rows = list[dict[str, str]]


def collect(request: AccessRequest) -> dict[str, Any]:
    """Return the log, part by part: held back, words, holds, other agencies, checks, versions, and
    every act."""
    return {
        "pieces": _pieces(request),
        "words": _words(request),
        "holds": _holds(request),
        "views": _views(request),
        "checks": _checks(request),
        "versions": _versions(request),
        "events": _events(request),
    }


def _law(ground: str) -> str:
    return f"{Ground(ground).label} ({GROUNDS[Ground(ground)].law})" if ground else ""


def _pieces(request: AccessRequest) -> Rows:
    """Everything held back wholly or in part that counts now, by its latest decision."""
    latest = PieceDecision.objects.filter(piece=OuterRef("piece")).order_by("-pk").values("pk")[:1]
    rows = PieceDecision.objects.filter(piece__request=request, piece__replaced_at__isnull=True)
    rows = rows.annotate(last=Subquery(latest)).exclude(answer=PieceDecision.Answer.DISCLOSE)
    found = []
    for one in rows.select_related("piece", *people("by")).order_by("piece__order", "piece"):
        if one.last != one.pk:
            continue
        parts = split(one.piece.text)
        held = [parts[number - 1].strip() for number in one.held if number <= len(parts)]
        what = "\n".join(held) if held else one.piece.text
        found.append(
            {
                "heading": f"{one.piece.section}: {one.piece.heading}",
                "answer": one.get_answer_display(),
                "what": what,
                "ground": _law(one.ground),
                "why": one.why,
                "who": f"{one.by.label}, {moment(one.at)}",
            }
        )
    return found


def _words(request: AccessRequest) -> Rows:
    rows = request.held_words.select_related(*people("by", "taken_back_by"))
    return [
        {
            "words": one.words,
            "instead": one.get_instead_display(),
            "ground": _law(one.ground),
            "why": one.why,
            "who": f"{one.by.label}, {moment(one.at)}",
            "ended": f"No longer: {one.taken_back_by.label}, {moment(one.taken_back_at)}"
            if one.taken_back_by
            else "",
        }
        for one in rows
    ]


def _holds(request: AccessRequest) -> Rows:
    rows = HoldDecision.objects.filter(request=request).select_related("hold__concern", *people("by"))
    return [
        {
            "what": f"{one.hold.what} in {one.hold.concern.reference}: {one.hold.get_kind_display()}",
            "answer": one.get_answer_display(),
            "asked": f"{one.whom_asked}, {one.asked_on:%-d %B %Y}: {one.their_view}"
            if one.asked_on
            else "Nobody was asked",
            "why": one.why,
            "who": f"{one.by.label}, {moment(one.at)}",
        }
        for one in rows
    ]


def _views(request: AccessRequest) -> Rows:
    rows = AgencyView.objects.filter(request=request).select_related("agency", *people("by"))
    return [
        {
            "what": one.agency.name,
            "answer": one.get_answer_display(),
            "asked": f"{one.whom}, {one.asked_on:%-d %B %Y}" if one.asked_on else "",
            "why": one.words,
            "who": f"{one.by.label}, {moment(one.at)}",
        }
        for one in rows
    ]


def _checks(request: AccessRequest) -> Rows:
    rows = AccessCheck.objects.filter(request=request).select_related(*people("by"))
    return [
        {
            "answer": "Found right" if one.is_right else "Sent back",
            "why": one.note,
            "what": f"Content digest {one.digest}",
            "who": f"{one.by.label}, {moment(one.at)}",
        }
        for one in rows
    ]


def _versions(request: AccessRequest) -> Rows:
    rows = request.bundles.all()
    return [
        {
            "answer": f"Version {one.number}: {one.pieces} pieces, of {one.held_back} something is held back",
            "what": f"File digest {one.file_digest}",
            "why": f"Sent {one.sent_on:%-d %B %Y}: {one.sent_how}" if one.sent_on else "Not sent",
            "who": moment(one.made_at),
        }
        for one in rows
    ]


def _events(request: AccessRequest) -> Rows:
    from sharing.timeline import in_words

    rows = Event.objects.filter(subject=request.reference).order_by("id")
    return [{"what": in_words(one), "who": moment(one.recorded_at)} for one in rows]


def last_sent_back(request: AccessRequest) -> str:
    """Return what the second person wants changed, while that is what was said last."""
    last = max(request.checks.all(), key=lambda one: one.pk, default=None)
    return last.note if last is not None and not last.is_right and request.ready_at is None else ""


def for_paper(request: AccessRequest, *, by: Membership, at: datetime) -> dict[str, Any]:
    """Return the log for its own PDF, marked as not to be disclosed. `at` is UTC."""
    found = collect(request)
    headings = {
        "pieces": "What is held back",
        "words": "Words held back everywhere",
        "holds": "What was on hold",
        "views": "What other agencies say",
        "checks": "Checks by a second person",
        "versions": "Versions of the answer",
        "events": "Who did what when",
    }
    names = {"heading": "", "answer": "", "what": "What", "words": "Words", "instead": "In their place",
             "ground": "Ground", "asked": "Asked", "why": "Why", "ended": "Ended", "who": "By"}  # fmt: skip
    parts = [
        {
            "heading": heading,
            "entries": [
                [{"key": names[key], "value": row[key]} for key in names if row.get(key)]
                for row in found[name]
            ],
        }
        for name, heading in headings.items()
    ]
    made = f"{moment(at)}, {by.full_name}"
    return {
        "title": f"Internal log of {request.reference}",
        "lead": "Not to be disclosed. It says what was held back from the answer, and why.",
        "watermark": f"NOT TO BE DISCLOSED, {request.reference}, {made}",
        "parts": [one for one in parts if one["entries"]],
    }
