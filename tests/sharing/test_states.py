"""Every state has a turn and a tag, every stage a way out, every verb its sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from sharing import states, timeline, workflow
from sharing.models import Stage
from sharing.states import State

# The colours of GOV.UK's tag; blue is the one that needs no class.
GOVUK_TAGS = (
    "blue", "green", "grey", "magenta", "orange", "pink", "purple", "red", "teal", "turquoise", "yellow",
)  # fmt: skip


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_turn_and_a_tag(state: State) -> None:
    assert states.turn_of(state) in states.Turn
    assert states.TAGS[state] in GOVUK_TAGS


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_can_be_reached_and_left(stage: Stage) -> None:
    assert any(move.to_stage == stage for move in workflow.MOVES.values())
    assert workflow.moves_from(stage)


def test_every_verb_of_sharing_has_a_sentence_and_every_sentence_a_verb() -> None:
    """Verbs are written out in the operations; those of moves are made from their names."""
    root = Path(settings.BASE_DIR, "sharing")
    source = "\n".join(
        path.read_text() for path in [root / "workflow.py", *(root / "operations").glob("*.py")]
    )
    written = set(re.findall(r'"(sharing\.[a-z_]+\.[a-z_]+)"', source))
    written |= {f"sharing.cycle.{name}" for name in workflow.MOVES}
    told = {verb for verb in timeline.SENTENCES if verb.startswith("sharing.")}
    assert written == told
