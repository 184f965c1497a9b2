"""Two people at once: one wins, one is told, and the audit has one row for what was done once."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from agencies.refusals import Refused
from audit.models import Event
from records import operations
from records.models import Concern, Person
from tests.records.conftest import AT, Cast

pytestmark = pytest.mark.django_db(transaction=True)
WORDS: dict[str, Any] = {"kind": "FACT_SEEN", "text": "A bruise.", "source": "Me", "happened_note": "today"}


def at_once(*acts: Callable[[], Any]) -> tuple[list[Any], list[Refused]]:
    """Run acts in threads that start together. Return what they gave and what they were refused with."""
    start = Barrier(len(acts))
    done: list[Any] = []
    refused: list[Refused] = []

    def run(act: Callable[[], Any]) -> None:
        start.wait()
        try:
            done.append(act())
        except Refused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return done, refused


def test_two_who_add_a_statement_both_keep_their_words(cast: Cast, draft: Concern) -> None:
    done, refused = at_once(
        *(
            lambda by=by: operations.add_statement(draft, by=by, at=AT, **WORDS)
            for by in (cast.priya, cast.sam)
        )
    )
    assert refused == []
    assert {statement.number for statement in done} == {1, 2}
    assert Event.objects.filter(verb="records.statement.added").count() == 2


@pytest.mark.parametrize("what", ["change", "remove", "voice", "worry", "family", "log", "discard"])
def test_one_wins_and_one_is_told(cast: Cast, ready: Concern, what: str) -> None:
    seen, s2 = ready.version, ready.statements.get(number=2)
    before = Event.objects.count()
    acts: dict[str, Callable[[Any], Any]] = {
        "change": lambda by: operations.change_statement(s2, by=by, at=AT, seen_version=seen, text="x"),
        "remove": lambda by: operations.remove_statement(s2, by=by, at=AT, seen_version=seen),
        "voice": lambda by: operations.set_voice(ready, by=by, at=AT, status="OBTAINED", seen_version=seen),
        "worry": lambda by: operations.give_worry(
            ready, by=by, at=AT, level=4, change="MORE", seen_version=seen
        ),
        "family": lambda by: operations.set_think_family(
            ready, by=by, at=AT, anybody_else="x", seen_version=seen
        ),
        "log": lambda by: operations.log_concern(ready, by=by, at=AT, seen_version=seen),
        "discard": lambda by: operations.discard_draft(ready, why="x", by=by, at=AT, seen_version=seen),
    }
    done, refused = at_once(lambda: acts[what](cast.priya), lambda: acts[what](cast.sam))
    assert (len(done), len(refused)) == (1, 1)
    assert Event.objects.count() == before + 1
    told = " ".join(refused[0].sentences)
    assert "Priya Nair" in told or "Sam Patel" in told or ready.reference in told


def test_two_who_add_the_same_nhs_number(cast: Cast) -> None:
    details: dict[str, Any] = {"kind": "CHILD", "first_name": "Leo", "nhs_number": "9434765870"}
    done, refused = at_once(
        *(lambda by=by: operations.record_person(by=by, at=AT, **details) for by in (cast.priya, cast.sam))
    )
    assert (len(done), len(refused)) == (1, 1)
    assert Person.objects.count() == 1


def test_two_who_add_the_same_person_to_a_concern(cast: Cast, draft: Concern, kerry: Person) -> None:
    done, refused = at_once(
        *(
            lambda by=by: operations.add_subject(draft, person=kerry, by=by, at=AT)
            for by in (cast.priya, cast.sam)
        )
    )
    assert (len(done), len(refused)) == (1, 1)


def test_two_who_relate_the_same_pair(cast: Cast, leo: Person, kerry: Person) -> None:
    done, refused = at_once(
        lambda: operations.relate(leo, kerry, kind="PARENT", by=cast.priya, at=AT),
        lambda: operations.relate(kerry, leo, kind="CHILD", by=cast.sam, at=AT),
    )
    assert (len(done), refused) == (2, [])


def test_references_are_never_used_twice(cast: Cast) -> None:
    done, _ = at_once(*(lambda: operations.start_concern(by=cast.priya, at=AT) for _ in range(6)))
    assert len({concern.reference for concern in done}) == 6
