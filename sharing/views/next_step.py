"""The one next step on the page of an exchange, by state and by who looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agencies.addresses import reverse
from sharing.models import Exchange
from sharing.states import ActionState, State, action_state
from sharing.told import moment
from sharing.waiting.waits import AGREED_WITH

if TYPE_CHECKING:
    from sharing.views.exchange_page import Shown


@dataclass(frozen=True)
class Step:
    """The one next step. With `href` it is a link; with `form` ("open" or "receive") a button that posts."""

    title: str
    text: str = ""
    href: str = ""
    button: str = ""
    form: str = ""
    waits: bool = False


def next_step(shown: Shown) -> Step:
    """Say the one thing to do next, or for whom everybody waits."""
    exchange, state, standing = shown.exchange, shown.state, shown.standing
    incident = getattr(exchange, "incident", None) if standing.on_speakers_side else None
    if incident is not None and incident.handled_at is None and not standing.by_link:
        return _of_incident(exchange, state)
    ended = _ended(shown)
    if ended is not None:
        return ended
    if state in (State.UNDERSTOOD, State.ANSWERED):
        return _after_understanding(shown)
    if standing.is_listener and state in LISTENER_STEPS:
        return _listeners(exchange, state, by_link=standing.by_link)
    if standing.is_speaker and state == State.RESTATED:
        return Step(
            "Check what was said back",
            "Read it beside what you said. Then confirm it, or say what was missed.",
            href=_to("check", exchange),
            button="Check it",
        )
    return Step(_waiting(exchange, state), waits=True)


LISTENER_STEPS = frozenset({State.SENT, State.OPENED, State.RECEIVED, State.SPOKEN, State.CORRECTED})


def _to(page: str, exchange: Any) -> str:
    return reverse(page, args=[exchange.reference])


def _listeners(exchange: Any, state: State, *, by_link: bool) -> Step:
    if state == State.SENT:
        alone = "It is for you alone." if by_link else "It is for you alone, or for your deputy."
        return Step(
            "Open what you were sent",
            f"{alone} The sender sees that you opened it.",
            form="open",
        )
    if exchange.kind == Exchange.Kind.SUMMARY:
        return Step(
            "Is this what you recorded?",
            "Read the summary. Then say that it matches your record, or what is different in it.",
            href=_to("answer-summary", exchange),
            button="Answer",
        )
    if state == State.OPENED:
        return Step(
            "Confirm that this reached the right person",
            "Confirming receipt says that it is yours to answer. It does not say that you agree.",
            form="receive",
        )
    if state == State.SPOKEN:
        return Step(
            "Is this what you said on the telephone?",
            "Somebody typed it for you after a call. It settles nothing until you have confirmed it here.",
            href=_to("confirm-call", exchange),
            button="Read it and answer",
        )
    if state == State.CORRECTED:
        return Step(
            "Say it again",
            "Something was missing or different. The note below says what to look at.",
            href=_to("restate", exchange),
            button="Say it again",
        )
    return Step(
        "Say back what you understood",
        "In your own words, so that the sender can tell whether you understood what they meant.",
        href=_to("restate", exchange),
        button="Say it back",
    )


def _waiting(exchange: Any, state: State) -> str:
    listener, speaker = exchange.listener.full_name, exchange.speaker.full_name
    if exchange.kind == Exchange.Kind.SUMMARY:
        return f"Waiting for {listener} to say whether the summary is what they recorded"
    return {
        State.SENT: f"Waiting for {listener} to open it",
        State.OPENED: f"Waiting for {listener} to confirm receipt",
        State.RECEIVED: f"Waiting for {listener} to say it back",
        State.SPOKEN: f"Waiting for {listener} to confirm in writing what they said on the telephone",
        State.CORRECTED: f"Waiting for {listener} to say it again",
        State.RESTATED: f"Waiting for {speaker} to check what was said back",
        State.PREPARED: f"{speaker} has not sent it yet",
    }[state]


def _ended(shown: Shown) -> Step | None:
    """Say what became of it where nothing more is expected of the check-back itself."""
    exchange, state, standing = shown.exchange, shown.state, shown.standing
    if state == State.PREPARED and standing.is_speaker:
        return Step("It is not sent yet", href=_to("prepare", exchange), button="Go on with it")
    if state == State.FOR_INFORMATION:
        if standing.is_listener and exchange.opened_at is None:
            return Step(
                "Open what you were sent",
                "It is for your information. Nobody is waiting for an answer.",
                form="open",
            )
        return Step("This is for information. No answer is expected.", waits=True)
    if state == State.WITHDRAWN:
        title = f"This was withdrawn on {moment(exchange.withdrawn_at)}"
        if not standing.is_speaker or standing.by_link:
            return Step(title, waits=True)
        return Step(
            title,
            "Nobody waits for an answer to it any more. Tell somebody else, if somebody still needs to know.",
            href=reverse("concern", args=[exchange.cycle.concern.reference]),
            button="Go to the concern",
        )
    if state == State.SUPERSEDED:
        return _overtaken(exchange, by_link=standing.by_link)
    if state != State.NOT_MINE:
        return None
    if not standing.on_speakers_side or standing.by_link:
        return Step("This was sent back as not for its recipient", waits=True)
    return Step("It reached the wrong person, and what was done is recorded", waits=True)


def _overtaken(exchange: Any, *, by_link: bool) -> Step:
    """Lead on to what has taken its place. Somebody by a link has a link to that of its own."""
    if exchange.kind == Exchange.Kind.OUTCOME:
        return Step(
            "A later outcome has taken the place of this one",
            href=reverse("disagreement", args=[exchange.outcome.stage.disagreement.reference]),
            button="Go to the disagreement",
        )
    if by_link:
        return Step(
            "A later version has taken the place of this one",
            "It has a link of its own: open the last e-mail that you got about it.",
            waits=True,
        )
    return Step(
        "A later version has taken the place of this one",
        href=_to("exchange", exchange.superseded_by),
        button="Go to the later version",
    )


def _of_incident(exchange: Any, state: State) -> Step:
    """It reached the wrong person, as they said or as whoever sent it found: what was done about it?"""
    said = f"{exchange.listener.full_name} says that this is not for them"
    can_read = "They can still read it." if state == State.UNDERSTOOD else "They can no longer read it."
    return Step(
        said if state == State.NOT_MINE else "It went to the wrong person",
        f"{can_read} Say what was done about it, then tell the right person.",
        href=_to("incident", exchange),
        button="Record what was done",
    )


def _after_understanding(shown: Shown) -> Step:
    """It is understood: do they agree, and who does what by when?"""
    exchange, standing = shown.exchange, shown.standing
    if shown.state == State.ANSWERED:
        return Step(f"The answer: {exchange.summary_answer.get_answer_display().lower()}", waits=True)
    if exchange.kind == Exchange.Kind.HANDOVER:
        return Step("It is understood, and has been taken over", waits=True)
    if exchange.kind == Exchange.Kind.CORRECTION:
        return Step("The correction is understood", waits=True)
    if exchange.kind == Exchange.Kind.OUTCOME:
        return Step(
            "The outcome is understood. Is the disagreement settled?",
            "Whoever was told closes it, or takes it further.",
            href=reverse("disagreement", args=[exchange.outcome.stage.disagreement.reference]),
            button="Go to the disagreement",
        )
    if standing.is_listener and exchange.asks_decision and not exchange.decision:
        return Step(
            "It is understood. What do you decide?",
            "You were asked for a decision. Whoever told you says it back.",
            href=_to("decide", exchange),
            button="Send the decision",
        )
    if standing.is_listener and not shown.agreements:
        return Step(
            "It is understood. Do you agree?",
            "Understanding is not agreeing. Say whether you agree on the risk and on what should be done.",
            href=_to("agreement", exchange),
            button="Say whether you agree",
        )
    unsettled = [d for d in shown.disagreements if d.settled_at is None]
    silent = "speaker_is_silent" if standing.is_speaker else "listener_is_silent"
    waiting = next((d for d in unsettled if standing.is_party and getattr(d, silent)), None)
    if waiting is not None:
        other = exchange.listener if standing.is_speaker else exchange.speaker
        return Step(
            f"{other.full_name} does not agree",
            "Read what they think, and give your side.",
            href=reverse("disagreement", args=[waiting.reference]),
            button="Give your side",
        )
    if standing.is_party and exchange.kind in AGREED_WITH:
        return _actions_step(shown)
    return Step("It is understood", waits=True)


def _actions_step(shown: Shown) -> Step:
    exchange, standing = shown.exchange, shown.standing
    mine = {exchange.speaker_id} if standing.is_speaker else set()
    mine |= {exchange.listener_id} if standing.is_listener else set()
    for action in shown.actions:
        state = action_state(action, last_outcome=action.last_outcome)
        if state == ActionState.PROPOSED and action.owner_id in mine:
            return Step(
                "An action waits for you to take it on or decline it",
                href=reverse("action", args=[action.reference]),
                button=f"Answer {action.reference}",
            )
    if shown.actions:
        return Step("It is understood. The actions are listed below.", waits=True)
    return Step(
        "It is understood. Who does what by when?",
        "Propose the first action. Its owner takes it on or declines it.",
        href=_to("propose-action", exchange),
        button="Propose an action",
    )
