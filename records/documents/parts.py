"""The parts of an Office or OpenDocument package: nothing in them runs, is carried along or is fetched.

XML can be written in several encodings and any letter of it as a number, so words are compared after
reading, never as bytes. A part is read piece by piece, each up to where a mark of XML begins.
"""

from __future__ import annotations

import codecs
import html
import re
import zipfile
from collections.abc import Iterator

from records.documents.kinds import AS_PDF, NotKept

PORTION = 256 * 1024
LONGEST_PIECE = 4 * 1024 * 1024

MACROS = re.compile(
    r"(^|/)(vbaproject\.bin|vbadata\.xml|activex/|(intl)?macrosheets/|dialogsheets/|customui\d*/|basic/|scripts/)",
    re.IGNORECASE,
)
OBJECTS = re.compile(
    r"(^|/)(oleobject\d*\.bin|package\d*|object \d+/.*\.bin)$|embeddings/.*\.(?!xlsx$)[^/.]+$"
    r"|\.(html?|mht(ml)?|zip|exe|dll|js|vbs|hta|lnk)$",
    re.IGNORECASE,
)
FETCHES = re.compile(r"(^|/)(externallinks/|connections\.xml$|querytables/)", re.IGNORECASE)
# What a part begins with that is a program or another package, whatever it is called.
CARRIED = (
    b"MZ",
    b"\x7fELF",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"Rar!",
    b"7z\xbc\xaf",
    b"#!",
    b"L\0\0\0\x01\x14\x02",
)
WORKBOOK_OF_A_CHART = re.compile(r"(^|/)embeddings/[^/]+\.xlsx$", re.IGNORECASE)

LINK = re.compile(r"<(?:\w+:)?Relationship\b([^>]*)>", re.IGNORECASE)
OUTSIDE = re.compile(r"TargetMode\s*=\s*[\"']External", re.IGNORECASE)
TO_A_PAGE = re.compile(r"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']", re.IGNORECASE)
TARGET = re.compile(r"Target\s*=\s*[\"']\s*([^\"']*)", re.IGNORECASE)
MAY_BE_PRESSED = re.compile(r"(?:https?|mailto|tel|file):|(?![a-z][a-z0-9+.-]*:)", re.IGNORECASE)
PROGRAM = re.compile(
    r"\.(exe|com|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|msi|msc|scr|lnk|dll|jar|reg|cpl)\b", re.IGNORECASE
)

# Older OpenDocument files name a public document type; what it holds, or where it is kept, they do not say.
DEFINITIONS = re.compile(r"<!\s*(ENTITY\b|DOCTYPE\b[^>]*(\[|\bSYSTEM\b))", re.IGNORECASE)
DECLARED = re.compile(r"^\ufeff?<\?xml[^>]*\bencoding\s*=\s*[\"']([\w.-]+)", re.IGNORECASE)
READABLE = frozenset({"utf-8", "utf8", "utf-16", "us-ascii", "iso-8859-1", "windows-1252"})
FIELD = re.compile(
    r"<(?:\w+:)?fldChar\b|<(?:\w+:)?instrText\b[^>]*>([^<]*)|\binstr\s*=\s*(?:\"([^\"]*)\"|'([^']*)')",
    re.IGNORECASE,
)
FIELD_THAT_RUNS = re.compile(r"^\s*(DDE(AUTO)?\b|QUOTE\s+\d+(\s+\d+)+)", re.IGNORECASE | re.MULTILINE)
PRESSED_TO_RUN = re.compile(r"ppaction://(program|macro|ole)", re.IGNORECASE)
SCRIPT_OF_OFFICE = re.compile(r"vnd\.sun\.star\.(script|expand)\s*:|[\"']\s*macro\s*:", re.IGNORECASE)
FETCHED = re.compile(
    r"<(?:\w+:)?dde-(source|link|connection-decl)\b"
    r"|<(?:\w+:)?(section-source|cell-range-source|table-source|image|object|object-ole|plugin|floating-frame)\b"
    r"[^>]*\bhref\s*=\s*[\"']\s*(https?:|ftp:|file:|//|\\\\)",
    re.IGNORECASE,
)
DRAWING_THAT_RUNS = re.compile(r"<\s*(\w+:)?(script|foreignObject)\b|\bon\w+\s*=|javascript:", re.IGNORECASE)

