"""The scene that every test of access plays on."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.access import matrix, walk
from tests.access.scene import Scene, on_stage
from tests.fixtures import world

__all__ = ["scene", "world"]


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """Everything that any page is about, and everybody who might ask. Built once for a file of tests."""
    with django_db_blocker.unblock(), on_stage(walk.build) as built:
        yield built


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many cells of the permission matrix were walked (`make matrix`)."""
    if matrix.TALLY.pages:
        terminalreporter.section("permission matrix")
        for line in matrix.TALLY.lines():
            terminalreporter.write_line(line)
