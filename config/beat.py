"""The beat's own sign of life: a row that says when it last handed a tick to the broker."""

import logging
from typing import Any

from celery.beat import Scheduler
from django.db import DatabaseError, connection
from django.utils import timezone

from notifications import operations

logger = logging.getLogger(__name__)


class SeenScheduler(Scheduler):
    """Celery's scheduler in memory, which writes down after each tick it sent that it was here.

    One entry every few seconds needs no schedule file. Only a tick that reached the broker counts,
    so a beat that runs but cannot reach Redis is seen to be missing.
    """

    def apply_async(self, entry: Any, *args: Any, **kwargs: Any) -> Any:
        result = super().apply_async(entry, *args, **kwargs)
        try:
            operations.beat("beat", at=timezone.now())
        except DatabaseError as error:
            # The tick went out; the missing sign of life shows on the health page by itself.
            logger.warning("beat could not write that it was seen", extra={"error": type(error).__name__})
        finally:
            connection.close()
        return result
