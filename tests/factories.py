"""Invented people and agencies, and concerns, exchanges and actions in every state.

Only the bottom rows (agencies, people in them, contact points) are put in place; everything above them
is brought about by the real operations, so that no test rests on a state that cannot be reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from agencies import operations as agencies
from agencies.defaults import SUGGESTED
from agencies.models import Agency, ContactPoint, Deputy, Membership, Partnership, TimeLimit, User
from consent import operations as consent
from consent.models import Basis, SharingDecision, View
from records import operations as records
from records.models import Concern, Person
from sharing import workflow
from sharing.facts import current_cycle
from sharing.links.secrets import new_token, token_hash
from sharing.models import (
    Action,
    Breach,
    Cycle,
    Disagreement,
    Enquiry,
    Exchange,
    Handover,
    Incident,
    Item,
    LadderStage,
    Link,
    LinkToken,
    LinkVisit,
    Outcome,
    Stage,
)
from sharing.operations import (
    actions,
    ask,
    check_back,
    differ,
    disclosure,
    handover,
    ladder,
    links,
    outcome,
    record,
    spoken,
    visits,
)
from sharing.operations import cycle as cycles
from sharing.operations import misdirected as wrongly_sent
from sharing.states import ActionState, State

Row = TypeVar("Row", Exchange, Action, Concern, Cycle, Enquiry, Disagreement, Breach)
MONDAY = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
A_DAY_LONG_AGO = LONG_AGO.date()
PHRASE = "a long pass phrase"

OWN_WORDS: dict[str, Any] = {
    "what_happened": "A new mark on the upper arm that two members of staff looked at this morning.",
    "what_worries_me": "Going home to the same adult tonight, with nobody else there.",
    "what_i_will_do": "Ring the team manager first; sooner if the family turns up early.",
}
OTHER_WORDS: dict[str, Any] = {
    "what_happened": "Two colleagues saw a fresh injury; the explanation given does not fit it.",
    "what_worries_me": "Nobody knows who will be at home this evening.",
    "what_i_will_do": "Visit before school ends; straight away if anybody tries to collect early.",
}

# Somebody at an organisation outside, who has no account.
OUTSIDE: dict[str, Any] = {
    "organisation": "Hillside Counselling",
    "kind": "CHARITY",
    "full_name": "Ruth Adeyemi",
    "job_title": "Counsellor",
    "email": "ruth@hillside.example",
    "how_email_checked": "On their letter of 4 January.",
    "phone": "07700 900123",
    "how_phone_checked": "Rang the office, who gave it.",
}
STRANGER = {
    "name": "Owen Pike",
    "job_title": "Receptionist",
    "organisation": "The Hillside front desk",
    "email": "owen@hillside.example",
}


# What was done about something that reached the wrong person; no breach.
HANDLED: dict[str, Any] = {
    "what_was_done": "Told them to delete the notice, and they did.",
    "contained": "YES",
    "seen": "READ",
    "who_decided": "The data protection officer",
    "is_breach": False,
    "breach_why": "They knew it already.",
}


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


# --- Agencies and people: the bottom rows -----------------------------------------------------------


def partnership(reference: str = "wyrefold", prefix: str = "WF") -> Partnership:
    """Make a partnership with its time limits, or return it where it is there."""
    made, is_new = Partnership.objects.get_or_create(
        reference=reference,
        defaults={"name": f"{reference.title()} Safeguarding Partnership", "prefix": prefix},
    )
    if is_new:
        TimeLimit.objects.bulk_create(
            TimeLimit(
                partnership=made,
                key=key,
                duration=duration,
                source="Invented for the tests",
                effective_from=date(2026, 1, 1),
                set_at=datetime(2026, 1, 1, tzinfo=UTC),
            )
            for key, duration in SUGGESTED.items()
        )
    return made


def agency(reference: str, name: str, kind: str, *, within: Partnership | None = None) -> Agency:
    """Make an agency."""
    return Agency.objects.create(
        partnership=within or partnership(), reference=reference, name=name, kind=kind, area="Wyrefold"
    )


def user(full_name: str, *, domain: str = "people.example") -> User:
    """Make a person who can sign in. The address follows from the name."""
    address = f"{full_name.lower().replace(' ', '.').replace('’', '')}@{domain}"
    made = User(email=address, full_name=full_name)
    made.set_unusable_password()
    made.save()
    return made


def member(
    of: Agency,
    full_name: str,
    role: str = "practitioner",
    *,
    job_title: str = "",
    manager: Membership | None = None,
    person: User | None = None,
    reachable: bool = True,
) -> Membership:
    """Make a person in a role at an agency, with a checked e-mail address unless `reachable` is False."""
    made = Membership.objects.create(
        user=person or user(full_name, domain=f"{of.reference}.example"),
        agency=of,
        role=role,
        job_title=job_title or role.title(),
        manager=manager,
        started_at=LONG_AGO,
    )
    if reachable:
        contact_point(made)
    return made


def contact_point(of: Membership, *, checked: bool = True, address: str = "") -> ContactPoint:
    """Give somebody an e-mail address, checked by themselves unless `checked` is False."""
    return ContactPoint.objects.create(
        agency=of.agency,
        member=of,
        label="Work e-mail",
        kind=ContactPoint.Kind.EMAIL,
        address=address or f"{of.account.email.split('@')[0]}@{of.agency.reference}.example",
        checked_at=LONG_AGO if checked else None,
        checked_by=of if checked else None,
    )


def name_deputy(
    of: Membership, deputy: Membership, *, starts_on: date = A_DAY_LONG_AGO, ends_on: date | None = None
) -> Deputy:
    """Name somebody's deputy, from long ago and without an end unless given."""
    return Deputy.objects.create(
        member=of, deputy=deputy, starts_on=starts_on, ends_on=ends_on, named_by=of, named_at=LONG_AGO
    )


