"""What every test of sharing uses."""

from tests.fixtures import world, world_with_deputies

__all__ = ["world", "world_with_deputies"]
