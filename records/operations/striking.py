"""Striking through what should not have been entered. It stays, with who, when and why."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from agencies.models import Membership
from agencies.refusals import OutOfDate
from audit.operations import record
from records import changes, striking
from records.models import ChronologyEntry, Concern, Statement, Strike
from records.operations.locks import lock_concern, lock_person
from records.operations.statements import bump
from records.striking import NotToStrike, require_not_struck
from records.verbs import Verb


@transaction.atomic
def strike_statement(
    statement: Statement,
    *,
    reason: str,
    why: str,
    by: Membership,
    at: datetime,
    voice_plan: str = "",
) -> Strike:
    """Strike a statement of a logged concern through, with all its versions: it no longer counts.

    Everyone who was given it is told in the same transaction that it no longer stands (settings wire it
    up). Where it was all that is recorded of somebody's voice, `voice_plan` says how they will be heard.

    Raises NotAllowed for anybody but its author and the leads of the agency; NotToStrike, StruckAlready,
    and OutOfDate where a colleague corrected it first.
    """
    concern = lock_concern(statement.concern, by=by)
    if concern.logged_at is None:
        raise NotToStrike("This concern is still a draft: take the statement out instead.")
    newest = (
        concern.statements.filter(number=statement.number)
        .select_related("author__user", "author__agency")
        .order_by("-version")[0]
    )
    require_not_struck(Strike.objects.filter(statement=newest), label=newest.label)
    if newest.pk != statement.pk:
        raise OutOfDate(
            f"{newest.author} corrected S{statement.number} before you. Read version {newest.version} first.",
            changes.KEPT,
        )
    newest.concern = concern
    striking.require_may_strike(newest, by=by)
    striking.require_reason(reason, why)
    _keep_voice_true(concern, newest, voice_plan=voice_plan)
    strike = Strike.objects.create(statement=newest, reason=reason, why=why, by=by, at=at)
    bump(concern, Verb.STATEMENT_STRUCK, newest, by=by, at=at)
    import_string(settings.STATEMENT_STRUCK_FOLLOWED_BY)(strike, by=by, at=at)
    return strike


@transaction.atomic
def strike_entry(entry: ChronologyEntry, *, reason: str, why: str, by: Membership, at: datetime) -> Strike:
    """Strike an entry of a person's history through. Nobody outside the agency was given it.

    Raises NotAllowed, NotToStrike, StruckAlready.
    """
    person = lock_person(entry.person, by=by)
    require_not_struck(Strike.objects.filter(entry=entry), label=entry.label)
    striking.require_may_strike(entry, by=by)
    striking.require_reason(reason, why)
    strike = Strike.objects.create(entry=entry, reason=reason, why=why, by=by, at=at)
    data = {"entry": entry.label, "reason": reason}
    record(Verb.ENTRY_STRUCK, by=by, at=at, subject=person.reference, data=data)
    return strike


def _keep_voice_true(concern: Concern, statement: Statement, *, voice_plan: str) -> None:
    """Where the last of their voice goes, the concern says that it has none, why, and what the plan is."""
    if not striking.leaves_no_voice(statement, concern):
        return
    if not voice_plan.strip():
        raise NotToStrike(striking.NO_VOICE_LEFT.format(label=statement.label))
    concern.voice_status = Concern.VoiceStatus.NOT_OBTAINED
    concern.voice_not_obtained_why = striking.VOICE_WAS_STRUCK.format(label=statement.label)
    concern.voice_plan = voice_plan
    concern.save(update_fields=["voice_status", "voice_not_obtained_why", "voice_plan"])
