"""Two people at once: consent taken back while somebody decides or sends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from agencies.refusals import OutOfDate, Refused
from audit.models import Event
from consent.models import SharingDecision, View
from consent.operations import lock_view
from consent.querysets import rows_so_far
from tests.consent.cases import Case, basis, give, make_case
from tests.consent.test_operations import make_decision

pytestmark = pytest.mark.django_db(transaction=True)


class Running(threading.Thread):
    """One person's act in a thread with its own connection; keeps the refusal, if there is one."""

    def __init__(self, act: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.act = act
        self.refusal: Refused | None = None
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.act()
        except Refused as refusal:
            self.refusal = refusal
        except BaseException as error:  # noqa: BLE001  # shown by `done`
            self.error = error
        finally:
            connection.close()

    def done(self) -> Running:
        self.join(timeout=20)
        assert not self.is_alive(), "it still waits"
        if self.error:
            raise self.error
        return self


def waits(thread: Running) -> bool:
    thread.join(timeout=0.3)
    return thread.is_alive()


def on_consent(case: Case, **more: Any) -> SharingDecision:
    words = {"article_6": basis("6(1)(a)"), "article_9": None, "paragraph_18": None, **more}
    return make_decision(case, **words)


def test_consent_withdrawn_a_moment_before_the_decision_is_seen_by_it() -> None:
    case = make_case()
    give(case, "GIVEN")
    seen = rows_so_far(case.concern, 1, case.child)
    with transaction.atomic():
        give(case, "WITHDRAWN", by=case.colleague)
        decider = Running(lambda: on_consent(case, seen_latest=seen))
        assert waits(decider)
    refusal = decider.done().refusal
    assert isinstance(refusal, OutOfDate)
    assert not SharingDecision.objects.exists()


def test_consent_withdrawn_a_moment_before_the_decision_is_no_basis_even_unseen() -> None:
    case = make_case()
    give(case, "GIVEN")
    with transaction.atomic():
        give(case, "WITHDRAWN", by=case.colleague)
        decider = Running(lambda: on_consent(case, despite_why="Because"))
        assert waits(decider)
    refusal = decider.done().refusal
    assert refusal is not None
    assert "consent cannot be the basis" in " ".join(refusal.sentences)


def test_consent_cannot_be_withdrawn_between_the_check_and_the_sending() -> None:
    case = make_case()
    give(case, "GIVEN")
    with transaction.atomic():
        held = lock_view(case.concern, case.child)
        assert held is not None
        assert held.agrees
        withdrawing = Running(lambda: give(case, "WITHDRAWN", by=case.colleague))
        assert waits(withdrawing)
        assert View.objects.count() == 1
    withdrawing.done()
    with transaction.atomic():
        latest = lock_view(case.concern, case.child)
    assert latest is not None
    assert latest.answer == "WITHDRAWN"


def test_of_two_who_decide_at_once_one_is_told() -> None:
    case = make_case()
    give(case, "NOT_ASKED")
    start = threading.Barrier(2)

    def deciding(by: str) -> Callable[[], Any]:
        def act() -> Any:
            start.wait(10)
            return make_decision(case, by=getattr(case, by), seen_latest=1)

        return act

    both = [Running(deciding("practitioner")), Running(deciding("colleague"))]
    refusals = [thread.done().refusal for thread in both]
    assert [type(each) for each in refusals if each] == [OutOfDate]
    assert SharingDecision.objects.count() == 1
    assert Event.objects.filter(verb="consent.decision.made").count() == 1


def test_of_two_who_record_a_view_at_once_one_is_told() -> None:
    """The second comes while the first is not saved yet: two who start together may as well follow on."""
    case = make_case()
    with transaction.atomic():
        give(case, "GIVEN", seen_latest=0)
        second = Running(lambda: give(case, "GIVEN", by=case.colleague, seen_latest=0))
        assert waits(second)
    assert isinstance(second.done().refusal, OutOfDate)
    assert View.objects.count() == 1
    assert Event.objects.filter(verb="consent.view.recorded").count() == 1
