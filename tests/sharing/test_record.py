"""Record: the summary that writes itself, each party's part of it, and their answers."""

from __future__ import annotations

import pytest

from agencies.refusals import OutOfDate, Refused
from sharing import rules
from sharing.models import Exchange, Stage, Summary
from sharing.operations import check_back, disclosure, record
from tests import factories
from tests.factories import World
from tests.rows import nothing_changes

pytestmark = pytest.mark.django_db


def test_each_party_gets_what_they_were_party_to_and_nothing_else(world: World) -> None:
    concern = factories.at_share(world)
    factories.understood(world, factories.sent(world, concern))
    other = factories.prepared(world, concern, listener=world.amara)
    factories.understood(world, disclosure.send(other, by=world.priya, at=world.clock()))
    factories.move(world, concern, "to-record")
    cycle = factories.the_cycle(concern)
    record.write_summary(cycle, by=world.priya, at=world.clock(), decision="A visit.")
    for member, mine, theirs in ((world.tom, "X1", "X2"), (world.amara, "X2", "X1")):
        part = Exchange.objects.get(cycle=cycle, kind="SUMMARY", listener=member)
        text = " ".join(part.items.values_list("text", flat=True))
        assert f"{concern.reference}-{mine}" in text
        assert f"{concern.reference}-{theirs}" not in text
        assert "My opinion adds nothing" not in text
    whole = str(Summary.objects.get(cycle=cycle).sections)
    assert "My opinion adds nothing that they need." in whole


def test_a_wrong_recipient_gets_no_summary(world: World) -> None:
    concern = factories.at_share(world)
    factories.understood(world, factories.sent(world, concern))
    wrong = factories.sent(world, concern, listener=world.amara)
    factories.received(world, wrong)
    check_back.not_mine(wrong, by=world.amara, at=world.clock())
    factories.move(world, concern, "to-record")
    cycle = factories.the_cycle(concern)
    record.write_summary(cycle, by=world.priya, at=world.clock(), decision="A visit.")
    assert [e.listener_id for e in cycle.exchanges.filter(kind="SUMMARY")] == [world.tom.pk]


def test_a_later_version_says_what_changed_and_overtakes_the_one_before(world: World) -> None:
    first = factories.summary_sent(world)
    cycle = first.cycle
    with nothing_changes(), pytest.raises(Refused, match="what changed"):
        record.write_summary(cycle, by=world.priya, at=world.clock(), decision="A visit today.")
    record.write_summary(
        cycle, by=world.priya, at=world.clock(), decision="A visit today.", what_changed="The day."
    )
    second = Exchange.objects.get(cycle=cycle, kind="SUMMARY", superseded_by=None)
    assert factories.again(first).superseded_by_id == second.pk
    said = dict(second.items.values_list("source", "text"))
    assert said["What changed since the last version"] == "The day."
    with nothing_changes(), pytest.raises(rules.NotYourTurn):
        record.answer_summary(first, by=world.tom, at=world.clock(), matches=True)
    assert record.answer_summary(second, by=world.tom, at=world.clock(), matches=True)


def test_two_authors_do_not_overwrite_each_other(world: World) -> None:
    cycle = factories.the_cycle(factories.concern_at(world, Stage.RECORD))
    seen = cycle.version
    record.write_summary(cycle, by=world.priya, at=world.clock(), decision="A visit.", seen_version=seen)
    with nothing_changes(), pytest.raises(OutOfDate):
        record.write_summary(
            cycle, by=world.school.lead, at=world.clock(), decision="A call.", seen_version=seen
        )


@pytest.mark.parametrize("stage", [Stage.ASK, Stage.DO, Stage.SHARE])
def test_is_written_at_record(world: World, stage: Stage) -> None:
    cycle = factories.the_cycle(factories.concern_at(world, stage))
    with nothing_changes(), pytest.raises(Refused, match="written at Record"):
        record.write_summary(cycle, by=world.priya, at=world.clock(), decision="A visit.")


def test_is_not_written_for_a_cycle_that_has_ended(world: World) -> None:
    concern = factories.concern_at(world, Stage.RECORD)
    factories.finish_record(world, concern)
    first = factories.the_cycle(concern)
    factories.move(world, concern, "next-cycle")
    with nothing_changes(), pytest.raises(Refused, match="has ended"):
        record.write_summary(
            first, by=world.priya, at=world.clock(), decision="A visit.", what_changed="All of it."
        )


def test_is_answered_and_not_said_back(world: World) -> None:
    summary = factories.summary_sent(world)
    check_back.receive(summary, by=world.tom, at=world.clock())
    with nothing_changes(), pytest.raises(Refused, match="not said back"):
        factories.restated(world, summary)


def test_only_the_party_answers(world: World) -> None:
    summary = factories.summary_sent(world)
    for by in (world.priya, world.care.colleague, world.stranger.practitioner):
        with nothing_changes(), pytest.raises(rules.NotYourTurn):
            record.answer_summary(summary, by=by, at=world.clock(), matches=True)
