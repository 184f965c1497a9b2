"""How secrets of second factors are kept: encrypted, so that a copy of the database alone gives no codes."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

# What it was encrypted by, so that another method can follow and both can be read.
METHOD = "aesgcm1:"
NONCE = 12


class CannotRead(Exception):
    """A secret was encrypted with another SECRET_KEY, or was changed."""


class Encrypted(DefaultMFAAdapter):
    """Keeps the seeds of authenticator apps and of recovery codes under a key made of SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(NONCE)
        sealed = _cipher(settings.SECRET_KEY).encrypt(nonce, text.encode(), METHOD.encode())
        return METHOD + b64encode(nonce + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret. What was kept before it was encrypted is returned as it is. Raises CannotRead."""
        if not encrypted_text.startswith(METHOD):
            return encrypted_text
        kept = b64decode(encrypted_text.removeprefix(METHOD))
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            try:
                return _cipher(key).decrypt(kept[:NONCE], kept[NONCE:], METHOD.encode()).decode()
            except InvalidTag:
                continue
        raise CannotRead


def _cipher(key: str | bytes) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"check-back second factor")
    return AESGCM(derived.derive(force_bytes(key)))
