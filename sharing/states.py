"""What state an exchange or an enquiry is in, and whose turn it is. Read from facts, never stored."""

from __future__ import annotations

from enum import StrEnum

from sharing.models import Action, ActionReport, Enquiry, Exchange, Round


class State(StrEnum):
    """Where a check-back stands."""

    PREPARED = "prepared"
    SENT = "sent"
    OPENED = "opened"
    RECEIVED = "received"
    SPOKEN = "said back by telephone"
    RESTATED = "said back"
    CORRECTED = "to be said again"
    UNDERSTOOD = "understood"
    ANSWERED = "answered"
    FOR_INFORMATION = "for information"
    NOT_MINE = "wrong person"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "overtaken"


class Turn(StrEnum):
    """Whom everybody is waiting for."""

    SPEAKER = "speaker"
    LISTENER = "listener"
    NOBODY = "nobody"


# Every state has its turn: a new state without one is a KeyError in the first test.
WAITING_ON: dict[State, Turn] = {
    State.PREPARED: Turn.SPEAKER,
    State.SENT: Turn.LISTENER,
    State.OPENED: Turn.LISTENER,
    State.RECEIVED: Turn.LISTENER,
    State.SPOKEN: Turn.LISTENER,
    State.RESTATED: Turn.SPEAKER,
    State.CORRECTED: Turn.LISTENER,
    State.UNDERSTOOD: Turn.NOBODY,
    State.ANSWERED: Turn.NOBODY,
    State.FOR_INFORMATION: Turn.NOBODY,
    State.NOT_MINE: Turn.NOBODY,
    State.WITHDRAWN: Turn.NOBODY,
    State.SUPERSEDED: Turn.NOBODY,
}

# The tag colour of each state (GOV.UK tag classes), so that no template chooses one.
TAGS: dict[State, str] = {
    State.PREPARED: "grey",
    State.SENT: "blue",
    State.OPENED: "blue",
    State.RECEIVED: "teal",
    State.SPOKEN: "yellow",
    State.RESTATED: "purple",
    State.CORRECTED: "orange",
    State.UNDERSTOOD: "green",
    State.ANSWERED: "green",
    State.FOR_INFORMATION: "grey",
    State.NOT_MINE: "red",
    State.WITHDRAWN: "red",
    State.SUPERSEDED: "grey",
}


# What was typed for somebody after a call waits for them; any other round waits for, or had, its check.
STATE_OF_A_ROUND = {Round.Outcome.OPEN.value: State.RESTATED, Round.Outcome.SPOKEN.value: State.SPOKEN}


def state_of(exchange: Exchange, *, last_outcome: str | None, is_answered: bool = False) -> State:
    """Read the state of an exchange from its timestamps and its last round.

    `last_outcome` is None where nothing has been said back, empty while a restatement waits to be
    checked, SPOKEN while one that was typed after a call waits to be confirmed in writing. `is_answered`
    is for summaries.
    """
    ended = (
        (exchange.not_mine_at, State.NOT_MINE),
        (exchange.withdrawn_at, State.WITHDRAWN),
        (exchange.superseded_by_id, State.SUPERSEDED),
        (exchange.understood_at, State.UNDERSTOOD),
        (is_answered, State.ANSWERED),
    )
    for fact, state in ended:
        if fact:
            return state
    if exchange.sent_at is None:
        return State.PREPARED
    if exchange.for_information:
        return State.FOR_INFORMATION
    if last_outcome is not None:
        return STATE_OF_A_ROUND.get(last_outcome, State.CORRECTED)
    if exchange.received_at:
        return State.RECEIVED
    return State.OPENED if exchange.opened_at else State.SENT


def turn_of(state: State) -> Turn:
    """Say whose turn it is in a state."""
    return WAITING_ON[state]


class EnquiryState(StrEnum):
    """Where a question stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    EXPLAINED = "not answered, explained"


ENQUIRY_TAGS: dict[EnquiryState, str] = {
    EnquiryState.ASKED: "blue",
    EnquiryState.ANSWERED: "green",
    EnquiryState.EXPLAINED: "grey",
}


def enquiry_state(enquiry: Enquiry) -> EnquiryState:
    """Read the state of an enquiry from its timestamps."""
    if enquiry.answered_at:
        return EnquiryState.ANSWERED
    return EnquiryState.EXPLAINED if enquiry.explained_at else EnquiryState.ASKED


class ActionState(StrEnum):
    """Where an action stands."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    REPORTED = "reported done"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


ACTION_TAGS: dict[ActionState, str] = {
    ActionState.PROPOSED: "blue",
    ActionState.AGREED: "teal",
    ActionState.REPORTED: "purple",
    ActionState.DONE: "green",
    ActionState.DECLINED: "red",
    ActionState.WITHDRAWN: "grey",
}


def action_state(action: Action, *, last_outcome: str | None) -> ActionState:
    """Read the state of an action from its timestamps and its last report's outcome (None: no report)."""
    if action.withdrawn_at:
        return ActionState.WITHDRAWN
    if action.declined_at:
        return ActionState.DECLINED
    if action.checked_at:
        return ActionState.DONE
    if last_outcome == ActionReport.Outcome.OPEN:
        return ActionState.REPORTED
    return ActionState.AGREED if action.accepted_at else ActionState.PROPOSED
