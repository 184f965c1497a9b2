"""What a meeting leaves: what was brought, one set of decisions, actions, and the minutes with amendments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from agencies.models import Membership
from agencies.refusals import Refused
from notifications.models import Message
from records.models import Statement
from sharing import minutes, rules
from sharing.minutes import Book, Line
from sharing.models import (
    Action,
    Contribution,
    ContributionFor,
    Exchange,
    Item,
    Meeting,
    MeetingAction,
    MeetingDecision,
    MeetingMember,
    Minutes,
    MinutesCopy,
    Stage,
)
from sharing.operations import actions, obligations, parties
from sharing.operations.cycle import require_own_concern
from sharing.operations.disclosure import decisions_missing
from sharing.operations.meeting_guard import require_fit_for_all
from sharing.operations.meetings import changed, lock_meeting, require_chair
from sharing.operations.saying import say
from sharing.rules import meetings as meeting_rules

# What can be taken back until it stands in nothing that was sent, and by an amendment after that.
PARTS: dict[str, str] = {"decision": "decisions", "action": "actions", "brought": "contributions"}


# --- What was brought and decided --------------------------------------------------------------


@transaction.atomic
def bring(
    meeting: Meeting,
    *,
    by: Membership,
    at: datetime,
    brought_by: int,
    kind: str,
    text: str,
    source: str = "",
    for_whom: Sequence[int] = (),
    statement: Statement | None = None,
) -> Contribution:
    """Write down what a member brings, and for which of the others it is. Nobody else is given it.

    A member brings their own; the chair or their deputy writes down what somebody without an account
    brought, or what was said in the room. A statement of the concern is brought in its own words, by the
    agency whose concern it is. Members are named by their number on the list. Raises NotYourTurn, Refused.
    """
    rules.require_role(by)
    meeting = lock_meeting(meeting)
    meeting_rules.require_not_called_off(meeting)
    book = minutes.read(meeting)
    places = {one.pk: one for one in book.asked}
    place = places.get(brought_by)
    if place is None:
        raise Refused("Say who of the members brings this.")
    acting_for = _require_may_bring(meeting, place, by, at=at)
    if statement is not None:
        if (
            statement.concern_id != meeting.cycle.concern_id
            or by.agency_id != meeting.cycle.concern.agency_id
        ):
            raise Refused("Choose a statement of this concern.")
        kind, text, source = statement.kind, statement.text, statement.source
    if kind not in Statement.Kind.values or not text.strip():
        raise Refused("Write what is brought, and say whether it was seen, heard, reported or is an opinion.")
    chosen = sorted(set(for_whom) - {place.pk})
    if not set(chosen) <= set(places):
        raise Refused("It is for members of this meeting. Choose again for whom it is.")
    row = Contribution.objects.create(
        meeting=meeting,
        number=parties.next_number(meeting.contributions),
        brought_by=place,
        kind=kind,
        text=text,
        source=source,
        statement=statement,
        entered_by=by,
        entered_at=at,
    )
    ContributionFor.objects.bulk_create(ContributionFor(contribution=row, member_id=pk) for pk in chosen)
    changed(
        meeting, "sharing.meeting.brought", by=by, at=at, acting_for=acting_for,
        also=[meeting.chair.agency], contribution=row.number,
    )  # fmt: skip
    return row


def _require_may_bring(meeting: Meeting, place: MeetingMember, by: Membership, *, at: datetime) -> str:
    """A member brings their own, and the chair writes down what others brought. Raises NotYourTurn."""
    if parties.stands_for(by, place.member, at=at):
        return "" if by.pk == place.member_id else place.member.label
    if parties.stands_for(by, meeting.chair, at=at):
        return "" if by.pk == meeting.chair_id else meeting.chair.label
    raise rules.NotYourTurn(
        f"Only {place.member.full_name}, the chair or their deputies can write down what they bring."
    )


def _writing(meeting: Meeting, by: Membership, seen_version: int | None) -> tuple[Meeting, Book]:
    """Lock a meeting for whoever writes down what it decided, once it was held with a quorum or goes on."""
    meeting = lock_meeting(meeting, seen_version=seen_version)
    require_own_concern(by, meeting.cycle.concern)
    meeting_rules.require_held(meeting)
    book = minutes.read(meeting)
    meeting_rules.require_quorum(meeting, book.asked)
    return meeting, book


@transaction.atomic
def record_decision(
    meeting: Meeting, *, by: Membership, at: datetime, what: str, why: str, seen_version: int | None = None
) -> MeetingDecision:
    """Write down one of the decisions. There is one set of them, the same for every member.

    Raises NotHeld, NotQuorate, or Refused where it does not say what and why.
    """
    meeting, _ = _writing(meeting, by, seen_version)
    if not (what.strip() and why.strip()):
        raise Refused("Say what was decided, and why.")
    row = MeetingDecision.objects.create(
        meeting=meeting,
        number=parties.next_number(meeting.decisions),
        what=what,
        why=why,
        entered_by=by,
        entered_at=at,
    )
    changed(meeting, "sharing.meeting.decided", by=by, at=at, decision=row.number)
    return row


@transaction.atomic
def record_action(
    meeting: Meeting,
    *,
    by: Membership,
    at: datetime,
    owner: int,
    what: str,
    by_when: str,
    contingency: str,
    checked_by: int | None = None,
    seen_version: int | None = None,
) -> MeetingAction:
    """Write down who does what by when, and what would make us act sooner. Its time runs from now.

    `owner` and `checked_by` are numbers on the list. What the chair does is checked by another member.
    It is proposed to its owner when the minutes go out. Raises NotHeld, NotQuorate, Refused.
    """
    meeting, book = _writing(meeting, by, seen_version)
    places = {one.pk: one for one in book.asked}
    place = places.get(owner)
    if place is None:
        raise Refused("Choose the member who does it.")
    if not (what.strip() and contingency.strip()):
        raise Refused("Say what will be done, and what would make you act sooner.")
    is_chairs = place.member_id == meeting.chair_id
    checker = places.get(checked_by) if is_chairs and checked_by is not None else None
    if is_chairs and (checker is None or checker.pk == place.pk):
        raise Refused("What the chair does is checked by another member. Choose who.")
    counted = actions.count_due(by_when, place.member, at=at)
    row = MeetingAction.objects.create(
        meeting=meeting,
        number=parties.next_number(meeting.actions),
        owner=None if is_chairs else place,
        checked_by=checker,
        what=what,
        by_when=by_when,
        due_at=counted.at,
        due_why="\n".join(counted.why),
        contingency=contingency,
        entered_by=by,
        entered_at=at,
    )
    changed(meeting, "sharing.meeting.action", by=by, at=at, action=row.number)
    return row


@transaction.atomic
def take_back(
    meeting: Meeting,
    *,
    by: Membership,
    at: datetime,
    part: str,
    number: int,
    why: str,
    seen_version: int | None = None,
) -> Any:
    """Take back a decision, an action or something brought ("brought"), by its number, with a reason.

    It stays on the record. Where it stands in minutes that have gone out, the next version leaves it out.
    Something brought is taken back by whoever brought it or by the chair, and only before it was sent.
    """
    meeting = lock_meeting(meeting, seen_version=seen_version)
    rules.require_role(by)
    meeting_rules.require_not_called_off(meeting)
    rows: Any = getattr(meeting, PARTS[part])
    row = rows.filter(number=number, taken_back_at__isnull=True).first()
    if row is None:
        raise rules.AlreadyDone("It has been taken back already, or there is no such thing.")
    if isinstance(row, Contribution):
        _require_may_bring(meeting, row.brought_by, by, at=at)
        if meeting.minutes.exists():
            raise Refused(
                "The minutes have gone out, and what was brought with them.", "Send a correction instead."
            )
    else:
        require_own_concern(by, meeting.cycle.concern)
    if not why.strip():
        raise Refused("Say why it is taken back.")
    row.taken_back_at, row.taken_back_by, row.taken_back_why = at, by, why
    row.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_why"])
    changed(
        meeting, "sharing.meeting.taken_back", by=by, at=at, also=[meeting.chair.agency],
        part=part, number=number,
    )  # fmt: skip
    return row


# --- The minutes -------------------------------------------------------------------------------


@transaction.atomic
def issue_minutes(
    meeting: Meeting,
    *,
    by: Membership,
    at: datetime,
    main_risk: str,
    also_tell: Iterable[int] = (),
    what_changed: str = "",
    seen_version: int | None = None,
) -> Minutes:
    """Send the minutes: to each member their own part, as an exchange that they say back to the chair.

    The first version goes to whoever was there, has an action or was brought something, and those whom
    the chair names (`also_tell`, numbers on the list). A later one is an amendment: it says what changed,
    goes only to those whose own part is not as it was, and the versions before it stay as they are.

    Raises NotYourTurn for anybody but the chair or their deputy; NotHeld, NotQuorate, NothingChanged; and
    Refused without a main risk, a decision, or a sharing decision for everybody it is about.
    """
    meeting = lock_meeting(meeting, seen_version=seen_version)
    acting_for = require_chair(meeting, by, at=at, what="send the minutes")
    meeting_rules.require_held(meeting)
    book = minutes.read(meeting)
    meeting_rules.require_quorum(meeting, book.asked)
    require_fit_for_all(meeting, at=at, also=[("What changed", what_changed)])
    whom = minutes.told(book, also=also_tell)
    _require_complete(book, whom, main_risk=main_risk, what_changed=what_changed)
    before = {one.member_id: one for one in _copies_of(meeting)}
    parts = {one.pk: minutes.part_for(book, one, main_risk=main_risk) for one in whom}
    new = [one for one in whom if _is_new(before.get(one.pk), parts[one.pk])]
    if book.latest and not new and minutes.is_the_same(book, main_risk=main_risk):
        raise meeting_rules.NothingChanged(
            f"Nothing has changed since version {book.latest.number}. Change something first."
        )
    issued = Minutes.objects.create(
        meeting=meeting,
        number=parties.next_number(meeting.minutes),
        main_risk=main_risk,
        body=minutes.body_of(book),
        what_changed=what_changed if book.latest else "",
        by=by,
        at=at,
    )
    _withdraw_what_was_taken_back(book, by=by, at=at)
    for one in new:
        _send(issued, one, parts[one.pk], before.get(one.pk), by=by, at=at)
    verb = "sharing.meeting.amended" if book.latest else "sharing.meeting.minuted"
    changed(meeting, verb, by=by, at=at, acting_for=acting_for, minutes=issued.number, copies=len(new))
    return issued


def _require_complete(
    book: Book, whom: Sequence[MeetingMember], *, main_risk: str, what_changed: str
) -> None:
    """Say everything that is missing before minutes can go out. Raises Refused."""
    missing = []
    if not main_risk.strip():
        missing.append("Name the main risk: every member says it back.")
    if not minutes.standing(book.decisions):
        missing.append("Write down what was decided. If nothing was, write that as the decision, and why.")
    if not whom:
        missing.append("Nobody besides the chair was there, so there is nobody to send them to.")
    if book.latest and not what_changed.strip():
        missing.append(f"Say what changed since version {book.latest.number}, so that everybody can see it.")
    missing += decisions_missing(book.meeting.cycle)
    if missing:
        raise Refused("The minutes have not been sent.", *missing)


def _copies_of(meeting: Meeting) -> list[MinutesCopy]:
    """The copies that were sent, the latest of each member last, with the lines that they said."""
    rows = MinutesCopy.objects.filter(minutes__meeting=meeting).order_by("minutes__number", "pk")
    return list(rows.select_related("exchange").prefetch_related("exchange__items"))


def _is_new(copy: MinutesCopy | None, part: Sequence[Line]) -> bool:
    """A member's part is not as they were last sent it. To the wrong person it is not sent again."""
    if copy is None:
        return True
    if copy.exchange.not_mine_at:
        return False
    said = [(i.source, i.kind, i.text, i.is_key, i.written_by) for i in copy.exchange.items.all()]
    now = [(line.source, line.kind, line.text, line.is_key, line.brought_by) for line in part]
    return bool(copy.exchange.withdrawn_at) or said != now


