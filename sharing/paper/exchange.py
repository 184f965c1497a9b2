"""An exchange on paper: what was said in frozen words, every round, and all that came of it.

What somebody may see is what its page shows them (reading.py). The whole concern takes its parts from here.
"""

from __future__ import annotations

from typing import Any

from sharing import told as telling
from sharing.models import Correction, Exchange
from sharing.paper import saying
from sharing.paper.parts import Entry, Line, Paper, Part, Row, Table, part, rows, words
from sharing.paper.reading import Read
from sharing.rules import spoken_limit
from sharing.told import moment
from sharing.transferring import seen as hand_over

CLOSED = "Its words can no longer be read by whoever prints this."
NOT_OPENED = "Whoever prints this has not opened it, so its words are not here."


def collect(found: Read) -> Paper:
    """Return one exchange as its reader may see it."""
    exchange = found.exchange
    return Paper(
        title=heading(exchange),
        tab=exchange.get_kind_display(),
        reference=exchange.reference,
        concern=exchange.cycle.concern.reference,
        facts=facts(found),
        parts=tuple(parts(found)),
        lead="What was said, said back and agreed. What was sent stands in the words in which it was sent.",
        for_whom="" if found.standing.on_speakers_side else exchange.listener.label,
    )


def heading(exchange: Any) -> str:
    """Name an exchange: its kind, and between whom."""
    who = f"{exchange.said_by.full_name} to {exchange.said_to.full_name}"
    return f"{exchange.get_kind_display()}, {who}"


def facts(found: Read) -> tuple[Row, ...]:
    """Return who told whom, how it was to get there, and where it stands."""
    exchange, state = found.exchange, found.state
    point = exchange.contact_point
    now_with = [
        f"{now.label} answers for it now ({side})"
        for side, now, then in (
            ("speaker", exchange.speaker, exchange.first_speaker),
            ("listener", exchange.listener, exchange.first_listener),
        )
        if then is not None
    ]
    ours = found.standing.on_speakers_side
    return rows(
        ("Reference", exchange.reference),
        ("From", exchange.said_by.label),
        ("To", exchange.said_to.label),
        ("Since then", "; ".join(now_with)),
        ("Where it stands", state.value.capitalize()),
        ("Urgency", exchange.get_urgency_display()),
        ("Only for information", "Yes: nothing is said back" if exchange.for_information else ""),
        ("Contact point", f"{point.label}, checked {moment(point.checked_at)}" if point and ours else ""),
        ("How the right place was checked", exchange.right_place if ours else ""),
        ("Sent ahead of its stage, because", exchange.emergency_reason if ours else ""),
        ("To be answered", spoken_limit(exchange.respond_by) if exchange.respond_by else ""),
        ("Takes the place of, or answers", exchange.about.reference if exchange.about else ""),
    )


def parts(found: Read, *, level: int = 1, about: bool = False) -> list[Part]:
    """Return the parts of one exchange. With `about`, its facts come first under its own heading."""
    exchange = found.exchange
    whole = [_times(found)]
    if not found.standing.reads:
        why = NOT_OPENED if found.standing.content_is_open else CLOSED
        whole.append(Part("What was said", lead=why))
    else:
        whole += _content(found)
    whole += _what_came_of_it(found)
    if not about:
        return whole
    return [_as_one(exchange, found, whole, level)]


def _as_one(exchange: Any, found: Read, whole: list[Part], level: int) -> Part:
    """Put all parts of an exchange under one heading, for a document that holds many."""
    origin = f"exchange:{exchange.reference}"
    entries: list[Entry] = [Entry(rows=facts(found), origin=origin)]
    for one in whole:
        if one.table is not None:
            times = rows(*((line.cells[0], ", ".join(line.cells[1:])) for line in one.table.lines))
            entries.append(Entry(one.heading, times, origin=origin))
        elif not one.is_empty:
            first, *rest = one.entries
            entries += [_under(one.heading, first), *rest]
        elif one.lead:
            entries.append(Entry(one.heading, (Row("", one.lead),), origin=origin))
    return Part(f"{exchange.reference}: {heading(exchange)}", tuple(entries), level=level)


