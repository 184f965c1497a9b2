"""Deciding which words are explained to whoever writes. Words are added and withdrawn, never changed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agencies import rules
from agencies.models import Agency, Membership, Partnership
from agencies.refusals import Refused
from agencies.roles import Permission
from audit.operations import record
from records.models import Word
from records.verbs import Verb


class WordNotPossible(Refused):
    """A word cannot be added or withdrawn like this. The sentence says why."""


@transaction.atomic
def add_word(
    *, by: Membership, at: datetime, term: str, plain: str, kind: str, is_left_alone: bool = False
) -> Word:
    """Explain a word at the agency of `by`, or leave one of our own list alone there.

    At the partnership's office it counts for every agency of the partnership.

    Raises NotAllowed, and WordNotPossible where something is missing or it was decided already.
    """
    whose = _lock(by)
    term, plain = term.strip(), plain.strip()
    if not term or not (plain or is_left_alone):
        raise WordNotPossible("Give the word and what to write instead.")
    if kind not in Word.Kind.values:
        raise WordNotPossible("Say which kind of word this is.")
    there = Word.objects.in_use().filter(**whose, term__iexact=term).first()
    if there is not None:
        does = "is left alone" if there.is_left_alone else "is explained"
        raise WordNotPossible(f"“{there.term}” {does} here already. Withdraw that first to decide otherwise.")
    word = Word.objects.create(
        **whose, term=term, plain=plain, kind=kind, is_left_alone=is_left_alone, added_by=by, added_at=at
    )
    record(Verb.WORD_ADDED, by=by, at=at, subject=f"word:{word.pk}", data=_said(word))
    return word


@transaction.atomic
def withdraw_word(word: Word, *, by: Membership, at: datetime) -> Word:
    """Take back what was decided about a word; what is on our own list counts again.

    Raises NotAllowed, and WordNotPossible where it was withdrawn already or is another agency's.
    """
    whose = _lock(by)
    locked = Word.objects.filter(**whose, pk=word.pk).first()
    if locked is None:
        raise WordNotPossible("This word is another agency’s. Only they can withdraw it.")
    if locked.withdrawn_at is not None:
        raise WordNotPossible("This word has been withdrawn already.")
    locked.withdrawn_at, locked.withdrawn_by = at, by
    locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record(Verb.WORD_WITHDRAWN, by=by, at=at, subject=f"word:{locked.pk}", data=_said(locked))
    return locked


def _lock(by: Membership) -> dict[str, Agency | Partnership]:
    """Let one change at a time be made to a list, by those who may. Raises NotAllowed."""
    rules.require(by, Permission.KEEP_WORDS)
    agency = Agency.objects.select_for_update().select_related(None).get(pk=by.agency_id)
    if agency.kind == Agency.Kind.PARTNERSHIP:
        return {"partnership": Partnership.objects.select_for_update().get(pk=agency.partnership_id)}
    return {"agency": agency}


def _said(word: Word) -> dict[str, object]:
    return {"kind": word.kind, "left_alone": word.is_left_alone}
