"""Every page with a time limit says how it is counted, and each day that was skipped, to whoever asks."""

import html
from datetime import datetime

from agencies import operations as agencies
from agencies.models import Agency, Membership, TimeLimit
from sharing.models import Exchange, Obligation
from sharing.operations import actions
from sharing.operations.obligations import follow
from sharing.states import State
from sharing.waiting.chasing import chased, turn_of
from sharing.waiting.counted import Counted, action_counted, enquiry_counted, exchange_counted
from tests import factories
from tests.factories import World
from tests.signing_in import SignedIn

THURSDAY = datetime.fromisoformat("2027-03-25T15:00:00+00:00")
EASTER = (
    "Friday 26 March 2027 does not count: it is a bank holiday in England (Good Friday).",
    "Saturday 27 March 2027 does not count: it is a weekend.",
    "Sunday 28 March 2027 does not count: it is a weekend.",
    "Monday 29 March 2027 does not count: it is a bank holiday in England (Easter Monday).",
)


def set_limit(world: World, key: str, duration: str) -> None:
    at = world.clock()
    agencies.set_time_limit(
        world.partnership,
        by=world.coordinator,
        at=at,
        key=key,
        duration=duration,
        label="GUIDANCE",
        source="Agreed by the board",
        effective_from=at.date(),
    )


def sent_before_easter(world: World) -> Exchange:
    """Tell the social worker something of high urgency, on the Thursday afternoon."""
    concern = factories.at_share(world)
    world.clock.jump_to(THURSDAY)
    return factories.sent(world, concern)


def page_of(signed_in: SignedIn, member: Membership, path: str) -> str:
    return html.unescape(signed_in(member).get(path).content.decode())


def counted_now(exchange: Exchange) -> Counted | None:
    """How the limit of whoever has the turn was counted, if anybody has."""
    turn = turn_of(exchange, chased(exchange.reference))
    return exchange_counted(exchange, turn) if turn else None


def test_exchange_says_each_day_skipped_and_where_its_limit_comes_from(world: World) -> None:
    exchange = sent_before_easter(world)
    counted = counted_now(exchange)
    assert exchange.respond_by == datetime.fromisoformat("2027-03-30T17:00+01:00")
    assert counted is not None
    assert counted.why == EASTER
    assert (counted.limit, counted.start) == ("1 working day", exchange.sent_at)
    assert counted.policy is not None
    assert counted.policy.source == "Invented for the tests"
    assert counted.sentence == (
        "The limit is counted in the working days of Wyrefold Family Front Door: "
        "they end when it closes, and days on which it is closed do not count."
    )


def test_urgent_exchange_says_that_nights_and_weekends_count(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT, urgency="URGENT")
    counted = counted_now(exchange)
    assert counted is not None
    assert (
        counted.sentence == "The limit is counted in clock hours: nights, weekends and bank holidays count."
    )
    assert (counted.limit, counted.why, counted.skips_days) == ("4 hours", (), False)


def test_it_is_counted_by_what_was_known_when_it_was_sent(world: World) -> None:
    exchange = sent_before_easter(world)
    set_limit(world, "CHECK_BACK_HIGH", "5 working days")
    counted = counted_now(exchange)
    assert counted is not None
    assert (counted.limit, counted.why) == ("1 working day", EASTER)


def test_nothing_is_said_where_it_would_be_wrong(world: World) -> None:
    exchange = sent_before_easter(world)
    Agency.objects.filter(pk=world.care.agency.pk).update(region="SCT")  # Easter Monday is worked there
    assert counted_now(exchange) is None
    assert counted_now(factories.exchange_at(world, State.PREPARED)) is None


def test_limit_is_counted_in_the_nation_and_zone_of_whoever_receives(world: World) -> None:
    """Scotland works on Easter Monday; clocks in Gibraltar are an hour ahead, so 16:30 is too late."""
    Agency.objects.filter(pk=world.care.agency.pk).update(region="SCT")
    concern = factories.at_share(world)
    world.clock.jump_to(THURSDAY)
    to_scotland = factories.sent(world, concern, listener=Membership.objects.get(pk=world.tom.pk))
    assert to_scotland.respond_by == datetime.fromisoformat("2027-03-29T17:00+01:00")
    Agency.objects.filter(pk=world.care.agency.pk).update(region="ENG", zone="Europe/Gibraltar")
    concern = factories.at_share(world)
    world.clock.jump_to(datetime.fromisoformat("2027-04-01T15:30:00+00:00"))
    to_gibraltar = factories.sent(world, concern, listener=Membership.objects.get(pk=world.tom.pk))
    assert to_gibraltar.respond_by == datetime.fromisoformat("2027-04-05T17:00+02:00")
    counted = counted_now(to_gibraltar)
    assert counted is not None
    assert counted.why[0] == "Thursday 1 April 2027 does not count: 17:00 had passed."


def test_question_says_how_the_limit_for_its_answer_was_counted(world: World) -> None:
    concern = factories.concern_at(world, "ASK")
    world.clock.jump_to(THURSDAY)
    counted = enquiry_counted(factories.enquiry(world, concern))
    assert counted is not None
    assert (counted.limit, counted.why) == ("2 working days", EASTER)
    assert "Bridge Street Surgery" in counted.sentence


def test_action_says_what_was_kept_when_it_was_proposed(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    world.clock.jump_to(THURSDAY)
    counted = action_counted(factories.propose(world, exchange))
    assert (counted.limit, counted.why) == ("2 working days", EASTER)
    by_the_clock = actions.propose(
        exchange,
        by=world.priya,
        at=world.clock(),
        what="Ring the family.",
        owner=world.tom,
        by_when="by 12:00 tomorrow",
        contingency="Nobody answers.",
    )
    counted = action_counted(by_the_clock)
    assert counted.sentence == "The limit is a time on a day, by the clock at Wyrefold Family Front Door."
    assert counted.why == (
        "Friday 26 March 2027 is not a working day, and a time on a named day is kept all the same.",
    )


def test_pages_of_both_sides_show_it(world: World, signed_in: SignedIn) -> None:
    concern = factories.concern_at(world, "ASK")
    understood = factories.exchange_at(world, State.UNDERSTOOD)
    exchange = sent_before_easter(world)
    action = factories.propose(world, understood)
    question = factories.enquiry(world, concern)
    seen = {
        f"/exchanges/{exchange.reference}/": (world.priya, world.tom),
        f"/actions/{action.reference}/": (world.priya, world.tom),
        f"/enquiries/{question.reference}/": (world.priya, world.amara),
    }
    for path, people in seen.items():
        for member in people:
            page = page_of(signed_in, member, path)
            assert "The limit is counted in the working days of" in page, path
            assert "How this was counted" in page, path
            assert all(sentence in page for sentence in EASTER), path


def test_home_says_the_rule_where_something_has_a_limit(world: World, signed_in: SignedIn) -> None:
    rule = "counts as received at 09:00 on the next working day"
    assert rule not in page_of(signed_in, world.tom, "/")
    sent_before_easter(world)
    assert rule in page_of(signed_in, world.tom, "/")


def test_what_was_given_never_moves_when_a_limit_is_changed_the_same_day(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    wait = Obligation.objects.get(key=f"agree:{exchange.pk}")
    for key in TimeLimit.Key:
        set_limit(world, key, "9 working days")
    follow(exchange, at=world.clock())
    after = Obligation.objects.get(key=f"agree:{exchange.pk}")
    assert (after.due_at, after.version) == (wait.due_at, wait.version)
    assert {r.send_at for r in after.reminders.all()} == {r.send_at for r in wait.reminders.all()}
