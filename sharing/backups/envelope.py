"""A file that only the holder of a key reads, and that cannot be cut short or changed unnoticed.

Portions of a mebibyte, each sealed by AES-256-GCM under a key derived for this file alone. The nonce counts
the portions and marks the last one (the STREAM construction): one that is missing, moved or added is noticed.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"check-back backup 1\n"
PORTION = 1024 * 1024
SALT, TAG, LENGTH = 32, 16, 4


class CannotOpen(Exception):
    """The file is no backup of ours, the key is another's, or something in it was changed."""


def new_key() -> str:
    """Make a key, to be kept apart from the backups it opens."""
    return b64encode(os.urandom(32)).decode()


def key_from(text: str) -> bytes:
    """Return the key that `new_key` wrote. Raises CannotOpen where it is none."""
    try:
        key = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        key = b""
    if len(key) != 32:
        raise CannotOpen("The key is not one that manage.py backup --new-key prints.")
    return key


def write(file: BinaryIO, content: Iterable[bytes], *, key: bytes) -> None:
    """Seal content into a file, holding two portions in memory."""
    salt = os.urandom(SALT)
    file.write(MAGIC + salt)
    cipher = _cipher(key, salt)
    held: bytes | None = None
    number = 0
    for portion in _portions(content):
        if held is not None:
            _put(file, cipher.encrypt(_nonce(number, last=False), held, MAGIC))
            number += 1
        held = portion
    _put(file, cipher.encrypt(_nonce(number, last=True), held or b"", MAGIC))


def read(file: BinaryIO, *, key: bytes) -> Iterator[bytes]:
    """Give the content of a sealed file. Raises CannotOpen at the first portion that is not as written.

    Nothing of a file may be used before the last portion has been given.
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise CannotOpen("This file is not a backup of Check Back.")
    cipher = _cipher(key, file.read(SALT))
    number, sealed = 0, _take(file)
    while sealed is not None:
        after = _take(file)
        try:
            yield cipher.decrypt(_nonce(number, last=after is None), sealed, MAGIC)
        except InvalidTag:
            raise CannotOpen(
                "The backup cannot be opened: the key is not its own, or the file was changed or cut short."
            ) from None
        number, sealed = number + 1, after


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), length=32, salt=salt, info=MAGIC).derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def _put(file: BinaryIO, sealed: bytes) -> None:
    file.write(len(sealed).to_bytes(LENGTH, "big") + sealed)


def _take(file: BinaryIO) -> bytes | None:
    head = file.read(LENGTH)
    if not head:
        return None
    length = int.from_bytes(head, "big")
    if len(head) != LENGTH or not TAG <= length <= PORTION + TAG:
        raise CannotOpen("The backup was changed or cut short.")
    sealed = file.read(length)
    if len(sealed) != length:
        raise CannotOpen("The backup was cut short.")
    return sealed


def _portions(content: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in content:
        held += piece
        while len(held) >= PORTION:
            yield bytes(held[:PORTION])
            del held[:PORTION]
    if held:
        yield bytes(held)
