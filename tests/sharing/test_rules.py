"""Each rule of a gate, by its name: closed with the sentence (what, who, by when), open when supplied."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from agencies.refusals import Refused
from records import operations as records
from records.models import Concern
from sharing import rules, workflow
from sharing.models import Exchange, Incident, SkippedStep, Stage
from sharing.operations import actions, ask, check_back, differ, disclosure, misdirected, outcome, record
from sharing.operations import cycle as cycles
from sharing.rules import GateRule
from sharing.workflow import GateClosed
from tests import factories
from tests.factories import World
from tests.rows import nothing_changes
from tests.sharing import test_rules_of_reach
from tests.sharing.gate import missing

pytestmark = pytest.mark.django_db


def closed(world: World, concern: Concern, move: str, rule: GateRule) -> list[str]:
    """Try a move that one rule keeps closed, and return that rule's sentences as the refusal gave them."""
    said = missing(concern, rule)
    assert said, f"{rule.__name__} keeps nothing closed"
    with nothing_changes(), pytest.raises(GateClosed) as refusal:
        factories.move(world, concern, move, reason="Trying.")
    assert set(said) <= set(refusal.value.sentences)
    return said


def spoken(moment: datetime | None) -> str:
    assert moment is not None
    return f"{timezone.localtime(moment):by %H:%M on %A %-d %B}"


def answer_ask(world: World, concern: Concern, **answers: object) -> None:
    given = {
        "who_needs_to_know": "The duty desk.",
        "nobody_else_known": False,
        "no_assumptions": False,
        "advice_needed": False,
        **answers,
    }
    cycle = factories.the_cycle(concern)
    cycles.answer_ask_questions(cycle, by=concern.owner, at=world.clock(), **given)  # type: ignore[arg-type]


def test_every_rule_of_a_gate_has_a_test_of_its_name() -> None:
    used = {rule.__name__ for move in workflow.MOVES.values() for rule in move.gate}
    assert {f"test_{name}" for name in used} <= set(globals()) | set(vars(test_rules_of_reach))
    for rule in {rule for move in workflow.MOVES.values() for rule in move.gate}:
        assert (rule.__doc__ or "").strip().endswith("."), f"{rule.__name__} does not say what it asks"


def test_others_who_work_with_them_are_listed(world: World) -> None:
    rule = rules.others_who_work_with_them_are_listed
    concern = factories.concern_at(world, Stage.ASK)
    assert closed(world, concern, "to-do", rule) == [
        "Nobody is listed as working with them. Priya Nair can do this now."
    ]
    answer_ask(world, concern, nobody_else_known=True)
    assert missing(concern, rule) == []
    answer_ask(world, concern, nobody_else_known=False)
    assert missing(concern, rule) != []
    ask.list_involvement(factories.the_cycle(concern), by=world.priya, at=world.clock(), member=world.amara)
    assert missing(concern, rule) == []


def test_every_enquiry_is_answered_or_explained(world: World) -> None:
    rule = rules.every_enquiry_is_answered_or_explained
    concern = factories.concern_at(world, Stage.ASK)
    first = factories.enquiry(world, concern)
    second = factories.enquiry(world, concern, of=world.tom)
    assert closed(world, concern, "to-do", rule) == [
        (
            f"Question {first.reference} has no answer yet. Amara Osei (Bridge Street Surgery), or Priya "
            f"Nair by saying why there is none, can do this, {spoken(first.respond_by)}."
        ),
        (
            f"Question {second.reference} has no answer yet. Tom Ashdown (Wyrefold Family Front Door), or "
            f"Priya Nair by saying why there is none, can do this, {spoken(second.respond_by)}."
        ),
    ]
    factories.answered(world, first)
    ask.explain_no_answer(second, by=world.priya, at=world.clock(), why="Away; rang twice.")
    assert missing(concern, rule) == []


