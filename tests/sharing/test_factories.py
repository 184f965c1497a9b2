"""The factories reach every stage and state by the real operations, and by nothing else."""

import pytest

from sharing.models import Round, Stage
from sharing.states import ActionState, State, action_state, state_of
from tests import factories
from tests.factories import World


@pytest.mark.parametrize("stage", Stage.values)
def test_a_concern_reaches_every_stage(world: World, stage: str) -> None:
    concern = factories.concern_at(world, stage)
    assert factories.the_cycle(concern).stage == stage


@pytest.mark.parametrize("state", State)
def test_an_exchange_reaches_every_state(world: World, state: State) -> None:
    exchange = factories.exchange_at(world, state)
    last = Round.objects.filter(exchange=exchange).order_by("number").last()
    outcome = last.outcome if last else None
    answered = hasattr(exchange, "summary_answer")
    assert state_of(exchange, last_outcome=outcome, is_answered=answered) == state


@pytest.mark.parametrize("state", ActionState)
def test_an_action_reaches_every_state(world: World, state: ActionState) -> None:
    action = factories.action_at(world, state)
    last = action.reports.order_by("number").last()
    assert action_state(action, last_outcome=last.outcome if last else None) == state
