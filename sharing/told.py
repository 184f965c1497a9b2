"""What a listener is told, as the components of the pages want it. The preview and the page are one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.text import Truncator

from agencies.days import written
from records import rules, texts
from records.models import Statement
from sharing import minutes
from sharing.models import Correction, Exchange, ExchangePerson, Item

# What these say has a title of its own above each line.
BY_TITLE = (Exchange.Kind.SUMMARY, Exchange.Kind.HANDOVER, Exchange.Kind.OUTCOME, Exchange.Kind.DECISION)


def moment(at: datetime | None) -> str:
    """Say a moment in local time: "12 January 2027, 08:55"; nothing where there is none."""
    return texts.day_and_time(at) if at else ""


def day(at: datetime | None) -> str:
    """Say a day in local time: "12 January 2027"; nothing where there is none."""
    return written(timezone.localtime(at), "j F Y") if at else ""


def happened(said: Item | Statement) -> str:
    """Say when it happened, as exactly as it is known."""
    note = said.happened_note
    if said.happened_at is None:
        return note
    if note.startswith(Statement.TIME_NOT_KNOWN):
        return f"{written(timezone.localtime(said.happened_at), 'j F Y')}, {note}"
    return f"{moment(said.happened_at)}{f' ({note})' if note else ''}"


def voice(voice_of: str, whose: str) -> str:
    """Say whose voice it is, and whether it is words, wishes or what life is like; nothing for the rest."""
    what = Statement.VoiceOf(voice_of).label if voice_of else ""
    return f"{whose}: {what[:1].lower()}{what[1:]}" if whose and what else what


def shown(said: Item | Statement, *, reference: str, key: bool = False) -> dict[str, Any]:
    """Return one thing said for parts/statement.html."""
    kind = Statement.Kind(said.kind)
    return {
        "kind": {"text": kind.label, "colour": texts.COLOURS[kind]},
        "text": said.text,
        "verbatim": said.is_verbatim,
        "source": said.source,
        "happened": happened(said),
        "written": moment(said.written_at),
        "key": key,
        "reference": reference,
    }


def item(
    one: Item,
    said_in: Mapping[int, str],
    *,
    on_speakers_side: bool = False,
    links: bool = True,
    within: int | None = None,
) -> dict[str, Any]:
    """Return one item, with who wrote it, whose voice it is and the items that an opinion rests on.

    `within` is how many hours its agency gives people to write things down.
    """
    said = shown(one, reference=f"Item {one.number}", key=one.is_key)
    by = f" by {one.written_by}" if one.written_by else ""
    corrections = _corrections(one, on_speakers_side=on_speakers_side, links=links)
    return said | {
        "marks": _marks(one, corrections, within=within),
        "written": f"{said['written']}{by}",
        "voice": voice(one.voice_of, one.about_name),
        "rests_on": [f"Item {n}: {Truncator(said_in.get(n, '')).chars(80)}" for n in one.rests_on],
        **corrections,
    }


def _marks(one: Any, corrections: Mapping[str, Any], *, within: int | None) -> list[dict[str, str]]:
    """The marks of an item, as its statement has them."""
    now = corrections["struck"]
    withdrawn = bool(now and now["withdrawn"])
    corrected = bool(corrections["was"] or now) and not withdrawn
    return texts.marks(struck=withdrawn, corrected=corrected, late=_is_late(one, within=within))


def _is_late(one: Item, *, within: int | None) -> bool:
    """Say whether what an item copies had been written down late."""
    if within is None or one.written_at is None:
        return False
    said = Statement(
        kind=one.kind,
        happened_at=one.happened_at,
        happened_note=one.happened_note,
        written_at=one.written_at,
    )
    return rules.is_late(said, within=within)


def _corrections(one: Any, *, on_speakers_side: bool, links: bool) -> dict[str, Any]:
    """The earlier wordings that an item takes the place of; or what it is now, once that was received."""
    was, before = [], one.corrects
    while before is not None:
        was.append({"text": before.text, "happened": happened(before), "source": before.source})
        before = before.corrects
    later = getattr(one, "later", None) or []
    known = [now for now in later if on_speakers_side or now["received_at"]]
    return {
        "was": was,
        "is_now": "Is now" if was else "",
        "struck": known[-1] | {"withdrawn": known[-1].get("kind") == Correction.Kind.STATEMENT_STRUCK}
        if known
        else None,
        "changed": later[-1]["reference"] if later and not known else "",
        "links": links,
    }


def person(one: ExchangePerson) -> dict[str, Any]:
    """Return one person for parts/person_header.html, with the conditions they made."""
    today = timezone.localdate()
    age = None
    if one.born_on:
        before = (today.month, today.day) < (one.born_on.month, one.born_on.day)
        age = today.year - one.born_on.year - before
    return {
        "name": one.name,
        "date_of_birth": one.born_on,
        "age": age,
        "kind": one.kind,
        "safe_contact": f"Safe contact: {one.safe_contact_rule}" if one.safe_contact_rule else "",
        "communication": [one.communication_needs] if one.communication_needs else [],
        "conditions": one.conditions,
    }


def as_told(
    exchange: Exchange,
    *,
    people: Iterable[ExchangePerson],
    items: Sequence[Item],
    on_speakers_side: bool = False,
    links: bool = True,
) -> dict[str, Any]:
    """Return everything that the listener reads, for sharing/told.html."""
    said_in = {one.number: one.text for one in items}
    within = exchange.said_by.agency.record_within_hours
    lines = [one for one in items if is_line(exchange, one)]
    return {
        "people": [person(one) for one in people],
        "speaker": exchange.said_by.label,
        "listener": exchange.said_to.label,
        "why_you": exchange.why_you,
        "what_i_ask": exchange.what_i_ask,
        "groups": _by_heading(lines),
        "statements_title": minutes.BROUGHT if exchange.kind == Exchange.Kind.MEETING else "",
        "statements": [
            item(one, said_in, on_speakers_side=on_speakers_side, links=links, within=within)
            for one in items
            if one not in lines
        ],
    }


def is_line(exchange: Exchange, one: Item) -> bool:
    """Say whether an item is a line under a heading, and no statement with a kind and a source.

    Of what a meeting decided that is all but what was brought for the listener; of a correction, what
    is so of a person from now on.
    """
    if exchange.kind == Exchange.Kind.MEETING:
        return minutes.is_line(one)
    if exchange.kind == Exchange.Kind.CORRECTION:
        return one.statement_id is None
    return exchange.kind in BY_TITLE


def _by_heading(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Group the lines of a summary under the headings that they came with."""
    groups: dict[str, list[str]] = {}
    for line in items:
        groups.setdefault(line.source, []).append(line.text)
    return [{"title": title, "lines": lines} for title, lines in groups.items()]
