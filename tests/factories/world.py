"""Who is there, and what time it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from agencies.models import Agency, Membership, Partnership

MONDAY = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Gives a later moment at every call: a minute later unless told otherwise. Starts on a Monday, 09:00."""

    moment: datetime = MONDAY

    def __call__(self, minutes: float = 1) -> datetime:
        self.moment += timedelta(minutes=minutes)
        return self.moment

    def jump_to(self, moment: datetime) -> datetime:
        """Go on to a later moment (UTC). Raises ValueError where that is in the past."""
        if moment < self.moment:
            raise ValueError(f"{moment} is before {self.moment}")
        self.moment = moment
        return moment


@dataclass
class Staff:
    """The people of one agency, one in each role and a second practitioner."""

    agency: Agency
    practitioner: Membership
    colleague: Membership
    lead: Membership
    administrator: Membership
    auditor: Membership

    @property
    def everyone(self) -> list[Membership]:
        return [self.practitioner, self.colleague, self.lead, self.administrator, self.auditor]


@dataclass
class World:
    """A partnership: a school, children's social care and a GP surgery who work together, and a stranger.

    `deputy` of each is the colleague named as the practitioner's deputy where `with_deputies` says so.
    `two_hats` are the two memberships of one person, at the school and in social care.
    """

    partnership: Partnership
    school: Staff
    care: Staff
    gp: Staff
    stranger: Staff
    coordinator: Membership
    two_hats: tuple[Membership, Membership]
    clock: Clock = field(default_factory=Clock)

    @property
    def priya(self) -> Membership:
        """The school's practitioner, who speaks."""
        return self.school.practitioner

    @property
    def tom(self) -> Membership:
        """The social worker, who listens."""
        return self.care.practitioner

    @property
    def amara(self) -> Membership:
        """The doctor, who is asked."""
        return self.gp.practitioner

    @property
    def everyone(self) -> list[Membership]:
        staff = (self.school, self.care, self.gp, self.stranger)
        return [m for s in staff for m in s.everyone] + [self.coordinator, *self.two_hats]
