"""What the page of an exchange shows of the answer to it: the decision, the hand-over, and what is late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from agencies.addresses import reverse
from sharing import transferring
from sharing.models import Exchange
from sharing.rules import spoken_limit
from sharing.rules.answers import ASKED
from sharing.states import State
from sharing.told import moment
from sharing.waiting.chasing import Chased

if TYPE_CHECKING:
    from sharing.views.exchange_page import Shown

# Nobody decides on what came to nothing before it was understood.
COME_TO_NOTHING = frozenset({State.NOT_MINE, State.WITHDRAWN, State.SUPERSEDED})


def context(shown: Shown, waiting: Sequence[Chased], *, now: datetime) -> dict[str, Any]:
    """Put the answer into the words of the page."""
    exchange, standing = shown.exchange, shown.standing
    if not standing.content_is_open:
        return dict.fromkeys(("answer", "answers_url", "late_answer", "transfer_panel", "transfer_url"))
    transfer = transferring.seen(exchange.transfer) if exchange.transfer else None
    panel = transferring.panel(transfer, now=now, with_words=standing.reads) if transfer else None
    is_over = exchange.decision is None and shown.state in COME_TO_NOTHING
    is_answer = exchange.kind == Exchange.Kind.DECISION
    return {
        "answer": _decision(shown, waiting, now=now) if exchange.asks_decision and not is_over else None,
        "answers_url": reverse("exchange", args=[exchange.about.reference]) if is_answer else "",
        "late_answer": _late(shown, waiting, transfer, now=now),
        "transfer_panel": panel,
        "transfer_url": reverse("transfer", args=[transfer.reference]) if transfer else "",
    }


def _decision(shown: Shown, waiting: Sequence[Chased], *, now: datetime) -> dict[str, Any]:
    """Say whether the decision that was asked for has come, and what can be done about it."""
    exchange, standing, state = shown.exchange, shown.standing, shown.state

    def to(name: str) -> str:
        return reverse(name, args=[exchange.reference])

    links: list[dict[str, str]] = []
    found = exchange.decision
    if found:
        said = "It is understood." if found["understood_at"] else "It waits to be said back and confirmed."
        at = moment(datetime.fromisoformat(found["sent_at"]))
        links.append(
            {
                "text": f"Open the decision, {found['reference']}",
                "href": reverse("exchange", args=[found["reference"]]),
            }
        )
        if standing.is_listener and state == State.UNDERSTOOD:
            links.append({"text": "The decision has changed", "href": to("decide")})
        return {"text": f"The decision was sent on {at}. {said}", "due": None, "links": links}
    due = next((one for one in waiting if one.key == f"decide:{exchange.pk}"), None)
    if exchange.not_awaited:
        why = exchange.not_awaited
        at = moment(datetime.fromisoformat(why["at"]))
        text = f"{why['by']} goes on without a decision since {at}"
        text += f": {why['why']}" if standing.on_speakers_side else "."
    elif state == State.UNDERSTOOD:
        text = f"A decision was asked for. {exchange.listener.full_name} has not sent it."
    else:
        text = "A decision is asked for, once this is understood."
    if standing.is_listener and state == State.UNDERSTOOD:
        links.append({"text": "Send the decision", "href": to("decide")})
    if standing.on_speakers_side and state in ASKED and not exchange.not_awaited:
        links.append({"text": "Go on without the decision", "href": to("go-on-without")})
    limit = None
    if due is not None:
        limit = {"text": spoken_limit(due.due_at), "late": due.due_at < now, "at": due.due_at}
    return {"text": text, "due": limit, "links": links}


def _late(
    shown: Shown, waiting: Sequence[Chased], transfer: transferring.Seen | None, *, now: datetime
) -> dict[str, str] | None:
    """Offer the speaker to chase and to take further what the other side has not answered by its limit."""
    exchange = shown.exchange
    if not shown.standing.is_speaker or exchange.kind != Exchange.Kind.DISCLOSURE:
        return None
    keys = (f"exchange:{exchange.pk}", f"decide:{exchange.pk}")
    late = [
        one for one in waiting if one.key in keys and one.due_at < now and one.owner.pk != exchange.speaker_id
    ]
    is_late = bool(late)
    if transfer is not None and transfer.state in transferring.WAITING and transfer.answer_due_at:
        is_late = is_late or transfer.answer_due_at < now
    if not is_late:
        return None
    return {
        "text": f"{exchange.listener.full_name} has not answered by the limit.",
        "chase_url": reverse("chase-answer", args=[exchange.reference]),
        "further_url": reverse("take-further", args=[exchange.reference]),
    }
