"""The name that a file came with: kept as a word about it, never used as a path or given to a browser."""

from __future__ import annotations

import re
import unicodedata

from records.documents.kinds import EXTENSIONS, LET_IN, Kind, NotKept

LONGEST = 200
RENAME = "Give the file a plain name and upload it again."
RESERVED = re.compile(r'[<>:"|?*]')
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE)
# A program whose name ends in .pdf as well is taken for one or the other, as the machine is set up.
BEFORE_ITS_END = re.compile(
    r"\.(exe|com|bat|cmd|ps1|vbs|js|jse|wsf|hta|msi|scr|lnk|dll|jar|reg|cpl|html?|svg|docm|xlsm|pptm)\.[^.]+\Z",
    re.IGNORECASE,
)


def checked(name: str) -> str:
    """Return a file's name where it is one that can be shown to people as it is. Raises NotKept.

    Marks that turn the direction of writing make “fdp.exe” look like “exe.pdf”; a path has no business here.
    """
    name = unicodedata.normalize("NFC", name).strip()
    if not name or not name.strip("."):
        raise NotKept("This file has no name.", RENAME)
    if "/" in name or "\\" in name:
        raise NotKept("The name of this file has a slash in it.", RENAME)
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for letter in name):
        raise NotKept(
            "The name of this file has invisible characters in it, which can hide what it is.", RENAME
        )
    if RESERVED.search(name) or DEVICES.match(name):
        raise NotKept(
            "The name of this file has a character or a word in it that Windows keeps for itself.", RENAME
        )
    if hidden := BEFORE_ITS_END.search(name):
        raise NotKept(
            f"The name of this file has .{hidden[1]} before its end, as if it were something else.", RENAME
        )
    if len(name) > LONGEST:
        raise NotKept(f"The name of this file is longer than {LONGEST} characters.", RENAME)
    return name


def require_named_as(name: str, kind: Kind) -> None:
    """Raise NotKept where a name says something else than what the content is."""
    extension = extension_of(name)
    if extension in kind.extensions:
        return
    right = kind.extensions[0]
    if extension in EXTENSIONS:
        raise NotKept(
            f"The name of this file ends in .{extension}, but its content is a {kind.words}.",
            f"If that is what you meant to upload, change its name so that it ends in .{right}.",
        )
    raise NotKept(
        f"The name of this file does not end in .{right}, but its content is a {kind.words}.",
        f"Change its name so that it ends in .{right}. What can be kept: {LET_IN}.",
    )


def extension_of(name: str) -> str:
    """Return what a name ends in, in small letters: “pdf”; nothing where there is no dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""