def test_every_answer_is_understood(world: World) -> None:
    rule = rules.every_answer_is_understood
    concern = factories.concern_at(world, Stage.ASK)
    answer = factories.answered(world, factories.enquiry(world, concern))
    by_when = spoken(answer.respond_by)
    school, surgery = "Priya Nair (St Wulstan’s Primary)", "Amara Osei (Bridge Street Surgery)"
    assert closed(world, concern, "to-do", rule) == [
        f"Priya Nair has not confirmed receipt of {answer.reference}. {school} can do this, {by_when}."
    ]
    factories.received(world, answer)
    assert missing(concern, rule) == [
        f"Priya Nair has not said {answer.reference} back. {school} can do this, {by_when}."
    ]
    factories.restated(world, answer)
    assert missing(concern, rule) == [
        (
            f"Amara Osei has not checked what was said back on {answer.reference}. "
            f"{surgery} can do this, {by_when}."
        )
    ]
    factories.corrected(world, answer)
    assert missing(concern, rule) == [
        f"Priya Nair has been asked to say {answer.reference} again. {school} can do this, {by_when}."
    ]
    factories.confirmed(world, factories.restated(world, answer))
    assert missing(concern, rule) == []


def test_who_needs_to_know_is_answered(world: World) -> None:
    rule = rules.who_needs_to_know_is_answered
    concern = factories.concern_at(world, Stage.ASK)
    assert closed(world, concern, "to-do", rule) == [
        "Who needs to know is not answered. Priya Nair can do this now."
    ]
    answer_ask(world, concern, who_needs_to_know="  ")
    assert missing(concern, rule) != []
    answer_ask(world, concern)
    assert missing(concern, rule) == []


def test_assumptions_are_named_and_tested(world: World) -> None:
    rule = rules.assumptions_are_named_and_tested
    concern = factories.concern_at(world, Stage.ASK)
    cycle = factories.the_cycle(concern)
    assert closed(world, concern, "to-do", rule) == [
        "What you are assuming is not written down. Priya Nair can do this now."
    ]
    answer_ask(world, concern, no_assumptions=True)
    assert missing(concern, rule) == []
    named = ask.name_assumption(cycle, by=world.priya, at=world.clock(), text="That it was at home.")
    assert missing(concern, rule) == ["1 assumption is not tested yet. Priya Nair can do this now."]
    other = ask.name_assumption(cycle, by=world.priya, at=world.clock(), text="That nobody saw it.")
    assert missing(concern, rule) == ["2 assumptions are not tested yet. Priya Nair can do this now."]
    for one in (named, other):
        ask.test_assumption(one, by=world.priya, at=world.clock(), how_tested="Asked the class teacher.")
    assert missing(concern, rule) == []


def test_worry_is_given(world: World) -> None:
    """It is asked afresh in every cycle."""
    rule = rules.worry_is_given
    concern = factories.concern_at(world, Stage.RECORD)
    factories.finish_record(world, concern)
    factories.move(world, concern, "next-cycle")
    assert closed(world, concern, "to-do", rule) == [
        "How worried you are is not recorded for this cycle. Priya Nair can do this now."
    ]
    records.give_worry(concern, by=world.priya, at=world.clock(), level=2, change="LESS", cycle_number=2)
    assert missing(concern, rule) == []


@pytest.mark.parametrize("needed", [True, False])
def test_advice_is_considered(world: World, needed: bool) -> None:
    rule = rules.advice_is_considered
    concern = factories.concern_at(world, Stage.ASK)
    answer_ask(world, concern, advice_needed=None)
    assert closed(world, concern, "to-do", rule) == [
        "Whether you need advice is not answered. Priya Nair can do this now."
    ]
    answer_ask(world, concern, advice_needed=needed)
    assert missing(concern, rule) == []


def test_advice_is_taken_and_understood(world: World) -> None:
    rule = rules.advice_is_taken_and_understood
    concern = factories.concern_at(world, Stage.DO)
    assert missing(concern, rule) == []
    answer_ask(world, concern, advice_needed=True)
    assert closed(world, concern, "to-share", rule) == [
        "Advice is needed and has not been asked for. Priya Nair can do this now."
    ]
    question = factories.enquiry(world, concern, kind="ADVICE")
    assert missing(concern, rule) == [
        (
            f"Advice {question.reference} has not been given yet. Amara Osei (Bridge Street Surgery), or "
            f"Priya Nair by saying why there is none, can do this, {spoken(question.respond_by)}."
        )
    ]
    advice = factories.answered(world, question)
    assert (advice.kind, advice.stage) == (Exchange.Kind.ADVICE, Stage.DO)
    assert missing(concern, rule) == [
        (
            f"Priya Nair has not confirmed receipt of {advice.reference}. "
            f"Priya Nair (St Wulstan’s Primary) can do this, {spoken(advice.respond_by)}."
        )
    ]
    factories.understood(world, advice)
    assert missing(concern, rule) == []


