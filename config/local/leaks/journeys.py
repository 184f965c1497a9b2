"""Every form of the product, sent over HTTP by whoever may use it, with a word of its own in every field."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.backends.signals import connection_created
from django.utils import timezone

from config.local.faults.scene import session_of
from config.local.leaks.markers import Markers
from config.local.leaks.visitor import Seen, Visitor
from tests import factories
from tests.access import cast as who
from tests.access import walk
from tests.access.page import Page
from tests.access.scene import Scene
from tests.access.tables import PAGES
from tests.conftest import empty_tables
from tests.reaching import reach, reach_everything_outside_requests

FORMS = sorted(name for name in walk.own_names() if PAGES[name].acts is not None)
# Fields that name something which exists: a word of one's own there is only another thing that there is not.
EXACT = frozenset({"reference", "number", "with_whom"})
SENTENCE = 20
SAID_NO = frozenset({403, 404, 409, 410})


@dataclass
class Sent:
    """How the forms were answered, and who sent them."""

    answers: Counter[str] = field(default_factory=Counter)
    not_saved: dict[str, int] = field(default_factory=dict)


def for_every_agency() -> None:
    """Let this process, which makes and reads what belongs to several agencies, reach the rows of all.

    As the tests do; the service has connections of its own.
    """
    connection_created.connect(reach_everything_outside_requests)
    connection.ensure_connection()
    reach(connection, everything=True)


def fresh() -> Scene:
    """Empty every table, and make everything that any page is about, from a Monday some days ago on."""
    empty_tables()
    for_every_agency()
    day = timezone.now() - timedelta(days=5)
    day -= timedelta(days=day.weekday())
    world = factories.make_world()
    world.clock.moment = day.replace(hour=9, minute=0, second=0, microsecond=0)
    scene = Scene(world)
    walk.build(scene)
    return scene


class Practice:
    """Everybody at work: a browser for each, and the words that they type."""

    def __init__(self, scene: Scene, *, port: int, markers: Markers, seen: Seen) -> None:
        self.scene, self.port, self.markers, self.seen = scene, port, markers, seen
        self.sent = Sent()
        self.opened = self.errors = self.words = 0
        self.visitors: dict[str, Visitor] = {}

    def visitor(self, one: str) -> Visitor:
        """Return somebody's browser, signed in."""
        if one not in self.visitors:
            session = session_of(self.scene.cast[one]) if one in self.scene.cast.members else ""
            self.visitors[one] = Visitor(self.port, self.seen, session=session)
        return self.visitors[one]

    def everything(self) -> None:
        """Send every form, what ends things last, and type into each that keeps drafts."""
        for name in sorted(FORMS, key=_late):
            if PAGES[name].by != who.BY_LINK:
                self.form(name, PAGES[name])

    def form(self, name: str, page: Page) -> None:
        """Fill in one form with words of its own and send it."""
        address = page.address(name, self.scene)
        browser = self.visitor(page.by)
        hidden: dict[str, str] = {}
        if not page.only_post:
            hidden = browser.open(address)[1].fields
        data = self.marked(name, page.data(self.scene), page.typed)
        if token := hidden.get("draft_token"):
            typed = {key: str(value) for key, value in data.items() if key in page.typed}
            browser.send("/drafts/", {**typed, "draft_token": token})
        kept: dict[str, Any] = {key: hidden[key] for key in ("version", "draft_token") if key in hidden}
        answer = browser.send(address, {**kept, **data})
        self.sent.answers[_said(answer.status, page)] += 1
        if answer.status != page.done and not page.searches:
            self.sent.not_saved[name] = answer.status
        if answer.location.startswith("/"):
            browser.open(answer.location)

    def marked(self, name: str, data: dict[str, Any], typed: tuple[str, ...]) -> dict[str, Any]:
        """Put a word of its own into each field that people type into."""
        return {
            key: f"{value} {self.markers.new(f'{name}: {key}')}"
            if key in typed and key not in EXACT and isinstance(value, str)
            else value
            for key, value in data.items()
        }

    def look_around(self, *, at_most: int) -> int:
        """Open the pages that links lead to, as each of the people, and return how many were opened."""
        opened, chance = 0, random.Random(6)  # noqa: S311  # a walk, the same every time
        for one in (who.OWNER, who.LISTENER, who.LEAD, who.AUDITOR, who.ADMINISTRATOR, who.COORDINATOR):
            browser = self.visitor(one)
            waiting, known = ["/"], {"/"}
            for _ in range(at_most):
                if not waiting:
                    break
                answer, page = browser.open(waiting.pop(chance.randrange(len(waiting))))
                opened += 1
                new = {a for a in (*page.links, answer.location) if _is_page(a)} - known
                known |= new
                waiting += sorted(new)
        return opened


def _late(name: str) -> tuple[bool, str]:
    """What ends things is sent last, so that there is something to send the other forms about."""
    ends = ("withdraw", "end", "discard", "close", "strike", "not-mine", "dispos", "merge", "remove", "leave")
    return any(word in name for word in ends), name


def _is_page(address: str) -> bool:
    return address.startswith("/") and not address.startswith(("/static/", "/accounts/logout", "//"))


def _said(status: int, page: Page) -> str:
    if status == page.done or (page.searches and status in {200, 302}):
        return "done"
    return {422: "sent back to be mended", 0: "no answer"}.get(
        status, "refused" if status in SAID_NO else f"answered {status}"
    )


def texts_of_the_record() -> set[str]:
    """Every sentence that stands in the record after all this, whoever wrote it.

    Names and single words have words of their own in them, and are too short to be looked for in bytes.
    """
    from tests.architecture.test_nothing_personal_leaves import canaries

    return {text for text in canaries() if len(text) >= SENTENCE and " " in text}