def duty_points(of: Agency, checked_by: Membership, *, phone: str = "01632 960 199") -> None:
    """Give an agency a checked duty inbox and a checked duty phone."""
    for kind, label, address in (("EMAIL", "Duty inbox", f"duty@{of.reference}.example"),
                                 ("PHONE", "Duty desk", phone)):  # fmt: skip
        ContactPoint.objects.create(agency=of, label=label, kind=kind, address=address,
                                    checked_at=LONG_AGO, checked_by=checked_by)  # fmt: skip


def duty_team(world: World, *, stands_in_for: Agency | None = None) -> Membership:
    """Make an emergency duty team that is open all hours, and return who is on duty there.

    It stands in for social care out of hours, unless told otherwise.
    """
    team = agency("emergency-duty", "Wyrefold Emergency Duty Team", "CHILDREN", within=world.partnership)
    lead = member(team, "Hugh Selby", "lead", job_title="Duty team manager")
    on_duty = member(team, "Faye Okoro", job_title="Night social worker", manager=lead)
    administrator = member(team, "Lorna Pike", "administrator")
    duty_points(team, administrator)
    agencies.set_opening_hours(team, by=None, at=LONG_AGO, effective_from=LONG_AGO.date(), always_open=True)
    agencies.name_out_of_hours(
        stands_in_for or world.care.agency, by=None, at=LONG_AGO, duty=Agency.objects.get(pk=team.pk)
    )
    return Membership.objects.with_people().get(pk=on_duty.pk)


def staff(of: Agency, names: Sequence[str], titles: Sequence[str]) -> Staff:
    """Make the people of an agency: names of a lead, two practitioners, an administrator and an auditor."""
    lead = member(of, names[0], "lead", job_title=titles[0])
    return Staff(
        agency=of,
        practitioner=member(of, names[1], job_title=titles[1], manager=lead),
        colleague=member(of, names[2], job_title=titles[1], manager=lead),
        lead=lead,
        administrator=member(of, names[3], "administrator"),
        auditor=member(of, names[4], "auditor"),
    )


