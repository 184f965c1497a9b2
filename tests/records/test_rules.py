"""Each rule of logging by its name: what breaks it, and the sentence that says so."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from records import operations, rules
from records.models import Concern, Person, Statement
from tests.records.conftest import AT, Cast

pytestmark = pytest.mark.django_db


def said(concern: Concern) -> dict[str, str]:
    concern.refresh_from_db()
    draft = rules.look_at(concern)
    return {rule.__name__: rules.said(rule, which) for _, rule in rules.RULES if (which := rule(draft))}


def test_a_ready_draft_breaks_no_rule(ready: Concern) -> None:
    assert said(ready) == {}


def test_every_rule_has_a_sentence_and_a_step() -> None:
    for step, rule in rules.RULES:
        assert (rule.__doc__ or "").endswith("."), rule.__name__
        assert step in {"about", "statements", "voice", "worry", "family", "check"}


def test_an_empty_draft_breaks_what_needs_something(cast: Cast) -> None:
    empty = operations.start_concern(by=cast.priya, at=AT)
    assert said(empty).keys() == {
        "concern_is_about_somebody",
        "concern_says_something",
        "voice_is_heard_or_planned",
        "worry_is_given",
        "family_is_thought_of",
    }


def test_an_opinion_alone_says_nothing(cast: Cast, draft: Concern) -> None:
    operations.add_statement(
        draft, by=cast.priya, at=AT, kind="OPINION", text="Neglect.", source="me", happened_note="now"
    )
    broken = said(draft)
    assert "concern_says_something" in broken
    assert (
        broken["every_opinion_names_what_it_rests_on"]
        == "Choose the statements that the opinion S1 rests on."
    )


def test_voice_that_was_heard_is_written_down(cast: Cast, draft: Concern) -> None:
    operations.set_voice(draft, by=cast.priya, at=AT, status="OBTAINED")
    assert "voice_that_was_heard_is_written_down" in said(draft)


def test_writing_the_voice_down_answers_whether_it_was_heard(cast: Cast, draft: Concern) -> None:
    operations.add_statement(
        draft,
        by=cast.priya,
        at=AT,
        kind="VOICE",
        voice_of="WISHES",
        text="To stay.",
        source="me",
        happened_note="now",
    )
    assert not {"voice_is_heard_or_planned", "voice_that_was_heard_is_written_down"} & said(draft).keys()


def test_every_related_person_is_thought_of_from_either_side(
    cast: Cast, ready: Concern, leo: Person, kerry: Person
) -> None:
    operations.relate(kerry, leo, kind="CHILD", by=cast.priya, at=AT)
    assert said(ready) == {
        "every_related_person_is_thought_of": "Say what this might mean for Kerry Marsh, "
        "or that there is nothing you can see."
    }
    operations.set_think_family(ready, by=cast.priya, at=AT, nothing_seen_for=[kerry])
    assert said(ready) == {}


@pytest.mark.parametrize(("hours", "late"), [(24, False), (25, True)])
def test_late_recording_is_explained(cast: Cast, ready: Concern, hours: int, late: bool) -> None:
    happened = AT - timedelta(hours=hours)
    operations.change_statement(ready.statements.get(number=1), by=cast.priya, at=AT, happened_at=happened)
    assert ("late_recording_is_explained" in said(ready)) is late
    if late:
        operations.log_concern(ready, by=cast.priya, at=AT, late_why="I was ill.")


def test_history_is_never_late(cast: Cast, ready: Concern) -> None:
    operations.add_statement(
        ready, by=cast.priya, at=AT, kind="HISTORY", text="81%.", source="register",
        happened_at=AT - timedelta(days=90),
    )  # fmt: skip
    assert said(ready) == {}


def test_a_day_without_a_time_is_late_a_day_later(
    cast: Cast, ready: Concern, django_assert_num_queries: Callable[..., object]
) -> None:
    unknown = Statement.TIME_NOT_KNOWN
    s1 = ready.statements.get(number=1)
    for hours, late in ((47, False), (49, True)):
        happened = AT - timedelta(hours=hours)
        operations.change_statement(s1, by=cast.priya, at=AT, happened_at=happened, happened_note=unknown)
        assert ("late_recording_is_explained" in said(ready)) is late
