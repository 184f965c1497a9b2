"""How people choose to be told, and that nothing urgent waits for it."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies import operations, reach
from agencies.models import Absence, ContactPoint, Membership, NoticeChoice
from agencies.refusals import OutOfDate
from audit.models import Event
from notifications import bulk
from notifications.models import Message
from notifications.operations import Recipient
from tests.factories import World
from tests.signing_in import SignedIn

ADDRESS = "/notices/how/"


def choose(world: World, member: Membership, **times: time) -> NoticeChoice:
    start: dict[str, Any] = {"digest_at": None, "quiet_from": None, "quiet_to": None}
    return operations.choose_how_told(by=member, at=world.clock(), **{**start, **times})


def tell(world: World, *, at: datetime | None = None, kind: str = "REMINDER", **more: Any) -> Message:
    at = at or world.clock()
    (message,) = operations.notify(
        world.tom, Message.Kind(kind), reference="WF-27-0001-X1", sender=world.school.agency,
        path="/exchanges/WF-27-0001-X1/", at=at, dedupe_key=f"{kind}{at}{more}", **more,
    )  # fmt: skip
    return message


def tonight(world: World) -> datetime:
    return world.clock.jump_to(world.clock.moment.replace(hour=22))


def test_whoever_chose_nothing_is_told_at_once(world: World) -> None:
    message = tell(world, at=tonight(world))
    assert (message.next_try_at, message.in_digest) == (world.clock.moment, False)


def test_an_ordinary_notice_waits_for_the_end_of_quiet_hours(world: World) -> None:
    choose(world, world.tom, quiet_from=time(18), quiet_to=time(8))
    message = tell(world, at=tonight(world))
    assert (message.next_try_at.hour, message.next_try_at.minute, message.in_digest) == (8, 0, False)
    assert message.next_try_at.date() == world.clock.moment.date() + timedelta(days=1)


def test_an_ordinary_notice_waits_for_the_daily_e_mail(world: World) -> None:
    choose(world, world.tom, digest_at=time(16, 30))
    message = tell(world)
    assert (message.next_try_at.hour, message.next_try_at.minute, message.in_digest) == (16, 30, True)


@pytest.mark.parametrize(
    "more", [{"urgent": True}, {"escalation": True}, {"kind": "UNDELIVERED"}], ids=lambda m: next(iter(m))
)
def test_what_is_urgent_or_escalated_or_was_not_delivered_never_waits(
    world: World, more: dict[str, Any]
) -> None:
    choose(world, world.tom, digest_at=time(16, 30), quiet_from=time(18), quiet_to=time(8))
    message = tell(world, at=tonight(world), **more)
    assert (message.next_try_at, message.in_digest) == (world.clock.moment, False)


def test_what_has_to_be_answered_tonight_does_not_wait_for_the_morning(world: World) -> None:
    choose(world, world.tom, quiet_from=time(18), quiet_to=time(8))
    at = tonight(world)
    assert tell(world, at=at, respond_by=at + timedelta(hours=4)).next_try_at == at


def test_a_duty_inbox_is_told_at_once_whatever_one_of_its_readers_chose(world: World) -> None:
    choose(world, world.tom, digest_at=time(16, 30))
    ContactPoint.objects.filter(member=world.tom).update(member=None)
    assert tell(world).in_digest is False


def test_a_deputy_is_told_as_the_deputy_chose(world_with_deputies: World) -> None:
    world = world_with_deputies
    choose(world, world.tom, digest_at=time(16, 30))
    day = world.clock().date()
    Absence.objects.create(
        member=world.tom, starts_on=day, ends_on=day, recorded_by=world.tom, recorded_at=world.clock()
    )
    messages = operations.notify(
        world.tom, Message.Kind.REMINDER, reference="X", sender=world.school.agency, path="/",
        at=world.clock(), dedupe_key="x",
    )  # fmt: skip
    assert [message.in_digest for message in messages] == [True, False]


def test_reminders_raised_together_go_when_each_recipient_chose(world: World) -> None:
    at, later = tonight(world), world.clock.moment + timedelta(days=3)
    choose(world, world.tom, quiet_from=time(18), quiet_to=time(8))
    choose(world, world.priya, digest_at=time(16, 30))

    def notice(member: Membership, key: str, *, shared: bool = False, **more: Any) -> bulk.Notice:
        to = Recipient(member.pk, member.agency_reference, f"{key}@front-door.example", shared=shared)
        return bulk.Notice(
            **{
                "kind": "REMINDER", "to": to, "reference": "X", "sender_agency": "S", "from_agency": "",
                "path": "/", "dedupe_key": key, "respond_by": later, "priority": 5, "obligation_id": 1,
                "obligation_version": 1, **more,
            }
        )  # fmt: skip

    notices = [
        notice(world.tom, "quiet"),
        notice(world.tom, "urgent", priority=0),
        notice(world.tom, "escalated", priority=1),
        notice(world.tom, "failure", kind="UNDELIVERED"),
        notice(world.tom, "duty", shared=True),
        notice(world.priya, "daily"),
        notice(world.amara, "nothing-chosen"),
    ]
    with CaptureQueriesContext(connection) as statements:
        timed = reach.at_their_time(notices, at=at)
    assert len(statements) == 2
    with transaction.atomic():
        bulk.queue_many(timed, at=at)
    held = {m.dedupe_key: (m.next_try_at, m.in_digest) for m in Message.objects.all()}
    morning = (at + timedelta(days=1)).replace(hour=8, minute=0)
    assert held.pop("quiet") == (morning, False)
    assert held.pop("daily") == (morning.replace(hour=16, minute=30), True)
    assert set(held.values()) == {(at, False)}


# --- The page ----------------------------------------------------------------------------------

DAILY = {"when": "DAILY", "digest_at": "16:30", "quiet": "YES", "quiet_from": "1800", "quiet_to": "8.00"}


def post(client: Client, **answers: Any) -> Any:
    form = client.get(ADDRESS).context["form"]
    hidden = {"form_id": form["form_id"].value(), "version": form["version"].value()}
    return client.post(ADDRESS, {**hidden, **DAILY, **answers})


def test_the_page_keeps_what_was_chosen_and_shows_it_again(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.tom)
    assert post(client)["Location"] == reverse("notices")
    choice = NoticeChoice.objects.get(user=world.tom.user)
    assert (choice.digest_at, choice.quiet_from, choice.quiet_to) == (time(16, 30), time(18), time(8))
    assert (choice.changed_by, choice.version) == (world.tom, 1)
    event = Event.objects.get(verb="agencies.notices.chosen")
    assert event.data == {"digest": "16:30", "quiet_from": "18:00", "quiet_to": "08:00"}
    page = client.get(ADDRESS)
    assert {name: page.context["form"][name].value() for name in DAILY} == {
        **DAILY, "quiet_from": "18:00", "quiet_to": "08:00"
    }  # fmt: skip


def test_choosing_at_once_and_no_quiet_hours_forgets_the_times(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.tom)
    post(client)
    assert post(client, when="AT_ONCE", quiet="NO").status_code == 302
    choice = NoticeChoice.objects.get()
    assert (choice.digest_at, choice.quiet_from, choice.quiet_to) == (None, None, None)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"digest_at": ""}, "Enter the time at which the e-mail is to come"),
        ({"digest_at": "teatime"}, "Write the time on the 24-hour clock"),
        ({"quiet_from": ""}, "Enter the time at which your quiet hours begin"),
        ({"quiet_to": ""}, "Enter the time at which your quiet hours end"),
        ({"quiet_to": "18:00"}, "Quiet hours end at another time than they begin"),
        ({"digest_at": "19:00"}, "This is in your quiet hours. Choose a time outside them"),
        ({"when": ""}, "Choose when"),
        ({"quiet": "PERHAPS"}, "Choose yes or no"),
    ],
)
def test_a_choice_that_cannot_be_says_why(
    world: World, signed_in: SignedIn, answers: dict[str, str], sentence: str
) -> None:
    page = post(signed_in(world.tom), **answers)
    assert page.status_code == 422
    assert sentence in page.text
    assert not NoticeChoice.objects.exists()


def test_a_choice_made_in_another_window_meanwhile_is_not_overwritten(world: World) -> None:
    choose(world, world.tom, digest_at=time(16, 30))
    with pytest.raises(OutOfDate):
        choose(world, world.tom, digest_at=time(9))
    assert NoticeChoice.objects.get().digest_at == time(16, 30)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"quiet_to": None}, "notice_choice_quiet_from_and_to"),
        ({"quiet_to": time(18)}, "notice_choice_quiet_hours_end"),
    ],
)
def test_the_database_refuses_quiet_hours_without_an_end(
    world: World, changes: dict[str, Any], says: str
) -> None:
    choose(world, world.tom, quiet_from=time(18), quiet_to=time(8))
    with pytest.raises(IntegrityError, match=says), transaction.atomic():
        NoticeChoice.objects.update(**changes)


# --- Which are new -----------------------------------------------------------------------------


def test_a_notice_is_new_until_i_have_looked(world: World, signed_in: SignedIn) -> None:
    client, address = signed_in(world.tom), reverse("notices")
    first = tell(world, at=world.clock())
    Message.objects.filter(pk=first.pk).update(queued_at="2020-01-01T09:00Z")
    assert client.get(address).text.count(">New<") == 1
    assert client.get(address).text.count(">New<") == 0
    tell(world, at=world.clock(), kind="LATE")  # by the tests' clock, years after that look
    page = client.get(address).text
    assert page.count(">New<") == 1


def test_my_page_has_neither_what_was_dropped_nor_the_e_mail_that_lists_others(
    world: World, signed_in: SignedIn
) -> None:
    dropped, kept = tell(world), tell(world, kind="LATE")
    Message.objects.filter(pk=dropped.pk).update(dropped_at=world.clock())
    Message.objects.filter(pk=tell(world, kind="DUE").pk).update(kind=Message.Kind.DIGEST)
    assert signed_in(world.tom).get(reverse("notices")).context["messages_to_me"] == [kept]


def test_my_page_says_which_e_mail_did_not_reach_me(world: World, signed_in: SignedIn) -> None:
    message = tell(world)
    Message.objects.filter(pk=message.pk).update(bounced_at=world.clock(), last_error="Bounced 5.2.2")
    page = signed_in(world.tom).get(reverse("notices")).text
    assert f"did not reach {message.to_address}. The mailbox is full or takes no mail." in page


def test_a_coordinator_has_a_page_of_notices_too(world: World, signed_in: SignedIn) -> None:
    page = signed_in(world.coordinator).get(reverse("notices"))
    assert page.status_code == 200
    assert 'href="/notices/"' in page.text
