"""The demo's concerns: at least one at every stage, one late, one corrected twice, one disagreed.

Everybody in them is invented. Leo and Ffion are the two worked examples of the domain facts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from sharing import workflow
from sharing.demo import (
    areas,
    closed,
    copies,
    corrections,
    differing,
    finding,
    histories,
    leavers,
    meetings,
    misdirected,
    night,
    outside,
    papers,
    requests,
    retention,
    steps,
    unreachable,
)
from sharing.demo.steps import Clock, Said, Tale, born
from sharing.operations import actions, ask, differ, record

HOUR = timedelta(hours=1)


def tell_stories(now: datetime) -> int:
    """Make the demo's concerns as of `now` (UTC) and return how many there are."""
    stories = (
        _leo_is_waiting_to_be_opened,
        _ffion_is_said_back_and_waits_to_be_checked,
        _mohammed_is_at_ask_with_a_late_answer,
        _grace_is_at_do_with_something_prepared,
        _samuel_was_corrected_twice,
        _edith_is_understood_and_disagreed,
        _aaron_is_at_record,
        _nia_is_closed,
        *differing.STORIES,
        *meetings.STORIES,
        *areas.STORIES,
        *night.STORIES,
        _an_unfinished_draft,
        leavers.nadia_hands_over_to_tom,
        leavers.joanne_is_away_without_cover,
        corrections.the_clinic_letter_had_another_date,
        corrections.evan_takes_his_agreement_back,
        unreachable.nobody_reads_what_went_to_the_youth_project,
        *misdirected.STORIES,
        *finding.STORIES,
        papers.a_letter_goes_with_what_is_told,
        histories.the_note_was_about_another_child,
        outside.people_without_an_account,
        *requests.STORIES,
        *closed.STORIES,
        copies.priya_takes_copies,
        *retention.STORIES,
    )
    retention.CLASSES(now)
    for story in stories:
        story(now)
    return len(stories)


def _leo_is_waiting_to_be_opened(now: datetime) -> None:
    """Urgent, sent from school to the front door; nobody has opened it yet."""
    clock = Clock(now - 3 * HOUR)
    tale = Tale(
        by=steps.member("Priya Nair"),
        clock=clock,
        about={
            "kind": "CHILD",
            "first_name": "Leo",
            "last_name": "Marsh",
            "born_on": born(7, now),
            "safe_contact_rule": "Do not ring the home landline.",
        },
        related=[
            (
                {"kind": "PARENT_OR_CARER", "first_name": "Kerry", "last_name": "Marsh"},
                "PARENT",
                "She may not know what Leo said.",
            ),
            (
                {"kind": "CHILD", "first_name": "Isla", "last_name": "Marsh", "born_on": born(1, now)},
                "SIBLING",
                "She is a toddler in the same home and cannot say what happens to her.",
            ),
        ],
        said=[
            Said(
                "FACT_SEEN",
                "A bruise of about 3 cm by 2 cm on the left upper arm, with four small round marks in a row.",
                "Class teacher and I, in the medical room",
                timedelta(minutes=40),
            ),
            Said("FACT_SEEN", "Attendance this half-term is 81%.", "Attendance register"),
            Said("REPORTED", "He fell off the trampoline.", "Mother, by phone", verbatim=True),
            Said("HISTORY", "No trampoline is mentioned in any earlier record.", "School records"),
            Said(
                "OPINION",
                "I think the marks are consistent with gripping. I am not medically qualified.",
                "Designated safeguarding lead",
                rests_on=[1],
            ),
            Said(
                "VOICE",
                "Dean squeezed me cos I was loud with Isla.",
                "Leo, to me, unprompted, seen alone",
                verbatim=True,
                voice_of="WORDS",
            ),
            Said("HISTORY", "An assessment of special educational needs in 2025.", "School records"),
        ],
        level=4,
        urgency="URGENT",
    )
    concern = steps.log(tale)
    tom = steps.member("Tom Ashdown")
    steps.settle_ask(tale, concern, who="Children's social care, today.", worked_with=tom)
    steps.decide(
        tale,
        concern,
        capacity="NOT_COMPETENT",
        article_9="9(2)(g)",
        paragraph_18="18(c)",
        why_not_asked="Asking would tell the family what Leo said.",
        rationale="Leo is at risk if Dean learns that he has spoken. Those who protect him must know today.",
    )
    exchange = steps.prepare(
        tale,
        concern,
        tom,
        key=[1, 3, 5, 6],
        why_you="You are the duty social worker for our area.",
        what_i_ask="Decide before 15:15 whether Leo can go home.",
        held_back={7: "It does not bear on this concern."},
        asks_decision=True,
    )
    steps.send(tale, concern, exchange)
    actions.propose(
        exchange,
        by=tale.by,
        at=clock.tick(),
        what="Hold a strategy discussion with police and health.",
        owner=tom,
        by_when="1 working day",
        contingency="Dean comes to the school before then: we ring 999, and then you.",
    )


