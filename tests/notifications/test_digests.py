"""One e-mail for several notices: what is in it, what never is, and what a failure does to it."""

import smtplib
import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection

from notifications import operations
from notifications.models import Message
from notifications.operations import LEASE, RETRY_AFTER, Recipient
from notifications.operations.digests import gather
from notifications.operations.sending import _claim
from tests.notifications.queued import AT, now_of, queue

pytestmark = pytest.mark.django_db
TOM, AMARA = uuid4(), uuid4()
EVENING = AT + timedelta(hours=7)


def keep(number: int, member: UUID = TOM, **changes: object) -> Message:
    """Queue a notice for somebody's e-mail of the evening."""
    to = Recipient(member, "front-door", f"{member}@front-door.example")
    details = {"to": to, "reference": f"WF-27-000{number}-X1", "in_digest": True, "not_before": EVENING}
    return queue(number, **{**details, **changes})


def digest() -> Message:
    return Message.objects.get(kind=Message.Kind.DIGEST)


def test_the_notices_of_one_person_go_in_one_e_mail_at_their_time() -> None:
    notices = [keep(1), keep(2), keep(3)]
    keep(4, AMARA)
    assert operations.send_due(at=EVENING - timedelta(seconds=1)) == 0
    assert operations.send_due(at=EVENING) == 2
    to_tom = next(sent for sent in mail.outbox if str(TOM) in sent.to[0])
    assert to_tom.subject == "Check Back: several notices wait for you"
    assert to_tom.body.splitlines() == [
        "3 notices for you.",
        "",
        *("You have an item to confirm: WF-27-0001-X1.", "", "From: St Wulstan’s Primary"),
        *("Respond by: 13:42 on 12 January 2027", ""),
        *("You have an item to confirm: WF-27-0002-X1.", "", "From: St Wulstan’s Primary"),
        *("Respond by: 13:42 on 12 January 2027", ""),
        *("You have an item to confirm: WF-27-0003-X1.", "", "From: St Wulstan’s Primary"),
        *("Respond by: 13:42 on 12 January 2027", ""),
        "Sign in to see them:",
        "http://localhost:8000/notices/",
    ]
    assert {now_of(notice).sent_at for notice in notices} == {EVENING}
    assert operations.send_due(at=EVENING + timedelta(days=1)) == 0


def test_what_comes_later_goes_into_the_next_one() -> None:
    keep(1)
    operations.send_due(at=EVENING)
    keep(2, at=EVENING + timedelta(minutes=1), not_before=EVENING + timedelta(days=1))
    assert operations.send_due(at=EVENING + timedelta(hours=1)) == 0
    assert operations.send_due(at=EVENING + timedelta(days=1)) == 1
    assert "1 notice for you." in mail.outbox[1].body


def test_an_urgent_notice_does_not_wait_for_the_e_mail_of_the_evening() -> None:
    keep(1)
    keep(2, in_digest=False, not_before=None, priority=Message.Priority.URGENT)
    keep(3, in_digest=False, not_before=None, priority=Message.Priority.ESCALATION)
    assert operations.send_due(at=AT) == 2
    assert operations.send_due(at=EVENING) == 1
    assert "1 notice for you." in mail.outbox[2].body


def test_what_nobody_wants_any_more_is_not_in_it() -> None:
    old, new = keep(1, obligation=(7, 1)), keep(2, obligation=(8, 1))
    assert operations.send_due(at=EVENING, still_wanted=lambda notice: notice.obligation_id == 8) == 1
    assert "WF-27-0002-X1" in mail.outbox[0].body
    assert "WF-27-0001-X1" not in mail.outbox[0].body
    assert (now_of(old).state, now_of(new).state, digest().state) == ("dropped", "sent", "sent")


def test_one_that_has_nothing_left_to_say_is_not_sent() -> None:
    keep(1)
    assert operations.send_due(at=EVENING, still_wanted=lambda notice: False) == 0
    assert (digest().state, len(mail.outbox)) == ("dropped", 0)


def test_a_sender_that_dies_over_it_leaves_the_same_e_mail_to_the_next() -> None:
    keep(1)
    keep(2)
    gather(at=EVENING)
    held = _claim(at=EVENING)
    assert held == digest()
    keep(3)  # comes late and is due at the same time, but is no part of what may have gone out already
    later = EVENING + LEASE + timedelta(seconds=1)
    assert operations.send_due(at=later) == 2
    again, new = sorted(mail.outbox, key=lambda sent: str(held.pk) not in sent.extra_headers["Message-ID"])
    assert again.extra_headers["Message-ID"] == f"<{held.pk}@localhost>"
    assert ("2 notices for you." in again.body, "1 notice for you." in new.body) == (True, True)


def test_one_that_fails_takes_its_notices_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    notices = [keep(1), keep(2)]
    monkeypatch.setattr(EmailMessage, "send", refuse_for_good)
    assert operations.send_due(at=EVENING) == 0
    assert {now_of(notice).state for notice in notices} == {"bounced"}
    monkeypatch.undo()
    operations.try_again(notices[0].pk, at=EVENING, to_address="new@front-door.example")
    assert operations.send_due(at=EVENING) == 1
    assert mail.outbox[0].subject == "Check Back: you have an item to confirm, reference WF-27-0001-X1"
    assert now_of(notices[1]).state == "bounced"


def refuse_for_good(self: EmailMessage, fail_silently: bool = False) -> int:
    raise smtplib.SMTPRecipientsRefused({self.to[0]: (550, b"who?")})


def test_one_that_fails_for_now_is_tried_again_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(1)
    keep(2)
    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", not_now)
        assert operations.send_due(at=EVENING) == 0
    assert operations.send_due(at=EVENING + RETRY_AFTER[0]) == 1
    assert "2 notices for you." in mail.outbox[0].body


def not_now(self: EmailMessage, fail_silently: bool = False) -> int:
    raise smtplib.SMTPServerDisconnected


def test_one_that_came_back_marks_each_notice_it_carried() -> None:
    notices = [keep(1), keep(2)]
    operations.send_due(at=EVENING)
    assert operations.mark_bounced(digest().pk, code="5.1.1", at=EVENING)
    assert {now_of(notice).state for notice in notices} == {"bounced"}


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_make_one_e_mail_for_each_person() -> None:
    people = [uuid4() for _ in range(12)]
    for number in range(60):
        keep(number, people[number % 12])
    ready = threading.Barrier(2)

    def send() -> None:
        try:
            ready.wait()
            for _ in range(3):
                operations.send_due(at=EVENING)
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(mail.outbox) == len({sent.to[0] for sent in mail.outbox}) == 12
    assert all("5 notices for you." in sent.body for sent in mail.outbox)
