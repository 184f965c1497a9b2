"""What the page of a disagreement shows to whoever reads it: the ladder, and the one obvious next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agencies.addresses import reverse
from agencies.models import Membership
from agencies.refusals import Refused
from sharing.ladder import STAGES, Ladder, copy_state
from sharing.models import LadderStage, Side
from sharing.models.ladder import TOP
from sharing.operations.differ import Actor, actor
from sharing.rules import ladder as ladder_rules
from sharing.rules import spoken_limit
from sharing.states import TAGS, State
from sharing.told import moment
from sharing.views.next_step import Step

OWN_LINK = "The outcome has a link of its own: open the e-mail that you got about it."


@dataclass(frozen=True)
class Reader:
    """A disagreement and who reads it, at a moment (UTC)."""

    ladder: Ladder
    member: Membership
    actor: Actor | None
    now: datetime

    @property
    def reference(self) -> str:
        return self.ladder.disagreement.reference

    def to(self, page: str) -> str:
        return reverse(page, args=[self.reference])

    def reaches(self, exchange_id: int) -> bool:
        """Say whether an exchange is a page of theirs: somebody who came by a link has one."""
        return not self.member.is_outside or self.member.only_exchange == exchange_id

    @property
    def sees_what_it_is_about(self) -> bool:
        """Whoever answers for both sides at the top may be of neither agency, and does not."""
        exchange = self.ladder.disagreement.exchange_id
        if self.member.is_outside:
            return self.reaches(exchange)
        return self.ladder.side_of_agency(self.member) is not None

    @property
    def may_act(self) -> bool:
        return self.actor is not None and self.ladder.is_open

    @property
    def may_go_up(self) -> bool:
        return self.may_act and self.ladder.now.number < TOP and not self.ladder.is_empty

    @property
    def may_decide(self) -> bool:
        return self.may_act and self.actor is not None and self.actor.decides and not self.ladder.is_empty

    @property
    def may_close(self) -> bool:
        """The same rules as the door's."""
        if not self.may_act or self.actor is None:
            return False
        if self.ladder.is_empty:
            return True
        try:
            ladder_rules.require_understood(self.ladder)
            ladder_rules.require_may_close(self.ladder, self.member, self.actor.side)
        except Refused:
            return False
        return True


def look(ladder: Ladder, member: Membership, *, now: datetime) -> Reader:
    """Say who reads a disagreement."""
    return Reader(ladder, member, actor(ladder, member, at=now), now)


def context(reader: Reader) -> dict[str, Any]:
    """Put a disagreement into the words of its page."""
    ladder = reader.ladder
    row = ladder.disagreement
    state = "Settled" if row.settled_at else f"Stage {ladder.now.number} of {TOP}"
    return {
        "disagreement": row,
        "exchange": row.exchange,
        "heading": f"We do not agree: {row.get_about_display().lower()}",
        "tag": {"text": state, "colour": "green" if row.settled_at else "orange"},
        "step": next_step(reader),
        "more": more(reader),
        "due": due(ladder.now, reader) if ladder.is_open else None,
        "stages": [shown_stage(reader, stage) for stage in ladder.stages],
        "ahead": [] if not ladder.is_open else ahead(ladder),
        "calls": [
            {
                "key": moment(call.called_at),
                "value": f"{call.who_was_called}\nAgreed: {call.what_was_agreed}\n"
                f"Written down by {call.by.full_name}, {moment(call.at)}",
            }
            for call in ladder.calls
        ],
        "settled": settled(ladder),
        "acting_for": reader.actor.acting_for if reader.actor else "",
        "oversees": reader.actor is not None and not reader.actor.decides,
        "looks_only": reader.actor is None,
        "danger_url": reader.to("immediate-danger") if reader.may_act else "",
        "may_see_action": reader.sees_what_it_is_about,
        "back": _back(reader),
    }


def _back(reader: Reader) -> dict[str, str]:
    """Lead back to what it is about; else to its outcome, by the link to that, or to what waits for them."""
    ladder = reader.ladder
    exchange: Any = ladder.disagreement.exchange
    if not reader.sees_what_it_is_about:
        if not reader.member.is_outside:
            return {"href": reverse("home"), "text": "Back to what is waiting for you"}
        exchange = next((copy for copy in ladder.copies if reader.reaches(copy.pk)), exchange)
    return {"href": reverse("exchange", args=[exchange.reference]), "text": "Back to what was said"}


def due(stage: LadderStage, reader: Reader) -> dict[str, Any]:
    return {"text": spoken_limit(stage.due_at), "late": reader.ladder.is_late(reader.now), "at": stage.due_at}