def _ffion_is_said_back_and_waits_to_be_checked(now: datetime) -> None:
    """GP to health visitor: a near copy was sent back; the second try waits for the GP's check."""
    clock = steps.working_morning(now, 1)
    tale = Tale(
        by=steps.member("Dr Amara Osei"),
        clock=clock,
        about={
            "kind": "CHILD",
            "first_name": "Ffion",
            "last_name": "Rees",
            "born_on": timezone.localdate(now - timedelta(weeks=8)),
        },
        related=[
            (
                {"kind": "PARENT_OR_CARER", "first_name": "Carys", "last_name": "Rees"},
                "PARENT",
                "She may need help of her own to look after Ffion.",
            )
        ],
        said=[
            Said("FACT_SEEN", "Edinburgh score 17, item 10 answered “hardly ever”.", "Consultation"),
            Said(
                "FACT_SEEN",
                "Weight 4.02 kg: from the 25th centile at birth to below the 9th.",
                "Weighed in surgery",
            ),
            Said("HISTORY", "Two health visitor visits cancelled in January.", "Shared record"),
            Said(
                "OPINION",
                "A feeding problem rather than neglect, on what I have seen today.",
                "GP",
                rests_on=[2],
            ),
            Said(
                "VOICE",
                "I sit in the car so I don't hear her.",
                "Carys, to me",
                verbatim=True,
                voice_of="WORDS",
            ),
        ],
        urgency="HIGH",
    )
    concern = steps.log(tale)
    joanne = steps.member("Joanne Tully")
    steps.settle_ask(tale, concern, who="The health visitor.", worked_with=joanne)
    steps.decide(
        tale,
        concern,
        capacity="NOT_COMPETENT",
        answer="NOT_ASKED",
        why_not_asked="Ffion is eight weeks old. Her mother agreed for both.",
        article_9="9(2)(h)",
        told=True,
    )
    exchange = steps.prepare(
        tale,
        concern,
        joanne,
        key=[1, 2, 4],
        why_you="You are Ffion's health visitor.",
        what_i_ask="Visit and weigh her this week. Her grandmother is not to be told.",
    )
    steps.send(tale, concern, exchange)
    steps.hear(
        exchange,
        clock,
        "Edinburgh score 17, item 10 answered “hardly ever”. Weight 4.02 kg: from the 25th centile at birth.",
        "A feeding problem rather than neglect, on what I have seen today.",
        "Two health visitor visits cancelled in January.",
        knowingly_a_copy=True,
    )
    steps.correct(
        exchange,
        clock,
        note="Tell me in your own words what you understand about her weight and item 10.",
        wrong={1: "MISSING", 2: "WRONG"},
    )
    steps.hear(
        exchange,
        clock,
        "Mum is low, with thoughts of harming herself hardly ever and not today. Ffion has dropped centiles.",
        "If Ffion loses more, or Mum withdraws, this becomes something else than a feeding problem.",
        "I weigh her myself within 2 working days. If she is under 4 kg or Mum cancels, I ring you that day.",
    )


