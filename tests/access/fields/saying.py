"""Words that the deeds of `tests/deeds` leave out: each function does one thing, with all of its words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from agencies import deciding
from agencies.operations import jobs
from consent import operations as consent
from records import operations as records
from records.models import Concern
from sharing.models import Breach, Exchange, Stage
from sharing.operations import (
    access_bundles,
    access_requests,
    ask,
    breach,
    check_back,
    disclosure,
    disposal,
    ladder,
    links,
    meeting_minutes,
    meetings,
    redaction,
    retention,
    transfers,
)
from sharing.states import State
from tests import answering, documents, factories, meeting_cases, outside
from tests.access.fields.marking import HERE
from tests.factories import World
from tests.guard import steps
from tests.sharing import moving

SEVEN = ("necessary", "proportionate", "relevant", "adequate", "accurate", "timely", "secure")


# --- The record --------------------------------------------------------------------------------------


def not_asked_what_they_say(w: World) -> None:
    """Log a concern about a child who could not be asked, with a plan."""
    concern = factories.draft(w)
    records.set_voice(
        concern, by=w.priya, at=w.clock(), status="NOT_OBTAINED", why_not="He is asleep now.",
        plan="Ask him after lunch alone.",
    )  # fmt: skip
    records.log_concern(concern, by=w.priya, at=w.clock())


def share_against_their_wishes(w: World) -> None:
    """Decide to share what a mother has said no to, as somebody else asked, and tell her."""
    concern = factories.concern_at(w, Stage.DO)
    person, asked_at = factories.main_person(concern), w.clock()
    consent.record_view(
        concern, person, answer="REFUSED", capacity="NOT_COMPETENT", answered_by="PARENT",
        answered_by_who="His mother, Kerry Marsh", asked_at=asked_at, by=w.priya, at=w.clock(),
    )  # fmt: skip
    consent.decide(
        concern, 1, person, outcome="SHARE", purpose="So that she can act.", rationale="It is today.",
        request="The social worker rang and asked.", despite_why="The risk outweighs it.",
        article_6=factories.lawful_basis("ARTICLE_6", "6(1)(e)"), informed="YES",
        informed_how="By telephone, at once.", informed_at=asked_at,
        principles=dict.fromkeys(SEVEN, f"Nobody else can.{HERE}"), by=w.priya, at=w.clock(),
    )  # fmt: skip


def not_asked_about_sharing(w: World) -> None:
    factories.view(w, factories.concern_at(w, Stage.DO), answer="NOT_ASKED")


def import_a_history(w: World) -> None:
    """Have a file read with a row that is right and one that is not."""
    person = factories.child(w).reference
    rows = (f"{person},03/2019,Moved in with an aunt{HERE},Old file", f",no day,Moved out{HERE},Old file")
    data = "\n".join(("Our reference,Date,What happened,Source", *rows)).encode()
    records.start_import(data=data, by=w.priya, at=w.clock(), back="/people/", found="/people/?{pk}")
    jobs.work(at=w.clock())


def keep_hold_and_dispose(w: World) -> None:
    """Keep a closed concern longer, hold it, end the hold, propose to dispose of it, and stop that."""
    lead, second = w.school.lead, answering.second_lead(w)
    retention.suggest_classes(w.partnership, by=None, at=w.clock())
    retention.add_class(
        lead.agency, by=lead, at=w.clock(), record_kind="CHILD", trigger="BIRTH", years=5,
        source="Our schedule", effective_from=w.clock.moment.date(),
    )  # fmt: skip
    concern = factories.concern_at(w, Stage.CLOSED)
    retention.choose_class(concern, by=lead, at=w.clock(), record_kind="CHILD", why="As usual.")
    row = disposal.propose(concern, by=second, at=w.clock(), why="Nobody has asked for it.")
    disposal.stop(row, by=lead, at=w.clock(), why="It is needed.")
    hold = retention.place_hold(
        concern, by=lead, at=w.clock(), reason="INQUIRY", reference="IN 4", why="They asked us."
    )
    retention.end_hold(hold, by=lead, at=w.clock(), why="The inquiry has reported.")
    until = (w.clock.moment + timedelta(days=9000)).date()
    retention.keep_longer(concern, by=lead, at=w.clock(), until=until, why="A brother asks.")


def explain_no_answer(w: World) -> None:
    """Say why the listener has not answered a question."""
    enquiry = factories.enquiry(w, factories.concern_at(w, Stage.ASK), of=w.tom)
    ask.explain_no_answer(enquiry, by=w.priya, at=w.clock(), why="Rang twice; they are closed.")


def share_when_it_happened(w: World) -> Exchange:
    """Tell somebody an opinion, and on what occasion it came."""
    exchange = factories.prepared(w, factories.at_share(w))
    chosen = disclosure.choose_items(
        exchange, by=w.priya, at=w.clock(), share=[1, 3], key=[1], held_back={2: "Not needed."},
        why_you="You are on duty.", what_i_ask="Decide today.", urgency="HIGH",
    )  # fmt: skip
    return factories.received(w, factories.dispatched(w, chosen))


def send_a_letter(w: World) -> None:
    attachment = documents.sent(w)
    check_back.open_exchange(attachment.exchange, by=w.tom, at=w.clock())


def end_a_link(w: World) -> None:
    exchange = outside.sent(w, outside.officer(w))
    links.end_link(exchange, by=w.priya, at=w.clock(), why="She has moved on.")


def send_all_the_same(w: World) -> None:
    """Send a protected address, knowingly."""
    exchange = steps.leaking(w)
    with deciding.deciding(steps.all_the_same(steps.stopped(w, exchange))):
        steps.send(w, exchange)


def report_late_and_close(w: World) -> None:
    """Report a breach after its limit, tell whoever it is about, and say what was learned."""
    found = factories.breach(w)
    lead = w.school.lead
    for about in ("ICO", "PERSON"):
        breach.decide(found, by=lead, at=w.clock(), about=about, answer=True, why="A high risk.")
    late = w.clock.jump_to(Breach.objects.get(pk=found.pk).due_at + timedelta(hours=1))
    breach.record_report(
        found, by=lead, at=w.clock(), reported_at=late, reference="IC-1234", late_why="The line was down."
    )
    breach.close(
        found, by=lead, at=w.clock(), how_told="By telephone.", what_was_learned="The list shows posts."
    )


# --- Between the two sides ---------------------------------------------------------------------------


def let_a_post_hold_the_risk(w: World) -> None:
    ladder.name_risk_holder(
        factories.disagreement(w), by=w.priya, at=w.clock(), agency=w.care.agency,
        post="Duty social worker, at night", meanwhile="They ring each evening.",
    )  # fmt: skip


def say_what_stands_in_the_export_alone(w: World) -> Exchange:
    """Write down a call whose point was not said back, and take somebody off a list."""
    exchange = factories.exchange_at(w, State.SENT)
    factories.called(
        w, exchange, outcome="CORRECTED", verdicts=factories.verdicts(exchange, "MISSING"),
        note="Say which arm it was.", notes={1: "The arm was left out."},
    )  # fmt: skip
    meeting = meeting_cases.with_members(w, exchange.cycle.concern)
    number = meeting_cases.place(meeting, w.tom).pk
    meetings.take_off_the_list(meeting, by=w.priya, at=w.clock(), number=number, why="The wrong Tom.")
    return exchange


def write_the_summary_again(w: World) -> None:
    factories.exchange_at(w, State.SUPERSEDED)


def hold_a_meeting_and_change_it(w: World) -> None:
    """Send minutes, take back a decision, an action and what was brought, and say what changed."""
    meeting = meeting_cases.with_members(w)
    meetings_words(w, meeting)
    ready = meeting_cases.ready(w, meeting_cases.again(meeting))
    meeting_cases.decided(w, ready, what="She is seen on Fridays too.")
    meeting_cases.issued(w, meeting_cases.again(ready))
    for part in ("decision", "action"):
        meeting_minutes.take_back(
            ready, by=w.priya, at=w.clock(), part=part, number=1, why="We had misheard each other."
        )
    meeting_cases.issued(w, meeting_cases.again(ready), what_changed="The first decision was misheard.")


def meetings_words(w: World, meeting: Any) -> None:
    """Bring something for somebody, and take it back before the minutes go out."""
    meeting_cases.brought(w, meeting, w.tom, w.amara)
    meeting_minutes.take_back(
        meeting, by=w.tom, at=w.clock(), part="brought", number=1, why="It was another child."
    )


# --- What is asked for by those whom records are about --------------------------------------------------


def find_something_in_the_bundle(w: World) -> None:
    request = answering.ready(w)
    access_bundles.check(
        request, by=answering.second_lead(w), at=w.clock(), digest=request.ready_digest, is_right=False,
        note="Her name is still in it.",
    )  # fmt: skip


def ask_the_agency_that_told_us(w: World) -> None:
    """Answer for what social care told the school, having asked social care."""
    exchange = factories.understood(w, factories.sent(w, _theirs(w), listener=w.priya))
    told = factories.main_person(exchange.cycle.concern)
    own = factories.child(w, first_name=told.first_name, last_name=told.last_name, born_on=told.born_on)
    given = {**answering.ASKED, "received_on": answering.today(w), "identity_how": answering.KNOWN}
    request = access_requests.open_request(own, by=w.school.lead, at=w.clock(), **given)
    redaction.record_agency_view(
        answering.gathered(w, request), by=w.school.lead, at=w.clock(), agency=w.care.agency,
        answer="OBJECTS", words="Not the second item.", whom="Helen Croft", asked_on=answering.today(w),
    )  # fmt: skip


def _theirs(w: World) -> Concern:
    return factories.at_share(w, by=w.tom, about=factories.child(w, by=w.tom, first_name="Una"))


def decide_about_a_hold(w: World) -> None:
    request, hold = answering.on_hold_in(w)
    redaction.decide_hold(
        request, by=w.school.lead, at=w.clock(), hold=hold, answer="RELEASE", why="He has been seen.",
        whom_asked="The officer in the case", asked_on=answering.today(w), their_view="No objection now.",
    )  # fmt: skip


# --- Hand-over to another area --------------------------------------------------------------------------


def hand_over_to_another_area(w: World) -> None:
    """Ask, telephone, and have it taken on by whoever was told."""
    transfer = moving.received(w, moving.proposed(w, factories.exchange_at(w, State.SENT)))
    transfers.log_call(
        transfer, by=w.priya, at=w.clock(), called_at=w.clock.moment, with_whom="Their duty desk",
        what_was_said="That they moved in.",
    )  # fmt: skip
    moving.accepted(w, transfer)


def take_a_hand_over_back(w: World) -> None:
    transfer = moving.received(w, moving.proposed(w, factories.exchange_at(w, State.SENT)))
    transfers.withdraw(transfer, by=w.priya, at=w.clock(), why="They came back on Sunday.")
