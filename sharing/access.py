"""The only way a view gets an object of sharing: through the person who asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Concat
from django.http import Http404, HttpRequest
from django.utils import timezone

from agencies import access as agencies_access
from agencies import looks, scope
from agencies.http import HatRequest
from agencies.models import Agency, ContactPoint, Deputy, Membership
from agencies.prepared import Prepared
from agencies.querysets import acts_for
from agencies.roles import Permission
from audit.models import Event
from audit.operations import log_access
from records.models import Concern
from sharing import attached, beside
from sharing.breaches import with_decisions
from sharing.models import (
    Action,
    Breach,
    Correction,
    Cycle,
    Disagreement,
    Enquiry,
    Exchange,
    Handover,
    LadderStage,
    Meeting,
    MeetingMember,
    Obligation,
    RiskHolder,
    Transfer,
)
from sharing.querysets import people
from sharing.rules.ladder import COORDINATOR_IS_TOLD_AT
from sharing.states import State, state_of
from sharing.waiting.waits import OWN_AFFAIR

BREACHES = 25


def _member(request: HttpRequest) -> Membership:
    member: Membership | None = getattr(request, "membership", None)
    if member is None:
        raise Http404("No such page")
    return member


def _one(request: HttpRequest, rows: Any, reference: str, action: str, *, field: str = "reference") -> Any:
    """Find one visible row by reference and log the look; the same 404 for "not yours" and "no such"."""
    return _logged(request, rows.filter(**{field: reference}).first(), reference, action)


def _logged(request: HttpRequest, found: Any, reference: str, action: str) -> Any:
    """Log a look at what was found, or that nothing was. Raises Http404."""
    member = _member(request)
    if found is None:
        looks.log_refused(request, by=member, action=action, subject=reference, why="not theirs, or no such")
        raise Http404("No such page")
    # What goes by a number of its own says what it is about as well.
    about = getattr(found, "reference", "") or getattr(getattr(found, "exchange", None), "reference", "")
    shown = [about] if about and about != reference else []
    looks.log_seen(request, by=member, action=action, subject=reference, shown=shown)
    return found


def exchanges_seen_by(member: Membership) -> Any:
    """Return the exchanges that somebody may see, each with its people, its `last_outcome`, on which side
    they stand and all that its page shows with it."""
    return beside.with_everything(_shown_to(member), member.agency)


def _shown_to(member: Membership) -> Any:
    """Return the exchanges that somebody may see, without what few of them have."""
    return _with_phones(_where_they_stand(member)).annotate(
        differs=Exists(Disagreement.objects.filter(exchange=OuterRef("pk")))
    )


def _where_they_stand(member: Membership) -> Any:
    """Return the exchanges that somebody may see, each with its two sides, its state and where they stand.

    Who said it and was told first is read where somebody asks: few exchanges have been handed on.
    """
    today = timezone.localdate()
    return (
        Exchange.objects.visible_to(member)
        .with_sides()
        .with_state()
        .select_related("contact_point")
        .annotate(
            i_speak=acts_for("speaker", member, on=today), i_listen=acts_for("listener", member, on=today)
        )
    )


def _read_by(member: Membership) -> Any:
    """Return the exchanges that somebody may see, each with what came with its words and whom to ring."""
    return _with_phones(_where_they_stand(member)).annotate(attached_files=attached.of_exchange())


def _with_phones(exchanges: Any) -> Any:
    phones = ContactPoint.objects.checked().filter(kind=ContactPoint.Kind.PHONE).order_by("-checked_at")
    return exchanges.annotate(
        speakers_phone=Subquery(phones.filter(member=OuterRef("speaker")).values("address")[:1]),
        listeners_phone=Subquery(phones.filter(member=OuterRef("listener")).values("address")[:1]),
    )


def get_exchange_to_read(request: HttpRequest, reference: str) -> Any:
    """Return an exchange that I may see, to read its words and answer them. Raises Http404."""
    found = READ.first(member=_member(request), reference=reference)
    return _logged(request, found, reference, "exchange")


def get_exchange_to_act(request: HttpRequest, reference: str) -> Any:
    """Return an exchange that I may see, to do something about it: without what only its page shows.

    Raises Http404.
    """
    found = ACTED_ON.first(member=_member(request), reference=reference)
    return _logged(request, found, reference, "exchange")


def get_exchange(request: HttpRequest, reference: str, *, action: str = "exchange") -> Any:
    """Return an exchange that I may see, as `exchanges_seen_by` reads it. Raises Http404."""
    found = exchange_seen_by(_member(request), reference)
    return _logged(request, found, reference, action)


def exchange_seen_by(member: Membership, reference: str) -> Any:
    """Return one of `exchanges_seen_by`, or None. A second statement where it has what few have."""
    found = EXCHANGE.first(member=member, reference=reference)
    if found is not None:
        beside.fill(found, member)
    return found


def _exchange(*, member: Membership, reference: str) -> Any:
    return beside.asked_whether_there_is_any(_shown_to(member), member.agency).filter(reference=reference)


EXCHANGE = Prepared(_exchange)
READ = Prepared(lambda *, member, reference: _read_by(member).filter(reference=reference))
ACTED_ON = Prepared(lambda *, member, reference: _where_they_stand(member).filter(reference=reference))


def get_breach(request: HttpRequest, number: int) -> Any:
    """Return a breach of my agency's register with what was decided, as its lead or whoever it waits for.

    Raises Http404.
    """
    member = _member(request)
    rows = with_decisions(Breach.objects.filter(agency=member.agency_id))
    if not member.may(Permission.OVERSEE):
        key = Concat(Value("breach:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
        acting = Membership.objects.acting_for(member, on=timezone.localdate())
        mine = Obligation.objects.filter(key=key, settled_at__isnull=True, owner__in=acting.values("pk"))
        rows = rows.filter(Exists(mine))
    rows = rows.select_related(
        "incident", *people("incident__reported_by", "exchange__speaker", "opened_by", "closed_by")
    )
    return _one(request, rows, str(number), "breach", field="number")


def list_breaches(request: HttpRequest, *, before: int | None) -> tuple[list[Any], int | None]:
    """Return a page of my agency's breaches as its lead, newest first, and where the next page begins."""
    member = _member(request)
    rows = with_decisions(Breach.objects.filter(agency=member.agency_id)).select_related("exchange")
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(rows.order_by("-number")[: BREACHES + 1])
    return found[:BREACHES], found[BREACHES - 1].number if len(found) > BREACHES else None


