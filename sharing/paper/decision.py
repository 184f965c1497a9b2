"""A sharing decision on one page: the twenty parts that such a record must hold, each said in words.

The list is that of the ICO code with the golden rules (docs/record.md, “On paper”). A part that holds
nothing says so: what was not asked, not sent or not needed is an answer too. Of what was sent it shows what
the reader may read of each exchange, and of the others only to whom it went and where it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from consent.models import SharingDecision, View
from consent.principles import TITLES
from consent.querysets import BASES, DECIDERS, PEOPLE
from records.models import Concern, Statement
from sharing.models import Cycle, Enquiry, Exchange
from sharing.paper import decision_sent as sent
from sharing.paper import people, reading
from sharing.paper.parts import Entry, Paper, Part, Row, rows, words
from sharing.paper.reading import Read
from sharing.querysets import people as with_names
from sharing.told import happened, moment


@dataclass(frozen=True)
class Known:
    """All that a decision's paper is written from, read once."""

    decision: SharingDecision
    concern: Concern
    cycle: Cycle | None
    subjects: Sequence[Any]
    voice: Sequence[Statement]
    sent: Sequence[Read]
    others: Sequence[Any]
    asked: Sequence[Enquiry]
    earlier: Sequence[SharingDecision]
    views: Sequence[View]


def find(concern: Concern, cycle_number: int, person: Any) -> SharingDecision | None:
    """Return the decision about one person that counts in a cycle, with all that it names."""
    found = SharingDecision.objects.of(concern, cycle_number, person)
    with_view = (f"view__{name}" for name in PEOPLE)
    return found.select_related("person", "view", *with_view, *BASES, *DECIDERS).order_by("-pk").first()


def read(decision: SharingDecision, concern: Concern, *, by: Any) -> Known:
    """Read what belongs to a decision of a concern that the reader may see."""
    cycle = Cycle.objects.filter(concern=concern, number=decision.cycle_number).first()
    only = {"cycle": cycle, "kind": Exchange.Kind.DISCLOSURE}
    told = reading.exchanges_of(concern, by=by, **only)
    others = reading.others_of(concern, but=told, **only)
    asked = Enquiry.objects.filter(cycle=cycle, kind=Enquiry.Kind.ADVICE) if cycle else Enquiry.objects.none()
    voice = concern.statements.current().filter(kind=Statement.Kind.VOICE).select_related("about")
    same = SharingDecision.objects.of(concern, decision.cycle_number, decision.person)
    return Known(
        decision=decision,
        concern=concern,
        cycle=cycle,
        subjects=people.subjects_of(concern),
        voice=[one for one in voice.order_by("number") if one.about_id in (None, decision.person_id)],
        sent=told,
        others=others,
        asked=list(asked.select_related(*with_names("asked_of"))),
        earlier=list(same.exclude(pk=decision.pk).select_related(*DECIDERS).order_by("pk")),
        views=list(
            View.objects.of(concern, decision.person)
            .exclude(pk=decision.view_id)
            .select_related("recorded_by__user")
        ),
    )


def collect(known: Known) -> Paper:
    """Return the decision as a paper that fits one page where its words are few."""
    decision, concern = known.decision, known.concern
    about = decision.person.reference
    found = [Part(title, tuple(_nothing(entries))) for title, entries in _parts(known)]
    return Paper(
        title="Record of a sharing decision",
        reference=concern.reference,
        concern=concern.reference,
        facts=rows(
            ("About", f"{decision.person.name}, {about}"),
            ("Concern", f"{concern.reference}, {concern.agency.name}"),
            ("Cycle", str(decision.cycle_number)),
        ),
        parts=tuple(found),
        one_page=True,
    )


def _nothing(entries: Sequence[Entry]) -> Sequence[Entry]:
    return entries or [words("Nothing is recorded.")]


def _say(*pairs: tuple[str, str]) -> list[Entry]:
    found = rows(*pairs)
    return [Entry(rows=found)] if found else []


def _parts(known: Known) -> list[tuple[str, list[Entry]]]:
    """The twenty parts, in the order of the list."""
    decision, concern = known.decision, known.concern
    return [
        ("1. Decision", _say((decision.get_outcome_display(),
                              f"{decision.decided_by.label}, {moment(decision.decided_at)}"))),
        ("2. Who asked", [words(decision.request or "Nobody’s request is recorded: it was our own.")]),
        ("3. People it concerns", _whom(known)),
        ("4. Purpose and risk", [words(decision.purpose), words(f"Reasons: {decision.rationale}")]),
        ("5. What was shared", sent.items(known)),
        ("6. What was held back", sent.held_back(known)),
        ("7. Told whom, and the right place", sent.recipients(known)),
        ("8. Lawful basis", _say(*people.bases(decision),
                                 ("Why, although they did not agree", decision.despite_why))),
        ("9. Consent or view", _view(known)),
        ("10. Informed", _say(*people.informed(decision))),
        ("11. Voice", _voice(known)),
        ("12. Think Family", _family(known)),
        ("13. Protected identity and safe contact", _safe(known)),
        ("14. Advice", _advice(known)),
        ("15. Seven principles", _say(*((title, decision.principles.get(code) or "Not answered")
                                        for code, title in TITLES.items()))),
        ("16. How it was sent", sent.method(known)),
        ("17. Check-back", sent.check_back(known)),
        ("18. Disagreement", sent.disagreement(known)),
        ("19. Actions", sent.actions(known)),
        ("20. Review and later corrections", _later(known, concern)),
    ]  # fmt: skip


