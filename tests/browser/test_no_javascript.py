"""The heart of it works where scripts do not run: log, send, say back, confirm."""

from __future__ import annotations

import pytest

from tests import factories
from tests.browser import check_back_steps as check_back
from tests.browser import sharing_steps as sharing
from tests.browser.conftest import AtABrowser
from tests.browser.logging_steps import logs_a_concern
from tests.factories import World

pytestmark = pytest.mark.usefixtures("without_javascript")


def test_a_concern_is_logged(world: World, password_is_enough: None, at_a_browser: AtABrowser) -> None:
    priya = at_a_browser(world.priya)
    priya.signs_in()
    reference = logs_a_concern(priya)
    priya.opens_concern(reference)
    priya.sees("This concern is logged. Nobody has been told yet")


def test_it_is_sent_said_back_and_confirmed(world: World, signed_in: AtABrowser) -> None:
    concern = factories.concern_at(world, "SHARE")
    exchange = f"{concern.reference}-X1"
    priya, tom = signed_in(world.priya), signed_in(world.tom)
    sharing.sends(priya, exchange, "Tom Ashdown")
    check_back.opens_what_was_sent(tom, exchange, sender="Priya Nair", secret="small round marks")
    check_back.tries_to_say_only_thanks(tom)
    check_back.says_back(
        tom,
        happened="A fresh mark on his arm. He told you that somebody squeezed him.",
        worries="The same adult is at home tonight.",
        first="I ring my manager now, and sooner than that if anybody comes early.",
    )
    check_back.confirms(priya, exchange)