def log_copy(request: HttpRequest, reference: str) -> None:
    """Log that somebody took away a copy of what they said. The look at the exchange is logged by itself."""
    log_access("copy", by=_member(request), subject=reference, address=request.META.get("REMOTE_ADDR"))


def get_enquiry(request: HttpRequest, reference: str) -> Any:
    """Return a question that I may see, with its people. Raises Http404."""
    found = ENQUIRY.first(member=_member(request), reference=reference)
    return _logged(request, found, reference, "enquiry")


def get_action(request: HttpRequest, reference: str) -> Any:
    """Return an action that I may see, with its people and `last_outcome`. Raises Http404."""
    found = ACTION.first(member=_member(request), reference=reference)
    return _logged(request, found, reference, "action")


ENQUIRY = Prepared(
    lambda *, member, reference: Enquiry.objects.visible_to(member).with_people().filter(reference=reference)
)
ACTION = Prepared(
    lambda *, member, reference: (
        Action.objects.visible_to(member).with_people().with_state().filter(reference=reference)
    )
)


def get_correction(request: HttpRequest, reference: str) -> Correction:
    """Return a correction in a concern of my agency, with what it is of. Raises Http404.

    Those who were given it read the exchange by which they are told, and not who else was given it.
    """
    rows = Correction.objects.filter(concern__in=Concern.objects.visible_to(_member(request)))
    rows = rows.select_related(
        "concern", "statement__replaces", "statement__strike__by__user", "person", *people("by")
    )
    found: Correction = _one(request, rows, reference, "correction")
    return found


def get_obligation(request: HttpRequest, number: int, *, of_my_agency: bool = False) -> Obligation:
    """Return something in which my agency has to act or, but for its own affairs, waits, as its lead.

    With `of_my_agency`, only what my agency has to act on. Raises Http404.
    """
    member = _member(request)
    mine = Q(owner_agency=member.agency_id)
    if not of_my_agency:
        mine |= Q(other_agency=member.agency_id) & ~Q(kind__in=OWN_AFFAIR)
    rows = Obligation.objects.filter(mine)
    if not member.may(Permission.OVERSEE):
        rows = rows.none()
    found: Obligation = _one(request, rows.select_related(*people("owner")), str(number), "lead", field="pk")
    return found


