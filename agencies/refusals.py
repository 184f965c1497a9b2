"""Refusals: a sentence that says what is wrong and what to do. A refusal changes nothing."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """Something that cannot be done now. `sentences` is what the person reads, in order.

    `answers` says which sentence is about which answer: by the answer's name, what is wrong with it. They are
    read after the others, and a page leads from each to its question.
    """

    status = 409

    def __init__(self, *sentences: str, answers: Mapping[str, str] | None = None) -> None:
        self.answers: dict[str, str] = dict(answers or {})
        self.sentences: tuple[str, ...] = (*sentences, *self.answers.values())
        super().__init__(*self.sentences)


class NeedsDecision(Refused):
    """Something that goes on only where a person decides so, having seen why not, with a reason.

    `seen` names what they are shown, and comes back with their decision (deciding.py); `template` shows it.
    """

    template = ""

    def __init__(self, *sentences: str, seen: str = "") -> None:
        super().__init__(*sentences)
        self.seen = seen


class NotAllowed(Refused):
    """This role may not do this kind of thing."""

    status = 403


class OutOfDate(Refused):
    """The page was older than what it is about. The sentences say what changed since."""