def make_world(*, deputies: bool = False) -> World:
    """Make three agencies that work together, a stranger's agency and everybody in them.

    With `deputies`, the colleague is the named deputy of the practitioner in each agency.
    """
    within = partnership()
    school = staff(
        agency("st-wulstans", "St Wulstan’s Primary", "SCHOOL", within=within),
        ["Lena Hollis", "Priya Nair", "Anna Bell", "Ada Quill", "Otto Brand"],
        ["Head teacher", "Designated safeguarding lead"],
    )
    care = staff(
        agency("front-door", "Wyrefold Family Front Door", "CHILDREN", within=within),
        ["Helen Croft", "Tom Ashdown", "Nadia Rahman", "Ivo Marlow", "Greta Stone"],
        ["Team manager", "Duty social worker"],
    )
    gp = staff(
        agency("bridge-street", "Bridge Street Surgery", "GP", within=within),
        ["Rufus Lane", "Amara Osei", "Joanne Tully", "Kit Fenn", "Moira Vale"],
        ["Practice lead", "Doctor"],
    )
    stranger = staff(
        agency("northmoor-homes", "Northmoor Homes", "HOUSING", within=within),
        ["Silas Webb", "Bea Thorne", "Cal Dunmore", "Dot Farrow", "Eli Gant"],
        ["Housing manager", "Housing officer"],
    )
    office = agency("wyrefold-office", "Wyrefold Partnership Office", "PARTNERSHIP", within=within)
    robin = user("Robin Twohats")
    hats = tuple(member(s.agency, "", person=robin, job_title="Link worker") for s in (school, care))
    world = World(
        partnership=within,
        school=school,
        care=care,
        gp=gp,
        stranger=stranger,
        coordinator=member(office, "Cora Marsden", "coordinator"),
        two_hats=(hats[0], hats[1]),
    )
    if deputies:
        for one in (school, care, gp):
            name_deputy(one.practitioner, one.colleague)
    return world


# --- The record and consent -------------------------------------------------------------------------


def child(world: World, *, by: Membership | None = None, **details: Any) -> Person:
    """Record a child at the school."""
    given = {"first_name": "Leo", "last_name": "Marsh", "born_on": date(2019, 9, 3), **details}
    return records.record_person(by=by or world.priya, at=world.clock(), kind="CHILD", **given)


def draft(world: World, *, about: Person | None = None, by: Membership | None = None) -> Concern:
    """Write a concern that is ready to be logged: S1 seen, S2 the child's words, S3 an opinion on S1."""
    by = by or world.priya
    at = world.clock()
    concern = records.start_concern(by=by, at=at, about=about or child(world, by=by))
    seen = records.add_statement(
        concern,
        by=by,
        at=world.clock(),
        kind="FACT_SEEN",
        text="Four small round marks in a row on the left upper arm, three centimetres by two.",
        source="Anna Bell, class teacher",
        happened_at=at - timedelta(minutes=5),
    )
    records.add_statement(
        concern,
        by=by,
        at=world.clock(),
        kind="VOICE",
        voice_of="WORDS",
        is_verbatim=True,
        text="He squeezed me because I was loud.",
        source="Leo, to me, alone",
        happened_at=at - timedelta(minutes=2),
    )
    records.add_statement(
        concern,
        by=by,
        at=world.clock(),
        kind="OPINION",
        text="In my view the marks look like gripping; I am not medically qualified.",
        source=by.full_name,
        happened_note="on seeing the arm",
        rests_on=[seen],
    )
    records.set_voice(concern, by=by, at=world.clock(), status="OBTAINED")
    records.give_worry(concern, by=by, at=world.clock(), level=3, change="FIRST", urgency="HIGH")
    records.set_think_family(concern, by=by, at=world.clock(), anybody_else="A toddler in the same home.")
    concern.refresh_from_db()
    return concern


def logged(world: World, *, about: Person | None = None, by: Membership | None = None) -> Concern:
    """Log a concern of the school's."""
    by = by or world.priya
    concern = draft(world, about=about, by=by)
    return records.log_concern(concern, by=by, at=world.clock())


def lawful_basis(kind: str, code: str) -> Basis:
    """Return a lawful basis from the reference data."""
    return Basis.objects.get(kind=kind, code=code, nation="ENG", effective_to=None)


def main_person(concern: Concern) -> Person:
    """Return the first person whom a concern is about."""
    return concern.subjects.filter(is_main=True).select_related("person").earliest("id").person


