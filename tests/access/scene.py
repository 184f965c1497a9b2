"""One stage for every page: a concern at each stage, an exchange and an action in each state, and the cast.

Everything is brought about by the real operations. It is built once for a file of tests; each request
that might write is taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import time_machine
from django.db import connection, transaction

from agencies import operations as agencies
from agencies.models import Absence, ClosedDay, Deputy, Membership, OpeningHours, Partnership, TimeLimit
from notifications.models import Message
from records import operations as records
from records.models import Concern, Person, ProtectedDetail, Relationship
from sharing.models import (
    Action,
    Breach,
    Correction,
    CorrectionTo,
    Disagreement,
    Enquiry,
    Exchange,
    ProposedCorrection,
    Stage,
    Stranger,
)
from sharing.operations import ask, breach
from sharing.states import ActionState, State
from tests import correcting, factories, outside
from tests.access.cast import Cast

Made = TypeVar("Made")


class Scene:
    """The cast, and everything that a page can be about. Made as it is asked for, then kept."""

    def __init__(self, world: factories.World | None = None) -> None:
        self.world = world or factories.make_world()
        self.cast = Cast(self.world)
        self.made: dict[Any, Any] = {}

    def keep(self, key: Any, make: Callable[[], Made]) -> Made:
        """Return what was made under a key, or make it now."""
        if key not in self.made:
            self.made[key] = make()
        kept: Made = self.made[key]
        return kept

    # --- The record ----------------------------------------------------------------------------

    @property
    def person(self) -> Person:
        """A child of the owner's agency."""
        return self.keep("person", lambda: factories.child(self.world, address="1 Elm Row"))

    @property
    def foreign_person(self) -> Person:
        """A child of the listener's agency."""
        return self.keep(
            "foreign person",
            lambda: factories.child(self.world, by=self.world.tom, first_name="Zora", last_name="Quist"),
        )

    @property
    def draft(self) -> Concern:
        """A concern of the owner's that is ready to be logged."""
        return self.keep("draft", lambda: factories.draft(self.world))

    @property
    def protected_detail(self) -> ProtectedDetail:
        """Something about the child that nobody outside may know."""
        return self.keep("protected detail", self._protected_detail)

    def _protected_detail(self) -> ProtectedDetail:
        return records.protect_detail(
            self.person, by=self.world.priya, at=self.world.clock(), kind="PHONE", value="07700 900456",
            kept_from="EVERYBODY", why="It is the refuge’s.",
        )  # fmt: skip

    @property
    def relationship(self) -> Relationship:
        """The child's mother."""
        return self.keep("relationship", self._relationship)

    def _relationship(self) -> Relationship:
        mother = factories.child(self.world, first_name="Mina", born_on=None)
        return records.relate(
            self.person, mother, by=self.world.priya, at=self.world.clock(), kind="PARENT", note=""
        )

    @property
    def sibling(self) -> Person:
        """A sister, in the draft as family."""
        return self.keep("sibling", self._sibling)

    def _sibling(self) -> Person:
        sister = factories.child(self.world, first_name="Ivy", born_on=None)
        main = factories.main_person(self.draft)
        records.add_subject(
            self.draft, person=sister, by=self.world.priya, at=self.world.clock(), is_main=False
        )
        records.relate(main, sister, by=self.world.priya, at=self.world.clock(), kind="SIBLING")
        return sister

    @property
    def ready(self) -> Concern:
        """Another draft, with nothing missing."""
        return self.keep("ready", lambda: factories.draft(self.world))

    @property
    def foreign_relationship(self) -> Relationship:
        """Who is related to whom at the listener's agency."""
        return self.keep("foreign relationship", self._foreign_relationship)

    def _foreign_relationship(self) -> Relationship:
        other = factories.child(self.world, by=self.world.tom, first_name="Yan", last_name="Quist")
        return records.relate(
            self.foreign_person, other, by=self.world.tom, at=self.world.clock(), kind="SIBLING"
        )

    # --- Sharing -------------------------------------------------------------------------------

    def concern(self, stage: str | None) -> Concern:
        """The owner's concern at a stage. None: logged, not started."""
        return self.keep(("concern", stage), lambda: factories.concern_at(self.world, stage))

    def exchange(self, state: State) -> Exchange:
        """What the owner tells the listener, in a state."""
        return self.keep(("exchange", state), lambda: factories.exchange_at(self.world, state))

    def breach(self, which: str) -> Breach:
        """An entry in the register of the owner's agency: "new", "to report" or "to close"."""
        return self.keep(("breach", which), lambda: self._breach(which))

    def _breach(self, which: str) -> Breach:
        found = factories.breach(self.world)
        decisions = {
            "new": (),
            "to report": (("ICO", True),),
            "to close": (("ICO", False), ("PERSON", False)),
        }
        for about, answer in decisions[which]:
            breach.decide(
                found, by=self.world.school.lead, at=self.world.clock(), about=about, answer=answer, why="So."
            )
        found.refresh_from_db()
        return found

    def action(self, state: ActionState) -> Action:
        """What the listener does, in a state."""
        return self.keep(("action", state), lambda: factories.action_at(self.world, state))

    @property
    def enquiry(self) -> Enquiry:
        """A question of the owner's to the listener."""
        return self.keep(
            "enquiry",
            lambda: factories.enquiry(self.world, self.concern(Stage.ASK), of=self.world.tom),
        )

    @property
    def assumption(self) -> Any:
        """An assumption of the owner's that is not tested yet."""
        return self.keep(
            "assumption",
            lambda: ask.name_assumption(
                factories.the_cycle(self.concern(Stage.ASK)),
                by=self.world.priya,
                at=self.world.clock(),
                text="That somebody told social care.",
            ),
        )

    @property
    def summary(self) -> Exchange:
        """A summary sent to the listener, in time to be answered."""
        return self.keep("summary", lambda: factories.summary_sent(self.world))

    @property
    def late_summary(self) -> Exchange:
        """A summary that the listener has not answered in time."""
        return self.keep("late summary", self._late_summary)

    def _late_summary(self) -> Exchange:
        found = factories.summary_sent(self.world)
        assert found.respond_by is not None
        self.world.clock.jump_to(found.respond_by + timedelta(minutes=1))
        return found

    @property
    def emergency(self) -> Exchange:
        """An urgent disclosure sent from Ask, which left a step out."""
        return self.keep(
            "emergency",
            lambda: factories.sent_in_emergency(
                self.world, factories.concern_at(self.world, Stage.ASK), listener=self.world.tom
            ),
        )

    @property
    def differing(self) -> Disagreement:
        """A disagreement at stage 1 in which both sides have spoken, and nobody holds the risk."""
        return self.keep("differing", lambda: factories.disagreement(self.world))

    @property
    def held(self) -> Disagreement:
        """A disagreement in which somebody holds the risk."""
        return self.keep("held", lambda: factories.held(self.world, factories.disagreement(self.world)))

    @property
    def decided(self) -> Disagreement:
        """A disagreement whose outcome the listener wrote, and the speaker understood."""
        return self.keep("decided", self._decided)

    def _decided(self) -> Disagreement:
        row = factories.disagreement(self.world)
        factories.understood_outcome(self.world, row)
        return factories.again(row)

    @property
    def escalated(self) -> Disagreement:
        """A disagreement that has come to stage 3."""
        return self.keep("escalated", lambda: factories.at_stage(self.world, 3))

    @property
    def deciding(self) -> Concern:
        """A concern at Do, with what the child said and no decision."""
        return self.keep("deciding", self._deciding)

    def _deciding(self) -> Concern:
        concern = factories.concern_at(self.world, Stage.DO)
        factories.view(self.world, concern)
        return concern

    # --- People without an account -----------------------------------------------------------------

    @property
    def officer(self) -> Membership:
        """A housing officer without an account, in the directory of the owner's agency."""
        return self.keep("officer", lambda: outside.officer(self.world))

    @property
    def foreign_officer(self) -> Membership:
        """The same person, in the directory of the listener's agency."""
        return self.keep("foreign officer", lambda: outside.officer(self.world, by=self.world.tom))

    @property
    def by_link(self) -> Exchange:
        """What the owner tells somebody without an account, to whom they read the code out."""
        return self.keep("by link", self._by_link)

    def _by_link(self) -> Exchange:
        other = outside.officer(self.world, full_name="Nell Farrow", email="nell@homes.example")
        return outside.sent(self.world, other, code_by="SPEAKER")

    @property
    def exchange_by_account(self) -> Exchange:
        """What the owner tells somebody who has an account."""
        return self.exchange(State.SENT)

    @property
    def stranger(self) -> Stranger:
        """Somebody who has that link and left word who they are."""
        return self.keep("a stranger", self._stranger)

    def _stranger(self) -> Stranger:
        return Stranger.objects.create(
            link=outside.link_of(self.by_link), name="Ebo Quaye", job_title="Clerk",
            organisation="Harrow Lane Homes", email="ebo@homes.example", at=self.world.clock(),
        )  # fmt: skip

    # --- Corrections ---------------------------------------------------------------------------

    @property
    def flagged(self) -> Action:
        """What the listener does, resting on something that was then corrected."""
        return self.keep("flagged", lambda: correcting.flagged(self.world))

    @property
    def corrected(self) -> Correction:
        """A correction of what the listener was told and has not opened."""
        return self.keep("corrected", lambda: correcting.corrected(self.world, state=State.SENT)[1])

    @property
    def by_hand(self) -> CorrectionTo:
        """A correction that somebody is to be told of by telephone: they were only asked a question."""
        return self.keep("by hand", self._by_hand)

    def _by_hand(self) -> CorrectionTo:
        concern = factories.concern_at(self.world, Stage.ASK)
        factories.enquiry(self.world, concern)
        correction = correcting.withdrawn(self.world, concern)
        assert correction is not None
        return correction.recipients.get()

    @property
    def proposed(self) -> ProposedCorrection:
        """A correction that the listener proposes of what the owner told them."""
        return self.keep("proposed", lambda: correcting.proposed(self.world))

    # --- Agencies ------------------------------------------------------------------------------

    @property
    def newcomer(self) -> Membership:
        """Somebody at the owner's agency who is free to be changed."""
        return self.keep(
            "newcomer",
            lambda: factories.member(
                self.world.school.agency, "Nico Newcomer", manager=self.world.school.lead
            ),
        )

    @property
    def cover(self) -> Deputy:
        """A deputy named for the newcomer."""
        return self.keep("cover", lambda: factories.name_deputy(self.newcomer, self.world.school.colleague))

    @property
    def absence(self) -> Absence:
        """Days on which the newcomer is away."""
        return self.keep("absence", self._absence)

    def _absence(self) -> Absence:
        day = self.world.clock.moment.date()
        return Absence.objects.create(
            member=self.newcomer,
            starts_on=day,
            ends_on=day + timedelta(days=21),  # the scene's clock goes on with everything that is made
            recorded_by=self.world.school.administrator,
            recorded_at=self.world.clock(),
        )

    @property
    def stuck_message(self) -> Message:
        """A notice of the owner's agency that could not be sent."""
        return self.keep("stuck message", self._stuck_message)

    def _stuck_message(self) -> Message:
        sent = self.exchange(State.SENT)
        message = Message.objects.filter(reference=sent.reference).latest("queued_at")
        message.attempt, message.set_aside_at = 8, self.world.clock()
        message.save(update_fields=["attempt", "set_aside_at"])
        return message

    # --- The partnership ------------------------------------------------------------------------

    @property
    def coming_limit(self) -> TimeLimit:
        """A time limit for answers that counts from next month on."""
        return self.keep("coming limit", lambda: self._limit(self.world.partnership))

    @property
    def foreign_limit(self) -> TimeLimit:
        """The same of another partnership."""
        return self.keep("foreign limit", lambda: self._limit(factories.partnership("northmoor", "NM")))

    def _limit(self, partnership: Partnership) -> TimeLimit:
        at = self.world.clock()
        return agencies.set_time_limit(
            partnership, by=None, at=at, key="ANSWER", duration="4 working days", label="LOCAL",
            source="Agreed by the board", effective_from=(at + timedelta(days=40)).date(),
        )  # fmt: skip

    # --- Opening hours --------------------------------------------------------------------------

    @property
    def coming_hours(self) -> OpeningHours:
        """Opening hours of the owner's agency from next month on."""
        return self.keep("coming hours", lambda: self._hours(self.world.school))

    @property
    def foreign_hours(self) -> OpeningHours:
        """The same of the listener's agency."""
        return self.keep("foreign hours", lambda: self._hours(self.world.care))

    def _hours(self, of: factories.Staff) -> OpeningHours:
        day = (self.world.clock.moment + timedelta(days=40)).date()
        return agencies.set_opening_hours(
            of.agency, by=of.administrator, at=self.world.clock(), effective_from=day,
            days=[*5 * ["08:00-16:00"], "", ""],
        )  # fmt: skip

    @property
    def closed_day(self) -> ClosedDay:
        """A day to come on which the owner's agency is closed."""
        school = self.world.school
        return self.keep("closed day", lambda: self._closed(school.agency, school.administrator))

    @property
    def everybodys_closed_day(self) -> ClosedDay:
        """A day to come on which every agency is closed."""
        world = self.world
        return self.keep("everybody's closed day", lambda: self._closed(world.partnership, world.coordinator))

    def _closed(self, whose: Any, by: Membership) -> ClosedDay:
        day = (self.world.clock.moment + timedelta(days=41)).date()
        return agencies.close_on(whose, by=by, at=self.world.clock(), on=day, why="Staff training")

    @property
    def duty_team(self) -> Membership:
        """Who is on duty at an emergency duty team, which stands in for the listener's agency."""
        return self.keep("duty team", lambda: factories.duty_team(self.world))

    def without_a_limit(self) -> dict[str, Any]:
        """Take the last limit of the ladder away. Returns nothing to say in a form."""
        limits = TimeLimit.objects.filter(key="LADDER_4", withdrawn_at__isnull=True)
        self.keep("no limit", lambda: limits.update(withdrawn_at=self.world.clock()))
        return {}


def _built(build: Callable[[Scene], None]) -> Scene:
    scene = Scene()
    build(scene)
    return scene


@contextmanager
def on_stage(build: Callable[[Scene], None]) -> Iterator[Scene]:
    """Build a scene, hold the clock just after it, and take everything back in the end."""
    with transaction.atomic():
        scene = _built(build)
        with time_machine.travel(scene.world.clock(), tick=False):
            scene.cast.sign_in()
            yield scene
        transaction.set_rollback(True)
    assert not connection.in_atomic_block
