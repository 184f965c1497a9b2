"""The pages on actions: who does what by when, what came of it, and who checks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agencies import drafts
from sharing.forms.actions import as_time_limit
from sharing.models import Action
from sharing.operations import check_back
from sharing.states import ActionState, State, action_state
from tests import factories
from tests.factories import World
from tests.signing_in import SignedIn


def state_of(action: Action) -> ActionState:
    row = Action.objects.get(pk=action.pk)
    outcomes = list(row.reports.order_by("number").values_list("outcome", flat=True))
    return action_state(row, last_outcome=outcomes[-1] if outcomes else None)


def hidden(page: str) -> dict[str, str]:
    """The form's own fields, as a browser would send them back."""
    fields = {}
    for name in ("form_id", "version", "draft_token"):
        tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
        value = re.search(r'value="([^"]*)"', tag.group()) if tag else None
        if value:
            fields[name] = value.group(1)
    return fields


def fill_in(client: Client, address: str, **words: Any) -> Any:
    """Open a page with a form, send it with these words, and return the answer."""
    page = client.get(address)
    assert page.status_code == 200
    return client.post(address, {**hidden(page.content.decode()), **words})


def today() -> dict[str, str]:
    now = timezone.localtime()
    return {"day_0": str(now.day), "day_1": str(now.month), "day_2": str(now.year), "time": "00:00"}


def test_proposing_an_action_counts_its_limit_and_shows_why(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    answer = fill_in(
        signed_in(world.priya),
        f"/exchanges/{exchange.reference}/actions/new/",
        what="Visit her at home.",
        owner=str(world.tom.pk),
        by_when="2 working days",
        contingency="She is not at school tomorrow.",
    )
    assert answer.status_code == 302
    action = Action.objects.get()
    assert timezone.localtime(action.due_at).hour == 17
    page = signed_in(world.tom).get(f"/actions/{action.reference}/").content.decode()
    assert "2 working days" in page
    assert "Take it on" in page


def test_a_time_limit_that_is_not_understood_keeps_what_was_written(
    world: World, signed_in: SignedIn
) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    answer = fill_in(
        signed_in(world.priya),
        f"/exchanges/{exchange.reference}/actions/new/",
        what="Visit <b>her</b> at home.",
        owner=str(world.tom.pk),
        by_when="soonish",
        contingency="She is not at school.",
    )
    assert answer.status_code == 422
    assert "Visit &lt;b&gt;her&lt;/b&gt; at home." in answer.content.decode()
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("13/1/2027", "by 17:00 on 13 January 2027"),
        ("13 January 2027", "by 17:00 on 13 January 2027"),
        ("13.01.2027 09.30", "by 09:30 on 13 January 2027"),
        ("13 January 2027 at 12:00", "by 12:00 on 13 January 2027"),
        ("by 13 January 2027", "by 17:00 on 13 January 2027"),
        ("Tomorrow", "by 17:00 tomorrow"),
        ("by today.", "by 17:00 today"),
        ("by 12:00 tomorrow", "by 12:00 tomorrow"),
        ("2  working days", "2 working days"),
        ("1/13/2027", "1/13/2027"),
    ],
)
def test_a_day_alone_ends_at_five(typed: str, read: str) -> None:
    assert as_time_limit(typed) == read


def test_an_action_goes_from_proposed_to_done_between_two_agencies(world: World, signed_in: SignedIn) -> None:
    action = factories.action_at(world, ActionState.PROPOSED)
    here = f"/actions/{action.reference}/"
    assert fill_in(signed_in(world.tom), f"{here}accept/").status_code == 302
    assert state_of(action) == ActionState.AGREED
    report = fill_in(signed_in(world.tom), f"{here}report/", what_happened="I went.", **today())
    assert report.status_code == 302
    assert state_of(action) == ActionState.REPORTED
    not_yet = fill_in(signed_in(world.priya), f"{here}check/", is_done="no", note="The plan is missing.")
    assert not_yet.status_code == 302
    assert state_of(action) == ActionState.AGREED
    assert "The plan is missing." in signed_in(world.tom).get(here).content.decode()
    fill_in(signed_in(world.tom), f"{here}report/", what_happened="The plan is written.", **today())
    fill_in(signed_in(world.priya), f"{here}check/", is_done="yes")
    assert state_of(action) == ActionState.DONE


