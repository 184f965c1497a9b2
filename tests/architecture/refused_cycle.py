"""What the database refuses of the cycle, its moves, questions and assumptions."""

from __future__ import annotations

from sharing.models import (
    Enquiry,
    Involvement,
    Override,
    SkippedStep,
    Stage,
)
from sharing.operations import ask
from sharing.operations import cycle as cycles
from tests import factories
from tests.architecture.refusing import append_only, copy_of, delete_raw, pairs, refused, set_raw
from tests.factories import World


def cycles_are_numbered(w: World) -> None:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    refused("cycles_are_numbered", copy_of(cycle, ended_at=w.clock()))


def one_current_cycle(w: World) -> None:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    refused("one_current_cycle", copy_of(cycle, number=2))


def stage_is_known(w: World) -> None:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    refused("stage_is_known", copy_of(cycle, number=2, stage="DONE", ended_at=w.clock()))


def closed_cycle_has_ended(w: World) -> None:
    concern = factories.concern_at(w, Stage.RECORD)
    factories.finish_record(w, concern)
    refused("closed_cycle_has_ended", set_raw(factories.the_cycle(concern), stage="CLOSED"))


def cycle_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(factories.the_cycle(factories.concern_at(w, Stage.ASK))))


def move_append_only(w: World) -> None:
    append_only(factories.the_cycle(factories.concern_at(w, Stage.ASK)).moves.get())


def _override(w: World) -> Override:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.SHARE))
    return cycles.proceed_on_safety_grounds(cycle, by=w.school.lead, at=w.clock(), reason="Tonight.")


def override_has_a_reason(w: World) -> None:
    refused("override_has_a_reason", copy_of(_override(w), reason=""))


def override_append_only(w: World) -> None:
    append_only(_override(w))


def _skipped(w: World) -> SkippedStep:
    factories.sent_in_emergency(w, factories.concern_at(w, Stage.ASK))
    return SkippedStep.objects.earliest("id")


def a_step_is_skipped_once(w: World) -> None:
    refused("a_step_is_skipped_once", copy_of(_skipped(w)))


def skipped_step_done_when_and_by_whom(w: World) -> None:
    pairs(_skipped(w), "done_at", "done_by_id", "skipped_step_done_when_and_by_whom", w)


def _involvement(w: World) -> Involvement:
    concern = factories.concern_at(w, Stage.ASK)
    return ask.list_involvement(factories.the_cycle(concern), by=w.priya, at=w.clock(), member=w.tom)


def a_practitioner_is_listed_once(w: World) -> None:
    refused("a_practitioner_is_listed_once", copy_of(_involvement(w)))


def _enquiry(w: World) -> Enquiry:
    return factories.enquiry(w, factories.concern_at(w, Stage.ASK))


def nobody_asks_themselves(w: World) -> None:
    refused("nobody_asks_themselves", copy_of(_enquiry(w), reference="Q", asked_of_id=w.priya.pk))


def no_answer_is_explained_by_somebody(w: World) -> None:
    row, name = _enquiry(w), "no_answer_is_explained_by_somebody"
    pairs(row, "explained_at", "explained_by_id", name, w)
    refused(name, set_raw(row, explained_at=w.clock(), explained_by_id=w.priya.pk))
    refused(name, set_raw(row, unanswered_why="Away."))


def enquiry_words_are_frozen(w: World) -> None:
    row = _enquiry(w)
    for column in ("told", "question"):
        refused("Cannot update", set_raw(row, **{column: "Something else."}))


def a_question_passes_only_by_hand_over(w: World) -> None:
    row, says = _enquiry(w), "passes to somebody else only by a hand-over"
    refused(says, set_raw(row, asked_of_id=w.gp.colleague.pk))
    refused(says, set_raw(row, asked_by_id=w.school.colleague.pk))


def asked_of_somebody_in_post(w: World) -> None:
    row = _enquiry(w)
    w.gp.colleague.ended_at, w.gp.colleague.ended_by = w.clock(), w.gp.administrator
    w.gp.colleague.save()
    refused("a role that has ended", copy_of(row, reference="Q", asked_of_id=w.gp.colleague.pk))


def enquiry_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_enquiry(w)))


def assumption_tested_how_when_and_by_whom(w: World) -> None:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    row = ask.name_assumption(cycle, by=w.priya, at=w.clock(), text="At home.")
    name = "assumption_tested_how_when_and_by_whom"
    pairs(row, "tested_at", "tested_by_id", name, w)
    refused(name, set_raw(row, how_tested="Asked."))
    refused(name, set_raw(row, tested_at=w.clock(), tested_by_id=w.priya.pk))
