"""The outbox: claimed by one sender, tried again, set aside in the end, and nothing personal in it."""

import logging
import re
import smtplib
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection, transaction

from agencies.operations import notices
from notifications import operations
from notifications.models import Heartbeat, Message
from notifications.operations import LEASE, RETRY_AFTER, NobodyToNotify, NotInATransaction, Recipient
from notifications.operations.mail import Line, written
from notifications.operations.sending import _claim, _deliver
from tests.notifications.queued import AT, now_of, queue


def break_mail(monkeypatch: pytest.MonkeyPatch, error: Exception, *, only: str = "") -> None:
    """Make the mail server fail, for every message or for those to an address."""
    really = EmailMessage.send

    def send(self: EmailMessage, fail_silently: bool = False) -> int:
        if only in self.to[0]:
            raise error
        return really(self, fail_silently)

    monkeypatch.setattr(EmailMessage, "send", send)


@pytest.mark.django_db
def test_a_due_message_is_sent_once_with_reference_agency_time_and_link_and_nothing_else() -> None:
    message = queue()
    assert operations.send_due(at=AT) == 1
    assert operations.send_due(at=AT) == 0
    (sent,) = mail.outbox
    assert sent.subject == "Check Back: you have an item to confirm, reference WF-27-0001-X1"
    assert sent.body.splitlines() == [
        "You have an item to confirm: WF-27-0001-X1.",
        "",
        "From: St Wulstan’s Primary",
        "Respond by: 13:42 on 12 January 2027",
        "",
        "Sign in to see it:",
        "http://localhost:8000/exchanges/WF-27-0001-X1/",
    ]
    assert sent.extra_headers["Message-ID"] == f"<{message.pk}@localhost>"
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.lease_until) == ("sent", AT, None)


@pytest.mark.django_db
def test_a_message_waits_for_its_time() -> None:
    queue(not_before=AT + timedelta(seconds=1))
    assert operations.send_due(at=AT) == 0
    assert operations.send_due(at=AT + timedelta(seconds=1)) == 1


@pytest.mark.django_db
def test_urgent_messages_go_first_then_escalations_then_the_longest_waiting() -> None:
    queue(1, at=AT - timedelta(minutes=1))
    queue(2, at=AT - timedelta(minutes=2))
    queue(3, priority=Message.Priority.URGENT)
    queue(4, priority=Message.Priority.ESCALATION)
    operations.send_due(at=AT)
    assert [m.to[0][:5] for m in mail.outbox] == ["duty3", "duty4", "duty2", "duty1"]


@pytest.mark.django_db
def test_queuing_a_key_twice_queues_it_once() -> None:
    assert queue().pk == queue().pk


@pytest.mark.django_db
def test_a_message_without_an_address_is_an_error() -> None:
    with pytest.raises(NobodyToNotify):
        queue(to=Recipient(None, "front-door", ""))


@pytest.mark.django_db(transaction=True)
def test_a_message_outside_a_transaction_is_an_error() -> None:
    with pytest.raises(NotInATransaction):
        operations.queue(
            Message.Kind.TO_RECEIVE,
            to=Recipient(None, "a", "a@b.example"),
            reference="X",
            sender_agency="A",
            path="/",
            at=AT,
            dedupe_key="x",
        )


@pytest.mark.django_db
def test_a_failed_message_is_tried_again_later_and_later_then_set_aside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message, now = queue(), AT
    break_mail(monkeypatch, smtplib.SMTPServerDisconnected("duty1@front-door.example said no"))
    for attempt, wait in enumerate(RETRY_AFTER, 1):
        assert operations.send_due(at=now) == 0
        message.refresh_from_db()
        assert (message.attempt, message.next_try_at, message.state) == (attempt, now + wait, "trying again")
        assert operations.send_due(at=now + wait - timedelta(seconds=1)) == 0
        now += wait
    operations.send_due(at=now)
    message.refresh_from_db()
    assert (message.attempt, message.state, message.set_aside_at) == (8, "set aside", now)
    assert message.last_error == "SMTPServerDisconnected"
    assert operations.send_due(at=now + timedelta(days=9)) == 0


@pytest.mark.django_db
def test_a_message_that_was_set_aside_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    message = queue()
    Message.objects.update(set_aside_at=AT, attempt=8)
    operations.try_again(message.pk, at=AT, to_address="new@front-door.example")
    assert operations.send_due(at=AT) == 1
    assert mail.outbox[0].to == ["new@front-door.example"]
    operations.try_again(message.pk, at=AT, to_address="again@front-door.example")
    assert operations.send_due(at=AT) == 0


@pytest.mark.django_db
def test_one_bad_row_stops_nobody_and_is_reported_by_the_name_of_its_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = queue(1), queue(2)
    break_mail(monkeypatch, ZeroDivisionError("duty1@front-door.example"), only="duty1")
    with caplog.at_level(logging.ERROR):
        assert operations.send_due(at=AT) == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.last_error, good.state) == ("set aside", "ZeroDivisionError", "sent")
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert (record.error, record.message_id) == ("ZeroDivisionError", str(bad.pk))  # type: ignore[attr-defined]
    assert "duty1" not in caplog.text


@pytest.mark.django_db
def test_an_address_that_breaks_the_header_is_set_aside() -> None:
    bad = queue(1, to=Recipient(None, "a", "a@b.example\nBcc: everybody@b.example"))
    queue(2)
    assert operations.send_due(at=AT) == 1
    bad.refresh_from_db()
    assert (bad.state, bad.last_error) == ("set aside", "BadHeaderError")


