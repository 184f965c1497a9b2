"""What every test of subject access uses."""

from tests.fixtures import world, world_with_deputies
from tests.signing_in import signed_in

__all__ = ["signed_in", "world", "world_with_deputies"]
