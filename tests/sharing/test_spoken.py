"""The telephone: what was typed for somebody settles nothing until they confirm it in writing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agencies.models import ContactPoint, Membership
from agencies.refusals import Refused
from audit.models import Event
from notifications.models import Message
from sharing import summaries, timeline, workflow
from sharing.models import Exchange, Obligation, Round, SkippedStep, SpokenAnswer, SpokenCall, Stage, Verdict
from sharing.operations import check_back, spoken
from sharing.operations.disclosure import WrongStage
from sharing.rules import AnotherPersonMustCheck, NearCopy, NotInYourWords, NotYourTurn
from sharing.rules.spoken import NoSuchCall, NumberNotChecked
from sharing.states import State, state_of
from sharing.workflow import GateClosed
from tests import factories
from tests.factories import OTHER_WORDS, World
from tests.rows import nothing_changes

pytestmark = pytest.mark.django_db


def log(world: World, exchange: Exchange, *, by: Membership | None = None, **words: Any) -> SpokenCall:
    at = words.pop("at", None) or world.clock(minutes=15)
    given = factories.call_words(exchange, at=at, **words)
    return spoken.log_call(exchange, by=by or exchange.speaker, at=at, **given)


def state(exchange: Exchange) -> State:
    last = Round.objects.filter(exchange=exchange).order_by("-number").values_list("outcome", flat=True)
    return state_of(factories.again(exchange), last_outcome=last.first())


def waits(exchange: Exchange) -> list[tuple[str, Membership]]:
    rows = Obligation.objects.filter(reference=exchange.reference, settled_at__isnull=True)
    return [(row.kind, row.owner) for row in rows.select_related("owner")]


def duty_phone(world: World) -> ContactPoint:
    factories.duty_points(world.care.agency, world.care.administrator, phone="01632 960 101")
    return ContactPoint.objects.get(agency=world.care.agency, kind="PHONE")


# --- Logging a call ------------------------------------------------------------------------------


def test_a_call_sends_what_was_prepared_and_is_received_at_the_time_of_the_call(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    call = log(world, exchange)
    exchange = factories.again(exchange)
    assert exchange.sent_at == call.typed_at
    assert (exchange.received_at, exchange.received_by) == (call.called_at, world.tom)
    assert exchange.opened_at == call.called_at
    assert exchange.understood_at is None
    assert state(exchange) == State.SPOKEN


def test_the_words_are_the_listeners_typed_by_another_and_provisional(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    call = log(world, exchange)
    typed = Round.objects.get(exchange=exchange)
    assert (typed.restated_by, typed.typed_by) == (world.tom, world.priya)
    assert typed.restated_at == call.called_at
    assert typed.outcome == Round.Outcome.SPOKEN
    assert typed.checked_at is None
    assert Verdict.objects.filter(round=typed).count() == 2
    assert waits(exchange) == [("CONFIRM_SPOKEN", world.tom)]


def test_an_urgent_call_goes_ahead_of_its_stage_and_leaves_the_skipped_steps(world: World) -> None:
    concern = factories.concern_at(world, Stage.ASK)
    exchange = factories.prepared(world, concern, listener=world.tom)
    with nothing_changes(), pytest.raises(WrongStage):
        log(world, exchange)
    log(world, exchange, emergency_reason="They are on their way to fetch him.")
    exchange = factories.again(exchange)
    assert exchange.urgency == "URGENT"
    assert state(exchange) == State.SPOKEN
    assert set(SkippedStep.objects.values_list("step", flat=True)) == {"ASK", "DECISION"}


def test_the_one_notice_asks_to_confirm_and_says_nothing_personal(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    log(world, exchange)
    message = Message.objects.get(reference=exchange.reference)
    assert (message.kind, message.to_member_id) == (Message.Kind.SPOKEN, world.tom.pk)
    assert message.priority == Message.Priority.URGENT


def test_the_timeline_says_when_the_call_was_and_when_it_was_written_down(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    call = log(world, exchange)
    event = Event.objects.get(verb="sharing.exchange.spoken")
    assert timeline.happened_at(event) == call.called_at
    assert timeline.in_words(event).endswith("not yet confirmed in writing")
    assert "squeez" not in str(event.data)


@pytest.mark.parametrize(
    ("words", "refusal", "says"),
    [
        ({"later": 1}, NoSuchCall, "has not come yet"),
        ({"later": -8 * 24 * 60}, NoSuchCall, "more than 7 days ago"),
        ({"minutes": 0}, NoSuchCall, "from 1 to 600"),
        ({"minutes": 601}, NoSuchCall, "from 1 to 600"),
        ({"number": " "}, NumberNotChecked, "Write the number"),
        ({"how_checked": " "}, NumberNotChecked, "Say how you checked it"),
        ({"what_was_said": " "}, Refused, "what you told"),
        ({"what_worries_me": ""}, NotInYourWords, "not written down yet"),
        ({"what_happened": "Noted, thanks."}, NotInYourWords, "that they got it"),
        ({"outcome": "MAYBE"}, Refused, "Choose whether"),
        ({"outcome": "CORRECTED"}, Refused, "Write what should be said again"),
        ({"verdicts": {1: "UNDERSTOOD"}}, Refused, "Say whether item 2 was understood"),
        ({"verdicts": {1: "UNDERSTOOD", 2: "MISSING"}}, Refused, "cannot be confirmed"),
    ],
)
def test_a_call_that_cannot_be_is_refused_and_nothing_is_sent(
    world: World, words: dict[str, Any], refusal: type[Refused], says: str
) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    at = world.clock(minutes=15)
    given = dict(words)
    if "later" in given:
        given["called_at"] = at + timedelta(minutes=given.pop("later"))
    with nothing_changes(), pytest.raises(refusal) as refused:
        log(world, exchange, at=at, **given)
    assert says in " ".join(refused.value.sentences)


def test_a_number_of_the_directory_needs_no_further_word(world: World) -> None:
    point = duty_phone(world)
    call = log(world, factories.exchange_at(world, State.SENT), point=point, number="", how_checked="")
    assert (call.number, call.point, call.how_checked) == ("01632 960 101", point, "")


def test_a_number_that_is_not_checked_any_more_or_not_theirs_is_refused(world: World) -> None:
    point = duty_phone(world)
    exchange = factories.exchange_at(world, State.SENT)
    ContactPoint.objects.filter(pk=point.pk).update(checked_at=None, checked_by=None)
    with nothing_changes(), pytest.raises(NumberNotChecked, match="not marked as checked"):
        log(world, exchange, point=ContactPoint.objects.get(pk=point.pk))
    factories.duty_points(world.gp.agency, world.gp.administrator, phone="01632 960 300")
    other = ContactPoint.objects.get(agency=world.gp.agency, kind="PHONE")
    with nothing_changes(), pytest.raises(NumberNotChecked, match="another agency"):
        log(world, exchange, point=other)


def test_a_read_back_in_the_speakers_own_wording_is_written_down_knowingly_only(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    copied = " ".join(exchange.items.values_list("text", flat=True))
    with nothing_changes(), pytest.raises(NearCopy, match="your own wording"):
        log(world, exchange, what_happened=copied, what_worries_me=copied)
    log(world, exchange, what_happened=copied, what_worries_me=copied, knowingly_a_copy=True)
    assert Round.objects.get().similarity >= 60


def test_only_what_the_listener_or_their_deputy_said_counts(world_with_deputies: World) -> None:
    world = world_with_deputies
    exchange = factories.exchange_at(world, State.SENT)
    with nothing_changes(), pytest.raises(NotYourTurn, match="Only what Tom Ashdown"):
        log(world, exchange, spoken_with=world.care.lead)
    log(world, exchange, spoken_with=world.care.colleague)
    assert waits(exchange) == [("CONFIRM_SPOKEN", world.care.colleague)]


def test_only_the_speaker_or_their_deputy_logs_it(world_with_deputies: World) -> None:
    world = world_with_deputies
    exchange = factories.exchange_at(world, State.SENT)
    for by in (world.tom, world.care.colleague, world.school.lead, world.amara):
        with nothing_changes(), pytest.raises(NotYourTurn):
            log(world, exchange, by=by)
    log(world, exchange, by=world.school.colleague)


@pytest.mark.parametrize(
    "there",
    [s for s in State if s not in spoken.CAN_BE_CALLED],
)
def test_no_call_is_logged_once_it_is_said_back_or_over(world: World, there: State) -> None:
    exchange = factories.exchange_at(world, there)
    with nothing_changes(), pytest.raises(Refused):
        log(world, exchange)


@pytest.mark.parametrize("there", [State.SENT, State.OPENED, State.RECEIVED, State.CORRECTED])
def test_a_call_is_logged_about_whatever_waits_for_the_listener(world: World, there: State) -> None:
    exchange = factories.exchange_at(world, there)
    log(world, exchange)
    assert state(exchange) == State.SPOKEN


# --- Provisional ---------------------------------------------------------------------------------


def test_what_is_provisional_opens_no_gate(world: World) -> None:
    concern = factories.concern_at(world, Stage.SHARE)
    exchange = Exchange.objects.get(cycle__concern=concern, kind="DISCLOSURE")
    log(world, exchange)
    with pytest.raises(GateClosed) as closed:
        workflow.move(concern, "to-record", by=world.priya, at=world.clock())
    assert any("has not confirmed in writing" in sentence for sentence in closed.value.sentences)


def test_the_speaker_cannot_check_it_as_if_it_were_written(world: World) -> None:
    exchange = factories.exchange_at(world, State.SPOKEN)
    with nothing_changes(), pytest.raises(NotYourTurn):
        check_back.check(
            exchange, by=world.priya, at=world.clock(), outcome="CONFIRMED",
            verdicts=factories.verdicts(exchange),
        )  # fmt: skip


def test_no_action_that_rests_on_it_is_taken_on(world: World) -> None:
    exchange = factories.exchange_at(world, State.SPOKEN)
    factories.propose(world, exchange)
    assert waits(exchange) == [("CONFIRM_SPOKEN", world.tom)]


def test_it_is_labelled_in_the_summary(world: World) -> None:
    exchange = factories.exchange_at(world, State.SPOKEN)
    cycle = exchange.cycle
    text = str(summaries.whole(cycle))
    assert "Typed by Priya Nair after a call, and not yet confirmed in writing:" in text
    factories.said(world, exchange)
    assert "Typed by Priya Nair after a call, and confirmed in writing." in str(summaries.whole(cycle))


# --- Confirmed in writing --------------------------------------------------------------------------


def test_confirmed_in_writing_it_is_understood_by_what_the_speaker_said_in_the_call(world: World) -> None:
    exchange = factories.exchange_at(world, State.SPOKEN)
    call = SpokenCall.objects.get()
    exchange = factories.said(world, exchange)
    typed = Round.objects.get()
    assert exchange.understood_at == typed.checked_at == SpokenAnswer.objects.get().at
    assert exchange.understood_by == typed.checked_by == call.typed_by == world.priya
    assert typed.restated_by == world.tom
    assert state(exchange) == State.UNDERSTOOD
    told = Message.objects.filter(to_member_id=world.priya.pk).order_by("queued_at")
    kinds = list(told.values_list("kind", flat=True))
    assert kinds[-1] == Message.Kind.UNDERSTOOD
    assert [kind for kind, _ in waits(exchange)] == ["AGREE"]


def test_what_was_missing_on_the_telephone_is_to_be_said_again(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    log(
        world, exchange, outcome="CORRECTED", note="You did not say who fetches him.",
        verdicts={1: "UNDERSTOOD", 2: "MISSING"},
    )  # fmt: skip
    exchange = factories.said(world, exchange)
    assert state(exchange) == State.CORRECTED
    assert exchange.understood_at is None
    assert waits(exchange) == [("SAY_AGAIN", world.tom)]


def test_nobody_but_whoever_said_it_confirms_it(world_with_deputies: World) -> None:
    world = world_with_deputies
    exchange = factories.exchange_at(world, State.SPOKEN)
    for by in (world.priya, world.school.colleague, world.care.lead, world.care.colleague, world.amara):
        with nothing_changes(), pytest.raises((NotYourTurn, AnotherPersonMustCheck)):
            spoken.confirm_said(exchange, by=by, at=world.clock())


def test_confirmed_twice_is_refused(world: World) -> None:
    exchange = factories.exchange_at(world, State.SPOKEN)
    factories.said(world, exchange)
    with nothing_changes(), pytest.raises(NotYourTurn):
        spoken.confirm_said(exchange, by=world.tom, at=world.clock())


# --- Said differently -------------------------------------------------------------------------------


def test_said_differently_it_is_an_ordinary_restatement_and_the_typed_words_stay(world: World) -> None:
    exchange = factories.exchange_at(world, State.SPOKEN)
    before = Round.objects.get().what_happened
    spoken.say_differently(exchange, by=world.tom, at=world.clock(), **OTHER_WORDS)
    typed, own = Round.objects.order_by("number")
    assert (typed.outcome, typed.what_happened) == (Round.Outcome.NOT_SAID, before)
    assert (own.outcome, own.typed_by, own.restated_by) == (Round.Outcome.OPEN, None, world.tom)
    assert waits(exchange) == [("CHECK", world.priya)]
    assert state(factories.confirmed(world, exchange)) == State.UNDERSTOOD


def test_said_differently_has_to_say_something(world: World) -> None:
    exchange = factories.exchange_at(world, State.SPOKEN)
    with nothing_changes(), pytest.raises(NotInYourWords):
        spoken.say_differently(
            exchange, by=world.tom, at=world.clock(), **{**OTHER_WORDS, "what_i_will_do": "OK"}
        )


def test_the_listeners_deputy_may_say_it_back_instead(world_with_deputies: World) -> None:
    world = world_with_deputies
    exchange = factories.exchange_at(world, State.SPOKEN)
    spoken.say_differently(exchange, by=world.care.colleague, at=world.clock(), **OTHER_WORDS)
    assert state(exchange) == State.RESTATED


def test_whoever_had_no_such_call_sends_it_back_as_not_theirs(world: World) -> None:
    exchange = factories.exchange_at(world, State.SPOKEN)
    check_back.not_mine(exchange, by=world.tom, at=world.clock(), note="Nobody rang me.")
    assert state(exchange) == State.NOT_MINE
    with nothing_changes(), pytest.raises(NotYourTurn):
        spoken.confirm_said(exchange, by=world.tom, at=world.clock())


def test_what_was_withdrawn_after_a_call_is_not_confirmed_and_was_seen(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    log(world, exchange)
    exchange = check_back.withdraw(exchange, by=world.priya, at=world.clock(), why="Wrong child.")
    assert exchange.seen_before_withdrawal
    with nothing_changes(), pytest.raises(NotYourTurn):
        spoken.confirm_said(exchange, by=world.tom, at=world.clock())


# --- To the duty team at night ----------------------------------------------------------------------


def test_a_call_at_night_to_the_duty_team_is_confirmed_within_24_hours_of_it(world: World) -> None:
    faye = factories.duty_team(world)
    concern = factories.at_share(world)
    exchange = factories.prepared(world, concern, listener=faye, urgency="URGENT")
    night = world.clock.moment.replace(hour=22, minute=10)
    world.clock.jump_to(night)
    log(world, exchange, at=night)
    row = Obligation.objects.get(reference=exchange.reference, settled_at__isnull=True)
    assert row.due_at == night + timedelta(hours=24)
    assert row.is_urgent
    assert timezone.localtime(factories.again(exchange).respond_by).strftime("%H:%M") == "02:10"
