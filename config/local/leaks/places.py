"""Where text could have got to, read as bytes, and what of it was found there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis

from config.local.leaks.markers import Markers


@dataclass
class Place:
    """One kind of place: how much was read there, and which fields' words stood in it."""

    name: str
    pieces: int = 0
    size: int = 0
    found: set[str] = field(default_factory=set)


def look(name: str, pieces: Iterator[bytes], markers: Markers, words: set[str]) -> Place:
    """Read every piece of a place, for the words that were given out and for everything in the record."""
    place = Place(name)
    texts = [(word, word.lower().encode()) for word in words]
    for piece in pieces:
        place.pieces += 1
        place.size += len(piece)
        place.found |= markers.found_in(piece)
        low = piece.lower()
        place.found |= {f"of the record: {word[:60]!r}" for word, text in texts if text in low}
    return place


def files(*folders: Path) -> Iterator[bytes]:
    """Read every file below some folders, whole."""
    for folder in folders:
        for path in sorted(folder.rglob("*") if folder.is_dir() else [folder]):
            if path.is_file() and not path.is_symlink():
                yield str(path.relative_to(folder.parent)).encode() + b"\n" + path.read_bytes()


def broker(url: str) -> Iterator[bytes]:
    """Read every key of the broker with its value, as it keeps them."""
    with Redis.from_url(url) as client:
        for key in client.scan_iter(count=500):
            yield key + b"\n" + (client.dump(key) or b"")


def lines(texts: list[str]) -> Iterator[bytes]:
    yield "\n".join(texts).encode()