def _mohammed_is_at_ask_with_a_late_answer(now: datetime) -> None:
    """At Ask: a question to the health visitor has gone unanswered past its limit."""
    clock = steps.working_morning(now, 5)
    tale = Tale(
        by=steps.member("Priya Nair"),
        clock=clock,
        about={
            "kind": "CHILD",
            "first_name": "Mohammed",
            "last_name": "Idris",
            "born_on": born(5, now),
            "communication_needs": "Somali interpreter for his parents.",
        },
        said=[Said("FACT_SEEN", "Came without a coat three days in a row.", "Class teacher")],
        level=1,
        voice_why_not="He was shy today.",
        voice_plan="His teacher will talk with him while they draw, this week.",
    )
    concern = steps.log(tale)
    joanne = steps.member("Joanne Tully")
    ask.list_involvement(steps.now_at(concern), by=tale.by, at=clock.tick(), member=joanne)
    ask.ask(
        steps.now_at(concern),
        of=joanne,
        by=tale.by,
        at=clock.tick(),
        told="I work with Mohammed Idris, who is 5 and in our reception class.",
        question="Do you work with the family? Are you more or less worried than before?",
    )


def _grace_is_at_do_with_something_prepared(now: datetime) -> None:
    """At Do: what to share is chosen and the sharing decision is still missing, so the gate is closed."""
    clock = steps.working_morning(now, 1)
    tale = Tale(
        by=steps.member("Dr Amara Osei"),
        clock=clock,
        about={
            "kind": "ADULT_AT_RISK",
            "first_name": "Grace",
            "last_name": "Holloway",
            "born_on": born(81, now),
            "communication_needs": "Hard of hearing: face her when you speak.",
        },
        said=[
            Said("FACT_SEEN", "Two bruises on the forearm, of different ages.", "Consultation"),
            Said(
                "VOICE",
                "I don't want to make trouble for my son.",
                "Grace, to me, seen alone",
                verbatim=True,
                voice_of="WISHES",
            ),
        ],
        urgency="HIGH",
    )
    concern = steps.log(tale)
    helen = steps.member("Helen Croft")
    steps.settle_ask(tale, concern, who="Adult social care.", worked_with=helen)
    steps.prepare(
        tale,
        concern,
        helen,
        key=[1, 2],
        why_you="You take safeguarding referrals for adults this week.",
        what_i_ask="Tell me whether the three-part test is met.",
    )


def _samuel_was_corrected_twice(now: datetime) -> None:
    """Corrected twice: the page offers a phone call before a third try."""
    clock = steps.working_morning(now, 2)
    tale = Tale(
        by=steps.member("Tom Ashdown"),
        clock=clock,
        about={
            "kind": "CHILD",
            "first_name": "Samuel",
            "last_name": "Adeyemi",
            "born_on": born(12, now),
        },
        said=[
            Said("FACT_HEARD", "Samuel stays with his aunt from tonight until Friday.", "Aunt, by phone"),
            Said("FACT_SEEN", "His father is not to collect him from school.", "Signed agreement"),
            Said("VOICE", "I just want to sleep.", "Samuel, to me", verbatim=True, voice_of="WISHES"),
        ],
        urgency="HIGH",
    )
    concern = steps.log(tale)
    priya = steps.member("Priya Nair")
    steps.settle_ask(tale, concern, who="His school.", worked_with=priya)
    steps.decide(tale, concern, capacity="COMPETENT", answer="GIVEN", told=True)
    exchange = steps.prepare(
        tale,
        concern,
        priya,
        key=[1, 2],
        why_you="You are the safeguarding lead at his school.",
        what_i_ask="Make sure that only his aunt collects him.",
    )
    steps.send(tale, concern, exchange)
    steps.hear(
        exchange,
        clock,
        "Samuel is with family for a few days and things are calmer.",
        "He is tired and could fall behind.",
        "I will speak to his form tutor and keep an eye on him.",
    )
    steps.correct(exchange, clock, note="Who may collect him is missing.", wrong={1: "WRONG", 2: "MISSING"})
    steps.hear(
        exchange,
        clock,
        "Samuel is at his aunt's until Friday. Dad can collect him if she rings first.",
        "There may be a row at the gate.",
        "I will tell the office to expect her call.",
    )
    steps.correct(exchange, clock, note="Dad may not collect him at all.", wrong={2: "WRONG"})


