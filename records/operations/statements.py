"""Writing statements down. In a draft they change; once the concern is logged they are only added to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypedDict, Unpack

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.module_loading import import_string

from agencies.models import Membership
from agencies.refusals import OutOfDate, Refused
from audit.operations import record
from records import changes, rules
from records.models import Concern, Person, Statement, Strike
from records.operations.locks import lock_concern, lock_draft
from records.striking import require_not_struck
from records.verbs import Verb

# A clock a little ahead of ours is not somebody who writes about the future.
CLOCKS_DIFFER = timedelta(minutes=5)


class NotAStatement(Refused):
    """Something that every statement has is missing or cannot be true."""


class OpinionsRestOnIt(Refused):
    """A statement cannot be taken out while an opinion rests on it."""


class Words(TypedDict, total=False):
    """What a statement says. Left out means unchanged, or not given."""

    kind: str
    text: str
    source: str
    happened_at: datetime | None
    happened_note: str
    written_at: datetime
    is_verbatim: bool
    voice_of: str
    about: Person | None


@transaction.atomic
def add_statement(
    concern: Concern,
    *,
    by: Membership,
    at: datetime,
    rests_on: Sequence[Statement] = (),
    **words: Unpack[Words],
) -> Statement:
    """Add a statement under the next number, to a draft or to a logged concern: adding is never held back.

    `happened_at` or `happened_note` is needed. `written_at`, when somebody first wrote it down, is `at`
    unless given. `rests_on` is for opinions. Raises NotAllowed, NotADraft (discarded), NotAStatement, Closed.
    """
    locked = lock_concern(concern, by=by, emergency_at=at)
    number = locked.statements.aggregate(last=Max("number"))["last"] or 0
    statement = Statement(concern=locked, number=number + 1, author=by, written_at=at, entered_at=at)
    set_words(statement, words, at=at)
    require_rests_on_its_own(statement, rests_on, needed=locked.logged_at is not None)
    statement.save()
    statement.rests_on.set(rests_on)
    if statement.kind == Statement.Kind.VOICE and not locked.voice_status:
        # Whoever has just written down what the person said need not be asked whether they did.
        locked.voice_status = Concern.VoiceStatus.OBTAINED
    if locked.logged_at is not None and rules.is_late(statement, within=locked.agency.record_within_hours):
        locked.written_late_at = at
    bump(locked, Verb.STATEMENT_ADDED, statement, by=by, at=at)
    return statement


@transaction.atomic
def change_statement(
    statement: Statement,
    *,
    by: Membership,
    at: datetime,
    seen_version: int | None = None,
    rests_on: Sequence[Statement] | None = None,
    **words: Unpack[Words],
) -> Statement:
    """Change a statement of a draft. `seen_version` is the concern's version that the page showed.

    Raises NotAllowed, NotADraft, OutOfDate, NotAStatement.
    """
    concern = lock_draft(statement.concern, by=by)
    changes.require_current(concern, seen_version, by=by, part=f"S{statement.number}")
    locked = concern.statements.select_for_update().get(pk=statement.pk)
    require_still_there(locked)
    set_words(locked, words, at=at)
    if rests_on is not None or locked.kind != Statement.Kind.OPINION:
        require_rests_on_its_own(locked, rests_on or (), needed=False)
        locked.rests_on.set(rests_on or ())
    locked.save()
    bump(concern, Verb.STATEMENT_CHANGED, locked, by=by, at=at)
    return locked


@transaction.atomic
def remove_statement(
    statement: Statement, *, by: Membership, at: datetime, seen_version: int | None = None
) -> Statement:
    """Take a statement out of a draft. Its number stays free.

    Raises NotAllowed, NotADraft, OutOfDate, and OpinionsRestOnIt.
    """
    concern = lock_draft(statement.concern, by=by)
    changes.require_current(concern, seen_version, by=by, part=f"S{statement.number}")
    locked = concern.statements.select_for_update().get(pk=statement.pk)
    require_still_there(locked)
    opinions = [f"S{o.number}" for o in Statement.objects.current().filter(rests_on=locked)]
    if opinions:
        raise OpinionsRestOnIt(
            f"S{locked.number} cannot be taken out, because {' and '.join(opinions)} rests on it. "
            f"Change {' and '.join(opinions)} first."
        )
    locked.removed_at, locked.removed_by = at, by
    locked.save(update_fields=["removed_at", "removed_by"])
    bump(concern, Verb.STATEMENT_REMOVED, locked, by=by, at=at)
    return locked


@transaction.atomic
def amend_statement(
    statement: Statement,
    *,
    why: str,
    by: Membership,
    at: datetime,
    rests_on: Sequence[Statement] | None = None,
    **words: Unpack[Words],
) -> Statement:
    """Correct a statement of a logged concern: a new version with the reason. The old one stays.

    Everyone who was given the old one is told of the new one in the same transaction (settings wire it up).

    Raises NotAllowed, NotAStatement (also where nothing is different), StruckAlready once it is struck
    through, and OutOfDate where a colleague corrected it first.
    """
    concern = lock_concern(statement.concern, by=by)
    if concern.logged_at is None:
        raise NotAStatement("This concern is still a draft: change the statement instead of correcting it.")
    if not why.strip():
        raise NotAStatement(
            "Say why the statement is corrected, so that readers of both versions understand."
        )
    newest = concern.statements.filter(number=statement.number).order_by("-version")[0]
    if newest.pk != statement.pk:
        raise OutOfDate(
            f"{newest.author} corrected S{statement.number} before you. Read version {newest.version} first.",
            changes.KEPT,
        )
    require_not_struck(Strike.objects.filter(statement=newest), label=newest.label)
    rests = list(statement.rests_on.all()) if rests_on is None else list(rests_on)
    amended = Statement(
        concern=concern, number=statement.number, version=statement.version + 1, replaces=statement,
        replaced_why=why, author=by, written_at=at, entered_at=at,
    )  # fmt: skip
    for name in rules.SAID:
        setattr(amended, name, getattr(statement, name))
    set_words(amended, words, at=at)
    require_rests_on_its_own(amended, rests, needed=True)
    if rules.says_the_same(statement, amended) and set(statement.rests_on.all()) == set(rests):
        raise NotAStatement(
            f"Nothing of {statement.label} is different yet, so nobody is told of a correction.",
            "Change what was wrong. If the whole statement is a mistake, strike it through instead.",
        )
    amended.save()
    amended.rests_on.set(rests)
    bump(concern, Verb.STATEMENT_AMENDED, amended, by=by, at=at)
    import_string(settings.STATEMENT_AMENDED_FOLLOWED_BY)(amended, by=by, at=at)
    return amended


def set_words(statement: Statement, words: Words, *, at: datetime) -> None:
    """Put the words on a statement that is not saved yet. Raises NotAStatement with all that is wrong."""
    for name, value in words.items():
        setattr(statement, name, value)
    latest = at + CLOCKS_DIFFER
    happened, written = statement.happened_at, statement.written_at
    wrong = [
        (statement.kind not in Statement.Kind.values, "Say what kind of statement this is."),
        (not statement.text.strip(), "Write what the statement says."),
        (not statement.source.strip(), "Say where this comes from: who saw it, said it or wrote it."),
        (not happened and not statement.happened_note.strip(), "Say when it happened, or roughly when."),
        (
            bool(happened and happened > latest),
            "What happened cannot be in the future. Check the date and time.",
        ),
        (written > latest, "It cannot have been written down in the future. Check the date and time."),
        (bool(happened and happened > written), "It was written down before it happened. Check both times."),
    ]
    if statement.kind == Statement.Kind.VOICE:
        wrong.append(
            (
                not statement.voice_of,
                "Say whether these are words, wishes and feelings, or what life is like.",
            )
        )
        if statement.about is not None and statement.about.agency_id != statement.author.agency_id:
            wrong.append((True, "Choose whose voice this is from the people on this concern."))
    else:
        statement.voice_of, statement.about = "", None
    sentences = [sentence for is_wrong, sentence in wrong if is_wrong]
    if sentences:
        raise NotAStatement(*sentences)


def require_rests_on_its_own(statement: Statement, rests_on: Sequence[Statement], *, needed: bool) -> None:
    """Refuse grounds of another concern, of anything but an opinion, and opinions as grounds.

    Raises NotAStatement.
    """
    if statement.kind != Statement.Kind.OPINION:
        if rests_on:
            raise NotAStatement("Only a professional opinion rests on other statements.")
        return
    if needed and not rests_on:
        raise NotAStatement("Choose the statements that this opinion rests on.")
    for ground in rests_on:
        if ground.concern_id != statement.concern_id or ground.removed_at is not None:
            raise NotAStatement(
                "An opinion can only rest on statements of the same concern. Choose them again."
            )
        if ground.kind == Statement.Kind.OPINION:
            raise NotAStatement("An opinion rests on what was seen, heard or said, not on another opinion.")


def require_still_there(statement: Statement) -> None:
    """Raise NotAStatement where a colleague has taken the statement out."""
    if statement.removed_at is not None:
        raise NotAStatement(
            f"S{statement.number} has been taken out of this draft by {statement.removed_by}."
        )


def bump(concern: Concern, verb: Verb, statement: Statement, *, by: Membership, at: datetime) -> None:
    """Give the concern its next version and audit what was done to the statement."""
    concern.version += 1
    concern.save(update_fields=["version", "voice_status", "written_late_at"])
    label = f"S{statement.number}"
    data = {
        "version": concern.version,
        "part": label,
        "statement": label,
        "kind": statement.kind,
        "statement_version": statement.version,
    }
    if verb != Verb.STATEMENT_REMOVED and statement.happened_at and statement.time_is_known:
        data["happened_at"] = statement.happened_at.isoformat()
    record(verb, by=by, at=at, subject=concern.reference, concern=concern.reference, data=data)