def get_disagreement(request: HttpRequest, reference: str) -> Disagreement:
    """Return a disagreement that I may see, with the people of its exchange. Raises Http404."""
    rows = Disagreement.objects.visible_to(_member(request)).with_people()
    found: Disagreement = _one(request, rows, reference, "disagreement")
    return found


def meetings_seen_by(member: Membership) -> Any:
    """Return the meetings that somebody may see, with their people, whether they are in the chair that day,
    and the number of their place on the list or of whom they stand in for."""
    acting = Membership.objects.acting_for(member, on=timezone.localdate())
    mine = MeetingMember.objects.filter(
        meeting=OuterRef("pk"), taken_back_at__isnull=True, member__in=acting.values("pk")
    )
    own_first = Case(When(member=member.pk, then=0), default=1)
    return (
        Meeting.objects.visible_to(member)
        .with_people()
        .annotate(
            i_chair=Exists(acting.filter(pk=OuterRef("chair"))),
            my_place=Subquery(mine.order_by(own_first, "pk").values("pk")[:1]),
        )
    )


def get_meeting(request: HttpRequest, reference: str, *, action: str = "meeting") -> Any:
    """Return a meeting that I may see, as `meetings_seen_by` reads it. Raises Http404."""
    return _one(request, meetings_seen_by(_member(request)), reference, action)


def get_transfer(request: HttpRequest, reference: str) -> Transfer:
    """Return a hand-over to another area that I may see, with its people and agencies. Raises Http404."""
    rows = Transfer.objects.visible_to(_member(request)).with_people()
    found: Transfer = _one(request, rows, reference, "hand-over to another area")
    return found


def phones_of(*agencies: Agency) -> list[ContactPoint]:
    """Return the checked phone numbers of some agencies' duty desks, by agency."""
    rows = ContactPoint.objects.checked().filter(
        agency__in=agencies, kind=ContactPoint.Kind.PHONE, member__isnull=True
    )
    return list(rows.select_related("agency").order_by("agency__name", "label", "pk"))


def numbers_of(exchange: Exchange) -> list[ContactPoint]:
    """Return the checked numbers on which the listener of an exchange can be called back: own, then duty."""
    rows = ContactPoint.objects.checked().filter(
        Q(member=exchange.listener_id) | Q(member__isnull=True),
        agency=exchange.listener.agency_id,
        kind=ContactPoint.Kind.PHONE,
    )
    return list(
        rows.select_related("member__user", "agency").order_by(F("member").asc(nulls_last=True), "label")
    )


def whom_to_call(exchange: Exchange) -> list[Membership]:
    """Return who can say an exchange back on the telephone today: its listener, and their named deputies."""
    today = timezone.localdate()
    deputies = Deputy.objects.of_day(today).filter(member=exchange.listener_id)
    listener = Membership.objects.filter(pk=exchange.listener_id)
    either = listener.values("pk").union(deputies.values("deputy"), all=True)
    rows = Membership.objects.current().with_people().filter(pk__in=either)
    return sorted(rows, key=lambda one: (one.pk != exchange.listener_id, one.full_name))


def escalated(member: Membership) -> list[LadderStage]:
    """Return the open disagreements of a partnership that have come to where its office is told.

    Each is its open stage, with the agency that holds the risk in `held_by`: no names, no words.
    """
    if not member.may(Permission.OVERSEE_PARTNERSHIP):
        return []
    held_by = RiskHolder.objects.filter(stage=OuterRef("pk")).order_by("-id").values("agency__name")
    rows = LadderStage.objects.filter(
        closed_at__isnull=True,
        number__gte=COORDINATOR_IS_TOLD_AT,
        disagreement__exchange__speaker__agency__partnership=member.agency.partnership_id,
    )
    rows = rows.annotate(held_by=Subquery(held_by[:1])).select_related("disagreement")
    with scope.across_agencies("the office sees how far the disagreements of a partnership have climbed"):
        return list(rows.order_by("due_at", "pk"))


def get_cycle(request: HatRequest, reference: str) -> Cycle:
    """Return the current cycle of a concern of my agency, with the concern. Raises Http404."""
    cycle = CYCLE.first(member=_member(request), reference=reference)
    found: Cycle = _logged(request, cycle, reference, "concern")
    return found


