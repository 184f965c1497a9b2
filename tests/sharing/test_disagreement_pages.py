"""The pages of a disagreement: the ladder, and the one obvious next step for whoever reads it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from agencies.models import ContactPoint, Membership
from sharing.forms.differ import NextStageForm
from sharing.models import Disagreement, LadderStage
from sharing.operations import differ, ladder
from sharing.states import ActionState, State
from tests import factories
from tests.factories import World
from tests.sharing.asking import as_, at, filled, text

DECIDED = {
    "what_was_decided": "We visit together.",
    "why": "Neither has seen him at home.",
    "who_does_what": "Tom books it.",
}


def page(member: Membership, row: Disagreement) -> str:
    response = as_(member).get(f"/disagreements/{row.reference}/")
    assert response.status_code == 200
    return text(response)


def send(member: Membership, name: str, row: Disagreement, **words: Any) -> Any:
    row.refresh_from_db()
    address = f"/disagreements/{row.reference}/{name}/"
    return as_(member).post(address, {**filled(None, **words), "version": row.version})


def test_the_exchange_leads_there_in_one_step_from_either_side(world: World) -> None:
    for by in (world.priya, world.tom):
        exchange = factories.exchange_at(world, State.UNDERSTOOD)
        assert "We do not agree about something" in text(as_(by).get(at("exchange", exchange)))
        words = filled(None, about="RISK", position="I see it otherwise.")
        opened = as_(by).post(at("disagree", exchange), words, follow=True)
        assert "I see it otherwise." in text(opened)
    for by in (world.care.lead, world.school.lead):
        assert "We do not agree about something" not in text(as_(by).get(at("exchange", exchange)))
        assert as_(by).get(at("disagree", exchange)).status_code == 409


def test_an_action_that_was_not_done_is_chosen_from_its_page(world: World) -> None:
    action = factories.action_at(world, ActionState.AGREED)
    shown = text(as_(world.priya).get(f"/actions/{action.reference}/"))
    assert f"/exchanges/{action.exchange.reference}/disagree/?action={action.reference}" in shown
    address = at("disagree", action.exchange)
    given = {"about": "NOT_DONE", "position": "Nobody came."}
    assert as_(world.priya).post(address, filled(None, **given)).status_code == 422
    given["action"] = action.reference
    made = as_(world.priya).post(address, filled(None, **given), follow=True)
    assert "The action that was not done" in text(made)


def test_one_next_step_for_whoever_reads(world: World) -> None:
    row = factories.disagreement(world, both=False)
    assert "Give your side" in page(world.priya, row)
    assert "Who holds the risk until this is settled?" in page(world.tom, row)
    differ.add_position(row, by=world.priya, at=world.clock(), words="Higher.")
    factories.held(world, row)
    with time_machine.travel(world.clock(), tick=False):
        assert "Talk to each other. Then write what you decided" in page(world.tom, row)
        assert "Waiting for Priya Nair and Tom Ashdown to decide" in page(world.care.lead, row)
    outcome = factories.decided(world, row)
    copy = outcome.exchanges.get()
    assert "Say back what was decided" in page(world.priya, row)
    assert "Waiting for Priya Nair to say back what was decided" in page(world.tom, row)
    factories.restated(world, factories.received(world, copy))
    assert "Check what was said back on the outcome" in page(world.tom, row)
    factories.confirmed(world, copy)
    assert "Everybody understands what was decided. Is it settled?" in page(world.priya, row)
    assert "Waiting for Priya Nair to close it or take it further" in page(world.tom, row)
    assert "Is the disagreement settled?" in text(as_(world.priya).get(at("exchange", copy)))
    assert send(world.priya, "close", row).status_code == 302
    assert "This is settled" in page(world.tom, row)


def test_lateness_is_said_and_offers_the_next_stage(world: World) -> None:
    row = factories.held(world, factories.disagreement(world))
    stage = factories.current_stage(row)
    with time_machine.travel(stage.due_at - timedelta(minutes=1), tick=False):
        assert "Take it to stage 2" in page(world.tom, row)
        assert "has passed" not in page(world.tom, row)
        assert send(world.tom, "next-stage", row, why="").status_code == 422
    with time_machine.travel(stage.due_at + timedelta(minutes=1), tick=False):
        shown = page(world.tom, row)
        assert "The time limit of this stage has passed" in shown
        assert "Late" in shown
        given = {
            "why": "",
            "for_speaker": world.school.lead.pk,
            "for_listener": world.care.lead.pk,
            "stage": 2,
        }
        assert send(world.tom, "next-stage", row, **given).status_code == 302
    assert factories.current_stage(row).number == 2


def test_nobody_is_chosen_in_advance_to_answer_at_the_next_stage(world: World) -> None:
    possible = ([world.school.lead, world.priya], [world.care.lead])
    form = NextStageForm(names=("School", "Care"), possible=possible, late=True)
    several, alone = (list(form.fields[name].choices) for name in ("for_speaker", "for_listener"))  # type: ignore[attr-defined]  # choice fields
    assert several[0] == ("", "Choose")
    assert [key for key, _ in alone] == [str(world.care.lead.pk)]


def test_a_stage_that_is_over_does_not_wait_for_whoever_holds_the_risk(world: World) -> None:
    row = factories.disagreement(world)
    assert "Nobody is named yet" in page(world.tom, row)
    assert "Nobody was named" not in page(world.tom, row)
    at = world.clock()
    ladder.record_danger(
        row, by=world.tom, at=at, who_was_called="999", called_at=at, what_was_agreed="Now.", number=3
    )
    assert page(world.tom, row).count("Nobody was named") == 1


def test_nothing_goes_on_before_somebody_holds_the_risk(world: World) -> None:
    row = factories.disagreement(world)
    for name in ("next-stage", "outcome"):
        refused = as_(world.tom).get(f"/disagreements/{row.reference}/{name}/")
        assert refused.status_code == 409
        assert "Say first who holds the risk" in text(refused)
    assert send(world.tom, "outcome", row, **DECIDED).status_code == 409
    assert send(world.tom, "risk", row, holder=str(world.amara.pk), meanwhile="x").status_code == 422
    post = {"holder": f"post:{world.care.agency.reference}", "meanwhile": "Rings."}
    assert send(world.tom, "risk", row, **post).status_code == 422
    assert send(world.tom, "risk", row, **post, post="Duty desk").status_code == 302
    assert "Duty desk, Wyrefold Family Front Door" in page(world.priya, row)
    assert send(world.tom, "outcome", row, **DECIDED).status_code == 302


def test_two_people_take_it_further_and_the_second_is_told(world: World) -> None:
    row = factories.held(world, factories.disagreement(world))
    given = {
        "why": "Now.",
        "for_speaker": world.school.lead.pk,
        "for_listener": world.care.lead.pk,
        "stage": 2,
    }
    old = {**filled(None, **given), "version": row.version}
    address = f"/disagreements/{row.reference}/next-stage/"
    assert as_(world.tom).post(address, old).status_code == 302
    second = as_(world.priya).post(address, {**filled(None, **given), "version": row.version})
    assert second.status_code == 409
    assert f"took {row.reference} to stage 2" in text(second)
    again = as_(world.priya).post(address, {**filled(None, **given), "version": factories.again(row).version})
    assert "Tom Ashdown has opened stage 2 already" in text(again)
    assert LadderStage.objects.filter(disagreement=row).count() == 2


def test_immediate_danger_says_how_and_whom_to_ring(world: World) -> None:
    row = factories.disagreement(world)
    ContactPoint.objects.create(
        agency=world.care.agency, label="Duty desk", kind="PHONE", address="01632 960 101",
        checked_at=factories.LONG_AGO, checked_by=world.care.administrator,
    )  # fmt: skip
    assert "Somebody is in immediate danger" in page(world.tom, row)
    shown = text(as_(world.tom).get(f"/disagreements/{row.reference}/danger/"))
    for words in ("Call 999", "strategy discussion", "01632 960 101"):
        assert words in shown
    moment = world.clock.moment
    given = {
        "who_was_called": "999.", "what_was_agreed": "A car goes there.", "stage": "3", "time": "08:30",
        "day_0": moment.day, "day_1": moment.month, "day_2": moment.year,
    }  # fmt: skip
    with time_machine.travel(world.clock(), tick=False):
        assert send(world.tom, "danger", row, **{**given, "time": "23:59"}).status_code == 409
        assert send(world.tom, "danger", row, **given).status_code == 302
        assert "A car goes there." in page(world.priya, row)
    assert factories.current_stage(row).number == 3


def test_the_office_sees_references_and_no_names_or_words(world: World) -> None:
    row = factories.held(world, factories.at_stage(world, 3))
    factories.disagreement(world)
    shown = text(as_(world.coordinator).get("/partnership/disagreements/"))
    assert f"{row.reference}: The risk" in shown
    assert "Wyrefold Family Front Door holds the risk" in shown
    assert shown.count("-D1") == 1
    for hidden in ("Priya", "Tom", "Leo", "Lower than that", "I ring them"):
        assert hidden not in shown
    assert as_(world.coordinator).get(f"/disagreements/{row.reference}/").status_code == 403


@pytest.mark.parametrize("who", ["school.colleague", "care.colleague", "amara", "stranger.lead"])
def test_nobody_else_sees_it(world: World, who: str) -> None:
    row = factories.disagreement(world)
    member: Any = world
    for part in who.split("."):
        member = getattr(member, part)
    for name in ("", "position/", "risk/", "next-stage/", "danger/", "outcome/", "close/"):
        assert as_(member).get(f"/disagreements/{row.reference}/{name}").status_code == 404
