"""By a link somebody reaches the one thing they were sent. Everything else reads like what does not exist."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import Http404
from django.urls import Resolver404, get_resolver, resolve, reverse

from audit.models import Access
from sharing.models import Disagreement, Exchange
from sharing.operations import actions, check_back, differ, disclosure
from sharing.states import State
from tests import factories, rows
from tests.access import walk
from tests.access.scene import Scene, on_stage
from tests.access.tables import LIBRARY, NO_SUCH_PAGE, PAGES, PARTS_OF_THE_LIBRARY
from tests.factories import World
from tests.links import by_link
from tests.links.by_link import Visitor, links_on

# What a recipient does, and what everybody may read. Another name here has to be meant.
THEIRS = {
    "exchange", "receive", "not-mine", "restate", "check", "agreement", "my-copy",
    "disagree", "disagreement", "add-position", "name-risk-holder", "open-next-stage", "immediate-danger",
    "write-outcome", "close-disagreement",
    "action", "action-accept", "action-decline", "action-report", "action-check", "action-withdraw",
    "propose-action", "answer-summary", "propose-correction", "proposed-correction", "still-right",
    "confirm-call", "say-differently", "attachment-file",
    "link-stay", "link-leave",
}  # fmt: skip
ANYBODYS = {
    "help", "accessibility", "privacy", "health", "drafts", "policy-report",
    "session-left", "session-stay",
    "link", "link-code", "link-another-code", "link-not-me", "link-over",
}  # fmt: skip
NO_SUCH = {404, 405}  # the latter where a page takes no form, whatever its address is about


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Any:
    """Everything that any page is about, and somebody outside who was told something else."""
    with django_db_blocker.unblock(), on_stage(walk.build) as made:
        yield made


def is_open(name: str) -> bool:
    """Read from the view of an address whether it answers somebody by a link."""
    return any(
        getattr(pattern.callback, "open_to_links", False)
        for pattern in _patterns(get_resolver().url_patterns)
        if pattern.name == name
    )


def _patterns(found: Any) -> Any:
    for one in found:
        if hasattr(one, "url_patterns"):
            yield from _patterns(one.url_patterns)
        else:
            yield one


def test_only_what_a_recipient_does_is_open_to_links() -> None:
    assert {name for name in walk.names() if is_open(name)} == THEIRS


def test_every_other_address_is_no_such_page(scene: Scene) -> None:
    with rows.taken_back():
        grace = Visitor(scene.world, by_link.told(scene.world, State.UNDERSTOOD)).comes_in()
        nowhere = by_link.text(grace.gets("/no-such-page/"))
        wrong = []
        for name in sorted(set(walk.own_names()) - ANYBODYS - THEIRS):
            page = PAGES[name]
            last = walk.last_look()
            path = page.address(name, scene)
            wrong += [
                f"{name} answered {answer.status_code}"
                for answer in (grace.gets(path), grace.posts(path, walk.sent(page.data(scene))))
                if (answer.status_code, _body(answer)) != (404, _plain(nowhere))
            ]
            if len(walk.refused_looks(last)) != 2:
                wrong.append(f"{name} left {walk.refused_looks(last)} in the access log")
    assert not wrong, "\n".join(wrong)


def test_everybody_elses_things_are_no_such_page_on_the_pages_that_are_open(scene: Scene) -> None:
    with rows.taken_back():
        grace = Visitor(scene.world, by_link.told(scene.world, State.UNDERSTOOD)).comes_in()
        before = rows.snapshot()
        wrong = []
        for name in sorted(THEIRS - {"link-stay", "link-leave"}):
            path = PAGES[name].address(name, scene)
            wrong += [
                f"{name} answered {answer.status_code}"
                for answer in (grace.gets(path), grace.posts(path, walk.sent(PAGES[name].data(scene))))
                if answer.status_code not in NO_SUCH
            ]
        assert walk.changes(before, but=walk.LEFT_BEHIND) == {}
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", sorted(NO_SUCH_PAGE | LIBRARY & {"mfa_index", "account_change_password"}))
def test_there_is_no_account_to_look_after(scene: Scene, name: str) -> None:
    with rows.taken_back():
        grace = Visitor(scene.world, by_link.told(scene.world)).comes_in()
        answer = grace.gets(reverse(name, kwargs=PARTS_OF_THE_LIBRARY.get(name)))
    assert answer.status_code in {302, 404}
    assert "Location" not in answer or answer["Location"].startswith("/accounts/login/")


def _plain(page: str) -> str:
    """A page without what differs every time: the security token and the seconds that are left."""
    page = re.sub(
        r'name="(csrfmiddlewaretoken|back_to)" value="[^"]*"|data-seconds-left="\d+"| nonce="[^"]*"', "", page
    )
    return re.sub(r"Printed [^<]*", "", page)


def _body(answer: Any) -> str:
    return _plain(by_link.text(answer))


# --- Another of their own, and what belongs to it ------------------------------------------------


def test_a_second_exchange_of_the_same_person_needs_its_own_link(world: World) -> None:
    member = by_link.outside(world)
    first, second = (by_link.told(world, State.UNDERSTOOD, listener=member) for _ in range(2))
    action = factories.propose(world, second)
    row = factories.disagreement(world, second)
    grace = Visitor(world, first).comes_in()
    for path in (
        grace.page("exchange", second),
        grace.page("restate", second),
        grace.page("my-copy", second),
        grace.page("action", action),
        grace.page("disagreement", row),
    ):
        assert grace.gets(path).status_code == 404, path
        assert grace.posts(path, {}).status_code in NO_SUCH, path
    assert Access.objects.filter(outcome="REFUSED", subject=second.reference).exists()
    again = Visitor(world, second).comes_in()
    assert again.gets(again.page("disagreement", row)).status_code == 200


def test_somebody_elses_exchange_in_the_same_concern_is_no_such_page(world: World) -> None:
    exchange = by_link.told(world, State.UNDERSTOOD)
    concern = exchange.cycle.concern
    other = factories.sent(world, concern, listener=world.amara)
    grace = Visitor(world, exchange).comes_in()
    assert grace.gets(grace.page("exchange", other)).status_code == 404
    assert grace.gets(f"/concerns/{concern.reference}/").status_code == 404
    assert grace.gets(f"/concerns/{concern.reference}/timeline/").status_code == 404


# --- Every link on every page leads somewhere ----------------------------------------------------


def crawl(grace: Visitor) -> dict[str, str]:
    """Open every page that can be found from theirs. Returns each as it reads."""
    waiting, seen = [grace.page("exchange")], {}
    while waiting:
        path = waiting.pop()
        answer = grace.gets(path)
        if answer.status_code == 302:
            continue
        assert answer.status_code in {200, 409}, f"A link leads to {path}, which answers {answer.status_code}"
        seen[path] = by_link.text(answer)
        waiting += [
            one for one in links_on(answer.content.decode()) if one not in seen and one not in waiting
        ]
    return seen


@pytest.mark.parametrize(
    "where", [State.SENT, State.OPENED, State.RECEIVED, State.CORRECTED, State.UNDERSTOOD, State.WITHDRAWN]
)
def test_no_link_leads_where_they_cannot_go(world: World, where: State) -> None:
    exchange = by_link.told(world, where)
    if where == State.UNDERSTOOD:
        factories.propose(world, exchange)
        factories.held(world, factories.disagreement(world, exchange), by=world.priya)
    pages = crawl(Visitor(world, exchange).comes_in())
    for path, page in pages.items():
        for words in (
            "Go to what is waiting for you",
            "Back to what is waiting for you",
            "Sign out",
            ">Notices<",
        ):
            assert words not in page, (path, words)
        _names_are_of_open_pages(path)


def _names_are_of_open_pages(path: str) -> None:
    try:
        name = resolve(path).url_name
    except (Resolver404, Http404):
        raise AssertionError(f"{path} is no page") from None
    assert name in THEIRS | ANYBODYS, path


def test_a_page_that_is_not_there_leads_back_to_what_they_were_sent(world: World) -> None:
    grace = Visitor(world, by_link.told(world)).comes_in()
    answer = grace.gets("/concerns/WF-99-9999/")
    page = by_link.text(answer)
    assert answer.status_code == 404
    assert "Go to what you were sent" in page
    assert grace.page("exchange") in links_on(answer.content.decode())
    assert "more than one role" not in page
    stopped = grace.gets(grace.page("agreement"))
    assert stopped.status_code == 409
    assert links_on(stopped.content.decode()) <= {
        grace.page("exchange"), "/help/", "/accessibility/", "/privacy/"
    }  # fmt: skip


# --- Nothing of anybody else ---------------------------------------------------------------------

ELSEWHERE = {
    "an action": "canary-action-7101",
    "another's question": "canary-ask-7102",
    "another's disagreement": "canary-differ-7103",
    "another restatement": "canary-restated-7104",
    "held back": "In my view the marks look like gripping",
    "another person": "Canaryperson",
}


def test_nothing_of_another_item_concern_or_person_is_on_any_page(world: World) -> None:
    member = by_link.outside(world)
    exchange = by_link.told(world, State.UNDERSTOOD, listener=member)
    factories.held(world, factories.disagreement(world, exchange), by=world.priya)
    factories.propose(world, exchange)
    _everything_else(world, exchange, member)
    pages = crawl(Visitor(world, exchange).comes_in())
    assert len(pages) > 10
    for path, page in pages.items():
        for what, words in ELSEWHERE.items():
            assert words not in page, f"{what} is on {path}"


def _everything_else(world: World, exchange: Exchange, member: Any) -> None:
    """The same concern told to a doctor in other words; another concern told to the same person."""
    concern = exchange.cycle.concern
    doctor = factories.prepared(world, concern, listener=world.amara)
    doctor = disclosure.choose_items(
        doctor, by=world.priya, at=world.clock(), share=[1, 2], key=[1], held_back={3: "Not needed."},
        why_you="You know the family.", what_i_ask=ELSEWHERE["another's question"], urgency="HIGH",
    )  # fmt: skip
    doctor = factories.received(world, disclosure.send(doctor, by=world.priya, at=world.clock()))
    own = f"{ELSEWHERE['another restatement']} is how I would put what two of them saw on the arm today."
    check_back.restate(
        doctor, by=world.amara, at=world.clock(), what_happened=own,
        what_worries_me="That nobody looks at it before the weekend comes.",
        what_i_will_do="I see him this afternoon; at once if he is in pain.",
    )  # fmt: skip
    doctor = factories.confirmed(world, factories.again(doctor))
    differ.open_disagreement(
        doctor, by=world.amara, at=world.clock(), about="RISK", words=ELSEWHERE["another's disagreement"]
    )
    actions.propose(
        doctor, by=world.priya, at=world.clock(), what=ELSEWHERE["an action"], owner=world.amara,
        by_when="2 working days", contingency="Nobody comes.",
    )  # fmt: skip
    sister = factories.child(world, first_name="Ivy", last_name=ELSEWHERE["another person"])
    other = factories.at_share(world, about=sister)
    factories.sent(world, other, listener=member)
    assert Disagreement.objects.count() == 2
