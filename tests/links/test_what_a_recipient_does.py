"""What somebody without an account does after the code: all that a recipient with one does, and no more.

Each goes the whole way: the link of the notice, the code, the page, the deed.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Draft
from notifications.models import Message
from sharing import ladder
from sharing.models import (
    Action,
    Agreement,
    Disagreement,
    Exchange,
    Incident,
    Obligation,
    Outcome,
    Position,
    ProposedCorrection,
    RiskHolder,
    Round,
    Side,
)
from sharing.operations import actions, record
from sharing.operations import ladder as climbing
from sharing.operations import outcome as outcomes
from sharing.states import ActionState, State, action_state, state_of
from tests import factories
from tests.factories import OTHER_WORDS, OWN_WORDS, World
from tests.links import by_link
from tests.links.by_link import Visitor, links_on
from tests.sharing.asking import as_

SEEN = "Four small round marks"
HELD_BACK = "In my view the marks look like gripping"
LOWER = {"risk": "DISAGREE", "risk_why": "His aunt is there.", "action": "AGREE", "action_why": ""}
AGREED = {"risk": "AGREE", "risk_why": "", "action": "AGREE", "action_why": ""}


def visitor(world: World, state: State = State.SENT) -> Visitor:
    return Visitor(world, by_link.told(world, state)).comes_in()


def state(exchange: Exchange) -> State:
    found: Any = Exchange.objects.with_state().get(pk=exchange.pk)
    return state_of(found, last_outcome=found.last_outcome, is_answered=hasattr(found, "summary_answer"))


def action_is(action: Action) -> ActionState:
    found: Any = Action.objects.with_state().get(pk=action.pk)
    return action_state(found, last_outcome=found.last_outcome)


# --- The check-back ----------------------------------------------------------------------------


def test_the_first_page_says_in_three_lines_what_is_asked_and_how_long_it_takes(world: World) -> None:
    grace = visitor(world)
    page = grace.looks_at("exchange")
    assert "What is asked of you" in page
    assert "about ten minutes" in page
    assert page.split("What is asked of you")[1].split("</ol>")[0].count("<li>") == 3
    assert "Here by a link as" in page
    assert "This page closes at" in page
    assert SEEN not in page
    grace.does("exchange")
    assert SEEN in grace.looks_at("exchange")


def test_they_open_confirm_receipt_and_say_it_back(world: World) -> None:
    grace = visitor(world)
    grace.does("exchange")
    assert state(grace.exchange) == State.OPENED
    grace.does("receive")
    assert state(grace.exchange) == State.RECEIVED
    page = grace.looks_at("restate")
    assert SEEN in page
    assert HELD_BACK not in page
    grace.does("restate", **OWN_WORDS)
    assert state(grace.exchange) == State.RESTATED
    said = Round.objects.get(exchange=grace.exchange)
    assert said.restated_by == grace.exchange.listener
    page = grace.looks_at("exchange")
    assert "What is asked of you" not in page
    assert "Waiting for Priya Nair to check what was said back" in page


def test_they_are_corrected_and_say_it_again(world: World) -> None:
    grace = visitor(world, State.CORRECTED)
    assert "Say it again" in grace.looks_at("exchange")
    grace.does("restate", **OTHER_WORDS)
    factories.confirmed(world, factories.again(grace.exchange))
    assert state(grace.exchange) == State.UNDERSTOOD
    assert Round.objects.filter(exchange=grace.exchange).count() == 2


def test_an_acknowledgement_is_refused_and_every_word_is_still_there(world: World) -> None:
    grace = visitor(world, State.RECEIVED)
    answer = grace.sends(
        "restate", what_happened="Noted, thanks.", what_worries_me="Noted.", what_i_will_do="Will look."
    )
    assert answer.status_code == 409
    assert "Noted, thanks." in by_link.text(answer)
    assert state(grace.exchange) == State.RECEIVED


def test_it_is_not_theirs_and_is_gone_at_once(world: World) -> None:
    grace = visitor(world, State.OPENED)
    page = grace.looks_at("not-mine")
    assert "do not pass your link on" in page
    assert "ask your manager" not in page
    grace.does("not-mine", note="The neighbourhood team.")
    assert state(grace.exchange) == State.NOT_MINE
    assert Incident.objects.get(exchange=grace.exchange).reported_by == grace.exchange.listener
    page = grace.looks_at("exchange")
    assert SEEN not in page
    assert grace.gets(grace.page("restate")).status_code == 409


# --- Agreeing, and not -------------------------------------------------------------------------


def test_they_agree(world: World) -> None:
    grace = visitor(world, State.UNDERSTOOD)
    grace.does("agreement", **AGREED)
    given = Agreement.objects.filter(exchange=grace.exchange)
    assert {(one.about, one.answer, one.by) for one in given} == {
        ("RISK", "AGREE", grace.exchange.listener),
        ("ACTION", "AGREE", grace.exchange.listener),
    }


def test_they_disagree_in_their_own_words_and_the_speaker_is_told(world: World) -> None:
    grace = visitor(world, State.UNDERSTOOD)
    grace.does("agreement", **LOWER)
    row = Disagreement.objects.get(exchange=grace.exchange)
    said = Position.objects.get(stage__disagreement=row)
    assert (said.words, said.side, said.by) == ("His aunt is there.", Side.LISTENER, grace.exchange.listener)
    assert Message.objects.filter(kind=Message.Kind.DISAGREED, to_member_id=world.priya.pk).exists()
    page = grace.looks_at("disagreement", row)
    assert "His aunt is there." in page


def test_they_say_in_one_step_that_they_do_not_agree(world: World) -> None:
    grace = visitor(world, State.RECEIVED)
    grace.does("disagree", about="RISK", position="It is lower than that.")
    assert Disagreement.objects.get(exchange=grace.exchange).about == "RISK"


def test_nobody_leads_them_so_they_answer_for_their_side_at_every_stage(world: World) -> None:
    grace = visitor(world, State.UNDERSTOOD)
    row = factories.disagreement(world, grace.exchange)
    grace.does(
        "name-risk-holder", row, holder=str(world.priya.pk), meanwhile="She rings the family every morning."
    )
    for stage in (2, 3, 4):
        page = grace.looks_at("open-next-stage", row)
        assert "Bea Thorne" not in page
        assert "Helen Croft" not in page
        now = ladder.read(Disagreement.objects.with_people().get(pk=row.pk))
        proposed = climbing.who_answers(now, stage)
        assert proposed[Side.LISTENER] == grace.exchange.listener
        grace.does(
            "open-next-stage",
            row,
            stage=stage,
            why="It cannot wait.",
            for_speaker=str(proposed[Side.SPEAKER].pk),
            for_listener=str(grace.exchange.listener.pk),
        )
        assert factories.current_stage(row).number == stage
        assert factories.current_stage(row).for_listener == grace.exchange.listener
        grace.does("add-position", row, position=f"At stage {stage} I still think it is lower.")
        grace.does(
            "name-risk-holder", row, holder=str(world.priya.pk), meanwhile="She rings them every morning."
        )
    assert RiskHolder.objects.filter(by=grace.exchange.listener).count() == 4
    assert Position.objects.filter(by=grace.exchange.listener, side=Side.LISTENER).count() == 4


def test_the_speakers_side_takes_it_to_their_lead_and_they_answer_themselves(world: World) -> None:
    grace = visitor(world, State.UNDERSTOOD)
    row = factories.held(world, factories.disagreement(world, grace.exchange), by=world.priya)
    climbing.open_stage(row, by=world.priya, at=world.clock(), number=2, why="He goes home tonight.")
    stage = factories.current_stage(row)
    assert stage.for_speaker == world.school.lead
    assert stage.for_listener == grace.exchange.listener
    assert Message.objects.filter(
        kind=Message.Kind.ESCALATED, to_member_id=grace.exchange.listener_id
    ).exists()
    page = grace.looks_at("disagreement", row)
    assert "Stage 2 of 4" in page
    assert "You see this because you are a lead" not in page


def test_somebody_is_in_immediate_danger(world: World) -> None:
    grace = visitor(world, State.UNDERSTOOD)
    row = factories.disagreement(world, grace.exchange)
    assert "Call 999" in grace.looks_at("immediate-danger", row)
    grace.does(
        "immediate-danger",
        row,
        who_was_called="999",
        day_0="11",
        day_1="1",
        day_2="2027",
        time="09:00",
        what_was_agreed="They are on their way.",
        stage="stay",
    )
    assert row.danger_calls.get().by == grace.exchange.listener


def test_they_write_the_outcome_and_check_how_it_was_said_back_by_its_own_link(world: World) -> None:
    grace = visitor(world, State.UNDERSTOOD)
    row = factories.held(world, factories.disagreement(world, grace.exchange), by=world.priya)
    grace.does(
        "write-outcome",
        row,
        what_was_decided="We both visit on Thursday.",
        why="It is quicker.",
        who_does_what="Grace books it.",
    )
    copy = Exchange.objects.select_related("speaker", "cycle__concern").get(kind="OUTCOME")
    assert (copy.speaker, copy.listener) == (grace.exchange.listener, world.priya)
    factories.restated(world, factories.received(world, copy))
    page = grace.looks_at("disagreement", row)
    assert "The outcome has a link of its own" in page
    assert grace.gets(grace.page("check", copy)).status_code == 404


def test_they_are_told_an_outcome_say_it_back_and_close_it_by_the_outcomes_link(world: World) -> None:
    before = visitor(world, State.UNDERSTOOD)
    row = factories.held(world, factories.disagreement(world, before.exchange), by=world.priya)
    outcomes.write_outcome(
        row,
        by=world.priya,
        at=world.clock(),
        what_was_decided="We both visit on Thursday.",
        why="It is quicker.",
        who_does_what="Priya books it.",
    )
    copy = Exchange.objects.select_related("speaker", "cycle__concern").get(kind="OUTCOME")
    assert "The outcome has a link of its own" in before.looks_at("disagreement", row)
    assert before.gets(before.page("exchange", copy)).status_code == 404

    grace = Visitor(world, copy).comes_in()
    grace.does("exchange")
    grace.does("receive")
    grace.does("restate", **OWN_WORDS)
    factories.confirmed(world, factories.again(copy))
    page = grace.looks_at("disagreement", row)
    assert before.page("exchange") not in links_on(page)
    assert grace.page("exchange") in links_on(page)
    grace.does("close-disagreement", row)
    row.refresh_from_db()
    assert row.settled_by == copy.listener
    assert Outcome.objects.count() == 1


# --- Actions -----------------------------------------------------------------------------------


def proposed_to(grace: Visitor) -> Action:
    return factories.propose(grace.world, grace.exchange)


def test_they_take_an_action_on_and_report_it_done(world: World) -> None:
    grace = visitor(world, State.UNDERSTOOD)
    action = proposed_to(grace)
    assert "An action waits for you" not in grace.looks_at("exchange")
    grace.does("agreement", **AGREED)
    assert "An action waits for you" in grace.looks_at("exchange")
    assert "Take it on" in grace.looks_at("action", action)
    grace.does("action-accept", action)
    assert action_is(action) == ActionState.AGREED
    grace.does(
        "action-report",
        action,
        what_happened="Seen, and safe.",
        day_0="11",
        day_1="1",
        day_2="2027",
        time="09:00",
    )
    assert action_is(action) == ActionState.REPORTED
    assert action.reports.get().reported_by == grace.exchange.listener


def test_they_decline_an_action(world: World) -> None:
    grace = visitor(world, State.UNDERSTOOD)
    action = proposed_to(grace)
    grace.does("action-decline", action, why="We have no key.")
    assert action_is(action) == ActionState.DECLINED


def test_they_take_an_action_back(world: World) -> None:
    grace = visitor(world, State.UNDERSTOOD)
    action = proposed_to(grace)
    grace.does("action-withdraw", action, why="They moved out.")
    assert action_is(action) == ActionState.WITHDRAWN


def test_they_propose_an_action_and_check_that_it_was_done(world: World) -> None:
    grace = visitor(world, State.UNDERSTOOD)
    grace.does(
        "propose-action",
        what="Tell me who holds the key.",
        owner=str(world.priya.pk),
        by_when="2 working days",
        contingency="Nobody answers.",
    )
    action = Action.objects.get(exchange=grace.exchange)
    actions.accept(action, by=world.priya, at=world.clock())
    at = world.clock()
    actions.report(factories.again(action), by=world.priya, at=at, what_happened="I asked.", done_at=at)
    grace.does("action-check", action, is_done="yes", note="")
    assert action_is(action) == ActionState.DONE


# --- Who cannot be told ------------------------------------------------------------------------


def test_the_speaker_is_told_by_name_whom_no_notice_reached(world: World) -> None:
    exchange = by_link.told(world)
    Obligation.objects.filter(reference=exchange.reference).update(unreachable_at=world.clock())
    page = by_link.text(as_(world.priya).get(f"/exchanges/{exchange.reference}/"))
    assert "A notice to Grace Adeyemi could not be delivered" in page


# --- Corrections -------------------------------------------------------------------------------


def test_they_propose_a_correction_and_see_how_it_is_answered(world: World) -> None:
    grace = visitor(world, State.UNDERSTOOD)
    assert "propose a correction" in grace.looks_at("exchange")
    grace.does(
        "propose-correction", item_number="1", should_say="It was the right arm.", how_known="I saw it."
    )
    proposed = ProposedCorrection.objects.get(exchange=grace.exchange)
    assert (proposed.by, proposed.words) == (grace.exchange.listener, "It was the right arm.")
    path = f"/exchanges/{grace.exchange.reference}/proposed/1/"
    assert "Waiting for Priya Nair to correct it" in by_link.text(grace.gets(path))
    text = " ".join(by_link.read(grace.takes_copy()))
    assert "It was the right arm." in text
    assert SEEN not in text


# --- The summary -------------------------------------------------------------------------------


def summary_for(world: World) -> Exchange:
    """The summary of a cycle in which somebody outside was told something."""
    exchange = by_link.told(world, State.UNDERSTOOD)
    concern = exchange.cycle.concern
    factories.move(world, concern, "to-record")
    record.write_summary(
        factories.the_cycle(concern), by=world.priya, at=world.clock(), decision="A visit tomorrow."
    )
    return Exchange.objects.select_related("speaker", "cycle__concern").get(
        kind="SUMMARY", listener=exchange.listener
    )


def test_they_answer_a_summary(world: World) -> None:
    grace = Visitor(world, summary_for(world)).comes_in()
    assert "about five minutes" in grace.looks_at("exchange")
    grace.does("exchange")
    grace.looks_at("answer-summary")
    grace.does("answer-summary", matches="no", correction="The visit is on Thursday.")
    assert state(grace.exchange) == State.ANSWERED


# --- Drafts ------------------------------------------------------------------------------------


def test_what_they_type_is_kept_and_filled_in_again(world: World) -> None:
    grace = visitor(world, State.RECEIVED)
    page = grace.gets(grace.page("restate"))
    token = page.context["draft_token"]
    kept = grace.posts("/drafts/", {"draft_token": token, "what_happened": "A mark on the arm, seen by two."})
    assert kept.status_code == 200
    assert Draft.objects.get().holder == grace.exchange.listener
    assert "A mark on the arm, seen by two." in grace.looks_at("restate")


def test_saving_after_the_time_is_up_loses_no_text(world: World) -> None:
    grace = visitor(world, State.RECEIVED)
    token = grace.gets(grace.page("restate")).context["draft_token"]
    world.clock(31)
    answer = grace.sends("restate", draft_token=token, **OWN_WORDS)
    assert (answer.status_code, answer["Location"]) == (302, "/link/over/")
    assert state(grace.exchange) == State.RECEIVED
    over = by_link.text(grace.gets("/link/over/"))
    assert "What you wrote is kept: open your link again" in over
    kept = grace.posts("/drafts/", {"draft_token": token, **OWN_WORDS})
    assert kept.status_code == 401
    assert "Open your link again" in kept.json()["error"]
    grace.comes_in()
    page = grace.looks_at("restate")
    for words in OWN_WORDS.values():
        assert words in page


def test_staying_longer_leads_back_to_where_they_were(world: World) -> None:
    grace = visitor(world, State.RECEIVED)
    here = grace.page("restate")
    assert f'name="back_to" value="{here}"' in grace.looks_at("restate")
    world.clock(25)
    answer = grace.posts("/link/stay/", {"back_to": here})
    assert (answer.status_code, answer["Location"]) == (302, here)
    world.clock(25)
    assert grace.gets(here).status_code == 200
    elsewhere = grace.posts("/link/stay/", {"back_to": "https://elsewhere.example/"})
    assert elsewhere["Location"] == grace.page("exchange")
    asked = grace.posts("/link/stay/", {}, Accept="application/json").json()
    assert asked["seconds_left"] == 1800


def test_the_seconds_left_are_counted_by_the_server(world: World) -> None:
    grace = visitor(world)
    first = grace.gets(grace.page("exchange")).context["visit_seconds_left"]
    world.clock(10)
    later = grace.gets(grace.page("exchange")).context["visit_seconds_left"]
    assert 0 < later <= first - 600


# --- One deed costs no more than it did ---------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "where", "most"),
    [
        ("exchange", State.UNDERSTOOD, 12),
        ("restate", State.RECEIVED, 12),
        ("agreement", State.UNDERSTOOD, 12),
    ],
)
def test_a_page_costs_no_more_statements_than_it_may(
    world: World, name: str, where: State, most: int
) -> None:
    grace = visitor(world, where)
    with CaptureQueriesContext(connection) as seen:
        assert grace.gets(grace.page(name)).status_code == 200
    assert len([q for q in seen.captured_queries if "SAVEPOINT" not in q["sql"]]) <= most
