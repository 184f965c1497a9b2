"""The places of what is about to be told, each in words that hold nothing personal, with its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sharing.guard import Place
from sharing.models import Action, Attachment, Exchange, ExchangePerson, Item

WHO, SAFE, NEEDS, CONDITIONS = (
    "Who it is about",
    "How to contact them safely",
    "Communication needs",
    "The conditions they made",
)


def of_exchange(
    exchange: Exchange,
    *,
    items: Iterable[Item],
    people: Iterable[ExchangePerson],
    actions: Iterable[Action] = (),
    files: Iterable[Attachment] = (),
) -> list[Place]:
    """Return everything that the listener of an exchange reads, but what is inside attached files."""
    attached = list(files)
    return [
        *_items(items),
        ("Why you are telling them", exchange.why_you),
        ("What you ask of them", exchange.what_i_ask),
        *_people(people),
        *(place for one in actions for place in of_action(one.what, one.contingency, one.by_when)),
        *attachments(one.title for one in attached),
        *(place for one in attached for place in _said_of_a_file(one)),
    ]


def _items(items: Iterable[Item]) -> Iterator[Place]:
    for one in items:
        where = f"Item {one.number}"
        yield where, one.text
        yield f"{where}, where it comes from", one.source
        yield f"{where}, when it happened", one.happened_note
        yield f"{where}, whom it is about", one.about_name
        yield f"{where}, who wrote it", one.written_by


def _people(people: Iterable[ExchangePerson]) -> Iterator[Place]:
    for one in people:
        yield WHO, one.name
        yield SAFE, one.safe_contact_rule
        yield NEEDS, one.communication_needs
        yield CONDITIONS, one.conditions


def of_action(what: str, contingency: str, by_when: str = "") -> list[Place]:
    """Return what the other side reads of an action."""
    return [
        ("The action: what will be done", what),
        ("The action: what would make you act sooner", contingency),
        ("The action: by when", by_when),
    ]


def of_question(told: str, question: str) -> list[Place]:
    """Return what somebody reads who is asked a question."""
    return [("What they need to know to answer", told), ("Your question", question)]


def _said_of_a_file(one: Attachment) -> list[Place]:
    where = f"Attachment {one.number}"
    return [
        (f"{where}, who wrote it", one.written_by),
        (f"{where}, how it came to you", one.source),
        (f"{where}, when it was made", one.made),
        (f"{where}, why they need it", one.why_needed),
    ]


def attachments(names: Iterable[str]) -> list[Place]:
    """Return the names of what is attached."""
    return [(f"Name of attachment {number}", name) for number, name in enumerate(names, start=1)]