@pytest.mark.django_db
def test_a_claimed_message_is_left_alone_until_its_lease_runs_out() -> None:
    queue()
    assert _claim(at=AT) is not None
    assert operations.send_due(at=AT + LEASE) == 0
    assert operations.send_due(at=AT + LEASE + timedelta(seconds=1)) == 1


@pytest.mark.django_db
def test_nothing_goes_while_messages_are_held() -> None:
    queue()
    operations.hold(why="A restore.", at=AT)
    assert operations.send_due(at=AT) == 0
    operations.lift_hold(at=AT)
    assert operations.send_due(at=AT) == 1


@pytest.mark.django_db
def test_a_second_claim_finds_nothing_until_the_lease_runs_out() -> None:
    queue()
    assert _claim(at=AT) is not None
    assert _claim(at=AT + LEASE) is None
    assert _claim(at=AT + LEASE + timedelta(seconds=1)) is not None


@pytest.mark.django_db
def test_a_sender_who_was_overtaken_marks_nothing() -> None:
    message = queue()
    slow = _claim(at=AT)
    later = AT + LEASE + timedelta(seconds=1)
    quick = _claim(at=later)
    assert slow is not None
    assert quick is not None
    assert _deliver(slow, line=Line(), at=later) == 0
    message.refresh_from_db()
    assert message.sent_at is None
    assert _deliver(quick, line=Line(), at=later) == 1


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_message_once() -> None:
    for number in range(30):
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
    assert sum(counts) == 30
    assert len({m.to[0] for m in mail.outbox}) == len(mail.outbox) == 30


@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_sender_holds_is_skipped_not_waited_for() -> None:
    queue(1)
    queue(2)
    held, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Message.objects.select_for_update().get(dedupe_key="key-1")
                held.set()
                go_on.wait(20)
        finally:
            connection.close()

    other = threading.Thread(target=hold)
    other.start()
    held.wait(20)
    assert operations.send_due(at=AT) == 1
    go_on.set()
    other.join()
    assert operations.send_due(at=AT) == 1


@pytest.mark.django_db
def test_sending_stops_at_its_limit_and_the_next_tick_goes_on() -> None:
    for number in range(5):
        queue(number)
    assert operations.send_due(at=AT, limit=3) == 3
    assert operations.send_due(at=AT, limit=3) == 2
    queue(9)
    assert operations.send_due(at=AT, seconds=-1) == 0


@pytest.mark.django_db
def test_the_tick_sends_and_says_that_the_worker_was_seen() -> None:
    from sharing.tasks import tick

    queue()
    with time_machine.travel(AT, tick=False):
        tick()
        tick()
    assert len(mail.outbox) == 1
    assert Heartbeat.objects.get(name="worker").rows == 0


@pytest.mark.django_db
def test_the_backlog_counts_what_is_due_and_not_sent() -> None:
    assert operations.backlog(at=AT) == (0, 0.0)
    queue(1, at=AT - timedelta(seconds=90))
    queue(2, at=AT + timedelta(hours=1))
    assert operations.backlog(at=AT) == (1, 90.0)
    Message.objects.update(set_aside_at=AT)
    assert operations.backlog(at=AT) == (0, 0.0)


def test_a_message_has_no_place_for_anything_personal() -> None:
    """Whoever adds a field to the outbox has to look here and say why it is not personal."""
    fields = {field.name for field in Message._meta.get_fields()}
    assert fields == {
        *("id", "dedupe_key", "kind", "priority", "reference", "path"),
        *("to_member_id", "to_agency", "to_address", "sender_agency", "from_agency"),
        *("respond_by", "queued_at", "next_try_at", "attempt", "lease_until", "sent_at", "set_aside_at"),
        *("dropped_at", "bounced_at", "failure_told_at", "last_error"),
        *("obligation_id", "obligation_version", "in_digest", "digest_id"),
        *("by_link", "channel"),
    }


@pytest.mark.django_db
def test_notices_about_something_since_done_or_moved_are_dropped_and_the_rest_is_left_alone() -> None:
    waits, other = queue(1, obligation=(7, 1)), queue(2, obligation=(8, 1))
    ended = {}
    for number, end in enumerate(("sent_at", "set_aside_at", "bounced_at"), 3):
        ended[end] = queue(number, obligation=(7, 1))
        Message.objects.filter(pk=ended[end].pk).update(**{end: AT})
    notices.drop_later([7], at=AT)
    notices.drop_later([7], at=AT + timedelta(hours=1))
    assert now_of(waits).dropped_at == AT
    assert operations.send_due(at=AT) == 1
    states = [now_of(message).state for message in (waits, other, *ended.values())]
    assert states == ["dropped", "sent", "sent", "set aside", "bounced"]


@pytest.mark.parametrize("kind", Message.Kind)
def test_every_kind_of_notice_reads_as_a_sentence_about_nobody(kind: Message.Kind) -> None:
    notice = Message(kind=kind, reference="R", sender_agency="S", path="/p/", to_address="a@b.example")
    email = operations.written(notice, lists=[Message(kind=Message.Kind.LATE, reference="R")])
    reference = "" if kind == Message.Kind.DIGEST else ", reference R"
    assert re.fullmatch(rf"Check Back: [a-z ,-]+{reference}", str(email.subject))
    assert len(email.body.split()) < 25


@pytest.mark.django_db
def test_the_notice_that_something_is_late_says_when_it_was_due() -> None:
    late = queue()
    late.kind = Message.Kind.LATE
    assert "Was due by: 13:42 on 12 January 2027" in written(late).body
