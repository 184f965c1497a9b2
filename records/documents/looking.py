"""Looking into a file before it is kept: what it is, and that it holds nothing that acts by itself.

Nothing is run, rendered, unpacked to disk or trusted: bytes are compared. What is looked for in each kind is
in the module of that kind.
"""

from __future__ import annotations

import io
import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import puremagic

from records.documents import names, packages, pdfs, pictures, texts
from records.documents.kinds import (
    EXTENSIONS,
    HEAD,
    LARGEST,
    LET_IN,
    TEXTS,
    Content,
    Kind,
    NotKept,
    has,
    require_no_forbidden_kind,
    too_large,
)

PORTION = 256 * 1024
Portions = Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Looked:
    """A file that was looked into and can be kept. `cleaned` gives the copy for others, where it differs.

    That is a photo without where and with what it was taken: `left_out` says in words what the copy lacks.
    """

    name: str
    kind: Kind
    size: int
    portions: Portions = field(repr=False)
    cleaned: Portions | None = field(default=None, repr=False)
    left_out: str = ""


def look(file: BinaryIO, *, name: str, size: int | None = None) -> Looked:
    """Look into a file from its beginning. `size` is what was sent, where no more than that is here.

    Raises NotKept with what is wrong and what to do.
    """
    name = names.checked(name)
    length = file.seek(0, io.SEEK_END)
    if max(length, size or 0) > LARGEST:
        raise too_large(max(length, size or 0))
    if length == 0:
        raise NotKept("This file is empty.", "Open it to see whether it was saved, and upload it again.")
    content = _all_of(file)
    kind, cleaned = _kind_of(content, name)
    names.require_named_as(name, kind)
    return Looked(
        name=name,
        kind=kind,
        size=length,
        portions=lambda: _portions(content),
        cleaned=(lambda: cleaned.portions(content)) if cleaned else None,
        left_out=cleaned.left_out if cleaned else "",
    )


def _all_of(file: BinaryIO) -> Content:
    """Map a file that is on disk into memory, or read one that is in memory already."""
    try:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, AttributeError, io.UnsupportedOperation):
        file.seek(0)
        return file.read()


def _portions(content: Content) -> Iterator[bytes]:
    for start in range(0, len(content), PORTION):
        yield bytes(content[start : start + PORTION])


def _kind_of(content: Content, name: str) -> tuple[Kind, pictures.Cleaned | None]:
    """Find the kind by the content and look into it. Raises NotKept."""
    if has(content, 0, b"%PDF-"):
        pdfs.look(content)
        packages.require_no_other_within(content)
        return EXTENSIONS["pdf"], None
    if has(content, 0, pictures.PNG):
        packages.require_no_other_within(content)
        return EXTENSIONS["png"], pictures.look_at_png(content)
    if has(content, 0, b"\xff\xd8\xff"):
        packages.require_no_other_within(content)
        return EXTENSIONS["jpg"], pictures.look_at_jpeg(content)
    if has(content, 0, b"PK"):
        return packages.look(content), None
    require_no_forbidden_kind(content)
    packages.require_no_other_within(content)
    return _text(content, name), None


def _guess(content: Content) -> str:
    """Say what kind a file might be that is let in by none of our rules, to help whoever uploads it."""
    try:
        return puremagic.from_string(bytes(content[:HEAD])).removeprefix(".")
    except (puremagic.PureError, ValueError):
        return ""


def _text(content: Content, name: str) -> Kind:
    """Text has no signature, so here the name says which of the two it is. Raises NotKept."""
    extension = names.extension_of(name)
    kind = EXTENSIONS.get(extension)
    if kind is None or kind.code not in TEXTS:
        if kind is not None:
            raise NotKept(
                f"The name of this file ends in .{extension}, but that is not what is in it.",
                "It may be damaged. Open it to see, save it again and upload that.",
            )
        guess = _guess(content)
        raise NotKept(
            f"This kind of file is not kept. It looks like a {guess} file."
            if guess
            else "This kind of file is not kept.",
            f"What can be kept: {LET_IN}. Save or print it as one of these.",
        )
    texts.look(content, is_table=kind.code == "CSV")
    return kind
