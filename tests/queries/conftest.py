"""The same scene as the tests of access: everything that any page is about."""

from tests.access.conftest import scene

__all__ = ["scene"]
