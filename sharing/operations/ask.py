"""Ask: who else is involved, questions and requests for advice, their answers, and assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from agencies.access import checked_contact_point
from agencies.models import Membership, TimeLimit
from agencies.refusals import Refused
from notifications.models import Message
from sharing import rules
from sharing.guard import texts
from sharing.models import Assumption, Cycle, Enquiry, Exchange, Involvement, Item, Stage
from sharing.operations import guarding, parties
from sharing.operations.cycle import require_current, require_own_concern
from sharing.operations.saying import say


@dataclass(frozen=True)
class Said:
    """One thing said in an answer: its kind (Statement.Kind), the words, source and time."""

    kind: str
    text: str
    source: str = ""
    happened_at: datetime | None = None
    happened_note: str = ""
    is_key: bool = True
    is_verbatim: bool = False


@transaction.atomic
def list_involvement(
    cycle: Cycle,
    *,
    by: Membership,
    at: datetime,
    member: Membership | None = None,
    name: str = "",
    agency_name: str = "",
    role: str = "",
    how_to_reach: str = "",
) -> Involvement:
    """List somebody who works with the person: from the directory (`member`) or written by hand."""
    cycle = parties.lock_cycle(cycle)
    require_own_concern(by, cycle.concern)
    require_current(cycle)
    if member is not None:
        if cycle.involvements.filter(member=member).exists():
            raise rules.AlreadyDone(f"{member.full_name} is on the list already.")
        name, agency_name, role = member.full_name, member.agency.name, member.job_title
    if not (name.strip() and agency_name.strip() and role.strip()):
        raise Refused("Give a name or post, the agency, and what they do for the person.")
    involvement = Involvement.objects.create(
        cycle=cycle,
        member=member,
        name=name,
        agency_name=agency_name,
        role=role,
        how_to_reach=how_to_reach,
        added_by=by,
        added_at=at,
    )
    parties.write_down_concern("sharing.involvement.listed", cycle=cycle, by=by, at=at)
    return involvement


@transaction.atomic
def ask(
    cycle: Cycle,
    *,
    of: Membership,
    by: Membership,
    at: datetime,
    told: str,
    question: str,
    kind: str = Enquiry.Kind.ENQUIRY,
) -> Enquiry:
    """Send one person a question, or a request for advice, with what they need to be told to answer.

    Raises Refused where they have no checked contact point, or nothing is asked.
    """
    cycle = parties.lock_cycle(cycle)
    require_own_concern(by, cycle.concern)
    require_current(cycle)
    if of.is_same_person(by):
        raise Refused("Choose somebody else: you cannot ask yourself.")
    parties.require_can_answer(of)
    if not (told.strip() and question.strip()):
        raise Refused("Write what they need to know to answer, and what you are asking.")
    point = checked_contact_point(of)
    if point is None:
        raise Refused(
            f"{of.full_name} has no checked contact point, so nothing can be sent.",
            "Ask their agency's administrator to check it, or choose somebody else.",
        )
    enquiry = Enquiry.objects.create(
        reference=parties.next_reference(cycle.concern, "Q"),
        cycle=cycle,
        kind=kind,
        asked_by=by,
        asked_of=of,
        contact_point=point,
        told=told,
        question=question,
        asked_at=at,
        respond_by=parties.limit_of(of, TimeLimit.Key.ANSWER, at=at).at,
    )
    guarding.require_nothing_protected(
        enquiry,
        concern=cycle.concern,
        speaker=by,
        listener=of,
        texts=texts.of_question(told, question),
        by=by,
        at=at,
    )
    event = parties.write_down("sharing.enquiry.asked", by=by, at=at, about=enquiry, kind=kind)
    parties.tell(
        of, Message.Kind.ASKED, about=enquiry, sender=by, at=at, event=event, respond_by=enquiry.respond_by
    )
    return enquiry


def lock_enquiry(enquiry: Enquiry) -> Enquiry:
    """Lock a question through its concern."""
    parties.lock_concern(enquiry.cycle.concern_id)
    return (
        Enquiry.objects.select_for_update(of=("self",))
        .select_related(
            "asked_by__user", "asked_by__agency", "asked_of__user", "asked_of__agency", "cycle__concern"
        )
        .get(pk=enquiry.pk)
    )


@transaction.atomic
def open_enquiry(enquiry: Enquiry, *, by: Membership, at: datetime) -> Enquiry:
    """Write down that the person asked, or their deputy, opened the question. Twice is the same as once.

    Raises NotYourTurn for anybody else.
    """
    enquiry = lock_enquiry(enquiry)
    parties.require_party(by, enquiry.asked_of, at=at, what="open this question", other=enquiry.asked_by)
    if enquiry.opened_at is None:
        enquiry.opened_at = at
        enquiry.save(update_fields=["opened_at"])
        parties.write_down("sharing.enquiry.opened", by=by, at=at, about=enquiry)
    return enquiry


@transaction.atomic
def answer(
    enquiry: Enquiry,
    *,
    by: Membership,
    at: datetime,
    said: Sequence[Said],
    seen_version: int | None = None,
) -> Exchange:
    """Answer a question. The answer is an exchange: the one who asked says it back, and I confirm.

    Raises NotYourTurn, OutOfDate, or Refused where it is answered already or says nothing.
    """
    rules.require_role(by)
    enquiry = lock_enquiry(enquiry)
    acting_for = parties.require_party(
        by, enquiry.asked_of, at=at, what="answer this question", other=enquiry.asked_by
    )
    rules.require_version(enquiry, seen_version, parties.what_changed(enquiry.reference, seen_version))
    if enquiry.answered_at:
        raise rules.AlreadyDone("This question has been answered already.")
    if not said or not all(one.text.strip() for one in said):
        raise Refused("Write your answer. If you know nothing or do not work with them, say so.")
    asker = parties.in_place_of(enquiry.asked_by, enquiry.cycle.concern, but=enquiry.asked_of)
    # An answer always has something that must not be lost: all of it, where nothing is marked.
    all_is_key = not any(one.is_key for one in said)
    is_advice = enquiry.kind == Enquiry.Kind.ADVICE
    enquiry.answered_at = at
    enquiry.opened_at = enquiry.opened_at or at
    enquiry.version += 1
    enquiry.save(update_fields=["answered_at", "opened_at", "version"])
    parties.write_down("sharing.enquiry.answered", by=by, at=at, about=enquiry, acting_for=acting_for)
    return say(
        Exchange.Kind.ADVICE if is_advice else Exchange.Kind.ANSWER,
        cycle=enquiry.cycle,
        stage=Stage.DO if is_advice else Stage.ASK,
        speaker=enquiry.asked_of,
        listener=asker,
        items=[
            Item(
                kind=one.kind,
                text=one.text,
                source=one.source,
                happened_at=one.happened_at,
                happened_note=one.happened_note,
                written_at=at,
                is_key=one.is_key or all_is_key,
                is_verbatim=one.is_verbatim,
            )
            for one in said
        ],
        people=(),  # whoever asked knows whom it is about
        urgency=enquiry.cycle.concern.urgency,
        enquiry=enquiry,
        by=by,
        at=at,
        acting_for=acting_for,
        message=Message.Kind.ANSWERED,
    )


@transaction.atomic
def explain_no_answer(enquiry: Enquiry, *, by: Membership, at: datetime, why: str) -> Enquiry:
    """Say why a question goes unanswered, so that the gate does not wait for it. It can still be answered."""
    enquiry = lock_enquiry(enquiry)
    require_own_concern(by, enquiry.cycle.concern)
    if not enquiry.is_open:
        raise rules.AlreadyDone("This question has been answered or explained already.")
    if not why.strip():
        raise Refused("Say what you did to get an answer, and why you go on without one.")
    enquiry.unanswered_why, enquiry.explained_at, enquiry.explained_by = why, at, by
    enquiry.version += 1
    enquiry.save(update_fields=["unanswered_why", "explained_at", "explained_by", "version"])
    parties.write_down("sharing.enquiry.explained", by=by, at=at, about=enquiry)
    return enquiry


@transaction.atomic
def name_assumption(
    cycle: Cycle, *, by: Membership, at: datetime, text: str, how_tested: str = ""
) -> Assumption:
    """Write down something that is being taken for granted and, where it has been, how it was tested."""
    cycle = parties.lock_cycle(cycle)
    require_own_concern(by, cycle.concern)
    require_current(cycle)
    if not text.strip():
        raise Refused("Write what you are assuming.")
    tested = bool(how_tested.strip())
    assumption = Assumption.objects.create(
        cycle=cycle,
        text=text,
        named_by=by,
        named_at=at,
        how_tested=how_tested if tested else "",
        tested_at=at if tested else None,
        tested_by=by if tested else None,
    )
    parties.write_down_concern("sharing.assumption.named", cycle=cycle, by=by, at=at)
    return assumption


@transaction.atomic
def test_assumption(assumption: Assumption, *, by: Membership, at: datetime, how_tested: str) -> Assumption:
    """Write down how an assumption was tested, once."""
    cycle = parties.lock_cycle(assumption.cycle)
    require_own_concern(by, cycle.concern)
    require_current(cycle)
    assumption = Assumption.objects.select_for_update().get(pk=assumption.pk)
    if assumption.tested_at:
        raise rules.AlreadyDone("A colleague has written down how this was tested.")
    if not how_tested.strip():
        raise Refused("Say how you tested it and what you found.")
    assumption.how_tested, assumption.tested_at, assumption.tested_by = how_tested, at, by
    assumption.save(update_fields=["how_tested", "tested_at", "tested_by"])
    parties.write_down_concern("sharing.assumption.tested", cycle=cycle, by=by, at=at)
    return assumption
