"""What every test of paper uses."""

from tests.fixtures import world
from tests.signing_in import signed_in

__all__ = ["signed_in", "world"]
