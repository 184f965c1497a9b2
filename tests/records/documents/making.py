"""Small files of every kind, made byte by byte, and what somebody with bad intent makes of them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"


def pdf(*more: bytes, trailer: bytes = b"", end: bytes = b"%%EOF\n") -> bytes:
    """A page without a word, and whatever else: objects, and words in the trailer."""
    objects = [
        b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n",
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>\nendobj\n",
        *more,
    ]
    return (
        b"%PDF-1.7\n"
        + b"".join(objects)
        + b"trailer\n<< /Root 1 0 R "
        + trailer
        + b" >>\nstartxref\n9\n"
        + end
    )


def pdf_object(words: bytes) -> bytes:
    return b"4 0 obj\n<< " + words + b" >>\nendobj\n"


def packed_objects(inside: bytes, *, filters: bytes = b"/FlateDecode") -> bytes:
    """Objects packed together, as newer programs write them."""
    packed = zlib.compress(inside)
    head = b"5 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter " + filters
    return head + b" /Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream\nendobj\n"


def package(parts: Mapping[str, bytes | str], *, stored: bool = False, **flags: object) -> bytes:
    """A zip package with these parts."""
    target = io.BytesIO()
    how = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(target, "w", how) as made:
        for name, content in parts.items():
            made.writestr(zipfile.ZipInfo(name) if flags.get("plain") else name, content, how)
    return target.getvalue()


def office(main: str, name: str, more: Mapping[str, bytes | str] | None = None, *, words: str = "") -> bytes:
    """A Word, Excel or PowerPoint file with one main part."""
    types = f'<?xml version="1.0"?><Types><Override PartName="/{name}" ContentType="{main}"/></Types>'
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": types,
        "_rels/.rels": f'<Relationships><Relationship Id="r1" Target="{name}"/></Relationships>',
        name: f"<w:document><w:body><w:p>{words or 'He came at nine.'}</w:p></w:body></w:document>",
    }
    return package({**parts, **(more or {})})


def docx(more: Mapping[str, bytes | str] | None = None, *, words: str = "") -> bytes:
    return office(WORD, "word/document.xml", more, words=words)


def xlsx(more: Mapping[str, bytes | str] | None = None) -> bytes:
    return office(EXCEL, "xl/workbook.xml", more)


def pptx(more: Mapping[str, bytes | str] | None = None) -> bytes:
    return office(POWERPOINT, "ppt/presentation.xml", more)


def open_document(kind: str, more: Mapping[str, bytes | str] | None = None) -> bytes:
    parts: dict[str, bytes | str] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": "<office:document-content/>",
        "META-INF/manifest.xml": "<manifest:manifest/>",
    }
    return package({**parts, **(more or {})})


def chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")


def png(*notes: bytes, width: int = 2, height: int = 2, behind: bytes = b"") -> bytes:
    """A grey picture, with notes before the pixels and something behind its end."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 0, 0, 0, 0))
    pixels = zlib.compress(b"\x00\x80\x80" * 2)
    parts = [chunk(b"IHDR", head), *notes, chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + behind


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def exif(*, way_up: int = 1, place: bytes = b"54.0466 N 2.8007 W") -> bytes:
    """What a telephone writes into a photo: which way up it is, and where it was taken."""
    tiff = b"II*\x00\x08\x00\x00\x00\x01\x00" + b"\x12\x01\x03\x00\x01\x00\x00\x00" + bytes((way_up, 0, 0, 0))
    return segment(0xE1, b"Exif\x00\x00" + tiff + bytes(4) + place)


def jpeg(
    *notes: bytes, width: int = 2, height: int = 2, behind: bytes = b"", end: bytes = b"\xff\xd9"
) -> bytes:
    """The skeleton of a photo, with notes before the pixels and something behind its end."""
    size = bytes((8,)) + height.to_bytes(2, "big") + width.to_bytes(2, "big") + bytes((1, 1, 0x11, 0))
    first = segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
    scan = segment(0xDA, bytes((1, 1, 0, 0, 63, 0))) + b"\x12\x34\xff\x00\x56\xff\xd0\x78"
    return b"\xff\xd8" + first + b"".join(notes) + segment(0xC0, size) + scan + end + behind


def zeros(megabytes: int) -> bytes:
    return bytes(megabytes * 1024 * 1024)