def _cycle(*, member: Membership, reference: str) -> QuerySet[Cycle]:
    rows = Cycle.objects.filter(concern__in=Concern.objects.visible_to(member), concern__reference=reference)
    rows = rows.select_related("concern__agency", "concern__owner__user", "concern__owner__agency")
    return rows.order_by("-number")[:1]


CYCLE = Prepared(_cycle)


def get_leaver(request: HatRequest, membership_id: UUID) -> Membership:
    """Return somebody of my agency whose work I may hand over: also one who has left. Raises Http404."""
    member = _member(request)
    rows = Membership.objects.with_people().filter(agency_id=member.agency_id)
    found = rows.filter(pk=membership_id).first() if member.may(Permission.OVERSEE) else None
    leaver: Membership = _logged(request, found, str(membership_id), "hand-over")
    return leaver


def get_staff(request: HatRequest, membership_id: UUID) -> Membership:
    """Return somebody of an administrator's own agency. Raises Http404 for anybody else, as for nobody."""
    return agencies_access.get_staff(_member(request), membership_id)


def state(exchange: Any) -> State:
    """Read the state of an exchange that came from `get_exchange`."""
    answered = getattr(exchange, "summary_answer", None) is not None
    return state_of(exchange, last_outcome=exchange.last_outcome, is_answered=answered)


@dataclass(frozen=True)
class Standing:
    """Where somebody stands towards an exchange: who they are in it, and what they may read.

    `is_speaker` and `is_listener` are also true for a named deputy; `acting_for` is then the one they
    stand in for. A lead who is neither sees and does not act. `by_link` is somebody without an account,
    who can go nowhere from here but to what belongs to it.
    """

    is_speaker: bool
    is_listener: bool
    on_speakers_side: bool
    content_is_open: bool
    reads: bool
    acting_for: Membership | None
    by_link: bool = False
    oversees: bool = False

    @property
    def is_party(self) -> bool:
        return self.is_speaker or self.is_listener


def standing(exchange: Any, member: Membership) -> Standing:
    """Say where somebody stands towards an exchange that came from `get_exchange`."""
    # Nobody acts on both sides, whichever role they sign in with.
    is_speaker = exchange.i_speak and not member.is_same_person(exchange.listener)
    is_listener = exchange.i_listen and not member.is_same_person(exchange.speaker)
    oversees = member.may(Permission.OVERSEE) and member.agency_id == exchange.speaker.agency_id
    on_speakers_side = is_speaker or (oversees and not is_listener)
    content_is_open = on_speakers_side or not (
        exchange.sent_at is None or exchange.not_mine_at or exchange.withdrawn_at
    )
    acting_for = None
    if is_speaker and member.pk != exchange.speaker_id:
        acting_for = exchange.speaker
    elif is_listener and not is_speaker and member.pk != exchange.listener_id:
        acting_for = exchange.listener
    return Standing(
        is_speaker=is_speaker,
        is_listener=is_listener,
        on_speakers_side=on_speakers_side,
        content_is_open=content_is_open,
        reads=content_is_open and (on_speakers_side or exchange.opened_at is not None),
        acting_for=acting_for,
        by_link=member.is_outside,
        oversees=oversees,
    )


def content_is_open_to(exchange: Any, member: Membership) -> bool:
    """Say whether somebody may read the words of an exchange that came from `get_exchange`.

    The speaker's side always may. For the listener's side they are gone, at once and for good, when it
    was not theirs or was withdrawn.
    """
    return standing(exchange, member).content_is_open


def notes_of_hand_overs(concern: Concern) -> list[Handover]:
    """Return what was said on handing over a concern of my agency before it began: no exchange carries it.

    What colleagues elsewhere said to each other about it is not for this agency.
    """
    rows = Handover.objects.filter(concern=concern, leaver__agency=concern.agency_id).exclude(note="")
    return list(rows.select_related("leaver__user", "leaver__agency").order_by("pk"))


def events_of(concern_reference: str, *, after: int = 0, limit: int = 100) -> list[Event]:
    """Return a page of the events of a concern, in audit order."""
    return EVENTS.all(concern=concern_reference, after=after, limit=(limit,))


def _events(*, concern: str, after: int, limit: tuple[int]) -> QuerySet[Event]:
    return Event.objects.filter(concern=concern, id__gt=after).order_by("id")[: limit[0]]


EVENTS = Prepared(_events)
