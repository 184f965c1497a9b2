"""Advice on the pages: it appears where somebody writes, and holds nothing back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from agencies.models import Agency
from agencies.refusals import NotAllowed
from audit.models import Event
from records import operations
from records.models import Concern, Word
from records.operations.words import WordNotPossible
from records.quality import prompts
from records.quality.advice import words_of
from tests.records.conftest import AT, Cast, member
from tests.records.visits import send, signed_in

pytestmark = pytest.mark.django_db

POOR = {
    "text": "He seems low. CIN, open to XQZ. Mother is hard to reach and often late.",
    "source": "staff",
    "happened_note": "recently",
    "written": "NOW",
}


def shown(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def add_word(cast: Cast, term: str = "Huddle", plain: str = "morning meeting", **more: Any) -> Word:
    return operations.add_word(
        **{"by": cast.lead, "at": AT, "term": term, "plain": plain, "kind": "JARGON", **more}
    )


def test_what_is_poorly_written_is_saved_as_it_is_and_advice_follows(priya: Client, draft: Concern) -> None:
    saved = send(priya, f"/concerns/{draft.reference}/statements/add/fact-seen/", **POOR)
    assert saved.status_code == 302
    assert draft.statements.get().text == POOR["text"]
    page = shown(priya.get(saved["Location"]))
    assert "Could this be plainer?" in page
    assert "Leave it as it is where it is right." in page
    for words in ("child in need: a child whom the council must help", "“XQZ”", "“seems”", "“recently”",
                  "“staff”", "<strong>hard to reach</strong>: we have not", "“often”"):  # fmt: skip
        assert words in page, words


def test_nothing_that_advice_says_stands_in_the_way_of_logging(
    priya: Client, cast: Cast, ready: Concern
) -> None:
    operations.add_statement(
        ready, by=cast.priya, at=AT, kind="FACT_SEEN", text=POOR["text"], source="staff",
        happened_note="recently",
    )  # fmt: skip
    page = shown(priya.get(f"/concerns/{ready.reference}/check/"))
    assert page.count("Could this be plainer?") >= 1
    assert send(priya, f"/concerns/{ready.reference}/check/").status_code == 302
    ready.refresh_from_db()
    assert ready.logged_at is not None


def test_a_concern_without_voice_is_asked_about_on_the_check_page(priya: Client, draft: Concern) -> None:
    assert "Whose voice is missing?" in shown(priya.get(f"/concerns/{draft.reference}/check/"))


def test_a_logged_concern_gets_no_advice(priya: Client, cast: Cast, ready: Concern) -> None:
    operations.log_concern(ready, by=cast.priya, at=AT)
    assert "Could this be plainer?" not in shown(priya.get(f"/concerns/{ready.reference}/statements/"))


# --- The words of an agency -------------------------------------------------------------------------


def test_a_lead_adds_a_word_and_everybody_there_is_advised_by_it(
    cast: Cast, priya: Client, draft: Concern
) -> None:
    lead = signed_in(cast.lead)
    answers = {"term": "Huddle", "what": "EXPLAIN", "plain": "morning meeting", "kind": "JARGON"}
    assert send(lead, "/words/", **answers).status_code == 302
    assert "morning meeting" in shown(lead.get("/words/"))
    send(
        priya, f"/concerns/{draft.reference}/statements/add/fact-seen/", **{**POOR, "text": "Said at huddle."}
    )
    assert "morning meeting" in shown(priya.get(f"/concerns/{draft.reference}/statements/"))
    assert words_of(cast.stranger).spots("Said at huddle.") == []


def test_a_word_is_left_alone_until_that_is_withdrawn(cast: Cast) -> None:
    word = add_word(cast, "cin", "", kind="ABBREVIATION", is_left_alone=True)
    assert words_of(cast.priya).spots("He is CIN.") == []
    lead = signed_in(cast.lead)
    assert lead.post(f"/words/{word.pk}/withdraw/").status_code == 302
    assert [s.written for s in words_of(cast.priya).spots("He is CIN.")] == ["CIN"]
    assert Event.objects.filter(verb__startswith="records.word").count() == 2


def test_what_the_partnerships_office_adds_counts_everywhere(cast: Cast) -> None:
    office = Agency.objects.create(
        partnership=cast.school.partnership, reference="office", name="Office", kind="PARTNERSHIP"
    )
    coordinator = member(office, "Cora Marsden", "coordinator")
    add_word(cast, by=coordinator)
    assert len(words_of(cast.stranger).spots("At the huddle.")) == 1
    add_word(cast, "huddle", "", is_left_alone=True)
    assert words_of(cast.priya).spots("At the huddle.") == []
    assert len(words_of(cast.stranger).spots("At the huddle.")) == 1


def test_what_is_refused_about_words(cast: Cast) -> None:
    word = add_word(cast)
    with pytest.raises(WordNotPossible, match="is explained here already"):
        add_word(cast, "HUDDLE", "meeting")
    with pytest.raises(WordNotPossible, match="what to write instead"):
        add_word(cast, "TLA", " ")
    with pytest.raises(NotAllowed):
        add_word(cast, by=cast.priya)
    operations.withdraw_word(word, by=cast.lead, at=AT)
    with pytest.raises(WordNotPossible, match="withdrawn already"):
        operations.withdraw_word(word, by=cast.lead, at=AT)
    assert (
        signed_in(member(cast.front_door, "Olga Other", "lead"))
        .post(f"/words/{word.pk}/withdraw/")
        .status_code
        == 404
    )


@pytest.mark.parametrize(
    "changes",
    [{"plain": "meeting of the morning"}, {"term": "Huddles"}, {"withdrawn_at": timezone.now()},
     {"plain": ""}, {"agency": None}],
)  # fmt: skip
def test_the_database_refuses_to_change_a_word(cast: Cast, changes: dict[str, Any]) -> None:
    word = add_word(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        Word.objects.filter(pk=word.pk).update(**changes)
    with pytest.raises(DatabaseError), transaction.atomic():
        word.delete()


# --- What a lead may want to talk about -------------------------------------------------------------


def logged(cast: Cast, number: int, *, voice: bool) -> Concern:
    """A concern of one of several writers, in the last weeks, with something to say about it."""
    by = (cast.priya, cast.sam)[number % 2]
    at = timezone.now() - timedelta(days=10)
    leo = operations.record_person(by=by, at=at, kind="CHILD", first_name="Leo", last_name=f"N{number}")
    concern = operations.start_concern(by=by, at=at, about=leo)
    operations.add_statement(
        concern, by=by, at=at, kind="FACT_SEEN", text="He seems hungry. LAC.", source="staff", happened_at=at
    )
    if voice:
        operations.add_statement(
            concern, by=by, at=at, kind="VOICE", voice_of="WORDS", text="I am.", source="Leo", happened_at=at
        )
    status: dict[str, Any] = (
        {"status": "OBTAINED"} if voice else {"status": "NOT_OBTAINED", "why_not": "Asleep.", "plan": "Ask."}
    )
    operations.set_voice(concern, by=by, at=at, **status)
    operations.give_worry(concern, by=by, at=at, level=3, change="FIRST", urgency="HIGH")
    operations.set_think_family(concern, by=by, at=at, anybody_else="Nobody that we know of.")
    concern.refresh_from_db()
    return operations.log_concern(concern, by=by, at=at)


def test_a_lead_is_told_what_to_talk_about_and_never_whose_it_was(cast: Cast) -> None:
    for number in range(12):
        logged(cast, number, voice=number > 5)
    lead = signed_in(cast.lead)
    page = shown(lead.get("/record-quality/"))
    assert "In about 50% of the concerns logged, nothing is in the person’s own words." in page
    assert "words of opinion in them" in page
    assert "<strong>LAC</strong>, in about 10" in page
    for somebody in (cast.priya, cast.sam):
        assert somebody.full_name not in page
    assert "WF-26" not in page


def test_what_rests_on_fewer_than_five_is_not_said(cast: Cast) -> None:
    for number in range(4):
        logged(cast, number, voice=False)
    lead = signed_in(cast.lead)
    assert "Fewer than 5 concerns were logged" in shown(lead.get("/record-quality/"))
    for number in range(4, 9):
        logged(cast, number, voice=True)
    page = shown(lead.get("/record-quality/"))
    assert "own words" not in page.replace("person’s own words, wishes", "")
    found = prompts.of(cast.lead, today=timezone.localdate())
    assert found.concerns == 9


def test_it_is_for_leads_alone(cast: Cast, priya: Client) -> None:
    assert priya.get("/record-quality/").status_code == 403
    assert signed_in(cast.administrator).get("/record-quality/").status_code == 403
    assert signed_in(cast.administrator).get("/words/").status_code == 200
    assert priya.get("/words/").status_code == 403


def test_the_weeks_are_whole_and_the_same_on_every_day_of_a_week(cast: Cast) -> None:
    monday = timezone.localdate() - timedelta(days=timezone.localdate().isoweekday() - 1)
    looks = [prompts.of(cast.lead, today=monday + timedelta(days=day)) for day in range(7)]
    assert {(one.first, one.last) for one in looks} == {
        (monday - timedelta(days=56), monday - timedelta(days=1))
    }
