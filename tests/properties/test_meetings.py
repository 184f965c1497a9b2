"""Whoever brings what for whom, and whoever does what: a part has its member's and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.models import Agency, Membership
from sharing import minutes
from sharing.minutes import Book
from sharing.models import Contribution, Meeting, MeetingAction, MeetingDecision, MeetingMember

MOST = 6
WHEN = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
CHAIR = Membership(name="Cora Chair", job_title="Chair", agency=Agency(name="The chair’s"))
number = st.integers(min_value=1, max_value=MOST)
somebody = st.one_of(st.none(), number)


def members() -> list[MeetingMember]:
    """The chair has no number here: the six others have."""
    return [
        MeetingMember(
            pk=pk,
            member=Membership(name=f"Member {pk}", job_title="Worker", agency=Agency(name=f"Agency {pk}")),
            attendance="PRESENT",
        )
        for pk in range(1, MOST + 1)
    ]


def book(brought: list[Any], actions: list[Any], decided: int) -> Book:
    """A meeting in which each thing has words that stand nowhere else."""
    by_number = {one.pk: one for one in members()}
    contributions = []
    for n, (who, for_whom, is_back) in enumerate(brought):
        row = Contribution(pk=n, number=n, brought_by=by_number[who], kind="FACT_SEEN", text=f"brought-{n}-")
        # As `minutes.read` annotates them: for whom it is, and nothing newer than these words.
        read = {"for_numbers": sorted(for_whom), "newest": None, "newest_text": None, "newest_source": None,
                "is_struck": False}  # fmt: skip
        vars(row).update(read)
        row.taken_back_at = WHEN if is_back else None
        contributions.append(row)
    rows = []
    for n, (owner, checked_by, is_back) in enumerate(actions):
        # The chair does what nobody else owns, and somebody else checks it.
        is_chairs = owner is None
        rows.append(
            MeetingAction(
                pk=n,
                number=n,
                owner=None if is_chairs else by_number[owner],
                checked_by=by_number[checked_by or 1] if is_chairs else None,
                what=f"action-{n}-",
                due_at=WHEN,
                contingency="Nobody answers.",
                taken_back_at=WHEN if is_back else None,
            )
        )
    return Book(
        meeting=Meeting(chair=CHAIR),
        members=list(by_number.values()),
        contributions=contributions,
        decisions=[MeetingDecision(number=n, what=f"decision-{n}-", why="Because.") for n in range(decided)],
        actions=rows,
        minutes=[],
    )


@settings(max_examples=300, deadline=None)
@given(
    brought=st.lists(st.tuples(number, st.sets(number), st.booleans()), max_size=12),
    actions=st.lists(st.tuples(somebody, somebody, st.booleans()), max_size=8),
    decided=st.integers(min_value=0, max_value=4),
)
def test_a_part_has_all_that_is_for_its_member_and_nothing_else(
    brought: list[Any], actions: list[Any], decided: int
) -> None:
    kept = book(brought, actions, decided)
    for member in kept.members:
        part = minutes.part_for(kept, member, main_risk="The risk.")
        words = "\n".join(line.text for line in part)
        for n, (who, for_whom, is_back) in enumerate(brought):
            is_theirs = member.pk in for_whom and who != member.pk and not is_back
            assert (f"brought-{n}-" in words) is is_theirs
        for row in kept.actions:
            is_theirs = row.rests_with_id == member.pk and row.taken_back_at is None
            assert (row.what in words) is is_theirs
        for decision in kept.decisions:
            assert decision.what in words
        assert part[0].text == "The risk."
        keys = [line.text for line in part if line.is_key]
        own = [r for r in kept.actions if r.owner_id == member.pk and r.taken_back_at is None]
        assert len(keys) == 1 + len(own)


@settings(max_examples=200, deadline=None)
@given(
    came=st.lists(st.sampled_from(["PRESENT", "APOLOGIES", "ABSENT"]), min_size=MOST, max_size=MOST),
    brought=st.lists(st.tuples(number, st.sets(number), st.booleans()), max_size=6),
    actions=st.lists(st.tuples(somebody, somebody, st.booleans()), max_size=6),
    also=st.sets(number),
)
def test_whoever_has_anything_in_it_is_told_and_nobody_who_stayed_away_without(
    came: list[str], brought: list[Any], actions: list[Any], also: set[int]
) -> None:
    kept = book(brought, actions, 1)
    for member, attendance in zip(kept.members, came, strict=True):
        member.attendance = attendance
    told = {one.pk for one in minutes.told(kept, also=also)}
    for member in kept.members:
        has_a_part = any(
            row.rests_with_id == member.pk for row in kept.actions if row.taken_back_at is None
        ) or any(member.pk in for_whom for _, for_whom, is_back in brought if not is_back)
        wanted = member.attendance == "PRESENT" or has_a_part or member.pk in also
        assert (member.pk in told) is wanted
