"""The way in by a link: what somebody without an account does before and after anybody knows who they are."""

from typing import Any

from tests import factories
from tests.access import cast as who
from tests.access.page import Page, Table
from tests.access.scene import Scene

BY_LINK = frozenset({who.BY_LINK})
# Whoever has not opened a link first, in this browser, is told how.
AFTER_OPENING = Page(sees=who.EVERYBODY)
OF_A_VISIT = Page(sees=BY_LINK, acts=BY_LINK, by=who.BY_LINK, role=who.WITH_A_ROLE, only_post=True)


def token(scene: Scene) -> dict[str, Any]:
    made = scene.keep("token", lambda: factories.token(scene.world, scene.cast.by_link))
    return {"token": made}


PAGES: Table = {
    "link": Page(sees=who.EVERYBODY, args=token, acts=who.NOT_SIGNED_IN | BY_LINK, by=who.NOBODY),
    "link-code": AFTER_OPENING,
    "link-another-code": Page(sees=who.EVERYBODY, only_post=True),
    "link-not-me": AFTER_OPENING,
    "link-over": AFTER_OPENING,
    "link-stay": OF_A_VISIT,
    "link-leave": OF_A_VISIT,
}
