"""Sending over a real connection: kept, broken, refused, and what comes of each."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import LazySettings
from django.core.mail import EmailMessage
from django.db import OperationalError, connection, transaction

from notifications import operations
from notifications.models import Message
from notifications.operations import LEASE, RETRY_AFTER
from notifications.operations.sending import CLAIM, TRIES, _claim
from tests.notifications.queued import AT, LONG_AGO, now_of, queue
from tests.notifications.sink import DROPS, Sink, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[Sink]:
    """Give a mail server that answers as the test says, to which the product sends."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "127.0.0.1", False, False
    with running(Sink()) as sink:
        settings.EMAIL_PORT = sink.port
        yield sink


def test_many_messages_go_over_one_connection(sink: Sink) -> None:
    sent = [queue(number) for number in range(20)]
    assert operations.send_due(at=AT) == 20
    assert sink.connections == 1
    assert sorted(sink.ids) == sorted(f"<{message.pk}@localhost>" for message in sent)


def test_no_connection_is_made_while_nothing_is_due(sink: Sink) -> None:
    queue(not_before=AT + timedelta(hours=1))
    assert operations.send_due(at=AT) == 0
    assert sink.connections == 0


def test_a_connection_that_breaks_is_opened_again_for_the_next_message(sink: Sink) -> None:
    first, *others = (queue(number, at=AT + timedelta(seconds=number)) for number in range(4))
    now = AT + timedelta(seconds=5)
    sink.to_recipient = lambda address: DROPS if address.startswith("duty0@") else "250 ok"
    assert operations.send_due(at=now) == 3
    assert sink.connections == 2
    assert now_of(first).next_try_at == now + RETRY_AFTER[0]
    assert {now_of(message).state for message in others} == {"sent"}


def test_a_server_that_keeps_a_message_and_hangs_up_gets_one_copy_more_with_the_same_id(sink: Sink) -> None:
    message = queue()
    sink.to_text = lambda email: DROPS if len(sink.emails) == 1 else "250 kept"
    assert operations.send_due(at=AT) == 0
    assert now_of(message).state == "trying again"
    assert operations.send_due(at=AT + RETRY_AFTER[0]) == 1
    assert operations.send_due(at=AT + timedelta(days=1)) == 0
    assert sink.ids == [f"<{message.pk}@localhost>"] * 2
    assert sink.emails[0].as_bytes().partition(b"\n\n")[2] == sink.emails[1].as_bytes().partition(b"\n\n")[2]


