"""A page of what was found: people, those alike, and concerns; all of it through what one may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from agencies.addresses import reverse
from agencies.models import Membership
from records.models import Concern, Person
from records.search import concerns, people, reading
from records.search.concerns import Among
from records.search.kept import CONCERNS, PEOPLE, Wanted
from records.search.reading import Asked


class Hit(NamedTuple):
    """A person as they are listed, with what tells two of one name apart."""

    person: Person
    age: int | None
    relatives: list[str]
    open_concerns: int
    by_former_name: bool


@dataclass
class Found:
    """A page of results."""

    asked: Asked
    people: list[Hit] = field(default_factory=list)
    alike: list[Hit] = field(default_factory=list)
    other_dates: list[Hit] = field(default_factory=list)
    concerns: list[Concern] = field(default_factory=list)
    of_these_people: bool = False
    next_after: str = ""
    is_first: bool = True

    @property
    def references(self) -> list[str]:
        """What was shown, for the access log."""
        hits = [*self.people, *self.alike, *self.other_dates]
        return [hit.person.reference for hit in hits] + [one.reference for one in self.concerns]

    @property
    def is_nothing(self) -> bool:
        return not self.references


def at_once(member: Membership, reference: str) -> str:
    """Return the address of what a reference names, where the member may see it; else nothing."""
    if Person.objects.visible_to(member).filter(reference=reference).exists():
        return reverse("person", args=[reference])
    if Concern.objects.visible_to(member).filter(reference=reference).exists():
        return reverse("concern-draft", args=[reference])
    leads_to: str = import_string(settings.FOUND_BY_REFERENCE)(member, reference)
    return leads_to


def page(member: Membership, wanted: Wanted, *, after: str, today: date) -> Found:
    """Return one page of what somebody searched for. `after` is the last reference of the page before."""
    asked = reading.read(wanted.text, today=today)
    found = Found(asked, is_first=not after)
    if asked.reference:
        return found
    whom = _whom(member, wanted, asked)
    if wanted.what == CONCERNS or (asked.is_empty and not _has_dates(wanted)):
        _only_concerns(found, member, wanted, asked, whom, after=after)
    else:
        _people_and_concerns(found, member, wanted, asked, whom, after=after, today=today)
    return found


def _whom(member: Membership, wanted: Wanted, asked: Asked) -> QuerySet[Person]:
    """The people one may see, narrowed by everything but names."""
    whom: QuerySet[Person] = Person.objects.visible_to(member)
    if wanted.narrows_concerns:
        whom = concerns.with_a_concern(whom, concerns.narrowed(member, wanted))
    if asked.nhs_number:
        whom = whom.filter(nhs_number=asked.nhs_number)
    if asked.upn:
        whom = whom.filter(upn=asked.upn)
    return whom


def _born(whom: QuerySet[Person], wanted: Wanted, asked: Asked) -> QuerySet[Person]:
    """Narrow by the dates of birth that were typed and chosen."""
    if wanted.first_day:
        whom = whom.filter(born_on__gte=wanted.first_day)
    if wanted.last_day:
        whom = whom.filter(born_on__lte=wanted.last_day)
    if asked.born:
        whom = whom.filter(born_on__range=(asked.born.first, asked.born.last))
    return whom


def _has_dates(wanted: Wanted) -> bool:
    return bool(wanted.first_day or wanted.last_day)


def _people_and_concerns(
    found: Found,
    member: Membership,
    wanted: Wanted,
    asked: Asked,
    whom: QuerySet[Person],
    *,
    after: str,
    today: date,
) -> None:
    """People first; then the concerns of those on this page."""
    born = _born(whom, wanted, asked)
    is_number = bool(asked.nhs_number or asked.upn)
    others: list[Person] = []
    alike: list[Person] = []
    if asked.words and not is_number:
        exact, more = people.page_by_words(member, born, asked.words, after=after)
        if wanted.alike or not more:
            words = people.words_alike(member, asked.words)
            alike = people.page_alike(member, born, asked.words, words)
        if not (exact or alike) and asked.born:
            others, _ = people.page_by_words(member, whom, asked.words)
    else:
        exact, more = people.page_in_order(born, after=after)
    shown = [*exact, *alike, *others]
    counts = concerns.open_counts(member, shown) if shown else {}
    hints = concerns.relatives(member, shown) if shown else {}

    def hits(rows: list[Person]) -> list[Hit]:
        return [
            Hit(
                person=one,
                age=one.age_on(today),
                relatives=hints.get(one.pk, []),
                open_concerns=counts.get(one.pk, 0),
                by_former_name=getattr(one, "found_by_former", False),
            )
            for one in rows
        ]

    found.people, found.alike, found.other_dates = hits(exact), hits(alike), hits(others)
    found.next_after = exact[-1].reference if more else ""
    if wanted.what != PEOPLE and not others:
        found.concerns = concerns.about(member, wanted, shown)
        found.of_these_people = True


def _only_concerns(
    found: Found, member: Membership, wanted: Wanted, asked: Asked, whom: QuerySet[Person], *, after: str
) -> None:
    """Every concern of whoever fits, newest first."""
    among = (
        None
        if asked.is_empty and not _has_dates(wanted)
        else _among(member, _born(whom, wanted, asked), asked)
    )
    rows = concerns.narrowed(member, wanted)
    found.concerns, more = concerns.page(rows, among, after=after)
    if not found.concerns and asked.words and not (after and concerns.page(rows, among)[0]):
        words = people.words_alike(member, asked.words)
        if any(words.values()):
            among = _among(member, _born(whom, wanted, asked), asked, alike=words)
            found.concerns, more = concerns.page(rows, among, after=after)
    found.next_after = found.concerns[-1].reference if more else ""


def _among(
    member: Membership, born: QuerySet[Person], asked: Asked, *, alike: dict[str, list[str]] | None = None
) -> Among:
    """Say who fits."""
    if not asked.words or asked.nhs_number or asked.upn:
        numbers = born.order_by().values_list("pk", flat=True)
        return Among(numbers, soon_counted=numbers)
    rows = people.whose_words(member, born, asked.words, alike=alike)
    return Among(
        rows.values_list("person", flat=True),
        soon_counted=people.with_the_words(member, asked.words, alike=alike),
    )
