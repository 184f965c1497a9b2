"""Very many messages at once: the order they go in, how fast, and how much memory that takes.

The figure for 10,000 is printed by `MESSAGES=10000 make test ARGS="tests/notifications/test_many.py -s"`;
with SENDERS=2 two processes share the work.
"""

import gc
import multiprocessing
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from notifications import operations
from notifications.models import Message
from sharing.operations.reminders import still_wanted
from tests.notifications.queued import AT

MESSAGES = int(os.environ.get("MESSAGES", "600"))
SENDERS = int(os.environ.get("SENDERS", "1"))
SLOWEST = 20  # a second, on a machine that does much else: the figure itself is printed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[subprocess.Popen[str]]:
    """Give a mail server in a process of its own, as a real one is."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "127.0.0.1", False, False
    command = [sys.executable, str(Path(__file__).with_name("sink.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        settings.EMAIL_PORT = int(process.stdout.readline())
        yield process


def arrived(sink: subprocess.Popen[str]) -> tuple[int, int]:
    """Stop the mail server and return how many messages and connections it had."""
    assert sink.stdin
    assert sink.stdout
    sink.stdin.close()
    count, connections = sink.stdout.readline().split()
    return int(count), int(connections)


def queue_many(count: int) -> None:
    """Write ordinary, urgent and escalated messages that have been due for different times."""
    Message.objects.bulk_create(
        Message(
            dedupe_key=f"many-{number}",
            kind=Message.Kind.LATE,
            priority=(0, 1, 5, 5, 5)[number % 5],
            to_address=f"duty{number}@front-door.example",
            reference=f"WF-27-{number:04}-X1",
            sender_agency="St Wulstan’s Primary",
            respond_by=AT,
            path=f"/exchanges/WF-27-{number:04}-X1/",
            queued_at=AT - timedelta(seconds=number % 977),
            next_try_at=AT - timedelta(seconds=number % 977),
        )
        for number in range(count)
    )


def send_all() -> None:
    """Send as the tick does, asking of each whether it is still wanted."""
    while operations.send_due(at=AT, still_wanted=still_wanted):
        pass


def test_many_due_messages_go_fast_over_a_kept_connection(sink: subprocess.Popen[str]) -> None:
    queue_many(MESSAGES)
    connection.close()
    started = time.monotonic()
    context = multiprocessing.get_context("fork")
    senders = [context.Process(target=send_all) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    seconds = time.monotonic() - started
    rate = MESSAGES / seconds
    count, connections = arrived(sink)
    sys.stdout.write(
        f"{count} messages, {SENDERS} senders, {connections} connections: {seconds:.1f} s, {rate:.0f}/s\n"
    )
    assert count == MESSAGES
    assert not Message.objects.filter(sent_at__isnull=True).exists()
    assert rate > SLOWEST


def test_memory_does_not_grow_with_the_number_of_messages(sink: subprocess.Popen[str]) -> None:
    queue_many(750)
    tracemalloc.start()
    try:
        # The first fill what has a bound of its own, as psycopg's count of the statements it has seen.
        operations.send_due(at=AT, limit=500, seconds=300)
        before = memory_held()
        operations.send_due(at=AT, limit=250, seconds=300)
        after = memory_held()
    finally:
        tracemalloc.stop()
    assert arrived(sink)[0] == 750
    assert after - before < 20_000


def memory_held() -> int:
    """Return how many bytes of what was allocated since tracing began are held and are no garbage."""
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    return size
