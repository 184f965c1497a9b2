"""Text messages: the gateway that carries them, chosen by the environment (TEXT_URL)."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils import timezone

SECONDS = 10  # for the gateway's answer


class NotSent(OSError):
    """The gateway did not take a text message. Its words are left out: they can quote the number."""


class Gateway(Protocol):
    """What carries text messages."""

    def send(self, *, to: str, text: str, message_id: str) -> None:
        """Send one text. `message_id` is the same at every attempt. Raises OSError where it was not taken."""


class FileGateway:
    """Writes each text as a file into a folder, for the demo and the tests."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)

    def send(self, *, to: str, text: str, message_id: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{message_id}.txt"
        (self.folder / name).write_text(f"To: {to}\n\n{text}\n", encoding="utf-8")


class _NoWayOn(urllib.request.HTTPRedirectHandler):
    """Takes an answer that points elsewhere as the refusal that it is."""

    def redirect_request(self, *answer: Any) -> None:
        return None


class HttpGateway:
    """Posts JSON with `to`, `text` and `id` to a gateway's address; any 2xx answer means that it took it.

    A user name in the address is sent as a bearer token: https://TOKEN@HOST/PATH. Where the gateway points to
    another address the text was not taken: following would send the token there, and no text.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.token = unquote(parts.username or "")
        self.url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    def send(self, *, to: str, text: str, message_id: str) -> None:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        body = json.dumps({"to": to, "text": text, "id": message_id}).encode()
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310  # https only, by config/env.py
        try:
            with urllib.request.build_opener(_NoWayOn).open(request, timeout=SECONDS):
                return
        except urllib.error.HTTPError as error:
            error.close()
            raise NotSent(f"the gateway answered {error.code}") from None


def is_set_up() -> bool:
    """Say whether text messages can be sent from here."""
    return bool(settings.TEXT_URL)


def gateway() -> Gateway:
    """Return the gateway that the environment names. Raises NotSent where it names none."""
    url = settings.TEXT_URL
    if not url:
        raise NotSent("no gateway is set up")
    parts = urlsplit(url)
    return FileGateway(parts.path) if parts.scheme == "file" else HttpGateway(url)
