"""The demo shows a record at each step of its end."""

from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from agencies.seeds import load_partnership
from records.models import Certificate, Disposal, Holding, LegalHold
from sharing.demo import retention

pytestmark = pytest.mark.django_db


def test_one_is_up_for_review_one_held_one_proposed_and_one_destroyed(settings: Settings) -> None:
    settings.DEMO = True
    now = timezone.now()
    load_partnership(now)
    retention.CLASSES(now)
    for story in retention.STORIES:
        story(now)
    school = Holding.objects.filter(agency__reference="st-wulstans")
    assert school.filter(review_on__lte=timezone.localdate(), disposed_at=None).count() == 3
    assert LegalHold.objects.filter(ended_at=None).count() == 1
    assert Disposal.objects.filter(approved_at=None).count() == 1
    assert Certificate.objects.count() == 1
