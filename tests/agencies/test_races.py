"""Two people press at the same moment: one wins, one is told, and it is written down once."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from agencies import drafts, operations, time_limits
from agencies.models import Draft, Membership, TimeLimit
from agencies.operations.notices import NotFailed
from agencies.operations.people import AlreadyHere, LastAdministrator
from agencies.operations.time_limits import LimitNotPossible
from agencies.refusals import OutOfDate, Refused
from agencies.rules import Ended
from audit.models import Event
from notifications.models import Message
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*attempts: Callable[[], object]) -> list[Refused]:
    """Run each attempt in a thread of its own, all from the same moment, and return the refusals."""
    ready, refusals = threading.Barrier(len(attempts)), []
    broken: list[BaseException] = []

    def run(attempt: Callable[[], object]) -> None:
        try:
            ready.wait(20)
            attempt()
        except Refused as refusal:
            refusals.append(refusal)
        except BaseException as error:  # noqa: BLE001  # raised again below, in the test's own thread
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[attempt]) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if broken:
        raise broken[0]
    return refusals


def count(verb: str) -> int:
    return Event.objects.filter(verb=f"agencies.{verb}").count()


def test_two_administrators_who_end_each_other_leave_one(world: World) -> None:
    one = world.school.administrator
    two = factories.member(world.school.agency, "Second Administrator", "administrator")
    at = world.clock()
    (refusal,) = at_once(
        lambda: operations.end_membership(two, by=one, at=at),
        lambda: operations.end_membership(one, by=two, at=at),
    )
    assert isinstance(refusal, LastAdministrator)
    left = Membership.objects.current().filter(agency=world.school.agency, role="administrator")
    assert left.count() == count("membership.ended") == 1


def test_ending_a_role_twice_ends_it_once(world: World) -> None:
    at, by = world.clock(), world.school.administrator
    (refusal,) = at_once(*[lambda: operations.end_membership(world.priya, by=by, at=at)] * 2)
    assert isinstance(refusal, Ended)
    assert count("membership.ended") == 1


def test_adding_somebody_twice_adds_them_once(world: World) -> None:
    at, by = world.clock(), world.school.administrator

    def add() -> Membership:
        return operations.add_person(
            world.school.agency,
            by=by,
            at=at,
            email="new@st-wulstans.example",
            full_name="New Person",
            role="practitioner",
            job_title="Teacher",
        )

    (refusal,) = at_once(add, add)
    assert isinstance(refusal, AlreadyHere)
    assert count("membership.added") == 1


def test_a_notice_is_tried_again_once(world: World) -> None:
    at = world.clock()
    (message,) = operations.notify(
        world.tom,
        Message.Kind.TO_RECEIVE,
        reference="WF-27-0001-X1",
        sender=world.school.agency,
        path="/x/",
        at=at,
        dedupe_key="x",
    )
    Message.objects.update(set_aside_at=at)
    leads = (world.school.lead, world.care.lead)
    (refusal,) = at_once(
        *[lambda lead=lead: operations.try_again(message.pk, by=lead, at=at) for lead in leads]
    )
    assert isinstance(refusal, NotFailed)
    assert count("message.tried_again") == 1


def test_two_windows_of_one_person_keep_one_draft(world: World) -> None:
    at = world.clock()
    assert not at_once(
        *[lambda text=text: drafts.keep(world.priya.pk, "k", {"said": text}, at=at) for text in "ab"]
    )
    assert Draft.objects.get().data["said"] in ("a", "b")


def test_two_people_who_set_one_limit_from_what_they_both_saw_set_it_once(world: World) -> None:
    office = factories.member(world.coordinator.agency, "Mary Okell", "administrator")
    at = world.clock()
    seen = time_limits.standings(world.partnership, on=at.date())[TimeLimit.Key.ANSWER].version

    def set_it(by: Membership, duration: str) -> TimeLimit:
        return operations.set_time_limit(
            world.partnership,
            by=by,
            at=at,
            key="ANSWER",
            duration=duration,
            label="LOCAL",
            source="Agreed by the board",
            effective_from=at.date(),
            seen_version=seen,
        )

    (refusal,) = at_once(
        lambda: set_it(world.coordinator, "3 working days"), lambda: set_it(office, "4 working days")
    )
    assert isinstance(refusal, OutOfDate)
    assert TimeLimit.objects.filter(key="ANSWER", effective_from=at.date()).count() == 1
    assert count("time_limit.set") == 1


def test_two_people_who_take_on_the_suggested_limits_take_them_on_once(world: World) -> None:
    at = world.clock()
    new = operations.make_partnership(by=None, at=at, reference="new", name="New Partnership", prefix="NW")
    act = lambda: operations.suggest_missing_limits(new, by=None, at=at)  # noqa: E731  # twice the same
    (refusal,) = at_once(act, act)
    assert isinstance(refusal, LimitNotPossible)
    assert TimeLimit.objects.filter(partnership=new).count() == len(TimeLimit.Key)


def test_limit_is_withdrawn_once(world: World) -> None:
    at = world.clock()
    coming = operations.set_time_limit(
        world.partnership,
        by=None,
        at=at,
        key="ANSWER",
        duration="3 working days",
        label="LOCAL",
        source="Agreed by the board",
        effective_from=at.date() + timedelta(days=9),
    )
    act = lambda: operations.withdraw_time_limit(coming, by=world.coordinator, at=at)  # noqa: E731  # twice
    (refusal,) = at_once(act, act)
    assert isinstance(refusal, LimitNotPossible)
    assert count("time_limit.withdrawn") == 1
