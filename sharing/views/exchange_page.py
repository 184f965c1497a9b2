"""What the page of an exchange shows to whoever looks: content, rounds, agreement, and one next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from agencies.access import lead_of
from agencies.addresses import reverse
from agencies.http import HatRequest
from agencies.prepared import Prepared, together
from sharing import access, attached
from sharing.access import Standing
from sharing.guard.kept import LABELS
from sharing.models import (
    Action,
    Agreement,
    Exchange,
    ExchangePerson,
    Item,
    LadderStage,
    Position,
    Round,
    Side,
    Verdict,
)
from sharing.operations.check_back import (
    CAN_AGREE,
    CAN_BE_SENT_BACK,
    CAN_BE_WITHDRAWN,
    MANAGER_AFTER,
    NOT_OVER,
    PHONE_AFTER,
)
from sharing.operations.differ import CAN_DIFFER, NOT_DIFFERED_ON
from sharing.operations.misdirected import CAN_BE_REPORTED
from sharing.operations.spoken import CAN_BE_CALLED, NEVER_BY_TELEPHONE
from sharing.querysets import people
from sharing.rules import spoken_limit
from sharing.states import TAGS, ActionState, State, action_state
from sharing.told import as_told, moment
from sharing.views import answer_page
from sharing.views.asked import asked_of_them, has_said_something
from sharing.views.corrected_items import ITEMS, corrections_shown
from sharing.views.next_step import next_step
from sharing.views.rounds import shown_round
from sharing.waiting.chasing import REMINDERS, Chased, chased_by, turn_of
from sharing.waiting.counted import exchange_counted

# What is said in these is not a matter of agreeing or of who does what.
NOT_AGREED_WITH = (Exchange.Kind.SUMMARY, Exchange.Kind.HANDOVER)
AGREEMENT_COLOURS = {"AGREE": "green", "PARTLY": "orange", "DISAGREE": "red"}
HEADINGS = {
    Exchange.Kind.ANSWER: ("Answer from {}", "Your answer to {}"),
    Exchange.Kind.ADVICE: ("Advice from {}", "Your advice to {}"),
    Exchange.Kind.DISCLOSURE: ("Information from {}", "What you told {}"),
    Exchange.Kind.SUMMARY: ("Summary from {}", "Summary sent to {}"),
    Exchange.Kind.HANDOVER: ("Hand-over from {}", "Hand-over to {}"),
    Exchange.Kind.OUTCOME: ("Outcome from {}", "Outcome sent to {}"),
    Exchange.Kind.MEETING: ("Your part of the minutes, from {}", "Part of the minutes sent to {}"),
    Exchange.Kind.CORRECTION: ("Correction from {}", "Correction sent to {}"),
    Exchange.Kind.DECISION: ("Decision from {}", "Your decision to {}"),
}


@dataclass(frozen=True)
class Shown:
    """Everything that was read for the page, once."""

    exchange: Any
    state: State
    standing: Standing
    items: Sequence[Item]
    people: Sequence[Any]
    rounds: Sequence[Any]
    agreements: Sequence[Any]
    disagreements: Sequence[Any]
    actions: Sequence[Any]
    me: Any
    waiting: Sequence[Chased] = ()

    @property
    def corrections(self) -> int:
        return sum(r.outcome == Round.Outcome.CORRECTED for r in self.rounds)


def look(request: HatRequest, exchange: Any, *, only_words: bool = False) -> Shown:
    """Read what this person may read of an exchange. Where the content is closed, it is not even read.

    With `only_words`, what was said and said back, and nothing of what came of it.
    """
    standing = access.standing(exchange, request.membership)
    its, reads = {"exchange": exchange.pk}, standing.reads
    reads_more, is_open = reads and not only_words, standing.content_is_open and not only_words
    items, people, rounds, agreements, actions, reminders = together(
        ITEMS.asking(**its) if reads else None,
        PEOPLE.asking(**its) if reads else None,
        ROUNDS.asking(**its) if reads else None,
        AGREEMENTS.asking(**its) if reads_more else None,
        ACTIONS.asking(**its) if reads_more else None,
        None if only_words else REMINDERS.asking(reference=exchange.reference),
    )
    return Shown(
        exchange=exchange,
        state=access.state(exchange),
        standing=standing,
        items=items,
        people=people,
        rounds=rounds,
        agreements=agreements,
        disagreements=disagreements_of(exchange) if is_open and exchange.differs else [],
        actions=actions,
        me=request.membership.pk,
        waiting=chased_by(reminders),
    )


def may_be_differed_on(exchange: Any) -> bool:
    """What was told or advised can be differed on; a summary is corrected, an outcome taken further."""
    return exchange.kind not in NOT_DIFFERED_ON and not exchange.for_information


def disagreements_of(exchange: Any) -> list[Any]:
    """Read what the two sides do not agree about, with the stage each is at, in one statement."""
    stages = LadderStage.objects.filter(disagreement=OuterRef("pk")).order_by("-number")
    silent = ~Exists(Position.objects.filter(stage__disagreement=OuterRef("pk"), side=Side.SPEAKER))
    unheard = ~Exists(Position.objects.filter(stage__disagreement=OuterRef("pk"), side=Side.LISTENER))
    return list(
        exchange.disagreements.annotate(
            at_stage=Subquery(stages.values("number")[:1]),
            due_at=Subquery(stages.values("due_at")[:1]),
            speaker_is_silent=silent,
            listener_is_silent=unheard,
        )
    )


def actions_of(exchange: Any) -> list[Any]:
    """Read the actions that rest on an exchange, with their people and state, in one statement."""
    return ACTIONS.all(exchange=exchange.pk)


def _actions(*, exchange: int) -> QuerySet[Any]:
    return (
        Action.objects.filter(exchange=exchange).select_related(*people("owner", "other_side")).with_state()
    )


def _rounds(*, exchange: int) -> QuerySet[Any]:
    """Every restatement, newest first, each with its verdicts, in one statement."""
    verdicts = (
        Verdict.objects.filter(round=OuterRef("pk"))
        .order_by("item__number")
        .values(json=JSONObject(number="item__number", text="item__text", answer="answer", note="note"))
    )
    return (
        Round.objects.filter(exchange=exchange)
        .select_related(
            *("restated_by__user", "checked_by__user", "typed_by__user"),
            *("call__spoken_with__user", "call__answer__by__user"),
        )
        .annotate(said_of_items=ArraySubquery(verdicts))
        .order_by("-number")
    )


AGREEMENTS = Prepared(
    lambda *, exchange: Agreement.objects.filter(exchange=exchange).select_related("by__user")
)
PEOPLE = Prepared(lambda *, exchange: ExchangePerson.objects.filter(exchange=exchange))
ROUNDS, ACTIONS = Prepared(_rounds), Prepared(_actions)


def context(shown: Shown, *, now: datetime) -> dict[str, Any]:
    """Put what was read into the words of the page."""
    exchange, state, standing = shown.exchange, shown.state, shown.standing
    kind = Exchange.Kind(exchange.kind)
    other = exchange.said_to if standing.on_speakers_side else exchange.said_by
    heading = HEADINGS[kind][1 if standing.on_speakers_side else 0].format(other.full_name)
    waiting = list(shown.waiting)
    incident = getattr(exchange, "incident", None)
    turn = turn_of(exchange, waiting)
    if standing.on_speakers_side and (not standing.is_speaker or exchange.first_speaker_id):
        heading = f"What {exchange.said_by.full_name} told {exchange.said_to.full_name}"
    return {
        "exchange": exchange,
        "standing": standing,
        "heading": heading,
        "tag": {"text": state.value.capitalize(), "colour": TAGS[state]},
        "urgent": exchange.urgency == "URGENT" and state in NOT_OVER | {State.PREPARED},
        "step": next_step(shown),
        "asked_of_them": asked_of_them(shown),
        "due": {"text": spoken_limit(turn.due_at), "late": turn.due_at < now, "at": turn.due_at}
        if turn
        else None,
        "counted": exchange_counted(exchange, turn, is_spoken=state == State.SPOKEN) if turn else None,
        "chasing": [] if standing.by_link else waiting,
        "told": told(shown),
        "attachments": attachments_of(shown),
        "rounds": [shown_round(shown.exchange, shown.items, one) for one in shown.rounds],
        "call": phone_call(shown),
        "may_log_call": may_be_called(exchange, standing),
        "is_spoken": state == State.SPOKEN,
        "agreements": _agreements(shown),
        "may_agree": standing.is_listener
        and state in CAN_AGREE
        and may_be_differed_on(exchange)
        and kind != Exchange.Kind.CORRECTION,
        **corrections_shown(exchange, shown.items, standing, may_propose=state in CAN_AGREE),
        "disagreements": [disagreement_line(one, now) for one in shown.disagreements],
        "may_differ": may_differ(shown),
        **answer_page.context(shown, waiting, now=now),
        "part_of": exchange.outcome.stage.disagreement if kind == Exchange.Kind.OUTCOME else None,
        "may_see_meeting": not standing.by_link and (standing.on_speakers_side or not exchange.not_mine_at),
        "actions": [action_line(one) for one in shown.actions],
        "may_propose": standing.is_party
        and state in NOT_OVER | {State.UNDERSTOOD}
        and standing.reads
        and kind not in NOT_AGREED_WITH,
        "may_send_back": standing.is_listener and state in CAN_BE_SENT_BACK,
        "may_withdraw": standing.is_speaker and state in CAN_BE_WITHDRAWN and not standing.by_link,
        "may_report_misdirected": standing.is_speaker
        and state in CAN_BE_REPORTED
        and not (incident or standing.by_link),
        "breach_url": _breach_url(shown),
        "may_say_about_whom": _may_say_about_whom(shown),
        "may_take_copy": standing.is_listener and standing.reads and has_said_something(shown),
        "times": _times(shown),
        "all_the_same": [_sent_all_the_same(one) for one in exchange.all_the_same],
        "back": _back(shown),
    }


def told_of(shown: Shown) -> dict[str, Any]:
    """What the listener reads; what was corrected since stands struck through beside what it is now."""
    side, links = shown.standing.on_speakers_side, not shown.standing.by_link
    return as_told(shown.exchange, people=shown.people, items=shown.items, on_speakers_side=side, links=links)


def told(shown: Shown) -> Any:
    """What was said, as its listener is told it; None for whoever may not read it."""
    return told_of(shown) if shown.standing.reads else None


def attachments_of(shown: Shown) -> list[dict[str, Any]]:
    """The documents that came with it, for whoever may read it."""
    if not shown.standing.reads:
        return []
    me, side = shown.me, shown.standing.on_speakers_side
    return attached.attachments(shown.exchange, on_speakers_side=side, me=me)


def may_be_called(exchange: Any, standing: Standing) -> bool:
    """Say whether somebody can log a call about an exchange now."""
    state = access.state(exchange)
    is_said_back = exchange.kind not in NEVER_BY_TELEPHONE and not exchange.for_information
    return standing.is_speaker and is_said_back and state in CAN_BE_CALLED


def _breach_url(shown: Shown) -> str:
    """Lead those who decide on a breach to its entry in the register; nobody else."""
    breach = getattr(shown.exchange, "breach", None)
    is_theirs = shown.standing.on_speakers_side and shown.standing.oversees
    return reverse("breach", args=[breach.number]) if breach is not None and is_theirs else ""


def _may_say_about_whom(shown: Shown) -> bool:
    """The agency that was told can say whom in its own records it is about, once it was received."""
    exchange, standing = shown.exchange, shown.standing
    is_told = not standing.on_speakers_side and standing.reads and not standing.by_link
    of_theirs = exchange.cycle.concern.agency_id != exchange.listener.agency_id
    return is_told and of_theirs and exchange.received_at is not None


def _back(shown: Shown) -> dict[str, str]:
    """Lead the agency whose concern it is back to the concern, and everybody else home.

    Somebody who came by a link has no other page.
    """
    if shown.standing.by_link:
        return {}
    concern = shown.exchange.cycle.concern
    mine = shown.exchange.speaker if shown.standing.on_speakers_side else shown.exchange.listener
    if mine.agency_id == concern.agency_id:
        return {"href": reverse("concern", args=[concern.reference]), "text": "Back to the concern"}
    return {"href": reverse("home"), "text": "Back to what is waiting for you"}


# --- The call, agreement, actions, times ---------------------------------------------------------


def phone_call(shown: Shown) -> dict[str, Any] | None:
    """Offer a phone call after the second correction; after the third, say whether a manager was told."""
    exchange = shown.exchange
    if shown.corrections < PHONE_AFTER or shown.state not in NOT_OVER or not shown.standing.is_party:
        return None
    call_listener = shown.standing.is_speaker
    person = exchange.listener if call_listener else exchange.speaker
    manager = None
    if shown.corrections >= MANAGER_AFTER:
        lead = lead_of(exchange.speaker)
        speaker = exchange.speaker.full_name
        manager = (
            f"{lead.full_name}, who manages {speaker}, has been told."
            if lead
            else f"No manager of {speaker} is listed, so nobody else has been told. Tell yours."
        )
    return {
        "times": shown.corrections,
        "name": person.full_name,
        "number": exchange.listeners_phone if call_listener else exchange.speakers_phone,
        "manager": manager,
        "log_url": reverse("log-call", args=[exchange.reference])
        if may_be_called(exchange, shown.standing)
        else "",
    }


def _agreements(shown: Shown) -> list[dict[str, Any]]:
    """The latest answer on the risk and on the action."""
    latest = {a.about: a for a in shown.agreements}
    return [
        {
            "key": a.get_about_display(),
            "value": f"{a.why}\n{a.by.full_name}, {moment(a.at)}".strip(),
            "tag": {"text": a.get_answer_display(), "colour": AGREEMENT_COLOURS[a.answer]},
        }
        for a in latest.values()
    ]


def may_differ(shown: Shown) -> bool:
    """Either side can say, once it is theirs, that they do not agree about something."""
    allowed = CAN_DIFFER if shown.standing.is_speaker else CAN_AGREE
    return shown.standing.is_party and shown.state in allowed and may_be_differed_on(shown.exchange)


def disagreement_line(one: Any, now: datetime) -> dict[str, Any]:
    """One disagreement as a line of parts/task_list.html."""
    limit = spoken_limit(one.due_at)
    late = "Late: " if one.due_at <= now else ""
    return {
        "title": one.get_about_display(),
        "href": reverse("disagreement", args=[one.reference]),
        "hint": one.reference if one.settled_at else f"{one.reference}. {late}{limit}",
        "status": {"text": "Settled", "colour": ""}
        if one.settled_at
        else {"text": f"Stage {one.at_stage}", "colour": "orange"},
    }


def action_line(action: Any) -> dict[str, Any]:
    """One action as a line of parts/task_list.html."""
    state = action_state(action, last_outcome=action.last_outcome)
    return {
        "title": action.what,
        "href": reverse("action", args=[action.reference]),
        "hint": f"{action.owner.full_name}, {spoken_limit(action.due_at)}",
        "status": {"text": state.value.capitalize(), "colour": "" if state == ActionState.DONE else "blue"},
    }


def _times(shown: Shown) -> list[dict[str, Any]]:
    """When each thing happened to it."""
    exchange = shown.exchange
    called = {one.call.called_at for one in shown.rounds if one.typed_by_id}
    by_telephone = exchange.received_at in called
    rows = [
        ("Told by telephone", exchange.received_at if by_telephone else None),
        ("Sent", exchange.sent_at),
        ("Opened", None if exchange.opened_at in called else exchange.opened_at),
        ("Receipt confirmed", None if by_telephone else exchange.received_at),
        ("Understood", exchange.understood_at),
        ("Sent back as not for them", exchange.not_mine_at),
        ("Withdrawn", exchange.withdrawn_at),
    ]
    return [{"key": key, "value": moment(at)} for key, at in rows if at]


def _sent_all_the_same(one: dict[str, Any]) -> dict[str, str]:
    """One decision to send something although it holds a protected detail: a row of its own agency's page."""
    found = "; ".join(f"{LABELS[each['kind']].lower()} ({each['where']})" for each in one["found"])
    decided = moment(datetime.fromisoformat(one["at"]))
    return {"key": f"{one['name']}, {decided}", "value": f"Sent with {found}.\n{one['why']}"}


def restate_context(shown: Shown) -> dict[str, Any]:
    """The original beside the prompts, and what was said to the last attempt."""
    return {
        "exchange": shown.exchange,
        "standing": shown.standing,
        "told": told(shown),
        "attachments": attachments_of(shown),
        "last": shown_round(shown.exchange, shown.items, shown.rounds[0]) if shown.rounds else None,
        "call": phone_call(shown),
        "back": reverse("exchange", args=[shown.exchange.reference]),
    }


def check_context(shown: Shown) -> dict[str, Any]:
    """What was said and how it was said back, newest first."""
    return {
        "exchange": shown.exchange,
        "standing": shown.standing,
        "rounds": [shown_round(shown.exchange, shown.items, one) for one in shown.rounds],
        "attachments": attachments_of(shown),
        "call": phone_call(shown),
        "back": reverse("exchange", args=[shown.exchange.reference]),
    }
