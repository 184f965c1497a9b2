"""What every test of reminders uses."""

from tests.fixtures import world, world_with_deputies

__all__ = ["world", "world_with_deputies"]
