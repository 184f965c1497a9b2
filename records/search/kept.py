"""What somebody searched for, kept for them alone, so that names stand in no address, history or log.

A kept search is nobody's record: it is looked at by whoever made it, in the role in which they made it, and
is gone after a working day.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from agencies.models import Membership
from agencies.prepared import Prepared
from records.search.models import KeptSearch

KEPT_FOR = timedelta(hours=12)
EVERYTHING, PEOPLE, CONCERNS = "", "people", "concerns"
ANY, OPEN, CLOSED = "", "open", "closed"


@dataclass(frozen=True)
class Wanted:
    """What was typed and chosen. `alike` asks for names that are like these even where there are enough."""

    text: str = ""
    what: str = EVERYTHING
    state: str = ANY
    mine: bool = False
    born_from: str = ""
    born_to: str = ""
    alike: bool = False

    @property
    def first_day(self) -> date | None:
        return date.fromisoformat(self.born_from) if self.born_from else None

    @property
    def last_day(self) -> date | None:
        return date.fromisoformat(self.born_to) if self.born_to else None

    @property
    def narrows_concerns(self) -> bool:
        return self.mine or self.state != ANY


def keep(wanted: Wanted, *, by: Membership, at: datetime) -> UUID:
    """Keep a search for some hours, and take away those that are older, whoever made them."""
    KeptSearch.objects.filter(at__lt=at - KEPT_FOR).delete()
    made: KeptSearch = KeptSearch.objects.create(by=by, asked=asdict(wanted), at=at)
    return made.pk


def find(search_id: UUID, *, by: Membership, at: datetime) -> Wanted | None:
    """Return a search that this member made within the last hours."""
    asked = KEPT.first(search=search_id, member=by, since=at - KEPT_FOR)
    return Wanted(**asked) if asked else None


KEPT: Prepared[Any] = Prepared(
    lambda *, search, member, since: (
        KeptSearch.objects.using(DEFAULT_DB_ALIAS)
        .filter(pk=search, by=member, at__gte=since)
        .values_list("asked", flat=True)
    )
)
