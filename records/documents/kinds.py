"""What kinds of file are kept, and what people are told about those that are not.

The kind is found in the content alone; the name and what the browser says count for nothing, except that a
name must not say something else. Ten kinds are let in. Everything else is refused, with what to do instead.
"""

from __future__ import annotations

import mmap
from typing import NamedTuple

from agencies.refusals import Refused

Content = bytes | mmap.mmap
"""All of a file: in memory where it is small, else mapped, so that no more than is read is loaded."""

LARGEST = 20 * 1024 * 1024
HEAD = 4096


class NotKept(Refused):
    """A file is not let in. The sentences say why and what to do."""


class Kind(NamedTuple):
    """One kind of file that is let in."""

    code: str
    words: str
    extensions: tuple[str, ...]
    content_type: str


KINDS = {
    kind.code: kind
    for kind in (
        Kind("PDF", "PDF", ("pdf",), "application/pdf"),
        Kind(
            "DOCX", "Word document", ("docx",),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        Kind(
            "XLSX", "Excel workbook", ("xlsx",),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        Kind(
            "PPTX", "PowerPoint presentation", ("pptx",),
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        Kind("ODT", "OpenDocument text", ("odt",), "application/vnd.oasis.opendocument.text"),
        Kind("ODS", "OpenDocument spreadsheet", ("ods",), "application/vnd.oasis.opendocument.spreadsheet"),
        Kind("PNG", "PNG picture", ("png",), "image/png"),
        Kind("JPEG", "JPEG picture", ("jpg", "jpeg", "jfif"), "image/jpeg"),
        Kind("TEXT", "Plain text", ("txt",), "text/plain; charset=utf-8"),
        Kind("CSV", "CSV table", ("csv",), "text/csv; charset=utf-8"),
    )
}  # fmt: skip
EXTENSIONS = {extension: kind for kind in KINDS.values() for extension in kind.extensions}
LET_IN = "PDF, Word (.docx), Excel (.xlsx), PowerPoint (.pptx), .odt, .ods, .png, .jpg, .txt and .csv"
TEXTS = ("TEXT", "CSV")

AS_PDF = "Open it and save or print it as a PDF, and upload that."
ONE_BY_ONE = "Unpack it and upload what is in it one file at a time."
# What a content begins with, what that is, and what to do instead. (Offset, bytes, what it is, what to do.)
NOT_LET_IN: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"MZ", "a program", "Programs are never kept."),
    (0, b"\x7fELF", "a program", "Programs are never kept."),
    (0, b"\xca\xfe\xba\xbe", "a program", "Programs are never kept."),
    (0, b"\xcf\xfa\xed\xfe", "a program", "Programs are never kept."),
    (0, b"\xce\xfa\xed\xfe", "a program", "Programs are never kept."),
    (0, b"\x00asm", "a program", "Programs are never kept."),
    (0, b"#!", "a script", "Scripts are never kept."),
    (0, b"%!PS", "a script for printers (PostScript)", "Save or print it as a PDF."),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "a shortcut", "Upload the file that it leads to."),
    (
        0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a Word, Excel, PowerPoint or Outlook file of the old kind",
        "Save it as .docx, .xlsx, .pptx or PDF. An e-mail: print it to PDF, and upload its attachments.",
    ),
    (0, b"{\\rtf", "rich text (.rtf)", "Save it as .docx or PDF."),
    (0, b"7z\xbc\xaf\x27\x1c", "an archive", ONE_BY_ONE),
    (0, b"Rar!\x1a\x07", "an archive", ONE_BY_ONE),
    (0, b"\x1f\x8b", "an archive", ONE_BY_ONE),
    (0, b"BZh", "an archive", ONE_BY_ONE),
    (0, b"\xfd7zXZ\x00", "an archive", ONE_BY_ONE),
    (0, b"\x28\xb5\x2f\xfd", "an archive", ONE_BY_ONE),
    (0, b"MSCF", "an archive", ONE_BY_ONE),
    (257, b"ustar", "an archive", ONE_BY_ONE),
    (32769, b"CD001", "a disc image", ONE_BY_ONE),
    (0, b"GIF8", "a GIF", "Save it as .png or .jpg."),
    (0, b"BM", "a BMP picture", "Save it as .png or .jpg."),
    (0, b"II*\x00", "a TIFF picture", "Save it as .png or PDF."),
    (0, b"MM\x00*", "a TIFF picture", "Save it as .png or PDF."),
    (8, b"WEBP", "a WebP picture", "Save it as .png or .jpg."),
    (4, b"ftypheic", "a HEIC photo", "Save it as .jpg: most phones can share a photo as JPEG."),
    (4, b"ftypheix", "a HEIC photo", "Save it as .jpg: most phones can share a photo as JPEG."),
    (4, b"ftypmif1", "a HEIC photo", "Save it as .jpg: most phones can share a photo as JPEG."),
    (4, b"ftypavif", "an AVIF picture", "Save it as .png or .jpg."),
)  # fmt: skip
RECORDING = (
    "Keep it in the system that your agency has for recordings, and write here what is said in it and where "
    "it is."
)
RECORDINGS: tuple[tuple[int, bytes], ...] = (
    (4, b"ftyp"),
    (0, b"ID3"),
    (0, b"\xff\xfb"),
    (0, b"\xff\xf3"),
    (0, b"OggS"),
    (8, b"WAVE"),
    (8, b"AVI "),
    (0, b"fLaC"),
    (0, b"\x1aE\xdf\xa3"),
    (0, b"#!AMR"),
)


def size_in_words(size: int) -> str:
    """Say a size as people do: “340 kB”, “1.2 MB”."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB"


def too_large(size: int) -> NotKept:
    """Make the refusal of a file that is larger than is kept."""
    return NotKept(
        f"This file has {size_in_words(size)}, and 20 MB is the most that is kept.",
        "Make it smaller, for example by saving the pictures in it smaller, or split it into several files.",
    )


def has(content: Content, offset: int, signature: bytes) -> bool:
    """Say whether a content has these bytes at an offset.

    Letters alone could begin a text too (“BMI 17”); the kinds that begin so have zeros soon after.
    """
    if signature.isalnum() and offset == 0 and b"\0" not in bytes(content[:512]) and signature != b"PK":
        return False
    return bytes(content[offset : offset + len(signature)]) == signature


def require_no_forbidden_kind(content: Content) -> None:
    """Raise NotKept for what is known and not let in: programs, scripts, archives, recordings and more."""
    if any(has(content, offset, signature) for offset, signature in RECORDINGS if signature != b"ftyp"):
        raise NotKept("This is a recording, and recordings are not kept here.", RECORDING)
    for offset, signature, what, do in NOT_LET_IN:
        if has(content, offset, signature):
            raise NotKept(f"This is {what}, and that is not kept here.", do)
    if has(content, 4, b"ftyp"):
        raise NotKept("This is a recording, and recordings are not kept here.", RECORDING)