def _send(
    issued: Minutes,
    member: MeetingMember,
    part: Sequence[Line],
    before: MinutesCopy | None,
    *,
    by: Membership,
    at: datetime,
) -> None:
    """Send one member their part, and propose their actions on it: agreed when *they* have understood.

    An earlier version that they had not understood is overtaken, and its open actions come along.
    """
    meeting, concern = issued.meeting, issued.meeting.cycle.concern
    listener = parties.in_place_of(member.member, concern, but=meeting.chair)
    copy = say(
        Exchange.Kind.MEETING,
        cycle=meeting.cycle,
        stage=Stage.RECORD,
        speaker=meeting.chair,
        listener=listener,
        items=[
            Item(
                kind=line.kind,
                text=line.text,
                source=line.source,
                written_by=line.brought_by,
                is_key=line.is_key,
                written_at=at,
                statement_id=line.statement,
            )
            for line in part
        ],
        urgency=concern.urgency,
        by=by,
        at=at,
        why_you=member.why_you,
        what_i_ask=minutes.WHAT_I_ASK,
        message=Message.Kind.MEETING,
        verb="sharing.meeting.sent",
    )
    MinutesCopy.objects.create(minutes=issued, member=member, exchange=copy)
    if before is not None and not before.exchange.is_over:
        _overtake(before.exchange, copy, at=at)
    rows = MeetingAction.objects.filter(meeting=meeting, taken_back_at__isnull=True, action__isnull=True)
    for row in rows.order_by("number"):
        if row.rests_with_id == member.pk:
            _propose(row, copy, by=by, at=at)


