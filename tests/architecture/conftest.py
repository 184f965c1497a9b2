"""What the tests of the whole use."""

from tests.access.conftest import scene
from tests.fixtures import world, world_with_deputies
from tests.signing_in import signed_in

__all__ = ["scene", "signed_in", "world", "world_with_deputies"]
