"""How tests come to the pages: signed in, and with the version that the page shows."""

import re
from typing import Any
from uuid import uuid4

from django.test import Client

from agencies.models import Membership
from tests.signing_in import is_there


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.account)
    is_there(client)
    return client


def version_on(page: Any) -> dict[str, str]:
    """The version that a page's form carries."""
    found = re.search(r'name="version" value="(\d+)"', page.content.decode())
    return {"version": found.group(1)} if found else {}


def send(client: Client, address: str, **answers: Any) -> Any:
    """Send a form as its page would, with the version that it shows now."""
    return client.post(address, {"form_id": uuid4(), **version_on(client.get(address)), **answers})
