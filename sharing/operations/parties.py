"""Who acts for whom, who is told, and how long they have. Shared by every operation of sharing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django.utils import timezone

from agencies import operations as agencies
from agencies import scope
from agencies.access import lead_of
from agencies.models import Deputy, Membership
from agencies.prepared import Prepared, together
from agencies.refusals import Refused
from agencies.roles import Permission
from audit import operations as audit
from audit.models import Event
from notifications.models import Message
from records.models import Concern
from sharing.models import (
    Action,
    Correction,
    Cycle,
    Disagreement,
    Enquiry,
    Exchange,
    Handover,
    Meeting,
    Round,
    Transfer,
)
from sharing.models.handover import UNDER_WAY
from sharing.operations import obligations
from sharing.rules import AnotherPersonMustCheck, NotYourTurn
from sharing.waiting.limits import check_back_limit, limit_of, sent_limit

__all__ = [
    "check_back_limit",
    "limit_of",
    "lock_concern",
    "lock_cycle",
    "next_number",
    "next_reference",
    "require_can_answer",
    "require_party",
    "sent_limit",
    "stands_for",
    "tell",
    "tell_if_possible",
    "tell_with_lead",
    "what_changed",
    "write_down",
    "write_down_concern",
]

Subject = Exchange | Enquiry | Action | Disagreement | Transfer
Told = Subject | Meeting
PAGES: dict[type[Any], str] = {
    Exchange: "exchanges",
    Enquiry: "enquiries",
    Action: "actions",
    Disagreement: "disagreements",
    Meeting: "meetings",
    Transfer: "transfers",
}
SIDES: dict[type[Any], tuple[str, str]] = {
    Exchange: ("speaker", "listener"),
    Enquiry: ("asked_by", "asked_of"),
    Action: ("owner", "other_side"),
    Disagreement: ("speaker", "listener"),
    Transfer: ("speaker", "listener"),
}


def stands_for(by: Membership, party: Membership, *, at: datetime) -> bool:
    """Say whether somebody is a party or, on that day, the party's named deputy."""
    if by.pk == party.pk:
        return True
    day = timezone.localdate(at)
    return any(d.covers(day) for d in Deputy.objects.filter(member=party, deputy=by))


def require_party(
    by: Membership, party: Membership, *, at: datetime, what: str, other: Membership | None = None
) -> str:
    """Let only a party or their deputy act, and return for whom a deputy acts (empty otherwise).

    Nobody acts on both sides, whichever role they sign in with: `other` is the party across the
    table. Raises NotYourTurn naming whose turn it is, or AnotherPersonMustCheck.
    """
    if not stands_for(by, party, at=at):
        raise NotYourTurn(
            f"Only {party.full_name} or their named deputy can {what}.",
            "If they are away, ask their manager to name a deputy.",
        )
    if other is not None and by.is_same_person(other):
        raise AnotherPersonMustCheck(
            f"You are the other side of this, so you cannot {what} for {party.full_name} as well."
        )
    return "" if by.pk == party.pk else party.label


def require_can_answer(member: Membership) -> None:
    """Only somebody who exchanges information and still works there is told or asked. Raises Refused."""
    require_in_post(member)


def require_in_post(member: Membership) -> Membership:
    """Return somebody as they are now, who exchanges information and works there. Raises Refused."""
    now = hold(member)
    if not now.may(Permission.EXCHANGE):
        raise Refused(f"{now.full_name} cannot be sent information in this role. Choose somebody else.")
    return now


def hold(member: Membership) -> Membership:
    """Return somebody as they are now. Their role does not end before this transaction has.

    Whoever ends it waits, and sees the work that came in; or it has ended, and that is seen here.
    """
    return HELD.one(member=member.pk)


HELD = Prepared(
    lambda *, member: (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "agency__partnership")
        .filter(pk=member)
    )
)


def in_place_of(member: Membership, concern: Concern, *, but: Membership) -> Membership:
    """Return who is told in a concern what would go to somebody: they themselves, as long as they are in
    post or their hand-over is under way; then their successor, the concern's owner, or their lead.

    `but` is the other side, who cannot be both. Raises Refused where nobody is left.
    """
    now = hold(member)
    passed = Handover.objects.filter(leaver=member, concern=concern)
    if now.is_current or passed.filter(UNDER_WAY).exists():
        return now
    last = passed.filter(taken_over_at__isnull=False).select_related("successor").order_by("-pk").first()
    if last is not None:
        return in_place_of(last.successor, concern, but=but)
    is_ours = concern.agency_id == now.agency_id
    for person in (concern.owner if is_ours else None, lead_of(now)):
        if person is not None and not person.is_same_person(but) and person.pk != now.pk:
            found = hold(person)
            if found.may(Permission.EXCHANGE):
                return found
    raise Refused(
        f"{now.full_name} has left, and nobody at {now.agency.name} is named to take this on.",
        "Ask their agency who does.",
    )


