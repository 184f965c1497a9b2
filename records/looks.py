"""The access log as people read it: who looked, when, from where, in which role, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from agencies.roles import ROLES
from audit.kinds import Look, kind_of
from audit.models import Access
from records.models import BreakGlass

COLOURS = {Look.REFUSED: "red", Look.TAKEN: "orange", Look.PREVIEWED: "grey", Look.FOUND: "grey"}


def as_read(
    rows: Iterable[Access], *, by_agency: str, names: dict[str, str] | None = None, with_reasons: bool = False
) -> list[dict[str, Any]]:
    """Return looks for components/looks.html.

    From where somebody of another agency looked is their own agency's to know. Why a closed record was
    opened is told with `with_reasons`, in one statement: only to those who may read the record.
    """
    rows = list(rows)
    reasons = _reasons(rows) if with_reasons else {}
    return [_one(row, by_agency=by_agency, names=names or {}, reasons=reasons) for row in rows]


def _one(row: Access, *, by_agency: str, names: dict[str, str], reasons: dict[str, str]) -> dict[str, Any]:
    kind = kind_of(row.action, refused=row.outcome == Access.Outcome.REFUSED)
    part, _, number = row.subject.partition(":")
    return {
        "at": row.at,
        "who": row.actor,
        "role": role_in_words(row.role),
        "what": row.in_words,
        "subject": row.subject_in_short,
        "whose": names.get(number, "") if part == "membership" else "",
        "shown": len(row.shown),
        "tag": {"text": kind.value, "colour": COLOURS[kind]} if kind in COLOURS else None,
        "why": why_in_words(row.why),
        "emergency": row.break_glass,
        "reason": reasons.get(row.break_glass, ""),
        "address": row.address if row.agency == by_agency else "",
    }


def why_in_words(why: str) -> str:
    """Return why a look was refused: the name of a refusal is a sentence without its spaces."""
    return why if " " in why else re.sub(r"(?<!^)(?=[A-Z])", " ", why).lower()


def role_in_words(code: str) -> str:
    """Return what a role is called."""
    return ROLES[code].display_name if code in ROLES else code


def _reasons(rows: Sequence[Access]) -> dict[str, str]:
    wanted = {row.break_glass for row in rows if row.break_glass}
    if not wanted:
        return {}
    return dict(BreakGlass.objects.filter(reference__in=wanted).values_list("reference", "why"))
