"""What every test of links uses."""

from tests.fixtures import world
from tests.links.post import texts
from tests.signing_in import signed_in

__all__ = ["signed_in", "texts", "world"]
