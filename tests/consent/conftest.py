"""One case for every test that asks for it."""

import pytest

from tests.consent.cases import Case, make_case


@pytest.fixture
def case(db: None) -> Case:
    return make_case()