def _overtake(old: Exchange, new: Exchange, *, at: datetime) -> None:
    """Let an amended copy take the place of one that was not understood yet; its open actions rest on it."""
    old.superseded_by = new
    old.version += 1
    old.save(update_fields=["superseded_by", "version"])
    obligations.follow(old, at=at)
    old.actions.open().update(exchange=new, version=F("version") + 1)


def _propose(row: MeetingAction, copy: Exchange, *, by: Membership, at: datetime) -> None:
    """Propose an action of the meeting on a member's own copy. They are told of it by the copy itself."""
    owner, other = (copy.listener, copy.speaker) if row.owner_id else (copy.speaker, copy.listener)
    row.action = Action.objects.create(
        reference=parties.next_reference(copy.cycle.concern, "A"),
        cycle=copy.cycle,
        exchange=copy,
        what=row.what,
        owner=owner,
        other_side=other,
        by_when=row.by_when,
        due_at=row.due_at,
        due_why=row.due_why,
        contingency=row.contingency,
        proposed_by=by,
        proposed_at=at,
    )
    row.save(update_fields=["action"])
    parties.write_down("sharing.action.proposed", by=by, at=at, about=row.action)


def _withdraw_what_was_taken_back(book: Book, *, by: Membership, at: datetime) -> None:
    """Take back the actions that this version leaves out, where nobody has reported on them yet."""
    for row in book.actions:
        if row.taken_back_at is None or row.action is None or not row.action.is_open:
            continue
        if row.action.reports.filter(outcome="").exists():
            continue
        actions.withdraw_action(row.action, by=by, at=at, why=row.taken_back_why)
