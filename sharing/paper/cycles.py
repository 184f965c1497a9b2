"""The cycles of a concern on paper: what was asked and assumed, who was told what, meetings and summaries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from agencies.models import Membership
from agencies.roles import Permission
from records.models import Concern
from sharing import access
from sharing.models import (
    Assumption,
    Contribution,
    Cycle,
    Enquiry,
    Involvement,
    Minutes,
    Override,
    SkippedStep,
    StageMove,
    Summary,
)
from sharing.paper import exchange as exchanges
from sharing.paper import minutes as minuted
from sharing.paper.parts import Entry, Part, Row, part, rows
from sharing.paper.reading import Read
from sharing.querysets import people
from sharing.states import enquiry_state
from sharing.told import moment
from sharing.workflow import MOVES

Rows = dict[int, list[Any]]


def parts(concern: Concern, found: Sequence[Cycle], told: Sequence[Read], *, by: Membership) -> list[Part]:
    """Return the parts of every cycle in turn, with the exchanges that the reader may see."""
    lists = _read(concern)
    met = _meetings(concern, by)
    made: list[Part] = []
    for cycle in found:
        made.append(_cycle(cycle))
        made += [
            part("Stages and moves", _moves(cycle, lists), level=2, nothing="It has not moved."),
            part("Who else works with them", _involved(lists["involved"].get(cycle.pk, [])), level=2,
                 nothing="Nobody else is known." if cycle.nobody_else_known else "Nobody is listed."),
            part("Questions and answers", map(_enquiry, lists["asked"].get(cycle.pk, [])), level=2,
                 nothing="Nobody was asked."),
            part("Assumptions", map(_assumption, lists["assumed"].get(cycle.pk, [])), level=2,
                 nothing="Somebody looked: none is made." if cycle.no_assumptions else "None is named."),
        ]  # fmt: skip
        for one in told:
            if one.exchange.cycle_id == cycle.pk:
                made += exchanges.parts(one, level=2, about=True)
        made += met.get(cycle.pk, [])
        made.append(
            part("Summaries", map(_summary, lists["summed"].get(cycle.pk, [])), level=2,
                 nothing="No summary was written.")
        )  # fmt: skip
    return made


def _by_cycle(found: Iterable[Any]) -> Rows:
    lists: Rows = {}
    for row in found:
        lists.setdefault(row.cycle_id, []).append(row)
    return lists


def _read(concern: Concern) -> dict[str, Rows]:
    here = {"cycle__concern": concern}
    by = people("by")
    return {
        "moved": _by_cycle(StageMove.objects.filter(**here).select_related(*by).order_by("pk")),
        "passed": _by_cycle(Override.objects.filter(**here).select_related(*by).order_by("pk")),
        "skipped": _by_cycle(
            SkippedStep.objects.filter(**here).select_related(*people("owner", "done_by")).order_by("pk")
        ),
        "involved": _by_cycle(Involvement.objects.filter(**here).order_by("pk")),
        "asked": _by_cycle(
            Enquiry.objects.filter(**here)
            .select_related(*people("asked_by", "asked_of", "explained_by"))
            .order_by("pk")
        ),
        "assumed": _by_cycle(
            Assumption.objects.filter(**here).select_related(*people("named_by", "tested_by")).order_by("pk")
        ),
        "summed": _by_cycle(Summary.objects.filter(**here).select_related(*people("author")).order_by("pk")),
    }


def _cycle(cycle: Cycle) -> Part:
    advice = {True: "Advice was needed", False: "No advice was needed", None: "Not answered"}
    entry = Entry(
        rows=rows(
            ("Started", f"{moment(cycle.started_at)}, by {cycle.started_by.full_name}"),
            ("Ended", moment(cycle.ended_at)),
            ("Stage", cycle.get_stage_display()),
            ("Who needs to know", cycle.who_needs_to_know or "Not answered"),
            ("Advice", f"{advice[cycle.advice_needed]}. {cycle.advice_note}".strip()),
        ),
        origin=f"cycle:{cycle.number}",
    )
    return part(f"Cycle {cycle.number}", [entry])


def _moves(cycle: Cycle, lists: dict[str, Rows]) -> list[Entry]:
    entries = [
        Entry(
            MOVES[one.move].label if one.move in MOVES else one.move,
            rows(("When and who", f"{moment(one.at)}, {one.by.label}"), ("Reason", one.reason)),
            origin=f"move:{one.pk}",
        )
        for one in lists["moved"].get(cycle.pk, [])
    ]
    entries += [
        Entry(
            f"Went on from {one.get_stage_display()} on safety grounds",
            rows(("When and who", f"{moment(one.at)}, {one.by.label}"), ("Reason", one.reason)),
            origin=f"override:{one.pk}",
        )
        for one in lists["passed"].get(cycle.pk, [])
    ]
    for one in lists["skipped"].get(cycle.pk, []):
        done = f"{moment(one.done_at)}, {one.done_by.label}" if one.done_by else "Not done yet"
        entries.append(
            Entry("A step that an urgent disclosure went ahead of",
                  rows(("Step", one.get_step_display()), ("Whose", one.owner.label), ("Done", done)),
                  origin=f"step:{one.pk}")
        )  # fmt: skip
    return entries


def _involved(found: Sequence[Involvement]) -> list[Entry]:
    return [
        Entry(rows=rows((one.name, f"{one.role}, {one.agency_name}")), origin=f"involvement:{one.pk}")
        for one in found
    ]


def _enquiry(one: Enquiry) -> Entry:
    return Entry(
        heading=f"{one.reference}: {enquiry_state(one).value}",
        rows=rows(
            ("Kind", one.get_kind_display()),
            ("Asked", f"{one.asked_of.label}, by {one.asked_by.full_name}, {moment(one.asked_at)}"),
            ("What they were told", one.told),
            ("The question", one.question),
            ("Opened", moment(one.opened_at)),
            ("Answered", moment(one.answered_at)),
            ("Why there is no answer", one.unanswered_why),
            (
                "Explained by",
                f"{one.explained_by.label}, {moment(one.explained_at)}" if one.explained_by else "",
            ),
        ),
        origin=f"enquiry:{one.reference}",
    )


def _assumption(one: Assumption) -> Entry:
    tested = f"{one.how_tested}\n{one.tested_by.label}, {moment(one.tested_at)}" if one.tested_by else ""
    return Entry(
        rows=(
            Row("", one.text),
            *rows(
                ("Named", f"{one.named_by.label}, {moment(one.named_at)}"), ("Tested", tested or "Not tested")
            ),
        ),
        origin=f"assumption:{one.pk}",
    )


def _summary(one: Summary) -> Entry:
    sections = [(section["title"], "\n".join(section["lines"])) for section in one.sections]
    return Entry(
        heading=f"Version {one.version}, {moment(one.written_at)}",
        rows=rows(
            ("Written by", one.author.label),
            ("What changed", one.what_changed),
            ("Decision", one.decision),
            *sections,
        ),
        origin=f"summary:{one.cycle_id}:{one.version}",
    )


# --- Meetings: who reads what was brought is said by its page (views/meeting_page.py) --------------


def _meetings(concern: Concern, by: Membership) -> dict[int, list[Part]]:
    found = list(access.meetings_seen_by(by).filter(cycle__concern=concern).order_by("pk"))
    pks = [one.pk for one in found]
    versions = _each(Minutes.objects.filter(meeting__in=pks).select_related(*people("by")).order_by("number"))
    brought = _each(_brought(pks))
    made: dict[int, list[Part]] = {}
    for one in found:
        made.setdefault(one.cycle_id, []).append(
            _meeting(one, by, versions.get(one.pk, []), brought.get(one.pk, []))
        )
    return made


def _each(found: Iterable[Any]) -> Rows:
    lists: Rows = {}
    for row in found:
        lists.setdefault(row.meeting_id, []).append(row)
    return lists


def _brought(pks: Sequence[int]) -> Any:
    rows_of = Contribution.objects.filter(meeting__in=pks)
    return rows_of.select_related(*people("brought_by__member"), "entered_by__user").order_by("number")


def _meeting(meeting: Any, by: Membership, versions: Sequence[Minutes], brought: Sequence[Any]) -> Part:
    reads_all = meeting.i_chair or by.may(Permission.OVERSEE)
    origin = f"meeting:{meeting.reference}"
    off = f"{meeting.called_off_why}\n{moment(meeting.called_off_at)}" if meeting.called_off_at else ""
    entries = [
        Entry(
            rows=rows(
                ("What for", meeting.purpose),
                ("Chair", meeting.chair.label),
                ("When", moment(meeting.held_at or meeting.meets_at)),
                ("Where or how", meeting.where_or_how),
                ("Went on without a quorum, because", meeting.went_on_why),
                ("Called off, because", off),
            ),
            origin=origin,
        )
    ]
    for one in brought:
        is_mine = one.brought_by_id == meeting.my_place or one.entered_by_id == by.pk
        if reads_all or is_mine:
            entries.append(_contribution(one, origin))
    for version in versions:
        entries += _version(version)
    return part(f"{meeting.reference}: {meeting.get_kind_display().lower()}", entries, level=2)


def _contribution(one: Any, origin: str) -> Entry:
    back = f"{one.taken_back_why}, {moment(one.taken_back_at)}" if one.taken_back_at else ""
    return Entry(
        heading=f"Brought by {one.brought_by.member.label}",
        rows=(
            Row("", one.text),
            *rows(
                ("Kind", one.get_kind_display()),
                ("Source", one.source),
                ("Written down", f"{moment(one.entered_at)}, by {one.entered_by.full_name}"),
                ("Taken back, because", back),
            ),
        ),
        is_struck=bool(back),
        marks=("Taken back",) if back else (),
        origin=f"{origin}:brought:{one.number}",
    )


def _version(version: Minutes) -> list[Entry]:
    """One version of the minutes, under one heading for each thing it says."""
    label = f"Minutes, version {version.number}"
    sent = rows(("Sent", f"{moment(version.at)}, by {version.by.label}"))
    entries = [Entry(label, sent, origin=f"minutes:{version.meeting_id}:{version.number}")]
    for one in minuted.parts_of(version, with_words=True):
        if one.table is not None:
            came = [(f"{line.cells[0]}: {line.cells[1]}", ". ".join(c for c in line.cells[2:] if c))
                    for line in one.table.lines]  # fmt: skip
            entries.append(Entry(f"{label}: {one.heading.lower()}", rows(*came), origin=entries[0].origin))
        for entry in one.entries:
            named = f"{label}: {(entry.heading or one.heading).lower()}"
            entries.append(Entry(named, entry.rows, entry.marks, entry.is_struck, entry.origin, entry.about))
    return entries
