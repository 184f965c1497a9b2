"""What stands on paper: all that its reader may see, and nothing that the screen does not show them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Membership
from records import operations as records
from records.models import Concern
from sharing import access
from sharing.models import Exchange
from sharing.paper import concern, decision, exchange, minutes, reading
from sharing.paper.parts import Paper
from sharing.states import State
from tests import correcting, documents, factories, meeting_cases
from tests.factories import OTHER_WORDS, OWN_WORDS, World
from tests.paper import cases
from tests.paper.cases import Story, words

pytestmark = pytest.mark.django_db
SAID = "He squeezed me because I was loud."
TWENTY = 20


@pytest.fixture
def story(world: World) -> Story:
    return cases.story(world)


def the_concern(found: Concern, by: Membership) -> Paper:
    return concern.collect(found, by=by)


def the_exchange(found: Exchange, by: Membership) -> Paper:
    row = access.exchanges_seen_by(by).get(reference=found.reference)
    return exchange.collect(reading.read([row], by=by)[0])


def the_decision(found: Concern, by: Membership) -> Paper:
    made = decision.find(found, 1, factories.main_person(found))
    assert made is not None
    return decision.collect(decision.read(made, found, by=by))


# --- A sharing decision -------------------------------------------------------------------------


def test_a_decision_has_its_twenty_parts_in_order_and_none_is_blank(story: Story) -> None:
    paper = the_decision(story.concern, story.world.priya)
    assert [part.heading.split(".")[0] for part in paper.parts] == [str(n) for n in range(1, TWENTY + 1)]
    for part in paper.parts:
        assert any(row.value.strip() for entry in part.entries for row in entry.rows), part.heading


def test_a_decision_says_what_was_shared_held_back_understood_and_done(story: Story) -> None:
    text = words(the_decision(story.concern, story.world.priya))
    for said in (
        correcting.OLD,
        "fact, seen",
        "Anna Bell, class teacher",
        story.exchange.reference,
        "Tom Ashdown",
        "confirmed as understood",
        "to be said again once",
        "His aunt moved out in May.",
        "Visit the child at home.",
        "Article 6",
        "A toddler in the same home.",
        "Something about them is protected.",
    ):
        assert said in text, said
    assert cases.SECRET_ADDRESS not in text


def test_what_was_not_asked_or_not_sent_is_said_in_words(world: World) -> None:
    found = factories.concern_at(world, "DO")
    factories.view(world, found, answer="NOT_ASKED")
    factories.decide(world, found)
    text = words(the_decision(found, world.priya))
    for said in (
        "Not asked It would put him at risk today.",
        "Nothing has been sent in this cycle yet.",
        "Nobody has been told in this cycle.",
        "No disagreement is recorded.",
        "No action is recorded.",
    ):
        assert said in text, said


def test_a_colleague_reads_that_something_was_sent_and_not_its_words(story: Story) -> None:
    text = words(the_decision(story.concern, story.world.school.colleague))
    assert story.exchange.reference in text
    assert "Their words are for those in them, and a lead." in text
    assert "His aunt moved out in May." not in text


# --- An exchange --------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["priya", "tom"])
def test_an_exchange_has_its_items_every_round_and_all_that_came_of_it(story: Story, side: str) -> None:
    text = words(the_exchange(story.exchange, getattr(story.world, side)))
    for said in (
        correcting.OLD,
        *OWN_WORDS.values(),
        *OTHER_WORDS.values(),
        "Round 1: to be said again",
        "Round 2: understood as meant",
        "Not as I meant it.",
        "The risk: disagree",
        "His aunt is there, I think.",
        "His aunt moved out in May.",
        "Visit the child at home.",
        "Confirmed as understood",
    ):
        assert said in text, said


def test_what_only_the_side_that_spoke_sees_is_not_on_the_listeners_paper(story: Story) -> None:
    spoke = words(the_exchange(story.exchange, story.world.priya))
    heard = words(the_exchange(story.exchange, story.world.tom))
    assert "What was held back" in spoke
    assert "What was held back" not in heard
    assert "How the right place was checked" in spoke
    assert "How the right place was checked" not in heard


def test_the_copy_of_a_listener_carries_their_name(story: Story) -> None:
    assert "Tom Ashdown" in the_exchange(story.exchange, story.world.tom).for_whom
    assert the_exchange(story.exchange, story.world.priya).for_whom == ""


@pytest.mark.parametrize("state", [State.SENT, State.WITHDRAWN, State.NOT_MINE])
def test_what_the_listener_may_not_read_is_not_on_paper_either(world: World, state: State) -> None:
    found = factories.exchange_at(world, state)
    rows = access.exchanges_seen_by(world.tom).filter(reference=found.reference)
    for read in reading.read(list(rows), by=world.tom):
        text = words(exchange.collect(read))
        assert correcting.OLD not in text
        assert "Leo" not in text


def test_typed_words_after_a_call_say_what_they_are(world: World) -> None:
    found = factories.exchange_at(world, State.SPOKEN)
    text = words(the_exchange(found, world.priya))
    assert "Typed after a call by Priya Nair" in text
    assert "Not confirmed in writing yet" in text


# --- The whole record of a concern ----------------------------------------------------------------


def test_the_whole_record_has_every_version_every_round_and_every_act(story: Story) -> None:
    text = words(the_concern(story.concern, story.world.priya))
    for said in (
        "Leo Marsh",
        correcting.OLD,
        correcting.NEW,
        correcting.WHY,
        "Replaced by version 2",
        SAID,
        "Added after the concern was logged",
        "Very worried",
        "A toddler in the same home.",
        "Cycle 1",
        *OWN_WORDS.values(),
        "His aunt moved out in May.",
        "Visit the child at home.",
        f"{story.concern.reference}-C1",
        story.meeting.reference,
        meeting_cases.RISK,
        "Logged this concern",
        "All actions",
    ):
        assert said in text, said


def test_a_replaced_statement_stands_struck_through_and_says_so(story: Story) -> None:
    paper = the_concern(story.concern, story.world.priya)
    struck = [entry for entry in paper.entries if entry.is_struck and entry.origin.startswith("statement:")]
    assert [entry.rows[0].value for entry in struck] == [correcting.OLD]
    assert struck[0].marks[0] == "Replaced by version 2"


def test_protected_details_never_go_on_paper(story: Story) -> None:
    for member in (story.world.priya, story.world.school.lead):
        for paper in (the_concern(story.concern, member), the_decision(story.concern, member)):
            text = words(paper)
            assert cases.SECRET_ADDRESS not in text
            assert "The father must not come to know it." not in text
            assert "What it is does not go on paper." in text


def test_a_colleague_sees_that_others_exchanged_something_and_not_what(story: Story) -> None:
    text = words(the_concern(story.concern, story.world.school.colleague))
    assert story.exchange.reference in text
    assert "Exchanges between other people" in text
    assert "His aunt is there, I think." not in text
    assert OTHER_WORDS["what_happened"] not in text


def test_the_register_of_breaches_is_on_a_leads_paper_alone(world: World) -> None:
    found = factories.breach(world)
    of = Concern.objects.get(pk=found.exchange.cycle.concern_id)
    assert f"Breach {found.number}" in words(the_concern(of, world.school.lead))
    assert f"Breach {found.number}" not in words(the_concern(of, world.priya))


def test_what_was_brought_to_a_meeting_is_for_the_chair_and_the_lead(story: Story) -> None:
    brought = "Brought by Amara Osei"
    assert brought in words(the_concern(story.concern, story.world.priya))
    assert brought in words(the_concern(story.concern, story.world.school.lead))
    assert brought not in words(the_concern(story.concern, story.world.school.colleague))


def test_it_is_read_in_as_many_statements_however_much_there_is(story: Story) -> None:
    world = story.world

    def statements() -> int:
        found = Concern.objects.get(pk=story.concern.pk)
        with CaptureQueriesContext(connection) as seen:
            the_concern(found, world.priya)
        return len(seen)

    few = statements()
    for number in range(4):
        factories.sent(world, story.concern, listener=factories.member(world.care.agency, f"Nurse {number}"))
    correcting.amend(world, story.concern, text=correcting.NEWER)
    assert statements() == few


def test_a_statement_struck_through_says_who_when_and_why(story: Story) -> None:
    world = story.world
    records.strike_statement(
        story.concern.statements.get(number=3),
        reason="WRONG_PERSON",
        why="That was his brother’s arm.",
        by=world.priya,
        at=world.clock(),
    )
    paper = the_concern(story.concern, world.priya)
    (struck,) = [entry for entry in paper.entries if "Struck through: it no longer counts" in entry.marks]
    assert struck.is_struck
    assert "by Priya Nair" in str(struck.named)
    assert "That was his brother’s arm." in str(struck.named)


def test_documents_are_listed_by_name_and_with_what_they_were_sent(world: World) -> None:
    exchange = documents.sent(world).exchange
    found = Concern.objects.get(pk=exchange.cycle.concern_id)
    for text in (words(the_concern(found, world.priya)), words(the_exchange(exchange, world.priya))):
        assert documents.LETTER["title"] in text
    assert "D1: " in words(the_concern(found, world.priya))


# --- Minutes --------------------------------------------------------------------------------------


def the_minutes(story: Story, by: Membership) -> Paper:
    found = access.meetings_seen_by(by).get(reference=story.meeting.reference)
    seen = minutes.look(found, 1, by=by)
    assert seen is not None
    return minutes.collect(seen)


def test_the_chair_has_the_whole_minutes_and_a_member_their_own_part(story: Story) -> None:
    whole = words(the_minutes(story, story.world.priya))
    assert "What was decided" in whole
    assert meeting_cases.RISK in whole
    assert the_minutes(story, story.world.priya).for_whom == ""
    part = the_minutes(story, story.world.tom)
    assert "It is not open." in words(part)
    assert "Tom Ashdown" in part.for_whom
    factories.received(story.world, meeting_cases.copy_of(story.meeting, story.world.tom))
    part = the_minutes(story, story.world.tom)
    assert meeting_cases.RISK in words(part)


# --- For somebody who prepares it for another reader ------------------------------------------------


def test_every_entry_says_where_it_comes_from(story: Story) -> None:
    paper = the_concern(story.concern, story.world.priya)
    assert [entry for entry in paper.entries if not entry.origin] == []
