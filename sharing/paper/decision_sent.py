"""What was sent on a sharing decision, for its paper: items, recipients, check-back, actions, each in short.

Of an exchange between other people there is only to whom it went and where it stands, as on the screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sharing.paper.parts import Entry, Row, words
from sharing.paper.reading import Read
from sharing.rules import spoken_limit
from sharing.states import state_of
from sharing.told import happened, moment

if TYPE_CHECKING:
    from sharing.paper.decision import Known


def _readable(known: Known) -> list[Read]:
    return [one for one in known.sent if one.standing.reads and one.exchange.sent_at]


def _not_sent(known: Known) -> str:
    """Say why there is nothing to list, and what the reader is not shown."""
    between = [one.reference for one in known.others if one.sent_at]
    if between:
        return f"Sent in {', '.join(between)}. Their words are for those in them, and a lead."
    if not known.decision.allows_sharing:
        return "Nothing was sent: the decision is not to share."
    return "Nothing has been sent in this cycle yet."


def items(known: Known) -> list[Entry]:
    """Each thing that was shared once, with what kind of thing it is, its source and when, and to whom."""
    found: dict[Any, tuple[Any, list[str]]] = {}
    for one in _readable(known):
        for item in one.items:
            key = (item.statement_id, item.text)
            found.setdefault(key, (item, []))[1].append(one.exchange.reference)
    entries = [
        Entry(
            rows=(
                Row(_kind(item), f"{quoted(item)} ({item.source}; {happened(item)}; in {', '.join(where)})"),
            ),
            origin=f"item:{where[0]}:{item.number}",
        )
        for item, where in found.values()
    ]
    entries += [
        Entry(
            rows=(Row(f"Document, in {one.exchange.reference}", attachment["heading"]),),
            origin=f"attachment:{one.exchange.reference}:{attachment['number']}",
        )
        for one in _readable(known)
        for attachment in one.attachments
    ]
    if not entries or any(one.sent_at for one in known.others):
        entries.append(words(_not_sent(known)))
    return entries


def _kind(item: Any) -> str:
    label = item.statement.label if item.statement else f"Item {item.number}"
    return f"{label}, {item.get_kind_display().lower()}{', key' if item.is_key else ''}"


def quoted(item: Any) -> str:
    return f"“{item.text}”" if item.is_verbatim else item.text


def held_back(known: Known) -> list[Entry]:
    entries = [
        Entry(
            rows=(Row(f"{held.statement.label}, held back from {one.exchange.said_to.full_name}",
                      f"{held.statement.text} Because: {held.why}"),),
            origin=f"held-back:{one.exchange.reference}:{held.statement.number}",
        )
        for one in _readable(known)
        for held in one.held_back
    ]  # fmt: skip
    if entries:
        return entries
    return [words("Nothing was held back." if _readable(known) else _not_sent(known))]


def recipients(known: Known) -> list[Entry]:
    entries = []
    for one in known.sent:
        exchange, point = one.exchange, one.exchange.contact_point
        how = f"{point.label}, checked {moment(point.checked_at)}" if point else "No contact point"
        only = ", for information" if exchange.for_information else ""
        place = f". Right place: {exchange.right_place}" if exchange.right_place else ""
        entries.append(
            Entry(rows=(Row(f"{exchange.reference}{only}", f"{exchange.said_to.label}. {how}{place}"),))
        )
    entries += [Entry(rows=(Row(one.reference, one.said_to.label),)) for one in known.others]
    return entries or [words("Nobody has been told in this cycle.")]


def method(known: Known) -> list[Entry]:
    if not known.sent and not known.others:
        return [words("Nothing was sent.")]
    said = "Inside Check Back, to a contact point that was checked; the notice held no personal data."
    entries = [words(said)]
    for one in known.sent:
        if one.exchange.link_facts:
            entries.append(
                words(f"{one.exchange.reference}: by a link, opened with a code sent another way.")
            )
        for sent in one.exchange.all_the_same:
            why = (
                f"{one.exchange.reference}: sent although it holds a protected detail, because: {sent['why']}"
            )
            entries.append(words(why))
        if one.exchange.emergency_reason:
            why = (
                f"{one.exchange.reference}: sent ahead of its stage, because: {one.exchange.emergency_reason}"
            )
            entries.append(words(why))
    return entries


def check_back(known: Known) -> list[Entry]:
    entries = []
    for one in known.sent:
        exchange = one.exchange
        steps = [
            ("sent", exchange.sent_at),
            ("opened", exchange.opened_at),
            ("receipt confirmed", exchange.received_at),
            *((f"said back by {said.restated_by.full_name}", said.restated_at) for said in one.rounds),
            ("confirmed as understood", exchange.understood_at),
            ("withdrawn", exchange.withdrawn_at),
            ("sent back as not for them", exchange.not_mine_at),
        ]
        told = "; ".join(f"{what} {moment(at)}" for what, at in steps if at)
        times = sum(said.outcome == "CORRECTED" for said in one.rounds)
        if times:
            told += f"; to be said again {'once' if times == 1 else f'{times} times'}"
        entries.append(Entry(rows=(Row(f"{exchange.reference}, {one.state.value}", told or "Not sent yet"),)))
    for other in known.others:
        where = state_of(other, last_outcome=other.last_outcome).value
        entries.append(Entry(rows=(Row(f"{other.reference}, {where}", f"To {other.said_to.full_name}"),)))
    return entries or [words("Nothing was sent, so nothing was said back.")]


def disagreement(known: Known) -> list[Entry]:
    entries = []
    for one in known.sent:
        latest = {said.about: said for said in one.agreements}
        for said in latest.values():
            if said.answer != "AGREE":
                who = f"{said.get_answer_display()}. {said.why} ({said.by.full_name})"
                about = f"{one.exchange.reference}, {said.get_about_display().lower()}"
                entries.append(Entry(rows=(Row(about, who),)))
        for found in one.disagreements:
            row = found.disagreement
            stand = f"settled {moment(row.settled_at)}" if row.settled_at else "not settled"
            both = " ".join(f"{said.by.full_name}: {said.words}" for said in found.positions)
            entries.append(Entry(rows=(Row(f"{row.reference}, {row.get_about_display().lower()}, {stand}",
                                           both or "No position is written down."),)))  # fmt: skip
    return entries or [words("No disagreement is recorded.")]


def actions(known: Known) -> list[Entry]:
    entries = [
        Entry(
            rows=(Row(f"{doing.action.reference}, {doing.state.value}",
                      f"{doing.action.what} {doing.action.owner.label}, {spoken_limit(doing.action.due_at)}. "
                      f"Sooner if: {doing.action.contingency}"),),
            origin=f"action:{doing.action.reference}",
        )
        for one in known.sent
        for doing in one.actions
    ]  # fmt: skip
    return entries or [words("No action is recorded.")]