def _under(title: str, entry: Entry) -> Entry:
    """Let the first entry of a part carry its heading."""
    return Entry(
        f"{title}. {entry.heading}" if entry.heading else title,
        entry.rows, entry.marks, entry.is_struck, entry.origin, entry.about,
    )  # fmt: skip


def _content(found: Read) -> list[Part]:
    exchange, ours = found.exchange, found.standing.on_speakers_side
    texts = {one.number: one.text for one in found.items}
    within = exchange.said_by.agency.record_within_hours
    lines = [one for one in found.items if telling.is_line(exchange, one)]
    origin = f"exchange:{exchange.reference}"
    said = [
        Entry(one.source, (Row("", one.text),), origin=f"item:{exchange.reference}:{one.number}")
        for one in lines
    ]
    said += [
        saying.item(one, texts, reference=exchange.reference, on_speakers_side=ours, within=within)
        for one in found.items
        if one not in lines
    ]
    held = [
        Entry(
            heading=one.statement.label,
            rows=rows(("What it says", one.statement.text), ("Held back, because", one.why)),
            origin=f"held-back:{exchange.reference}:{one.statement.number}",
        )
        for one in found.held_back
    ]
    why = [words(exchange.why_you, origin=origin)] if exchange.why_you else []
    ask = [words(exchange.what_i_ask, origin=origin)] if exchange.what_i_ask else []
    told = [
        part("Whom it is about", saying.people(found.people), nothing="Nobody is named."),
        part("Why they were told", why, nothing="No reason is recorded."),
        part("What was asked of them", ask, nothing="Nothing was asked."),
        part("What was said", said, nothing="Nothing was sent."),
        part(
            "Attached",
            [saying.attachment(one, reference=exchange.reference) for one in found.attachments],
            nothing="No document was attached.",
        ),
    ]
    if found.is_of_the_concerns_agency and exchange.kind == Exchange.Kind.DISCLOSURE:
        told.append(part("What was held back", held, nothing="Nothing was held back."))
    if exchange.for_information:
        return told
    rounds = [saying.restatement(exchange, one) for one in found.rounds]
    return [*told, part("What was said back, and the answer", rounds, nothing="Nothing was said back yet.")]


def _times(found: Read) -> Part:
    """When each thing happened to it, and by whom."""
    exchange = found.exchange
    ours = found.standing.on_speakers_side
    called = {one.call.called_at for one in found.rounds if one.typed_by_id}
    received = "Told by telephone" if exchange.received_at in called else "Receipt confirmed"
    happened = [
        ("Prepared", exchange.prepared_at if ours else None, exchange.prepared_by),
        ("Sent", exchange.sent_at, exchange.sent_by),
        ("Opened", None if exchange.opened_at in called else exchange.opened_at, None),
        (received, exchange.received_at, exchange.received_by),
        ("Confirmed as understood", exchange.understood_at, exchange.understood_by),
        ("Sent back as not for them", exchange.not_mine_at, exchange.not_mine_by),
        ("Withdrawn", exchange.withdrawn_at, exchange.withdrawn_by),
    ]
    lines = tuple(
        Line((what, moment(at), by.full_name if by else ""), origin=f"exchange:{exchange.reference}")
        for what, at, by in happened
        if at
    )
    return Part("Times", table=Table("When each thing happened", ("What", "When", "By whom"), lines))


