"""A concern with everything in it that goes on paper, and what stands on the paper of it."""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader

from agencies import files
from agencies.models import Job, Membership
from agencies.operations import jobs
from records import operations as records
from records.models import Concern
from sharing.models import Exchange, Meeting, PaperCopy
from sharing.operations import actions, differ
from sharing.operations import paper as operations
from sharing.operations.paper import Of
from sharing.paper import parts
from sharing.paper.parts import Paper
from sharing.states import State
from tests import correcting, factories, meeting_cases
from tests.factories import OTHER_WORDS, World

FOR_WHOM = "Judith Ames, Wyrefold Family Court"
SECRET_ADDRESS = "Flat 9, Quarry House"


@dataclass
class Story:
    """A disclosure said back twice, not agreed with, with an action, and corrected after; and a meeting."""

    world: World
    exchange: Exchange
    concern: Concern
    meeting: Meeting


def story(world: World) -> Story:
    """Tell it by the real operations."""
    exchange = factories.exchange_at(world, State.CORRECTED)
    factories.restated(world, exchange, **OTHER_WORDS)
    exchange = factories.confirmed(world, factories.again(exchange))
    differ.answer_agreement(
        exchange, by=world.tom, at=world.clock(), risk="DISAGREE", risk_why="His aunt is there, I think.",
        action="AGREE",
    )  # fmt: skip
    row = exchange.disagreements.get()
    differ.add_position(row, by=world.priya, at=world.clock(), words="His aunt moved out in May.")
    action = factories.propose(world, exchange)
    actions.accept(factories.again(action), by=world.tom, at=world.clock())
    concern = Concern.objects.get(pk=exchange.cycle.concern_id)
    correcting.amend(world, concern)
    meeting = meeting_cases.with_members(world, concern)
    meeting_cases.brought(world, meeting, world.amara, world.tom)
    meeting_cases.issued(world, meeting_cases.ready(world, meeting_cases.again(meeting)))
    protect(world, concern)
    return Story(world, factories.again(exchange), concern, meeting_cases.again(meeting))


def protect(world: World, concern: Concern) -> None:
    """Write an address down about the child, and protect it."""
    person = factories.main_person(concern)
    records.protect_detail(
        person, by=world.priya, at=world.clock(), kind="ADDRESS", value=SECRET_ADDRESS,
        kept_from="EVERYBODY", why="The father must not come to know it.",
    )  # fmt: skip


def of_concern(concern: Concern) -> Of:
    return Of(PaperCopy.Kind.CONCERN, concern.reference, concern)


def of_exchange(exchange: Exchange) -> Of:
    return Of(PaperCopy.Kind.EXCHANGE, exchange.reference, exchange.cycle.concern)


def of_decision(concern: Concern) -> Of:
    person = factories.main_person(concern)
    return Of(PaperCopy.Kind.DECISION, concern.reference, concern, cycle_number=1, person=person)


def of_minutes(meeting: Meeting) -> Of:
    return Of(PaperCopy.Kind.MINUTES, meeting.reference, meeting.cycle.concern, version=1)


def asked(world: World, of: Of, *, by: Membership | None = None, **words: Any) -> Job:
    """Ask for a copy."""
    given = {"purpose": "COURT", "for_whom": FOR_WHOM, **words}
    return operations.ask_for_copy(of, by=by or world.priya, at=world.clock(), **given)


def made(world: World, of: Of, *, by: Membership | None = None, **words: Any) -> bytes:
    """Ask for a copy, let the worker make it, and return the file."""
    job = asked(world, of, by=by, **words)
    jobs.work(at=world.clock())
    job.refresh_from_db()
    assert job.file is not None, job.why_failed
    return files.content_of(job.file)


def pages(pdf: bytes) -> list[str]:
    """The text of each page of a PDF, in one line."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text(response: Any) -> str:
    """A page as it reads, in one line."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def words(paper: Paper) -> str:
    """All that stands on a paper, in one line."""
    said: list[str] = [paper.title, paper.lead, *(f"{row.key} {row.value}" for row in paper.facts)]
    for part in paper.parts:
        said += [part.heading, part.lead, part.nothing if part.is_empty else ""]
        for entry in part.entries:
            said += [entry.heading, *entry.marks, *(f"{row.key} {row.value}" for row in entry.rows)]
        if part.table:
            said += [cell for line in part.table.lines for cell in line.cells]
    return " ".join(" ".join(said).split())


def a_paper(value: str, *, one_page: bool = False, times: int = 1) -> Paper:
    """A paper with one text of somebody's in it, as often as told."""
    entries = tuple(parts.Entry("Round 1", (parts.Row("What has happened", value),)) for _ in range(times))
    lines = (parts.Line((value, "09:00")),)
    return Paper(
        title="An exchange",
        reference="WF-27-0001-X1",
        concern="WF-27-0001",
        facts=(parts.Row("From", value),),
        parts=(
            parts.Part("What was said", entries),
            parts.Part("Times", table=parts.Table("When", ("What", "When"), lines)),
            parts.Part("Actions", nothing="No action rests on it.", level=2),
        ),
        lead="What was said.",
        one_page=one_page,
    )