def tell(
    member: Membership,
    kind: Message.Kind,
    *,
    about: Told,
    sender: Membership,
    at: datetime,
    event: Event,
    respond_by: datetime | None = None,
    urgent: bool = False,
    escalation: bool = False,
    path: str = "",
) -> None:
    """Queue a notice about something that passes between two sides. The event's number makes it go once.

    `path` leads to another page than its own, for somebody who does not see that.
    """
    page = PAGES[type(about)]
    agencies.notify(
        member,
        kind,
        reference=about.reference,
        sender=sender.agency,
        path=path or f"/{page}/{about.reference}/",
        at=at,
        dedupe_key=f"{kind}:{about.reference}:{event.pk}:{member.pk}",
        respond_by=respond_by,
        urgent=urgent,
        escalation=escalation,
    )


def tell_if_possible(member: Membership, kind: Message.Kind, **notice: Any) -> bool:
    """Queue a notice where there is an address; say whether there was one.

    For what has to happen whether or not somebody can be told: content that reached the wrong person
    is gone at once, and a missing address never stands in the way.
    """
    try:
        tell(member, kind, **notice)
    except agencies.NobodyToNotify:
        return False
    return True


def tell_with_lead(party: Membership, kind: Message.Kind, **notice: Any) -> None:
    """Tell a party and, where there is one who is somebody else, their lead: as urgent, where they can be."""
    people = [party, agencies.lead_of(party)]
    for person in dict.fromkeys(p for p in people if p is not None):
        tell_if_possible(person, kind, urgent=True, **notice)


def write_down(
    verb: str,
    *,
    by: Membership | None,
    at: datetime,
    about: Subject,
    acting_for: str = "",
    said: Sequence[Round] | None = None,
    **data: Any,
) -> Event:
    """Append the event of an act on an exchange, question, action or disagreement, for both timelines.

    `by` is None where nobody knows whose hand it was, as when a link is locked. Whatever changed, what
    waits for whom is brought up to date with it, in the same transaction; `said` is as for `follow`.
    """
    obligations.follow(about, at=at, said=said)
    agency_references = {getattr(about, side).agency.reference for side in SIDES[type(about)]}
    return audit.record(
        verb,
        by=by,
        at=at,
        subject=about.reference,
        concern=about.cycle.concern.reference,
        acting_for=acting_for,
        also_for=sorted(agency_references - {by.agency_reference if by else ""}),
        data={"version": about.version, **data},
    )


def write_down_concern(verb: str, *, cycle: Cycle, by: Membership, at: datetime, **data: Any) -> Event:
    """Append the event of an act on a concern and its cycle."""
    reference = cycle.concern.reference
    return audit.record(
        verb,
        by=by,
        at=at,
        subject=reference,
        concern=reference,
        data={"cycle": cycle.number, "version": cycle.version, **data},
    )


def what_changed(reference: str, seen_version: int | None) -> str:
    """Say what happened to a thing since the version somebody was looking at."""
    from sharing.timeline import in_words

    if seen_version is None:
        return ""
    events = Event.objects.filter(subject=reference, data__version__gt=seen_version).order_by("id")[:5]
    return " ".join(f"{in_words(event)} ({timezone.localtime(event.recorded_at):%H:%M})." for event in events)


def next_number(series: Any, field: str = "number") -> int:
    """Return the next number in a numbered series. The caller holds the lock of its root."""
    last = series.order_by(f"-{field}").values_list(field, flat=True).first()
    return (last or 0) + 1


def next_reference(concern: Concern, letter: str) -> str:
    """Return a concern's next reference of an exchange (X), question (Q), action (A), disagreement (D),
    meeting (M), correction (C) or hand-over to another area (T).

    The caller holds the lock of the concern, so that two people never get the same one.
    """
    models: dict[str, Any] = {"X": Exchange, "Q": Enquiry, "A": Action, "M": Meeting}
    model: Any = {**models, "D": Disagreement, "C": Correction, "T": Transfer}[letter]
    path = {"D": "exchange__cycle__concern", "C": "concern", "T": "concern"}.get(letter, "cycle__concern")
    # Each of several who were told reaches their own part alone, where another may have the number already.
    with scope.across_agencies("a number is given once in a concern, whichever agency's the other ones are"):
        count = model.objects.filter(**{path: concern}).count()
        while model.objects.filter(reference=f"{concern.reference}-{letter}{count + 1}").exists():
            count += 1
    return f"{concern.reference}-{letter}{count + 1}"


def lock_concern(concern_id: int) -> Concern:
    """Lock the concern, which is the root of everything that sharing changes, and read it as it is now.

    In two statements: a row whose owner changes while a join waits for its lock would not be found.
    """
    _, (concern,) = together(LOCKED.asking(concern=concern_id), READ.asking(concern=concern_id))
    return cast(Concern, concern)


def wait_for_concern(concern_id: int) -> None:
    """Lock the concern, for whoever reads it afterwards with what they lock through it."""
    LOCKED.one(concern=concern_id)


LOCKED = Prepared(lambda *, concern: Concern.objects.select_for_update().filter(pk=concern))
READ = Prepared(
    lambda *, concern: Concern.objects.select_related("agency", "owner__user", "owner__agency").filter(
        pk=concern
    )
)


def lock_cycle(cycle: Cycle) -> Cycle:
    """Lock a cycle through its concern."""
    _, (locked,) = together(LOCKED.asking(concern=cycle.concern_id), CYCLE.asking(cycle=cycle.pk))
    return cast(Cycle, locked)


CYCLE = Prepared(
    lambda *, cycle: Cycle.objects.select_related("concern__agency", "concern__owner__user").filter(pk=cycle)
)
