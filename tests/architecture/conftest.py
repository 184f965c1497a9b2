"""What the tests of the whole use."""

from tests.fixtures import world, world_with_deputies

__all__ = ["world", "world_with_deputies"]
