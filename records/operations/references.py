"""Numbers that people read out on the phone."""

from django.db import connection, transaction


@transaction.atomic
def next_reference(series: str, *, digits: int = 1) -> str:
    """Take the next reference of a series: "WF-26-" with 4 digits gives WF-26-0001.

    The counter's row stays locked until the caller's transaction ends, so that no number is left out
    or used twice. Take it late in an operation. `series` has at most 20 characters.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_counter AS c (series, last) VALUES (%s, 1)"
            " ON CONFLICT (series) DO UPDATE SET last = c.last + 1 RETURNING last",
            [series],
        )
        (number,) = cursor.fetchone()
    return f"{series}{number:0{digits}d}"
