"""A mistaken entry is struck through: by whom, when and why; it stays, and counts no longer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.refusals import NotAllowed, OutOfDate
from audit.models import Event
from records import operations
from records.models import Concern, Statement, Strike
from records.striking import NotToStrike, StruckAlready
from tests.records.conftest import AT, Cast
from tests.records.visits import send, signed_in

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(hours=2)
WHY: dict[str, Any] = {"reason": "WRONG_PERSON", "why": "That was his brother’s arm."}


@pytest.fixture
def concern(cast: Cast, ready: Concern) -> Concern:
    return operations.log_concern(ready, by=cast.priya, at=AT)


def statement(concern: Concern, number: int) -> Statement:
    return concern.statements.filter(number=number).latest("version")


def labels(concern: Concern) -> list[str]:
    return [one.label for one in concern.statements.current()]


def test_what_is_struck_through_stays_and_no_longer_counts(cast: Cast, concern: Concern) -> None:
    strike = operations.strike_statement(statement(concern, 1), by=cast.priya, at=LATER, **WHY)
    assert (strike.by, strike.at, strike.why) == (cast.priya, LATER, WHY["why"])
    assert labels(concern) == ["S2", "S3"]
    assert [one.label for one in concern.statements.latest_versions()] == ["S1", "S2", "S3"]
    event = Event.objects.get(verb="records.statement.struck")
    assert (event.subject, event.data["statement"]) == (concern.reference, "S1")


def test_only_its_author_and_the_leads_strike_through(cast: Cast, concern: Concern) -> None:
    s1 = statement(concern, 1)
    for outsider in (cast.sam, cast.stranger, cast.administrator):
        with pytest.raises(NotAllowed):
            operations.strike_statement(s1, by=outsider, at=LATER, **WHY)
    assert operations.strike_statement(s1, by=cast.lead, at=LATER, **WHY).by == cast.lead


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"reason": "", "why": "A mistake."}, "what kind of mistake"),
        ({"reason": "NO_SUCH", "why": "A mistake."}, "what kind of mistake"),
        ({"reason": "TWICE", "why": " \n"}, "Say why"),
    ],
)
def test_it_needs_a_reason(cast: Cast, concern: Concern, words: dict[str, str], says: str) -> None:
    with pytest.raises(NotToStrike, match=says):
        operations.strike_statement(statement(concern, 1), by=cast.priya, at=LATER, **words)
    assert not Strike.objects.exists()


def test_a_statement_of_a_draft_is_taken_out_instead(cast: Cast, ready: Concern) -> None:
    with pytest.raises(NotToStrike, match="take the statement out"):
        operations.strike_statement(statement(ready, 1), by=cast.priya, at=LATER, **WHY)


def test_it_is_struck_through_once(cast: Cast, concern: Concern) -> None:
    s1 = statement(concern, 1)
    operations.strike_statement(s1, by=cast.lead, at=LATER, **WHY)
    with pytest.raises(StruckAlready, match="Lena Lead struck S1 through on 12 January 2027"):
        operations.strike_statement(s1, by=cast.priya, at=LATER, **WHY)


def test_a_colleagues_correction_in_between_is_read_first(cast: Cast, concern: Concern) -> None:
    s1 = statement(concern, 1)
    operations.amend_statement(s1, why="Wrong arm.", by=cast.priya, at=LATER, text="The right arm.")
    with pytest.raises(OutOfDate, match="version 2"):
        operations.strike_statement(s1, by=cast.priya, at=LATER, **WHY)
    operations.strike_statement(statement(concern, 1), by=cast.priya, at=LATER, **WHY)
    assert labels(concern) == ["S2", "S3"]


def test_what_was_struck_through_is_not_corrected(cast: Cast, concern: Concern, priya: Client) -> None:
    operations.strike_statement(statement(concern, 1), by=cast.priya, at=LATER, **WHY)
    with pytest.raises(StruckAlready, match="Priya Nair struck S1 through"):
        operations.amend_statement(statement(concern, 1), why="Left.", by=cast.sam, at=LATER, text="Left.")
    for page in ("correct", "strike"):
        assert priya.get(f"/concerns/{concern.reference}/statements/1/{page}/").status_code == 404


def test_where_the_last_of_their_voice_goes_the_concern_says_how_they_will_be_heard(
    cast: Cast, concern: Concern
) -> None:
    voice = statement(concern, 2)
    with pytest.raises(NotToStrike, match="Say how they will be heard"):
        operations.strike_statement(voice, by=cast.priya, at=LATER, **WHY)
    operations.strike_statement(voice, by=cast.priya, at=LATER, voice_plan="Tomorrow, alone.", **WHY)
    concern.refresh_from_db()
    assert concern.voice_status == Concern.VoiceStatus.NOT_OBTAINED
    assert concern.voice_plan == "Tomorrow, alone."
    assert concern.voice_not_obtained_why == "S2, which held their voice, was struck through."


def test_while_another_voice_is_there_nothing_is_asked(cast: Cast, concern: Concern) -> None:
    operations.add_statement(
        concern, by=cast.priya, at=AT, kind="VOICE", voice_of="WISHES", text="I want to go to Nan’s.",
        source="Leo, to me", happened_at=AT,
    )  # fmt: skip
    operations.strike_statement(statement(concern, 2), by=cast.priya, at=LATER, **WHY)
    concern.refresh_from_db()
    assert concern.voice_status == Concern.VoiceStatus.OBTAINED


# --- The pages --------------------------------------------------------------------------------------


def test_the_page_strikes_through_and_every_page_says_so_in_words(concern: Concern, priya: Client) -> None:
    here = f"/concerns/{concern.reference}/statements/"
    assert f"{here}1/strike/" in priya.get(here).content.decode()
    assert send(priya, f"{here}1/strike/", **WHY).status_code == 302
    shown = priya.get(here).content.decode()
    assert "Struck through: it no longer counts" in shown
    assert "It is about somebody else. That was his brother’s arm." in shown
    assert f"{here}1/strike/" not in shown


def test_a_colleague_sees_no_button_and_is_told_whom_to_ask(
    cast: Cast, concern: Concern, sam: Client
) -> None:
    here = f"/concerns/{concern.reference}/statements/"
    assert "strike/" not in sam.get(here).content.decode()
    refused = send(sam, f"{here}1/strike/", **WHY)
    assert refused.status_code == 403
    assert "Only they, or a lead of your agency, strike it through" in refused.content.decode()
    assert WHY["why"] in refused.content.decode()


def test_a_second_press_leads_to_the_first_result(cast: Cast, concern: Concern) -> None:
    lead, here = signed_in(cast.lead), f"/concerns/{concern.reference}/statements/1/strike/"
    answers = {"form_id": "6f7f9e0c-0f8b-4d5e-9f5e-2f1f6a3c9a11", "version": "1", **WHY}
    first, second = lead.post(here, answers), lead.post(here, answers)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Strike.objects.count() == 1


def test_what_was_written_late_is_marked_where_it_is_shown(
    cast: Cast, concern: Concern, priya: Client
) -> None:
    cast.school.record_within_hours = 24
    cast.school.save()
    operations.add_statement(
        concern, by=cast.priya, at=LATER, kind="FACT_SEEN", text="Came in without a coat.", source="me",
        happened_at=AT - timedelta(days=9),
    )  # fmt: skip
    assert "Written down late" in priya.get(f"/concerns/{concern.reference}/statements/").content.decode()
