"""Word, Excel, PowerPoint and OpenDocument files: zip packages, looked through and unpacked to nowhere.

Only names, sizes and a few small parts are read. A path in a package is a word, never a place to write to.
"""

from __future__ import annotations

import html
import io
import stat
import zipfile
import zlib
from typing import BinaryIO, cast

from records.documents.kinds import AS_PDF, KINDS, ONE_BY_ONE, Content, Kind, NotKept
from records.documents.parts import CARRIES, WITH_MACROS, WORKBOOK_OF_A_CHART, require_still

PARTS_AT_MOST = 3_000
UNPACKED_AT_MOST = 200 * 1024 * 1024
# Text packs to about a tenth and a blank picture to a two-hundredth; a bomb goes far beyond.
TIMES_AT_MOST = 100
COUNTED_FROM = 4 * 1024 * 1024
SMALL = 2 * 1024 * 1024
CHART_AT_MOST = 20 * 1024 * 1024
PORTION = 256 * 1024

END = b"PK\x05\x06"
END_SIZE = 22
COMMENT = 65_535

MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": "DOCX",
    b"spreadsheetml.sheet.main+xml": "XLSX",
    b"presentationml.presentation.main+xml": "PPTX",
}
OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "ODT",
    b"application/vnd.oasis.opendocument.spreadsheet": "ODS",
}
DAMAGED = NotKept("This file is damaged: it cannot be opened.", "Open it, save it again and upload that.")
BOMB = NotKept(
    "This file would be far larger unpacked than it is, as no document is.",
    "Open it, save it again, or print it to a PDF and upload that.",
)
NO_DOCUMENT = NotKept("This is an archive, and archives are not kept here.", ONE_BY_ONE)


class _Mapped(io.RawIOBase):
    """A mapped file as zipfile wants it, without a copy."""

    def __init__(self, content: Content) -> None:
        self.content, self.at = content, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: len(self.content)}[whence]
        self.at = max(0, start + offset)
        return self.at

    def readinto(self, buffer: object) -> int:
        view = cast(memoryview, buffer)
        portion = bytes(self.content[self.at : self.at + len(view)])
        view[: len(portion)] = portion
        self.at += len(portion)
        return len(portion)


def look(content: Content) -> Kind:
    """Look into a package and return its kind. Raises NotKept with what to do."""
    try:
        with zipfile.ZipFile(cast(BinaryIO, _Mapped(content))) as package:
            _require_whole(content, package)
            parts = package.infolist()
            _require_sane(parts)
            code = _code(package)
            _require_unlocked(package)
            require_still(package)
            _require_no_bomb(package, parts)
            _require_charts(package)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,  # what zipfile raises where it does not know how a part was packed
        ValueError,
        RuntimeError,
    ) as error:
        raise NotKept(*DAMAGED.sentences) from error
    return KINDS[code]


def require_no_other_within(content: Content) -> None:
    """Raise NotKept where a file of another kind is hidden behind this one: a package at its end.

    Programs that unpack look from the end, and see the other file.
    """
    found = content.rfind(END, max(0, len(content) - END_SIZE - COMMENT))
    if found >= 0 and len(content) - found >= END_SIZE:
        many = int.from_bytes(bytes(content[found + 10 : found + 12]), "little")
        length = int.from_bytes(bytes(content[found + 20 : found + 22]), "little")
        if many and found + END_SIZE + length <= len(content):
            raise NotKept(
                "Another file is hidden in this one.", "Open it, print or save it anew, and upload that."
            )


def _require_whole(content: Content, package: zipfile.ZipFile) -> None:
    """Raise NotKept where something stands before the first part or after the end of the package."""
    end = content.rfind(END)
    comment = len(package.comment)
    if end + END_SIZE + comment != len(content) or comment > 0:
        raise NotKept(
            "Something is hidden behind the end of this file.", "Open it, save it again and upload that."
        )
    first = min((one.header_offset for one in package.infolist()), default=0)
    if first != 0:
        raise NotKept("Something is hidden before the beginning of this file.", "Open it and save it again.")