def view(
    world: World,
    concern: Concern,
    *,
    about: Person | None = None,
    answer: str = "GIVEN",
    conditions: str = "",
    by: Membership | None = None,
) -> View:
    """Record what somebody said about sharing: the first person whom the concern is about."""
    at = world.clock()
    asked = answer != "NOT_ASKED"
    return consent.record_view(
        concern,
        about or main_person(concern),
        answer=answer,
        conditions=conditions,
        why_not_asked="" if asked else "It would put him at risk today.",
        asked_at=at - timedelta(minutes=1) if asked else None,
        capacity="NOT_COMPETENT",
        by=by or concern.owner,
        at=at,
    )


def decide(
    world: World,
    concern: Concern,
    *,
    about: Person | None = None,
    outcome: str = "SHARE",
    by: Membership | None = None,
) -> SharingDecision:
    """Decide whether to share about somebody, in the concern's current cycle."""
    person = about or main_person(concern)
    latest = View.objects.filter(concern=concern, person=person).last()
    latest = latest or view(world, concern, about=person, by=by)
    at = world.clock()
    shares = outcome != "NOT_SHARE"
    reasons = {
        "necessary": "Nobody else can act tonight.",
        "relevant": "They are on duty.",
        "adequate": "Yes.",
    }
    return consent.decide(
        concern,
        the_cycle(concern).number,
        person,
        outcome=outcome,
        purpose="So that somebody who can act tonight knows.",
        rationale="The risk is today and the social worker can act on it.",
        despite_why="The risk outweighs the wish." if shares and latest.objects_to_sharing else "",
        article_6=lawful_basis("ARTICLE_6", "6(1)(e)") if shares else None,
        informed="NOT_YET",
        not_informed_why="It would put the child at risk.",
        inform_review_at=at + timedelta(days=1),
        principles=reasons if shares else {},
        by=by or concern.owner,
        at=at,
    )


def again_with_people(member: Membership) -> Membership:
    """Read a membership again as it is now, with its agency."""
    return Membership.objects.with_people().get(pk=member.pk)


# --- A concern at a stage ---------------------------------------------------------------------------


def the_cycle(concern: Concern) -> Cycle:
    """Return the concern's current cycle. Raises AssertionError where it has none."""
    found = current_cycle(concern)
    assert found is not None, f"{concern} has not started"
    found.concern = concern
    return found


def move(world: World, concern: Concern, name: str, **more: Any) -> Cycle:
    """Make a move as the owner of the concern."""
    return workflow.move(concern, name, **{"by": concern.owner, "at": world.clock(), **more})


def finish_ask(world: World, concern: Concern) -> None:
    """Supply everything that opens the gate from Ask: somebody involved, an answer, a tested assumption."""
    cycle, by = the_cycle(concern), concern.owner
    ask.list_involvement(cycle, by=by, at=world.clock(), member=world.amara)
    ask.name_assumption(
        cycle, by=by, at=world.clock(), text="That it happened at home.", how_tested="Asked; it did."
    )
    cycles.answer_ask_questions(
        cycle,
        by=by,
        at=world.clock(),
        who_needs_to_know="The duty social worker, today.",
        nobody_else_known=False,
        no_assumptions=False,
        advice_needed=False,
    )
    if cycle.number > 1:
        records.give_worry(
            concern, by=by, at=world.clock(), level=2, change="LESS", cycle_number=cycle.number
        )


def enquiry(
    world: World, concern: Concern, *, of: Membership | None = None, kind: str = "ENQUIRY"
) -> Enquiry:
    """Ask somebody a question about the child, or for advice."""
    return ask.ask(
        the_cycle(concern),
        of=of or world.amara,
        by=concern.owner,
        at=world.clock(),
        told="We are looking into a worry about a pupil on your list.",
        question="Do you work with the family, and are you worried?",
        kind=kind,
    )


def answered(world: World, question: Enquiry, *, by: Membership | None = None) -> Exchange:
    """Answer a question: the answer is sent, and waits to be said back."""
    said = [
        ask.Said(kind="HISTORY", text="Two missed appointments since the autumn, both rebooked."),
        ask.Said(kind="OPINION", text="Quieter than usual when last seen.", is_key=False),
    ]
    return ask.answer(question, by=by or question.asked_of, at=world.clock(), said=said)


