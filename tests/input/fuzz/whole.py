"""What `make fuzz` runs, a share in each process. Not collected by itself: no `test_` begins its name."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.access.scene import Scene, on_stage
from tests.input.fuzz import cases, playing, storing

ASKED = json.loads(os.environ.get("FUZZ", "{}"))
SHARES = range(ASKED.get("processes", 1))
A_PORTION = 250


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    with django_db_blocker.unblock(), on_stage(playing.prepare) as built:
        yield built


def wanted(scene: Scene) -> list[cases.Case]:
    """Return all the cases that are asked for, the same in every process."""
    only = ASKED.get("only", "")
    every = [case for case in cases.every(scene) if case.name.startswith(only)]
    return cases.chosen(every, count=ASKED["count"], seed=ASKED["seed"])


def portions(mine: Iterable[cases.Case]) -> Iterator[list[cases.Case]]:
    rest = iter(mine)
    while portion := list(islice(rest, A_PORTION)):
        yield portion


@pytest.mark.parametrize("share", SHARES)
def test_share(scene: Scene, share: int) -> None:
    """Send one share and write down what came of it, portion by portion."""
    mine = wanted(scene)[share :: len(SHARES)]
    folder, began = Path(ASKED["folder"]), time.perf_counter()
    player = playing.Player(scene)
    for portion in portions(mine):
        player.play(portion)
        _write_down(folder, share, player.tally, began=began, of=len(mine))
    if ASKED.get("stored", True):
        storing.store_and_visit(player, rounds=range(share, storing.ROUNDS, len(SHARES)))
    player.close()
    _write_down(folder, share, player.tally, began=began, of=len(mine))
    (folder / f"done-{share}").touch()


def _write_down(folder: Path, share: int, tally: playing.Tally, *, began: float, of: int) -> None:
    """Keep what has come of it so far, for whoever stops it half-way."""
    tally.minutes = (time.perf_counter() - began) / 60
    (folder / f"progress-{share}").write_text(f"{tally.sent} {of} {len(tally.failed)}")
    (folder / f"share-{share}.json").write_text(tally.as_json())
