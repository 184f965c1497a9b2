"""The timeline: every step in plain words, with when it happened and when it was written down."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.verbs import Verb as AgencyVerb
from audit.models import Event
from consent.models import View
from consent.verbs import Verb as ConsentVerb
from records import operations as records
from records.verbs import Verb as RecordVerb
from sharing import timeline
from sharing.models import Stage
from sharing.operations import actions
from sharing.states import ActionState
from sharing.views import concern as views
from sharing.workflow import MOVES
from tests import factories
from tests.factories import World
from tests.signing_in import SignedIn

ROOT = Path(timeline.__file__).parent


def verbs_in_the_source() -> set[str]:
    """Every verb of sharing that is written out anywhere in its operations, and one for each move."""
    found = {f"sharing.cycle.{name}" for name in MOVES}
    for path in (ROOT / "operations").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                parts = node.value.split(".")
                if len(parts) == 3 and parts[0] == "sharing" and " " not in node.value:
                    found.add(node.value)
    return found


def test_every_verb_that_is_recorded_anywhere_has_a_sentence_and_no_sentence_is_left_over() -> None:
    others = {str(verb) for verbs in (AgencyVerb, RecordVerb, ConsentVerb) for verb in verbs}
    assert verbs_in_the_source() | others == set(timeline.SENTENCES)


@pytest.mark.parametrize("stage", [Stage.CLOSED])
def test_every_event_of_a_whole_journey_can_be_put_in_words(world: World, stage: Stage) -> None:
    concern = factories.concern_at(world, stage)
    events = list(Event.objects.filter(concern=concern.reference).order_by("id"))
    words = [timeline.in_words(event) for event in events]
    assert len(words) > 20
    assert words[0] == f"{world.priya.label} started this concern"
    assert all("{" not in one for one in words)


def test_a_step_written_down_late_gives_both_times(world: World, signed_in: SignedIn) -> None:
    concern = factories.logged(world)
    answer = signed_in(world.priya).get(f"/concerns/{concern.reference}/timeline/")
    events = Event.objects.filter(concern=concern.reference)
    late = [e for e in events if e.recorded_at - e.at > timeline.LATER]
    assert len([one for one in answer.context["items"] if one["entered_at"]]) == len(late)
    entry = timeline.Entry("Logged this concern", "Priya", factories.MONDAY, factories.MONDAY)
    assert not entry.is_late_entry
    later = timeline.Entry("x", "y", factories.MONDAY, factories.MONDAY + timedelta(minutes=6))
    assert later.is_late_entry


def test_when_it_happened_stands_beside_when_it_was_entered(world: World) -> None:
    """A statement by what it says, an action by when it was done, a view by when the person was asked."""
    concern = factories.draft(world)
    first = concern.statements.get(number=1)
    records.add_statement(
        concern,
        by=world.priya,
        at=world.clock(),
        kind="HISTORY",
        text="An earlier note.",
        source="The register",
        happened_at=factories.LONG_AGO,
        happened_note=first.TIME_NOT_KNOWN,
    )
    action = factories.action_at(world, ActionState.AGREED)
    done_at = world.clock()
    actions.report(action, by=action.owner, at=world.clock(30), what_happened="Seen, safe.", done_at=done_at)
    added, without_time = [
        timeline.happened_at(event)
        for event in Event.objects.filter(verb=RecordVerb.STATEMENT_ADDED, concern=concern.reference)
        if event.data["statement"] in ("S1", "S4")
    ]
    asked = timeline.happened_at(Event.objects.filter(verb=ConsentVerb.VIEW_RECORDED).latest("id"))
    assert added == first.happened_at
    assert without_time > factories.MONDAY, "A day alone is no time to put on a line"
    assert asked == View.objects.latest("id").asked_at
    assert timeline.happened_at(Event.objects.get(verb="sharing.action.reported")) == done_at


def test_a_deputy_is_named_with_whom_they_acted_for(world_with_deputies: World) -> None:
    world = world_with_deputies
    question = factories.enquiry(world, factories.concern_at(world, Stage.ASK))
    factories.answered(world, question, by=world.gp.colleague)
    event = Event.objects.get(verb="sharing.enquiry.answered")
    assert timeline.what_was_done(event) == f"Answered question {question.reference}"
    assert timeline.by_whom(event) == f"{world.gp.colleague.label}, for {world.amara.label}"


def test_pages_follow_each_other_without_a_gap(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    concern = factories.concern_at(world, Stage.DO)
    monkeypatch.setattr(views, "PAGE", 5)
    client = signed_in(world.priya)
    address, seen = f"/concerns/{concern.reference}/timeline/", []
    while address:
        context = client.get(address).context
        seen += [(one["title"], one["at"]) for one in context["items"]]
        address = context["next_url"]
    events = list(Event.objects.filter(concern=concern.reference).order_by("id"))
    assert seen == [(timeline.what_was_done(event), timeline.happened_at(event)) for event in events]
    for odd in ("x", "-1", "9" * 30, "1e3"):
        assert client.get(f"/concerns/{concern.reference}/timeline/?after={odd}").status_code == 200


def test_the_timeline_takes_the_same_few_statements_however_long_it_is(
    world: World, signed_in: SignedIn
) -> None:
    short, long = factories.logged(world), factories.concern_at(world, Stage.CLOSED)
    client = signed_in(world.priya)
    counts = []
    for concern in (short, long):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/concerns/{concern.reference}/timeline/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
