"""Who is in a large partnership: schools, the people who tell, and those who are told."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from records import names
from sharing.bulk import tales
from sharing.bulk.names import people

# How many concerns a school, one who tells and one who is told has; the other half of them is one agency's.
OF_A_SCHOOL, OF_A_SPEAKER, OF_A_LISTENER = 400, 40, 60
SAINTS = "Agnes Aidan Alban Anne Bede Brigid Chad Clare Columba Cuthbert Edmund Giles Hilda Joan Oswald Piran"
ALSO = ("Primary", "Infants", "Juniors", "Academy", "High", "Nursery", "Community", "Park", "Green", "Hill")

PEOPLE = (
    """INSERT INTO agencies_user (id, email, full_name, password, is_superuser, is_active, date_joined)
       SELECT b.id, b.email, b.name, u.password, false, true, u.date_joined FROM bulk_users b,
       LATERAL (SELECT * FROM agencies_user ORDER BY date_joined, email LIMIT 1) u ORDER BY b.email""",
    """INSERT INTO account_emailaddress (user_id, email, verified, "primary")
       SELECT id, email, true, true FROM bulk_users ORDER BY email""",
    """INSERT INTO agencies_membership (id, user_id, name, agency_id, role, job_title, manager_id, started_at)
       SELECT id, user_id, '', agency_id, role, job, lead_id,
              (SELECT min(started_at) FROM agencies_membership) FROM bulk_members""",
    """INSERT INTO agencies_contactpoint (id, agency_id, member_id, label, kind, address, checked_at,
                                           checked_by_id, how_checked)
       SELECT id, agency_id, member_id, label, 'EMAIL', address,
              (SELECT min(started_at) FROM agencies_membership), by_id, '' FROM bulk_points""",
)


class Point(NamedTuple):
    """Somebody in a role, as the rows of a concern name them."""

    id: uuid.UUID
    label: str
    name: str
    point: uuid.UUID
    address: str


@dataclass
class Place:
    """An agency whose people tell: its row, its lead, and who tells."""

    id: int
    reference: str
    name: str
    lead: Point
    speakers: list[Point] = field(default_factory=list)

    @property
    def duty(self) -> str:
        return f"duty@{self.reference}.example"


@dataclass
class Cast:
    """Everybody of whom copies are told: places with those who speak, and those who listen."""

    places: list[Place]
    listeners: list[Point]


class Company:
    """Makes accounts, roles and checked ways to reach people, as rows to be copied into their tables."""

    def __init__(self, cursor: Any, *, seed: int) -> None:
        self.cursor, self.draw = cursor, random.Random(seed)  # noqa: S311  # the same people every time
        self.rows: dict[str, list[tuple[Any, ...]]] = {}
        self.names: Iterator[tuple[str, str, str, Any]] = people(10**9, seed=seed + 1)

    def gather(self, concerns: int) -> Cast:
        """Make everybody for so many concerns. The demo's partnership must be there already."""
        home = self.place_of(tales.AGENCY)
        speakers = max(2, concerns // 2 // OF_A_SPEAKER)
        home.speakers = [self._hire(home, "Health visitor", home.lead) for _ in range(speakers)]
        schools = [self._school(number) for number in range(max(1, concerns // 2 // OF_A_SCHOOL))]
        each = max(2, concerns // 2 // len(schools) // OF_A_SPEAKER)
        for school in schools:
            school.speakers = [self._hire(school, "Class teacher", school.lead) for _ in range(each)]
        listener = self.member(tales.LISTENER)
        door = self._agency_of(listener.id)
        listeners = [
            self._hire(door, "Duty social worker", self.member("Helen Croft"))
            for _ in range(max(2, concerns // OF_A_LISTENER))
        ]
        self._write()
        return Cast([home, *schools], listeners)

    def member(self, name: str) -> Point:
        """Return somebody of the demo by name."""
        self.cursor.execute(
            "SELECT m.id, u.full_name || ', ' || m.job_title || ', ' || a.name, u.full_name, c.id, c.address"
            " FROM agencies_membership m JOIN agencies_user u ON u.id = m.user_id"
            " JOIN agencies_agency a ON a.id = m.agency_id"
            " JOIN agencies_contactpoint c ON c.member_id = m.id AND c.kind = 'EMAIL'"
            " WHERE u.full_name = %s AND m.ended_at IS NULL ORDER BY m.started_at, c.label LIMIT 1",
            [name],
        )
        return Point(*self.cursor.fetchone())

    def _agency_of(self, member: uuid.UUID) -> Place:
        self.cursor.execute(
            "SELECT a.id, a.reference, a.name FROM agencies_membership m JOIN agencies_agency a"
            " ON a.id = m.agency_id WHERE m.id = %s",
            [member],
        )
        number, reference, name = self.cursor.fetchone()
        return Place(number, reference, name, self.member("Helen Croft"))

    def place_of(self, reference: str) -> Place:
        self.cursor.execute(
            "SELECT id, reference, name FROM agencies_agency WHERE reference = %s", [reference]
        )
        number, reference, name = self.cursor.fetchone()
        return Place(number, reference, name, self.member(tales.LEAD))

    def _school(self, number: int) -> Place:
        """Add a school, its duty inbox and its head."""
        saints = SAINTS.split()
        name = f"St {saints[number % len(saints)]}’s {ALSO[number // len(saints) % len(ALSO)]}"
        if number >= len(saints) * len(ALSO):
            name += f" {number // (len(saints) * len(ALSO)) + 1}"
        reference = f"bulk-school-{number + 1}"
        self.cursor.execute(
            "INSERT INTO agencies_agency (partnership_id, reference, name, kind, area, public_authority,"
            " zone, region, record_within_hours, second_person_in_do, opening)"
            " SELECT partnership_id, %s, %s, 'SCHOOL', area, true, zone, region, record_within_hours,"
            " second_person_in_do, '{}' FROM agencies_agency WHERE reference = %s RETURNING id",
            [reference, name, tales.AGENCY],
        )
        found = self.cursor.fetchone()[0]
        place = Place(found, reference, name, self.member(tales.LEAD))
        place.lead = self._hire(place, "Head teacher", None, role="lead")
        inbox = (self._id(), place.id, None, "Duty inbox", place.duty, place.lead.id)
        self.rows.setdefault("points", []).append(inbox)
        return place

    def _hire(self, place: Place, job: str, lead: Point | None, *, role: str = "practitioner") -> Point:
        first, last, _, _ = next(self.names)
        name = f"{first} {last}"
        user, member, point = self._id(), self._id(), self._id()
        local = names.plain(first, last).replace(" ", ".")
        address = f"{local}.{len(self.rows.get('users', ())) + 1}@{place.reference}.example"
        self.rows.setdefault("users", []).append((user, address, name))
        self.rows.setdefault("members", []).append(
            (member, user, place.id, role, job, lead.id if lead else None)
        )
        self.rows.setdefault("points", []).append(
            (point, place.id, member, "Work e-mail", address, lead.id if lead else member)
        )
        return Point(member, f"{name}, {job}, {place.name}", name, point, address)

    def _id(self) -> uuid.UUID:
        return uuid.UUID(int=self.draw.getrandbits(128), version=4)

    def _write(self) -> None:
        """Copy the rows in: they started when the demo's people did, and sign in with the same password."""
        self._copy("users", "id uuid, email text, name text")
        self._copy("members", "id uuid, user_id uuid, agency_id bigint, role text, job text, lead_id uuid")
        self._copy(
            "points", "id uuid, agency_id bigint, member_id uuid, label text, address text, by_id uuid"
        )
        for statement in PEOPLE:
            self.cursor.execute(statement)

    def _copy(self, name: str, columns: str) -> None:
        copy_in(self.cursor, f"bulk_{name}", columns, self.rows.get(name, []))


def copy_in(cursor: Any, table: str, columns: str, rows: Any) -> None:
    """Make a temporary table of these rows."""
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
