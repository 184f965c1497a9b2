"""What the database refuses of telephone calls, one function for each constraint or trigger, by its name."""

from __future__ import annotations

from datetime import timedelta

from sharing.models import Round, SpokenAnswer
from sharing.states import State
from tests import factories
from tests.architecture.refusing import append_only, copy_of, refused, set_raw
from tests.factories import World


def _typed_round(w: World) -> Round:
    return factories.exchange_at(w, State.SPOKEN).rounds.get()


def typed_words_are_provisional_first(w: World) -> None:
    refused("typed_words_are_provisional_first|typed words settle", set_raw(_typed_round(w), outcome=""))
    row = factories.exchange_at(w, State.RESTATED).rounds.get()
    refused("typed_words_are_provisional_first", set_raw(row, outcome="SPOKEN"))


def nobody_types_their_own_words_for_themselves(w: World) -> None:
    row = factories.exchange_at(w, State.RECEIVED)
    insert = copy_of(_typed_round(w), exchange_id=row.pk, typed_by_id=w.tom.pk)
    refused("nobody_types_their_own_words_for_themselves", insert)


def typed_words_wait_for_whoever_said_them(w: World) -> None:
    """Neither confirmed nor corrected nor set aside before the one who said them has answered, and then
    only as they answered."""
    row, says = _typed_round(w), "typed words settle nothing"
    checked = {"checked_by_id": w.priya.pk, "checked_at": w.clock()}
    confirm = set_raw(row, outcome="CONFIRMED", **checked)
    correct = set_raw(row, outcome="CORRECTED", note="Again.", **checked)
    set_aside = set_raw(row, outcome="NOT_SAID")
    for write in (confirm, correct, set_aside, copy_of(row, number=2, outcome="CONFIRMED", **checked)):
        refused(says, write)
    understood = {"understood_at": w.clock(), "understood_by_id": w.priya.pk}
    refused("understood only after restated and confirmed", set_raw(row.exchange, **understood))
    SpokenAnswer.objects.create(call=row.call, answer="DIFFERENT", by=w.tom, at=w.clock())
    refused(says, confirm)
    set_aside()


def called_before_typed(w: World) -> None:
    call = _typed_round(w).call
    refused("called_before_typed", copy_of(call, called_at=w.clock() + timedelta(days=1)))


def call_took_minutes(w: World) -> None:
    call = _typed_round(w).call
    for minutes in (0, 601):
        refused("call_took_minutes", copy_of(call, minutes=minutes))


def called_back_on_a_checked_number(w: World) -> None:
    call = _typed_round(w).call
    refused("called_back_on_a_checked_number", copy_of(call, how_checked=""))
    refused("called_back_on_a_checked_number", copy_of(call, number=""))


def call_says_what_was_said(w: World) -> None:
    refused("call_says_what_was_said", copy_of(_typed_round(w).call, what_was_said=""))


def call_says_how_it_was_heard(w: World) -> None:
    call = _typed_round(w).call
    refused("call_says_how_it_was_heard", copy_of(call, outcome="CORRECTED", note=""))
    refused("call_says_how_it_was_heard", copy_of(call, outcome="SPOKEN"))


def call_append_only(w: World) -> None:
    append_only(_typed_round(w).call, "number")


def call_fits_its_round(w: World) -> None:
    call, says = _typed_round(w).call, "a call is about the words"
    refused(says, copy_of(call, typed_by_id=w.school.colleague.pk))
    refused(says, copy_of(call, spoken_with_id=w.care.colleague.pk))
    refused(says, copy_of(call, exchange_id=factories.exchange_at(w, State.RECEIVED).pk))


def _answer(w: World) -> SpokenAnswer:
    row = _typed_round(w)
    factories.said(w, row.exchange)
    return SpokenAnswer.objects.get(call__round=row)


def spoken_answer_is_known(w: World) -> None:
    call = _typed_round(w).call
    answer = SpokenAnswer(call=call, answer="PERHAPS", by=w.tom, at=w.clock())
    refused("spoken_answer_is_known", answer.save)


def spoken_answer_append_only(w: World) -> None:
    append_only(_answer(w))


def answered_by_whoever_said_it(w: World) -> None:
    call, says = _typed_round(w).call, "only whoever said it"
    for by in (w.priya, w.care.colleague, w.school.lead):
        refused(says, SpokenAnswer(call=call, answer="SAID", by=by, at=w.clock()).save)
    refused(says, SpokenAnswer(call=call, answer="DIFFERENT", by=w.priya, at=w.clock()).save)
