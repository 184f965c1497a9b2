"""Who may open and use each address, against a table; what a refusal tells, changes and leaves behind."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests import rows
from tests.access import cast as who
from tests.access import walk
from tests.access.scene import Scene
from tests.access.tables import LIBRARY, NO_SUCH_PAGE, PAGES, PARTS_OF_THE_LIBRARY

ELSEWHERE = {
    "reference": "WF-99-9999",
    "membership_id": "5b0e5a3c-7d1f-4c1e-9f43-0f6f0e0b7a11",
    "token": "a-token-that-nobody-was-sent",
}
COMES_IN = {200, 302, 409}
UNWELL = 503  # what /health/ answers where, as in tests, no worker runs
every_page = pytest.mark.parametrize("name", walk.own_names())


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
def test_a_page_opens_for_whom_it_is_meant_and_looking_changes_nothing(scene: Scene, name: str) -> None:
    page = PAGES[name]
    address = page.address(name, scene)
    before = rows.snapshot()
    with rows.taken_back():
        for one in sorted(page.sees):
            response = scene.cast.browser(one).get(address)
            if page.only_post:
                assert response.status_code in {405, 302}, (one, response.status_code)
                continue
            assert response.status_code in COMES_IN | ({UNWELL} if name == "health" else set()), (
                one,
                response.status_code,
            )
            assert walk.SIGN_IN not in response.headers.get("Location", ""), one
        assert walk.changes(before, but=walk.LEFT_BEHIND) == {}


@every_page
def test_everybody_else_is_refused_and_changes_nothing(scene: Scene, name: str) -> None:
    page = PAGES[name]
    address = page.address(name, scene)
    data = walk.sent(page.data(scene))
    before = rows.snapshot()
    wrong = []
    with rows.taken_back():
        for one in sorted(who.EVERYBODY - page.sees):
            browser = scene.cast.browser(one)
            for method in ("get", "post"):
                last = walk.last_look()
                response = getattr(browser, method)(address, data if method == "post" else None)
                if response.status_code == 405:
                    continue
                problem = walk.is_refusal(response, one, page)
                looks = walk.refused_looks(last)
                if not problem and one in who.WITH_A_ROLE | {who.BY_LINK} and len(looks) != 1:
                    problem = f"left {looks or 'nothing'} in the access log, not one refused look"
                if problem:
                    wrong.append(f"{method} by {one} {problem}")
        changed = walk.changes(before, but=walk.LEFT_BEHIND)
    assert not wrong, "\n".join(wrong)
    assert changed == {}


@every_page
def test_what_is_not_theirs_reads_like_what_does_not_exist(scene: Scene, name: str) -> None:
    page = PAGES[name]
    parts = page.args(scene)
    imagined = {key: ELSEWHERE.get(key, value) for key, value in parts.items()}
    if imagined == parts:
        return
    nowhere = page.address(name, scene, imagined)
    data = walk.sent(page.data(scene))
    with rows.taken_back():
        # Two of those who find nothing stand for all of them: every refusal is walked above.
        for one in [*sorted((page.role & who.WITH_A_ROLE) - page.sees)[:2], *({who.BY_LINK} - page.sees)]:
            browser = scene.cast.browser(one)
            for method in ("get", "post"):
                theirs, none = (
                    getattr(browser, method)(address, data if method == "post" else None)
                    for address in (page.address(name, scene), nowhere)
                )
                assert theirs.status_code == none.status_code, (one, method)
                assert walk.body(theirs) == walk.body(none), (one, method)
        response = scene.cast.browser(page.by).get(nowhere)
        assert response.status_code in {404, 405}, response.status_code


@every_page
def test_somebody_elses_thing_below_my_own_is_no_such_page(scene: Scene, name: str) -> None:
    page = PAGES[name]
    data = walk.sent(page.data(scene))
    before = rows.snapshot()
    bodies = set()
    for parts in page.foreign(scene):
        with rows.taken_back():
            for method in ("get", "post"):
                last = walk.last_look()
                address = page.address(name, scene, parts)
                response = getattr(scene.cast.browser(page.by), method)(
                    address, data if method == "post" else None
                )
                if response.status_code == 405:
                    continue
                assert response.status_code == 404, (parts, method)
                assert len(walk.refused_looks(last)) == 1, (parts, method, walk.refused_looks(last))
                bodies.add(walk.body(response))
            assert walk.changes(before, but=walk.LEFT_BEHIND) == {}
    assert len(bodies) <= 1


@every_page
def test_whoever_may_look_but_not_act_is_told_and_changes_nothing(scene: Scene, name: str) -> None:
    page = PAGES[name]
    if page.acts is None or page.searches:
        return
    before = rows.snapshot()
    for one in sorted(page.sees - page.acts):
        with rows.taken_back():
            data = walk.filled_in(scene, name, page, one)
            response = scene.cast.browser(one).post(page.address(name, scene), data)
            refused = {302} if page.in_vain else {403, 409, 422}
            assert response.status_code in refused, (one, response.status_code)
            assert walk.changes(before, but=walk.KEPT_FOR_THE_WRITER | walk.PRESSED) == {}, one


@every_page
def test_whoever_may_act_succeeds(scene: Scene, name: str) -> None:
    page = PAGES[name]
    if page.acts is None:
        return
    before = rows.snapshot()
    for one in sorted(page.acts):
        with rows.taken_back():
            data = walk.filled_in(scene, name, page, one)
            response = scene.cast.browser(one).post(page.address(name, scene), data)
            if page.searches:
                assert response.status_code in {200, 302}, (one, response.status_code)
                continue
            assert response.status_code == page.done, (one, response.status_code, _told(response))
            assert walk.changes(before, but=walk.LEFT_BEHIND | walk.PRESSED), one


def _told(response: Any) -> Any:
    """What a page said was wrong, for the message of a failure."""
    form = (response.context or {}).get("form")
    return (form.errors, form.refusals) if form is not None else response.content[:300]


@every_page
def test_no_other_method_breaks_a_page(scene: Scene, name: str) -> None:
    page = PAGES[name]
    address = page.address(name, scene)
    before = rows.snapshot()
    with rows.taken_back():
        for one in (page.by, who.NOBODY, who.STRANGER):
            for method in ("head", "put", "delete", "patch", "options"):
                response = getattr(scene.cast.browser(one), method)(address)
                assert response.status_code < 500 or name == "health", (one, method)
        assert walk.changes(before, but=walk.LEFT_BEHIND) == {}


@pytest.mark.parametrize("name", sorted(LIBRARY | NO_SUCH_PAGE))
def test_the_librarys_pages_break_for_nobody(scene: Scene, name: str) -> None:
    address = reverse(name, kwargs=PARTS_OF_THE_LIBRARY.get(name))
    before = rows.snapshot()
    for one in (who.NOBODY, who.OWNER, who.LEFT, who.DISABLED):
        with rows.taken_back():
            for method in ("get", "post", "head", "put", "delete"):
                response = getattr(scene.cast.browser(one), method)(address)
                assert response.status_code < 500, (one, method)
                if name in NO_SUCH_PAGE:
                    assert response.status_code == 404, (one, method)
            assert walk.changes(before, but=walk.LEFT_BEHIND) == {}
