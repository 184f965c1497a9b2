"""A large agency for measurements: invented people whose names are as unevenly common as names here are.

Everything is written by the owner of the tables in bulk, past the triggers, and then as the triggers would
have left it; tests/records/test_find_words.py shows that they leave it so.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate, product
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from agencies.models import Agency, Membership
from records import names
from records.models import Person
from records.search.models import KEYS, LATER_PARTS

# Common names and roughly how many of a thousand have them; the rest are made of syllables.
SURNAMES = (
    "Smith 12 Jones 8 Taylor 6 Brown 6 Williams 5 Wilson 4 Johnson 4 Davies 4 Patel 4 Robinson 3 Wright 3 "
    "Thompson 3 Evans 3 Walker 3 White 3 Roberts 3 Green 3 Hall 3 Wood 3 Jackson 3 Clarke 3 Khan 3 Hussain 2 "
    "Ali 2 Ahmed 2 Begum 2 Singh 2 Kaur 2 Lewis 2 Clark 2 Thomas 2 Hill 2 Cooper 2 Ward 2 Turner 2 Carter 2 "
    "Martin 2 Morris 2 Moore 2 King 2 Baker 2 Harrison 2 Morgan 2 Allen 2 Scott 2 Mitchell 2 Phillips 2 "
    "Murphy 2 Kelly 2 O’Brien 1 O’Neill 1 O’Connor 1 McDonald 1 Marsh 1 Webb 1 Kowalski 1 Nowak 1 Okafor 1"
)
FIRST_NAMES = (
    "Muhammad 14 Mohammed 9 Oliver 8 George 8 Noah 7 Jack 8 Leo 6 Harry 7 James 12 John 14 David 13 Paul 9 "
    "Olivia 8 Amelia 7 Isla 6 Ava 6 Mia 5 Ivy 4 Lily 5 Grace 5 Sarah 12 Susan 9 Margaret 8 Mary 9 Emma 9 "
    "Karen 7 Jacqueline 3 Siân 1 Zoë 1 Catherine 6 Katherine 2 Stephen 6 Steven 5 Mark 9 Michael 10 Peter 8 "
    "Fatima 4 Aisha 3 Maria 4 Anna 4 Christopher 7 Christine 5 Elizabeth 7 Thomas 8 William 9 Daniel 7"
)
BEGINNINGS = (
    "Ash Bar Brad Carl Chel Den Dun El Far Gar Hal Har Hart Kil Lang Lin Mar Mil Nor Old Pem Rad Sel Shel "
    "Stan Thorn Tor Un Wal Wick Wyre Zel"
)
MIDDLES = "e er ing s ber den fen gel han kel len mer nel per ras sel ter ven wen"
ENDINGS = "ley ton ham worth by wood field ford man son well more bridge stead croft shaw den ock itt ell"
FIRST_BEGINNINGS = (
    "Al An Bel Cal Da Dar El Fi Ga Ha Il Ja Jo Ka Kei La Li Ma Mi Na Ni Or Pe Ra Ro Sa She Ta Ti Va Wil Ya Za"
)
FIRST_ENDINGS = (
    "a an den ella en eth i ia ian iel in ina is la leen lie lyn mal na nah ra ric rina ron sha ta than "
    "tin vin von ya"
)


class Names:
    """Names drawn as unevenly as they are given: the common ones by their share, the rest by their rank."""

    def __init__(self, common: str, rare: list[str], *, skew: float) -> None:
        parts = common.split()
        shares = [float(share) for share in parts[1::2]]
        ranks = [(place + 10) ** -skew for place in range(len(rare))]
        rest = (1000 - sum(shares)) / sum(ranks)
        self.names = [*parts[::2], *rare]
        self.sums = list(accumulate([*shares, *(rank * rest for rank in ranks)]))

    def drawn(self, draw: random.Random) -> str:
        return draw.choices(self.names, cum_weights=self.sums)[0]


def people(count: int, *, seed: int = 7) -> Iterator[tuple[str, str, str, date | None]]:
    """Give first name, last name, what they are called and the birth date of so many invented people."""
    draw = random.Random(seed)
    rare = ["".join(parts) for parts in product(BEGINNINGS.split(), ["", *MIDDLES.split()], ENDINGS.split())]
    rare_first = ["".join(p) for p in product(FIRST_BEGINNINGS.split(), FIRST_ENDINGS.split())]
    draw.shuffle(rare)
    draw.shuffle(rare_first)
    last_names = Names(SURNAMES, rare, skew=0.8)
    first_names = Names(FIRST_NAMES, rare_first, skew=0.9)
    for _ in range(count):
        last = last_names.drawn(draw)
        if draw.random() < 0.03:
            last = f"{last}-{last_names.drawn(draw)}"
        first = first_names.drawn(draw)
        if draw.random() < 0.15:
            first = f"{first} {first_names.drawn(draw)}"
        called = first_names.drawn(draw) if draw.random() < 0.05 else ""
        born = date(1930, 1, 1) + timedelta(days=int(draw.triangular(0, 35_000, 29_000)))
        yield first, last, called, born if draw.random() < 0.97 else None


def nhs_numbers(seed: int = 11) -> Iterator[str]:
    """Give NHS numbers whose last digit fits, none twice."""
    draw, given = random.Random(seed), set()
    while True:
        digits = [int(d) for d in f"{draw.randrange(400_000_000, 799_999_999)}"]
        check = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
        number = "".join(map(str, digits)) + str(check % 11)
        if check != 10 and number not in given:
            given.add(number)
            yield number


@transaction.atomic
def move_in(by: Membership, count: int, *, seed: int, first_reference: int) -> None:
    """Write so many people into the records of an agency, and a concern for every fourth of them."""
    now, numbers = timezone.now(), nhs_numbers(seed)
    agency = by.agency_id
    fixed = {"birth_date_is_estimated": False, "upn": "", "address": "", "phone": "",
             "address_is_protected": False, "communication_needs": "", "safe_contact_rule": "",
             "recorded_by_id": by.pk, "recorded_at": now, "version": 1}  # fmt: skip
    columns = ["reference", "agency_id", "kind", "first_name", "last_name", "known_as", "born_on",
               "nhs_number", "search_name", "search_words", "sort_name", *fixed]  # fmt: skip
    with connection.cursor() as cursor:
        _triggers(cursor, "DISABLE")
        copy: Any = cursor.copy(f"COPY records_person ({', '.join(columns)}) FROM STDIN")
        with copy as rows:
            for place, (first, last, called, born) in enumerate(
                people(count, seed=seed), start=first_reference
            ):
                kind = "CHILD" if born and born.year > 2008 else "PARENT_OR_CARER"
                rows.write_row(
                    [
                        f"P-{place:06}",
                        agency,
                        kind,
                        first,
                        last,
                        called,
                        born,
                        next(numbers) if place % 5 < 3 else "",
                        names.plain(first, last, called),
                        names.words(first, last, called),
                        names.sorted_as(first=first, last=last, known_as=called),
                        *fixed.values(),
                    ]
                )
        cursor.execute(
            """INSERT INTO records_personword (agency_id, person_id, word, sort_name, is_former)
               SELECT agency_id, id, unnest(search_words), sort_name, false
               FROM records_person WHERE agency_id = %s ORDER BY id""",
            [agency],
        )
        cursor.execute(
            f"""INSERT INTO records_namekey (agency_id, key, word)
                SELECT DISTINCT {agency}, k.key, d.word
                FROM (SELECT DISTINCT word FROM records_personword WHERE agency_id = {agency}) d
                CROSS JOIN LATERAL ({(KEYS + LATER_PARTS).replace("{word}", "d.word::text")}) k"""
        )
        _concerns(cursor, by)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _triggers(cursor, "ENABLE")


def _triggers(cursor: Any, what: str) -> None:
    for table in (
        "records_person",
        "records_personword",
        "records_concern",
        "records_subject",
        "sharing_cycle",
    ):
        cursor.execute(f"ALTER TABLE {table} {what} TRIGGER USER")


def _concerns(cursor: Any, by: Membership) -> None:
    """A concern about every fourth person, and half of them closed."""
    numbers = {"agency": by.agency_id, "by": by.pk}
    cursor.execute(
        """INSERT INTO records_concern (reference, agency_id, started_by_id, started_at, owner_id, urgency,
               voice_status, voice_not_obtained_why, voice_plan, think_family, late_why, logged_at,
               logged_by_id, discarded_why, version)
           SELECT 'WF-26-' || lpad(p.id::text, 7, '0'), p.agency_id, %(by)s, now(), %(by)s, 'STANDARD',
               'OBTAINED', '', '', '', '', now(), %(by)s, '', 1
           FROM records_person p WHERE p.agency_id = %(agency)s AND p.id %% 4 = 0 ORDER BY p.id""",
        numbers,
    )
    cursor.execute(
        """INSERT INTO records_subject (concern_id, person_id, is_main, what_it_might_mean, nothing_seen,
               added_by_id, added_at)
           SELECT c.id, right(c.reference, 7)::bigint, true, '', false, %(by)s, now()
           FROM records_concern c WHERE c.agency_id = %(agency)s AND c.reference ~ '-[0-9]{7}$'""",
        numbers,
    )


def settle_down() -> None:
    """Let the server know what is there, as its own housekeeping would within minutes."""
    with connection.cursor() as cursor:
        for table in ("records_person", "records_personword", "records_namekey", "records_concern",
                      "records_subject"):  # fmt: skip
            cursor.execute(f"VACUUM ANALYZE {table}")


def sizes() -> str:
    """Say how much room what Find looks in takes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(relname || ' ' || pg_size_pretty(pg_total_relation_size(oid)), ', ')"
            " FROM pg_class WHERE relname IN ('records_person', 'records_personword', 'records_namekey')"
        )
        found: str = cursor.fetchone()[0]
        return found


def one_nhs_number(agency: Agency) -> str:
    """Return the number of somebody there."""
    numbers = Person.objects.filter(agency=agency).exclude(nhs_number="")
    return numbers.order_by("-pk").values_list("nhs_number", flat=True)[1000]