def _require_sane(parts: list[zipfile.ZipInfo]) -> None:
    """Look at the list of what is in it. Raises NotKept."""
    if not parts or len(parts) > PARTS_AT_MOST:
        raise NotKept(*NO_DOCUMENT.sentences)
    names = [one.filename for one in parts]
    if len({name.lower() for name in names}) != len(names):
        raise NotKept("This file has the same part twice, which can hide one of them.", AS_PDF)
    for one in parts:
        if one.flag_bits & 0x1:
            raise NotKept(
                "This file is locked with a password, so whoever reads the record could not open it.",
                "Take the password off, or print it to a PDF, and upload that.",
            )
        if stat.S_ISLNK(one.external_attr >> 16):
            raise NotKept("This file has a link in it that leads out of it.", AS_PDF)
        path = one.filename.replace("\\", "/")
        if path.startswith("/") or ".." in path.split("/") or ":" in path.split("/")[0]:
            raise NotKept("This file has a part in it that points out of it.", AS_PDF)
    if sum(one.file_size for one in parts) > UNPACKED_AT_MOST:
        raise NotKept(*BOMB.sentences)


def _code(package: zipfile.ZipFile) -> str:
    """Say which of the documents it is. Raises NotKept for any other package."""
    names = set(package.namelist())
    if "[Content_Types].xml" in names:
        types = _plain(_read(package, "[Content_Types].xml"))
        if b"macroEnabled" in types or b"macro-enabled" in types:
            raise NotKept(*WITH_MACROS.sentences)
        for said, code in MAIN_PARTS.items():
            if said in types:
                return code
    elif "mimetype" in names:
        said = _read(package, "mimetype").strip()
        if said in OPEN_DOCUMENT:
            return OPEN_DOCUMENT[said]
    raise NotKept(*NO_DOCUMENT.sentences)


def _require_unlocked(package: zipfile.ZipFile) -> None:
    """Raise NotKept for an OpenDocument file that is locked with a password."""
    manifest = "META-INF/manifest.xml"
    if manifest in package.namelist() and b"encryption-data" in _read(package, manifest):
        raise NotKept(
            "This file is locked with a password, so whoever reads the record could not open it.",
            "Take the password off and upload it again.",
        )


def _require_no_bomb(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Unpack everything to nowhere, and stop where it grows beyond what a document is. Raises NotKept.

    The sizes that a package says of itself are not believed.
    """
    total = 0
    for one in parts:
        unpacked = 0
        with package.open(one) as part:
            while portion := part.read(PORTION):
                unpacked += len(portion)
                total += len(portion)
                far = unpacked > COUNTED_FROM and unpacked > TIMES_AT_MOST * max(one.compress_size, 1)
                if far or total > UNPACKED_AT_MOST:
                    raise NotKept(*BOMB.sentences)


def _read(package: zipfile.ZipFile, name: str) -> bytes:
    """Read a small part. Raises NotKept where it is not small."""
    with package.open(name) as part:
        content = part.read(SMALL + 1)
    if len(content) > SMALL:
        raise NotKept(*BOMB.sentences)
    return content


def _plain(content: bytes) -> bytes:
    """Write what may be in UTF-16, with letters as numbers, as plain bytes to compare."""
    text = content.decode(
        "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", errors="replace"
    )
    return html.unescape(text).encode()


def _require_charts(package: zipfile.ZipFile) -> None:
    """Look into the workbooks that charts bring along. Raises NotKept where one is no ordinary workbook."""
    for one in package.infolist():
        if WORKBOOK_OF_A_CHART.search(one.filename) and (
            one.file_size > CHART_AT_MOST or look(package.read(one)).code != "XLSX"
        ):
            raise NotKept(*CARRIES)
