"""The whole record of a concern on paper: what its pages show whoever prints it, in one document.

It is read in some fifty statements however long the concern went on (docs/record.md, “On paper”, has the
figures). The cycles, with the exchanges in each, are in cycles.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agencies.models import Membership
from agencies.roles import Permission
from audit.models import Event
from records.documents.access import documents_of
from records.models import Concern, Worry
from sharing import timeline
from sharing.models import Breach, Correction, Cycle, Handover, Transfer
from sharing.paper import cycles, people, reading, saying, statements
from sharing.paper.parts import Entry, Line, Paper, Part, Row, Table, part, rows
from sharing.paper.reading import Read
from sharing.querysets import people as with_names
from sharing.rules import spoken_limit
from sharing.states import state_of
from sharing.told import moment

LEAD = (
    "Everything on record about this concern that whoever prints it may see. Nothing is overwritten: "
    "what was replaced stands struck through beside what took its place."
)


def collect(concern: Concern, *, by: Membership) -> Paper:
    """Return the whole record of a concern that the reader may see."""
    found = list(Cycle.objects.filter(concern=concern).select_related("started_by__user").order_by("number"))
    told = reading.exchanges_of(concern, by=by)
    others = reading.others_of(concern, but=told)
    whom = people.subjects_of(concern)
    said = statements.read(concern)
    parts = [
        part("Whom it is about", people.subjects(whom), nothing="Nobody is named."),
        part("Family", people.family(whom), lead=concern.think_family,
             nothing="No relationship between them is recorded."),
        _voice(concern),
        part("Statements", statements.entries(concern, said), nothing="Nothing is written down."),
        _worries(concern),
        part("What they said about sharing", people.views_of(concern),
             nothing="Nobody’s answer is recorded."),
        people.decisions_of(concern),
        *cycles.parts(concern, found, told, by=by),
        _others(others),
        _all_actions(told),
        _all_disagreements(told),
        _corrections(concern),
        _hand_overs(concern),
        *_breaches(concern, by),
        _documents(concern),
        _timeline(concern),
    ]  # fmt: skip
    return Paper(
        title="The whole record of a concern",
        reference=concern.reference,
        concern=concern.reference,
        facts=facts(concern, found),
        parts=tuple(parts),
        lead=LEAD,
    )


def facts(concern: Concern, found: Sequence[Cycle]) -> tuple[Row, ...]:
    """Return whose concern it is, since when, and where it stands."""
    logged = f"{moment(concern.logged_at)}, by {concern.logged_by.label}" if concern.logged_by else ""
    return rows(
        ("Reference", concern.reference),
        ("Agency", concern.agency.name),
        ("Owner", concern.owner.label),
        ("Urgency", concern.get_urgency_display()),
        ("Started", f"{moment(concern.started_at)}, by {concern.started_by.label}"),
        ("Logged", logged or "Not logged: a draft"),
        ("Discarded, because", concern.discarded_why),
        ("Cycles", str(len(found))),
        ("Now at", found[-1].get_stage_display() if found else "Not started"),
        ("Something was recorded late, because", concern.late_why),
    )


def _voice(concern: Concern) -> Part:
    entry = Entry(
        rows=rows(
            ("Their words, wishes and feelings", concern.get_voice_status_display() or "Not answered"),
            ("Why not", concern.voice_not_obtained_why),
            ("Plan", concern.voice_plan),
        ),
        origin=f"voice:{concern.reference}",
    )
    return part("Voice", [entry], lead="What they said is among the statements, in their words.")


def _worries(concern: Concern) -> Part:
    found = Worry.objects.filter(concern=concern).select_related(*with_names("by")).order_by("pk")
    lines = tuple(
        Line(
            (moment(one.at), f"Cycle {one.cycle_number}", one.get_level_display(), one.get_change_display(),
             one.why, one.by.full_name),
            origin=f"worry:{one.pk}",
        )
        for one in found
    )  # fmt: skip
    head = ("When", "Cycle", "How worried", "Compared with before", "Why", "Who")
    return Part("Worry", table=Table("How worried people were", head, lines), nothing="Nobody has said yet.")


def _others(found: Sequence[Any]) -> Part:
    """Exchanges between other people: that they are, as the concern's page says, and not their words."""
    lines = tuple(
        Line(
            (one.reference, f"Cycle {one.cycle.number}", one.get_kind_display(),
             f"{one.said_by.label} to {one.said_to.label}",
             state_of(one, last_outcome=one.last_outcome,
                      is_answered=getattr(one, "summary_answer", None) is not None).value.capitalize()),
            origin=f"exchange:{one.reference}",
        )
        for one in found
    )  # fmt: skip
    return Part(
        "Exchanges between other people",
        table=Table(
            "Exchanges whose words are not here", ("Reference", "Cycle", "Kind", "Between", "State"), lines
        ),
        lead="Their words are for those in them, and for the lead of their agency." if lines else "",
        nothing="Every exchange of this concern is in this document.",
    )