def test_advice_is_asked_of_everybody_where_the_agency_wants_a_second_person(world: World) -> None:
    concern = factories.concern_at(world, Stage.DO)
    world.school.agency.second_person_in_do = True
    world.school.agency.save()
    concern = factories.again(concern)
    assert missing(concern, rules.advice_is_taken_and_understood) == [
        "Advice is needed and has not been asked for. Priya Nair can do this now."
    ]


def test_every_person_has_a_sharing_decision(world: World) -> None:
    rule = rules.every_person_has_a_sharing_decision
    concern = factories.concern_at(world, Stage.DO)
    sister = factories.child(world, first_name="Isla", born_on=None)
    records.add_subject(concern, person=sister, by=world.priya, at=world.clock())
    assert closed(world, concern, "to-share", rule) == [
        "There is no sharing decision for Leo Marsh. Priya Nair can do this now.",
        "There is no sharing decision for Isla Marsh. Priya Nair can do this now.",
    ]
    factories.decide(world, concern)
    assert missing(concern, rule) == [
        "There is no sharing decision for Isla Marsh. Priya Nair can do this now."
    ]
    factories.decide(world, concern, about=sister)
    assert missing(concern, rule) == []


def test_somebody_is_to_be_told(world: World) -> None:
    rule = rules.somebody_is_to_be_told
    concern = factories.concern_at(world, Stage.DO)
    assert closed(world, concern, "to-share", rule) == [
        "Nobody is chosen to be told. Priya Nair can do this now."
    ]
    exchange = disclosure.choose_listener(
        factories.the_cycle(concern),
        listener=world.tom,
        by=world.priya,
        at=world.clock(),
        right_place="Rang.",
    )
    assert missing(concern, rule) == ["No statement is chosen for Tom Ashdown. Priya Nair can do this now."]
    disclosure.discard_prepared(exchange, by=world.priya, at=world.clock())
    exchange = factories.prepared(world, concern)
    assert missing(concern, rule) == []
    point = world.tom.contact_points.get()
    point.retired_at = world.clock()
    point.save()
    assert missing(concern, rule) == [
        "The contact point for Tom Ashdown has not been checked. Priya Nair can do this now."
    ]


def test_somebody_told_only_for_information_does_not_open_the_gate(world: World) -> None:
    concern = factories.concern_at(world, Stage.DO)
    factories.prepared(world, concern, for_information=True)
    assert missing(concern, rules.somebody_is_to_be_told) == [
        "Nobody is chosen to be told. Priya Nair can do this now."
    ]


def test_nothing_is_to_be_shared(world: World) -> None:
    rule = rules.nothing_is_to_be_shared
    concern = factories.concern_at(world, Stage.DO)
    assert closed(world, concern, "not-shared", rule) == [
        "There is no sharing decision for Leo Marsh. Priya Nair can do this now."
    ]
    factories.decide(world, concern)
    assert missing(concern, rule) == [
        "A sharing decision says to share. Go on to Share, or decide again. Priya Nair can do this now."
    ]
    factories.decide(world, concern, outcome="NOT_SHARE")
    assert missing(concern, rule) == []
    factories.prepared(world, concern)
    assert missing(concern, rule) == [
        "Somebody is chosen to be told. Remove them, or go on to Share. Priya Nair can do this now."
    ]


def test_every_listener_has_understood(world: World) -> None:
    rule = rules.every_listener_has_understood
    concern = factories.at_share(world)
    assert closed(world, concern, "to-record", rule) == [
        "Nobody has understood a disclosure in this cycle. Priya Nair can do this now."
    ]
    first = factories.prepared(world, concern)
    assert missing(concern, rule) == [
        "What you prepared for Tom Ashdown has not been sent. Priya Nair can do this now."
    ]
    first = disclosure.send(first, by=world.priya, at=world.clock())
    second = factories.sent(world, concern, listener=world.amara)
    assert len(closed(world, concern, "to-record", rule)) == 2
    factories.understood(world, first)
    assert missing(concern, rule) == [
        (
            f"Amara Osei has not confirmed receipt of {second.reference}. "
            f"Amara Osei (Bridge Street Surgery) can do this, {spoken(second.respond_by)}."
        )
    ]
    check_back.withdraw(second, by=world.priya, at=world.clock(), why="Told by phone instead.")
    assert missing(concern, rule) == []


