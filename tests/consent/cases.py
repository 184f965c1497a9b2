"""Two agencies, a concern about a child and her mother, and the people who may or may not work on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from agencies.models import Agency, Membership, User
from consent.models import Basis, View
from consent.operations import record_view
from records.models import Concern, Person, Statement, Subject
from tests import factories

NOW = datetime(2026, 11, 24, 11, 15, tzinfo=UTC)
LOGGED = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)
ASKED = datetime(2026, 11, 24, 11, 5, tzinfo=UTC)


def agency(
    reference: str, *, kind: str = "SCHOOL", public_authority: bool = True, region: str = "ENG"
) -> Agency:
    return Agency.objects.create(
        partnership=factories.partnership(),
        reference=reference,
        name=reference.replace("-", " ").title(),
        kind=kind,
        public_authority=public_authority,
        region=region,
    )


def member(name: str, at: Agency, *, role: str = "practitioner") -> Membership:
    user = User.objects.create(email=f"{name.lower()}@{at.reference}.example", full_name=name)
    return Membership.objects.create(user=user, agency=at, role=role, job_title="Post", started_at=LOGGED)


def person(reference: str, by: Membership, *, kind: str = "CHILD", born_on: date | None = None) -> Person:
    return Person.objects.create(
        reference=reference,
        agency=by.agency,
        kind=kind,
        first_name="Leo" if kind == "CHILD" else "Kerry",
        last_name="Marsh",
        born_on=born_on,
        search_name="marsh",
        recorded_by=by,
        recorded_at=LOGGED,
    )


@dataclass
class Case:
    """One concern and the people around it."""

    concern: Concern
    child: Person
    mother: Person
    practitioner: Membership
    lead: Membership
    colleague: Membership
    administrator: Membership
    outsider: Membership


def make_case() -> Case:
    school, council = agency("st-wulstans"), agency("front-door", kind="CHILDREN")
    priya = member("Priya", school)
    child = person("P-000001", priya, born_on=date(2019, 9, 3))
    mother = person("P-000002", priya, kind="PARENT_OR_CARER", born_on=date(1994, 2, 1))
    concern = Concern.objects.create(
        reference="WF-26-0001",
        agency=school,
        started_by=priya,
        started_at=LOGGED,
        owner=priya,
        voice_status="OBTAINED",
    )
    for each, is_main in ((child, True), (mother, False)):
        Subject.objects.create(concern=concern, person=each, is_main=is_main, added_by=priya, added_at=LOGGED)
    fact = statement(concern, priya, 1, "FACT_SEEN", "A bruise on the left upper arm")
    opinion = statement(concern, priya, 2, "OPINION", "I think it is consistent with gripping")
    opinion.rests_on.add(fact)
    concern.logged_at, concern.logged_by = LOGGED, priya
    concern.save()
    return Case(
        concern=concern,
        child=child,
        mother=mother,
        practitioner=priya,
        lead=member("Lena", school, role="lead"),
        colleague=member("Cara", school),
        administrator=member("Adam", school, role="administrator"),
        outsider=member("Tom", council),
    )


def statement(concern: Concern, by: Membership, number: int, kind: str, text: str) -> Statement:
    return Statement.objects.create(
        concern=concern,
        number=number,
        kind=kind,
        text=text,
        source="Priya, in class",
        happened_at=datetime(2026, 11, 24, 8, 55, tzinfo=UTC),
        written_at=LOGGED,
        author=by,
    )


def basis(code: str) -> Basis:
    return Basis.objects.get(code=code)


def give(case: Case, answer: str = "GIVEN", **more: object) -> View:
    """Record what the child said, with everything that the answer needs."""
    words = {
        "answer": answer,
        "capacity": "COMPETENT",
        "asked_at": None if answer == "NOT_ASKED" else ASKED,
        "why_not_asked": "It would tell Dean what he said" if answer == "NOT_ASKED" else "",
        "conditions": "Not grandmother" if answer == "GIVEN_WITH_CONDITIONS" else "",
        "by": case.practitioner,
        "at": ASKED,
        **more,
    }
    return record_view(case.concern, case.child, **words)  # type: ignore[arg-type]
