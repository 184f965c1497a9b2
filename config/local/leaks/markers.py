"""Words that stand nowhere else, one for each field, and how they look wherever they have got to."""

from __future__ import annotations

import base64
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator

# Letters alone, because names are refused where they hold anything else. It is in no word of any language.
PREFIX = "Zqvxkwjzqp"
LETTERS = "abcdefghij"
MARK = re.compile(rb"zqvxkwjzqp([a-j]{4})", re.IGNORECASE)
GZIP = b"\x1f\x8b\x08"


class Markers:
    """The words that were given out, each with the field that it was typed into."""

    def __init__(self) -> None:
        self.fields: list[str] = []

    def new(self, field: str) -> str:
        """Give out a word for a field."""
        self.fields.append(field)
        digits = f"{len(self.fields) - 1:04}"
        return PREFIX + "".join(LETTERS[int(digit)] for digit in digits)

    def name(self, letters: bytes) -> str:
        """Return which field a word that was found belongs to."""
        number = int("".join(str(LETTERS.index(letter)) for letter in letters.decode().lower()))
        return self.fields[number] if number < len(self.fields) else "a word that nobody was given"

    def found_in(self, content: bytes) -> set[str]:
        """Return the fields whose words stand in some bytes, as they are or in another spelling."""
        found = {self.name(letters) for form in spellings(content) for letters in MARK.findall(form)}
        if any(coded in content for coded in CODED):
            found.add("some field, as base64 or hexadecimal")
        return found


def coded(word: str) -> Iterator[bytes]:
    """How a word looks inside base64, at each of the three places where it may begin, and in hexadecimal."""
    for before in range(3):
        content = b"\0" * before + word.encode()
        yield base64.b64encode(content)[4 if before else 0 : len(content) // 3 * 4]
    yield word.encode().hex().encode()
    yield word.encode().hex().upper().encode()


CODED = tuple(coded(PREFIX))


def spellings(content: bytes) -> Iterable[bytes]:
    """Return bytes as they are, without the noughts of wide characters, and what is packed inside them."""
    yield content
    yield content.replace(b"\0", b"")
    start = content.find(GZIP)
    while start >= 0:
        yield unpacked(content[start:])
        start = content.find(GZIP, start + 1)


def unpacked(content: bytes) -> bytes:
    """Unpack as much as there is of something packed."""
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(content, 50_000_000)
    except zlib.error:
        return b""


def planted(word: str) -> dict[str, bytes]:
    """Ways in which a word could stand somewhere, to show that each would be found."""
    return {
        "as it is": f'{{"message": "saved {word} for Leo"}}'.encode(),
        "in capitals": word.upper().encode(),
        "in an address": f"GET /people/?name={word}&x=1".encode(),
        "in wide characters": word.encode("utf-16"),
        "in base64": base64.b64encode(f"ab{word}cd".encode()),
        "in hexadecimal": word.encode().hex().encode(),
        "packed": b"some bytes before" + gzip.compress(word.encode()),
    }
