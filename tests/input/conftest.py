"""The same scene as the tests of access, because a form needs everything that it is about."""

from tests.access.conftest import scene

__all__ = ["scene"]