def prepared(
    world: World,
    concern: Concern,
    *,
    listener: Membership | None = None,
    speaker: Membership | None = None,
    urgency: str = "HIGH",
    for_information: bool = False,
) -> Exchange:
    """Choose whom to tell and what: S1 and S2 key, S3 held back with a reason."""
    by = speaker or concern.owner
    exchange = disclosure.choose_listener(
        the_cycle(concern),
        listener=listener or world.tom,
        by=by,
        at=world.clock(),
        right_place="The duty desk's number on the partnership's list; they confirmed by phone.",
        for_information=for_information,
        meant=(listener or world.tom).pk,
    )
    return disclosure.choose_items(
        exchange,
        by=by,
        at=world.clock(),
        share=[1, 2],
        key=[1, 2],
        held_back={3: "My opinion adds nothing that they need."},
        why_you="You are on duty for the front door today.",
        what_i_ask="Decide today whether this needs a strategy discussion.",
        urgency=urgency,
    )


def sent(world: World, concern: Concern, **choice: Any) -> Exchange:
    """Send a disclosure from Share."""
    exchange = prepared(world, concern, **choice)
    return dispatched(world, exchange)


def dispatched(world: World, exchange: Exchange, **more: Any) -> Exchange:
    """Send a prepared disclosure, as its speaker, to the very person it was prepared for."""
    return disclosure.send(
        exchange, by=exchange.speaker, at=world.clock(), meant=exchange.listener_id, **more
    )


def received(world: World, exchange: Exchange) -> Exchange:
    """Open an exchange and confirm receipt, as its listener."""
    check_back.open_exchange(exchange, by=exchange.listener, at=world.clock())
    return check_back.receive(exchange, by=exchange.listener, at=world.clock())


def restated(world: World, exchange: Exchange, *, by: Membership | None = None, **words: Any) -> Exchange:
    """Say an exchange back in good words, as its listener."""
    check_back.restate(exchange, by=by or exchange.listener, at=world.clock(), **{**OWN_WORDS, **words})
    return again(exchange)


def call_words(exchange: Exchange, *, at: datetime, **words: Any) -> dict[str, Any]:
    """What somebody types of a call that was made ten minutes before: all of it in order."""
    given = {
        "spoken_with": exchange.listener,
        "number": "01632 960 155",
        "how_checked": "Their switchboard put me through.",
        "called_at": at - timedelta(minutes=10),
        "minutes": 6,
        "what_was_said": "What is written in this item, and that he is still in school.",
        "verdicts": verdicts(exchange),
        "outcome": "CONFIRMED",
        **OWN_WORDS,
    }
    return {**given, **words}


def called(world: World, exchange: Exchange, *, by: Membership | None = None, **words: Any) -> Exchange:
    """Log a call in which an exchange was said back: provisional until it is confirmed in writing."""
    at = world.clock(minutes=15)
    spoken.log_call(exchange, by=by or exchange.speaker, at=at, **call_words(exchange, at=at, **words))
    return again(exchange)


def said(world: World, exchange: Exchange, *, by: Membership | None = None) -> Exchange:
    """Confirm in writing what was typed after a call, as its listener."""
    spoken.confirm_said(exchange, by=by or exchange.listener, at=world.clock())
    return again(exchange)


def verdicts(exchange: Exchange, answer: str = "UNDERSTOOD") -> dict[int, str]:
    """Give one verdict on every key item."""
    keys = Item.objects.filter(exchange=exchange, is_key=True).values_list("number", flat=True)
    return dict.fromkeys(keys, answer)


def corrected(world: World, exchange: Exchange, *, by: Membership | None = None) -> Exchange:
    """Ask for an exchange to be said again, as its speaker."""
    check_back.check(
        exchange,
        by=by or exchange.speaker,
        at=world.clock(),
        outcome="CORRECTED",
        verdicts=verdicts(exchange, "WRONG"),
        note="Say what you understand about the second point.",
    )
    return again(exchange)


def confirmed(world: World, exchange: Exchange, *, by: Membership | None = None) -> Exchange:
    """Confirm what was said back, as the speaker: the exchange is understood."""
    check_back.check(
        exchange,
        by=by or exchange.speaker,
        at=world.clock(),
        outcome="CONFIRMED",
        verdicts=verdicts(exchange),
    )
    return again(exchange)


