"""PDFs: complete, not encrypted, and with nothing that runs or is carried inside.

The names of a PDF can be written with escapes (/J#53 is /JS), and stand in packed objects: both are looked
through. What is inside a packed page or picture is not a name of the file and is left alone.
"""

from __future__ import annotations

import re
import zlib

from records.documents.kinds import Content, NotKept

ENDING = 2048
UNPACKED_AT_MOST = 64 * 1024 * 1024
PRINT = "Open it, print it to a new PDF and upload that."
STREAM = re.compile(rb"(?<!end)stream\r?\n")
DICTIONARY = 1024


def _name(name: str) -> bytes:
    """Match a name however its letters are escaped, up to where it ends."""
    letters = (f"(?:{re.escape(one)}|#{ord(one):02x}|#{ord(one):02X})" for one in name)
    return b"/" + "".join(letters).encode() + rb"(?=[\s()<>\[\]{}/%]|$)"


def _any(*names: str) -> re.Pattern[bytes]:
    return re.compile(b"|".join(_name(one) for one in names))


ENCRYPTED = _any("Encrypt")
RUNS = _any(
    "JavaScript",
    "JS",
    "Launch",
    "RichMedia",
    "XFA",
    "ImportData",
    "SubmitForm",
    "Rendition",
    "GoToE",
    "GoToR",
)
# Names that are harmless elsewhere: “Screen” is also a way in which colours are laid over one another.
PLAYS = re.compile(
    b"(?:%s|%s|%s)" % tuple(_name(one) for one in ("Type", "Subtype", "S"))
    + rb"\s*(?:"
    + b"|".join(_name(one) for one in ("Movie", "Sound", "Screen", "3D"))
    + b")"
)
# A link that is no page: its address runs, or opens a file of the reader's own machine.
LINK_THAT_RUNS = re.compile(_name("URI") + rb"\s*\(\s*(?:javascript|vbscript|data|file)\s*:", re.IGNORECASE)
CARRIES = _any("EmbeddedFile", "EmbeddedFiles", "FileAttachment")
FOLDER = re.compile(_name("Collection") + rb"\s*(?:<<|\d+\s+\d+\s+R)")
PACKED = _any("ObjStm")
FLATE = _any("FlateDecode", "Fl")


def look(content: Content) -> None:
    """Look through a PDF. Raises NotKept with what to do."""
    if content.rfind(b"%%EOF", max(0, len(content) - ENDING)) < 0:
        raise NotKept(
            "This PDF is not complete: its end is missing, or something comes after it.",
            "Get it again from where it came, or print it to a new PDF.",
        )
    if ENCRYPTED.search(content):
        raise NotKept(
            "This PDF is encrypted or locked with a password, so whoever reads the record could not open it.",
            "Open it with the password, print it to a new PDF and upload that.",
        )
    _require_still(content)
    for part in _unpacked(content):
        _require_still(part)


def _require_still(part: Content) -> None:
    if RUNS.search(part) or PLAYS.search(part) or LINK_THAT_RUNS.search(part):
        raise NotKept("This PDF has something in it that runs: a script, an active form or a film.", PRINT)
    if CARRIES.search(part) or FOLDER.search(part):
        raise NotKept("This PDF carries other files inside it.", f"Upload those one at a time. {PRINT}")


def _unpacked(content: Content) -> list[bytes]:
    """Unpack the objects that are packed together, as far as memory allows. Raises NotKept."""
    parts, total = [], 0
    for found in STREAM.finditer(content):
        words = bytes(content[max(0, found.start() - DICTIONARY) : found.start()])
        words = words[words.rfind(b"obj") + 3 :]
        if not PACKED.search(words):
            continue
        if not FLATE.search(words) or words.count(b"Decode") > 2:
            raise NotKept("Parts of this PDF are packed in a way that cannot be looked into.", PRINT)
        end = content.find(b"endstream", found.end())
        unpacking = zlib.decompressobj()
        try:
            part = unpacking.decompress(bytes(content[found.end() : end]), UNPACKED_AT_MOST - total + 1)
        except zlib.error as error:
            raise NotKept("Parts of this PDF are damaged.", PRINT) from error
        total += len(part)
        if total > UNPACKED_AT_MOST:
            raise NotKept("This PDF would be far larger unpacked than it is.", PRINT)
        parts.append(part)
    return parts
