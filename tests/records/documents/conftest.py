"""The world of the factories, and browsers."""

from tests.fixtures import world
from tests.signing_in import signed_in

__all__ = ["signed_in", "world"]