def _what_came_of_it(found: Read) -> list[Part]:
    exchange, name = found.exchange, found.exchange.reference
    agreed = [saying.agreement(one, reference=name) for one in found.agreements]
    differ = [entry for one in found.disagreements for entry in saying.disagreement(one)]
    doing = [saying.action(one) for one in found.actions]
    corrections = [
        words(f"{one['reference']}: {Correction.Kind(one['kind']).label}", origin=f"exchange:{name}")
        for one in exchange.corrected_by
        if one["reference"] != name
    ]
    corrections += [saying.proposal(one, reference=name) for one in found.proposals]
    came = [
        part("Whether they agree", agreed, nothing="Nobody has said yet whether they agree."),
        part("Disagreements", differ, nothing="No disagreement is recorded."),
        part("Actions", doing, nothing="No action rests on it."),
        part("Corrections", corrections, nothing="Nothing of it was corrected."),
    ]
    answer = _answers(exchange, found)
    if answer:
        came.append(part("Answers and hand-over", answer))
    if found.standing.on_speakers_side:
        came += _own_affairs(found)
    return came


def _answers(exchange: Any, found: Read) -> list[Entry]:
    """The answer to a summary, the decision that was asked for, and a hand-over to another area."""
    origin, entries = f"exchange:{exchange.reference}", []
    given = getattr(exchange, "summary_answer", None)
    if given is not None:
        said = f"{given.get_answer_display()}. {given.correction}\n{moment(given.answered_at)}"
        entries.append(Entry("The summary", rows(("Answer", said)), origin=origin))
    if exchange.asks_decision:
        decision = exchange.decision
        said = f"Sent in {decision['reference']}" if decision else "Not sent yet"
        without = exchange.not_awaited
        gone_on = f"{without['by']}" if without else ""
        if without and found.standing.on_speakers_side:
            gone_on += f": {without['why']}"
        entries.append(
            Entry("The decision that was asked for",
                  rows(("Decision", said), ("Gone on without it", gone_on)), origin=origin)
        )  # fmt: skip
    if exchange.transfer and found.standing.content_is_open:
        one = hand_over(exchange.transfer)
        entries.append(
            Entry(
                f"Hand-over to another area, {one.reference}",
                rows(
                    ("From and to", f"{one.from_agency} to {one.to_agency}"),
                    ("Where it stands", one.state.value.capitalize()),
                    ("Proposed", moment(one.proposed_at)),
                    ("Received in writing", moment(one.received_at)),
                    ("Responsible from", moment(one.responsible_from)),
                ),
                origin=origin,
            )
        )
    return entries


def _own_affairs(found: Read) -> list[Part]:
    """What only the side that spoke is shown: why it was withdrawn, what went wrong, what was sent anyway."""
    exchange, origin = found.exchange, f"exchange:{found.exchange.reference}"
    entries = []
    if exchange.withdrawn_at:
        seen = "It had been opened" if exchange.seen_before_withdrawal else "It had not been opened"
        why = rows(("Why", exchange.withdrawn_why), ("Seen before", seen))
        entries.append(Entry("Withdrawn", why, origin=origin))
    incident = getattr(exchange, "incident", None)
    if incident is not None:
        entries.append(
            Entry(
                "It reached the wrong person",
                rows(
                    ("Known since", moment(incident.opened_at)),
                    ("Said by", incident.reported_by.full_name),
                    ("Note", incident.note),
                    ("What was done", incident.what_was_done or "Nothing is recorded yet"),
                    ("Went no further", incident.get_contained_display()),
                    ("What was seen", incident.get_seen_display()),
                ),
                origin=origin,
            )
        )
    entries += [
        Entry(
            "Sent although it holds a protected detail",
            rows(("Who", one["name"]), ("Why", one["why"])),
            origin=origin,
        )
        for one in exchange.all_the_same
    ]
    if exchange.link_facts:
        entries.append(_link(exchange.link_facts, origin))
    return [part("For the side that spoke", entries)] if entries else []


def _link(found: dict[str, Any], origin: str) -> Entry:
    """How somebody without an account was reached: no address and no number of theirs."""
    visits = len(found["visited"] or [])
    return Entry(
        "Sent by a link, because they have no account",
        rows(
            ("Visits after a code", str(visits)),
            ("Wrong codes", str(found["wrong_codes"])),
            ("Why it was ended", found["revoked_why"] or ""),
        ),
        origin=origin,
    )
