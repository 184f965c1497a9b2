"""Ending where somebody is signed in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agencies.models import Membership, Session
from agencies.operations.people import lock_staff, subject_of
from agencies.verbs import Verb
from audit import operations as audit


@transaction.atomic
def end_sessions(member: Membership, *, by: Membership, at: datetime) -> Membership:
    """Sign somebody out everywhere. Their next request leads to the sign-in page, with what they wrote kept.

    Raises NotAllowed for staff of another agency, Ended.
    """
    member = lock_staff(member, by=by)
    Session.objects.filter(user=member.account_pk).delete()
    audit.record(Verb.SESSIONS_ENDED, by=by, at=at, subject=subject_of(member))
    return member
