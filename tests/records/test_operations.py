"""Writing down people, concerns and statements."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from agencies.refusals import NotAllowed, OutOfDate
from audit.models import Event
from records import operations
from records.models import Concern, Person, Relationship, Statement
from records.operations.concerns import NotAnswered, NotReady, OnItAlready
from records.operations.locks import NotADraft
from records.operations.people import KnownAlready, NotAPerson, NotRelated
from records.operations.statements import NotAStatement, OpinionsRestOnIt
from tests.records.conftest import AT, Cast

pytestmark = pytest.mark.django_db
WORDS: dict[str, Any] = {
    "kind": "FACT_SEEN",
    "text": "A bruise.",
    "source": "Me",
    "happened_note": "this morning",
}


def statement(draft: Concern, number: int) -> Statement:
    return draft.statements.get(number=number, version=1)


def test_references_count_up_within_a_series_and_a_year(cast: Cast) -> None:
    first = operations.start_concern(by=cast.priya, at=AT)
    second = operations.start_concern(by=cast.priya, at=AT)
    next_year = operations.start_concern(by=cast.priya, at=AT.replace(year=2028))
    assert [c.reference for c in (first, second, next_year)] == ["WF-27-0001", "WF-27-0002", "WF-28-0001"]
    assert operations.next_reference("WF-27-0001-X") == "WF-27-0001-X1"


def test_the_year_of_a_reference_is_the_agencys_own(cast: Cast) -> None:
    just_after_midnight_in_summer_time = AT.replace(year=2027, month=12, day=31, hour=23, minute=59)
    assert (
        operations.start_concern(by=cast.priya, at=just_after_midnight_in_summer_time).reference
        == "WF-27-0001"
    )


def test_a_person_is_recorded_with_tidied_numbers(cast: Cast) -> None:
    person = operations.record_person(
        by=cast.priya,
        at=AT,
        kind="CHILD",
        first_name=" Siân ",
        last_name="O’Neill",
        nhs_number="943 476 5870",
    )
    assert (person.reference, person.nhs_number) == ("P-000001", "9434765870")
    assert (person.first_name, person.search_name) == ("Siân", "sian o neill")


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"nhs_number": "943 476 5871"}, "not a real NHS number"),
        ({"nhs_number": "12"}, "10 digits"),
        ({"upn": "A801200005001"}, "not a real UPN"),
        ({"upn": "X1"}, "13 characters"),
        ({"first_name": " "}, "at least one name"),
        ({"kind": "DRAGON"}, "Say whether this is a child"),
        ({"born_on": date(2027, 3, 1)}, "in the future"),
    ],
)
def test_a_person_that_cannot_be_is_refused(cast: Cast, details: dict[str, Any], sentence: str) -> None:
    with pytest.raises(NotAPerson, match=sentence):
        operations.record_person(by=cast.priya, at=AT, **{"kind": "CHILD", "first_name": "Leo", **details})
    assert not Person.objects.exists()
    assert not Event.objects.exists()


def test_a_baby_not_born_yet_has_an_estimated_date(cast: Cast) -> None:
    baby = operations.record_person(
        by=cast.priya,
        at=AT,
        kind="CHILD",
        known_as="Baby Rees",
        born_on=date(2027, 3, 1),
        birth_date_is_estimated=True,
    )
    assert baby.name == "Baby Rees"


def test_a_baby_born_in_the_first_hour_of_a_summer_day_is_not_born_in_the_future(cast: Cast) -> None:
    half_past_midnight = datetime(2026, 7, 14, 23, 30, tzinfo=UTC)
    baby = operations.record_person(
        by=cast.priya, at=half_past_midnight, kind="CHILD", known_as="Baby Rees", born_on=date(2026, 7, 15)
    )
    assert baby.born_on == date(2026, 7, 15)


def test_an_nhs_number_belongs_to_one_person_of_an_agency(cast: Cast, leo: Person) -> None:
    operations.change_person(leo, by=cast.priya, at=AT, nhs_number="9434765870")
    with pytest.raises(KnownAlready, match="Leo Marsh"):
        operations.record_person(by=cast.sam, at=AT, kind="CHILD", first_name="Leo", nhs_number="9434765870")
    operations.record_person(by=cast.stranger, at=AT, kind="CHILD", first_name="Leo", nhs_number="9434765870")


def test_changing_nothing_writes_nothing(cast: Cast, leo: Person) -> None:
    before = Event.objects.count()
    assert operations.change_person(leo, by=cast.priya, at=AT, first_name="Leo").version == 1
    assert Event.objects.count() == before


def test_a_stale_page_of_a_person_is_told_who_changed_what(cast: Cast, leo: Person) -> None:
    operations.change_person(leo, by=cast.sam, at=AT, phone="01905 000000")
    with pytest.raises(OutOfDate) as refused:
        operations.change_person(leo, by=cast.priya, at=AT, seen_version=1, phone="1")
    assert (
        "Sam Patel, DSL, St Wulstan’s Primary changed the details of P-000001 at 09:30"
        in refused.value.sentences[0]
    )


def test_relating_twice_is_the_same_as_once(cast: Cast, leo: Person, kerry: Person) -> None:
    first = operations.relate(leo, kerry, kind="PARENT", by=cast.priya, at=AT)
    assert operations.relate(leo, kerry, kind="PARENT", by=cast.sam, at=AT) == first
    ended = operations.end_relationship(first, by=cast.sam, at=AT)
    assert ended.ended_by == cast.sam
    assert operations.relate(leo, kerry, kind="PARENT", by=cast.sam, at=AT) != first
    assert Relationship.objects.count() == 2


def test_nobody_is_related_to_themselves(cast: Cast, leo: Person) -> None:
    with pytest.raises(NotRelated, match="themselves"):
        operations.relate(leo, leo, kind="SIBLING", by=cast.priya, at=AT)


def test_another_agency_writes_nothing(cast: Cast, ready: Concern, leo: Person) -> None:
    s1, by, at = statement(ready, 1), cast.stranger, AT
    before = Event.objects.count()
    for write in (
        lambda: operations.change_person(leo, by=by, at=at, phone="1"),
        lambda: operations.start_concern(by=by, at=at, about=leo),
        lambda: operations.add_subject(ready, person=leo, by=by, at=at),
        lambda: operations.add_statement(ready, by=by, at=at, **WORDS),
        lambda: operations.change_statement(s1, by=by, at=at, text="x"),
        lambda: operations.remove_statement(s1, by=by, at=at),
        lambda: operations.set_voice(ready, by=by, at=at, status="OBTAINED"),
        lambda: operations.set_think_family(ready, by=by, at=at, anybody_else="x"),
        lambda: operations.give_worry(ready, by=by, at=at, level=1, change="FIRST"),
        lambda: operations.log_concern(ready, by=by, at=at),
        lambda: operations.discard_draft(ready, why="x", by=by, at=at),
    ):
        with pytest.raises(NotAllowed):
            write()
    assert Event.objects.count() == before


def test_an_administrator_logs_no_concern(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="Your role does not log concerns"):
        operations.start_concern(by=cast.administrator, at=AT)
    assert not Concern.objects.exists()


def test_statements_are_numbered_and_a_number_is_never_used_again(cast: Cast, ready: Concern) -> None:
    operations.remove_statement(statement(ready, 2), by=cast.priya, at=AT)
    added = operations.add_statement(ready, by=cast.priya, at=AT, **WORDS)
    assert added.number == 4
    assert [s.number for s in ready.statements.current()] == [1, 3, 4]


def test_a_statement_that_an_opinion_rests_on_stays(cast: Cast, ready: Concern) -> None:
    with pytest.raises(OpinionsRestOnIt, match="because S3 rests on it"):
        operations.remove_statement(statement(ready, 1), by=cast.priya, at=AT)
    operations.remove_statement(statement(ready, 3), by=cast.priya, at=AT)
    operations.remove_statement(statement(ready, 1), by=cast.priya, at=AT)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"text": "  "}, "Write what the statement says"),
        ({"source": ""}, "Say where this comes from"),
        ({"happened_note": ""}, "Say when it happened"),
        ({"happened_at": AT + timedelta(hours=1)}, "cannot be in the future"),
        ({"written_at": AT + timedelta(hours=1)}, "cannot have been written down in the future"),
        ({"happened_at": AT, "written_at": AT - timedelta(hours=1)}, "written down before it happened"),
        ({"kind": "VOICE"}, "Say whether these are words"),
        ({"kind": "RUMOUR"}, "what kind of statement"),
    ],
)
def test_a_statement_that_cannot_be_is_refused(
    cast: Cast, draft: Concern, words: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(NotAStatement, match=sentence):
        operations.add_statement(draft, by=cast.priya, at=AT, **{**WORDS, **words})
    assert not draft.statements.exists()


def test_only_an_opinion_rests_on_statements_and_only_of_its_concern(cast: Cast, ready: Concern) -> None:
    other = operations.start_concern(by=cast.priya, at=AT)
    s1, s3 = statement(ready, 1), statement(ready, 3)
    opinion = {**WORDS, "kind": "OPINION"}
    for concern, words, ground in ((ready, WORDS, s1), (other, opinion, s1), (ready, opinion, s3)):
        with pytest.raises(NotAStatement):
            operations.add_statement(concern, by=cast.priya, at=AT, rests_on=[ground], **words)


def test_changing_a_statement_keeps_what_is_not_named(cast: Cast, ready: Concern) -> None:
    changed = operations.change_statement(
        statement(ready, 3), by=cast.sam, at=AT, text="Grip marks, I think."
    )
    assert (changed.source, [g.number for g in changed.rests_on.all()]) == ("Priya Nair", [1])


def test_a_stale_statement_is_refused_and_another_one_is_not(cast: Cast, ready: Concern) -> None:
    seen = ready.version
    operations.change_statement(
        statement(ready, 1), by=cast.sam, at=AT, seen_version=seen, text="Two bruises."
    )
    operations.change_statement(
        statement(ready, 2), by=cast.priya, at=AT, seen_version=seen, text="Dean did it."
    )
    with pytest.raises(OutOfDate) as refused:
        operations.change_statement(statement(ready, 1), by=cast.priya, at=AT, seen_version=seen, text="One.")
    assert refused.value.sentences[0].startswith("Sam Patel, DSL, St Wulstan’s Primary changed statement S1")
    assert statement(ready, 1).text == "Two bruises."


def test_logging_makes_the_logger_the_owner_and_freezes_the_words(cast: Cast, ready: Concern) -> None:
    logged = operations.log_concern(ready, by=cast.sam, at=AT, seen_version=ready.version)
    assert (logged.owner, logged.logged_by, logged.is_draft) == (cast.sam, cast.sam, False)
    event = Event.objects.get(verb="records.concern.logged")
    assert event.data["statements"] == ["S1", "S2", "S3"]
    for write in (
        lambda: operations.change_statement(statement(ready, 1), by=cast.sam, at=AT, text="x"),
        lambda: operations.remove_statement(statement(ready, 2), by=cast.sam, at=AT),
        lambda: operations.set_voice(ready, by=cast.sam, at=AT, status="OBTAINED"),
        lambda: operations.remove_subject(ready.subjects.get(), by=cast.sam, at=AT),
        lambda: operations.log_concern(ready, by=cast.sam, at=AT),
        lambda: operations.discard_draft(ready, why="x", by=cast.sam, at=AT),
    ):
        with pytest.raises(NotADraft, match="has been logged"):
            write()


def test_the_database_itself_keeps_a_logged_concern(
    cast: Cast, ready: Concern, connected_as_owner: Callable[[], AbstractContextManager[None]]
) -> None:
    operations.log_concern(ready, by=cast.sam, at=AT)
    for write in (
        lambda: ready.statements.filter(number=1).update(text="x"),
        lambda: ready.statements.filter(number=1).delete(),
        lambda: ready.subjects.all().delete(),
        lambda: Concern.objects.filter(pk=ready.pk).update(logged_at=None, logged_by=None),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_adding_is_never_held_back(cast: Cast, ready: Concern, kerry: Person) -> None:
    operations.log_concern(ready, by=cast.priya, at=AT)
    assert operations.add_statement(ready, by=cast.sam, at=AT, **WORDS).number == 4
    assert operations.add_subject(ready, person=kerry, by=cast.sam, at=AT, is_main=False)
    assert operations.give_worry(ready, by=cast.sam, at=AT, level=4, change="MORE", cycle_number=2)
    with pytest.raises(NotAStatement, match="Choose the statements"):
        operations.add_statement(ready, by=cast.sam, at=AT, **{**WORDS, "kind": "OPINION"})


def test_a_correction_is_a_new_version_and_the_old_one_stays(cast: Cast, ready: Concern) -> None:
    s1 = statement(ready, 1)
    operations.log_concern(ready, by=cast.priya, at=AT)
    with pytest.raises(NotAStatement, match="Say why"):
        operations.amend_statement(s1, why=" ", by=cast.sam, at=AT, text="Right arm.")
    amended = operations.amend_statement(
        s1, why="It was the right arm.", by=cast.sam, at=AT, text="Right arm."
    )
    assert (amended.label, amended.replaces, amended.source) == ("S1 version 2", s1, s1.source)
    assert [s.label for s in ready.statements.current()] == ["S1 version 2", "S2", "S3"]
    with pytest.raises(OutOfDate, match="Sam Patel"):
        operations.amend_statement(s1, why="Left.", by=cast.priya, at=AT, text="Left arm.")


def test_a_correction_that_changes_nothing_is_refused(cast: Cast, ready: Concern) -> None:
    s1 = statement(ready, 1)
    operations.log_concern(ready, by=cast.priya, at=AT)
    with pytest.raises(NotAStatement, match="Nothing of S1 is different yet"):
        operations.amend_statement(s1, why="It was the right arm.", by=cast.sam, at=AT)
    with pytest.raises(NotAStatement, match="Nothing of S1 is different yet"):
        operations.amend_statement(
            s1, why="It was the right arm.", by=cast.sam, at=AT, text=s1.text, source=s1.source
        )
    assert statement(ready, 1).version == 1
    assert operations.amend_statement(s1, why="It was Sam.", by=cast.sam, at=AT, source="Sam Patel")


def test_an_opinion_is_corrected_by_what_it_rests_on_alone(cast: Cast, ready: Concern) -> None:
    grounds = [statement(ready, 1), statement(ready, 2)]
    opinion = operations.add_statement(
        ready, by=cast.priya, at=AT, rests_on=grounds[:1], **{**WORDS, "kind": "OPINION"}
    )
    operations.log_concern(ready, by=cast.priya, at=AT)
    with pytest.raises(NotAStatement, match="is different yet"):
        operations.amend_statement(opinion, why="Both.", by=cast.priya, at=AT, rests_on=grounds[:1])
    assert operations.amend_statement(opinion, why="Both.", by=cast.priya, at=AT, rests_on=grounds)


def test_logging_is_refused_with_every_missing_thing(cast: Cast, draft: Concern) -> None:
    with pytest.raises(NotReady) as refused:
        operations.log_concern(draft, by=cast.priya, at=AT)
    assert len(refused.value.sentences) == 4
    draft.refresh_from_db()
    assert draft.is_draft


def test_logging_from_a_stale_page_is_refused(cast: Cast, ready: Concern) -> None:
    seen = ready.version
    operations.give_worry(ready, by=cast.sam, at=AT, level=4, change="MORE")
    with pytest.raises(OutOfDate, match="said how worried they are"):
        operations.log_concern(ready, by=cast.priya, at=AT, seen_version=seen)


def test_a_discarded_draft_leaves_a_tombstone(cast: Cast, ready: Concern) -> None:
    with pytest.raises(NotAnswered):
        operations.discard_draft(ready, why=" ", by=cast.priya, at=AT)
    gone = operations.discard_draft(ready, why="Written twice.", by=cast.priya, at=AT)
    assert (gone.discarded_by, gone.statements.count()) == (cast.priya, 3)
    with pytest.raises(NotADraft, match="was discarded"):
        operations.add_statement(ready, by=cast.sam, at=AT, **WORDS)


def test_voice_that_is_missing_needs_a_reason_and_a_plan(cast: Cast, draft: Concern) -> None:
    with pytest.raises(NotAnswered, match="what the plan is"):
        operations.set_voice(draft, by=cast.priya, at=AT, status="NOT_OBTAINED", why_not="Asleep.")
    kept = operations.set_voice(
        draft, by=cast.priya, at=AT, status="NOT_OBTAINED", why_not="Asleep.", plan="At 2."
    )
    assert kept.voice_plan == "At 2."


def test_a_related_person_can_become_one_whom_it_is_about(cast: Cast, draft: Concern, kerry: Person) -> None:
    operations.add_subject(draft, person=kerry, by=cast.priya, at=AT, is_main=False)
    with pytest.raises(OnItAlready):
        operations.add_subject(draft, person=kerry, by=cast.priya, at=AT, is_main=False)
    assert operations.add_subject(draft, person=kerry, by=cast.priya, at=AT).is_main
    operations.remove_subject(draft.subjects.get(person=kerry), by=cast.priya, at=AT)
    assert draft.subjects.count() == 1


def test_a_person_whose_voice_is_recorded_stays(cast: Cast, draft: Concern, leo: Person) -> None:
    operations.add_statement(
        draft, by=cast.priya, at=AT, about=leo, voice_of="WORDS", **{**WORDS, "kind": "VOICE"}
    )
    with pytest.raises(NotAnswered, match="voice of Leo Marsh"):
        operations.remove_subject(draft.subjects.get(), by=cast.priya, at=AT)


def test_thinking_of_a_related_person_puts_them_on_the_concern(
    cast: Cast, draft: Concern, kerry: Person
) -> None:
    operations.set_think_family(draft, by=cast.priya, at=AT, means={kerry: "She may be hurt too."})
    operations.set_think_family(draft, by=cast.priya, at=AT, nothing_seen_for=[kerry])
    subject = draft.subjects.get(person=kerry)
    assert (subject.is_main, subject.nothing_seen, subject.what_it_might_mean) == (False, True, "")


@pytest.mark.parametrize("write", ["add", "log", "person"])
def test_a_change_that_cannot_be_audited_is_not_made(
    cast: Cast, ready: Concern, leo: Person, monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    def broken(**fields: object) -> None:
        raise DatabaseError

    writes: dict[str, Callable[[], object]] = {
        "add": lambda: operations.add_statement(ready, by=cast.priya, at=AT, **WORDS),
        "log": lambda: operations.log_concern(ready, by=cast.priya, at=AT),
        "person": lambda: operations.change_person(leo, by=cast.priya, at=AT, phone="1"),
    }
    monkeypatch.setattr(Event.objects, "create", broken)
    with pytest.raises(DatabaseError):
        writes[write]()
    ready.refresh_from_db()
    leo.refresh_from_db()
    assert (ready.is_draft, ready.statements.count(), leo.phone) == (True, 3, "")


def test_audit_of_the_record_holds_no_name_and_no_free_text(cast: Cast, ready: Concern) -> None:
    operations.log_concern(ready, by=cast.priya, at=AT)
    said = " ".join(f"{e.verb} {e.subject} {e.data}" for e in Event.objects.all())
    for secret in ("Leo", "Marsh", "bruise", "Dean", "gripping", "Isla"):
        assert secret not in said
