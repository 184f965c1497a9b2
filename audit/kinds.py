"""What kind of look an action was, for whoever reads the log: opened, found, previewed, taken, refused."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import Q


class Look(StrEnum):
    """A kind of look, in words."""

    OPENED = "Opened"
    FOUND = "Shown in a list or a search"
    PREVIEWED = "Previewed"
    TAKEN = "Exported, downloaded or printed"
    REFUSED = "Refused"


FOUND = frozenset({"list", "search", "similar", "chosen"})
# An action is one of these where a word of it is: “document file”, “exchange paper”.
PREVIEWED_WORDS = ("preview", "guard")
TAKEN_WORDS = ("copy", "csv", "download", "export", "file", "paper", "pdf", "print", "bundle")


def kind_of(action: str, *, refused: bool = False) -> Look:
    """Return the kind of a look with this action."""
    if refused:
        return Look.REFUSED
    if action in FOUND:
        return Look.FOUND
    words = action.replace("_", " ").replace("-", " ").split()
    if any(word in words for word in TAKEN_WORDS):
        return Look.TAKEN
    return Look.PREVIEWED if any(word in words for word in PREVIEWED_WORDS) else Look.OPENED


def actions_of_kind(kind: Look) -> Q:
    """Return the condition on `action` that finds the looks of a kind, but for refused ones."""
    found = Q(action__in=FOUND)
    taken, previewed = Q(action__iregex=_words(TAKEN_WORDS)), Q(action__iregex=_words(PREVIEWED_WORDS))
    return {
        Look.FOUND: found,
        Look.TAKEN: taken & ~found,
        Look.PREVIEWED: previewed & ~taken & ~found,
        Look.OPENED: ~(found | taken | previewed),
    }.get(kind, Q())


def _words(words: tuple[str, ...]) -> str:
    return rf"(^|[ _-])({'|'.join(words)})([ _-]|$)"
