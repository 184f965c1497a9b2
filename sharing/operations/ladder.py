"""The ladder of a disagreement: who holds the risk, the next stage, immediate danger.

A person does each of these. Nothing opens or closes by itself; lateness is told, and offers the next stage.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from agencies.models import Agency, Membership
from agencies.operations import lead_of
from agencies.refusals import Refused
from audit.models import Event
from notifications.models import Message
from sharing.ladder import Ladder
from sharing.models import (
    DangerCall,
    Disagreement,
    LadderStage,
    RiskHolder,
    Side,
)
from sharing.models.ladder import TOP
from sharing.operations import parties
from sharing.operations.differ import bump, leads_of_both, lock_disagreement, require_actor, tell_all
from sharing.rules import ladder as ladder_rules
from sharing.rules.ladder import COORDINATOR_IS_TOLD_AT


@transaction.atomic
def name_risk_holder(
    disagreement: Disagreement,
    *,
    by: Membership,
    at: datetime,
    meanwhile: str,
    person: Membership | None = None,
    post: str = "",
    agency: Agency | None = None,
    seen_version: int | None = None,
) -> RiskHolder:
    """Say who holds the risk until it is settled: a person or a post of one side, and what they do meanwhile.

    A later answer stands beside the one before. Raises Refused for somebody of neither side.
    """
    ladder = lock_disagreement(disagreement, seen_version=seen_version)
    found = require_actor(ladder, by, at=at, what="say who holds the risk")
    ladder_rules.require_open(ladder)
    held_by = person.agency if person is not None else agency
    if held_by is None or (person is None) == (not post.strip()):
        raise Refused("Choose one person who holds the risk, or name the post and its agency.")
    if held_by.pk not in {ladder.party(side).agency_id for side in Side}:
        raise Refused("Somebody of one of the two agencies holds the risk.")
    if person is not None:
        parties.require_can_answer(person)
    if not meanwhile.strip():
        raise Refused("Say what they do until this is settled.")
    holder = RiskHolder.objects.create(
        stage=ladder.now, agency=held_by, person=person, post=post, meanwhile=meanwhile, by=by, at=at
    )
    bump(ladder.disagreement)
    event = parties.write_down(
        "sharing.disagreement.risk_held",
        by=by,
        at=at,
        about=ladder.disagreement,
        acting_for=found.acting_for,
        stage=ladder.now.number,
        agency=held_by.reference,
    )
    people = [ladder.party(side) for side in Side] + [ladder.now.answers_for(side) for side in Side]
    tell_all(ladder.disagreement, [*people, person], Message.Kind.DISAGREED, by=by, at=at, event=event)
    return holder


# --- Going up ----------------------------------------------------------------------------------


def who_answers(ladder: Ladder, number: int) -> dict[Side, Membership]:
    """Propose who answers for each side at a stage: the party, then their lead, then the lead's lead."""
    answers = {side: ladder.party(side) for side in Side}
    if number == 1:
        return answers
    for side in Side:
        here = ladder.now.answers_for(side) if ladder.now.number > 1 else None
        lead = here or lead_of(answers[side]) or answers[side]
        steps = number - max(ladder.now.number, 2)
        for _ in range(max(steps, 0)):
            above = lead_of(lead)
            lead = above if above is not None and above.pk != answers[side].pk else lead
        answers[side] = lead
    return answers


def who_could_answer(
    ladder: Ladder, number: int, proposed: dict[Side, Membership]
) -> dict[Side, list[Membership]]:
    """List who can answer for each side: leads of its agency; at the last stage also of third agencies.

    Whoever is proposed always can.
    """
    agencies = {side: ladder.party(side).agency_id for side in Side}
    everywhere = Q(agency__partnership_id=ladder.party(Side.SPEAKER).agency.partnership_id)
    leads = Membership.objects.current().with_people().filter(role="lead")
    rows = leads.filter(everywhere if number == TOP else Q(agency__in=agencies.values()))
    rows = rows.order_by("agency__name", "user__full_name")
    found = {}
    for side in Side:
        across = ladder.party(side.other).user_id
        people = {
            row.pk: row
            for row in rows
            if row.user_id != across
            and (row.agency_id == agencies[side] or row.agency_id not in agencies.values())
        }
        people.setdefault(proposed[side].pk, proposed[side])
        found[side] = list(people.values())
    return found


