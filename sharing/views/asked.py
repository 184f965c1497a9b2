"""What whoever came by a link is asked, in three lines; and whether a listener has said anything yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sharing.models import Exchange
from sharing.states import State

if TYPE_CHECKING:
    from sharing.views.exchange_page import Shown

NOT_ANSWERED_YET = frozenset({State.SENT, State.OPENED, State.RECEIVED})


def asked_of_them(shown: Shown) -> list[str]:
    """Say in at most three lines what is asked of somebody by a link and how long it takes. Once only."""
    if not (shown.standing.by_link and shown.standing.is_listener):
        return []
    if shown.state == State.FOR_INFORMATION and shown.exchange.opened_at is None:
        return ["Open it and read it: about five minutes. It is for your information, and nobody waits."]
    if shown.state not in NOT_ANSWERED_YET:
        return []
    speaker = shown.exchange.speaker.full_name
    if shown.exchange.kind == Exchange.Kind.SUMMARY:
        return [
            "Open it, and read the part that you were party to.",
            f"Say whether it is what you recorded, or what is different. {speaker} sees your answer.",
            "It takes about five minutes. What you write is kept as you go, so you can stop and come back.",
        ]
    return [
        "Open it, confirm that it is for you, and read it.",
        f"Say back in your own words what you understood. {speaker} confirms it, or says what was missed.",
        "It takes about ten minutes. What you write is kept as you go, so you can stop and come back.",
    ]


def has_said_something(shown: Shown) -> bool:
    """Say whether the listener has said or agreed anything yet, for a copy of it."""
    return bool(
        shown.rounds
        or shown.agreements
        or shown.state == State.ANSWERED
        or any(not one.listener_is_silent for one in shown.disagreements)
        or any(one.accepted_at and one.owner_id == shown.exchange.listener_id for one in shown.actions)
    )
