"""Somebody without an account, at a browser: from the link to the code to the page, as they would go."""

from __future__ import annotations

import html
import io
import re
import uuid
from typing import Any

import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from agencies import operations as agencies
from agencies.models import Membership
from notifications.models import Message
from sharing.models import Exchange, Link
from sharing.operations import links
from sharing.states import State
from tests import factories
from tests.factories import World

A_SECOND = 1 / 60  # in minutes
NAVIGATING = {"Sec-Fetch-Mode": "navigate"}


def outside(world: World, full_name: str = "Grace Adeyemi", **given: str) -> Membership:
    """Add somebody at a housing association to the school's directory, with two ways to reach them."""
    first = full_name.split()[0].lower()
    details = {
        "organisation": "Wyre Homes",
        "kind": "HOUSING",
        "job_title": "Housing officer",
        "email": f"{first}@wyre-homes.example",
        "how_email_checked": "On their website, and they answered it.",
        "phone": "07700 900123",
        "how_phone_checked": "She rang me from it.",
        **given,
    }
    return agencies.add_outside(by=world.priya, at=world.clock(), full_name=full_name, **details)


def told(world: World, state: State = State.SENT, *, listener: Membership | None = None) -> Exchange:
    """Bring a disclosure to somebody outside to a state."""
    return factories.exchange_at(world, state, listener=listener or outside(world))


def address_of(exchange: Exchange, *, at: Any) -> str:
    """Return the path that the notice to whoever has no account leads to, as it is made when it is sent."""
    link = Link.objects.get(exchange=exchange)
    notice = Message.objects.filter(to_member_id=link.member_id, by_link=True).exclude(
        kind__in=links.CARRIES_NO_LINK
    )
    for message in notice.order_by("-queued_at"):
        if links._exchange_of(message.reference) == exchange.reference:
            with time_machine.travel(at, tick=False):
                path, _ = links.WaysIn().path(message)
            return path
    raise AssertionError(f"Nobody was told of {exchange.reference} by a link")


def code_of(exchange: Exchange, *, at: Any) -> str:
    """Read a code out, whichever way the codes of its link go, and return it. `at` is UTC."""
    of = Link.objects.filter(exchange=exchange)
    usual = of.values_list("code_by", flat=True).get()
    of.update(code_by=Link.CodeBy.SPEAKER)
    speaker = exchange.listener if exchange.speaker.is_outside else exchange.speaker
    made = links.read_out_code(exchange, by=speaker, at=at)
    of.update(code_by=usual)
    return made


class Visitor:
    """Somebody without an account at a browser, in whose link nobody has meddled."""

    def __init__(self, world: World, exchange: Exchange) -> None:
        self.world = world
        self.exchange = exchange
        self.client = Client(headers=NAVIGATING)

    def comes_in(self) -> Visitor:
        """Open the link of the notice, ask for the code, hear it on the telephone and enter it."""
        path = address_of(self.exchange, at=self.world.clock())
        assert self.gets(path).status_code == 200
        assert self.posts(path, {}).status_code == 302
        code = code_of(self.exchange, at=self.world.clock(A_SECOND))
        answer = self.posts("/link/code/", {"code": code})
        assert answer.status_code == 302, text(answer)
        assert answer["Location"] == self.page("exchange")
        return self

    # --- Pages ---------------------------------------------------------------------------------

    def page(self, name: str, about: Any = None) -> str:
        return reverse(name, args=[(about or self.exchange).reference])

    def gets(self, path: str, **headers: str) -> Any:
        with time_machine.travel(self.world.clock(A_SECOND), tick=False):
            return self.client.get(path, headers=headers)

    def posts(self, path: str, data: dict[str, Any], **headers: str) -> Any:
        with time_machine.travel(self.world.clock(A_SECOND), tick=False):
            return self.client.post(path, data, headers=headers)

    def looks_at(self, name: str, about: Any = None) -> str:
        """Open a page that has to open, and return it as it reads."""
        answer = self.gets(self.page(name, about))
        assert answer.status_code == 200, (name, answer.status_code, text(answer)[:500])
        return text(answer)

    def sends(self, name: str, about: Any = None, /, **words: Any) -> Any:
        """Send the form of a page as somebody does who has just opened it."""
        row = about or self.exchange
        row.refresh_from_db()
        return self.posts(
            self.page(name, row), {"form_id": str(uuid.uuid4()), "version": row.version, **words}
        )

    def does(self, name: str, about: Any = None, /, **words: Any) -> str:
        """Send the form of a page, which has to be taken, and return where it leads."""
        answer = self.sends(name, about, **words)
        said = (answer.context or {}).get("form")
        assert answer.status_code == 302, (name, said and (said.errors, said.refusals), text(answer)[:300])
        return str(answer["Location"])

    def takes_copy(self) -> bytes:
        """Download the PDF of what they said."""
        answer = self.posts(self.page("my-copy"), {})
        assert answer.status_code == 200, text(answer)
        assert answer["Content-Type"] == "application/pdf"
        return bytes(answer.content)


def read(pdf: bytes) -> list[str]:
    """The text of each page of a PDF, in one line."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text(response: Any) -> str:
    """A page as it reads, in one line."""
    return re.sub(r"\s+", " ", html.unescape(response.content.decode()))


def links_on(page: str) -> set[str]:
    """The addresses of ours that a page leads to, but its own parts."""
    return set(re.findall(r'href="(/[^"#?]*)', page)) - set(re.findall(r'href="(/static/[^"]*)', page))