# --- The one next step -------------------------------------------------------------------------


def next_step(reader: Reader) -> Step:
    """Say the one thing to do next, or for whom everybody waits."""
    ladder = reader.ladder
    if not ladder.is_open:
        return Step("This is settled", "It stays on the record as it is.", waits=True)
    if reader.actor is None:
        return Step(_waiting(ladder), waits=True)
    if ladder.is_empty:
        return Step(
            "What this rests on is gone",
            "It was withdrawn, or reached the wrong person. Close this, and say so.",
            href=reader.to("close-disagreement"),
            button="Close it",
        )
    side = reader.actor.side
    if side is not None and not ladder.has_spoken(side):
        return Step(
            "Give your side",
            "Read what the other side thinks. Then say what you think, in your own words.",
            href=reader.to("add-position"),
            button="Give your side",
        )
    if ladder.outcome is not None:
        return _after_the_outcome(reader)
    if ladder.holder is None:
        return Step(
            "Who holds the risk until this is settled?",
            "Nothing goes on until this is answered: one person or post, and what they do meanwhile.",
            href=reader.to("name-risk-holder"),
            button="Say who holds the risk",
        )
    return _before_the_outcome(reader)


def _before_the_outcome(reader: Reader) -> Step:
    """Somebody holds the risk: hear the other side, then decide, or take it further."""
    ladder = reader.ladder
    if ladder.is_late(reader.now) and reader.may_go_up:
        number = ladder.now.number + 1
        return Step(
            "The time limit of this stage has passed",
            f"You can take it to stage {number}: {STAGES[number].lower()}. Nobody else does this for you.",
            href=reader.to("open-next-stage"),
            button=f"Take it to stage {number}",
        )
    silent = [side for side in Side if not ladder.has_spoken(side)]
    if silent and not ladder.is_late(reader.now):
        name = ladder.now.answers_for(silent[0]).full_name
        return Step(f"Waiting for {name} to give the other side", waits=True)
    if reader.may_decide:
        return Step(
            "Talk to each other. Then write what you decided",
            "Each party who did not write it says it back, so that both sides mean the same.",
            href=reader.to("write-outcome"),
            button="Write the outcome",
        )
    return Step(_waiting(ladder), waits=True)


def _after_the_outcome(reader: Reader) -> Step:
    """An outcome is written: it is said back and checked, then closed or taken further."""
    ladder = reader.ladder
    for copy in ladder.not_understood:
        page = reverse("exchange", args=[copy.reference])
        state = copy_state(copy)
        reached = reader.reaches(copy.pk)
        mine = reader.actor.acts_for if reader.actor else frozenset()
        if state == State.RESTATED and copy.speaker_id in mine:
            if not reached:
                return Step("Check what was said back on the outcome", OWN_LINK, waits=True)
            return Step("Check what was said back on the outcome", href=page, button="Check it")
        if state != State.RESTATED and copy.listener_id in mine:
            if not reached:
                return Step("Say back what was decided", OWN_LINK, waits=True)
            return Step(
                "Say back what was decided",
                "Understanding it is not agreeing with it. After that you close this or take it further.",
                href=page,
                button="Open the outcome",
            )
    if reader.may_close:
        return Step(
            "Everybody understands what was decided. Is it settled?",
            "If it is, close it. If it is not, take it further: the outcome stays on the record.",
            href=reader.to("close-disagreement"),
            button="Close it",
        )
    return Step(_waiting(ladder), waits=True)


def _waiting(ladder: Ladder) -> str:
    """Say for whom everybody waits."""
    for copy in ladder.not_understood:
        back = copy_state(copy) == State.RESTATED
        who = copy.speaker if back else copy.listener
        what = "check what was said back on the outcome" if back else "say back what was decided"
        return f"Waiting for {who.full_name} to {what}"
    stage = ladder.now
    if ladder.outcome is not None:
        decided = ladder.side_of_author(ladder.outcome)
        if decided is not None:
            other = stage.answers_for(decided.other).full_name
            return f"Waiting for {other} to close it or take it further"
        return "Waiting for one of the two sides to close it"
    names = dict.fromkeys(stage.answers_for(side).full_name for side in Side)
    return f"Waiting for {' and '.join(names)} to decide"


