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


# What was looked at, where its code does not say so by itself. Codes stay as they are: the log is never
# rewritten, and is searched by them.
PLAIN = {
    "append": "adding to a chronology",
    "attachment-file": "attached file",
    "audit file": "audit, as a file",
    "bundle": "what was sent to somebody who asked for their record",
    "chosen": "person chosen for a concern",
    "concern_paper": "concern on paper",
    "copy": "copy of what they had said",
    "decision_paper": "sharing decision on paper",
    "document-file": "file of a document",
    "do": "the Do stage",
    "download": "file taken away",
    "exchange_paper": "exchange on paper",
    "export": "the whole record as data",
    "gather": "gathering what is held about somebody",
    "hold": "piece kept back from somebody who asked",
    "holds": "reasons not to tell somebody",
    "looks": "who looked at it",
    "minutes_paper": "minutes on paper",
    "piece": "piece of what is held about somebody",
    "pieces": "what is held about somebody",
    "preview": "what would be sent to somebody who asked",
    "ready": "making ready what somebody asked for",
    "restriction": "who is kept out of the record",
    "similar": "people who may be the same",
    "tried": "tried to open or do it",
}


def in_words(action: str) -> str:
    """Return what was looked at, in words."""
    return PLAIN.get(action) or action.replace("_", " ").replace("-", " ")


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
