"""The scene of the tests of access, because a form needs everything that it is about: one for a module."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.access.scene import Scene, on_stage
from tests.input.fuzz.playing import prepare


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """Everything that any page is about, and words of an agency that has nothing to do with the others."""
    with django_db_blocker.unblock(), on_stage(prepare) as built:
        yield built
