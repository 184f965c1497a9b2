"""Pages read the same to everybody whether row security holds or is passed over.

A row that is out of reach is not there: a page would leave out what somebody needs, and nobody would notice.
What is read is the scene of the address matrix, what becomes of it once everything was done, and one long
story. In the scene a third agency has a part in what is shared, of which each of the others reaches some.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import unified_diff

import pytest
import time_machine
from django.db import transaction
from django.urls import resolve

from tests import rows
from tests.access import cast as who
from tests.access import things, walk
from tests.access.fields import done
from tests.access.fields.marking import Marker, marking
from tests.access.fields.reading import Reader, start_of
from tests.access.fields.whole import Whole
from tests.access.scene import Scene, on_stage
from tests.access.tables import PAGES
from tests.company import keep_company
from tests.reaching import row_security_passed_over

# What each reads at each address.
Pages = dict[tuple[str, str], str]

pytestmark = pytest.mark.django_db(transaction=True)
# What is drawn anew each time: numbers of forms and of tokens, and when something was looked at.
DRAWN = re.compile(
    r'name="(form_id|csrfmiddlewaretoken)" value="[^"]*"| nonce="[^"]*"|"csrf_token": "[^"]*"'
    r'|<time datetime="[^"]*">[^<]*</time>|"[-0-9]{10}T[:0-9]{8}[^"]*"|\?after=[^"]*'
)
# A colleague's or a deputy's reach is that of one of these.
READERS = (who.OWNER, who.LISTENER, who.LISTENERS_LEAD, who.STRANGER, who.COORDINATOR, who.BY_LINK)


class Keeper(Reader):
    """Keeps what it reads."""

    def __init__(self, scene: Scene | Whole, one: str) -> None:
        super().__init__(scene, one, Marker())
        self.pages: Pages = {}

    def open(self, address: str, name: str) -> tuple[str, str]:
        text, location = super().open(address, name)
        self.pages[self.one, address] = DRAWN.sub("", text)
        return text, location


def differences(read: Callable[[], Pages]) -> list[str]:
    """Return where pages differ, each with the lines in which they do."""
    held = read()
    with row_security_passed_over():
        whole = read()
    assert held.keys() == whole.keys()
    return [
        "\n".join([f"{one} at {address}:", *lines(held[one, address], whole[one, address])])
        for one, address in held
        if held[one, address] != whole[one, address]
    ]


def lines(held: str, whole: str) -> Iterable[str]:
    return unified_diff(held.splitlines(), whole.splitlines(), "held", "passed over", n=0, lineterm="")


def test_every_page_of_the_scene_reads_the_same() -> None:
    def build(scene: Scene) -> None:
        walk.build(scene)
        things.build(scene)
        assert keep_company(scene.world)

    def read() -> Pages:
        found: Pages = {}
        for name in walk.own_names():
            page = PAGES[name]
            readers = page.sees.intersection(READERS) or {min(page.sees)}
            for one in () if page.only_post else sorted(readers):
                with rows.taken_back():
                    keeper = Keeper(scene, one)
                    keeper.open(page.address(name, scene), name)
                found |= keeper.pages
        return found

    with on_stage(build) as scene:
        assert differences(read) == []


def test_what_was_done_reads_the_same() -> None:
    made = []

    def build(scene: Scene) -> None:
        with marking(Marker()):
            made.append(done.build(scene))

    def read() -> Pages:
        found: Pages = {}
        for one in READERS:
            keeper = Keeper(scene, one)
            for address in made[0].addresses:
                with rows.taken_back():
                    keeper.open(address, str(resolve(address.partition("?")[0]).view_name))
            found |= keeper.pages
        return found

    with on_stage(build) as scene:
        assert differences(read) == []


def test_a_story_reads_the_same_wherever_its_links_lead() -> None:
    def read() -> Pages:
        found: Pages = {}
        for one in sorted(who.WITH_A_ROLE.intersection(READERS)):
            with rows.taken_back():
                keeper = Keeper(story, one)
                keeper.everything(start_of(story))
            found |= keeper.pages
        return found

    with transaction.atomic():
        story = Whole()
        with time_machine.travel(story.world.clock(), tick=False):
            story.cast.sign_in()
            assert differences(read) == []
        transaction.set_rollback(True)
