"""Meetings while two people act at once: minutes go out once, and nobody is asked or answered twice."""

from __future__ import annotations

from functools import partial

import pytest

from notifications.models import Message
from sharing.models import Exchange, Minutes
from sharing.operations import meeting_minutes, meetings
from tests import factories, meeting_cases
from tests.races.two import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def test_the_chair_and_their_deputy_send_the_minutes() -> None:
    w = factories.make_world(deputies=True)
    for _ in range(ROUNDS):
        meeting = meeting_cases.ready(w)
        send = partial(meeting_minutes.issue_minutes, meeting, at=w.clock(), main_risk=meeting_cases.RISK)
        outcome = at_once(partial(send, by=w.priya), partial(send, by=w.school.colleague))
        assert outcome.one_won_one_was_told
        assert Minutes.objects.filter(meeting=meeting).count() == 1
        copies = Exchange.objects.filter(minutes_copy__minutes__meeting=meeting)
        assert sorted(str(one.listener_id) for one in copies) == sorted([str(w.tom.pk), str(w.amara.pk)])
        references = list(copies.values_list("reference", flat=True))
        assert Message.objects.filter(kind="MEETING", reference__in=references).count() == 2


def test_the_minutes_go_out_and_a_decision_is_taken_back() -> None:
    """Whichever comes first: minutes never hold a decision that was taken back before they went out."""
    w = factories.make_world()
    for _ in range(ROUNDS):
        meeting = meeting_cases.ready(w)
        at = w.clock()
        outcome = at_once(
            partial(
                meeting_minutes.issue_minutes, meeting, by=w.priya, at=at, main_risk=meeting_cases.RISK,
                seen_version=meeting.version,
            ),
            partial(
                meeting_minutes.take_back, meeting, by=w.school.colleague, at=at, part="decision", number=1,
                why="Misheard.", seen_version=meeting.version,
            ),
        )  # fmt: skip
        assert outcome.one_won_one_was_told
        assert Minutes.objects.filter(meeting=meeting).exists() is (outcome.won == [0])


def test_two_colleagues_ask_the_same_person() -> None:
    w = factories.make_world()
    for _ in range(ROUNDS):
        meeting = meeting_cases.called(w)
        ask = partial(meetings.ask_to_meeting, meeting, at=w.clock(), member=w.tom)
        outcome = at_once(partial(ask, by=w.priya), partial(ask, by=w.school.colleague))
        assert outcome.one_won_one_was_told
        assert meeting.members.filter(member=w.tom).count() == 1


def test_a_member_answers_while_the_meeting_is_called_off() -> None:
    w = factories.make_world()
    for _ in range(ROUNDS):
        meeting = meeting_cases.with_members(w)
        at = w.clock()
        outcome = at_once(
            partial(meetings.answer_invitation, meeting, by=w.tom, at=at, is_coming=True),
            partial(meetings.call_off, meeting, by=w.priya, at=at, why="Other plans."),
        )
        assert not outcome.errors, outcome.errors
        assert 1 in outcome.won
        assert meeting_cases.again(meeting).called_off_at
