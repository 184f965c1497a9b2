"""Celery carries two ticks without arguments: for what is due, and for the jobs that people asked for."""

from celery import shared_task
from django.utils import timezone

from agencies import scope
from agencies.operations import jobs
from notifications import operations as notifications
from records.operations import scanning
from sharing.operations import tick as ticking


@shared_task(name="sharing.tasks.tick")  # celery has no types
def tick() -> None:
    """Raise and send what is due. Losing this message costs one interval; running it twice costs nothing."""
    scope.require_everything()
    done = ticking.tick()
    notifications.beat("worker", at=timezone.now(), rows=done.sent)


@shared_task(name="sharing.tasks.work", soft_time_limit=290, time_limit=300)  # celery has no types
def work() -> None:
    """Have documents scanned and do the jobs that people asked for. What a killed worker had is done again
    when its lease runs out.
    """
    scope.require_everything()
    scanning.scan_due()
    jobs.work()