@transaction.atomic
def open_stage(
    disagreement: Disagreement,
    *,
    by: Membership,
    at: datetime,
    number: int,
    for_speaker: Membership | None = None,
    for_listener: Membership | None = None,
    why: str = "",
    seen_version: int | None = None,
) -> LadderStage:
    """Take a disagreement to the next stage. The stage below closes; both sides are told.

    Before the limit of the stage below it needs a reason. At stage 3 the partnership's coordinator is
    told, by reference only. Raises NoRiskHolder until somebody is named who holds the risk, OutOfDate or
    Refused where somebody was quicker, and NobodyToNotify where who answers cannot be told.
    """
    ladder = lock_disagreement(disagreement, seen_version=seen_version)
    found = require_actor(ladder, by, at=at, what="take this further")
    ladder_rules.require_open(ladder)
    ladder_rules.require_next(ladder, number)
    ladder_rules.require_risk_holder(ladder)
    ladder_rules.require_reason(ladder, why, at=at)
    stage = _climb(ladder, number, by=by, at=at, why=why, for_speaker=for_speaker, for_listener=for_listener)
    event = _write_down_stage(ladder, stage, by=by, at=at, acting_for=found.acting_for)
    answers = [stage.for_speaker, stage.for_listener]
    for person in {one.pk: one for one in answers if not one.is_same_person(by)}.values():
        parties.tell(
            person,
            Message.Kind.ESCALATED,
            about=ladder.disagreement,
            sender=by,
            at=at,
            event=event,
            respond_by=stage.due_at,
            escalation=True,
        )
    others = [ladder.party(side) for side in Side if ladder.party(side) not in answers]
    tell_all(ladder.disagreement, others, Message.Kind.ESCALATED, by=by, at=at, event=event)
    _tell_coordinators(ladder, stage, by=by, at=at, event=event)
    return stage


def _climb(
    ladder: Ladder,
    number: int,
    *,
    by: Membership,
    at: datetime,
    why: str = "",
    for_speaker: Membership | None = None,
    for_listener: Membership | None = None,
    danger: DangerCall | None = None,
) -> LadderStage:
    """Close the present stage and open another, with who answers for each side and by when."""
    proposed = who_answers(ladder, number)
    answers = {
        Side.SPEAKER: for_speaker or proposed[Side.SPEAKER],
        Side.LISTENER: for_listener or proposed[Side.LISTENER],
    }
    _require_answerers(ladder, number, answers, proposed)
    below = ladder.now
    below.closed_at, below.closed_by = at, by
    below.save(update_fields=["closed_at", "closed_by"])
    # The side that did not open it is the one that has to answer: its calendar counts.
    mine = ladder.side_of_agency(by)
    receiving = answers[mine.other if mine is not None else Side.LISTENER]
    limit = parties.limit_of(receiving, ladder_rules.limit_key(number), at=at)
    bump(ladder.disagreement)
    return LadderStage.objects.create(
        disagreement=ladder.disagreement,
        number=number,
        opened_by=by,
        opened_at=at,
        why=why,
        danger=danger,
        due_at=limit.at,
        due_why="\n".join(limit.why),
        for_speaker=answers[Side.SPEAKER],
        for_listener=answers[Side.LISTENER],
    )


