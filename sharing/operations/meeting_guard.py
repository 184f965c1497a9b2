"""What everybody on the list of a meeting reads holds nothing that one of them must not come to know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from agencies.refusals import Refused
from sharing import guard
from sharing.guard import Place
from sharing.guard.kept import protected_for, readers_of
from sharing.models import Meeting, MeetingMember


class SaysTooMuch(Refused):
    """Something that all members read holds a detail that is protected from one of them.

    There is no going on with a decision, as there is for what is told to one person: it can be said in
    other words, or to those whom it is for.
    """


def require_fit_for_all(meeting: Meeting, *, at: datetime, also: Iterable[Place] = ()) -> None:
    """Look through what everybody on the list of a meeting reads, for each of them. `also` are more places.

    Each member's own part is looked through when it is sent, as everything else is. The caller has saved
    what is new, and holds the lock of the concern. Raises SaysTooMuch.
    """
    protected = protected_for(meeting.cycle.concern, meeting.chair)
    if not protected:
        return
    rows = meeting.members.filter(taken_back_at__isnull=True).select_related("member__user", "member__agency")
    members = list(rows)
    places = [*_for_all(meeting, members), *also]
    for one in members:
        own = ("Why they are asked", one.why_you)
        found = guard.found(protected, [*places, own], readers_of(one.member, at=at))
        if found:
            raise SaysTooMuch(
                f"This has not been saved: {one.member.full_name} would read what must not reach them.",
                *dict.fromkeys(f"{finding.label}: {finding.where}." for finding in found),
                "Write it in other words. What the meeting is for does not change once it is called: "
                "call it off, and call it again in words that all may read.",
            )


def _for_all(meeting: Meeting, members: Iterable[MeetingMember]) -> list[Place]:
    """The places that every member reads, in words that hold nothing personal, each with its text."""
    return [
        ("What the meeting is for", meeting.purpose),
        ("Where or how people meet", meeting.where_or_how),
        ("Why it went on without a quorum", meeting.went_on_why),
        ("Why it was called off", meeting.called_off_why),
        *(("Apologies", one.words) for one in members),
    ]
