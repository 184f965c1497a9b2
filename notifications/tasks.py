"""Celery carries a tick and nothing else."""

from celery import shared_task
from django.utils import timezone

from notifications import operations


@shared_task(name="notifications.tasks.tick")  # celery has no types
def tick() -> None:
    """Send what is due. Losing this message costs one interval; running it twice costs nothing."""
    sent = operations.send_due()
    operations.beat("worker", at=timezone.now(), rows=sent)
