"""A large partnership made small: the same rows as of thousands, in a few seconds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytest_django import DjangoDbBlocker

from sharing.bulk.seed import seed
from tests.conftest import empty_tables
from tests.signing_in import signed_in

__all__ = ["signed_in"]

CONCERNS = 60
# A Monday at noon: what the patterns tell of "yesterday morning" is then always the same.
AT = datetime(2026, 10, 12, 11, tzinfo=UTC)


def made(concerns: int = CONCERNS, *, number: int = 7) -> int:
    """Fill the tests' database, and return how many rows that took."""
    return seed(
        concerns=concerns, seed_of=number, at=AT, role="check_back_app", progress=lambda share, what: None
    )


@pytest.fixture(scope="module")
def partnership(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    """A partnership of sixty concerns and what was told to make it, for all tests of a module."""
    with django_db_blocker.unblock():
        yield made()
        empty_tables()