def _require_answerers(
    ladder: Ladder, number: int, answers: dict[Side, Membership], proposed: dict[Side, Membership]
) -> None:
    """Who answers is somebody who may, for their own side; one person for both only at the last stage."""
    possible = who_could_answer(ladder, number, proposed)
    for side, member in answers.items():
        if member.pk not in {one.pk for one in possible[side]}:
            raise Refused(
                f"{member.full_name} cannot answer for {ladder.party(side).agency.name} at this stage.",
                "Choose somebody who leads there.",
            )
        parties.require_can_answer(member)
    if number < TOP and answers[Side.SPEAKER].is_same_person(answers[Side.LISTENER]):
        raise Refused("One person cannot answer for both sides at this stage. Choose somebody else for one.")


def _write_down_stage(
    ladder: Ladder, stage: LadderStage, *, by: Membership, at: datetime, acting_for: str
) -> Event:
    return parties.write_down(
        "sharing.disagreement.stage_opened",
        by=by,
        at=at,
        about=ladder.disagreement,
        acting_for=acting_for,
        stage=stage.number,
    )


def _tell_coordinators(
    ladder: Ladder, stage: LadderStage, *, by: Membership, at: datetime, event: Event
) -> None:
    """Tell the partnership's office that a disagreement has come to stage 3: its reference, nothing else."""
    reached = [s.number for s in ladder.stages]
    if stage.number < COORDINATOR_IS_TOLD_AT or max(reached) >= COORDINATOR_IS_TOLD_AT:
        return
    office = Membership.objects.current().with_people().filter(role="coordinator")
    for person in office.filter(agency__partnership_id=by.agency.partnership_id):
        parties.tell_if_possible(
            person,
            Message.Kind.ESCALATED,
            about=ladder.disagreement,
            sender=by,
            at=at,
            event=event,
            escalation=True,
            path="/partnership/disagreements/",
        )


# --- Immediate danger --------------------------------------------------------------------------


@transaction.atomic
def record_danger(
    disagreement: Disagreement,
    *,
    by: Membership,
    at: datetime,
    who_was_called: str,
    called_at: datetime,
    what_was_agreed: str,
    number: int | None = None,
) -> DangerCall:
    """Write down who was called because somebody is in immediate danger, when, and what was agreed.

    It goes past the ladder at any time: with `number`, that later stage is opened at once, whoever holds
    the risk and whatever the limits say. Both sides and their leads are told as urgent; nobody's missing
    address stands in the way. `called_at` is UTC and not in the future.
    """
    ladder = lock_disagreement(disagreement)
    found = require_actor(ladder, by, at=at, what="record this")
    ladder_rules.require_open(ladder)
    if not (who_was_called.strip() and what_was_agreed.strip()):
        raise Refused("Say who was called and what was agreed.")
    if called_at > at:
        raise Refused("That time has not come yet. Say when you called.")
    if number is not None and not ladder.now.number < number <= TOP:
        raise Refused("Choose a later stage, or leave it at this one.")
    call = DangerCall.objects.create(
        disagreement=ladder.disagreement,
        who_was_called=who_was_called,
        called_at=called_at,
        what_was_agreed=what_was_agreed,
        by=by,
        at=at,
    )
    stage = ladder.now
    if number is None:
        bump(ladder.disagreement)
    else:
        stage = _climb(ladder, number, by=by, at=at, danger=call)
    event = parties.write_down(
        "sharing.disagreement.danger",
        by=by,
        at=at,
        about=ladder.disagreement,
        acting_for=found.acting_for,
        happened_at=called_at.isoformat(),
        stage=stage.number,
    )
    people = [ladder.party(side) for side in Side] + [stage.answers_for(side) for side in Side]
    tell_all(
        ladder.disagreement,
        [*people, *leads_of_both(ladder)],
        Message.Kind.ESCALATED,
        by=by,
        at=at,
        event=event,
        urgent=True,
    )
    if number is not None:
        _write_down_stage(ladder, stage, by=by, at=at, acting_for=found.acting_for)
        _tell_coordinators(ladder, stage, by=by, at=at, event=event)
    return call
