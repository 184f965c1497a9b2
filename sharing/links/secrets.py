"""Tokens and codes: how they are made, and the hashes that are all we keep of them."""

from __future__ import annotations

import hashlib
import secrets

from django.utils.crypto import salted_hmac

# Eight digits and five tries for each of ten codes: one chance in two million for each link.
DIGITS = 8
ROUNDS = 200_000  # about a tenth of a second: nobody tries all codes even with the table and the key


def new_token() -> str:
    """Return a token that nobody can guess: 256 random bits, fit for an address."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return what is kept of a token. It is random, so a plain hash tells nothing about it."""
    return hashlib.sha256(token.encode()).digest()


def new_code() -> str:
    """Return a code of eight digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def code_hash(link_id: int, code: str) -> bytes:
    """Return what is kept of a code: slow to try, and keyed, because eight digits are few."""
    key = salted_hmac("sharing.links.code", str(link_id), algorithm="sha256").digest()
    return hashlib.pbkdf2_hmac("sha256", code.encode(), key, ROUNDS)
