"""The two questions that are asked of the exchanges themselves. Everything else reads their answers.

An exchange belongs to the month, London time, in which it was sent, for good. Counted are disclosures,
answers and advice to one accountable person; not summaries, which are not said back, nor what was sent for
information only. Hours are clock hours from sending. Agreed means that the recipient's latest answers on the
risk and on the action are both "agree", and counts until the later of the two.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

WINDOWS = (3, 6, 13)
LONGEST = max(WINDOWS)


class Group(NamedTuple):
    """Which exchanges: a month or the last so many, and the two agencies. None is all of them."""

    partnership: int
    months: int
    first_month: date
    from_agency: int | None
    to_agency: int | None


class Measured(NamedTuple):
    """What was counted of a group. The numbers are exact, and are not for anybody's eyes."""

    sent: int
    still_open: int
    received: int
    hours_to_received: Decimal | None
    understood: int
    hours_to_understood: Decimal | None
    agreed: int
    hours_to_agreed: Decimal | None
    right_first_time: int
    mean_rounds: Decimal | None


class Corrected(NamedTuple):
    """How many key items of a kind were checked in a group, and how many of them were corrected."""

    exchanges: int
    items: int
    corrected: int
    wrong: int
    missing: int


def month_before(month: date, count: int) -> date:
    """Return the first day of the month so many months earlier."""
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


PERIODS = """
    periods (months, first_month, last_month) AS (
        SELECT 1, month::date, month::date
        FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 month') AS month
        UNION ALL
        SELECT back, (%(last)s::timestamp - make_interval(months => back - 1))::date, %(last)s::date
        FROM unnest(%(windows)s::int[]) AS back
    )"""

SENT = """
    sent AS (
        SELECT exchange.id, exchange.sent_at, exchange.received_at, exchange.understood_at,
               date_trunc('month', exchange.sent_at AT TIME ZONE 'Europe/London')::date AS month,
               sender.agency_id AS from_agency, recipient.agency_id AS to_agency, agency.partnership_id,
               exchange.understood_at IS NULL AND exchange.withdrawn_at IS NULL
                   AND exchange.not_mine_at IS NULL AND exchange.superseded_by_id IS NULL AS is_open
        FROM sharing_exchange exchange
        JOIN agencies_membership sender ON sender.id = exchange.speaker_id
        JOIN agencies_membership recipient ON recipient.id = exchange.listener_id
        JOIN agencies_agency agency ON agency.id = sender.agency_id
        WHERE exchange.kind IN ('DISCLOSURE', 'ANSWER', 'ADVICE')
          AND NOT exchange.for_information
          -- An organisation outside is no agency of the partnership, and of one person: it would name them.
          AND sender.user_id IS NOT NULL AND recipient.user_id IS NOT NULL
          AND exchange.sent_at >= %(first)s::timestamp AT TIME ZONE 'Europe/London'
          AND exchange.sent_at < (%(last)s::timestamp + interval '1 month') AT TIME ZONE 'Europe/London'
    )"""

MEASURES = f"""
    WITH {PERIODS}, {SENT},
    answered AS (
        SELECT exchange_id, max(at) AS agreed_at
        FROM (SELECT DISTINCT ON (exchange_id, about) exchange_id, answer, at
              FROM sharing_agreement ORDER BY exchange_id, about, id DESC) latest
        GROUP BY exchange_id
        HAVING count(*) = 2 AND bool_and(answer = 'AGREE')
    ),
    measured AS (
        SELECT sent.*, round.number,
               -- What was told by telephone was received before it was written down.
               greatest(extract(epoch FROM sent.received_at - sent.sent_at), 0) / 3600 AS to_received,
               extract(epoch FROM sent.understood_at - sent.sent_at) / 3600 AS to_understood,
               extract(epoch FROM answered.agreed_at - sent.sent_at) / 3600 AS to_agreed
        FROM sent
        LEFT JOIN sharing_round round ON round.exchange_id = sent.id AND round.outcome = 'CONFIRMED'
        LEFT JOIN answered ON answered.exchange_id = sent.id
    )
    SELECT partnership_id, months, first_month, from_agency, to_agency,
           count(*), count(*) FILTER (WHERE is_open),
           count(to_received), percentile_cont(0.5) WITHIN GROUP (ORDER BY to_received),
           count(number), percentile_cont(0.5) WITHIN GROUP (ORDER BY to_understood),
           count(to_agreed), percentile_cont(0.5) WITHIN GROUP (ORDER BY to_agreed),
           count(*) FILTER (WHERE number = 1), avg(number)
    FROM measured JOIN periods ON measured.month BETWEEN first_month AND last_month
    GROUP BY partnership_id, months, first_month,
             GROUPING SETS ((), (from_agency), (to_agency), (from_agency, to_agency))"""  # noqa: S608  # names of our own

KINDS = f"""
    WITH {PERIODS}, {SENT},
    checked AS (
        SELECT sent.id, sent.month, sent.partnership_id, sent.from_agency, sent.to_agency,
               CASE WHEN item.kind IN ('FACT_SEEN', 'FACT_HEARD') THEN 'FACT' ELSE item.kind END AS kind,
               bool_or(verdict.answer = 'WRONG') AS wrong, bool_or(verdict.answer = 'MISSING') AS missing
        FROM sent
        JOIN sharing_item item ON item.exchange_id = sent.id AND item.is_key
        JOIN sharing_verdict verdict ON verdict.item_id = item.id
        GROUP BY sent.id, sent.month, sent.partnership_id, sent.from_agency, sent.to_agency, item.id
    )
    SELECT partnership_id, months, first_month, from_agency, to_agency, kind,
           count(DISTINCT id), count(*), count(*) FILTER (WHERE wrong OR missing),
           count(*) FILTER (WHERE wrong), count(*) FILTER (WHERE missing)
    FROM checked JOIN periods ON checked.month BETWEEN first_month AND last_month AND months > 1
    GROUP BY partnership_id, months, first_month, kind, GROUPING SETS ((), (from_agency), (to_agency))"""  # noqa: S608  # names of our own


def measures(first: date, last: date) -> dict[Group, Measured]:
    """Measure what was sent from one month to another (their first days), in every group there is."""
    return {Group(*row[:5]): Measured(*row[5:]) for row in _rows(MEASURES, first, last)}


def kinds(first: date, last: date) -> dict[tuple[Group, str], Corrected]:
    """Count the key items that were checked, and those corrected, by kind, in the windows."""
    return {(Group(*row[:5]), row[5]): Corrected(*row[6:]) for row in _rows(KINDS, first, last)}


def _rows(sql: str, first: date, last: date) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"first": first, "last": last, "windows": list(WINDOWS)})
        return list(cursor.fetchall())
