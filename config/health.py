"""Whether the parts work, as JSON, for whoever watches the service. No personal data."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from agencies.decorators import public
from audit.operations import seals
from notifications import operations
from notifications.models import Heartbeat
from sharing.operations import reminders

BROKER_SECONDS = 1.0
SEEN_WITHIN = timedelta(seconds=60)
BACKLOG_SECONDS = 120.0


@public
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 where every part is well, else 503, with the same fields either way."""
    now = timezone.now()
    parts: dict[str, dict[str, Any]] = {"broker": _broker()}
    try:
        parts["database"] = _database()
        parts["migrations"] = _migrations()
        seen = dict(Heartbeat.objects.values_list("name", "started_at"))
        parts["worker"] = _seen(seen.get("worker"), at=now)
        parts["beat"] = _seen(seen.get("beat"), at=now)
        parts["outbox"] = _not_late(operations.backlog(at=now))
        parts["hold"] = _hold()
        parts["reminders"] = _not_late(reminders.backlog(at=now))
        parts["seals"] = _sealed(at=now)
    except DatabaseError:
        for name in ("database", "migrations", "worker", "beat", "outbox", "hold", "reminders", "seals"):
            parts[name] = {"ok": False}
    well = all(part["ok"] for part in parts.values())
    return JsonResponse({"ok": well, **parts}, status=200 if well else 503)


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True}


def _migrations() -> dict[str, Any]:
    """Count the migrations that this code has and the database has not."""
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return {"ok": waiting == 0, "waiting": waiting}


def _seen(last: datetime | None, *, at: datetime) -> dict[str, Any]:
    """Say how long ago a background process wrote its row. Never seen is not well."""
    if last is None:
        return {"ok": False, "seconds_ago": None}
    ago = at - last
    return {"ok": ago <= SEEN_WITHIN, "seconds_ago": round(ago.total_seconds())}


def _not_late(backlog: tuple[int, float]) -> dict[str, Any]:
    """Say how much is due and has not gone, and for how long. Two minutes is not well."""
    waiting, oldest = backlog
    return {"ok": oldest <= BACKLOG_SECONDS, "waiting": waiting, "oldest_seconds": round(oldest)}


def _hold() -> dict[str, Any]:
    """Say whether every message is held since a restore: nobody is told of anything meanwhile."""
    since = operations.held_since()
    return {"ok": since is None, "since": since.isoformat() if since else None}


def _sealed(*, at: datetime) -> dict[str, Any]:
    """Say how much of the record is not sealed yet, and for how long. Ten minutes is not well."""
    waits = seals.waiting()
    seconds = round((at - waits.since).total_seconds()) if waits.since else 0
    still = seals.stands_still(waits, at=at)
    return {"ok": not still, "waiting": waits.leaves, "oldest_seconds": max(0, seconds)}


def _broker() -> dict[str, Any]:
    """Ask the broker whether it is there, for one second at most, its name's look-up included."""
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        return {"ok": pool.submit(_ping).result(timeout=BROKER_SECONDS)}
    except TooSlow:
        return {"ok": False}
    finally:
        pool.shutdown(wait=False)


def _ping() -> bool:
    try:
        with Redis.from_url(
            settings.CELERY_BROKER_URL,
            socket_timeout=BROKER_SECONDS,
            socket_connect_timeout=BROKER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        ) as broker:
            return bool(broker.ping())
    except (RedisError, OSError):
        return False