def understood(world: World, exchange: Exchange) -> Exchange:
    """Bring a sent exchange to understood: received, said back, confirmed."""
    return confirmed(world, restated(world, received(world, exchange)))


def again(row: Row) -> Row:
    """Read a row again as it is now."""
    return type(row)._default_manager.get(pk=row.pk)


def misdirected(world: World, state: State = State.RECEIVED) -> Incident:
    """Send something that reaches the wrong person, who says so."""
    exchange = exchange_at(world, state)
    return check_back.not_mine(exchange, by=exchange.listener, at=world.clock(), note="Not my area.").incident


def breach(world: World, **details: Any) -> Breach:
    """Enter what reached the wrong person in the register of breaches."""
    handled = {**HANDLED, "is_breach": True, "breach_why": "It names a child.", **details}
    incident = wrongly_sent.handle_incident(misdirected(world), by=world.priya, at=world.clock(), **handled)
    return Breach.objects.get(incident=incident)


def concern_at(world: World, stage: str | None, *, about: Person | None = None) -> Concern:
    """Bring a concern of the school's to a stage by the ordinary way. None: logged, not started.

    At SHARE the disclosure to the social worker is prepared and not sent; at RECORD it is understood;
    at CLOSED the summary was confirmed.
    """
    concern = logged(world, about=about)
    if stage is None:
        return concern
    move(world, concern, "start-at-ask")
    if stage == Stage.ASK:
        return concern
    finish_ask(world, concern)
    move(world, concern, "to-do")
    if stage == Stage.DO:
        return concern
    decide(world, concern)
    exchange = prepared(world, concern)
    move(world, concern, "to-share")
    if stage == Stage.SHARE:
        return concern
    understood(world, dispatched(world, exchange))
    move(world, concern, "to-record")
    if stage == Stage.RECORD:
        return concern
    finish_record(world, concern)
    move(world, concern, "close")
    assert stage == Stage.CLOSED, f"There is no stage {stage}"
    return concern


def finish_record(world: World, concern: Concern) -> None:
    """Write the summary and let every party confirm it."""
    cycle = the_cycle(concern)
    record.write_summary(cycle, by=concern.owner, at=world.clock(), decision="A strategy discussion today.")
    for summary in Exchange.objects.filter(cycle=cycle, kind="SUMMARY", superseded_by=None):
        record.answer_summary(summary, by=summary.listener, at=world.clock(), matches=True)


def at_share(world: World, **choice: Any) -> Concern:
    """Log a concern and start it at Share with a decision to share, with nobody chosen yet."""
    concern = logged(world, **choice)
    move(world, concern, "start-at-share", reason="Told by phone already.")
    decide(world, concern)
    return concern


def exchange_at(world: World, state: State, **choice: Any) -> Exchange:
    """Bring an exchange to a state, in a concern of its own."""
    if state in (State.ANSWERED, State.SUPERSEDED):
        return _summary_at(world, state)
    concern = at_share(world)
    exchange = prepared(world, concern, for_information=state == State.FOR_INFORMATION, **choice)
    if state == State.PREPARED:
        return exchange
    exchange = dispatched(world, exchange)
    if state in (State.SENT, State.FOR_INFORMATION):
        return exchange
    if state == State.WITHDRAWN:
        return check_back.withdraw(exchange, by=exchange.speaker, at=world.clock(), why="Wrong child.")
    if state == State.NOT_MINE:
        return check_back.not_mine(exchange, by=exchange.listener, at=world.clock(), note="Not my area.")
    if state == State.OPENED:
        return check_back.open_exchange(exchange, by=exchange.listener, at=world.clock())
    return _received_at(world, received(world, exchange), state)


def _received_at(world: World, exchange: Exchange, state: State) -> Exchange:
    """Bring an exchange that was received to a later state."""
    if state == State.RECEIVED:
        return exchange
    if state == State.SPOKEN:
        return called(world, exchange)
    exchange = restated(world, exchange)
    if state == State.RESTATED:
        return exchange
    if state == State.CORRECTED:
        return corrected(world, exchange)
    assert state == State.UNDERSTOOD, f"There is no state {state}"
    return confirmed(world, exchange)