def test_the_owner_cannot_check_their_own_report(world: World, signed_in: SignedIn) -> None:
    action = factories.action_at(world, ActionState.REPORTED)
    answer = fill_in(signed_in(world.tom), f"/actions/{action.reference}/check/", is_done="yes")
    assert answer.status_code == 409
    assert state_of(action) == ActionState.REPORTED


def test_not_done_without_saying_what_is_missing_is_refused(world: World, signed_in: SignedIn) -> None:
    action = factories.action_at(world, ActionState.REPORTED)
    answer = fill_in(signed_in(world.priya), f"/actions/{action.reference}/check/", is_done="no")
    assert answer.status_code == 409
    assert "Say what is still to do." in answer.content.decode()


def test_an_action_cannot_be_taken_on_before_what_it_rests_on_is_understood(
    world: World, signed_in: SignedIn
) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    action = factories.propose(world, exchange)
    here = f"/actions/{action.reference}/"
    page = signed_in(world.tom).get(here).content.decode()
    assert "Take it on" not in page
    answer = fill_in(signed_in(world.tom), f"{here}accept/")
    assert answer.status_code == 409
    assert "has not been understood yet" in answer.content.decode()
    assert state_of(action) == ActionState.PROPOSED


def test_declining_and_taking_back_ask_why(world: World, signed_in: SignedIn) -> None:
    action = factories.action_at(world, ActionState.PROPOSED)
    here = f"/actions/{action.reference}/"
    assert fill_in(signed_in(world.tom), f"{here}decline/", why=" ").status_code == 422
    assert fill_in(signed_in(world.tom), f"{here}decline/", why="The nurse goes.").status_code == 302
    assert state_of(action) == ActionState.DECLINED
    other = factories.action_at(world, ActionState.AGREED)
    answer = fill_in(signed_in(world.priya), f"/actions/{other.reference}/withdraw/", why="Not needed now.")
    assert answer.status_code == 302
    assert "Not needed now." in signed_in(world.tom).get(f"/actions/{other.reference}/").content.decode()


def test_an_older_page_is_refused_with_what_changed(world: World, signed_in: SignedIn) -> None:
    action = factories.action_at(world, ActionState.PROPOSED)
    here = f"/actions/{action.reference}/"
    client = signed_in(world.tom)
    old = hidden(client.get(f"{here}decline/").content.decode())
    fill_in(client, f"{here}accept/")
    answer = client.post(f"{here}decline/", {**old, "why": "We have no room."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "took on action" in page
    assert "We have no room." in page
    assert state_of(action) == ActionState.AGREED


@pytest.mark.parametrize("end", [State.NOT_MINE, State.WITHDRAWN])
def test_an_action_goes_with_what_it_rests_on(world: World, signed_in: SignedIn, end: State) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    action = factories.propose(world, exchange)
    if end == State.NOT_MINE:
        check_back.not_mine(exchange, by=world.tom, at=world.clock())
    else:
        check_back.withdraw(exchange, by=world.priya, at=world.clock(), why="Sent too early.")
    assert state_of(action) == ActionState.WITHDRAWN
    assert signed_in(world.tom).get(f"/actions/{action.reference}/").status_code == 404
    assert signed_in(world.priya).get(f"/actions/{action.reference}/").status_code == 200


def test_an_action_is_not_shown_before_what_it_rests_on_is_opened(world: World, signed_in: SignedIn) -> None:
    action = factories.propose(world, factories.exchange_at(world, State.SENT))
    assert signed_in(world.tom).get(f"/actions/{action.reference}/").status_code == 404


def test_others_find_no_such_action(world: World, signed_in: SignedIn) -> None:
    action = factories.action_at(world, ActionState.AGREED)
    for member in (world.school.colleague, world.care.colleague, world.gp.lead, world.stranger.lead):
        for page in ("", "accept/", "report/", "withdraw/"):
            assert signed_in(member).get(f"/actions/{action.reference}/{page}").status_code == 404
    for member in (world.school.lead, world.care.lead):
        assert signed_in(member).get(f"/actions/{action.reference}/").status_code == 200
    assert signed_in(world.school.administrator).get(f"/actions/{action.reference}/").status_code == 403


def test_what_the_listener_was_writing_goes_with_what_it_was_about(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    about, other = f"restate:{exchange.reference}", "restate:WF-26-9999-X9"
    for key in (about, other):
        drafts.keep(world.tom.pk, key, {"what_happened": "He has a bruise."}, at=world.clock())
    check_back.not_mine(exchange, by=world.tom, at=world.clock())
    assert drafts.find(world.tom, about) is None
    assert drafts.find(world.tom, other) is not None
