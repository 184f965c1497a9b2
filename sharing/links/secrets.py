"""Tokens and codes: how they are made, and the hashes that are all we keep of them."""

from __future__ import annotations

import hashlib
import secrets

from django.utils.crypto import salted_hmac

DIGITS = 6


def new_token() -> str:
    """Return a token that nobody can guess: 256 random bits, fit for an address."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return what is kept of a token. It is random, so a plain hash tells nothing about it."""
    return hashlib.sha256(token.encode()).digest()


def new_code() -> str:
    """Return a code of six digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def code_hash(link_id: int, code: str) -> bytes:
    """Return what is kept of a code, keyed: six digits without a key are found by trying them all."""
    return salted_hmac("sharing.links.code", f"{link_id}:{code}", algorithm="sha256").digest()
