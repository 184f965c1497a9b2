"""The statements of a concern on paper: each with all its versions, where it comes from and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils.text import Truncator

from records import rules, texts
from records.models import Concern, Statement
from sharing.paper.parts import Entry, Row, rows
from sharing.querysets import people
from sharing.told import moment, voice


def read(concern: Concern) -> list[Any]:
    """Read every statement of a concern in every version, in one statement.

    What was taken out before the concern was logged was never part of the record.
    """
    rests = Statement.rests_on.through.objects.filter(from_statement=OuterRef("pk"))
    found = Statement.objects.filter(concern=concern, removed_at__isnull=True)
    found = found.select_related(*people("author", "strike__by"), "about").annotate(
        grounds=ArraySubquery(rests.order_by("to_statement__number").values("to_statement__number"))
    )
    return list(found.order_by("number", "version"))


def entries(concern: Concern, found: Sequence[Any]) -> list[Entry]:
    """Return every statement, each version as an entry of its own: the one that counts now comes last."""
    last = {one.number: one.version for one in found}
    newest = {one.number: one.text for one in found}
    return [_entry(concern, one, last[one.number], newest) for one in found]


def _entry(concern: Concern, one: Any, last: int, newest: dict[int, str]) -> Entry:
    is_replaced = one.version != last
    return Entry(
        heading=f"{one.label}: {one.get_kind_display().lower()}",
        rows=(
            Row("", one.text, one.is_verbatim),
            *rows(
                ("Whose voice", voice(one.voice_of, one.about.name if one.about else "")),
                ("About", one.about.name if one.about and not one.voice_of else ""),
                ("Source", one.source),
                ("Happened", texts.happened(one)),
                ("Written down", f"{moment(one.written_at)} by {one.author.label}"),
                ("Entered here", moment(one.entered_at)),
                ("Rests on", "; ".join(_ground(number, newest) for number in one.grounds)),
                ("Takes the place of the version before, because", one.replaced_why),
                ("Recorded late, because", concern.late_why if _is_late(concern, one) else ""),
                *_strike(one),
            ),
        ),
        marks=tuple(_marks(concern, one, is_replaced=is_replaced)),
        is_struck=is_replaced or getattr(one, "strike", None) is not None,
        origin=f"statement:{concern.reference}:{one.number}:{one.version}",
        about=(one.about.reference,) if one.about else (),
    )


def _ground(number: int, newest: dict[int, str]) -> str:
    return f"S{number}, {Truncator(newest.get(number, '')).chars(80)}"


def _is_late(concern: Concern, one: Any) -> bool:
    return rules.is_late(one, within=concern.agency.record_within_hours)


def _strike(one: Any) -> list[tuple[str, str]]:
    """Who struck it through, when and why."""
    strike = getattr(one, "strike", None)
    if strike is None:
        return []
    return [("Struck through", f"{moment(strike.at)}, by {strike.by.label}\n{strike.why}")]


def _marks(concern: Concern, one: Any, *, is_replaced: bool) -> Iterable[str]:
    if getattr(one, "strike", None) is not None:
        yield "Struck through: it no longer counts"
    if is_replaced:
        yield f"Replaced by version {one.version + 1}"
    if _is_late(concern, one):
        yield "Written down late"
    if concern.logged_at is not None and one.entered_at > concern.logged_at:
        yield "Added after the concern was logged"
