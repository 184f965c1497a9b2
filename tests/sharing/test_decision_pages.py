"""The pages of the answer that comes back, for whoever asked and whoever decides."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from sharing.models import Chase, Disagreement, Exchange
from sharing.states import State
from tests import factories
from tests.factories import World
from tests.sharing import deciding
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.status_code
    return " ".join(html.unescape(response.content.decode()).split())


def bare(page: str) -> str:
    """The words of a page alone. A full stop stands beside the word before it."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split()).replace(" .", ".")


def post(browser: Client, path: str, **answers: Any) -> Any:
    """Fill in the form of a page and send it."""
    form = browser.get(path).context["form"]
    hidden = {"form_id": form["form_id"].value(), "version": form["version"].value()}
    return browser.post(path, {k: v for k, v in {**hidden, **answers}.items() if v is not None})


def now(world: World) -> Any:
    return time_machine.travel(world.clock(), tick=False)


def test_the_box_is_ticked_for_a_referral_and_nobody_has_to_press_once_more(
    world: World, signed_in: SignedIn
) -> None:
    concern = factories.at_share(world)
    with now(world):
        browser = signed_in(world.priya)
        for listener, ticked in ((world.tom, True), (world.amara, False)):
            exchange = factories.prepared(world, concern, listener=listener)
            Exchange.objects.filter(pk=exchange.pk).update(what_i_ask="")
            form = browser.get(f"/exchanges/{exchange.reference}/prepare/").context["form"]
            assert form["asks_decision"].value() is ticked
            answers = {
                "choice_1": "KEY",
                "choice_2": "SHARE",
                "choice_3": "HOLD",
                "why_3": "Mine only.",
                "why_you": "On duty.",
                "what_i_ask": "Decide today.",
                "urgency": "HIGH",
            } | ({"asks_decision": "on"} if ticked else {})
            assert post(browser, f"/exchanges/{exchange.reference}/prepare/", **answers).status_code == 302
            assert factories.again(exchange).asks_decision is ticked


def test_for_information_it_is_not_asked(world: World, signed_in: SignedIn) -> None:
    exchange = factories.prepared(world, factories.at_share(world), for_information=True)
    with now(world):
        form = signed_in(world.priya).get(f"/exchanges/{exchange.reference}/prepare/").context["form"]
    assert "asks_decision" not in form.fields


def test_the_listener_is_led_to_the_decision_and_the_speaker_to_saying_it_back(
    world: World, signed_in: SignedIn
) -> None:
    exchange = deciding.understood(world)
    path = f"/exchanges/{exchange.reference}/"
    with now(world):
        tom, priya = signed_in(world.tom), signed_in(world.priya)
        page = text(tom.get(path))
        assert "It is understood. What do you decide?" in page
        assert "by 17:00 on Tuesday 12 January" in page
        assert "Tom Ashdown has not sent it." in text(priya.get(path))
        assert "Decide today whether this needs a strategy discussion." in text(tom.get(f"{path}decision/"))
        assert post(tom, f"{path}decision/", **deciding.WORDS).status_code == 302
    decision = Exchange.objects.get(kind="DECISION")
    with now(world):
        assert f"Open the decision, {decision.reference}" in text(priya.get(path))
        there = text(priya.get(f"/exchanges/{decision.reference}/"))
        assert "Decision from Tom Ashdown" in there
        assert "Open what you were sent" in there
        assert deciding.WORDS["decided"] not in there
    factories.received(world, decision)
    with now(world):
        there = text(priya.get(f"/exchanges/{decision.reference}/"))
        assert deciding.WORDS["what_would_change_it"] in there
        assert "Say it back" in there
        assert f"Go to what this decision answers, {exchange.reference}" in there
        assert "The decision has changed" in text(tom.get(path))
        assert "What has changed since your last decision?" in text(tom.get(f"{path}decision/"))


def test_who_cannot_decide_is_told_why(world: World, signed_in: SignedIn) -> None:
    early = factories.received(world, deciding.sent(world))
    asked_nothing = factories.exchange_at(world, State.UNDERSTOOD)
    with now(world):
        tom, priya = signed_in(world.tom), signed_in(world.priya)
        assert "Say it back first." in text(tom.get(f"/exchanges/{early.reference}/decision/"), 409)
        page = text(tom.get(f"/exchanges/{asked_nothing.reference}/decision/"), 409)
        assert "No decision was asked for" in page
        assert "Only Tom Ashdown" in text(priya.get(f"/exchanges/{early.reference}/decision/"), 409)


def test_late_it_is_chased_and_taken_further_from_the_speakers_page(
    world: World, signed_in: SignedIn
) -> None:
    exchange = deciding.late(world)
    path = f"/exchanges/{exchange.reference}/"
    with now(world):
        priya, tom = signed_in(world.priya), signed_in(world.tom)
        page = text(priya.get(path))
        assert "No answer by its limit" in page
        assert re.search(r"has not sent it\. It Late was due by \d\d:\d\d on \w+ \d+ \w+\. ", bare(page))
        assert "Chase now" in page
        assert "Chase now" not in text(tom.get(path))
        assert priya.post(f"{path}chase/").status_code == 302
        assert Chase.objects.get().by == world.priya
        assert "chased this at" in text(priya.post(f"{path}chase/"), 409)
        assert post(priya, f"{path}take-further/", position="I have rung twice.").status_code == 302
        row = Disagreement.objects.get()
        assert row.get_about_display() == "No answer by its limit"
        assert "I have rung twice." in text(tom.get(f"/disagreements/{row.reference}/"))


def test_nothing_is_chased_before_it_is_late(world: World, signed_in: SignedIn) -> None:
    exchange = deciding.understood(world)
    with now(world):
        priya = signed_in(world.priya)
        page = text(priya.get(f"/exchanges/{exchange.reference}/"))
        assert "Chase now" not in page
        assert re.search(r"has not sent it\. It is due by \d\d:\d\d on \w+ \d+ \w+\. ", bare(page))
        assert "is late" in text(priya.post(f"/exchanges/{exchange.reference}/chase/"), 409)
        assert "is late" in text(priya.get(f"/exchanges/{exchange.reference}/take-further/"), 409)


def test_going_on_without_it_is_written_down_and_shown(world: World, signed_in: SignedIn) -> None:
    exchange = deciding.understood(world)
    path = f"/exchanges/{exchange.reference}/"
    with now(world):
        priya, tom = signed_in(world.priya), signed_in(world.tom)
        why = "He has moved to his grandmother."
        assert post(priya, f"{path}without-decision/", why=why).status_code == 302
        assert why in text(priya.get(path))
        page = text(tom.get(path))
        assert "Priya Nair goes on without a decision since" in page
        assert why not in page