def more(reader: Reader) -> list[dict[str, str]]:
    """List what else a person can do, in the order of how often it is done."""
    ladder, step = reader.ladder, next_step(reader)
    if not reader.may_act or ladder.is_empty:
        return []
    links: list[tuple[str, str]] = []
    if reader.actor is not None and reader.actor.side is not None:
        links.append(("add-position", "Add what your side thinks"))
    held = "Change who holds the risk" if ladder.holder else "Say who holds the risk"
    links.append(("name-risk-holder", held))
    if reader.may_decide and ladder.holder:
        again = "Write another outcome" if ladder.outcome else "Write the outcome"
        links.append(("write-outcome", again))
    if reader.may_go_up and ladder.holder:
        links.append(("open-next-stage", f"Take it to stage {ladder.now.number + 1}"))
    found = [{"href": reader.to(page), "text": text} for page, text in links]
    return [link for link in found if link["href"] != step.href]


# --- The ladder --------------------------------------------------------------------------------


def shown_stage(reader: Reader, stage: LadderStage) -> dict[str, Any]:
    """One stage: who answers, since when, by when, who holds the risk, what each side thinks, the outcome."""
    ladder = reader.ladder
    row = ladder.disagreement
    names = (row.exchange.speaker.agency.name, row.exchange.listener.agency.name)
    is_now = stage.closed_at is None
    how = f"Opened by {stage.opened_by.full_name}, {moment(stage.opened_at)}"
    if stage.danger:
        how += ", because of immediate danger"
    facts = [
        {"key": f"For {names[0]}", "value": _post(stage.for_speaker, names[0])},
        {"key": f"For {names[1]}", "value": _post(stage.for_listener, names[1])},
        {"key": "Since", "value": how},
    ]
    if stage.why:
        facts.append({"key": "Why it came here", "value": stage.why})
    if is_now:
        limit: dict[str, Any] = {"key": "Time limit", "value": spoken_limit(stage.due_at)[3:]}
        if ladder.is_late(reader.now):
            limit["tag"] = {"text": "Late", "colour": "red"}
        facts.append(limit)
    else:
        facts.append({"key": "Until", "value": moment(stage.closed_at)})
    holders = [h for h in ladder.holders if h.stage_id == stage.pk]
    facts.append({"key": "Who holds the risk", "value": _held(holders, is_now=is_now)})
    return {
        "number": stage.number,
        "name": STAGES[stage.number],
        "is_now": is_now,
        "facts": facts,
        "positions": [
            {
                "who": position.by.label,
                "when": moment(position.at),
                "words": position.words,
                "is_speaker": position.side == Side.SPEAKER,
            }
            for position in ladder.positions
            if position.stage_id == stage.pk
        ],
        "outcomes": [_outcome(ladder, one) for one in ladder.outcomes if one.stage_id == stage.pk],
    }


def _post(member: Membership, agency: str) -> str:
    """Name somebody with their post; with their agency only where it is another than that they answer for."""
    return member.label if member.agency.name != agency else f"{member.full_name}, {member.job_title}"


def _held(holders: list[Any], *, is_now: bool) -> str:
    """Say who holds the risk, or held it; the latest answer first, and an earlier one stays beside it."""
    if not holders:
        return "Nobody is named yet" if is_now else "Nobody was named"
    said = [f"{h.label}\n{h.meanwhile}\nSaid by {h.by.full_name}, {moment(h.at)}" for h in reversed(holders)]
    return "\n\nBefore that: ".join(said)


def _outcome(ladder: Ladder, outcome: Any) -> dict[str, Any]:
    """One outcome, and how far each party has understood it."""
    return {
        "rows": [
            {"key": "What was decided", "value": outcome.what_was_decided},
            {"key": "Why", "value": outcome.why},
            {"key": "Who does what", "value": outcome.who_does_what},
            {"key": "Written by", "value": f"{outcome.by.label}, {moment(outcome.at)}"},
            *(
                {
                    "key": f"Sent to {copy.listener.full_name}",
                    "value": copy.reference,
                    "tag": {
                        "text": copy_state(copy).value.capitalize(),
                        "colour": TAGS[copy_state(copy)],
                    },
                }
                for copy in ladder.copies_of(outcome)
            ),
        ],
    }


def ahead(ladder: Ladder) -> list[dict[str, Any]]:
    """The stages that it has not come to. One that danger went past is not ahead."""
    return [{"number": n, "name": STAGES[n]} for n in range(ladder.now.number + 1, TOP + 1)]


def settled(ladder: Ladder) -> str:
    """Say who closed it and when, and what they added."""
    row = ladder.disagreement
    if row.settled_at is None or row.settled_by is None:
        return ""
    note = f"\n{row.settled_note}" if row.settled_note else ""
    return f"{row.settled_by.label} closed it, {moment(row.settled_at)}.{note}"