def test_a_server_that_cannot_be_reached_costs_no_message_an_attempt(
    sink: Sink, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    message = queue()
    settings.EMAIL_PORT = 1
    for _ in range(TRIES + 2):
        assert operations.send_due(at=AT) == 0
    assert "the mail server cannot be reached" in caplog.text
    assert (now_of(message).attempt, now_of(message).state) == (0, "queued")
    settings.EMAIL_PORT = sink.port
    assert operations.send_due(at=AT) == 1


def test_a_server_that_greets_with_a_refusal_costs_no_attempt_either(sink: Sink) -> None:
    message = queue()
    sink.greeting = "421 too busy"
    assert operations.send_due(at=AT) == 0
    assert now_of(message).attempt == 0


def test_an_address_that_the_server_does_not_know_has_bounced_at_once(sink: Sink) -> None:
    bad, good = queue(1), queue(2, at=AT + timedelta(seconds=1))
    sink.to_recipient = lambda address: "550 5.1.1 who?" if address.startswith("duty1@") else "250 ok"
    assert operations.send_due(at=AT + timedelta(seconds=1)) == 1
    bad = now_of(bad)
    assert (bad.state, bad.attempt, bad.sent_at) == ("bounced", 1, None)
    assert bad.last_error == "SMTPRecipientsRefused 550"
    assert now_of(good).state == "sent"
    assert sink.connections == 1


def test_a_text_that_the_server_refuses_for_good_has_bounced_at_once(sink: Sink) -> None:
    message = queue()
    sink.to_text = lambda email: "554 5.6.0 not that"
    assert operations.send_due(at=AT) == 0
    assert (now_of(message).state, now_of(message).last_error) == ("bounced", "SMTPDataError 554")


@pytest.mark.parametrize("answer", ["450 4.2.1 not now", "452 4.2.2 full", "421 4.3.2 closing"])
def test_a_refusal_for_now_is_tried_again(sink: Sink, answer: str) -> None:
    message, other = queue(1), queue(2, at=AT + timedelta(seconds=1))
    sink.to_recipient = lambda address: answer if address.startswith("duty1@") else "250 ok"
    assert operations.send_due(at=AT + timedelta(seconds=1)) == 1
    assert (now_of(message).state, now_of(message).attempt) == ("trying again", 1)
    assert now_of(other).state == "sent"
    sink.to_recipient = lambda address: "250 ok"
    assert operations.send_due(at=AT + timedelta(minutes=1)) == 1


def test_a_message_that_nobody_wants_any_more_is_dropped_before_it_goes(sink: Sink) -> None:
    old, new = queue(1, obligation=(7, 1)), queue(2, obligation=(7, 2))
    assert operations.send_due(at=AT, still_wanted=lambda m: m.obligation_version == 2) == 1
    assert (now_of(old).state, now_of(new).state) == ("dropped", "sent")
    assert sink.recipients == ["duty2@front-door.example"]


def test_a_question_that_fails_sets_its_row_aside_and_stops_nobody(sink: Sink) -> None:
    bad, good = queue(1), queue(2)

    def still_wanted(message: Message) -> bool:
        if message.pk == bad.pk:
            raise ZeroDivisionError
        return True

    assert operations.send_due(at=AT, still_wanted=still_wanted) == 1
    assert (now_of(bad).state, now_of(bad).last_error) == ("set aside", "ZeroDivisionError")
    assert now_of(good).state == "sent"


def test_a_database_that_goes_away_sets_nothing_aside(sink: Sink) -> None:
    message = queue()

    def still_wanted(message: Message) -> bool:
        raise OperationalError

    with pytest.raises(OperationalError):
        operations.send_due(at=AT, still_wanted=still_wanted)
    assert now_of(message).state == "trying again"
    assert operations.send_due(at=AT + LEASE + timedelta(seconds=1)) == 1


def test_a_worker_that_is_told_to_stop_leaves_its_message_for_the_next(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queue()

    def slow(self: EmailMessage, fail_silently: bool = False) -> int:
        raise SoftTimeLimitExceeded

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", slow)
        with pytest.raises(SoftTimeLimitExceeded):
            operations.send_due(at=AT)
    assert now_of(message).state == "trying again"
    assert operations.send_due(at=AT + RETRY_AFTER[0]) == 1


def test_a_message_that_kills_every_sender_is_set_aside_in_the_end(sink: Sink) -> None:
    message, now = queue(), AT
    for _ in range(TRIES):
        assert _claim(at=now) is not None  # and dies
        now += LEASE + timedelta(seconds=1)
    assert operations.send_due(at=now) == 0
    assert (now_of(message).state, now_of(message).last_error) == ("set aside", "GivenUp")
    assert sink.count == 0


def test_what_was_sent_counts_as_sent_even_if_it_was_dropped_meanwhile(sink: Sink) -> None:
    message = queue(obligation=(7, 1))

    def still_wanted(asked: Message) -> bool:
        Message.objects.filter(pk=asked.pk).update(dropped_at=AT)  # between the question and the mark
        return True

    assert operations.send_due(at=AT, still_wanted=still_wanted) == 1
    assert (now_of(message).state, now_of(message).dropped_at) == ("sent", None)


# --- Clocks ------------------------------------------------------------------------------------


def test_a_senders_own_clock_decides_nothing(sink: Sink) -> None:
    now = datetime.now(UTC)
    queue(1, at=now - timedelta(minutes=1))
    queue(2, at=now - timedelta(hours=2), not_before=now - timedelta(minutes=1))
    queue(3, at=now, not_before=now + timedelta(hours=1))
    for hours in (-1, 3, 0):
        with time_machine.travel(now + timedelta(hours=hours)):
            operations.send_due()
    assert len(sink.ids) == 2


def test_a_clock_put_back_an_hour_neither_stops_nor_repeats_anything(sink: Sink) -> None:
    """The hour in which the messages were written has yet to come, for the machine and for PostgreSQL."""
    now = datetime.now(UTC)
    messages = [queue(number, at=now + timedelta(hours=1)) for number in range(5)]
    assert operations.send_due() == 5
    assert operations.send_due() == 0
    assert sorted(sink.ids) == sorted(f"<{message.pk}@localhost>" for message in messages)
    assert all(now_of(m).sent_at < now + timedelta(minutes=5) for m in messages)  # type: ignore[operator]


def test_a_lease_holds_by_the_databases_clock(sink: Sink) -> None:
    queue(at=LONG_AGO)
    assert _claim(at=None) is not None
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        assert operations.send_due() == 0


# --- Several senders ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_nothing_twice(sink: Sink) -> None:
    with transaction.atomic():
        for number in range(300):
            queue(number)
    ready, counts = threading.Barrier(2), []

    def send() -> None:
        try:
            ready.wait()
            counts.append(operations.send_due(at=AT))
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sum(counts) == 300
    assert min(counts) > 30
    assert len(set(sink.ids)) == len(sink.ids) == 300
    assert sink.connections == 2


@pytest.mark.django_db(transaction=True)
def test_a_claim_reads_the_index_of_what_is_due() -> None:
    with transaction.atomic():
        for number in range(1_000):
            queue(number)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + CLAIM, {"at": AT.isoformat(), "lease": "60 s"})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan using message_due" in plan
    assert "Sort" not in plan
