"""PNG and JPEG pictures: complete, of a size that can be shown, and a copy for others without the place.

Pixels are never unpacked. The copy is the same picture to the bit: only the parts that describe it (place,
camera, editing, thumbnails, comments) are left out, and anything behind its end. Which way up it is stays.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from records.documents.kinds import Content, NotKept

PNG = b"\x89PNG\r\n\x1a\n"
PIXELS_AT_MOST = 100_000_000
SIDE_AT_MOST = 20_000
UNPACKED_AT_MOST = 8 * 1024 * 1024
PORTION = 256 * 1024

DAMAGED = ("This picture is damaged or not complete.", "Open it, save it again and upload that.")
LEFT_OUT = "where and with what it was taken, and other notes that the camera or a program wrote into it"
# What a PNG needs to be shown. Everything else describes it, or is something that nobody knows.
SHOWS = frozenset(
    {
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"iCCP",
        b"sBIT",
        b"bKGD",
        b"hIST",
    }
    | {b"pHYs", b"sPLT", b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT"}
)
PACKED_NOTES = frozenset({b"zTXt", b"iCCP", b"iTXt"})
CARRIED = re.compile(rb"<\s*(script|html|svg|\?php|iframe)|%PDF-\d", re.IGNORECASE)
EXIF = b"Exif\x00\x00"
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
START_OF_SCAN, END_OF_PICTURE = 0xDA, 0xD9
START_OF_FRAME = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})


class Cleaned(NamedTuple):
    """The copy for others: how to make it from the content, and what it lacks."""

    portions: Callable[[Content], Iterator[bytes]]
    left_out: str


class _Part(NamedTuple):
    """A stretch of a picture, and whether it stays in the copy."""

    start: int
    end: int
    stays: bool


def look_at_png(content: Content) -> Cleaned | None:
    """Look through a PNG; return how to make its copy where that differs. Raises NotKept."""
    parts: list[_Part] = [_Part(0, 8, True)]
    at, ended = 8, False
    while not ended:
        if at + 12 > len(content):
            raise NotKept(*DAMAGED)
        length = int.from_bytes(bytes(content[at : at + 4]), "big")
        name, end = bytes(content[at + 4 : at + 8]), at + 12 + length
        if end > len(content) or not name.isalpha() or (at == 8) != (name == b"IHDR"):
            raise NotKept(*DAMAGED)
        body = bytes(content[at + 8 : at + 8 + min(length, UNPACKED_AT_MOST)]) if name != b"IDAT" else b""
        if name == b"IHDR":
            _require_showable(int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big"))
        unpacked = _unpacked(name, body)
        stays = name in SHOWS
        if not stays or name == b"PLTE":
            _require_nothing_carried(body)
            _require_nothing_carried(unpacked)
        parts.append(_Part(at, end, stays))
        at, ended = end, name == b"IEND"
    return _cleaned(content, parts, at, b"")


def look_at_jpeg(content: Content) -> Cleaned | None:
    """Look through a JPEG; return how to make its copy where that differs. Raises NotKept."""
    parts: list[_Part] = [_Part(0, 2, True)]
    at, way_up, framed = 2, 1, False
    while (marker := _marker(content, at)) != END_OF_PICTURE:
        end = at + 2 + int.from_bytes(bytes(content[at + 2 : at + 4]), "big")
        if end > len(content) or end < at + 4:
            raise NotKept(*DAMAGED)
        body = bytes(content[at + 4 : end])
        if marker in START_OF_FRAME:
            framed = True
            _require_showable(int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
        stays = _stays_in_a_jpeg(marker, body)
        if not stays:
            _require_nothing_carried(body)
            way_up = _way_up(body) if body.startswith(EXIF) else way_up
        if marker == START_OF_SCAN:
            end = _end_of_scan(content, end)
        parts.append(_Part(at, end, stays))
        at = end
    if not framed:
        raise NotKept(*DAMAGED)
    parts.append(_Part(at, at + 2, True))
    return _cleaned(content, parts, at + 2, _only_way_up(way_up) if way_up > 1 else b"")


def _marker(content: Content, at: int) -> int:
    if at + 2 > len(content) or content[at] != 0xFF:
        raise NotKept(*DAMAGED)
    return content[at + 1]


def _end_of_scan(content: Content, start: int) -> int:
    """Find where the pixels end and the next marker begins. Raises NotKept where nothing comes any more."""
    found = NEXT_MARKER.search(content, start)
    if found is None:
        raise NotKept(*DAMAGED)
    return found.start()


def _stays_in_a_jpeg(marker: int, body: bytes) -> bool:
    """Keep what the picture needs, its colours among it; leave out notes, thumbnails and further pictures."""
    if marker == 0xE2:
        return body.startswith(b"ICC_PROFILE\x00")
    return marker not in range(0xE1, 0xEE) and marker not in (0xEF, 0xFE)


def _cleaned(content: Content, parts: list[_Part], end: int, put_in: bytes) -> Cleaned | None:
    """Say how the copy is made. `end` is where the picture ends; `put_in` comes after the first part."""
    if end < len(content):
        _require_nothing_carried(bytes(content[end : end + UNPACKED_AT_MOST]))
    if end == len(content) and all(part.stays for part in parts):
        return None

    def portions(content: Content) -> Iterator[bytes]:
        for number, part in enumerate(parts):
            if part.stays:
                for start in range(part.start, part.end, PORTION):
                    yield bytes(content[start : min(start + PORTION, part.end)])
            if number == 0 and put_in:
                yield put_in

    return Cleaned(portions, LEFT_OUT)


def _require_showable(width: int, height: int) -> None:
    """Raise NotKept for a picture without pixels, or with more than programs can show."""
    if not width or not height:
        raise NotKept(*DAMAGED)
    if width > SIDE_AT_MOST or height > SIDE_AT_MOST or width * height > PIXELS_AT_MOST:
        raise NotKept(
            f"This picture has {width:,} by {height:,} pixels, which many programs cannot show.",
            "Save it smaller: 4,000 pixels wide shows everything on a body map.",
        )


def _unpacked(name: bytes, body: bytes) -> bytes:
    """Unpack a packed note of a PNG. Raises NotKept where it would be far larger unpacked."""
    start = body.partition(b"\x00")[2].find(b"\x78") if name in PACKED_NOTES else -1
    if start < 0:
        return b""
    try:
        packed = body.partition(b"\x00")[2][start:]
        unpacked = zlib.decompressobj().decompress(packed, UNPACKED_AT_MOST + 1)
    except zlib.error:
        return b""
    if len(unpacked) > UNPACKED_AT_MOST:
        raise NotKept("A note in this picture would be far larger unpacked than the picture is.", DAMAGED[1])
    return unpacked


def _require_nothing_carried(body: bytes) -> None:
    """Raise NotKept for a web page, a script or a PDF in a note of a picture or behind its end."""
    if CARRIED.search(body):
        raise NotKept("Something else than a picture is hidden in this picture.", DAMAGED[1])


def _way_up(exif: bytes) -> int:
    """Read which way up a photo is to be shown: 1 where nothing is said or it cannot be read."""
    tiff = exif[len(EXIF) :]
    order = "little" if tiff[:2] == b"II" else "big"
    if len(tiff) < 10 or tiff[:2] not in (b"II", b"MM"):
        return 1

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], "little" if order == "little" else "big")

    first = number(4, 4)
    for entry in range(number(first, 2)):
        at = first + 2 + 12 * entry
        if at + 12 > len(tiff):
            break
        if number(at, 2) == 0x0112:
            value = number(at + 8, 2)
            return value if value in range(1, 9) else 1
    return 1


def _only_way_up(value: int) -> bytes:
    """Make the part of a JPEG that says which way up it is, and nothing else."""
    tiff = (
        b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01"
        + bytes((0, value, 0, 0))
        + bytes(4)
    )
    body = EXIF + tiff
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
