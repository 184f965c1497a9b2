"""Celery carries a tick and nothing else."""

from celery import shared_task
from django.utils import timezone

from notifications import operations as notifications
from sharing.operations import tick as ticking


@shared_task(name="sharing.tasks.tick")  # celery has no types
def tick() -> None:
    """Raise and send what is due. Losing this message costs one interval; running it twice costs nothing."""
    done = ticking.tick()
    notifications.beat("worker", at=timezone.now(), rows=done.sent)
