"""Starting, filling in, logging and discarding a concern."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from agencies import later
from agencies.models import Membership
from agencies.refusals import Refused
from agencies.roles import Permission
from audit.operations import record
from records import changes, rules
from records.closed import is_kept_out
from records.models import Concern, Person, Subject, Worry
from records.operations.locks import lock_concern, lock_draft, require_may_log, require_same_agency
from records.operations.references import next_reference
from records.verbs import Verb


class OnItAlready(Refused):
    """The person is on the concern already."""


class NotAnswered(Refused):
    """An answer is missing or cannot be."""


class NotReady(Refused):
    """A rule of logging does not hold yet. The sentences say what is missing."""


@transaction.atomic
def start_concern(*, by: Membership, at: datetime, about: Person | None = None) -> Concern:
    """Start a draft, about a person where one is given. Its number is never used again. Raises NotAllowed."""
    require_may_log(by)
    year = at.astimezone(ZoneInfo(by.agency.zone)).year
    series = f"{by.agency.partnership.prefix}-{year % 100:02d}-"
    if about is not None:
        require_same_agency(about, by)
    concern = Concern.objects.create(
        reference=next_reference(series, digits=4), agency=by.agency, started_by=by, started_at=at, owner=by
    )
    audit(concern, Verb.CONCERN_STARTED, by=by, at=at)
    if about is not None:
        add_subject(concern, person=about, by=by, at=at)
        concern.refresh_from_db()
    return concern


@transaction.atomic
def add_subject(
    concern: Concern, *, person: Person, by: Membership, at: datetime, is_main: bool = True
) -> Subject:
    """Add somebody whom the concern is about (`is_main`) or whom it might touch, also once it is logged.

    A related person who turns out to be a main one becomes one. Raises NotAllowed, NotADraft (discarded),
    OnItAlready.
    """
    locked = lock_concern(concern, by=by)
    require_same_agency(person, by)
    subject = locked.subjects.filter(person=person).first()
    if subject is not None and (subject.is_main or not is_main):
        raise OnItAlready(f"{person.name} is on this concern already.")
    if subject is None:
        subject = Subject(concern=locked, person=person, added_by=by, added_at=at)
    subject.is_main = is_main
    subject.save()
    data = {"person": person.reference, "main": is_main}
    audit(bumped(locked), Verb.SUBJECT_ADDED, by=by, at=at, part=person.reference, data=data)
    return subject


@transaction.atomic
def remove_subject(subject: Subject, *, by: Membership, at: datetime) -> None:
    """Take somebody out of a draft.

    Raises NotAllowed, NotADraft, and NotAnswered where their voice is recorded.
    """
    concern = lock_draft(subject.concern, by=by)
    if concern.statements.current().filter(about=subject.person).exists():
        raise NotAnswered(
            f"The voice of {subject.person.name} is recorded here. Take out those statements first."
        )
    gone, _ = concern.subjects.filter(pk=subject.pk).delete()
    if gone:
        data = {"person": subject.person.reference}
        audit(bumped(concern), Verb.SUBJECT_REMOVED, by=by, at=at, part=subject.person.reference, data=data)


@transaction.atomic
def set_voice(
    concern: Concern,
    *,
    status: str,
    by: Membership,
    at: datetime,
    why_not: str = "",
    plan: str = "",
    seen_version: int | None = None,
) -> Concern:
    """Say whether the person's own voice is recorded or, where it is not, why and what the plan is.

    Raises NotAllowed, NotADraft, OutOfDate, NotAnswered.
    """
    locked = lock_draft(concern, by=by)
    changes.require_current(locked, seen_version, by=by, part="voice")
    if status not in Concern.VoiceStatus.values:
        raise NotAnswered("Say whether you have their own words, wishes or feelings.")
    if status == Concern.VoiceStatus.NOT_OBTAINED and not (why_not.strip() and plan.strip()):
        raise NotAnswered("Say why you do not have their voice yet, and what the plan is to hear it.")
    obtained = status == Concern.VoiceStatus.OBTAINED
    locked.voice_status = status
    locked.voice_not_obtained_why = "" if obtained else why_not
    locked.voice_plan = "" if obtained else plan
    audit(bumped(locked), Verb.VOICE_SET, by=by, at=at, part="voice", data={"status": status})
    return locked


@transaction.atomic
def set_think_family(
    concern: Concern,
    *,
    by: Membership,
    at: datetime,
    means: Mapping[Person, str] | None = None,
    nothing_seen_for: Collection[Person] = (),
    anybody_else: str = "",
    seen_version: int | None = None,
) -> Concern:
    """Say what the concern might mean for each related person, or that nothing can be seen.

    People who are not on the concern yet are added to it as related. `anybody_else` is about those who
    are not in the records. Raises NotAllowed, NotADraft, OutOfDate.
    """
    locked = lock_draft(concern, by=by)
    changes.require_current(locked, seen_version, by=by, part="family")
    answers = dict.fromkeys(nothing_seen_for, "") | dict(means or {})
    for person, what in answers.items():
        require_same_agency(person, by)
        subject = locked.subjects.filter(person=person).first() or Subject(
            concern=locked, person=person, is_main=False, added_by=by, added_at=at
        )
        subject.what_it_might_mean = what if what.strip() else ""
        subject.nothing_seen = not what.strip() and person in nothing_seen_for
        subject.save()
    locked.think_family = anybody_else
    data = {"people": sorted(person.reference for person in answers)}
    audit(bumped(locked), Verb.FAMILY_SET, by=by, at=at, part="family", data=data)
    return locked


@transaction.atomic
def give_worry(
    concern: Concern,
    *,
    level: int,
    change: str,
    by: Membership,
    at: datetime,
    why: str = "",
    urgency: str = "",
    cycle_number: int = 1,
    seen_version: int | None = None,
) -> Worry:
    """Say how worried `by` is, and whether that is more or less than before; also in later cycles.

    `urgency` changes the concern's where given.
    Raises NotAllowed, NotADraft (discarded), OutOfDate, NotAnswered.
    """
    locked = lock_concern(concern, by=by)
    changes.require_current(locked, seen_version, by=by, part="worry")
    if level not in Worry.Level.values or change not in Worry.Change.values:
        raise NotAnswered("Say how worried you are, and whether that is more or less than before.")
    if urgency and urgency not in Concern.Urgency.values:
        raise NotAnswered("Say how soon somebody needs to act.")
    worry = Worry.objects.create(
        concern=locked, cycle_number=cycle_number, level=level, change=change, why=why, by=by, at=at
    )
    locked.urgency = urgency or locked.urgency
    data = {"level": level, "change": change, "urgency": locked.urgency, "cycle": cycle_number}
    audit(bumped(locked), Verb.WORRY_GIVEN, by=by, at=at, part="worry", data=data)
    return worry


@transaction.atomic
def log_concern(
    concern: Concern,
    *,
    by: Membership,
    at: datetime,
    late_why: str = "",
    seen_version: int | None = None,
    looked: rules.Draft | None = None,
) -> Concern:
    """Log a draft: from now on its statements never change. Whoever logs it owns it.

    `late_why` is asked where something was written down later than the agency's policy allows. `looked` is
    what its page has just looked at, which is as good as looking again where the version under the lock is
    the same: but for who is related to whom, whatever the rules ask of is changed under that lock.
    Raises NotAllowed, NotADraft, OutOfDate where anything changed since the page, NotReady.
    """
    locked = lock_draft(concern, by=by)
    changes.require_current(locked, seen_version, by=by)
    if looked is None or looked.concern.version != locked.version:
        looked = rules.look_at(locked)
    else:
        looked = replace(looked, related=rules.related_people(locked, looked.subjects))
    draft = replace(looked, concern=locked, late_why=late_why or locked.late_why)
    if missing := rules.missing(draft):
        raise NotReady(*(one.sentence for one in missing))
    locked.logged_at, locked.logged_by, locked.owner = at, by, by
    locked.late_why = draft.late_why
    locked.written_late_at = at if draft.late else None
    data = {
        "people": [subject.person.reference for subject in draft.subjects],
        "statements": [f"S{statement.number}" for statement in draft.statements],
        "urgency": locked.urgency,
        "written_late": [f"S{statement.number}" for statement in draft.late],
    }
    locked.version += 1
    later.save(locked, "logged_at", "logged_by", "owner", "late_why", "written_late_at", "version")
    audit(locked, Verb.CONCERN_LOGGED, by=by, at=at, data=data)
    return locked


@transaction.atomic
def discard_draft(
    concern: Concern, *, why: str, by: Membership, at: datetime, seen_version: int | None = None
) -> Concern:
    """Discard a draft with the reason. It stays in the list as discarded, and so does what was written.

    Raises NotAllowed, NotADraft, OutOfDate, NotAnswered.
    """
    locked = lock_draft(concern, by=by)
    changes.require_current(locked, seen_version, by=by)
    if not why.strip():
        raise NotAnswered("Say why this draft is discarded.")
    locked.discarded_at, locked.discarded_by, locked.discarded_why = at, by, why
    audit(bumped(locked), Verb.DRAFT_DISCARDED, by=by, at=at)
    return locked


@transaction.atomic
def give_concern(concern: Concern, *, to: Membership, by: Membership, at: datetime) -> Concern:
    """Let a colleague look after a concern, a draft too, from now on.

    Raises NotAllowed, NotADraft where it was discarded, and NotAnswered for somebody who cannot.
    """
    locked = lock_concern(concern, by=by)
    if to.agency_id != locked.agency_id or not to.may(Permission.LOG_CONCERNS):
        raise NotAnswered("A concern is looked after by somebody of the agency who works with concerns.")
    if is_kept_out(locked, to):
        raise NotAnswered(f"{to.full_name} may not open this record, so they cannot look after it.")
    before, locked.owner = locked.owner_id, to
    data = {"from": str(before), "to": str(to.pk)}
    audit(bumped(locked), Verb.CONCERN_GIVEN, by=by, at=at, data=data)
    return locked


def bumped(concern: Concern) -> Concern:
    """Save the concern under its next version."""
    concern.version += 1
    concern.save()
    return concern


def audit(
    concern: Concern,
    verb: Verb,
    *,
    by: Membership,
    at: datetime,
    part: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Audit one act on a concern, with the version it led to."""
    record(
        verb,
        by=by,
        at=at,
        subject=concern.reference,
        concern=concern.reference,
        data={"version": concern.version, "part": part, **(data or {})},
    )