def _whom(known: Known) -> list[Entry]:
    return [
        Entry(
            rows=(Row("The concern is about" if one.is_main else "It might touch", _named(one.person)),),
            about=(one.person.reference,),
        )
        for one in known.subjects
    ]  # fmt: skip


def _named(person: Any) -> str:
    return f"{person.name}, {person.get_kind_display().lower()}, {person.reference}"


def _view(known: Known) -> list[Entry]:
    view = known.decision.view
    if view.answer == View.Answer.NOT_ASKED:
        return [
            Entry(
                rows=rows(
                    ("Not asked", view.why_not_asked),
                    (
                        "Capacity or competence",
                        f"{view.get_capacity_display()}. {view.capacity_note}".strip(),
                    ),
                    ("Recorded", f"{moment(view.recorded_at)}, by {view.recorded_by.full_name}"),
                )
            )
        ]
    return [Entry(rows=(Row("Answer", view.get_answer_display()), *people.said(view)))]


def _voice(known: Known) -> list[Entry]:
    concern = known.concern
    entries = [
        Entry(
            rows=(Row(f"{one.label}, {one.get_voice_of_display().lower()}",
                      f"{sent.quoted(one)} ({one.source}; {happened(one)})"),),
            origin=f"statement:{concern.reference}:{one.number}:{one.version}",
        )
        for one in known.voice
    ]  # fmt: skip
    if entries:
        return entries
    if concern.voice_not_obtained_why:
        return _say(("Not obtained", concern.voice_not_obtained_why), ("Plan", concern.voice_plan))
    return [words("No words, wishes or feelings of theirs are recorded.")]


def _family(known: Known) -> list[Entry]:
    concern = known.concern
    entries = [words(concern.think_family)] if concern.think_family else []
    entries += [
        Entry(rows=(Row(one.person.name, one.what_it_might_mean),))
        for one in known.subjects
        if one.what_it_might_mean
    ]
    return entries or [words("No other child, adult at risk or carer is named.")]


def _safe(known: Known) -> list[Entry]:
    entries = []
    for one in known.subjects:
        if one.protected or one.person.address_is_protected:
            entries.append(Entry(rows=(Row(one.person.name, people.NOT_PRINTED),)))
        if one.person.safe_contact_rule:
            entries.append(
                Entry(rows=(Row(f"Safe contact, {one.person.name}", one.person.safe_contact_rule),))
            )
    return entries or [words("Nothing is marked as protected, and no safe-contact rule is recorded.")]


def _advice(known: Known) -> list[Entry]:
    entries = [
        Entry(rows=(Row(f"Asked of {one.asked_of.label}", _answer(one)),)) for one in known.asked
    ]  # fmt: skip
    if known.cycle and known.cycle.advice_note:
        entries.append(words(known.cycle.advice_note))
    if entries:
        return entries
    if known.cycle is not None and known.cycle.advice_needed is False:
        return [words("Not asked: no advice was needed.")]
    return [words("Not asked: no advice is recorded.")]


def _answer(one: Enquiry) -> str:
    if one.answered_at:
        return f"{one.reference}, answered {moment(one.answered_at)}"
    return f"{one.reference}, not answered{f': {one.unanswered_why}' if one.unanswered_why else ''}"


def _later(known: Known, concern: Concern) -> list[Entry]:
    decision = known.decision
    entries = _say(("To be looked at again", moment(decision.inform_review_at)))
    entries += [
        words(
            f"Earlier decision: {one.get_outcome_display().lower()}, {moment(one.decided_at)}, "
            f"{one.decided_by.full_name}. {one.rationale}"
        )
        for one in known.earlier
    ]
    entries += [
        words(f"Also said: {one.get_answer_display().lower()}, recorded {moment(one.recorded_at)}")
        for one in known.views
    ]
    for one in known.sent:
        corrected = [
            found for found in one.exchange.corrected_by if found["reference"] != one.exchange.reference
        ]
        entries += [
            words(
                f"{found['correction']} corrected {one.exchange.reference}: "
                f"{one.exchange.said_to.full_name} was told in {found['reference']}"
            )
            for found in corrected
        ]
    if not entries:
        return [words("No review is due, and nothing was corrected since.")]
    return entries
