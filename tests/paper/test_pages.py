"""The print pages, and a PDF from the question what it is for to the file and where it came from."""

from __future__ import annotations

import html
import io
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from agencies.models import Job
from agencies.operations import jobs
from agencies.operations.people import end_membership
from audit.models import Access, Event
from records.models import Concern
from sharing.models import PaperCopy
from sharing.operations import check_back
from sharing.operations import paper as operations
from sharing.states import State
from tests import factories, meeting_cases
from tests.factories import World
from tests.paper import cases
from tests.paper.cases import FOR_WHOM, text
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db
REASON = {"purpose": "COURT", "purpose_words": "", "for_whom": FOR_WHOM}
FORM_ID = "00000000-0000-4000-8000-000000000001"


def address(name: str, concern: Concern, **more: Any) -> str:
    return reverse(name, kwargs={"reference": concern.reference, **more})


def test_the_print_page_says_whose_it_is_and_offers_a_pdf(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    with time_machine.travel(world.clock.moment, tick=False):
        page = text(signed_in(world.tom).get(reverse("exchange-paper", args=[exchange.reference])))
    assert f"{exchange.reference}, for Tom Ashdown, Duty social worker" in page
    assert "Printed 11 January 2027" in page
    assert "by Tom Ashdown, Wyrefold Family Front Door" in page
    assert "Make a PDF" in page
    assert Access.objects.filter(action="exchange_paper", actor_id=world.tom.pk).count() == 1


def test_the_page_and_the_pdf_say_the_same(world: World, signed_in: SignedIn) -> None:
    story = cases.story(world)
    with time_machine.travel(world.clock.moment, tick=False):
        page = text(signed_in(world.priya).get(address("concern-paper", story.concern)))
    made = " ".join(cases.pages(cases.made(world, cases.of_concern(story.concern))))
    for said in (
        "The whole record of a concern",
        "Replaced by version 2",
        "His aunt moved out in May.",
        "All actions",
        "What it is does not go on paper.",
    ):
        assert said in page, said
        assert said in made, said
    assert cases.SECRET_ADDRESS not in page + made


def test_it_asks_what_for_and_for_whom_and_keeps_what_was_typed(world: World, signed_in: SignedIn) -> None:
    concern = factories.concern_at(world, None)
    here = address("concern-paper-pdf", concern)
    answers = {"form_id": FORM_ID, "purpose": "OTHER", "purpose_words": " ", "for_whom": FOR_WHOM}
    response = signed_in(world.priya).post(here, answers)
    assert response.status_code == 422
    assert "Say what the copy is for" in html.unescape(response.content.decode())
    assert FOR_WHOM in html.unescape(response.content.decode())
    assert not PaperCopy.objects.exists()


def test_from_the_reason_to_the_file(world: World, signed_in: SignedIn) -> None:
    story = cases.story(world)
    person = factories.main_person(story.concern).reference
    here = address("decision-paper-pdf", story.concern, cycle_number=1, person=person)
    with time_machine.travel(world.clock(), tick=False):
        client = signed_in(world.priya)
        response = client.post(here, {"form_id": FORM_ID, **REASON})
        job = Job.objects.get(kind="paper")
        assert response["Location"] == reverse("job", args=[job.pk])
        jobs.work()
        made = b"".join(client.get(reverse("job-file", args=[job.pk])))
    copy = job.paper_copy
    assert (copy.kind, copy.purpose, copy.for_whom, copy.by) == ("DECISION", "COURT", FOR_WHOM, world.priya)
    asked, given = Event.objects.filter(verb__startswith="sharing.paper.").order_by("pk")
    assert (asked.verb, given.verb) == ("sharing.paper.asked", "sharing.paper.made")
    assert given.data == {
        "kind": "DECISION", "purpose": "COURT", "job": str(job.pk), "sha256": sha256(made).hexdigest(),
    }  # fmt: skip
    assert given.concern == story.concern.reference
    assert FOR_WHOM not in str(asked.data) + str(given.data)
    assert job.__class__.objects.get(pk=job.pk).digest == sha256(made).hexdigest()
    for page in cases.pages(made):
        assert FOR_WHOM in page


def test_each_kind_is_made_for_whoever_may_see_it(world: World) -> None:
    story = cases.story(world)
    factories.received(world, meeting_cases.copy_of(story.meeting, world.tom))
    for of, by in (
        (cases.of_concern(story.concern), world.school.lead),
        (cases.of_decision(story.concern), world.priya),
        (cases.of_exchange(story.exchange), world.tom),
        (cases.of_minutes(story.meeting), world.tom),
    ):
        made = cases.pages(cases.made(world, of, by=by))
        assert of.reference in made[0]


def test_a_short_decision_fits_one_page(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    concern = Concern.objects.get(pk=exchange.cycle.concern_id)
    assert len(cases.pages(cases.made(world, cases.of_decision(concern)))) == 1


def test_what_may_no_longer_be_seen_is_not_made(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    job = cases.asked(world, cases.of_exchange(exchange), by=world.tom)
    check_back.withdraw(factories.again(exchange), by=world.priya, at=world.clock(), why="The wrong child.")
    jobs.work(at=world.clock())
    job.refresh_from_db()
    assert job.file is None
    assert job.why_failed.startswith("You may no longer see what this is a copy of")


def test_nothing_is_made_for_somebody_whose_role_has_ended(world: World) -> None:
    concern = factories.concern_at(world, None)
    colleague = world.school.colleague
    job = cases.asked(world, cases.of_concern(concern), by=colleague)
    end_membership(colleague, by=world.school.administrator, at=world.clock())
    jobs.work(at=world.clock())
    job.refresh_from_db()
    assert job.failed_at is not None


@pytest.mark.parametrize(
    "words",
    [{"for_whom": " "}, {"purpose": "OTHER"}, {"purpose": "OTHER", "purpose_words": " "}, {"purpose": "X"}],
)
def test_a_copy_without_a_reason_is_refused(world: World, words: dict[str, Any]) -> None:
    concern = factories.concern_at(world, None)
    with pytest.raises(operations.SayWhatFor):
        cases.asked(world, cases.of_concern(concern), **words)
    assert not Job.objects.exists()


# --- Where a file came from -----------------------------------------------------------------------


def which_copy(path: Path) -> str:
    out = io.StringIO()
    call_command("which_copy", str(path), stdout=out)
    return out.getvalue()


def test_a_file_that_turns_up_is_told_from_every_other(world: World, tmp_path: Path) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    path = tmp_path / "found.pdf"
    made = cases.made(world, cases.of_exchange(exchange))
    path.write_bytes(made)
    other = cases.made(world, cases.of_exchange(exchange), for_whom="Somebody else")
    assert other != made
    said = which_copy(path)
    for words in (
        exchange.reference,
        "Priya Nair",
        FOR_WHOM,
        "For a court, or a legal adviser",
        "11 January 2027",
    ):
        assert words in said
    path.write_bytes(made + b" ")
    with pytest.raises(CommandError, match="No file with this content was made here"):
        which_copy(path)
    with pytest.raises(CommandError, match="cannot be read"):
        which_copy(tmp_path / "missing.pdf")
