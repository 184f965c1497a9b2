"""Who may open and use each address, against a table; what refusals and looks tell, change and leave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from audit.kinds import Look, kind_of
from tests import rows
from tests.access import cast as who
from tests.access import matrix, things, walk
from tests.access.looking import NO_TRACE, is_about, left_by, looks_after
from tests.access.scene import Scene, on_stage
from tests.access.tables import LIBRARY, NO_SUCH_PAGE, PAGES, PARTS_OF_THE_LIBRARY
from tests.access.watching import Watch

SESSION = matrix.OF_THE_SESSION
OURS = tuple(f"{app}_" for app in rows.OURS)
every_page = pytest.mark.parametrize("name", walk.own_names())


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """The scene that every test of access plays on, with what was told to those who have gone."""

    def build(scene: Scene) -> None:
        walk.build(scene)
        things.build(scene)

    with django_db_blocker.unblock(), on_stage(build) as built:
        yield built
    if matrix.TALLY.pages == set(walk.own_names()):
        assert matrix.TALLY.cells.total() >= matrix.PROMISED, "Fewer cells than docs/assurance.md says"


def test_every_address_has_a_row_in_the_table() -> None:
    missing = walk.without_a_row()
    assert not missing, (
        f"No row for {', '.join(missing)}. Add one for each to the table of its app in tests/access/tables/: "
        "who may open it, who may act there, and answers that succeed."
    )
    old = walk.rows_without_a_page()
    assert not old, (
        f"No address is called {', '.join(old)} any more. Take its row out of tests/access/tables/."
    )


@every_page
def test_every_cell_of_the_matrix_is_as_the_table_says(scene: Scene, name: str) -> None:
    with rows.taken_back():
        found = matrix.Walk(scene, name)
        matrix.own(found)
        matrix.nowhere(found)
        matrix.foreign(found)
        things.closed(found)
        things.past(found)
        wrong = found.finish()
    matrix.TALLY.add(found)
    assert not wrong, "\n".join(wrong)


@every_page
def test_whoever_may_look_but_not_act_is_told_and_changes_nothing(scene: Scene, name: str) -> None:
    page = PAGES[name]
    if page.acts is None or page.searches:
        return
    watch = Watch()
    for one in sorted(page.sees - page.acts):
        with rows.taken_back():
            data = walk.filled_in(scene, name, page)
            browser = scene.cast.browser(one)
            with watch.afresh(), browser.in_a_hurry():
                response = browser.post(page.address(name, scene), data)
            matrix.TALLY.add_deed(did=False)
            refused = {302} if page.in_vain else {403, 409, 422}
            assert response.status_code in refused, (one, response.status_code)
            assert watch.written().keys() <= walk.KEPT_FOR_THE_WRITER | walk.PRESSED | SESSION, one


@every_page
def test_whoever_may_act_succeeds(scene: Scene, name: str) -> None:
    page = PAGES[name]
    if page.acts is None:
        return
    watch = Watch()
    for one in sorted(page.acts):
        with rows.taken_back():
            data = walk.filled_in(scene, name, page)
            browser = scene.cast.browser(one)
            with watch.afresh(), browser.in_a_hurry():
                response = browser.post(page.address(name, scene), data)
            matrix.TALLY.add_deed(did=True)
            if page.searches:
                assert response.status_code in {200, 302}, (one, response.status_code)
                continue
            assert response.status_code == page.done, (one, response.status_code, _told(response))
            assert watch.written().keys() - walk.LEFT_BEHIND - walk.PRESSED - SESSION, one


def _told(response: Any) -> list[str]:
    """What a page said was wrong, for the message of a failure."""
    return re.findall(r"error-message.*?</p>|error-summary.*?</div>", response.content.decode(), re.DOTALL)


@pytest.mark.parametrize("name", sorted(LIBRARY | NO_SUCH_PAGE))
def test_the_librarys_pages_break_for_nobody(scene: Scene, name: str) -> None:
    address = reverse(name, kwargs=PARTS_OF_THE_LIBRARY.get(name))
    watch = Watch()
    for one in (who.NOBODY, who.OWNER, who.LEFT, who.DISABLED):
        with rows.taken_back():
            for method in ("get", "post", "head", "put", "delete"):
                browser = scene.cast.browser(one)
                with watch.afresh(), browser.in_a_hurry(is_logged=True):
                    response = getattr(browser, method)(address)
                assert response.status_code < 500, (one, method)
                if name in NO_SUCH_PAGE:
                    assert response.status_code in {404, 405}, (one, method)
                ours = {table for table in watch.written() if table.startswith(OURS)}
                assert ours <= walk.LEFT_BEHIND | SESSION, (one, method)


# --- What opening a page leaves in the access log --------------------------------------------------

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
