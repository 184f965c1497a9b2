"""The timeline: every event of a concern in plain words, with event time and entry time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from agencies import verbs as agencies_verbs
from audit.models import Event
from audit.models import in_words as in_words_of_code
from consent import verbs as consent_verbs
from records import verbs as records_verbs
from sharing.models import Cycle
from sharing.retention import verbs as retention_verbs
from sharing.subject_access import verbs as subject_access_verbs

# One sentence for each verb, in the words people use. {actor}, {subject} and the event's data are filled in.
SENTENCES: dict[str, str] = {
    **{str(verb): f"{{actor}} {words}" for verb, words in agencies_verbs.SENTENCES.items()},
    **{str(verb): f"{{actor}} {words}" for verb, words in records_verbs.SENTENCES.items()},
    **{str(verb): f"{{actor}} {words}" for verb, words in consent_verbs.SENTENCES.items()},
    **retention_verbs.SENTENCES,
    "sharing.cycle.start-at-ask": "{actor} started at Ask",
    "sharing.cycle.start-at-do": "{actor} started at Do",
    "sharing.cycle.start-at-share": "{actor} started at Share",
    "sharing.cycle.start-at-record": "{actor} started at Record",
    "sharing.cycle.to-do": "{actor} went on to Do",
    "sharing.cycle.to-share": "{actor} went on to Share",
    "sharing.cycle.not-shared": "{actor} went on to Record without sharing",
    "sharing.cycle.to-record": "{actor} went on to Record",
    "sharing.cycle.next-cycle": "{actor} started the next cycle",
    "sharing.cycle.close": "{actor} closed the concern",
    "sharing.cycle.back-to-ask": "{actor} stepped back to Ask",
    "sharing.cycle.back-to-do": "{actor} stepped back to Do",
    "sharing.cycle.back-to-share": "{actor} stepped back to Share",
    "sharing.cycle.reopen": "{actor} opened the concern again",
    "sharing.cycle.proceed_on_safety_grounds": "{actor} decided to proceed on safety grounds",
    "sharing.gate.refused": "{actor} tried to move on while the gate was closed",
    "sharing.ask.answered": "{actor} answered who needs to know and whether advice is needed",
    "sharing.involvement.listed": "{actor} listed somebody who works with them",
    "sharing.enquiry.asked": "{actor} sent question {subject}",
    "sharing.enquiry.opened": "{actor} opened question {subject}",
    "sharing.enquiry.answered": "{actor} answered question {subject}",
    "sharing.enquiry.explained": "{actor} explained why question {subject} has no answer",
    "sharing.assumption.named": "{actor} named an assumption",
    "sharing.assumption.tested": "{actor} wrote down how an assumption was tested",
    "sharing.step.done": "{actor} did a step that an urgent disclosure had skipped",
    "sharing.exchange.prepared": "{actor} chose whom to tell in {subject}",
    "sharing.exchange.items_chosen": "{actor} chose what to share in {subject}",
    "sharing.exchange.discarded": "{actor} took back {subject} before it was sent",
    "sharing.exchange.sent": "{actor} sent {subject}",
    "sharing.exchange.sent_in_emergency": "{actor} sent {subject} as urgent, ahead of its stage",
    "sharing.exchange.opened": "{actor} opened {subject}",
    "sharing.attachment.opened": "{actor} opened attachment {attachment} of {subject}",
    "sharing.exchange.received": "{actor} confirmed receipt of {subject}",
    "sharing.exchange.not_mine": "{actor} said that {subject} is not for them",
    "sharing.exchange.restated": "{actor} said {subject} back",
    "sharing.exchange.spoken": (
        "{actor} logged a call about {subject}, and typed what was said back: not yet confirmed in writing"
    ),
    "sharing.exchange.spoken_confirmed": (
        "{actor} confirmed in writing what was typed after a call about {subject}"
    ),
    "sharing.exchange.said_differently": (
        "{actor} said {subject} back in their own words, other than was typed after the call"
    ),
    "sharing.exchange.corrected": "{actor} asked for {subject} to be said again",
    "sharing.exchange.understood": "{actor} confirmed that {subject} is understood",
    "sharing.exchange.agreement": "{actor} said whether they agree on {subject}",
    "sharing.concern.exported": "{actor} took the whole record away as data",
    "sharing.exchange.copy_taken": "{actor} took a copy of what they said about {subject}",
    "sharing.paper.asked": "{actor} asked for a PDF of {subject}",
    "sharing.paper.made": "{actor} was given a PDF of {subject}",
    "sharing.exchange.withdrawn": "{actor} withdrew {subject}",
    "sharing.exchange.passed_on": "{actor} passed {instead_of} on to a colleague as {subject}",
    "sharing.link.sent": "{actor} sent a new link to {subject}",
    "sharing.link.ended": "{actor} ended the link to {subject}",
    "sharing.link.code_sent": "{actor} sent the code for {subject} by text message",
    "sharing.link.code_wanted": "{actor} asked for the code for {subject} to be read out",
    "sharing.link.code_read_out": "{actor} made a code for {subject} and read it out",
    "sharing.link.visited": "{actor} entered the code for {subject}",
    "sharing.link.stayed": "{actor} asked for more time in {subject}",
    "sharing.link.left": "{actor} finished their visit to {subject}",
    "sharing.link.time_up": "{actor} found that the time of the link to {subject} is up",
    "sharing.link.locked": "{actor} locked the link to {subject} after five wrong codes",
    "sharing.link.not_them": "{actor} heard that somebody else has the link to {subject}",
    "sharing.handover.sent": "{actor} began to hand over a part in this concern, in {subject}",
    "sharing.handover.taken_over": "{actor} confirmed the hand-over {subject}, and the work passed on",
    "sharing.disagreement.opened": "{actor} said that they do not agree: {subject}",
    "sharing.disagreement.position": "{actor} said what their side thinks on {subject}",
    "sharing.disagreement.risk_held": "{actor} said who holds the risk until {subject} is settled",
    "sharing.disagreement.stage_opened": "{actor} took {subject} to stage {stage}",
    "sharing.disagreement.danger": "{actor} wrote down who was called about immediate danger on {subject}",
    "sharing.disagreement.outcome": "{actor} wrote the outcome of {subject}",
    "sharing.disagreement.settled": "{actor} closed {subject}",
    "sharing.outcome.sent": "{actor} sent the outcome of {disagreement} as {subject}",
    "sharing.meeting.called": "{actor} called meeting {subject}",
    "sharing.meeting.asked": "{actor} asked somebody to meeting {subject}",
    "sharing.meeting.taken_off": "{actor} took somebody off the list of meeting {subject}",
    "sharing.meeting.answered": "{actor} said whether they come to meeting {subject}",
    "sharing.meeting.moved": "{actor} changed when or where meeting {subject} is",
    "sharing.meeting.called_off": "{actor} called off meeting {subject}",
    "sharing.meeting.held": "{actor} wrote down who came to meeting {subject}",
    "sharing.meeting.went_on": "{actor} went on with meeting {subject} without a quorum",
    "sharing.meeting.brought": "{actor} wrote down something brought to meeting {subject}",
    "sharing.meeting.decided": "{actor} wrote down a decision of meeting {subject}",
    "sharing.meeting.action": "{actor} wrote down an action of meeting {subject}",
    "sharing.meeting.taken_back": "{actor} took back something written down in meeting {subject}",
    "sharing.meeting.minuted": "{actor} sent the minutes of meeting {subject}",
    "sharing.meeting.amended": "{actor} amended the minutes of meeting {subject}",
    "sharing.meeting.sent": "{actor} sent a member their part of the minutes as {subject}",
    "sharing.guard.sent_all_the_same": "{actor} sent {subject} although it holds a protected detail",
    "sharing.exchange.misdirected": "{actor} said that {subject} was sent to the wrong person",
    "sharing.breach.opened": "{actor} opened breach {breach} about {subject}",
    "sharing.breach.decided": "{actor} decided on breach {breach} about {subject}",
    "sharing.breach.reported": "{actor} wrote down that breach {breach} about {subject} was reported",
    "sharing.breach.closed": "{actor} closed breach {breach} about {subject}",
    "sharing.incident.handled": "{actor} wrote down what was done about {subject} reaching the wrong person",
    "sharing.action.proposed": "{actor} proposed action {subject}",
    "sharing.action.accepted": "{actor} took on action {subject}",
    "sharing.action.declined": "{actor} declined action {subject}",
    "sharing.action.reported": "{actor} reported what happened on action {subject}",
    "sharing.action.checked": "{actor} checked that action {subject} is done",
    "sharing.action.not_done": "{actor} said that action {subject} is not done yet",
    "sharing.action.withdrawn": "{actor} took back action {subject}",
    "sharing.action.flagged": "{actor} corrected something that action {subject} rests on, in {correction}",
    "sharing.action.still_right": "{actor} looked at action {subject} again: it is still right",
    "sharing.exchange.item_corrected": "{actor} corrected something in {subject}: see {correction}",
    "sharing.exchange.overtaken": "{actor} sent {correction} in the place of {subject}",
    "sharing.correction.made": "{actor} made correction {subject}",
    "sharing.correction.sent": "{actor} told a recipient of a correction, in {subject}",
    "sharing.correction.told_by_hand": "{actor} wrote down how somebody was told of correction {subject}",
    "sharing.correction.proposed": "{actor} proposed a correction of {subject}",
    "sharing.correction.not_made": "{actor} said why {subject} is not corrected as was proposed",
    "sharing.about.linked": "{actor} said that {exchange} is about {subject}",
    "sharing.about.ended": "{actor} said that {exchange} is not about {subject} after all",
    "sharing.summary.written": "{actor} wrote the summary",
    "sharing.summary.sent": "{actor} sent the summary as {subject}",
    "sharing.summary.confirmed": "{actor} said that the summary {subject} is what they recorded",
    "sharing.summary.corrected": "{actor} corrected the summary {subject}",
    "sharing.summary.silence": "{actor} recorded that the summary {subject} was not answered in time",
    "sharing.decision.sent": "{actor} sent the decision on {answers} as {subject}",
    "sharing.decision.not_awaited": "{actor} wrote down why they go on without a decision on {subject}",
    "sharing.transfer.proposed": "{actor} asked in {subject} that another area takes on responsibility",
    "sharing.transfer.called": "{actor} wrote down a telephone call about {subject}, which starts no clock",
    "sharing.transfer.received": "{actor} received {subject} in writing: both clocks started",
    "sharing.transfer.accepted": "{actor} accepted responsibility in writing: {subject}",
    "sharing.transfer.declined": "{actor} declined responsibility in writing: {subject}",
    "sharing.transfer.withdrawn": "{actor} took hand-over {subject} back",
    "sharing.transfer.conference": "{actor} wrote down when the conference of {subject} was held",
    "sharing.reminder.before": "{actor} reminded whoever it waits for that {subject} is due soon",
    "sharing.reminder.at": "{actor} reminded whoever it waits for that {subject} is due now",
    "sharing.reminder.lead": "{actor} told the lead of whoever it waits for that {subject} is late",
    "sharing.reminder.other_lead": "{actor} told the lead of the other side that {subject} is late",
    "sharing.notice.undelivered": "{actor} could not deliver a notice about {subject}",
    "sharing.obligation.covered": "{actor} named who acts for whoever {subject} waits for",
    "sharing.obligation.chased": "{actor} chased whoever {subject} waits for",
    "sharing.reminder.nobody": "{actor} found nobody who can be told that {subject} is due",
    **subject_access_verbs.SENTENCES,
}
LATER = timedelta(minutes=5)


@dataclass(frozen=True)
class Entry:
    """One line of a timeline. `at` is event time; `recorded_at` entry time (both UTC)."""

    what: str
    by: str
    at: datetime
    recorded_at: datetime

    @property
    def is_late_entry(self) -> bool:
        """It was written down more than five minutes after it happened."""
        return self.recorded_at - self.at > LATER


def in_words(event: Event) -> str:
    """Put one event in plain words. Raises KeyError for a verb without a sentence: a test finds it first."""
    words = _filled_in(event, actor=event.actor)
    return f"{words}, for {event.acting_for}" if event.acting_for else words


def what_was_done(event: Event) -> str:
    """Put one event in plain words, without who did it: "Logged this concern"."""
    words = _filled_in(event, actor="").strip()
    return words[:1].upper() + words[1:]


def for_an_auditor(event: Event) -> str:
    """Put one event in plain words with references alone. What has no words any more is named by its verb."""
    if event.verb not in SENTENCES:
        return f"{event.in_words}: {event.subject_in_short}"
    return _without_whoever(event.verb, {**event.data, "subject": event.subject_in_short})


def of_verb(verb: str) -> str:
    """Say what a verb means, with a gap for each thing that it is about: "Sent …"."""
    return _without_whoever(verb, {}) if verb in SENTENCES else in_words_of_code(verb)


def _without_whoever(verb: str, data: dict[str, object]) -> str:
    given: defaultdict[str, object] = defaultdict(lambda: "…", {**data, "actor": ""})
    words = SENTENCES[verb].format_map(given).strip()
    return words[:1].upper() + words[1:]


def by_whom(event: Event) -> str:
    """Name who did it, and for whom a deputy acted."""
    return f"{event.actor}, for {event.acting_for}" if event.acting_for else event.actor


def _filled_in(event: Event, *, actor: str) -> str:
    return SENTENCES[event.verb].format_map({**event.data, "actor": actor, "subject": event.subject})


def entries(events: list[Event]) -> list[Entry]:
    """Put events in plain words, in the order of the audit."""
    return [Entry(what_was_done(e), by_whom(e), happened_at(e), e.recorded_at) for e in events]


def happened_at(event: Event) -> datetime:
    """Say when that happened which the event is about (UTC): what was seen, done or asked.

    For every other event that is the act itself.
    """
    told = event.data.get("happened_at")
    return datetime.fromisoformat(told) if told else event.at


def since(cycle: Cycle, version: int) -> list[str]:
    """Say what happened to a cycle after the version that somebody was looking at, a sentence each."""
    events = Event.objects.filter(
        concern=cycle.concern.reference,
        verb__startswith="sharing.",
        data__cycle=cycle.number,
        data__version__gt=version,
    ).order_by("id")[:5]
    return [f"{in_words(event)} ({timezone.localtime(event.recorded_at):%H:%M})." for event in events]
