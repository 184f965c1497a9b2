"""Who may strike through what, and how it is said. Struck through is never taken away."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from agencies.days import written
from agencies.models import Membership
from agencies.refusals import NotAllowed, Refused
from agencies.roles import Permission
from records.models import ChronologyEntry, Concern, Statement, Strike


class NotToStrike(Refused):
    """Something that cannot be struck through, or a strike without a reason."""


class StruckAlready(Refused):
    """Somebody was quicker."""


NO_VOICE_LEFT = (
    "{label} is all that is recorded of their own words, wishes or feelings. "
    "Say how they will be heard now that it is struck through."
)
# Why their voice is not on the record, from then on.
VOICE_WAS_STRUCK = "{label}, which held their voice, was struck through."


def may_strike(written_by: Membership, *, by: Membership) -> bool:
    """Say whether somebody strikes this through: whoever wrote it, or a lead of their agency."""
    if by.agency_id != written_by.agency_id or not by.may(Permission.LOG_CONCERNS):
        return False
    return by.is_same_person(written_by) or by.may(Permission.OVERSEE)


def require_may_strike(thing: Statement | ChronologyEntry, *, by: Membership) -> None:
    """Raise NotAllowed for anybody but whoever wrote it and the leads of their agency."""
    if not may_strike(thing.author, by=by):
        raise NotAllowed(
            f"{thing.label} was written by {thing.author.full_name}. "
            "Only they, or a lead of your agency, strike it through: ask one of them."
        )


def require_not_struck(strikes: QuerySet[Strike], *, label: str) -> None:
    """Raise StruckAlready where somebody struck it through before."""
    struck = strikes.select_related("by__user").first()
    if struck is not None:
        when = written(timezone.localtime(struck.at), "j F Y, H:i")
        raise StruckAlready(f"{struck.by.full_name} struck {label} through on {when}.")


def require_reason(reason: str, why: str) -> None:
    """Raise NotToStrike without a kind of mistake or without words."""
    if reason not in Strike.Reason.values:
        raise NotToStrike("Say what kind of mistake it is.")
    if not why.strip():
        raise NotToStrike("Say why it is struck through. Everyone who was given it reads this.")


def leaves_no_voice(statement: Statement, concern: Concern) -> bool:
    """Say whether striking a statement through leaves a concern without anybody's voice."""
    if statement.kind != Statement.Kind.VOICE or concern.voice_status != Concern.VoiceStatus.OBTAINED:
        return False
    others = concern.statements.current().filter(kind=Statement.Kind.VOICE)
    return not others.exclude(number=statement.number).exists()


def in_words(strike: Strike) -> str:
    """Say why something was struck through, as people read it."""
    reason = strike.get_reason_display()
    if strike.reason == Strike.Reason.OTHER:
        return strike.why
    return f"{reason}. {strike.why}"