def _edith_is_understood_and_disagreed(now: datetime) -> None:
    """Understood, and disagreed on the risk: both are recorded, and the gate is open."""
    clock = steps.working_morning(now, 3)
    tale = Tale(
        by=steps.member("Joanne Tully"),
        clock=clock,
        about={
            "kind": "ADULT_AT_RISK",
            "first_name": "Edith",
            "last_name": "Barrow",
            "born_on": born(34, now),
        },
        said=[
            Said("FACT_SEEN", "No food in the kitchen, and the gas is off.", "Home visit"),
            Said("VOICE", "I manage. I always have.", "Edith, to me", verbatim=True, voice_of="WORDS"),
            Said(
                "OPINION", "I think she cannot keep herself safe this winter.", "Health visitor", rests_on=[1]
            ),
        ],
    )
    concern = steps.log(tale)
    tom = steps.member("Tom Ashdown")
    steps.settle_ask(tale, concern, who="Social care.", worked_with=tom)
    steps.decide(tale, concern, capacity="HAS_CAPACITY", answer="GIVEN", told=True)
    exchange = steps.prepare(
        tale,
        concern,
        tom,
        key=[1, 3],
        why_you="You are on duty for our area.",
        what_i_ask="Visit her this week and decide with her what help she wants.",
    )
    steps.send(tale, concern, exchange)
    steps.hear(
        exchange,
        clock,
        "There was nothing to eat and no heating when you visited. She says that she copes.",
        "You fear that she will not get through the cold on her own.",
        "I would ring her first and offer a visit. If she does not answer twice, I go the same day.",
    )
    steps.confirm(exchange, clock)
    differ.answer_agreement(
        exchange,
        by=tom,
        at=clock.tick(),
        risk="DISAGREE",
        risk_why="She has coped for years, and a neighbour shops for her.",
        action="AGREE",
    )


def _aaron_is_at_record(now: datetime) -> None:
    """At Record: understood, an action agreed and overdue, and the summary waits for an answer."""
    clock = steps.working_morning(now, 4)
    tale, concern, exchange = steps.short_loop(clock, now, "Aaron", "Whitlock")
    tom = exchange.listener
    action = actions.propose(
        exchange,
        by=tale.by,
        at=clock.tick(),
        what="Ring his mother and offer early help.",
        owner=tom,
        by_when="1 working day",
        contingency="He is not at school tomorrow: ring me by 10:00.",
    )
    actions.accept(action, by=tom, at=clock.tick())
    workflow.move(concern, "to-record", by=tale.by, at=clock.tick())
    record.write_summary(
        steps.now_at(concern), by=tale.by, at=clock.tick(), decision="Early help is offered this week."
    )


def _nia_is_closed(now: datetime) -> None:
    """All round and closed: everything done and checked, the summary confirmed."""
    clock = steps.working_morning(now, 8)
    tale, concern, exchange = steps.short_loop(clock, now, "Nia", "Bevan")
    tom = exchange.listener
    action = actions.propose(
        exchange,
        by=tale.by,
        at=clock.tick(),
        what="Meet her and her father at school.",
        owner=tom,
        by_when="2 working days",
        contingency="She misses a day before then.",
    )
    actions.accept(action, by=tom, at=clock.tick())
    actions.report(
        action,
        by=tom,
        at=clock.tick(60),
        what_happened="We met. Her father will bring her in himself for two weeks.",
        done_at=clock.now - timedelta(minutes=20),
    )
    actions.check_report(action, by=tale.by, at=clock.tick(), is_done=True)
    workflow.move(concern, "to-record", by=tale.by, at=clock.tick())
    cycle = steps.now_at(concern)
    record.write_summary(cycle, by=tale.by, at=clock.tick(), decision="No further action beyond the plan.")
    summary = cycle.exchanges.get(kind="SUMMARY")
    record.answer_summary(summary, by=tom, at=clock.tick(30), matches=True)
    workflow.move(concern, "close", by=tale.by, at=clock.tick())


def _an_unfinished_draft(now: datetime) -> None:
    """A concern that somebody began to write and has not logged."""
    tale = Tale(
        by=steps.member("Priya Nair"),
        clock=Clock(now - HOUR),
        about={"kind": "CHILD", "first_name": "Orla", "last_name": "Quinn", "born_on": born(9, now)},
        said=[Said("FACT_HEARD", "Said that she has nobody to play with.", "Midday supervisor")],
        level=1,
        voice_why_not="I have not spoken with her yet.",
        voice_plan="I will, tomorrow at break.",
    )
    steps.draft(tale)