def _all_actions(told: Sequence[Read]) -> Part:
    lines = tuple(
        Line(
            (doing.action.reference, doing.action.what, doing.action.owner.label,
             spoken_limit(doing.action.due_at), doing.state.value.capitalize()),
            origin=f"action:{doing.action.reference}",
        )
        for one in told
        for doing in one.actions
    )  # fmt: skip
    head = ("Reference", "What", "Who", "By when", "State")
    return Part("All actions", table=Table("All actions", head, lines), nothing="No action is recorded.")


def _all_disagreements(told: Sequence[Read]) -> Part:
    entries = [
        entry for one in told for found in one.disagreements for entry in saying.disagreement(found)[:1]
    ]
    return part("All disagreements", entries, nothing="No disagreement is recorded.")


def _corrections(concern: Concern) -> Part:
    found = Correction.objects.filter(concern=concern).select_related(
        "statement", "person", *with_names("by")
    )
    shown = found.prefetch_related("recipients__about__listener__user", "recipients__exchange")
    return part(
        "Corrections that travelled",
        [_correction(one) for one in shown.order_by("pk")],
        nothing="Nothing that others were given was corrected.",
    )


def _correction(one: Any) -> Entry:
    told = []
    for to in one.recipients.all():
        who = f"{to.about.listener.full_name}, who had {to.about.reference}" if to.about else "Who was asked"
        how = f"told in {to.exchange.reference}" if to.exchange else "to be told by hand"
        told.append(f"{who}: {f'told by hand, {to.by_hand_how}' if to.by_hand_at else how}")
    what = one.statement.label if one.statement else one.person.name if one.person else ""
    return Entry(
        heading=f"{one.reference}: {one.get_kind_display().lower()}",
        rows=rows(
            ("Of", what),
            ("Was", one.was),
            ("Is now", one.now),
            ("What it asks of whoever was told", one.must_do),
            ("Why", one.why),
            ("Made", f"{moment(one.at)}, by {one.by.label}"),
            ("Who was told", "\n".join(told) or "Nobody had been given it"),
        ),
        origin=f"correction:{one.reference}",
        about=(one.person.reference,) if one.person else (),
    )


def _hand_overs(concern: Concern) -> Part:
    mine = Handover.objects.filter(concern=concern).select_related(
        "exchange", *with_names("leaver", "successor", "by")
    )
    entries = [_hand_over(one, concern) for one in mine.order_by("pk")]
    areas = Transfer.objects.filter(concern=concern).with_people().order_by("pk")
    entries += [_transfer(one) for one in areas]
    return part("Hand-overs", entries, nothing="Nothing was handed over.")


def _hand_over(one: Handover, concern: Concern) -> Entry:
    """One hand-over between colleagues. What they said to each other elsewhere is not for this agency."""
    is_ours = one.leaver.agency_id == concern.agency_id
    ended = moment(one.taken_over_at) or (
        f"Came to nothing on {moment(one.ended_at)}" if one.ended_at else ""
    )
    return Entry(
        heading=f"{one.leaver.full_name} to {one.successor.full_name}",
        rows=rows(
            ("Begun", f"{moment(one.at)}, by {one.by.full_name}"),
            ("By exchange", one.exchange.reference if one.exchange else ""),
            ("Taken over", ended or "Not yet"),
            ("What they should know besides", one.note if is_ours else ""),
        ),
        origin=f"handover:{one.pk}",
    )


