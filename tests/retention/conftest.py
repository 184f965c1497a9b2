"""What every test of retention uses."""

import pytest

from tests.fixtures import world
from tests.retention import cases
from tests.retention.cases import Case
from tests.signing_in import signed_in

__all__ = ["signed_in", "world"]


@pytest.fixture
def case(db: None) -> Case:
    """Two agencies that hold a closed concern, with two leads in each, in a time that is over."""
    return cases.make()
