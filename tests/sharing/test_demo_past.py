"""The demo's past: months of settled work, told by the product's own operations."""

from __future__ import annotations

from django.utils import timezone

from agencies.seeds import load_partnership
from sharing.demo.months import tell_months
from sharing.models import Cycle, Exchange, LearningMonth, Stage
from sharing.operations import learning


def test_its_past_is_settled_and_can_be_learnt_from(db: None) -> None:
    now = timezone.now()
    load_partnership(now)
    told = tell_months(now, weeks=8)
    learning.refresh(now)
    assert Exchange.objects.filter(understood_at__lt=now).count() == told > 10
    assert set(Cycle.objects.values_list("stage", flat=True)) == {Stage.CLOSED}
    assert LearningMonth.objects.filter(sent_is="SHOWN", hours_to_agreed__isnull=False).exists()
