"""The summary: it writes itself, goes to each party, and is confirmed, corrected or met with silence."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from django.utils import timezone

from sharing.models import Exchange, Summary, SummaryAnswer
from sharing.states import State
from tests import factories
from tests.factories import World
from tests.sharing.test_action_pages import fill_in, hidden
from tests.signing_in import SignedIn


def test_the_summary_says_what_was_shared_understood_and_agreed(world: World, signed_in: SignedIn) -> None:
    concern = factories.concern_at(world, "RECORD")
    page = signed_in(world.priya).get(f"/concerns/{concern.reference}/summary/").content.decode()
    for heading in ("What was shared", "What was understood", "Decisions on sharing"):
        assert heading in page
    assert world.tom.full_name in page


def test_sending_the_summary_asks_each_party(world: World, signed_in: SignedIn) -> None:
    concern = factories.concern_at(world, "RECORD")
    answer = fill_in(
        signed_in(world.priya), f"/concerns/{concern.reference}/summary/", decision="A visit tomorrow."
    )
    assert answer.status_code == 302
    exchange = Exchange.objects.get(kind="SUMMARY")
    assert exchange.listener == world.tom
    reply = fill_in(signed_in(world.tom), f"/exchanges/{exchange.reference}/summary/", matches="yes")
    assert reply.status_code == 302
    page = signed_in(world.priya).get(f"/concerns/{concern.reference}/summary/").content.decode()
    assert "It is what I recorded" in page


def test_a_party_reads_only_what_it_was_party_to(world: World, signed_in: SignedIn) -> None:
    concern = factories.concern_at(world, "SHARE")
    exchange = Exchange.objects.get(kind="DISCLOSURE")
    held = exchange.held_back.first()
    from sharing.operations import disclosure

    factories.understood(world, disclosure.send(exchange, by=world.priya, at=world.clock()))
    factories.move(world, concern, "to-record")
    fill_in(signed_in(world.priya), f"/concerns/{concern.reference}/summary/", decision="A visit.")
    summary = Exchange.objects.get(kind="SUMMARY")
    page = signed_in(world.tom).get(f"/exchanges/{summary.reference}/summary/").content.decode()
    assert "A visit." in page
    assert held is not None
    assert held.why not in page
    assert held.statement.text not in page
    assert signed_in(world.tom).get(f"/concerns/{concern.reference}/summary/").status_code == 404


def test_a_correction_holds_the_gate_until_a_new_version_answers_it(
    world: World, signed_in: SignedIn
) -> None:
    summary = factories.summary_sent(world)
    reference = summary.cycle.concern.reference
    wrong = fill_in(signed_in(world.tom), f"/exchanges/{summary.reference}/summary/", matches="no")
    assert wrong.status_code == 409
    fill_in(
        signed_in(world.tom),
        f"/exchanges/{summary.reference}/summary/",
        matches="no",
        correction="I said Thursday.",
    )
    page = signed_in(world.priya).get(f"/concerns/{reference}/summary/").content.decode()
    assert "I said Thursday." in page
    blocked = signed_in(world.priya).get(f"/concerns/{reference}/").content.decode()
    assert "has corrected the summary" in blocked
    unsaid = fill_in(
        signed_in(world.priya), f"/concerns/{reference}/summary/", decision="A visit on Thursday."
    )
    assert unsaid.status_code == 409
    fill_in(
        signed_in(world.priya),
        f"/concerns/{reference}/summary/",
        decision="A visit on Thursday.",
        what_changed="The day.",
    )
    assert Summary.objects.count() == 2
    assert factories.again(summary).superseded_by_id is not None
    latest = Exchange.objects.get(kind="SUMMARY", superseded_by=None)
    fill_in(signed_in(world.tom), f"/exchanges/{latest.reference}/summary/", matches="yes")
    opened = signed_in(world.priya).get(f"/concerns/{reference}/").content.decode()
    assert "has corrected the summary" not in opened


def test_silence_is_recorded_only_when_their_time_is_up(world: World, signed_in: SignedIn) -> None:
    summary = factories.summary_sent(world)
    assert summary.respond_by is not None
    address = f"/exchanges/{summary.reference}/silence/"
    with time_machine.travel(summary.respond_by - timedelta(minutes=1), tick=True):
        early = fill_in(signed_in(world.priya), address)
        assert early.status_code == 409
        assert "They still have time to answer." in early.content.decode()
    with time_machine.travel(summary.respond_by + timedelta(minutes=1), tick=True):
        assert fill_in(signed_in(world.priya), address).status_code == 302
    assert SummaryAnswer.objects.get().answer == "SILENCE"


def test_nobody_else_answers_a_summary(world: World, signed_in: SignedIn) -> None:
    summary = factories.summary_sent(world)
    address = f"/exchanges/{summary.reference}/summary/"
    assert fill_in(signed_in(world.priya), address, matches="yes").status_code == 409
    assert fill_in(signed_in(world.care.lead), address, matches="yes").status_code == 409
    assert signed_in(world.gp.lead).get(address).status_code == 404
    assert not SummaryAnswer.objects.exists()


def test_the_summary_is_written_at_record_alone(world: World, signed_in: SignedIn) -> None:
    concern = factories.concern_at(world, "DO")
    client = signed_in(world.priya)
    page = client.get(f"/concerns/{concern.reference}/summary/").content.decode()
    assert "The summary is written at Record." in page
    other = factories.concern_at(world, "RECORD")
    form = hidden(client.get(f"/concerns/{other.reference}/summary/").content.decode())
    form.pop("version")
    answer = client.post(f"/concerns/{concern.reference}/summary/", {**form, "decision": "Too soon."})
    assert answer.status_code == 409
    assert not Summary.objects.exists()


def test_a_whole_cycle_can_be_closed_once_the_summary_is_answered(world: World) -> None:
    concern = factories.concern_at(world, "CLOSED")
    assert factories.the_cycle(concern).ended_at is not None
    assert factories.exchange_at(world, State.ANSWERED).superseded_by_id is None
    assert timezone.is_aware(factories.again(factories.the_cycle(concern)).started_at)
