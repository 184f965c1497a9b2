"""Opening a closed record in an emergency, ending that, and looking afterwards at whether it was right."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from agencies import access as agencies
from agencies import rules as agencies_rules
from agencies.defaults import SUGGESTED
from agencies.models import Membership, TimeLimit
from agencies.operations import NobodyToNotify, notify
from agencies.refusals import NotAllowed, Refused
from agencies.roles import Permission
from agencies.working_time import due
from audit.operations import record
from notifications.models import Message
from records.closed import is_closed_to, is_kept_out, lasting
from records.models import BreakGlass, BreakGlassReview, Concern
from records.models.restriction import SHORTEST_REASON
from records.operations.locks import require_may_log
from records.verbs import Verb

FEWEST_WORDS = 4


class NotToBeOpened(Refused):
    """There is nothing that somebody could open so. Says the same whether it exists or not."""

    def __init__(self) -> None:
        super().__init__(
            "There is no record with this reference that you can open. Check the reference.",
            "If it is another agency’s, ring that agency. If it cannot wait, ring a lead of your own.",
        )


class OpenAlready(Refused):
    """The record is open to them in an emergency that lasts."""

    def __init__(self, opened: BreakGlass) -> None:
        super().__init__("This record is open to you already.")
        self.opened = opened


class NotAReason(Refused):
    """What was written does not say why the record has to be opened now."""


class OverAlready(Refused):
    """The emergency has ended, or a lead has looked at it already."""


def require_reason(why: str) -> None:
    """Raise NotAReason where somebody does not say, in words, why it cannot wait."""
    words = [word for word in why.split() if any(letter.isalpha() for letter in word)]
    if len(why.strip()) < SHORTEST_REASON or len(set(words)) < FEWEST_WORDS:
        raise NotAReason(
            answers={
                "why": "Say why you need this record now, in a sentence: what is happening, and what you "
                "need to know."
            }
        )


@transaction.atomic
def break_glass(concern: Concern, *, by: Membership, at: datetime, why: str) -> BreakGlass:
    """Open a closed record of one's own agency for a time. The leads are told at once.

    It opens reading, adding a statement and telling somebody as urgent, and nothing else (decision 0022).
    Raises NotAllowed, NotAReason, OpenAlready while it lasts, NotToBeOpened (also for somebody who is kept
    out, and where it is not closed to them).
    """
    require_may_log(by)
    require_reason(why)
    locked = Concern.objects.select_for_update().get(pk=concern.pk)
    if locked.agency_id != by.agency_id or not is_closed_to(locked, by) or is_kept_out(locked, by):
        raise NotToBeOpened
    if lasts := lasting(at).filter(concern=locked, by=by).first():
        raise OpenAlready(lasts)
    number = locked.emergencies.count() + 1
    made = BreakGlass(
        reference=f"{locked.reference}-E{number}",
        concern=locked,
        by=by,
        at=at,
        until=due(at, _limit(by, at=at), agencies.calendar_of(by.agency, known_at=at)).at,
        why=why,
    )
    made.leads_told = _tell_leads(made, at=at)
    made.save()
    import_string(settings.BREAK_GLASS_FOLLOWED_BY)(made, at=at)
    _write_down(Verb.GLASS_BROKEN, made, by=by, at=at, leads_told=made.leads_told)
    return made


def _limit(by: Membership, *, at: datetime) -> str:
    """How long it lasts: the partnership's limit or, where it has set none, what is suggested."""
    key = TimeLimit.Key.BREAK_GLASS
    try:
        return agencies_rules.time_limit(by.agency, key, on=timezone.localdate(at), known_at=at).duration
    except agencies_rules.NoTimeLimit:
        return SUGGESTED[key]


def _tell_leads(made: BreakGlass, *, at: datetime) -> int:
    """Tell every lead of the agency, and return how many could be told. Nobody is no reason to refuse."""
    told = 0
    for lead in agencies.leads_of(made.by.agency):
        try:
            with transaction.atomic():
                notify(
                    lead,
                    Message.Kind.BREAK_GLASS,
                    reference=made.reference,
                    sender=made.by.agency,
                    path=f"/break-glass/{made.reference}/",
                    at=at,
                    dedupe_key=f"BREAK_GLASS:{made.reference}:{lead.pk}",
                    urgent=True,
                )
        except NobodyToNotify:
            continue
        told += 1
    return told


@transaction.atomic
def end_break_glass(opened: BreakGlass, *, by: Membership, at: datetime) -> BreakGlass:
    """Close the record again before its time is up: whoever opened it, or a lead. Raises NotAllowed,
    OverAlready.
    """
    locked = _lock(opened)
    is_lead = by.may(Permission.OVERSEE) and by.agency_id == locked.concern.agency_id
    if by.pk != locked.by_id and not is_lead:
        raise NotAllowed("Only whoever opened this record, or a lead of their agency, closes it again.")
    if locked.ended_at is not None or locked.until <= at:
        raise OverAlready("This record is closed again already.")
    locked.ended_at, locked.ended_by = at, by
    locked.save(update_fields=["ended_at", "ended_by"])
    _write_down(Verb.GLASS_ENDED, locked, by=by, at=at)
    return locked


@transaction.atomic
def review_break_glass(
    opened: BreakGlass, *, by: Membership, at: datetime, finding: str, note: str
) -> BreakGlassReview:
    """Write down whether it was right to open a closed record. Once, by a lead who is somebody else.

    Where the agency has no other lead, the owner of the record does. Raises NotAllowed, OverAlready, Refused.
    """
    locked = _lock(opened)
    if not may_review(by, locked):
        raise NotAllowed("A lead of the agency who did not open the record themselves looks at this.")
    if BreakGlassReview.objects.filter(break_glass=locked).exists():
        raise OverAlready("A colleague has looked at this already.")
    if finding not in BreakGlassReview.Finding.values:
        raise Refused("Say whether it was right to open the record.")
    if not note.strip():
        raise Refused("Say what you looked at, and what follows from it.")
    made = BreakGlassReview.objects.create(break_glass=locked, finding=finding, note=note, by=by, at=at)
    import_string(settings.BREAK_GLASS_FOLLOWED_BY)(locked, at=at)
    _write_down(Verb.GLASS_REVIEWED, locked, by=by, at=at, finding=finding)
    return made


def may_review(by: Membership, opened: BreakGlass) -> bool:
    """Say whether somebody may say if an emergency was right."""
    if by.pk == opened.by_id or by.agency_id != opened.concern.agency_id:
        return False
    if by.may(Permission.OVERSEE):
        return True
    others = [lead for lead in agencies.leads_of(by.agency) if lead.pk != opened.by_id]
    return by.pk == opened.concern.owner_id and not others


def _lock(opened: BreakGlass) -> BreakGlass:
    """Lock an emergency through its concern."""
    Concern.objects.select_for_update().get(pk=opened.concern_id)
    rows = BreakGlass.objects.select_related("concern", "by__user", "by__agency")
    return rows.select_for_update(of=("self",)).get(pk=opened.pk)


def _write_down(verb: Verb, opened: BreakGlass, *, by: Membership, at: datetime, **data: object) -> None:
    record(verb, by=by, at=at, subject=opened.reference, concern=opened.concern.reference, data={**data})