def test_a_listener_who_understands_and_disagrees_does_not_hold_the_stage_back(world: World) -> None:
    concern = factories.at_share(world)
    exchange = factories.understood(world, factories.sent(world, concern))
    differ.answer_agreement(
        exchange, by=world.tom, at=world.clock(), risk="DISAGREE", risk_why="Lower.", action="AGREE"
    )
    assert missing(concern, rules.every_listener_has_understood) == []
    assert factories.move(world, concern, "to-record").stage == Stage.RECORD


def test_those_told_for_information_do_not_hold_the_stage_back(world: World) -> None:
    concern = factories.at_share(world)
    factories.sent(world, concern, listener=world.amara, for_information=True)
    assert missing(concern, rules.every_listener_has_understood) == [
        "Nobody has understood a disclosure in this cycle. Priya Nair can do this now."
    ]
    factories.understood(world, factories.sent(world, concern))
    assert missing(concern, rules.every_listener_has_understood) == []


def test_the_summary_is_written(world: World) -> None:
    rule = rules.the_summary_is_written
    concern = factories.concern_at(world, Stage.RECORD)
    for move in ("next-cycle", "close"):
        assert closed(world, concern, move, rule) == [
            "The summary of this cycle is not written. Priya Nair can do this now."
        ]
    record.write_summary(
        factories.the_cycle(concern), by=world.priya, at=world.clock(), decision="A visit tomorrow."
    )
    assert missing(concern, rule) == []


def test_every_party_has_answered_the_summary(world: World) -> None:
    rule = rules.every_party_has_answered_the_summary
    summary = factories.summary_sent(world)
    concern = summary.cycle.concern
    assert closed(world, concern, "close", rule) == [
        (
            "Tom Ashdown (Wyrefold Family Front Door) has not answered the summary. "
            f"Tom Ashdown (Wyrefold Family Front Door) can do this, {spoken(summary.respond_by)}."
        )
    ]
    record.answer_summary(summary, by=world.tom, at=world.clock(), matches=True)
    assert missing(concern, rule) == []


def test_silence_counts_once_it_is_recorded_and_not_before_its_time(world: World) -> None:
    rule = rules.every_party_has_answered_the_summary
    summary = factories.summary_sent(world)
    assert summary.respond_by is not None
    with nothing_changes(), pytest.raises(Refused, match="still have time"):
        record.record_silence(summary, by=world.priya, at=summary.respond_by)
    late = summary.respond_by + timedelta(minutes=1)
    record.record_silence(summary, by=world.priya, at=late)
    assert missing(summary.cycle.concern, rule) == []


def test_no_correction_is_unanswered(world: World) -> None:
    rule = rules.no_correction_is_unanswered
    summary = factories.summary_sent(world)
    concern = summary.cycle.concern
    record.answer_summary(
        summary, by=world.tom, at=world.clock(), matches=False, correction="We said Thursday."
    )
    assert closed(world, concern, "next-cycle", rule) == [
        "Tom Ashdown has corrected the summary. Priya Nair can do this now."
    ]
    record.write_summary(
        factories.the_cycle(concern),
        by=world.priya,
        at=world.clock(),
        decision="A visit on Thursday.",
        what_changed="The day.",
    )
    assert missing(concern, rule) == []


def test_no_action_is_open(world: World) -> None:
    rule = rules.no_action_is_open
    concern = factories.concern_at(world, Stage.RECORD)
    action = factories.propose(world, concern.cycles.get().exchanges.get(kind="DISCLOSURE"))
    tom, by_when = "Tom Ashdown (Wyrefold Family Front Door)", spoken(action.due_at)
    assert closed(world, concern, "close", rule) == [
        f"Action {action.reference} is not agreed. {tom} can do this, {by_when}."
    ]
    actions.accept(action, by=world.tom, at=world.clock())
    assert missing(concern, rule) == [f"Action {action.reference} is not done. {tom} can do this, {by_when}."]
    at = world.clock()
    actions.report(action, by=world.tom, at=at, what_happened="Seen.", done_at=at)
    assert missing(concern, rule) == [
        f"Action {action.reference} is not checked. Priya Nair (St Wulstan’s Primary) can do this, {by_when}."
    ]
    actions.check_report(action, by=world.priya, at=world.clock(), is_done=True)
    assert missing(concern, rule) == []