def _transfer(one: Transfer) -> Entry:
    return Entry(
        heading=f"{one.reference}: {one.from_agency.name} to {one.to_agency.name}",
        rows=rows(
            ("Why", one.why),
            ("Received in writing", moment(one.received_at)),
            ("Accepted", f"{moment(one.accepted_at)}. {one.accepted_words}" if one.accepted_at else ""),
            ("Responsible from", moment(one.responsible_from)),
            ("Declined", f"{moment(one.declined_at)}. {one.declined_why}" if one.declined_at else ""),
            ("Withdrawn", f"{moment(one.withdrawn_at)}. {one.withdrawn_why}" if one.withdrawn_at else ""),
        ),
        origin=f"transfer:{one.reference}",
    )


def _breaches(concern: Concern, by: Membership) -> list[Part]:
    """The register of breaches is for leads, on paper as on the screen."""
    if not by.may(Permission.OVERSEE):
        return []
    found = Breach.objects.filter(exchange__cycle__concern=concern, agency=by.agency_id)
    found = found.select_related("exchange", *with_names("opened_by", "closed_by")).prefetch_related(
        "decisions__by__user"
    )
    entries = [
        Entry(
            heading=f"Breach {one.number}, about {one.exchange.reference}",
            rows=rows(
                ("Known since", moment(one.became_aware_at)),
                ("Opened", f"{moment(one.opened_at)}, by {one.opened_by.label}"),
                *((said.get_about_display(), _decided(said)) for said in one.decisions.all()),
                ("Reported", f"{moment(one.reported_at)}, {one.report_reference}" if one.reported_at else ""),
                ("What was learned", one.what_was_learned),
                ("Closed", f"{moment(one.closed_at)}, by {one.closed_by.label}" if one.closed_by else ""),
            ),
            origin=f"breach:{one.number}",
        )
        for one in found.order_by("number")
    ]  # fmt: skip
    return [part("Breaches", entries, nothing="No breach is on the register.")]


def _decided(said: Any) -> str:
    return f"{'Yes' if said.answer else 'No'}. {said.why}\n{said.by.full_name}, {moment(said.at)}"


def _documents(concern: Concern) -> Part:
    """The list of documents, by name. The documents themselves are not printed with the record."""
    found = documents_of(concern)
    entries = [
        Entry(
            heading=f"{one.label}: {one.title}",
            rows=rows(
                ("What it is", one.get_kind_display()),
                ("Written or made by", one.written_by),
                ("Source", one.source),
                ("About", one.about.name if one.about else ""),
                ("Added", f"{moment(one.added_at)}, by {one.added_by.label}"),
                ("Versions", str(one.many)),
            ),
            marks=("Struck through: it is a mistake",) if getattr(one, "strike", None) else (),
            origin=f"document:{concern.reference}:{one.number}",
            about=(one.about.reference,) if one.about else (),
        )
        for one in reversed(found)
    ]
    lead = "They are kept with the record, and are not printed with it." if entries else ""
    return part("Documents", entries, lead=lead, nothing="No document belongs to this concern.")


def _timeline(concern: Concern) -> Part:
    """Every act on the concern, as the audit has it, with when it happened and when it was written down."""
    found = Event.objects.filter(concern=concern.reference).order_by("pk")
    lines = tuple(
        Line(
            (moment(one.at), moment(one.recorded_at) if one.is_late_entry else "", one.what, one.by),
            origin=f"event:{number}",
        )
        for number, one in enumerate(timeline.entries(list(found)), start=1)
    )
    head = ("Happened", "Written down, where later", "What", "Who")
    return Part("Timeline", table=Table("Every act on the concern", head, lines), nothing="Nothing yet.")
