"""Somebody without an account, from the e-mail to the code to what they were sent, and out again."""

from __future__ import annotations

import email
import email.policy
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from notifications import operations as notifications
from sharing.models import Exchange, LinkAttempt
from sharing.operations import links, reminders
from tests import factories
from tests.browser import check_back_steps as check_back
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector, overflow
from tests.browser.somebody import Somebody
from tests.factories import OWN_WORDS, World

SECRETS = ("Leo", "Marsh", "round marks", "squeezed", "Ruth", "Adeyemi", "gripping", "Priya", "Nair")


class Post:
    """The two ways to reach somebody: an inbox and a telephone, each a folder of files."""

    def __init__(self, folder: Path) -> None:
        self.inbox, self.telephone = folder / "inbox", folder / "telephone"

    def goes_out(self) -> None:
        notifications.send_due(still_wanted=reminders.still_wanted, ways_in=links.WaysIn())

    def last_email(self, to: str) -> str:
        """Return subject and words of the last e-mail to an address."""
        found = []
        for path in sorted(self.inbox.iterdir(), key=lambda file: file.stat().st_mtime_ns):
            for one in path.read_bytes().split(b"-" * 79):
                if one.strip():
                    message = email.message_from_bytes(one.strip(), policy=email.policy.default)
                    if message["To"] == to:
                        found.append(f"{message['Subject']}\n{message.get_content()}")
        return found[-1]

    def last_text(self) -> str:
        return max(self.telephone.glob("*.txt")).read_text(encoding="utf-8")


@pytest.fixture
def post(settings: Any, tmp_path: Path) -> Post:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "inbox")
    settings.TEXT_URL = f"file://{tmp_path / 'telephone'}"
    return Post(tmp_path)


def link_in(words: str) -> str:
    return str(re.findall(r"/l/[\w-]+/", words)[0])


def code_in(words: str) -> str:
    return str(re.findall(r"\b\d{8}\b", words)[0])


def is_fetched_by_a_scanner(ruth: Somebody, path: str) -> None:
    """Fetch a link three times as a mail server does, and once as one that only asks for the headers."""
    base = str(ruth.window._impl_obj._options["baseURL"])
    for _ in range(3):
        with urllib.request.urlopen(base + path) as answer:  # noqa: S310  # the test's own server
            assert answer.status == 200
    with pytest.raises(urllib.error.HTTPError, match="405") as refused:
        urllib.request.urlopen(urllib.request.Request(base + path, method="HEAD"))  # noqa: S310  # as above
    refused.value.close()


def asks_for_the_code(ruth: Somebody, post: Post, path: str) -> str:
    """Open the link, press its button, and return the code that comes by text message."""
    ruth.opens(path)
    ruth.is_on("You have been sent something securely")
    for secret in SECRETS:
        assert secret not in ruth.page.content()
    ruth.presses("Send me the code")
    ruth.is_on("Enter the code")
    assert "/l/" not in ruth.page.url
    assert "/l/" not in str(ruth.evaluate("document.referrer"))
    post.goes_out()
    return code_in(post.last_text())


def enters(ruth: Somebody, code: str) -> None:
    ruth.writes("Code", code)
    ruth.presses("Go on")


def sent_to_ruth(world: World, post: Post) -> tuple[Exchange, str]:
    """Send something to Ruth, who has no account, and return it with the link in her e-mail."""
    exchange = factories.exchange_outside(world)
    post.goes_out()
    words = post.last_email(factories.OUTSIDE["email"])
    for secret in SECRETS:
        assert secret not in words
    return exchange, link_in(words)


def test_ruth_comes_in_by_her_link_and_a_stranger_does_not(
    world: World, post: Post, at_a_browser: AtABrowser, inspector: Inspector
) -> None:
    exchange, path = sent_to_ruth(world, post)
    ruth = at_a_browser(exchange.listener)
    ruth.looks.append(inspector)
    is_fetched_by_a_scanner(ruth, path)
    assert set(LinkAttempt.objects.values_list("what", "automated")) == {("LOOKED", True)}

    owen = at_a_browser(exchange.listener)
    owen.looks.append(inspector)
    asks_for_the_code(owen, post, path)
    owen.follows("I am not Ruth Adeyemi")
    owen.is_on("I am not Ruth Adeyemi")
    owen.writes("Your name (optional)", "Owen Pike")
    owen.presses("Tell the sender")
    owen.is_told("leave all four empty")
    owen.is_on("I am not Ruth Adeyemi")
    owen.writes("What you do (optional)", "Reception")
    owen.writes("Where you work (optional)", "Hillside")
    owen.writes("Your work e-mail address (optional)", "owen@hillside.example")
    owen.presses("Tell the sender")
    owen.is_on("The sender has been told")
    assert owen.opens(f"/exchanges/{exchange.reference}/") == 200
    owen.is_on("Sign in")

    code = asks_for_the_code(ruth, post, path)
    enters(ruth, f"{(int(code) + 1) % 10**8:08d}")
    ruth.is_on("Enter the code")
    ruth.is_told("You have 4 more tries")
    enters(ruth, f"{code[:4]} {code[4:]}")
    check_back.opens_what_was_sent(
        ruth, exchange.reference, sender="Priya Nair", secret="Four small round marks"
    )
    check_back.says_back(
        ruth, happened=OWN_WORDS["what_happened"], worries=OWN_WORDS["what_worries_me"],
        first=OWN_WORDS["what_i_will_do"],
    )  # fmt: skip
    ruth.presses("I have finished")
    ruth.is_on("Your visit has ended")
    assert ruth.opens("/l/a-link-that-nobody-was-sent/") == 404
    ruth.is_on("This link does not lead on")


@pytest.mark.usefixtures("without_javascript", "at_320px")
def test_ruth_stays_longer_on_a_small_telephone_where_scripts_do_not_run(
    world: World, post: Post, at_a_browser: AtABrowser
) -> None:
    exchange, path = sent_to_ruth(world, post)
    ruth = at_a_browser(exchange.listener)
    wide: list[str] = []
    ruth.looks.append(lambda somebody: wide.extend(overflow(somebody)))
    enters(ruth, asks_for_the_code(ruth, post, path))
    check_back.opens_what_was_sent(
        ruth, exchange.reference, sender="Priya Nair", secret="Four small round marks"
    )
    ruth.follows("Say it")
    ruth.is_on("Say back what you understood")
    ruth.writes(check_back.HAPPENED, OWN_WORDS["what_happened"])
    form = ruth.page.locator("main form.app-form")
    ruth.presses("Stay 30 minutes longer", within=form)
    ruth.is_on("Say back what you understood")
    ruth.is_told("You have another 30 minutes")
    ruth.still_has(check_back.HAPPENED, OWN_WORDS["what_happened"])
    ruth.presses("I have finished")
    ruth.is_on("Your visit has ended")
    enters(ruth, asks_for_the_code(ruth, post, path))
    ruth.follows("Say it")
    ruth.still_has(check_back.HAPPENED, OWN_WORDS["what_happened"])
    assert not wide
