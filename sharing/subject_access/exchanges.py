"""What passed between people as pieces: what this agency told, and what other agencies told it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q

from records.models import Concern, Person
from records.names import plain
from sharing.models import Exchange, ExchangePerson, Item
from sharing.querysets import people
from sharing.subject_access.kinds import OF_AN_EXCHANGE
from sharing.subject_access.pieces import Found, lines, of_kind
from sharing.told import happened, moment

MAYBE_SOMEBODY_ELSE = (
    "Another agency told us this about somebody of this name or birth date. Make sure that it is the "
    "same person. "
    "If it is not, hold it back as not about them."
)


def told_by_us(person: Person, concerns: list[Concern]) -> Iterator[Found]:
    """What was told to whom. Items in a statement's own words are named, not repeated."""
    rows = Exchange.objects.filter(cycle__concern__in=concerns).prefetch_related("items__statement")
    for one in rows.select_related("cycle__concern", *people("speaker", "listener", "first_listener")):
        yield _exchange(one, f"Concern {one.cycle.concern.reference}", f"Told as {one.reference}")


# --- What other agencies told us -----------------------------------------------------------------


def heard_about(person: Person) -> list[Exchange]:
    """What was told to this agency by others about somebody of this name or birth date, and is theirs
    to know."""
    name, born = plain(person.first_name, person.last_name), person.born_on
    alike = ExchangePerson.objects.filter(
        Q(person__search_name=person.search_name)
        | (Q(born_on=born) if born else Q(pk__in=[]))
        | Q(name__iexact=f"{person.first_name} {person.last_name}".strip()),
        exchange__listener__agency=person.agency_id,
        exchange__sent_at__isnull=False,
        exchange__withdrawn_at__isnull=True,
        exchange__not_mine_at__isnull=True,
    ).exclude(exchange__cycle__concern__agency=person.agency_id)
    theirs = [row.exchange_id for row in alike if _is_alike(row, name, person)]
    rows = Exchange.objects.filter(pk__in=theirs).select_related(
        "cycle__concern__agency", *people("speaker", "listener", "first_listener")
    )
    return list(rows.prefetch_related("items__statement", "people").order_by("pk"))


def _is_alike(row: ExchangePerson, name: str, person: Person) -> bool:
    """The same name, or the same birth date and a part of the name; one born on another day is not them."""
    if row.born_on and person.born_on and row.born_on != person.born_on:
        return False
    told = set(plain(row.name).split())
    return plain(row.name) == name or (row.born_on is not None and bool(told & set(name.split())))


def of_heard(heard: Iterable[Exchange]) -> Iterator[Found]:
    exchanges = list(heard)
    sections = {one.cycle.concern.reference: _from(one) for one in exchanges}
    for one in exchanges:
        piece = _exchange(one, _from(one), f"What we were told in {one.reference}", is_ours=False)
        yield _theirs(piece, one)
    concerns = {one.cycle.concern_id for one in exchanges}
    ours = {one.pk: one for one in exchanges}
    for kind in OF_AN_EXCHANGE:
        for row in of_kind(kind, concerns) if concerns else ():
            exchange = ours.get(_exchange_of(kind, row) or 0)
            if exchange is not None:
                row.section = sections[exchange.cycle.concern.reference]
                yield _theirs(row, exchange)


def _exchange_of(kind: Any, piece: Found) -> int | None:
    path = kind.concern.removesuffix("cycle__concern").rstrip("_") + "_id"
    number = int(piece.key.rpartition(":")[2])
    found: int | None = kind.model.objects.filter(pk=number).values_list(path, flat=True).first()
    return found


def _from(exchange: Exchange) -> str:
    return f"From {exchange.said_by.agency.name}"


def _theirs(piece: Found, exchange: Exchange) -> Found:
    piece.from_agency = exchange.said_by.agency
    piece.warnings.append(MAYBE_SOMEBODY_ELSE)
    return piece


def _exchange(one: Exchange, section: str, heading: str, *, is_ours: bool = True) -> Found:
    told, carries = [], []
    for item in one.items.all():
        said, same = _item(item, is_ours=is_ours)
        told.append(said)
        carries += [f"item:{item.pk}"]
        carries += [f"statement:{item.statement_id}"] if item.statement_id and not same else []
    return Found(
        key=f"exchange:{one.pk}",
        section=section,
        heading=heading,
        text=lines(
            ("", one.get_kind_display()),
            ("To", one.said_to.label),
            ("Why them", one.why_you),
            ("What was asked", one.what_i_ask),
            ("Why it was an emergency", one.emergency_reason),
            ("Why it was withdrawn", one.withdrawn_why),
            *(("", said) for said in told),
        ),
        at=one.sent_at or one.prepared_at,
        dated=moment(one.sent_at) or "Not sent",
        author=one.said_by.label,
        carries=carries,
    )


def _item(item: Item, *, is_ours: bool) -> tuple[str, bool]:
    """Say an item, and whether it only repeats a statement that is a piece of its own."""
    ours = item.statement
    if is_ours and ours is not None and ours.text == item.text and ours.source == item.source:
        return f"Item {item.number}: statement {ours.label}, in its own words", True
    about = f" ({item.about_name})" if item.about_name else ""
    facts = "; ".join(one for one in (item.source, happened(item), item.written_by) if one)
    return f"Item {item.number}{about}: {item.text}{f' [{facts}]' if facts else ''}", False
