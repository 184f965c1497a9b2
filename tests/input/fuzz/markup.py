"""Where a payload came out in a page: as words, which is harmless, or as something that a browser obeys."""

from __future__ import annotations

import html
import re

from tests.input.fuzz.payloads import MARK

SCRIPT = re.compile(r"<(script|style)\b([^>]*)>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL)
TAG = re.compile(
    r"<(/?[a-zA-Z][^\s/>]*)((?:[^\"'>]|\"[^\"]*\"|'[^']*')*)>|<(!)(?!doctype\b)([^>]*)>", re.IGNORECASE
)
PART = re.compile(r"([^\s\"'=<>/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
LEADS = frozenset({"href", "src", "action", "formaction", "data", "srcdoc", "xlink:href", "style", "poster"})
UNREADABLE = re.compile("[\0\ufffd\ud800-\udfff]")
# No words that somebody typed stand anywhere in these: a comment, and what speaks to the browser alone.
NEVER_TYPED = frozenset({"!", "meta", "base", "link", "script", "iframe", "object", "embed"})
# Random letters, which may happen to spell the mark.
NONCE = re.compile(r' nonce="[\w-]{24}"')
SCHEME = re.compile(r"[\s\x00-\x20]*(?:javascript|data|vbscript)\s*:|[\s\x00-\x20]*//", re.IGNORECASE)


def obeyed(page: str, *, mark: str = MARK) -> list[str]:
    """Return the pieces of a page in which a browser would obey what somebody typed. None is harmless.

    That is: the mark in the name of an element or an attribute, in a script, a style or a comment, an address
    that begins elsewhere, or any attribute that runs (`onclick`), which no page of ours has.
    """
    page = NONCE.sub("", page)
    if mark not in page:
        return []
    found = [piece.group(0)[:200] for piece in SCRIPT.finditer(page) if _in_script(piece, mark)]
    page = SCRIPT.sub(r"<\1\2></\1>", page)
    for piece in TAG.finditer(page):
        name, parts = piece.group(1) or piece.group(3), piece.group(2) or piece.group(4) or ""
        if (
            mark in name
            or (name.lower() in NEVER_TYPED and mark in parts)
            or any(_obeys(part, mark) for part in PART.finditer(parts))
        ):
            found.append(piece.group(0)[:200])
    return found


def _in_script(piece: re.Match[str], mark: str) -> bool:
    is_data = "application/json" in piece.group(2)
    return mark in piece.group(3) and not is_data


def _obeys(part: re.Match[str], mark: str) -> bool:
    name = part.group(1).lower()
    value = html.unescape(part.group(2) or part.group(3) or part.group(4) or "")
    if mark in name or name.startswith("on"):
        return True
    if name not in LEADS or mark not in value:
        return False
    return name in {"style", "srcdoc"} or SCHEME.match(value) is not None


def as_read(page: str) -> str:
    """Return a page as a person reads it, with one kind of line end."""
    return plain(html.unescape(page))


def plain(text: str) -> str:
    """Write line ends in one way, and leave out what cannot be kept: NUL and what could not be read."""
    return UNREADABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
