"""A story told with the operations, at the times at which it happened: a tick-box answer, refused.

Thursday 4 February 2027 is in winter time, so local time is UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from agencies.models import Membership
from consent import operations as consent
from records import operations as records
from records.models import Concern, Person
from sharing import rules, workflow
from sharing.models import Action, Exchange, Round
from sharing.operations import actions, check_back, disclosure
from tests import factories
from tests.factories import World, lawful_basis
from tests.rows import nothing_changes
from tests.sharing.telling import at, write

pytestmark = pytest.mark.django_db


def thursday(clock: str) -> datetime:
    return at(date(2027, 2, 4), clock)


@pytest.fixture(autouse=True)
def the_day_it_happened() -> Iterator[None]:
    with time_machine.travel(thursday("11:15"), tick=False):
        yield


class TestDoctorToHealthVisitor:
    """Ffion and her mother: thanks is no restatement, a copy is counted, own words settle it."""

    @pytest.fixture
    def shared(self, world: World) -> Exchange:
        amara, joanne = world.amara, world.gp.colleague
        concern = self.log(amara)
        workflow.move(concern, "start-at-share", by=amara, at=thursday("11:30"), reason="Seen today.")
        for person in (s.person for s in concern.subjects.select_related("person")):
            self.decide(concern, person, amara)
        exchange = disclosure.choose_listener(
            factories.the_cycle(concern),
            listener=joanne,
            by=amara,
            at=thursday("11:36"),
            right_place="The family’s health visitor.",
        )
        disclosure.choose_items(
            exchange,
            by=amara,
            at=thursday("11:38"),
            share=[1, 2, 3, 4, 5],
            key=[1, 2],
            held_back={6: "The termination in 2019 is not relevant."},
            why_you="You visit them.",
            what_i_ask="Visit and weigh her.",
            urgency="HIGH",
        )
        return disclosure.send(exchange, by=amara, at=thursday("11:40"))

    def log(self, amara: Membership) -> Concern:
        carys = records.record_person(
            by=amara,
            at=thursday("11:15"),
            kind="PARENT_OR_CARER",
            first_name="Carys",
            last_name="Rees",
            born_on=date(2002, 5, 1),
        )
        concern = records.start_concern(by=amara, at=thursday("11:16"), about=carys)
        write(
            concern,
            amara,
            thursday("11:25"),
            {
                "kind": "FACT_SEEN",
                "text": "Edinburgh score 17; item 10 answered “hardly ever”, scored 1.",
                "source": "Amara Osei",
                "happened_at": thursday("11:15"),
            },
            {
                "kind": "FACT_SEEN",
                "text": "Baby weighs 4.02 kg: from the 25th centile at birth to below the 9th.",
                "source": "Amara Osei",
                "happened_at": thursday("11:15"),
            },
            {
                "kind": "HISTORY",
                "text": "Two cancelled health visitor visits, 14 and 28 January.",
                "source": "Shared record",
                "happened_note": "January",
            },
            {
                "kind": "OPINION",
                "text": "Postnatal depression, moderate.",
                "source": "Amara Osei",
                "happened_note": "today",
            },
            {
                "kind": "VOICE",
                "voice_of": "WORDS",
                "is_verbatim": True,
                "source": "Carys, to me",
                "text": "I sit in the car so I don’t hear her.",
                "happened_at": thursday("11:15"),
            },
            {
                "kind": "HISTORY",
                "text": "Termination in 2019.",
                "source": "Our record",
                "happened_note": "2019",
            },
        )
        records.set_voice(concern, by=amara, at=thursday("11:26"), status="OBTAINED")
        records.give_worry(concern, by=amara, at=thursday("11:26"), level=3, change="FIRST", urgency="HIGH")
        records.set_think_family(concern, by=amara, at=thursday("11:27"), anybody_else="Ffion, 8 weeks.")
        return records.log_concern(concern, by=amara, at=thursday("11:28"))

    def decide(self, concern: Concern, person: Person, amara: Membership) -> None:
        consent.record_view(
            concern,
            person,
            answer="GIVEN_WITH_CONDITIONS",
            conditions="Not to be told to the grandmother.",
            capacity="HAS_CAPACITY",
            asked_at=thursday("11:29"),
            by=amara,
            at=thursday("11:31"),
        )
        consent.decide(
            concern,
            1,
            person,
            outcome="SHARE_PART",
            purpose="Help her and the baby.",
            rationale="She agrees.",
            article_6=lawful_basis("ARTICLE_6", "6(1)(e)"),
            informed="YES",
            informed_how="I told her, here.",
            informed_at=thursday("11:30"),
            principles={"necessary": "The visitor weighs her.", "relevant": "Her work.", "adequate": "Yes."},
            by=amara,
            at=thursday("11:32"),
        )

    def test_r1_and_r2_thanks_is_refused_a_copy_is_counted_and_own_words_settle_it(
        self, world: World, shared: Exchange
    ) -> None:
        amara, joanne = world.amara, world.gp.colleague
        assert shared.respond_by == datetime(2027, 2, 5, 17, 0, tzinfo=UTC)
        check_back.receive(shared, by=joanne, at=thursday("12:05"))
        noted: dict[str, Any] = {
            "what_happened": "Noted, thanks.",
            "what_worries_me": "",
            "what_i_will_do": "",
        }
        with nothing_changes(), pytest.raises(rules.NotInYourWords):
            check_back.restate(shared, by=joanne, at=thursday("12:06"), **noted)
        texts = list(shared.items.order_by("number").values_list("text", flat=True))
        pasted: dict[str, Any] = {
            "what_happened": " ".join(texts[:3]),
            "what_worries_me": texts[3],
            "what_i_will_do": "I will visit.",
        }
        with nothing_changes(), pytest.raises(rules.NearCopy):
            check_back.restate(shared, by=joanne, at=thursday("12:20"), **pasted)
        first = check_back.restate(shared, by=joanne, at=thursday("12:20"), knowingly_a_copy=True, **pasted)
        assert first.similarity >= 80
        check_back.check(
            shared,
            by=amara,
            at=thursday("13:02"),
            outcome="CORRECTED",
            verdicts={1: "MISSING", 2: "MISSING"},
            note="Tell me what you understand about F2 and item 10.",
        )
        second = check_back.restate(
            shared,
            by=joanne,
            at=thursday("15:30"),
            what_happened="Mum low, self-harm hardly ever and not today; agrees to help. The baby has "
            "dropped centiles.",
            what_worries_me="That she loses more weight. Her own mother is to be kept out of it.",
            what_i_will_do="Weigh her myself within 2 working days; if Mum cancels I ring you.",
        )
        check_back.check(
            shared, by=amara, at=thursday("16:05"), outcome="CONFIRMED", verdicts=factories.verdicts(shared)
        )
        kept = [(r.number, r.outcome, r.restated_at) for r in Round.objects.filter(exchange=shared)]
        assert kept == [(1, "CORRECTED", thursday("12:20")), (2, "CONFIRMED", thursday("15:30"))]
        assert second.similarity < 20
        assert Round.objects.get(number=1).similarity == first.similarity
        assert factories.again(shared).understood_at == thursday("16:05")

    def test_r3_the_condition_goes_with_every_copy(self, world: World, shared: Exchange) -> None:
        assert [p.conditions for p in shared.people.all()] == ["Not to be told to the grandmother."]

    def test_r4_what_is_not_relevant_is_not_in_the_disclosure(self, world: World, shared: Exchange) -> None:
        assert not shared.items.filter(text__icontains="termination").exists()
        assert shared.held_back.get().statement.text == "Termination in 2019."

    def test_the_actions_are_due_in_working_time(self, world: World, shared: Exchange) -> None:
        amara, joanne = world.amara, world.gp.colleague
        visit, feedback = (
            actions.propose(
                shared,
                by=joanne,
                at=thursday("16:10"),
                what=what,
                owner=joanne,
                by_when=limit,
                contingency="Weight below 4.00 kg, or a cancelled visit: a call the same day.",
            )
            for what, limit in (("Visit and weigh.", "2 working days"), ("Feed back.", "5 working days"))
        )
        assert visit.due_at == datetime(2027, 2, 8, 17, 0, tzinfo=UTC)
        assert feedback.due_at == datetime(2027, 2, 11, 17, 0, tzinfo=UTC)
        assert set(Action.objects.visible_to(amara)) == {visit, feedback}
