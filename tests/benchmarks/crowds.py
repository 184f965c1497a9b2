"""A large agency for measurements: invented people whose names are as unevenly common as names here are.

Everything is written by the owner of the tables in bulk, past the triggers, and then as the triggers would
have left it; tests/records/test_find_words.py shows that they leave it so.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from agencies.models import Agency, Membership
from records import names
from records.models import Person
from records.search.models import KEYS, LATER_PARTS
from sharing.bulk.names import nhs_numbers, people


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
        # PostgreSQL copies into no table that has row security, so into one beside it first.
        listed = ", ".join(columns)
        cursor.execute(
            "CREATE TEMPORARY TABLE moving_in ON COMMIT DROP AS SELECT * FROM records_person LIMIT 0"
        )
        copy: Any = cursor.copy(f"COPY moving_in ({listed}) FROM STDIN")
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
        cursor.execute(f"INSERT INTO records_person ({listed}) SELECT {listed} FROM moving_in")
        cursor.execute("DROP TABLE moving_in")
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