def test_no_exchange_is_open(world: World) -> None:
    """Of any cycle: what was passed by on safety grounds still waits at the end."""
    rule = rules.no_exchange_is_open
    concern = factories.concern_at(world, Stage.RECORD)
    exchange = factories.sent_in_emergency(world, concern)
    assert closed(world, concern, "close", rule) == [
        (
            f"Amara Osei has not confirmed receipt of {exchange.reference}. "
            f"Amara Osei (Bridge Street Surgery) can do this, {spoken(exchange.respond_by)}."
        )
    ]
    factories.understood(world, exchange)
    assert missing(concern, rule) == []


def test_no_disagreement_is_open(world: World) -> None:
    rule = rules.no_disagreement_is_open
    concern = factories.concern_at(world, Stage.RECORD)
    exchange = concern.cycles.get().exchanges.get(kind="DISCLOSURE")
    differ.answer_agreement(
        exchange, by=world.tom, at=world.clock(), risk="PARTLY", risk_why="Lower.", action="AGREE"
    )
    assert closed(world, concern, "close", rule) == [
        f"A disagreement on {exchange.reference} is open. Priya Nair or Tom Ashdown can do this now."
    ]
    disagreement = exchange.disagreements.get()
    differ.add_position(disagreement, by=world.priya, at=world.clock(), words="Higher.")
    factories.understood_outcome(world, disagreement)
    assert missing(concern, rule) != []
    outcome.close(disagreement, by=world.priya, at=world.clock())
    assert missing(concern, rule) == []


def test_no_wrong_recipient_is_unresolved(world: World) -> None:
    rule = rules.no_wrong_recipient_is_unresolved
    concern = factories.concern_at(world, Stage.RECORD)
    exchange = factories.sent_in_emergency(world, concern)
    check_back.not_mine(exchange, by=world.amara, at=world.clock())
    assert closed(world, concern, "close", rule) == [
        (
            f"{exchange.reference} reached the wrong person, and nobody has said what was done. "
            "Priya Nair can do this now."
        )
    ]
    incident = Incident.objects.get(exchange=exchange)
    misdirected.handle_incident(incident, by=world.priya, at=world.clock(), **factories.HANDLED)
    assert missing(concern, rule) == []


def test_no_skipped_step_is_left(world: World) -> None:
    rule = rules.no_skipped_step_is_left
    concern = factories.concern_at(world, Stage.ASK)
    factories.sent_in_emergency(world, concern)
    steps = {step.step: step for step in SkippedStep.objects.all()}
    assert set(steps) == {"ASK", "DECISION"}
    by_when = spoken(steps["ASK"].due_at)
    assert missing(concern, rule) == [
        (
            "A step was skipped for an urgent disclosure: ask who else works with them, and test your "
            f"assumptions. Priya Nair can do this, {by_when}."
        ),
        (
            "A step was skipped for an urgent disclosure: record the sharing decision for each person "
            f"concerned. Priya Nair can do this, {by_when}."
        ),
    ]
    for step in steps.values():
        cycles.finish_skipped_step(step, by=world.priya, at=world.clock())
    assert missing(concern, rule) == []


# --- What was said -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Noted, thanks.",
        "OK",
        "I’ve read this",
        "Received with thanks",
        "Understood and agreed.",
        "n/a",
        "",
        "...",
        "As above",
        "👍",
    ],
)
def test_an_acknowledgement_is_not_a_restatement(text: str) -> None:
    assert rules.is_only_an_acknowledgement(text)
    with pytest.raises(rules.NotInYourWords):
        rules.require_own_words(text, text, text)


def test_words_of_other_languages_are_words() -> None:
    assert not rules.is_only_an_acknowledgement("Він боїться йти додому сьогодні")


def test_a_short_restatement_in_own_words_is_one() -> None:
    rules.require_own_words("Bruise, left arm.", "He goes home to Dean.", "Ring you by noon.")


def test_each_prompt_is_asked_for_by_its_name() -> None:
    with pytest.raises(rules.NotInYourWords) as refusal:
        rules.require_own_words(
            "A bruise on the arm seen by two.", "thanks", "I will ring the manager first."
        )
    assert refusal.value.sentences[1:] == ("Say in your own words: “What worries me, and why”.",)


def test_similarity_is_the_share_of_words_that_stand_in_the_source() -> None:
    source = "Four small round marks in a row on the left upper arm"
    assert rules.similarity(source, source) == 100
    assert rules.similarity("Nothing of that stands in what I write here", source) == 0
    assert rules.similarity(source.upper() + "!", source) == 100
    assert 0 < rules.similarity(source + " and my own words about it, which are as many", source) < 60
