"""Notices that come back: read from a mail server's own words, marked once, and told of once."""

import io
import threading
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from notifications import bounces, operations
from notifications.models import Message
from notifications.operations import NotInATransaction
from tests.notifications.queued import AT, now_of, queue

SOMEBODY_ELSES = UUID("2f6a2f6c-0000-4000-8000-000000000000")
DSN = """\
From: MAILER-DAEMON@mx.example
To: check-back@notices.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry to say that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; duty1@front-door.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: {kind}

From: check-back@notices.example
To: duty1@front-door.example
Message-ID: {message_id}
Subject: Check Back

{text}
--b--
"""


def notice(about: object, *, action: str = "failed", status: str = "5.1.1", whole: bool = False) -> bytes:
    """Write what Postfix returns: the whole message, or its head alone."""
    text = DSN.format(
        action=action,
        status=status,
        message_id=about if isinstance(about, str) else f"<{about}@notices.example>",
        kind="message/rfc822" if whole else "text/rfc822-headers",
        text="Sign in to see it.\n" if whole else "",
    )
    return text.encode()


def give(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Pipe a notice into the command, as a mail server does. Returns what it prints and complains of."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    out, err = io.StringIO(), io.StringIO()
    call_command("read_bounce", stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("whole", [True, False])
def test_a_notice_that_came_back_is_marked_with_the_servers_code(
    monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    message, other = queue(1), queue(2)
    operations.send_due(at=AT)
    printed, complaint = give(notice(message.pk, whole=whole), monkeypatch)
    assert (printed, complaint) == (f"Marked {message.pk} as bounced.\n", "")
    message = now_of(message)
    assert (message.state, message.sent_at, message.last_error) == ("bounced", AT, "Bounced 5.1.1")
    assert now_of(other).state == "sent"
    assert "was marked before" in give(notice(message.pk), monkeypatch)[1]


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_only_a_final_failure_counts(monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    message = queue()
    operations.send_due(at=AT)
    printed, complaint = give(notice(message.pk, action=action, status="4.4.1"), monkeypatch)
    assert (printed, complaint) == ("", "This notice reports no final failure, so nothing was marked.\n")
    assert now_of(message).state == "sent"


@pytest.mark.django_db
def test_a_notice_about_somebody_elses_message_is_said_to_be_none_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "none of ours" in give(notice("<newsletter@elsewhere.example>"), monkeypatch)[1]
    assert "none of ours" in give(notice(SOMEBODY_ELSES), monkeypatch)[1]
    assert (
        "not a delivery-status notice" in give(b"Subject: I am on leave\n\nBack on Monday.", monkeypatch)[1]
    )


@pytest.mark.django_db
def test_a_notice_about_an_attempt_that_was_put_right_marks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    message = queue()
    operations.send_due(at=AT)
    give(notice(message.pk), monkeypatch)
    operations.try_again(message.pk, at=AT, to_address="new@front-door.example")
    give(notice(message.pk), monkeypatch)
    assert now_of(message).state == "queued"
    assert operations.send_due(at=AT) == 1


def test_without_the_database_the_mail_server_is_asked_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: object, **options: object) -> bool:
        raise OperationalError

    monkeypatch.setattr("notifications.operations.mark_bounced", gone)
    with pytest.raises(SystemExit) as stopped:
        give(notice(SOMEBODY_ELSES), monkeypatch)
    assert stopped.value.code == 75


HEAD = b'Content-Type: multipart/report; boundary="b"\n\n'


@given(st.binary(max_size=400), st.integers(0, 900))
def test_whatever_is_piped_in_is_read_or_refused(noise: bytes, cut: int) -> None:
    good = notice(SOMEBODY_ELSES, whole=True)
    for raw in (noise, HEAD + noise, good[:cut] + noise, good[:cut] + noise + good[cut:]):
        with suppress(bounces.NotABounce):
            assert len(bounces.read(raw).code) < 10


# --- Telling of a failure ----------------------------------------------------------------------


def take() -> list[Message]:
    with transaction.atomic():
        return operations.take_untold_failures(at=AT)


def fail(number: int, *, bounced: bool = False, **changes: object) -> Message:
    message = queue(number, at=AT + timedelta(seconds=number), **changes)
    end = "bounced_at" if bounced else "set_aside_at"
    Message.objects.filter(pk=message.pk).update(**{end: AT, "attempt": 8})
    return message


@pytest.mark.django_db
def test_each_failure_is_told_of_once_the_oldest_first() -> None:
    second, first = fail(2, bounced=True), fail(1)
    queue(3)
    assert [m.pk for m in take()] == [first.pk, second.pk]
    assert take() == []


@pytest.mark.django_db
def test_a_failure_that_could_not_be_told_of_is_taken_again() -> None:
    fail(1)
    with transaction.atomic():
        operations.take_untold_failures(at=AT)
        transaction.set_rollback(True)
    assert len(take()) == 1


@pytest.mark.django_db
def test_a_failure_to_tell_of_a_failure_is_not_told_of() -> None:
    message = fail(1)
    Message.objects.filter(pk=message.pk).update(kind=Message.Kind.UNDELIVERED)
    assert take() == []


@pytest.mark.django_db
def test_one_that_is_tried_again_and_fails_again_is_told_of_again() -> None:
    message = fail(1)
    assert len(take()) == 1
    operations.try_again(message.pk, at=AT, to_address="new@front-door.example")
    assert take() == []
    Message.objects.filter(pk=message.pk).update(bounced_at=AT)
    assert len(take()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_at_once_tell_of_different_failures() -> None:
    for number in range(10):
        fail(number)
    took: list[list[Message]] = []
    both = threading.Barrier(2)

    def tell() -> None:
        try:
            with transaction.atomic():
                took.append(operations.take_untold_failures(at=AT, limit=5))
                both.wait(20)
        finally:
            connection.close()

    tellers = [threading.Thread(target=tell) for _ in range(2)]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join()
    assert len({m.pk for batch in took for m in batch}) == 10


@pytest.mark.django_db(transaction=True)
def test_failures_are_taken_in_the_transaction_that_tells_of_them() -> None:
    with pytest.raises(NotInATransaction):
        operations.take_untold_failures(at=AT)
