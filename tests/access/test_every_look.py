"""Whoever opens a page leaves a trace in the access log: read from the resolver, page by page."""

from __future__ import annotations

import pytest

from audit.kinds import Look, kind_of
from tests import rows
from tests.access import walk
from tests.access.looking import NO_TRACE, is_about, left_by, looks_after
from tests.access.scene import Scene
from tests.access.tables import PAGES

TO_LOOK_AT = [name for name in walk.own_names() if not PAGES[name].only_post]
SEARCHES = {"people", "concern-new", "concern-about-add", "concern-family-add"}
TAKES_AWAY = ("-file", "_file", "-paper", "-export", "-download", "-print")


def test_only_pages_that_there_are_leave_no_trace_and_each_says_why() -> None:
    unknown = sorted(set(NO_TRACE) - set(walk.names()))
    assert not unknown, f"No address is called {', '.join(unknown)}. Take it out of tests/access/looking.py."
    assert all(why.strip() for why in NO_TRACE.values())


@pytest.mark.parametrize("name", TO_LOOK_AT)
def test_opening_a_page_is_logged(scene: Scene, name: str) -> None:
    page = PAGES[name]
    with rows.taken_back():
        left = left_by(scene, name, page)
    if name in NO_TRACE:
        assert not left, f"{name} leaves a trace now: take it out of NO_TRACE in tests/access/looking.py"
        return
    assert left, (
        f"Nobody can see afterwards who opened {name}. Obtain what it shows through access.get_…, or call "
        "agencies.looks.log_seen; or say in tests/access/looking.py why it needs no trace."
    )
    parts = page.args(scene)
    assert any(is_about(look, parts) for look in left), (
        f"{name} is about {parts}, and the log says {[(look.action, look.subject) for look in left]}"
    )
    assert all(look.actor_id and look.role and look.address for look in left)


@pytest.mark.parametrize("name", [n for n in TO_LOOK_AT if n.endswith(TAKES_AWAY) and n not in NO_TRACE])
def test_what_is_taken_away_is_logged_as_that(scene: Scene, name: str) -> None:
    with rows.taken_back():
        kinds = {kind_of(look.action) for look in left_by(scene, name, PAGES[name])}
    assert Look.TAKEN in kinds, (
        f"Whoever opens {name} takes something away, and the log calls that {kinds}: "
        "say “file”, “print”, “export” or the like in its action (audit/kinds.py)."
    )


@pytest.mark.parametrize("name", sorted(SEARCHES))
def test_a_search_is_logged_with_whom_it_showed_and_without_its_words(scene: Scene, name: str) -> None:
    page = PAGES[name]
    with rows.taken_back():
        last = walk.last_look()
        answer = scene.cast.browser(page.by).post(page.address(name, scene), walk.sent(page.data(scene)))
        found = [look for look in looks_after(last) if look.action == "search"]
    assert answer.status_code == 200
    assert len(found) == 1
    assert found[0].shown
    assert all(reference.startswith("P-") for reference in found[0].shown)
    assert "Leo" not in str(vars(found[0]))