def sent_in_emergency(world: World, concern: Concern, *, listener: Membership | None = None) -> Exchange:
    """Send an urgent disclosure to the doctor from whichever stage the concern is at."""
    exchange = prepared(world, concern, listener=listener or world.amara)
    return disclosure.send(
        exchange,
        by=exchange.speaker,
        at=world.clock(),
        emergency_reason="They may be collected within the hour.",
    )


def summary_sent(world: World) -> Exchange:
    """Send the social worker the summary of a concern's first cycle."""
    concern = concern_at(world, Stage.RECORD)
    cycle = the_cycle(concern)
    record.write_summary(cycle, by=concern.owner, at=world.clock(), decision="A visit tomorrow.")
    return Exchange.objects.select_related("cycle__concern").get(cycle=cycle, kind="SUMMARY")


def _summary_at(world: World, state: State) -> Exchange:
    """Bring a summary to answered, or to overtaken by a second version."""
    summary = summary_sent(world)
    cycle, concern = summary.cycle, summary.cycle.concern
    if state == State.ANSWERED:
        record.answer_summary(summary, by=summary.listener, at=world.clock(), matches=True)
    else:
        record.write_summary(
            cycle, by=concern.owner, at=world.clock(), decision="A visit today.", what_changed="The day."
        )
    return again(summary)


def propose(
    world: World, exchange: Exchange, *, by: Membership | None = None, owner: Membership | None = None
) -> Action:
    """Propose an action on an exchange: the listener's, proposed by the speaker, unless told otherwise."""
    return actions.propose(
        exchange,
        by=by or exchange.speaker,
        at=world.clock(),
        what="Visit the child at home.",
        owner=owner or exchange.listener,
        by_when="2 working days",
        contingency="Nobody answers the door.",
    )


def action_at(world: World, state: ActionState) -> Action:
    """Bring an action of the social worker's to a state, on an understood exchange."""
    action = propose(world, exchange_at(world, State.UNDERSTOOD))
    owner, other = action.owner, action.other_side
    if state == ActionState.PROPOSED:
        return action
    if state == ActionState.DECLINED:
        return actions.decline(action, by=owner, at=world.clock(), why="The health visitor goes tomorrow.")
    if state == ActionState.WITHDRAWN:
        return actions.withdraw_action(action, by=other, at=world.clock(), why="Not needed any more.")
    actions.accept(action, by=owner, at=world.clock())
    if state == ActionState.AGREED:
        return again(action)
    at = world.clock()
    actions.report(action, by=owner, at=at, what_happened="Seen, safe, with an aunt.", done_at=at)
    if state == ActionState.REPORTED:
        return again(action)
    assert state == ActionState.DONE, f"There is no state {state}"
    return actions.check_report(action, by=other, at=world.clock(), is_done=True)


# --- People without an account ----------------------------------------------------------------------


def outside(world: World, *, by: Membership | None = None, **details: Any) -> Membership:
    """Add somebody without an account to the school's directory."""
    return agencies.add_outside(by=by or world.priya, at=world.clock(), **{**OUTSIDE, **details})


def exchange_outside(world: World, *, listener: Membership | None = None) -> Exchange:
    """Send a disclosure to somebody without an account."""
    return sent(world, at_share(world), listener=listener or outside(world))


def link(world: World, exchange: Exchange | None = None, *, code_by: str = "TEXT") -> Link:
    """Return the link of an exchange with somebody without an account, whichever way its code goes."""
    exchange = exchange or exchange_outside(world)
    Link.objects.filter(exchange=exchange).update(code_by=code_by)
    return link_of(exchange)


def link_of(exchange: Exchange) -> Link:
    """Read the link of an exchange with somebody without an account."""
    return Link.objects.select_related("exchange__cycle__concern", "member__agency").get(exchange=exchange)


def token(world: World, of: Link) -> str:
    """Put a new address for a link in place, as sending a notice does, and return its token."""
    new, at = new_token(), world.clock()
    LinkToken.objects.create(
        link=of, hash=token_hash(new), message_id=uuid4(), made_at=at, ends_at=of.ends_at
    )
    return new


