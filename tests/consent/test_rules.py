"""Every rule by its name: kept, broken, and on the edge."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from consent import rules
from consent.models import Basis, View
from consent.principles import TITLES, Seen, in_words, seven_principles
from records.models import Person

NOW = datetime(2027, 1, 12, 9, 30, tzinfo=UTC)
PUBLIC_TASK = Basis(pk=1, kind="ARTICLE_6", code="6(1)(e)")
CONSENT = Basis(pk=2, kind="ARTICLE_6", code="6(1)(a)")
PART_3 = Basis(pk=3, kind="ARTICLE_6", code="PART_3")
INTEREST = Basis(pk=4, kind="ARTICLE_9", code="9(2)(g)", asks_paragraph_18=True)
CARE = Basis(pk=5, kind="ARTICLE_9", code="9(2)(h)")
PREJUDICE = Basis(pk=6, kind="PARAGRAPH_18", code="18(c)")
AGREED = Basis(pk=7, kind="CONFIDENTIALITY", code="CONSENT")
OFFERED = range(1, 8)


def view(answer: str = "GIVEN", **more: Any) -> View:
    return View(**{"answer": answer, "capacity": "HAS_CAPACITY", "answered_by": "SELF", **more})


def proposal(**more: Any) -> rules.Proposal:
    complete = {
        "view": view(),
        "outcome": "SHARE",
        "at": NOW,
        "purpose": "A strategy discussion",
        "rationale": "Risk tonight",
        "article_6": PUBLIC_TASK,
        "offered": OFFERED,
        "informed": "YES",
        "informed_how": "By phone",
        "informed_at": NOW,
        "principles": {"necessary": "a", "relevant": "b", "adequate": "c"},
    }
    return rules.Proposal(**{**complete, **more})


def said(**more: Any) -> rules.SaidAboutSharing:
    complete = {
        "answer": "GIVEN",
        "capacity": "HAS_CAPACITY",
        "fitting_capacities": rules.FOR_ADULTS,
        "at": NOW,
        "asked_at": NOW,
    }
    return rules.SaidAboutSharing(**{**complete, **more})


NOT_TOLD = {"informed": "NOT_YET", "not_informed_why": "Unsafe", "inform_review_at": NOW + timedelta(hours=1)}

KEPT: list[dict[str, Any]] = [
    {},
    {"outcome": "NOT_SHARE", "article_6": None, "principles": {}},
    {"outcome": "NOT_SHARE", "article_6": None, "principles": {}, "view": view("REFUSED")},
    {"article_9": INTEREST, "paragraph_18": PREJUDICE},
    {"article_9": CARE},
    {"article_6": CONSENT},
    {"article_6": CONSENT, "view": view("GIVEN_WITH_CONDITIONS")},
    {"article_6": CONSENT, "view": view(capacity="COMPETENT")},
    {"article_6": CONSENT, "view": view(capacity="NOT_COMPETENT", answered_by="PARENT")},
    {"article_6": PART_3},
    {"view": view("REFUSED"), "despite_why": "Others are at risk"},
    {"view": view("WITHDRAWN"), "despite_why": "Others are at risk"},
    {"view": view("NOT_ASKED")},
    NOT_TOLD,
]

BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("purpose_is_given", {"purpose": " \n"}),
    ("rationale_is_given", {"rationale": "\t"}),
    ("sharing_has_an_article_6_basis", {"article_6": None}),
    ("sharing_has_an_article_6_basis", {"article_6": None, "outcome": "SHARE_PART"}),
    ("every_basis_is_open_to_us", {"offered": ()}),
    ("law_enforcement_has_no_article_9_condition", {"article_6": PART_3, "article_9": CARE}),
    ("paragraph_18_names_one_of_its_three_reasons", {"article_9": INTEREST}),
    ("paragraph_18_is_answered_only_where_it_is_asked", {"article_9": CARE, "paragraph_18": PREJUDICE}),
    ("consent_is_a_basis_only_while_it_is_given", {"article_6": CONSENT, "view": view("NOT_ASKED")}),
    (
        "consent_is_a_basis_only_while_it_is_given",
        {"article_6": CONSENT, "view": view("WITHDRAWN"), "despite_why": "x"},
    ),
    (
        "consent_is_a_basis_only_while_it_is_given",
        {"confidentiality": AGREED, "view": view("REFUSED"), "despite_why": "x"},
    ),
    (
        "consent_counts_only_from_someone_who_could_give_it",
        {"article_6": CONSENT, "view": view(capacity="LACKS_CAPACITY")},
    ),
    (
        "consent_counts_only_from_someone_who_could_give_it",
        {"article_6": CONSENT, "view": view(capacity="NOT_ASSESSED")},
    ),
    ("sharing_against_their_wishes_says_why", {"view": view("REFUSED")}),
    ("sharing_against_their_wishes_says_why", {"view": view("WITHDRAWN"), "despite_why": " "}),
    ("it_is_said_whether_they_know", {"informed": ""}),
    ("being_informed_says_when", {"informed_at": None}),
    ("they_were_told_in_the_past", {"informed_at": NOW + timedelta(seconds=1)}),
    ("being_informed_says_how", {"informed_how": ""}),
    ("not_being_informed_says_why", {**NOT_TOLD, "not_informed_why": " "}),
    ("not_being_informed_has_a_review", {**NOT_TOLD, "inform_review_at": None}),
    ("the_review_is_in_the_future", {**NOT_TOLD, "inform_review_at": NOW}),
    ("sharing_is_necessary_and_proportionate", {"principles": {"relevant": "b", "adequate": "c"}}),
    ("sharing_is_relevant", {"principles": {"necessary": "a", "adequate": "c"}}),
    ("sharing_is_adequate", {"principles": {"necessary": "a", "relevant": "b"}}),
]


@pytest.mark.parametrize("more", KEPT)
def test_a_complete_decision_breaks_no_rule(more: dict[str, Any]) -> None:
    assert rules.what_is_wrong_with_decision(proposal(**more)) == []
    rules.require_decision(proposal(**more))


@pytest.mark.parametrize(("rule", "more"), BROKEN)
def test_a_broken_rule_is_named_alone(rule: str, more: dict[str, Any]) -> None:
    broken = rules.what_is_wrong_with_decision(proposal(**more))
    assert [each.rule for each in broken] == [rule]
    with pytest.raises(rules.NotComplete) as refusal:
        rules.require_decision(proposal(**more))
    assert refusal.value.sentences == (broken[0].sentence,)


VIEW_BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("somebody_asked_or_said_why_not", {"answer": "NOT_ASKED", "asked_at": None}),
    (
        "nobody_answered_who_was_not_asked",
        {"answer": "NOT_ASKED", "asked_at": None, "why_not_asked": "Unsafe tonight", "their_words": "Yes"},
    ),
    ("an_answer_has_a_time", {"asked_at": None}),
    ("the_answer_is_not_in_the_future", {"asked_at": NOW + timedelta(seconds=1)}),
    ("conditions_are_named", {"answer": "GIVEN_WITH_CONDITIONS", "conditions": " "}),
    ("who_answered_for_them_is_named", {"answered_by": "PARENT"}),
    ("capacity_fits_the_person", {"capacity": "COMPETENT"}),
]


@pytest.mark.parametrize(("rule", "more"), VIEW_BROKEN)
def test_a_broken_rule_on_a_view_is_named_alone(rule: str, more: dict[str, Any]) -> None:
    assert [each.rule for each in rules.what_is_wrong_with_view(said(**more))] == [rule]


def test_every_rule_is_tried_and_says_a_sentence() -> None:
    tried = {name for name, _ in BROKEN} | {name for name, _ in VIEW_BROKEN}
    named = [rule for _, rule in (*rules.DECISION_RULES, *rules.VIEW_RULES)]
    assert tried == {rule.__name__ for rule in named}
    for rule in named:
        assert rule.__doc__
        assert rule.__doc__.strip()[-1] == ".", rule.__name__


@pytest.mark.parametrize(
    ("kind", "born_on", "fitting"),
    [
        ("CHILD", date(2019, 9, 3), rules.FOR_CHILDREN),
        ("CHILD", None, rules.FOR_CHILDREN),
        ("CHILD", date(2011, 1, 13), rules.FOR_CHILDREN),
        ("CHILD", date(2011, 1, 12), rules.FOR_CHILDREN | rules.FOR_ADULTS),
        ("CHILD", date(2009, 1, 12), rules.FOR_ADULTS),
        ("PARENT_OR_CARER", date(2011, 6, 1), rules.FOR_CHILDREN),
        ("PARENT_OR_CARER", date(1994, 2, 1), rules.FOR_ADULTS),
        ("ADULT_AT_RISK", None, rules.FOR_ADULTS),
        ("OTHER", None, rules.FOR_ADULTS | rules.FOR_CHILDREN),
    ],
)
def test_capacity_is_for_adults_and_competence_for_children(
    kind: str, born_on: date | None, fitting: frozenset[str]
) -> None:
    person = Person(kind=kind, born_on=born_on)
    assert rules.fitting_capacities(person, on=date(2027, 1, 12)) == fitting


def test_the_seven_principles_are_the_briefings_and_three_are_asked() -> None:
    seven = seven_principles(Seen(decided_at=NOW))
    assert [each.code for each in seven] == list(TITLES)
    assert len(seven) == 7
    assert [each.code for each in seven if each.is_asked] == ["necessary", "relevant", "adequate"]
    assert all(each.finding for each in seven if not each.is_asked)


def test_what_the_system_sees_is_filled_in() -> None:
    seen = Seen(
        decided_at=NOW,
        statements=6,
        with_time=5,
        opinions=2,
        opinions_resting_on_statements=1,
        logged_at=NOW - timedelta(minutes=25),
        last_event_at=NOW - timedelta(minutes=35),
        contact_points_checked=True,
        items_shared=4,
        items_held_back=1,
    )
    text = {each.code: each.text for each in seven_principles(seen, answers={"necessary": "Tonight"})}
    assert text["necessary"] == "4 shared, 1 held back.\nTonight"
    assert text["accurate"] == (
        "Each of the 6 statements has a source and says when it happened. "
        "Times told in words only: 1. Opinions without the facts behind them: 1 of 2."
    )
    assert text["timely"] == (
        "Decided 25 minutes after the concern was logged and 35 minutes after the latest event in it."
    )
    assert text["secure"] == "Sent inside Check Back, to contact points that have been checked."


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=2, minutes=5), "2 hours 5 minutes"),
        (timedelta(days=1, hours=2, minutes=5), "1 day 2 hours"),
        (timedelta(seconds=-5), "less than a minute"),
    ],
)
def test_a_length_of_time_is_said_as_people_say_it(length: timedelta, words: str) -> None:
    assert in_words(length) == words
