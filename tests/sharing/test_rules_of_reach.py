"""The rules that came with corrections, meetings, decisions and other areas: each names what waits."""

from __future__ import annotations

import pytest

from sharing import rules
from sharing.rules import answers, transfers
from tests import correcting, factories, meeting_cases
from tests.factories import World
from tests.sharing import deciding, moving
from tests.sharing.gate import missing

pytestmark = pytest.mark.django_db


def test_every_correction_is_understood(world: World) -> None:
    exchange, _, sent = correcting.corrected(world)
    concern = exchange.cycle.concern
    (said,) = missing(concern, rules.every_correction_is_understood)
    assert sent.reference in said
    correcting.understood(world, sent)
    assert missing(concern, rules.every_correction_is_understood) == []


def test_every_decision_has_come(world: World) -> None:
    exchange = deciding.understood(world)
    concern = exchange.cycle.concern
    (said,) = missing(concern, answers.every_decision_has_come)
    assert exchange.reference in said
    deciding.decide(world, exchange)
    assert missing(concern, answers.every_decision_has_come) == []


def test_no_transfer_waits(world: World) -> None:
    transfer = moving.waiting(world, moving.northmoor(world))
    concern = transfer.exchange.cycle.concern
    (said,) = missing(concern, transfers.no_transfer_waits)
    assert transfer.reference in said
    moving.accepted(world, moving.understood(world, moving.received(world, transfer)))
    assert missing(concern, transfers.no_transfer_waits) == []


def test_no_meeting_is_without_minutes(world: World) -> None:
    meeting = meeting_cases.ready(world)
    concern = meeting.cycle.concern
    (said,) = missing(concern, rules.no_meeting_is_without_minutes)
    assert meeting.reference in said
    meeting_cases.issued(world, meeting)
    assert missing(concern, rules.no_meeting_is_without_minutes) == []


def test_every_member_of_a_meeting_has_understood(world: World) -> None:
    meeting = meeting_cases.ready(world)
    concern = meeting.cycle.concern
    assert missing(concern, rules.every_member_of_a_meeting_has_understood) == []
    meeting_cases.issued(world, meeting)
    waiting = missing(concern, rules.every_member_of_a_meeting_has_understood)
    assert waiting
    for copy in concern.cycles.get().exchanges.filter(kind="MEETING"):
        factories.understood(world, copy)
    assert missing(concern, rules.every_member_of_a_meeting_has_understood) == []
