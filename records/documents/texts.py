"""Plain text and CSV tables: readable as text, no page or script in disguise, no formula in a table."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from records.documents.kinds import AS_PDF, Content, NotKept

PORTION = 64 * 1024
OVERLAP = 64
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
MARKUP = re.compile(
    r"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|\?php|\?xml|meta\s)|<%|javascript:"
    r"|<\s*(?:img|a|form|style|link|base|video|audio|input|button|details|math|div|table)(?:\s[^<>]*)?/?>"
    # The same in UTF-7, which an old browser would read.
    r"|\+ADw-|\+AD4-",
    re.IGNORECASE,
)
# A cell that a spreadsheet would work out: it begins with one of these, behind quotes, spaces or tabs.
FORMULA = re.compile(
    r"(?:^|[,;\t|])[\"'\s\u200b\ufeff\u00a0]*(?:[=@\uff1d\uff20]|[+\-\uff0b\uff0d](?![\d\s().,/+\-]*(?:[\",;\t|]|$)))"
)
# A first line that only spreadsheets read: it names another separator, behind which a formula could stand.
SEPARATOR = re.compile(r"\A[\ufeff\"'\s]*sep\s*=(?![,;\t|]?[\"'\s]*\Z)", re.IGNORECASE)
LINE_END = re.compile(r"\r\n|\r|\n")


def look(content: Content, *, is_table: bool) -> None:
    """Read all of a text, a portion at a time. Raises NotKept where it is none, or would act by itself."""
    number, rest = 1, ""
    for portion in _decoded(content):
        if NO_TEXT.search(portion):
            raise NotKept(
                "This is no plain text: there are characters in it that no text has.",
                "Open it to see what it is, and save it as text, or print it as a PDF.",
            )
        text = rest + portion
        if MARKUP.search(text):
            raise NotKept("This is a web page or has a script in it, which is not kept.", AS_PDF)
        if not is_table:
            rest = text[-OVERLAP:]
            continue
        *lines, rest = LINE_END.split(text)
        number = _require_no_formula(lines, number)
        if len(rest) > 1_000_000:
            raise NotKept("This is no table: a line of it is longer than a million characters.", AS_PDF)
    if is_table:
        _require_no_formula([rest], number)


def _require_no_formula(lines: list[str], number: int) -> int:
    """Look for formulas; return the number of the line after these. Raises NotKept."""
    for line in lines:
        if number == 1 and SEPARATOR.match(line):
            raise NotKept(
                "Line 1 of this table names a separator of its own, which hides where its cells begin.",
                "Take that line out, and separate the cells by commas.",
            )
        if FORMULA.search(line):
            raise NotKept(
                f"Line {number} of this table has a cell that begins with =, +, - or @, which a spreadsheet "
                "would work out.",
                "Take it out, or save the table as a PDF and upload that.",
            )
        number += 1
    return number


def _decoded(content: Content) -> Iterator[str]:
    """Give the text in portions: UTF-8, UTF-16 with its mark, or else what Windows wrote. Raises NotKept."""
    head = bytes(content[:4])
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield from _in(content, "utf-16")
        return
    encoding = "utf-8-sig" if _is_utf_8(content) else "cp1252"
    yield from _in(content, encoding)


def _is_utf_8(content: Content) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), PORTION):
            decoder.decode(bytes(content[start : start + PORTION]))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _in(content: Content, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), PORTION):
            yield decoder.decode(bytes(content[start : start + PORTION]))
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise NotKept(
            "This is no plain text that can be read.", "Open it to see what it is, and save it as UTF-8 text."
        ) from error
