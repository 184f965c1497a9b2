"""Lines of a file that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable

BEGINS_A_FORMULA = frozenset("=+-@|%")
# White space, control characters and marks that nobody sees: some programs skip them, and then look.
NOT_SEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Cs", "Co", "Cn", "Mn", "Me"})
MARK_OF_UTF_8 = "\ufeff"


def harmless(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula.

    A quotation mark goes before what begins, for the eye or after what the eye does not see, with
    = + - @ | or %, also in their full-width and other look-alike forms (as Unicode's NFKC writes them), and
    before what begins with white space or a control character. NUL is taken out: no format can hold it.
    """
    text = text.replace("\0", "")
    if not text:
        return ""
    if unicodedata.category(text[0]) in NOT_SEEN:
        return f"'{text}"
    return f"'{text}" if unicodedata.normalize("NFKC", text[0])[:1] in BEGINS_A_FORMULA else text


def line(cells: Iterable[str]) -> str:
    """Return one line with its end, every cell in quotation marks and harmless."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([harmless(one) for one in cells])
    return out.getvalue()
