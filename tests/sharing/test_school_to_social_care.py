"""A story told with the operations, at the times at which it happened: a bruise, said back right at once.

Tuesday 12 January 2027 is in winter time, so local time is UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine

from agencies.models import Membership
from agencies.refusals import Refused
from audit.models import Event
from consent import operations as consent
from consent.models import SharingDecision
from notifications.models import Message
from records import operations as records
from records.models import Concern, Person
from sharing import workflow
from sharing.lists import worklist
from sharing.models import Exchange, Obligation, Round
from sharing.operations import actions, check_back, decisions, disclosure
from sharing.timeline import entries
from tests import factories
from tests.factories import World, lawful_basis
from tests.rows import nothing_changes
from tests.sharing.telling import at, write

pytestmark = pytest.mark.django_db


def tuesday(clock: str) -> datetime:
    return at(date(2027, 1, 12), clock)


@pytest.fixture(autouse=True)
def the_day_it_happened() -> Iterator[None]:
    with time_machine.travel(tuesday("08:55"), tick=False):
        yield


class TestSchoolToSocialCare:
    """Leo, seven: a bruise seen by two, and his own words. The gate refuses an early step."""

    @pytest.fixture
    def shared(self, world: World) -> Exchange:
        priya, tom = world.priya, world.tom
        leo = records.record_person(
            by=priya,
            at=tuesday("09:06"),
            kind="CHILD",
            first_name="Leo",
            last_name="Marsh",
            born_on=date(2019, 9, 3),
            safe_contact_rule="Do not ring the home landline.",
        )
        concern = self.log(priya, leo)
        workflow.move(concern, "start-at-share", by=priya, at=tuesday("09:28"), reason="Marks seen today.")
        self.decide(concern, leo, priya)
        exchange = disclosure.choose_listener(
            factories.the_cycle(concern),
            listener=tom,
            by=priya,
            at=tuesday("09:35"),
            right_place="On duty at the front door today; confirmed by phone.",
        )
        disclosure.choose_items(
            exchange,
            by=priya,
            at=tuesday("09:40"),
            share=[1, 2, 3, 4, 5, 6, 7, 8],
            key=[1, 4, 6, 8],
            held_back={9: "His special needs assessment is not relevant to this."},
            why_you="You are on duty.",
            what_i_ask="Decide on a strategy discussion today.",
            urgency="URGENT",
            asks_decision=True,
        )
        return disclosure.send(exchange, by=priya, at=tuesday("09:42"))

    def log(self, priya: Membership, leo: Person) -> Concern:
        concern = records.start_concern(by=priya, at=tuesday("09:07"), about=leo)
        write(
            concern,
            priya,
            tuesday("09:24"),
            {
                "kind": "FACT_SEEN",
                "text": "Bruise 3 cm by 2 cm, left upper arm, four small round marks in a row.",
                "source": "A. Bell, class teacher, and me at 09:05",
                "happened_at": tuesday("08:55"),
            },
            {
                "kind": "FACT_SEEN",
                "text": "Attendance this half-term is 81%.",
                "source": "Register",
                "happened_note": "this half-term",
            },
            {
                "kind": "FACT_SEEN",
                "text": "Collected late three times since 4 January.",
                "source": "Office log",
                "happened_note": "5, 7 and 11 January",
            },
            {
                "kind": "REPORTED",
                "text": "Mother: “he fell off the trampoline”.",
                "source": "Mother, by phone",
                "happened_at": tuesday("09:20"),
            },
            {
                "kind": "HISTORY",
                "text": "No trampoline is mentioned in the earlier record.",
                "source": "Our record",
                "happened_note": "before today",
            },
            {
                "kind": "OPINION",
                "text": "I think the marks fit gripping; I am not medically qualified.",
                "source": "Priya Nair",
                "happened_note": "on seeing them",
            },
            {
                "kind": "OPINION",
                "text": "Quieter since half-term.",
                "source": "A. Bell",
                "happened_note": "lately",
            },
            {
                "kind": "VOICE",
                "voice_of": "WORDS",
                "is_verbatim": True,
                "source": "Leo, to me, alone, unprompted",
                "text": "Dean squeezed me cos I was loud with Isla.",
                "happened_at": tuesday("09:05"),
            },
            {
                "kind": "HISTORY",
                "text": "Special needs assessment of 2026.",
                "source": "Our record",
                "happened_note": "2026",
            },
        )
        records.set_voice(concern, by=priya, at=tuesday("09:25"), status="OBTAINED")
        records.give_worry(concern, by=priya, at=tuesday("09:25"), level=4, change="FIRST", urgency="URGENT")
        records.set_think_family(concern, by=priya, at=tuesday("09:26"), anybody_else="Isla, a toddler.")
        return records.log_concern(concern, by=priya, at=tuesday("09:27"))

    def decide(self, concern: Concern, leo: Person, priya: Membership) -> SharingDecision:
        consent.record_view(
            concern,
            leo,
            answer="NOT_ASKED",
            why_not_asked="Risk to Leo if Dean learns what he said.",
            capacity="NOT_COMPETENT",
            by=priya,
            at=tuesday("09:29"),
        )
        return consent.decide(
            concern,
            1,
            leo,
            outcome="SHARE_PART",
            purpose="Protect him from harm today.",
            rationale="Risk to Leo if Dean learns of his disclosure.",
            article_6=lawful_basis("ARTICLE_6", "6(1)(e)"),
            informed="NOT_YET",
            not_informed_why="Risk to Leo if Dean learns of his disclosure.",
            inform_review_at=datetime(2027, 1, 13, 12, 0, tzinfo=UTC),
            principles={"necessary": "He goes home at 15:15.", "relevant": "Duty.", "adequate": "All facts."},
            by=priya,
            at=tuesday("09:30"),
        )

    def restated(self, world: World, exchange: Exchange) -> Round:
        check_back.open_exchange(exchange, by=world.tom, at=tuesday("09:57"))
        check_back.receive(exchange, by=world.tom, at=tuesday("09:58"))
        return check_back.restate(
            exchange,
            by=world.tom,
            at=tuesday("10:21"),
            what_happened="Leo, 7, has a fresh bruise on his arm, four marks, seen by two of you. He told "
            "you himself that Dean squeezed him. Mum says trampoline, which you have no record of.",
            what_worries_me="That he goes home with Dean at 3.15, and there is a toddler at home.",
            what_i_will_do="Strategy discussion by noon; sooner if anybody comes early. Not the landline.",
        )

    def test_r1_and_r3_the_record_tells_it_in_order(self, world: World, shared: Exchange) -> None:
        self.restated(world, shared)
        factories.verdicts(shared)
        check_back.check(
            shared,
            by=world.priya,
            at=tuesday("10:27"),
            outcome="CONFIRMED",
            verdicts=factories.verdicts(shared),
        )
        concern = shared.cycle.concern
        seen = [s.happened_at for s in concern.statements.all() if s.happened_at]
        assert sorted(seen) == [tuesday("08:55"), tuesday("09:05"), tuesday("09:20")]
        events = list(Event.objects.filter(concern=concern.reference).order_by("id"))
        told = [(e.verb, e.at) for e in events]
        steps = [
            ("records.concern.logged", tuesday("09:27")),
            ("consent.decision.made", tuesday("09:30")),
            ("sharing.exchange.sent", tuesday("09:42")),
            ("sharing.exchange.received", tuesday("09:58")),
            ("sharing.exchange.restated", tuesday("10:21")),
            ("sharing.exchange.understood", tuesday("10:27")),
        ]
        assert [step for step in told if step in steps] == steps
        assert all(e.recorded_at is not None for e in events)
        assert [e.at for e in events] == sorted(e.at for e in events)
        assert len(entries(events)) == len(events)
        row = factories.again(shared)
        assert row.sent_at is not None
        assert row.received_at is not None
        assert row.understood_at is not None
        assert (row.understood_at - row.sent_at).total_seconds() == 45 * 60
        assert (row.understood_at - row.received_at).total_seconds() == 29 * 60
        assert row.understood_by_id == world.priya.pk
        assert row.respond_by == tuesday("13:42")

    def test_r2_every_item_keeps_its_kind_and_the_restatement_its_words(
        self, world: World, shared: Exchange
    ) -> None:
        made = self.restated(world, shared)
        kinds = {item.number: item.kind for item in shared.items.all()}
        assert kinds[4] == "REPORTED"
        assert (kinds[6], kinds[7]) == ("OPINION", "OPINION")
        assert shared.items.get(number=6).source == "Priya Nair"
        kept = Round.objects.get(exchange=shared)
        assert (kept.number, kept.what_happened) == (1, made.what_happened)
        assert kept.what_happened.startswith("Leo, 7, has a fresh bruise")

    def test_r4_actions_are_not_agreed_before_it_is_understood(self, world: World, shared: Exchange) -> None:
        check_back.receive(shared, by=world.tom, at=tuesday("09:58"))
        action = actions.propose(
            shared,
            by=world.tom,
            at=tuesday("09:59"),
            what="Strategy discussion with police and health.",
            owner=world.tom,
            by_when="by 12:00 today",
            contingency="Anybody comes early.",
        )
        assert action.due_at == tuesday("12:00")
        with nothing_changes(), pytest.raises(Refused, match="has not been understood yet"):
            actions.accept(action, by=world.tom, at=tuesday("10:00"))
        with nothing_changes(), pytest.raises(workflow.GateClosed):
            workflow.move(shared.cycle.concern, "to-record", by=world.priya, at=tuesday("10:00"))
        factories.restated(world, shared)
        check_back.check(
            shared,
            by=world.priya,
            at=tuesday("10:27"),
            outcome="CONFIRMED",
            verdicts=factories.verdicts(shared),
        )
        assert actions.accept(action, by=world.tom, at=tuesday("10:27")).accepted_at == tuesday("10:27")

    def test_the_decision_goes_back_to_the_referrer_within_a_working_day(
        self, world: World, shared: Exchange
    ) -> None:
        self.restated(world, shared)
        check_back.check(
            shared,
            by=world.priya,
            at=tuesday("10:27"),
            outcome="CONFIRMED",
            verdicts=factories.verdicts(shared),
        )
        owed = Obligation.objects.get(reference=shared.reference, kind=Obligation.Kind.DECIDE)
        assert (owed.owner, owed.other) == (world.tom, world.priya)
        assert owed.due_at == datetime(2027, 1, 13, 17, 0, tzinfo=UTC)
        decision = decisions.decide(
            shared,
            by=world.tom,
            at=tuesday("12:40"),
            decided="Enquiries with the police begin today. Leo stays with his aunt tonight.",
            why="The marks and his own words, which nobody has explained.",
            what_next="A conference by Tuesday 2 February; I ring you tomorrow by 10:00.",
            what_would_change_it="Dean comes to the school, or the aunt cannot keep him.",
        )
        assert (decision.speaker, decision.listener) == (world.tom, world.priya)
        check_back.receive(decision, by=world.priya, at=tuesday("12:50"))
        check_back.restate(decision, by=world.priya, at=tuesday("12:58"), **factories.OTHER_WORDS)
        check_back.check(
            decision,
            by=world.tom,
            at=tuesday("13:05"),
            outcome="CONFIRMED",
            verdicts=factories.verdicts(decision),
        )
        assert factories.again(decision).understood_at == tuesday("13:05")
        owed.refresh_from_db()
        assert owed.settled_at == tuesday("12:40")

    def test_r5_not_informing_has_its_reason_and_its_review(self, world: World, shared: Exchange) -> None:
        decision = SharingDecision.objects.get(concern=shared.cycle.concern)
        assert decision.not_informed_why == "Risk to Leo if Dean learns of his disclosure."
        assert decision.inform_review_at == datetime(2027, 1, 13, 12, 0, tzinfo=UTC)
        work = worklist.waiting_for_me(world.priya, at=tuesday("10:30"))
        assert decision.inform_review_at in [item.due_at for item in work.items]

    def test_r6_what_was_held_back_is_listed_with_the_reason(self, world: World, shared: Exchange) -> None:
        held = shared.held_back.get()
        assert held.statement.text == "Special needs assessment of 2026."
        assert held.why == "His special needs assessment is not relevant to this."
        assert "Special needs" not in " ".join(shared.items.values_list("text", flat=True))

    def test_r7_no_notice_names_anybody(self, world: World, shared: Exchange) -> None:
        self.restated(world, shared)
        for message in Message.objects.all():
            row = {k: v for k, v in vars(message).items() if k not in ("to_address", "_state")}
            text = str({k: v for k, v in row.items() if k != "sender_agency"})
            assert not [word for word in ("Leo", "Marsh", "bruise", "Wulstan") if word in text]
            assert row["sender_agency"] in (world.school.agency.name, world.care.agency.name)
