"""The page of a concern: who may see it, what it says, and what moving it does and does not do."""

from __future__ import annotations

import ast
import inspect
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Draft
from audit.models import Access, Event
from records import operations as records
from records.models import Concern
from sharing import rules
from sharing.models import Cycle, SkippedStep, Stage, StageMove
from sharing.operations import ask, check_back, differ, disclosure
from sharing.rules import answers, gates, transfers
from sharing.views.links import WORDS, link_to
from tests import factories
from tests.factories import World
from tests.signing_in import SignedIn

# What the frame of every page asks for: the session with its person, and the role with its second factor.
FRAME = 2
OF_THE_CONCERN = ("", "start/", "move/close/", "timeline/", "cycle/1/steps/ask/done/")


@pytest.fixture
def asking(world: World) -> Concern:
    return factories.concern_at(world, Stage.ASK)


def page(concern: Concern, rest: str = "") -> str:
    return f"/concerns/{concern.reference}/{rest}"


def posted(client: Any, address: str, **answers: Any) -> Any:
    return client.post(address, {"form_id": str(uuid.uuid4()), **answers})


def without_token(answer: Any) -> str:
    """The page as everybody would get it: the form's security token is another each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"| nonce="[^"]*"', "", answer.content.decode())


def stage_of(concern: Concern) -> str:
    return factories.the_cycle(concern).stage


# --- Who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("rest", OF_THE_CONCERN)
def test_another_agency_and_a_stranger_are_told_that_there_is_no_such_page(
    world: World, signed_in: SignedIn, asking: Concern, rest: str
) -> None:
    for member in (world.tom, world.care.lead, world.stranger.practitioner):
        answer = signed_in(member).get(page(asking, rest))
        assert answer.status_code == 404
        none = signed_in(member).get(f"/concerns/WF-26-9999/{rest}")
        assert none.status_code == 404
        assert without_token(answer) == without_token(none)


@pytest.mark.parametrize("rest", OF_THE_CONCERN)
def test_a_role_that_works_on_no_concern_is_refused(
    world: World, signed_in: SignedIn, asking: Concern, rest: str
) -> None:
    for member in (world.school.administrator, world.school.auditor, world.coordinator):
        assert signed_in(member).get(page(asking, rest)).status_code == 403


def test_only_a_lead_is_offered_to_proceed_on_safety_grounds(
    world: World, signed_in: SignedIn, asking: Concern
) -> None:
    factories.enquiry(world, asking)
    words = "Proceed on safety grounds"
    assert words in signed_in(world.school.lead).get(page(asking)).content.decode()
    assert words not in signed_in(world.priya).get(page(asking)).content.decode()
    assert signed_in(world.priya).get(page(asking, "proceed/")).status_code == 403
    assert signed_in(world.care.lead).get(page(asking, "proceed/")).status_code == 404


def test_looking_at_a_concern_is_logged(world: World, signed_in: SignedIn, asking: Concern) -> None:
    signed_in(world.priya).get(page(asking))
    looks = Access.objects.filter(subject=asking.reference, actor_id=world.priya.pk)
    assert looks.filter(outcome="SEEN", action="concern").count() == 1


# --- What it says ------------------------------------------------------------------------------


def test_the_page_says_where_the_concern_is_and_what_is_missing(
    world: World, signed_in: SignedIn, asking: Concern
) -> None:
    text = signed_in(world.priya).get(page(asking)).content.decode()
    for words in (
        "Leo Marsh",
        "Ask</span>: you are here",
        "Nobody is listed as working with them. Priya Nair can do this",
        f'href="{page(asking, "ask/")}"',
        "This opinion rests on",
        "S1: Four small round marks",
        "call 999",
    ):
        assert words in text
    assert text.count("<h1") == 1


def test_a_draft_leads_to_its_task_list_and_a_logged_one_to_where_to_start(
    world: World, signed_in: SignedIn
) -> None:
    draft = factories.draft(world)
    answer = signed_in(world.priya).get(page(draft))
    assert (answer.status_code, answer["Location"]) == (302, page(draft, "draft/"))
    concern = records.log_concern(draft, by=world.priya, at=world.clock())
    assert page(concern, "start/") in signed_in(world.priya).get(page(concern)).content.decode()


def test_a_colleague_sees_an_exchange_on_the_list_and_no_link_into_it(
    world: World, signed_in: SignedIn
) -> None:
    concern = factories.concern_at(world, Stage.RECORD)
    row = next(iter(concern.cycles.get().exchanges.all()))
    link = f"/exchanges/{row.reference}/"
    for member, opens in ((world.priya, True), (world.school.lead, True), (world.school.colleague, False)):
        found = signed_in(member).get(page(concern)).context["exchanges"]
        assert [one["reference"] for one in found] == [row.reference]
        assert found[0]["href"] in ((link, "") if opens else ("",))


def test_what_cannot_wait_is_on_the_page(world: World, signed_in: SignedIn, asking: Concern) -> None:
    sent = disclosure.send(
        factories.prepared(world, asking), by=world.priya, at=world.clock(), emergency_reason="Today."
    )
    factories.received(world, sent)
    differ.answer_agreement(
        sent, by=world.tom, at=world.clock(), risk="DISAGREE", action="AGREE", risk_why="Less so."
    )
    wrong = disclosure.send(
        factories.prepared(world, asking, listener=world.amara),
        by=world.priya,
        at=world.clock(),
        emergency_reason="Today.",
    )
    check_back.not_mine(wrong, by=world.amara, at=world.clock())
    text = signed_in(world.priya).get(page(asking)).content.decode()
    for words in ("Steps skipped for an urgent disclosure", "Open disagreements", "Reached the wrong person"):
        assert words in text


def test_the_page_takes_the_same_few_statements_however_much_there_is(
    world: World, signed_in: SignedIn, asking: Concern
) -> None:
    client = signed_in(world.priya)

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(page(asking)).status_code == 200
        return len(seen)

    first = statements()
    for listener in (world.tom, world.amara, world.care.colleague):
        factories.answered(world, factories.enquiry(world, asking, of=listener))
    for _ in range(3):
        records.add_statement(
            asking, by=world.priya, at=world.clock(), kind="FACT_SEEN", text="Again.", source="I did",
            happened_note="today",
        )  # fmt: skip
        ask.name_assumption(
            factories.the_cycle(asking), by=world.priya, at=world.clock(), text="That it is over."
        )
        records.give_worry(asking, by=world.priya, at=world.clock(), level=2, change="LESS")
    assert statements() == first
    assert first == 9 + FRAME


# --- Moving ------------------------------------------------------------------------------------


def test_trying_a_closed_gate_is_refused_with_its_sentences_and_is_in_the_audit(
    world: World, signed_in: SignedIn, asking: Concern
) -> None:
    cycle = factories.the_cycle(asking)
    question = factories.enquiry(world, asking)
    client = signed_in(world.priya)
    shown = [one.text for one in client.get(page(asking)).context["gate"]["sentences"]]
    moves, version = StageMove.objects.count(), cycle.version
    answer = posted(client, page(asking, "move/to-do/"), version=version)
    assert answer.status_code == 409
    assert [one.text for one in answer.context["gate_sentences"]] == shown
    text = answer.content.decode()
    assert f"/enquiries/{question.reference}/" in text
    assert "The concern has not been moved" in text
    assert (stage_of(asking), StageMove.objects.count()) == (Stage.ASK, moves)
    assert factories.the_cycle(asking).version == version
    event = Event.objects.get(verb="sharing.gate.refused")
    assert (event.actor_id, event.concern) == (world.priya.pk, asking.reference)
    assert event.data["move"] == "to-do"
    assert "ask" in event.data["missing"]


def test_looking_at_a_move_whose_gate_is_closed_says_what_is_missing_and_is_no_attempt(
    world: World, signed_in: SignedIn
) -> None:
    concern = factories.concern_at(world, Stage.RECORD)
    answer = signed_in(world.priya).get(page(concern, "move/close/"))
    assert answer.status_code == 200
    assert "The summary of this cycle is not written." in answer.content.decode()
    assert not Event.objects.filter(verb="sharing.gate.refused").exists()


def test_a_stage_that_the_cycle_never_went_through_is_not_drawn_as_done(
    world: World, signed_in: SignedIn
) -> None:
    concern = factories.at_share(world)
    stages = signed_in(world.priya).get(page(concern)).context["ring"]["stages"]
    assert [one["state"] for one in stages] == ["next", "next", "current", "next"]


def test_an_open_gate_is_one_button_and_pressing_it_twice_moves_once(
    world: World, signed_in: SignedIn, asking: Concern
) -> None:
    factories.finish_ask(world, asking)
    client = signed_in(world.priya)
    context = client.get(page(asking)).context
    assert context["gate"]["open"]
    hidden = dict(context["move_hidden"])
    for _ in range(2):
        answer = client.post(page(asking, "move/to-do/"), hidden)
        assert (answer.status_code, answer["Location"]) == (302, page(asking))
    assert stage_of(asking) == Stage.DO
    assert StageMove.objects.filter(move="to-do").count() == 1


def test_a_page_that_is_out_of_date_is_refused_with_what_changed(
    world: World, signed_in: SignedIn, asking: Concern
) -> None:
    old = factories.the_cycle(asking).version
    factories.finish_ask(world, asking)
    answer = posted(signed_in(world.school.colleague), page(asking, "move/to-do/"), version=old)
    assert answer.status_code == 409
    assert "answered who needs to know" in answer.content.decode()
    assert stage_of(asking) == Stage.ASK


def test_stepping_back_asks_for_the_reason_and_keeps_it_on_the_timeline(
    world: World, signed_in: SignedIn
) -> None:
    concern = factories.concern_at(world, Stage.DO)
    client = signed_in(world.priya)
    address = page(concern, "move/back-to-ask/")
    version = factories.the_cycle(concern).version
    assert posted(client, address, version=version, reason="  ").status_code == 422
    assert posted(client, address, version=version, reason="The GP rang back.").status_code == 302
    assert stage_of(concern) == Stage.ASK
    assert "The GP rang back." in client.get(page(concern, "timeline/")).content.decode()


def test_an_unknown_move_is_no_such_page_and_one_from_another_stage_changes_nothing(
    world: World, signed_in: SignedIn, asking: Concern
) -> None:
    client = signed_in(world.priya)
    assert client.get(page(asking, "move/sideways/")).status_code == 404
    assert client.get(page(asking, "move/close/")).status_code == 302
    assert posted(client, page(asking, "move/close/")).status_code == 409
    assert stage_of(asking) == Stage.ASK


@pytest.mark.parametrize("stage", ["DO", "SHARE", "RECORD"])
def test_starting_elsewhere_than_at_ask_needs_a_reason(world: World, signed_in: SignedIn, stage: str) -> None:
    concern = factories.logged(world)
    client = signed_in(world.priya)
    answer = posted(client, page(concern, "start/"), stage=stage, reason=" ")
    assert answer.status_code == 422
    assert not Cycle.objects.exists()
    assert posted(client, page(concern, "start/"), stage=stage, reason="By phone.").status_code == 302
    assert stage_of(concern) == stage


def test_starting_at_ask_leads_to_ask_and_starting_twice_is_refused(
    world: World, signed_in: SignedIn
) -> None:
    concern = factories.logged(world)
    client = signed_in(world.priya)
    answer = posted(client, page(concern, "start/"), stage="ASK", reason="")
    assert (answer.status_code, answer["Location"]) == (302, page(concern, "ask/"))
    assert posted(client, page(concern, "start/"), stage="DO", reason="Again").status_code == 409
    assert Cycle.objects.count() == 1
    assert Draft.objects.filter(key=f"start:{concern.reference}").exists()


def test_a_lead_proceeds_with_a_reason_and_the_check_back_stays_open(
    world: World, signed_in: SignedIn, asking: Concern
) -> None:
    factories.finish_ask(world, asking)
    factories.answered(world, factories.enquiry(world, asking))
    client = signed_in(world.school.lead)
    assert posted(client, page(asking, "proceed/"), reason="").status_code == 422
    assert posted(client, page(asking, "proceed/"), reason="He goes home at three.").status_code == 302
    context = client.get(page(asking)).context
    assert context["gate"]["open"]
    assert not context["may_proceed"]
    version = factories.the_cycle(asking).version
    assert posted(client, page(asking, "move/to-do/"), version=version).status_code == 302
    assert "He goes home at three." in client.get(page(asking, "timeline/")).content.decode()


def test_a_skipped_step_is_marked_as_done_once(world: World, signed_in: SignedIn, asking: Concern) -> None:
    disclosure.send(
        factories.prepared(world, asking), by=world.priya, at=world.clock(), emergency_reason="Today."
    )
    client = signed_in(world.priya)
    address = page(asking, "cycle/1/steps/ask/done/")
    assert client.get(address).status_code == 200
    assert posted(client, address).status_code == 302
    assert SkippedStep.objects.get(step="ASK").done_by == world.priya
    assert posted(client, address).status_code == 409
    assert client.get(page(asking, "cycle/1/steps/tea/done/")).status_code == 404


# --- Links -------------------------------------------------------------------------------------


def pages_that_rules_name() -> set[str]:
    """The page of every Missing, read from the source: the third of `_owner`, the fourth of `Missing`."""
    names = set()
    source = "\n".join(inspect.getsource(one) for one in (gates, answers, transfers))
    for call in ast.walk(ast.parse(source.replace("from __future__ import annotations", ""))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            place = {"_owner": 2, "Missing": 3}.get(call.func.id)
            if place is not None and len(call.args) > place:
                names |= {str(n.value) for n in ast.walk(call.args[place]) if isinstance(n, ast.Constant)}
    return names - {"ASK"}


def test_every_page_that_a_rule_names_exists_and_has_words_for_its_link() -> None:
    concern = Concern(reference="WF-27-0001")
    names = pages_that_rules_name()
    assert names == set(WORDS)
    for name in names:
        missing = rules.Missing("Something.", "Somebody", None, name, "WF-27-0001-X1")
        assert link_to(missing, concern=concern, cycle=Cycle(number=1)).href.startswith("/")
