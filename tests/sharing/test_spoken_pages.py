"""The pages of a telephone call: who logs it, how it is labelled everywhere, and how it is answered."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import ContactPoint
from sharing.models import Exchange, Round, SpokenCall
from sharing.states import State
from tests import factories
from tests.factories import OTHER_WORDS, OWN_WORDS, World
from tests.links.by_link import Visitor, told
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db

PROVISIONAL = "Typed by Priya Nair after a call, not yet confirmed in writing."


def page(name: str, exchange: Exchange) -> str:
    return reverse(name, args=[exchange.reference])


def shown(client: Client, world: World, address: str) -> str:
    with time_machine.travel(world.clock(), tick=False):
        answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def send(client: Client, world: World, address: str, exchange: Exchange, data: dict[str, Any]) -> Any:
    version = factories.again(exchange).version
    with time_machine.travel(world.clock(), tick=False):
        return client.post(address, {"form_id": str(uuid4()), "version": version, **data})


def a_call(world: World, exchange: Exchange, **more: Any) -> dict[str, Any]:
    at = timezone.localtime(world.clock.moment - timedelta(minutes=20))
    return {
        "with_whom": str(exchange.listener_id),
        "on_number": "OTHER",
        "number": "01632 960 155",
        "how_checked": "Their switchboard put me through.",
        "called_on_0": at.day,
        "called_on_1": at.month,
        "called_on_2": at.year,
        "called_time": f"{at:%H:%M}",
        "minutes": 6,
        "what_was_said": "All of it, and that he is still in school.",
        **OWN_WORDS,
        "verdict_1": "UNDERSTOOD",
        "verdict_2": "UNDERSTOOD",
        "outcome": "CONFIRMED",
        **more,
    }


def test_the_speaker_logs_a_call_and_both_sides_see_what_it_is(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    with time_machine.travel(world.clock(), tick=False):
        priya, tom = signed_in(world.priya), signed_in(world.tom)
    assert page("log-call", exchange) in shown(priya, world, page("exchange", exchange))
    assert page("log-call", exchange) not in shown(tom, world, page("exchange", exchange))
    world.clock(minutes=30)
    answer = send(priya, world, page("log-call", exchange), exchange, a_call(world, exchange))
    assert (answer.status_code, answer["Location"]) == (302, page("exchange", exchange))
    for client in (priya, tom):
        seen = shown(client, world, page("exchange", exchange))
        assert PROVISIONAL in seen
        assert "Not yet confirmed in writing" in seen
        assert "Said back on the telephone" in seen
        assert "Their switchboard put me through." in seen
        assert "Told by telephone" in seen
    assert "Is this what you said on the telephone?" in shown(tom, world, page("exchange", exchange))
    assert "Waiting for Tom Ashdown to confirm in writing" in shown(priya, world, page("exchange", exchange))


def test_a_checked_number_of_the_directory_is_offered(world: World, signed_in: SignedIn) -> None:
    factories.duty_points(world.care.agency, world.care.administrator, phone="01632 960 101")
    exchange = factories.exchange_at(world, State.SENT)
    with time_machine.travel(world.clock(), tick=False):
        priya = signed_in(world.priya)
    assert "01632 960 101: Duty desk, Wyrefold Family Front Door" in shown(
        priya, world, page("log-call", exchange)
    )
    world.clock(minutes=30)
    point = ContactPoint.objects.get(agency=world.care.agency, kind="PHONE")
    data = a_call(world, exchange, on_number=str(point.pk), number="", how_checked="")
    assert send(priya, world, page("log-call", exchange), exchange, data).status_code == 302
    assert SpokenCall.objects.get().point == point


@pytest.mark.parametrize(
    ("more", "status", "says"),
    [
        ({"called_time": "23:59"}, 409, "has not come yet"),
        ({"how_checked": ""}, 409, "not a number that their agency has marked as checked"),
        ({"what_happened": "Noted, thank you"}, 409, "It does not yet say what they understood."),
        ({"what_i_will_do": ""}, 409, "What they said back is not written down yet."),
        ({"minutes": "some"}, 422, "Write the minutes as a number"),
        ({"outcome": ""}, 422, "Say whether they said back what you meant"),
        ({"with_whom": str(uuid4())}, 422, "Choose one of them"),
        ({"called_time": "22 o'clock"}, 422, "24-hour clock"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    world: World, signed_in: SignedIn, more: dict[str, Any], status: int, says: str
) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    with time_machine.travel(world.clock(), tick=False):
        priya = signed_in(world.priya)
    world.clock(minutes=30)
    answer = send(priya, world, page("log-call", exchange), exchange, a_call(world, exchange, **more))
    text = html.unescape(answer.content.decode())
    assert answer.status_code == status
    assert says in text
    assert OWN_WORDS["what_worries_me"] in text
    assert not Round.objects.exists()


def test_a_read_back_of_ones_own_wording_asks_for_a_tick(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    copied = " ".join(exchange.items.values_list("text", flat=True))
    with time_machine.travel(world.clock(), tick=False):
        priya = signed_in(world.priya)
    world.clock(minutes=30)
    data = a_call(world, exchange, what_happened=copied, what_worries_me=copied)
    answer = send(priya, world, page("log-call", exchange), exchange, data)
    assert answer.status_code == 409
    assert "They read my own wording back to me" in answer.content.decode()
    data["knowingly_a_copy"] = "on"
    assert send(priya, world, page("log-call", exchange), exchange, data).status_code == 302


def test_what_was_only_prepared_is_sent_with_the_call_and_an_emergency_says_why(
    world: World, signed_in: SignedIn
) -> None:
    concern = factories.concern_at(world, "ASK")
    exchange = factories.prepared(world, concern, listener=world.tom)
    with time_machine.travel(world.clock(), tick=False):
        priya = signed_in(world.priya)
    assert page("log-call", exchange) in shown(priya, world, page("preview", exchange))
    form = shown(priya, world, page("log-call", exchange))
    assert "What you prepared for them is sent with it." in form
    assert "Why could it not wait?" in form
    world.clock(minutes=30)
    data = a_call(world, exchange)
    assert send(priya, world, page("log-call", exchange), exchange, data).status_code == 422
    data["emergency_reason"] = "They are on their way to fetch him."
    assert send(priya, world, page("log-call", exchange), exchange, data).status_code == 302
    assert factories.again(exchange).sent_at is not None


def test_the_listener_reads_what_was_typed_and_says_yes(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.SPOKEN)
    with time_machine.travel(world.clock(), tick=False):
        priya, tom = signed_in(world.priya), signed_in(world.tom)
    seen = shown(tom, world, page("confirm-call", exchange))
    for text in (PROVISIONAL, OWN_WORDS["what_happened"], "01632 960 155", "Yes, that is what I said"):
        assert text in seen
    assert send(tom, world, page("confirm-call", exchange), exchange, {}).status_code == 302
    assert factories.again(exchange).understood_at is not None
    seen = shown(priya, world, page("exchange", exchange))
    assert "Typed by Priya Nair after a call, confirmed in writing by Tom Ashdown on" in seen
    assert "Checked by Priya Nair on the telephone" in seen
    assert PROVISIONAL not in seen


def test_said_differently_the_typed_words_are_struck_through(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.SPOKEN)
    with time_machine.travel(world.clock(), tick=False):
        tom = signed_in(world.tom)
    assert OWN_WORDS["what_happened"] in shown(tom, world, page("say-differently", exchange))
    answer = send(tom, world, page("say-differently", exchange), exchange, OTHER_WORDS)
    assert answer.status_code == 302
    seen = shown(tom, world, page("exchange", exchange))
    assert f"<del><p>{OWN_WORDS['what_happened']}</p></del>" in seen
    assert "that they put it differently" in seen
    assert "Not what they said" in seen


def test_the_other_side_and_the_deputy_are_told_why_they_cannot_confirm(
    world_with_deputies: World, signed_in: SignedIn
) -> None:
    world = world_with_deputies
    exchange = factories.exchange_at(world, State.SPOKEN)
    with time_machine.travel(world.clock(), tick=False):
        priya, nadia = signed_in(world.priya), signed_in(world.care.colleague)
        led = priya.get(page("confirm-call", exchange), follow=True)
    assert led.redirect_chain == [(page("exchange", exchange), 302)]
    assert "Only Tom Ashdown or their named deputy can answer this." in led.text
    seen = shown(nadia, world, page("confirm-call", exchange))
    assert "Only Tom Ashdown, who was spoken to, can confirm it." in seen
    assert "Yes, that is what I said" not in seen
    assert send(nadia, world, page("confirm-call", exchange), exchange, {}).status_code == 409


def test_after_the_second_correction_the_offered_call_leads_to_logging_it(
    world: World, signed_in: SignedIn
) -> None:
    exchange = factories.exchange_at(world, State.CORRECTED)
    factories.corrected(world, factories.restated(world, exchange))
    with time_machine.travel(world.clock(), tick=False):
        priya = signed_in(world.priya)
    seen = shown(priya, world, page("exchange", exchange))
    assert "A phone call may be quicker." in seen
    assert seen.count(page("log-call", exchange)) == 1


def test_somebody_without_an_account_confirms_a_call_by_their_link(world: World) -> None:
    exchange = told(world)
    factories.called(world, exchange)
    grace = Visitor(world, exchange).comes_in()
    seen = grace.looks_at("confirm-call")
    assert PROVISIONAL in seen
    grace.does("confirm-call")
    assert factories.again(exchange).understood_at is not None
