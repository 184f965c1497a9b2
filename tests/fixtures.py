"""Fixtures for tests that need people and agencies. A folder's conftest.py imports what it uses."""

import pytest

from tests import factories
from tests.factories import World


@pytest.fixture
def world(db: None) -> World:
    """Three agencies that work together, a stranger's, and everybody in them. No deputies."""
    return factories.make_world()


@pytest.fixture
def world_with_deputies(db: None) -> World:
    """The same, with each agency's colleague as the named deputy of its practitioner."""
    return factories.make_world(deputies=True)
