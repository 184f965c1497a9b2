"""The main pages of the service, each with somebody who uses it and something on it."""

from __future__ import annotations

from datetime import timedelta

from agencies.models import Membership
from records import operations as records
from records.models import Concern, Person
from sharing.models import Exchange, Obligation
from sharing.states import ActionState, State
from tests import factories
from tests.factories import World

FOR_EVERYBODY = ["/accounts/login/", "/help/", "/accessibility/", "/privacy/"]
SPEAKERS_STATES = (State.SENT, State.RECEIVED, State.RESTATED, State.CORRECTED, State.UNDERSTOOD)
LISTENERS_STATES = (State.SENT, State.OPENED, State.RECEIVED, State.CORRECTED, State.UNDERSTOOD)
STAGES = (None, "ASK", "DO", "SHARE", "RECORD", "CLOSED")
ACTIONS = (ActionState.PROPOSED, ActionState.AGREED, ActionState.REPORTED)


def main_pages(world: World) -> dict[Membership, list[str]]:
    """Bring the world to a state in which every page has something to show. Returns who looks at what."""
    school = world.school
    return {
        world.priya: [*speakers_pages(world), *concerns_pages(world), *drafts_pages(world)],
        world.tom: [*listeners_pages(world), "/"],
        school.lead: [
            "/",
            *leads_pages(world),
            "/learning/",
            "/notices/not-delivered/",
            "/hand-over/people/",
            f"/hand-over/{world.priya.pk}/",
            "/cover/",
        ],
        school.administrator: [
            "/team/",
            f"/team/{school.practitioner.pk}/",
            f"/team/{school.practitioner.pk}/end/",
            f"/cover/{school.practitioner.pk}/",
            "/contact-points/",
        ],
        school.auditor: ["/audit/events/", "/audit/access/", "/audit/seals/"],
        world.coordinator: [
            "/learning/",
            "/partnership/",
            "/partnership/time-limits/",
            "/partnership/time-limits/answer/",
        ],
    }


def speakers_pages(world: World) -> list[str]:
    shown = {state: f"/exchanges/{factories.exchange_at(world, state)}/" for state in SPEAKERS_STATES}
    return [*shown.values(), f"{shown[State.RECEIVED]}withdraw/", f"{shown[State.RESTATED]}check/"]


def listeners_pages(world: World) -> list[str]:
    shown = {state: f"/exchanges/{factories.exchange_at(world, state)}/" for state in LISTENERS_STATES}
    steps = [f"{shown[State.RECEIVED]}{step}/" for step in ("restate", "not-mine", "actions/new")]
    actions = [f"/actions/{factories.action_at(world, state).reference}/" for state in ACTIONS]
    return [*shown.values(), *steps, f"{shown[State.UNDERSTOOD]}agreement/", *actions]


def leads_pages(world: World) -> list[str]:
    """The list, what was recorded late, and naming who acts for somebody."""
    concern = factories.logged(world)
    records.add_statement(
        concern,
        by=world.priya,
        at=world.clock(),
        kind="FACT_SEEN",
        text="A bruise on the shin.",
        source="I did",
        happened_at=world.clock.moment - timedelta(days=3),
    )
    mine = Obligation.objects.get(
        reference=factories.exchange_at(world, State.RESTATED).reference, settled_at=None
    )
    return [
        "/lead/",
        "/lead/?turn=ours&sort=newest",
        "/lead/?show=written-late",
        f"/lead/{mine.pk}/take-over/",
    ]


def concerns_pages(world: World) -> list[str]:
    """Bring a concern to each stage. Returns its pages, and those that belong to the stage."""
    at = {
        stage: factories.concern_at(world, stage)
        for stage in (None, "ASK", "DO", "SHARE", "RECORD", "CLOSED")
    }
    pages = [f"{of(concern)}{page}" for concern in at.values() for page in ("", "timeline/")]
    question = factories.enquiry(world, at["ASK"])
    exchange = Exchange.objects.get(cycle__concern=at["SHARE"])
    return [
        *pages,
        f"{of(at[None])}start/",
        f"{of(at['ASK'])}ask/",
        f"{of(at['ASK'])}move/to-do/",
        f"/enquiries/{question.reference}/",
        f"{of(at['DO'])}do/",
        f"{of(at['DO'])}cycle/1/sharing-decision/",
        *(f"/exchanges/{exchange.reference}/{page}/" for page in ("prepare", "preview", "send")),
        f"{of(at['RECORD'])}summary/",
    ]


def drafts_pages(world: World) -> list[str]:
    draft = factories.draft(world)
    steps = ("draft", "about", "statements", "voice", "worry", "family", "check")
    person = Person.objects.earliest("pk").reference
    lists = ["/", "/concerns/", "/people/", "/directory/", "/notices/"]
    return [*(f"{of(draft)}{step}/" for step in steps), *lists, "/concerns/new/", f"/people/{person}/"]


def of(concern: Concern) -> str:
    return f"/concerns/{concern.reference}/"
