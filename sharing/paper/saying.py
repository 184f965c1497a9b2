"""Pieces of what was said, in the words of paper: a statement, a restatement, an agreement, an action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sharing import told
from sharing.ladder import STAGES, Ladder
from sharing.models import Round, Side, Verdict
from sharing.paper.parts import Entry, Row, rows
from sharing.paper.reading import Doing
from sharing.rules import PROMPTS, spoken_limit
from sharing.told import moment

OUTCOMES = {
    Round.Outcome.OPEN: "Not checked yet",
    Round.Outcome.SPOKEN: "Typed by another after a call, and not yet confirmed in writing",
    Round.Outcome.NOT_SAID: "Typed by another after a call: not what was said",
    Round.Outcome.CONFIRMED: "Understood as meant",
    Round.Outcome.CORRECTED: "To be said again",
}


def item(
    one: Any, texts: Mapping[int, str], *, reference: str, on_speakers_side: bool, within: int | None
) -> Entry:
    """Return one frozen item as its listener is told it, with what it was and what it is now.

    `within` is how many hours the agency of whoever said it gives people to write things down.
    """
    said = told.item(one, texts, on_speakers_side=on_speakers_side, within=within)
    struck = said["struck"]
    marks = [
        "Key point: it must be said back" if said["key"] else "",
        *(mark["text"] for mark in said["marks"]),
        f"What took its place was told in {struck['reference']}" if struck else "",
        f"Corrected since: read it in {said['changed']}" if said["changed"] else "",
    ]
    return Entry(
        heading=f"Item {one.number}: {said['kind']['text'].lower()}",
        rows=(
            Row("", said["text"], said["verbatim"]),
            *rows(
                ("Is now", struck["text"] if struck else ""),
                *((f"Was before, {number}", old["text"]) for number, old in enumerate(said["was"], start=1)),
                ("Whose voice", said["voice"]),
                ("Source", said["source"]),
                ("Happened", said["happened"]),
                ("Written down", said["written"]),
                ("Rests on", "; ".join(said["rests_on"])),
            ),
        ),
        marks=tuple(mark for mark in marks if mark),
        is_struck=bool(struck),
        origin=f"item:{reference}:{one.number}",
    )


def attachment(one: dict[str, Any], *, reference: str) -> Entry:
    """Return a document that went with an exchange: what it is called, not what is in it."""
    return Entry(
        heading=one["heading"],
        rows=rows(
            *((row["key"], row["value"]) for row in one["rows"]),
            ("Document", one["document"]),
            ("Opened", "\n".join(one["opened"])),
        ),
        marks=("Struck through since: it is a mistake",) if one["struck"] else (),
        origin=f"attachment:{reference}:{one['number']}",
    )


def restatement(exchange: Any, one: Any) -> Entry:
    """Return one round: what was said back, after which call, and what the speaker said to each item."""
    outcome = OUTCOMES[Round.Outcome(one.outcome)]
    heading = f"Round {one.number}: {outcome.lower()}"
    who = one.restated_by.label
    if one.restated_by_id not in (exchange.listener_id, exchange.first_listener_id):
        who += f", for {exchange.listener.full_name}"
    checked = f"{outcome}. {one.checked_by.label}, {moment(one.checked_at)}" if one.checked_by else outcome
    pairs = [("Said back by", f"{who}, {moment(one.restated_at)}")]
    pairs += [(prompt, getattr(one, name)) for name, prompt in PROMPTS.items()]
    pairs += [("Likeness to the words that were sent", f"{one.similarity} per cent")]
    pairs += _call(one)
    pairs += [("The answer", checked), ("Note", one.note)]
    pairs += [
        (f"Key item {said['number']}", f"{Verdict.Answer(said['answer']).label}. {said['note']}".strip())
        for said in one.said_of_items
    ]
    return Entry(
        heading=heading,
        rows=rows(*pairs),
        is_struck=False,
        marks=("Not what they said: it counts for nothing",) if one.outcome == Round.Outcome.NOT_SAID else (),
        origin=f"round:{exchange.reference}:{one.number}",
    )


def _call(one: Any) -> list[tuple[str, str]]:
    """What the call was after which somebody else typed the words."""
    if one.typed_by_id is None:
        return []
    call = one.call
    answer = getattr(call, "answer", None)
    said = "Not confirmed in writing yet"
    if answer is not None:
        said = f"{answer.get_answer_display()} {answer.by.full_name}, {moment(answer.at)}"
    return [
        ("Typed after a call by", f"{one.typed_by.label}, {moment(call.typed_at)}"),
        ("Spoken with", f"{call.spoken_with.label}, {moment(call.called_at)}, {_minutes(call.minutes)}"),
        ("Called back on", f"{call.number}. {call.how_checked or 'A checked number'}"),
        ("What was said on the telephone", call.what_was_said),
        ("Confirmed in writing", said),
    ]


def _minutes(number: int) -> str:
    return f"{number} minute{'' if number == 1 else 's'}"


def agreement(one: Any, *, reference: str) -> Entry:
    """Return whether somebody agreed: every answer, the later ones beside the earlier."""
    return Entry(
        heading=f"{one.get_about_display()}: {one.get_answer_display().lower()}",
        rows=rows(("Why", one.why), ("Who and when", f"{one.by.label}, {moment(one.at)}")),
        origin=f"agreement:{reference}:{one.pk}",
    )


def proposal(one: Any, *, reference: str) -> Entry:
    """Return a correction that somebody proposed, and the answer."""
    answer = f"{one.get_answer_display()}. {one.answer_words}".strip()
    if one.correction:
        answer += f" See {one.correction.reference}."
    if one.answered_by:
        answer += f"\n{one.answered_by.label}, {moment(one.answered_at)}"
    return Entry(
        heading=f"Proposed correction of item {one.item.number}",
        rows=rows(
            ("What it should say", one.words),
            ("How it is known", one.how_known),
            ("Who and when", f"{one.by.label}, {moment(one.at)}"),
            ("The answer", answer),
        ),
        origin=f"proposal:{reference}:{one.pk}",
    )


def disagreement(found: Ladder) -> list[Entry]:
    """Return a disagreement, stage by stage: both positions, who held the risk, and what was decided."""
    row = found.disagreement
    origin = f"disagreement:{row.reference}"
    settled = f"{row.settled_by.label}, {moment(row.settled_at)}" if row.settled_by else "Not settled"
    entries = [
        Entry(
            heading=f"{row.reference}: {row.get_about_display().lower()}",
            rows=rows(
                ("Opened", f"{moment(row.opened_at)}, by {row.opened_by.label}"),
                ("Settled", settled),
                ("How it was settled", row.settled_note),
            ),
            origin=origin,
        )
    ]
    entries += [_stage(found, stage, origin) for stage in found.stages]
    entries += [
        Entry(
            heading=f"Immediate danger, {moment(call.called_at)}",
            rows=rows(
                ("Who was called", call.who_was_called),
                ("Agreed", call.what_was_agreed),
                ("Written down", f"{call.by.label}, {moment(call.at)}"),
            ),
            origin=origin,
        )
        for call in found.calls
    ]
    return entries


def _stage(found: Ladder, stage: Any, origin: str) -> Entry:
    pairs = [
        ("Opened", f"{moment(stage.opened_at)}, by {stage.opened_by.full_name}"),
        ("Opened early, because", stage.why),
        ("Time limit", moment(stage.due_at)),
    ]
    pairs += [
        (Side(one.side).label, f"{one.words}\n{one.by.label}, {moment(one.at)}")
        for one in found.positions
        if one.stage_id == stage.pk
    ]
    for holder in found.holders:
        if holder.stage_id == stage.pk:
            who = holder.person.label if holder.person else f"{holder.post}, {holder.agency.name}"
            pairs.append(("Who holds the risk", f"{who}. Meanwhile: {holder.meanwhile}"))
    for end in found.outcomes:
        if end.stage_id == stage.pk:
            decided = f"{end.what_was_decided}\nWhy: {end.why}\nWho does what: {end.who_does_what}"
            pairs.append(("What was decided", f"{decided}\n{end.by.label}, {moment(end.at)}"))
    return Entry(heading=f"Stage {stage.number}: {STAGES[stage.number].lower()}", rows=rows(*pairs),
                 origin=f"{origin}:{stage.number}")  # fmt: skip


def action(found: Doing) -> Entry:
    """Return an action from its proposal to its check."""
    one = found.action
    due = spoken_limit(one.due_at)
    pairs = [
        ("What", one.what),
        ("Who", one.owner.label),
        ("By when", f"{due[:1].upper()}{due[1:]} ({one.by_when})"),
        ("Sooner if", one.contingency),
        ("Proposed", _who(one.proposed_by, one.proposed_at)),
        ("Taken on", _who(one.accepted_by, one.accepted_at)),
        ("Declined", _who(one.declined_by, one.declined_at, one.declined_why)),
        ("Taken back", _who(one.withdrawn_by, one.withdrawn_at, one.withdrawn_why)),
    ]
    for report in found.reports:
        signed = _who(report.reported_by, report.reported_at)
        said = f"{report.what_happened}\nDone {moment(report.done_at)}. {signed}"
        pairs.append((f"Report {report.number}", said))
        checked = _who(report.checked_by, report.checked_at, report.note)
        pairs.append((f"Report {report.number}: {report.get_outcome_display().lower()}", checked))
    for flag in found.flags:
        said = f"{flag.get_answer_display()}. {flag.words}".strip()
        if flag.answered_by:
            said += f"\n{_who(flag.answered_by, flag.answered_at)}"
        pairs.append((f"Looked at again after {flag.correction.reference}", said))
    return Entry(
        heading=f"{one.reference}: {found.state.value}", rows=rows(*pairs), origin=f"action:{one.reference}"
    )


def _who(member: Any, at: Any, why: str = "") -> str:
    if member is None:
        return ""
    return f"{member.label}, {moment(at)}" + (f"\n{why}" if why else "")


def people(found: Sequence[Any]) -> list[Entry]:
    """Return whom an exchange is about, in the words for its listener, who reaches no record of theirs."""
    return [
        Entry(
            heading=one.name,
            rows=rows(
                ("Who they are", one.kind),
                ("Born", f"{one.born_on:%-d %B %Y}" if one.born_on else ""),
                ("Communication needs", one.communication_needs),
                ("Safe contact", one.safe_contact_rule),
                ("Condition that they made, or that was made for them", one.conditions),
            ),
            origin=f"exchange-person:{one.exchange_id}:{one.pk}",
        )
        for one in found
    ]
