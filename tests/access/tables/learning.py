"""The figures that agencies learn from."""

from typing import Any

from sharing.operations import learning
from tests.access import cast as who
from tests.access.page import Page, Table
from tests.access.scene import Scene


def some_figures(scene: Scene) -> dict[str, Any]:
    scene.keep("figures", lambda: learning.refresh(scene.world.clock()))
    return {}


def file_of_figures(scene: Scene) -> dict[str, Any]:
    return {**some_figures(scene), "name": "times"}


PAGES: Table = {
    "learning": Page(
        sees=who.LEARNING,
        role=who.LEARNING,
        by=who.LEAD,
        args=some_figures,
    ),
    "learning-file": Page(
        sees=who.LEARNING,
        role=who.LEARNING,
        by=who.LEAD,
        args=file_of_figures,
        foreign=lambda s: [{"name": "names"}],
    ),
}
