"""What a person said and the decision about sharing: appended, checked, audited."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import ProtectedError

from agencies.refusals import NotAllowed, OutOfDate
from audit.models import Event
from consent.models import SharingDecision, View
from consent.operations import NotLogged, NotOfThisConcern, NoViewYet, decide, lock_view, record_view
from consent.querysets import latest_decisions, latest_view, rows_so_far
from consent.rules import NotComplete, needs_decision
from tests.consent.cases import ASKED, NOW, Case, basis, give, person


def make_decision(case: Case, **more: Any) -> SharingDecision:
    words: dict[str, Any] = {
        "outcome": "SHARE",
        "purpose": "So that the front door can decide about a strategy discussion today",
        "rationale": "He may be hurt again tonight",
        "article_6": basis("6(1)(e)"),
        "article_9": basis("9(2)(g)"),
        "paragraph_18": basis("18(c)"),
        "informed": "NOT_YET",
        "not_informed_why": "Dean may learn of what he said",
        "inform_review_at": NOW + timedelta(days=1),
        "principles": {"necessary": "Today", "relevant": "Their duty", "adequate": "Yes"},
        "by": case.practitioner,
        "at": NOW,
        **more,
    }
    return decide(case.concern, 1, case.child, **words)


def test_a_view_is_appended_and_the_latest_counts(case: Case) -> None:
    give(case, "GIVEN")
    give(case, "WITHDRAWN", at=NOW)
    latest = latest_view(case.concern, case.child)
    assert latest is not None
    assert latest.answer == "WITHDRAWN"
    assert View.objects.count() == 2


def test_words_of_somebody_who_was_not_asked_are_refused(case: Case) -> None:
    with pytest.raises(NotComplete, match="They were not asked, so leave their words empty"):
        give(case, "NOT_ASKED", their_words="I sit in the car")
    assert not View.objects.exists()


def test_a_view_leaves_an_event_with_codes_only(case: Case) -> None:
    give(case, "GIVEN_WITH_CONDITIONS", their_words="I sit in the car")
    event = Event.objects.get(verb="consent.view.recorded")
    assert event.concern == "WF-26-0001"
    view = View.objects.get()
    assert view.asked_at is not None
    assert event.data == {
        "happened_at": view.asked_at.isoformat(),
        "person": "P-000001",
        "answer": "GIVEN_WITH_CONDITIONS",
        "capacity": "COMPETENT",
        "answered_by": "SELF",
    }


def test_a_decision_is_appended_and_the_latest_counts(case: Case) -> None:
    give(case, "NOT_ASKED")
    make_decision(case, outcome="NOT_SHARE", article_6=None, article_9=None, paragraph_18=None)
    second = make_decision(case)
    assert latest_decisions(case.concern, 1) == {case.child.pk: second}
    assert latest_decisions(case.concern, 2) == {}


def test_a_decision_leaves_an_event_with_codes_only(case: Case) -> None:
    give(case, "NOT_ASKED")
    make_decision(case)
    assert Event.objects.get(verb="consent.decision.made").data == {
        "cycle": 1,
        "person": "P-000001",
        "outcome": "SHARE",
        "bases": ["6(1)(e)", "9(2)(g)", "18(c)"],
        "informed": "NOT_YET",
    }


def test_a_decision_not_to_share_is_recorded_in_the_same_way(case: Case) -> None:
    give(case, "REFUSED")
    made = make_decision(
        case, outcome="NOT_SHARE", article_6=None, article_9=None, paragraph_18=None, principles={}
    )
    assert not made.allows_sharing
    assert needs_decision(case.concern, 1) == []


def test_main_people_need_a_decision_until_there_is_one(case: Case) -> None:
    assert needs_decision(case.concern, 1) == [case.child]
    give(case, "NOT_ASKED")
    assert needs_decision(case.concern, 1) == [case.child]
    make_decision(case)
    assert needs_decision(case.concern, 1) == []
    assert needs_decision(case.concern, 2) == [case.child]


def test_a_decision_stops_counting_when_they_say_something_new(case: Case) -> None:
    give(case, "GIVEN")
    make_decision(case)
    give(case, "WITHDRAWN", at=NOW)
    assert needs_decision(case.concern, 1) == [case.child]


def test_a_decision_before_anybody_wrote_down_their_view_is_refused(case: Case) -> None:
    with pytest.raises(NoViewYet):
        make_decision(case)


def test_sharing_against_their_wishes_is_open_and_says_why(case: Case) -> None:
    give(case, "WITHDRAWN")
    with pytest.raises(NotComplete, match="right all the same"):
        make_decision(case)
    assert make_decision(case, despite_why="He is seven and may be hurt tonight").allows_sharing


def test_consent_withdrawn_since_the_page_was_shown_is_told(case: Case) -> None:
    give(case, "GIVEN")
    seen = rows_so_far(case.concern, 1, case.child)
    give(case, "WITHDRAWN", by=case.colleague, at=NOW)
    with pytest.raises(OutOfDate, match="Cara") as refusal:
        make_decision(case, seen_latest=seen, confidentiality=basis("CONSENT"))
    assert "withdrawn" in " ".join(refusal.value.sentences)
    assert not SharingDecision.objects.exists()


def test_a_decision_made_by_a_colleague_in_between_is_told(case: Case) -> None:
    give(case, "NOT_ASKED")
    seen = rows_so_far(case.concern, 1, case.child)
    make_decision(case, by=case.colleague)
    with pytest.raises(OutOfDate, match="Share"):
        make_decision(case, seen_latest=seen)
    assert SharingDecision.objects.count() == 1


def test_a_view_recorded_by_a_colleague_in_between_is_told(case: Case) -> None:
    give(case, "GIVEN", by=case.colleague)
    with pytest.raises(OutOfDate, match="They agreed"):
        give(case, "REFUSED", seen_latest=0)
    assert View.objects.count() == 1


@pytest.mark.parametrize("who", ["outsider", "administrator"])
def test_another_agency_and_a_role_without_concerns_cannot_write(case: Case, who: str) -> None:
    by = getattr(case, who)
    with pytest.raises(NotAllowed):
        give(case, "GIVEN", by=by)
    give(case, "GIVEN")
    with pytest.raises(NotAllowed):
        make_decision(case, by=by)


def test_a_lead_of_the_agency_can_write(case: Case) -> None:
    give(case, "GIVEN", by=case.lead)
    assert make_decision(case, by=case.lead).decided_by == case.lead


def test_only_people_of_the_concern_are_decided_about(case: Case) -> None:
    stranger = person("P-000009", case.practitioner)
    with pytest.raises(NotOfThisConcern):
        record_view(
            case.concern,
            stranger,
            answer="GIVEN",
            capacity="COMPETENT",
            asked_at=ASKED,
            by=case.practitioner,
            at=NOW,
        )


def test_a_draft_is_not_decided_about(case: Case) -> None:
    from records.models import Concern

    case.concern = Concern.objects.create(
        reference="WF-26-0002",
        agency=case.practitioner.agency,
        started_by=case.practitioner,
        started_at=NOW,
        owner=case.practitioner,
    )
    with pytest.raises(NotLogged):
        make_decision(case)


def test_a_basis_that_is_not_open_to_us_is_refused(case: Case) -> None:
    give(case, "NOT_ASKED")
    with pytest.raises(NotComplete, match="not open to your kind"):
        make_decision(case, article_6=basis("6(1)(ea)"))


def test_a_broken_audit_rolls_the_change_back(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*args: object, **options: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("consent.operations.record", breaks)
    with pytest.raises(RuntimeError), transaction.atomic():
        give(case, "GIVEN")
    assert not View.objects.exists()


def test_views_and_decisions_never_change_at_database_level(case: Case) -> None:
    view = give(case, "NOT_ASKED")
    decision = make_decision(case)
    for change in (
        lambda: View.objects.filter(pk=view.pk).update(answer="GIVEN"),
        lambda: View.objects.filter(pk=view.pk).delete(),
        lambda: SharingDecision.objects.filter(pk=decision.pk).update(outcome="NOT_SHARE"),
        lambda: SharingDecision.objects.filter(pk=decision.pk).delete(),
    ):
        with pytest.raises((ProgrammingError, ProtectedError)), transaction.atomic():
            change()
    for table in ("consent_view", "consent_sharingdecision"):
        with (
            pytest.raises(ProgrammingError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"purpose": ""},
        {"rationale": ""},
        {"article_6_id": None},
        {"informed": "YES"},
        {"inform_review_at": None},
        {"inform_review_at": NOW},
        {"not_informed_why": ""},
        {"cycle_number": 0},
        {"article_9_id": None},
    ],
)
def test_the_database_refuses_an_incomplete_decision(case: Case, wrong: dict[str, Any]) -> None:
    give(case, "NOT_ASKED")
    decision = make_decision(case)
    fields = {f.attname: getattr(decision, f.attname) for f in SharingDecision._meta.fields if f.name != "id"}
    with pytest.raises(IntegrityError), transaction.atomic():
        SharingDecision.objects.create(**{**fields, **wrong})


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": "NOT_ASKED"},
        {"answer": "GIVEN_WITH_CONDITIONS"},
        {"asked_at": None},
        {"asked_at": NOW + timedelta(days=1)},
        {"answered_by": "PARENT"},
    ],
)
def test_the_database_refuses_an_incomplete_view(case: Case, wrong: dict[str, Any]) -> None:
    view = give(case, "GIVEN")
    fields = {f.attname: getattr(view, f.attname) for f in View._meta.fields if f.name != "id"}
    with pytest.raises(IntegrityError), transaction.atomic():
        View.objects.create(**{**fields, **wrong})


def test_what_does_not_belong_to_the_answer_is_not_kept(case: Case) -> None:
    view = give(case, "GIVEN", why_not_asked="left over", conditions="left over")
    assert (view.why_not_asked, view.conditions) == ("", "")
    decision = make_decision(case, despite_why="left over", informed_how="left over", informed_at=NOW)
    assert (decision.despite_why, decision.informed_how, decision.informed_at) == ("", "", None)


@pytest.mark.django_db(transaction=True)
def test_holding_a_view_needs_a_transaction() -> None:
    from django.db.transaction import TransactionManagementError

    from tests.consent.cases import make_case

    case = make_case()
    with pytest.raises(TransactionManagementError):
        lock_view(case.concern, case.child)