WITH_MACROS = NotKept(
    "This file has macros in it, which are programs.",
    "Save it as .docx, .xlsx or .pptx without macros, or as a PDF.",
)
FROM_ELSEWHERE = ("This file fetches a part of itself from elsewhere when it is opened.", AS_PDF)
CARRIES = ("This file carries another file inside it.", f"Upload that by itself. {AS_PDF}")
STARTS = ("This file has a field in it that starts a program.", AS_PDF)


def require_still(package: zipfile.ZipFile) -> None:
    """Raise NotKept for what runs, for what is carried inside, and for what is fetched when it is opened."""
    for name in package.namelist():
        if MACROS.search(name):
            raise NotKept(*WITH_MACROS.sentences)
        if FETCHES.search(name):
            raise NotKept(*FROM_ELSEWHERE)
        if OBJECTS.search(name):
            raise NotKept(*CARRIES)
    for one in package.infolist():
        if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotKept("Parts of this file are packed in a way that cannot be looked into.", AS_PDF)
        _require_no_file_within(package, one.filename)
        if one.filename.lower().endswith((".xml", ".rels", ".svg", ".vml", ".rdf")):
            _look_at(package, one.filename)


def _require_no_file_within(package: zipfile.ZipFile, name: str) -> None:
    with package.open(name) as part:
        head = part.read(8)
    if head.startswith(CARRIED) and not WORKBOOK_OF_A_CHART.search(name):
        raise NotKept(*CARRIES)


def _look_at(package: zipfile.ZipFile, name: str) -> None:
    """Read one part of XML. Raises NotKept."""
    is_links, is_drawing = name.lower().endswith(".rels"), name.lower().endswith(".svg")
    fields: list[str] = []
    for piece in _pieces(package, name):
        if DEFINITIONS.search(piece) and not is_drawing:
            raise NotKept(
                "This file has definitions in it that no document needs, and that can make it far larger.",
                AS_PDF,
            )
        if is_drawing and DRAWING_THAT_RUNS.search(html.unescape(piece)):
            raise NotKept(*CARRIES)
        if is_links:
            _require_links_to_pages(piece)
        plain = html.unescape(piece)
        if PRESSED_TO_RUN.search(plain):
            raise NotKept(*STARTS)
        if SCRIPT_OF_OFFICE.search(plain):
            raise NotKept(*WITH_MACROS.sentences)
        if FETCHED.search(piece):
            raise NotKept(*FROM_ELSEWHERE)
        fields += [html.unescape(next(filter(None, found.groups()), "\n")) for found in FIELD.finditer(piece)]
    if FIELD_THAT_RUNS.search("".join(fields)):
        raise NotKept(*STARTS)


def _require_links_to_pages(piece: str) -> None:
    """Raise NotKept for a link that is more than a page which somebody may press to go to."""
    for found in LINK.finditer(piece):
        link = html.unescape(found[1])
        if not OUTSIDE.search(link):
            continue
        target = TARGET.search(link)
        where = target[1] if target else ""
        if not TO_A_PAGE.search(link) or not MAY_BE_PRESSED.match(where) or _is_a_program(where):
            raise NotKept(*FROM_ELSEWHERE)


def _is_a_program(target: str) -> bool:
    return target.lower().startswith(("file:", "\\\\")) and PROGRAM.search(target) is not None


def _pieces(package: zipfile.ZipFile, name: str) -> Iterator[str]:
    """Give a part as text, each piece up to where the next mark of XML begins. Raises NotKept."""
    with package.open(name) as part:
        first = part.read(PORTION)
        decoder = codecs.getincrementaldecoder(_encoding(first))(errors="replace")
        rest, portion, is_first = "", first, True
        while portion:
            text = rest + decoder.decode(portion)
            if is_first and (said := DECLARED.match(text)) and said[1].lower() not in READABLE:
                raise NotKept("Parts of this file are written in a way that cannot be looked into.", AS_PDF)
            is_first = False
            end = text.rfind("<")
            end = len(text) if end < 0 else end
            yield text[:end]
            rest, portion = text[end:], part.read(PORTION)
            if len(rest) > LONGEST_PIECE:
                raise NotKept("Parts of this file cannot be looked into.", AS_PDF)
        yield rest + decoder.decode(b"", final=True)


def _encoding(head: bytes) -> str:
    """Say how a part of XML is written: by its mark, or by where the zeros stand."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[:2] == b"<\0":
        return "utf-16-le"
    if head[:2] == b"\0<":
        return "utf-16-be"
    return "utf-8"
