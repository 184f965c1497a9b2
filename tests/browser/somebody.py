"""Somebody at a browser. What they can do is what a person does: open, follow, press, write, choose, see."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Locator, Page, expect

from agencies.models import Membership
from tests.factories import PHRASE
from tests.signing_in import NEVER_OVER

COMPLAINTS: WeakKeyDictionary[Page, list[str]] = WeakKeyDictionary()


class Somebody:
    """One person in one role, at a window of their own."""

    def __init__(self, member: Membership, window: BrowserContext) -> None:
        self.member = member
        self.name = member.full_name
        self.window = window
        self.secret = ""
        self.looks: list[Callable[[Somebody], None]] = []
        self.page = self.new_tab()

    # --- Windows and tabs ---------------------------------------------------------------------------

    def new_tab(self) -> Page:
        """Open a tab and keep what the browser complains of: errors in scripts, and a broken policy."""
        page = self.window.new_page()
        heard = COMPLAINTS.setdefault(page, [])
        page.on("pageerror", lambda error: heard.append(f"{self.name} at {page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                heard.append(f"{self.name} at {page.url}: {said.text}")
                if "Content Security Policy" in said.text
                else None
            ),
        )
        return page

    @staticmethod
    def complaints_of(page: Page) -> list[str]:
        return COMPLAINTS.get(page, [])

    # --- Signing in and out ---------------------------------------------------------------------------

    def has_a_password(self) -> None:
        self.member.account.set_password(PHRASE)
        self.member.account.save()

    def has_an_authenticator_app(self) -> None:
        self.secret = totp.generate_totp_secret()
        totp.TOTP.activate(self.member.user, self.secret)

    def signs_in(self) -> None:
        """Sign in on the real page, with the code of the authenticator app where there is one."""
        self.has_a_password()
        self.opens("/accounts/login/")
        self.writes_password()
        if self.secret:
            self.is_on("Enter your security code")
            counter = next(totp.yield_hotp_counters_from_time())
            self.writes("Code", totp.format_hotp_value(totp.hotp_value(self.secret, counter)))
            self.presses("Sign in")
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()

    def writes_password(self) -> None:
        self.is_on("Sign in")
        self.writes("Email", self.member.account.email)
        self.writes("Password", PHRASE)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def is_signed_in_already(self) -> None:
        """Have a session in which they proved who they are, and need not again in this test."""
        client = Client()
        client.force_login(self.member.account)
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": NEVER_OVER.timestamp()}]
        session.save()
        name = settings.SESSION_COOKIE_NAME
        url = str(self.window._impl_obj._options["baseURL"])
        self.window.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])

    def signs_out(self) -> None:
        self.presses("Sign out")

    # --- Going about --------------------------------------------------------------------------------

    def opens(self, path: str) -> int:
        """Open a page. Returns the status with which it answers."""
        response = self.page.goto(path)
        return response.status if response else 0

    def goes_home(self) -> None:
        self.opens("/")
        self.is_on("What is waiting for you")

    def opens_concern(self, reference: str) -> None:
        self.opens(f"/concerns/{reference}/")
        self.is_on("Concern")

    def opens_exchange(self, reference: str) -> None:
        self.opens(f"/exchanges/{reference}/")

    def follows(self, words: str, *, within: Locator | None = None) -> None:
        # By what is seen: a link that looks like a button is one to a screen reader.
        (within or self.page).locator("a:visible").filter(has_text=words).first.click()

    def presses(self, words: str, *, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=words).first.click()

    # --- Answering ------------------------------------------------------------------------------------

    def writes(self, under: str, text: str, *, within: Locator | None = None) -> None:
        """Write in the field that has this label."""
        (within or self.page).get_by_label(under, exact=True).fill(text)

    def writes_date(self, under: str, day: date) -> None:
        boxes = self.group(under)
        for label, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            boxes.get_by_label(label, exact=True).fill(str(number))

    def chooses(self, answer: str, *, to: str = "") -> None:
        """Choose an answer (the start of it will do), to a question where several have the same answers."""
        where = self.group(to) if to else self.page
        where.get_by_label(re.compile(rf"^\s*{re.escape(answer)}")).first.check()

    def picks(self, answer: str, *, from_list: str) -> None:
        self.page.get_by_label(from_list, exact=True).select_option(label=answer)

    ticks = chooses

    def group(self, legend: str) -> Locator:
        return self.page.get_by_role("group", name=re.compile(rf"^\s*{re.escape(legend)}")).first

    # --- Seeing -----------------------------------------------------------------------------------------

    def is_on(self, heading: str) -> None:
        """Wait for the page with this heading, and look it over as this test looks over pages."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        for look in self.looks:
            look(self)

    def sees(self, *sentences: str) -> None:
        for sentence in sentences:
            expect(self.page.get_by_text(sentence).filter(visible=True).first).to_be_visible()

    def does_not_see(self, *sentences: str) -> None:
        for sentence in sentences:
            expect(self.page.get_by_text(sentence)).to_have_count(0)

    def is_told(self, *sentences: str) -> None:
        """See each sentence in a banner or in the box that says what is wrong."""
        boxes = self.page.locator(".govuk-notification-banner, .govuk-error-summary")
        for sentence in sentences:
            expect(boxes.filter(has_text=sentence).first).to_be_visible()

    def still_has(self, under: str, text: str) -> None:
        """Find that what was written is still there."""
        expect(self.page.get_by_label(under, exact=True)).to_have_value(text)

    def reference_on_page(self) -> str:
        """Read the reference that stands above the heading."""
        said = self.page.locator("h1 .govuk-caption-l").inner_text()
        found = re.search(r"[A-Z]{2,4}-\d{2}-\d{4}(-[A-Z]\d+)?", said)
        assert found, f"No reference in “{said}”"
        return found.group()

    def evaluate(self, script: str) -> Any:
        return self.page.evaluate(script)
