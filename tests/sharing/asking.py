"""Opening and posting pages in the tests of sharing."""

from __future__ import annotations

import html
import re
import uuid
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Membership
from sharing.models import Exchange
from tests.signing_in import give_second_factor, is_there

SEEN = "Four small round marks"
SAID = "He squeezed me because I was loud."
HELD_BACK = "In my view the marks look like gripping"


def as_(member: Membership) -> Client:
    """Sign somebody in, wearing that hat."""
    give_second_factor(member.account)
    client = Client()
    client.force_login(member.account)
    session = client.session
    session["hat"] = str(member.pk)
    session.save()
    is_there(client)
    return client


def at(page: str, exchange: Exchange) -> str:
    return reverse(page, args=[exchange.reference])


def text(response: Any) -> str:
    """A page as it reads, in one line, without its forms' security tokens: any letters may stand in those."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"| nonce="[^"]*"', "", response.content.decode())
    return re.sub(r"\s+", " ", html.unescape(page))


def told(response: Any) -> str:
    """The part of a page that shows what the recipient is told, as it stands in the page."""
    found = re.search(r'<article class="app-told">.*?</article>', response.content.decode(), re.DOTALL)
    return found[0] if found else ""


def filled(exchange: Exchange | None, **words: Any) -> dict[str, Any]:
    """A page's form as it is posted by somebody who has just opened it, unless a version is given."""
    version = {"version": exchange.version} if exchange else {}
    return {"form_id": str(uuid.uuid4()), **version, **words}


def post(member: Membership, page: str, exchange: Exchange, **words: Any) -> Any:
    exchange.refresh_from_db()
    return as_(member).post(at(page, exchange), filled(exchange, **words))


def statements_used(member: Membership, address: str) -> int:
    """Count the SQL statements that a page takes."""
    browser = as_(member)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len([q for q in captured if "SAVEPOINT" not in q["sql"]])
