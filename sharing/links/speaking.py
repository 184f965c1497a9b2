"""What the side with an account sees of a link: where it stands, who has tried it, and what they can do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import Http404

from agencies.access import Reached
from agencies.addresses import reverse
from agencies.http import HatRequest
from agencies.models import Membership, TimeLimit
from agencies.refusals import Refused
from notifications import texts
from sharing import access
from sharing.access import Standing
from sharing.links.facts import Seen, seen
from sharing.links.ways import code_ways, ending
from sharing.models import Exchange, Link, LinkAttempt, Stranger
from sharing.operations import actions
from sharing.querysets import people
from sharing.rules import spoken_limit
from sharing.states import TAGS, State, state_of
from sharing.told import moment
from sharing.waiting.chasing import Chased
from sharing.waiting.limits import limit_of

What = LinkAttempt.What
HISTORY = {
    What.LOOKED: "The link was opened.",
    What.OVER: "The link was tried after it had ended.",
    What.CODE_SENT: "A code was asked for.",
    What.CODE_WRONG: "A wrong code was entered.",
    What.CODE_RIGHT: "The right code was entered, and they came in.",
    What.TOO_MANY: "There were too many tries, so nothing more was let in for an hour.",
    What.NOT_ME: "Somebody said that the link is not theirs.",
}
SCANNED = "A program fetched the link, most likely a mail scanner. Nobody read anything."
OVER = {State.NOT_MINE, State.WITHDRAWN, State.SUPERSEDED}


def is_outside(exchange: Any) -> bool:
    """Say whether somebody in an exchange has no account."""
    return bool(exchange.listener.is_outside or exchange.speaker.is_outside)


def stands(standing: Standing, exchange: Any) -> bool:
    """Say whether somebody is, or stands in for, the side that has an account."""
    return standing.is_listener if exchange.speaker.is_outside else standing.is_speaker


def panel(
    exchange: Any, standing: Standing, *, state: State, chasing: Sequence[Chased], now: datetime
) -> dict[str, Any] | None:
    """Say where the link of an exchange stands, for the side that has an account. At most one statement.

    `chasing` is what waits under the reference of the exchange.
    """
    if not is_outside(exchange) or exchange.sent_at is None:
        return None
    link = seen(exchange)
    if link is None:
        return None
    acts = stands(standing, exchange) and state not in OVER
    is_open = link.works(now=now)
    return {
        "member": link.member,
        "tag": _tag(link, now=now),
        "sentence": _where_it_stands(link, now=now),
        "needed": next((_needed(one, now) for one in chasing if one.key == f"link:{link.pk}"), ""),
        "lines": _what_happened(link),
        "strangers": [
            one
            | {
                "when": moment(datetime.fromisoformat(one["at"])),
                "href": reverse("link-add-stranger", args=[exchange.reference, one["number"]]),
            }
            for one in link.left_word
        ],
        "history": [_line(one) for one in link.tried],
        "asked_at": _asked_at(link, now=now),
        "may_act": acts,
        "may_read_out": acts and is_open and link.code_by == Link.CodeBy.SPEAKER,
        "may_end": acts and is_open,
    }


def _needed(one: Chased, now: datetime) -> str:
    """Say that a new link is needed, and by when."""
    if one.due_at <= now:
        return "Something waits for them, and they cannot come in. Send a new link or reach them another way."
    return (
        "It ends before something that waits for them is done. "
        f"Send a new link {spoken_limit(one.due_at)}, or reach them another way."
    )


def _tag(link: Seen, *, now: datetime) -> dict[str, str]:
    if link.revoked_at:
        return {"text": "Ended", "colour": "grey"}
    if link.locked_at:
        return {"text": "Locked", "colour": "red"}
    if link.ends_at <= now:
        return {"text": "Time up", "colour": "orange"}
    return (
        {"text": "Works", "colour": "green"} if link.sent_last else {"text": "On its way", "colour": "blue"}
    )


def _where_it_stands(link: Seen, *, now: datetime) -> str:
    """Say in one sentence where a link stands."""
    name = link.member.full_name
    if link.revoked_at:
        why = f": {link.revoked_why.rstrip('.')}" if link.revoked_why else ""
        return f"{link.revoked_by} ended the link on {moment(link.revoked_at)}{why}."
    if link.locked_at:
        return (
            f"The link was locked on {moment(link.locked_at)}, because a wrong code was entered five times."
        )
    if link.ends_at <= now:
        return f"The time of the link was up on {moment(link.ends_at)}. {name} cannot come in by it."
    if not link.sent_last:
        return "The link is about to be sent."
    return f"The link was sent on {moment(link.sent_last)} and works until {moment(link.ends_at)}."


def _what_happened(link: Seen) -> list[str]:
    """Say what has been done with a link, the most telling things only."""
    name = link.member.full_name
    tried = list(link.tried)
    opened = [one for one in tried if one["what"] == What.LOOKED and not one["automated"]]
    scanned = [one for one in tried if one["what"] == What.LOOKED and one["automated"]]
    asked = [one for one in tried if one["what"] == What.CODE_SENT]
    lines = []
    if link.visited:
        times = "once" if len(link.visited) == 1 else f"{len(link.visited)} times"
        lines.append(f"{name} has come in {times}, the last time on {moment(link.visited[0])}.")
    elif opened:
        lines.append(f"Somebody opened it, the last time on {_when(opened[0])}, and has not come in yet.")
    elif scanned:
        lines.append(f"A mail scanner fetched it on {_when(scanned[0])}. Nobody has opened it yet.")
    else:
        lines.append("Nobody has opened it yet.")
    if asked and not link.visited:
        lines.append(f"A code was asked for on {_when(asked[0])}.")
    if link.wrong_codes and not link.locked_at:
        wrong = "A wrong code was" if link.wrong_codes == 1 else f"{link.wrong_codes} wrong codes were"
        lines.append(f"{wrong} entered since the last right one. The fifth locks the link.")
    if link.code_by == Link.CodeBy.TEXT and link.number:
        lines.append(f"The code goes by text message to the number that ends in {ending(link.number)}.")
    else:
        lines.append(f"You read the code out: you are told when {name} asks for one.")
    return lines


def _asked_at(link: Seen, *, now: datetime) -> str:
    """Say since when somebody waits to be rung with a code, where that is within the hour."""
    if link.code_by != Link.CodeBy.SPEAKER:
        return ""
    for one in link.tried:
        if one["what"] == What.CODE_RIGHT:
            return ""
        if one["what"] == What.CODE_SENT:
            since = now - datetime.fromisoformat(one["at"])
            return _when(one) if since.total_seconds() < 3600 else ""
    return ""


def _when(one: dict[str, Any]) -> str:
    return moment(datetime.fromisoformat(one["at"]))


def _line(one: dict[str, Any]) -> dict[str, str]:
    words = SCANNED if one["automated"] and one["what"] == What.LOOKED else HISTORY.get(one["what"], "")
    return {"when": _when(one), "words": words or "Something was tried."}


# --- Through the person asking -----------------------------------------------------------------


def get_exchange(request: HatRequest, reference: str) -> tuple[Any, Seen]:
    """Return an exchange with somebody without an account and its link, to who answers for that.

    Raises Http404 for everybody else, as for what does not exist.
    """
    exchange = access.get_exchange(request, reference)
    standing = access.standing(exchange, request.membership)
    link = seen(exchange) if stands(standing, exchange) else None
    if link is None or request.membership.is_outside:
        raise Http404("No such page")
    return exchange, link


def get_stranger(request: HatRequest, reference: str, number: int) -> Stranger:
    """Return somebody who left word that they have the link of an exchange of mine. Raises Http404."""
    _, link = get_exchange(request, reference)
    rows = Stranger.objects.filter(link=link.pk).select_related("link__exchange__cycle__concern")
    found = rows.filter(pk=number).first()
    if found is None:
        raise Http404("No such page")
    return found


def sent_to(member: Membership, *, to: Membership) -> Sequence[dict[str, Any]]:
    """List what passed between somebody without an account and my agency, as far as I may see it."""
    rows = Exchange.objects.visible_to(to).filter(link__member=member).with_people().with_state()
    rows = rows.select_related("link", *people("speaker", "listener")).order_by("-sent_at")
    return [_sent(row) for row in rows[:50]]


def _sent(row: Any) -> dict[str, Any]:
    state = state_of(row, last_outcome=row.last_outcome, is_answered=hasattr(row, "summary_answer"))
    return {
        "title": row.reference,
        "href": reverse("exchange", args=[row.reference]),
        "hint": f"Sent {moment(row.sent_at)}",
        "status": {"text": state.value.capitalize(), "colour": TAGS[state]},
        "works": not row.link.is_over,
    }


# --- What will happen --------------------------------------------------------------------------


def ways(reached: Reached) -> list[tuple[str, str]]:
    """Say how a code can reach somebody now."""
    return code_ways(phone=reached.phone.address if reached.phone else "", by_text=texts.is_set_up())


def plan(reached: Reached, *, by: Membership, now: datetime) -> dict[str, Any]:
    """Say plainly what happens when something is sent to somebody without an account."""
    return {
        "reached": reached,
        "phone_ends": ending(reached.phone.address) if reached.phone else "",
        "by_text": bool(reached.phone) and texts.is_set_up(),
        "works_until": moment(limit_of(by, TimeLimit.Key.LINK, at=now).at),
    }


class EndsBefore(Refused):
    """A link ends before what is proposed falls due. It can be proposed all the same."""


def ends_before(
    exchange: Any, owner: Membership, by_when: str, *, by: Membership, now: datetime
) -> EndsBefore | None:
    """Warn where an action of somebody without an account falls due after their link ends.

    Raises Refused where `by_when` is not understood.
    """
    link = seen(exchange) if owner.is_outside and exchange.sent_at else None
    if link is None:
        return None
    due_at = actions.count_due(by_when, owner, at=now).at
    if due_at <= link.ends_at:
        return None
    if by.is_outside:
        speaker = exchange.listener if exchange.speaker.is_outside else exchange.speaker
        then = f"{speaker.full_name} is asked to send you a new one before it is due"
    else:
        then = "you are asked to send a new one before it is due"
    return EndsBefore(
        f"The link ends on {moment(link.ends_at)}, before this action falls due on {moment(due_at)}.",
        f"Choose an earlier day. Or propose it again as it is: {then}.",
    )