def code(world: World, of: Link) -> str:
    """Read a code out, whichever way the codes of a link go, and return it."""
    usual = of.code_by
    Link.objects.filter(pk=of.pk).update(code_by="SPEAKER")
    made = links.read_out_code(of.exchange, by=links.speaker_of(of), at=world.clock())
    Link.objects.filter(pk=of.pk).update(code_by=usual)
    return made


def visit(world: World, of: Link | None = None) -> LinkVisit:
    """Begin a visit with the right code."""
    of = of or link(world)
    return visits.enter_code(of, code(world, of), at=world.clock(), address=None)


# --- Handing over -----------------------------------------------------------------------------------


def handed_over(
    world: World,
    concern: Concern,
    *,
    leaver: Membership,
    successor: Membership,
    by: Membership | None = None,
    note: str = "",
) -> Handover:
    """Hand over somebody's part in a concern to a colleague, as themselves unless told otherwise."""
    return handover.hand_over(
        concern, leaver=leaver, successor=successor, by=by or leaver, at=world.clock(), note=note
    )


def taken_over(
    world: World,
    concern: Concern,
    *,
    leaver: Membership,
    successor: Membership,
    by: Membership | None = None,
) -> Handover:
    """Hand over somebody's part, said back by the successor and confirmed: the work has passed on."""
    row = handed_over(world, concern, leaver=leaver, successor=successor, by=by)
    assert row.exchange is not None
    understood(world, row.exchange)
    return Handover.objects.get(pk=row.pk)


# --- Disagreements ----------------------------------------------------------------------------------


def disagreement(
    world: World, exchange: Exchange | None = None, *, both: bool = True, about: str = "RISK"
) -> Disagreement:
    """Let the listener disagree with something understood and, unless told otherwise, the speaker answer."""
    exchange = exchange or exchange_at(world, State.UNDERSTOOD)
    row = differ.open_disagreement(
        exchange, by=exchange.listener, at=world.clock(), about=about, words="Lower than that."
    )
    if both:
        differ.add_position(row, by=exchange.speaker, at=world.clock(), words="It is higher than that.")
    return again(row)


def held(world: World, row: Disagreement, *, by: Membership | None = None) -> Disagreement:
    """Let the listener hold the risk at the present stage."""
    listener = row.exchange.listener
    ladder.name_risk_holder(
        row,
        by=by or listener,
        at=world.clock(),
        person=listener,
        meanwhile="I ring the family every morning.",
    )
    return again(row)


def at_stage(world: World, number: int, row: Disagreement | None = None) -> Disagreement:
    """Bring a disagreement to a stage by the ordinary way, each before its limit."""
    row = row or disagreement(world)
    for stage in range(row.stages.count() + 1, number + 1):
        held(world, row)
        ladder.open_stage(
            row, by=row.exchange.speaker, at=world.clock(), number=stage, why="It cannot wait any longer."
        )
    return again(row)


def current_stage(row: Disagreement) -> LadderStage:
    """Read the stage that a disagreement is at."""
    return LadderStage.objects.filter(disagreement=row).latest("number")


def decided(world: World, row: Disagreement, *, by: Membership | None = None) -> Outcome:
    """Write the outcome of the present stage, as the listener, with somebody who holds the risk."""
    if not current_stage(row).risk_holders.exists():
        held(world, row)
    return outcome.write_outcome(
        row,
        by=by or row.exchange.listener,
        at=world.clock(),
        what_was_decided="We visit together on Thursday.",
        why="Neither of us has seen him at home.",
        who_does_what="Tom rings the family today and books it.",
    )


def understood_outcome(world: World, row: Disagreement, *, by: Membership | None = None) -> Outcome:
    """Write the outcome and let everybody it went to say it back and be confirmed."""
    outcome = decided(world, row, by=by)
    for copy in outcome.exchanges.all():
        understood(world, copy)
    return outcome


def settled(world: World, row: Disagreement | None = None) -> Disagreement:
    """Bring a disagreement to its end: the listener decides, the speaker understands and closes it."""
    row = row or disagreement(world)
    understood_outcome(world, row)
    return outcome.close(row, by=row.exchange.speaker, at=world.clock())
