"""Work out the learning figures, once an hour, by the clock and for nobody in particular.

Nobody's act, so there is no `by` and no event: what is written follows from what is there already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from sharing.learning import protect, queries
from sharing.learning.protect import FEW, Sum
from sharing.learning.queries import Corrected, Group, Measured
from sharing.models.learning import Figure, LearningKind, LearningMonth, LearningRefresh

FRESH = timedelta(hours=1)
LOCK = 620_731  # any number that no other advisory lock of ours has

Measures = Mapping[Group, Measured]


def refresh_if_old(at: datetime) -> bool:
    """Work the figures out where they are an hour old, unless somebody else is. Say whether it did."""
    if _is_fresh(at):
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0] or _is_fresh(at):
            return False
        _refresh(at)
    return True


@transaction.atomic
def refresh(at: datetime) -> None:
    """Work out the figures of the last thirteen months, this one included, as of `at`.

    Waits for anybody who is doing the same. Readers see the old figures until it is done.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    _refresh(at)


def _is_fresh(at: datetime) -> bool:
    """Say whether the figures are less than an hour old. Those of a clock set back since are not."""
    return LearningRefresh.objects.filter(done_at__gt=at - FRESH, done_at__lte=at).exists()


def _refresh(at: datetime) -> None:
    last = timezone.localdate(at).replace(day=1)
    first = queries.month_before(last, queries.LONGEST - 1)
    measured = queries.measures(first, last)
    LearningMonth.objects.all().delete()
    LearningKind.objects.all().delete()
    LearningRefresh.objects.all().delete()
    LearningMonth.objects.bulk_create(_months(measured), batch_size=2000)
    LearningKind.objects.bulk_create(_kinds(queries.kinds(first, last)), batch_size=2000)
    LearningRefresh.objects.create(done_at=at)


def _months(measured: Measures) -> list[LearningMonth]:
    """Turn what was measured into what may be shown, one partnership at a time."""
    by_partnership: defaultdict[int, dict[Group, Measured]] = defaultdict(dict)
    for group, values in measured.items():
        by_partnership[group.partnership][group] = values
    return [row for groups in by_partnership.values() for row in _of_partnership(groups)]


def _of_partnership(measured: Measures) -> list[LearningMonth]:
    on_no_page = {group for group in measured if is_on_no_page(group)}
    sums = sums_of(measured)
    sent = protect.shown_as({g: m.sent for g, m in measured.items()}, sums, never_shown=on_no_page)
    still_open = protect.shown_as(
        {g: m.still_open for g, m in measured.items()}, sums, never_shown=on_no_page
    )
    return [
        _month(group, values, sent[group], still_open[group])
        for group, values in measured.items()
        if group not in on_no_page
    ]


def _kinds(counted: Mapping[tuple[Group, str], Corrected]) -> list[LearningKind]:
    return [_kind(group, kind, row) for (group, kind), row in counted.items() if row.exchanges >= FEW]


def is_on_no_page(group: Group) -> bool:
    """One month of one pair of agencies is too little to look at, and is only added up."""
    return group.months == 1 and group.from_agency is not None and group.to_agency is not None


def sums_of(measured: Measures) -> list[Sum]:
    """Say which groups of one partnership are sums of which: of months, of senders and of recipients."""
    windows = {(group.months, group.first_month) for group in measured if group.months > 1}
    parts: defaultdict[tuple[Group, str], list[Hashable]] = defaultdict(list)
    for group in measured:
        if group.from_agency is not None:
            parts[group._replace(from_agency=None), "senders"].append(group)
        if group.to_agency is not None:
            parts[group._replace(to_agency=None), "recipients"].append(group)
        if group.months == 1:
            for months, first_month in windows:
                if first_month <= group.first_month:
                    window = group._replace(months=months, first_month=first_month)
                    parts[window, "months"].append(group)
    return [Sum(total, tuple(found)) for (total, _), found in parts.items()]


def _where(group: Group) -> dict[str, Any]:
    return {
        "partnership_id": group.partnership,
        "months": group.months,
        "first_month": group.first_month,
        "from_agency_id": group.from_agency,
        "to_agency_id": group.to_agency,
    }


def _month(group: Group, values: Measured, sent: Figure, still_open: Figure) -> LearningMonth:
    if sent != Figure.SHOWN:
        return LearningMonth(**_where(group), sent_is=sent, open_is=sent)
    enough_understood = values.understood >= FEW
    return LearningMonth(
        **_where(group),
        sent_is=sent,
        sent=protect.about(values.sent),
        open_is=still_open,
        still_open=protect.about(values.still_open) if still_open == Figure.SHOWN else None,
        hours_to_received=_rounded(values.hours_to_received, values.received),
        hours_to_understood=_rounded(values.hours_to_understood, values.understood),
        hours_to_agreed=_rounded(values.hours_to_agreed, values.agreed),
        first_time_right=protect.share(values.right_first_time, values.understood)
        if enough_understood
        else None,
        mean_rounds=_rounded(values.mean_rounds, values.understood),
    )


def _rounded(figure: Decimal | float | None, rests_on: int) -> Decimal | None:
    """Round to one decimal what rests on enough exchanges."""
    if figure is None or rests_on < FEW:
        return None
    return Decimal(figure).quantize(Decimal("0.1"))


def _kind(group: Group, kind: str, counted: Corrected) -> LearningKind:
    return LearningKind(
        **_where(group),
        kind=kind,
        checked=protect.checked(counted.items),
        corrected=protect.share(counted.corrected, counted.items),
        wrong=protect.share(counted.wrong, counted.items),
        missing=protect.share(counted.missing, counted.items),
    )
