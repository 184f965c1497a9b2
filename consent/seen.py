"""What the system can see of a concern for the seven principles."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Q

from consent.principles import Seen
from records.models import Concern, Statement


def seen_in(concern: Concern, *, at: datetime) -> Seen:
    """Count a concern's current statements, for a decision at a moment (UTC). One query."""
    current = Statement.objects.current().filter(concern=concern)
    is_opinion = Q(kind=Statement.Kind.OPINION)
    with_reasons = Exists(Statement.rests_on.through.objects.filter(from_statement_id=OuterRef("pk")))
    counted = current.annotate(rests=with_reasons).aggregate(
        statements=Count("pk"),
        with_time=Count("pk", filter=Q(happened_at__isnull=False)),
        opinions=Count("pk", filter=is_opinion),
        opinions_resting_on_statements=Count("pk", filter=is_opinion & Q(rests=True)),
        last_event_at=Max("happened_at", filter=Q(happened_at__lte=at)),
    )
    return Seen(decided_at=at, logged_at=concern.logged_at, **counted)
