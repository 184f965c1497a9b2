"""Two agencies and their people, and a concern that is ready to be logged."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest
from django.conf import LazySettings
from django.test import Client

from agencies.models import Agency, Membership, Partnership, User
from records import operations
from records.models import Concern, Person
from tests.records.visits import signed_in

AT = datetime(2027, 1, 12, 9, 30, tzinfo=UTC)


class Cast(NamedTuple):
    """Who is in the story: three of the school, one each with other roles, one of another agency."""

    priya: Membership
    sam: Membership
    lead: Membership
    administrator: Membership
    auditor: Membership
    stranger: Membership
    school: Agency
    front_door: Agency


def member(agency: Agency, name: str, role: str = "practitioner") -> Membership:
    user = User.objects.create_user(
        f"{name.lower().replace(' ', '.')}@{agency.reference}.example", full_name=name
    )
    return Membership.objects.create(user=user, agency=agency, role=role, job_title="DSL", started_at=AT)


@pytest.fixture
def cast(db: None) -> Cast:
    wyrefold = Partnership.objects.create(reference="wyrefold", name="Wyrefold", prefix="WF")
    school = Agency.objects.create(
        partnership=wyrefold, reference="st-wulstans", name="St Wulstan’s Primary", kind=Agency.Kind.SCHOOL
    )
    front_door = Agency.objects.create(
        partnership=wyrefold, reference="front-door", name="Family Front Door", kind=Agency.Kind.CHILDREN
    )
    return Cast(
        priya=member(school, "Priya Nair"),
        sam=member(school, "Sam Patel"),
        lead=member(school, "Lena Lead", "lead"),
        administrator=member(school, "Ada Admin", "administrator"),
        auditor=member(school, "Otto Audit", "auditor"),
        stranger=member(front_door, "Tom Ashdown"),
        school=school,
        front_door=front_door,
    )


@pytest.fixture
def leo(cast: Cast) -> Person:
    return operations.record_person(
        by=cast.priya,
        at=AT,
        kind="CHILD",
        first_name="Leo",
        last_name="Marsh",
        born_on=date(2019, 9, 3),
    )


@pytest.fixture
def kerry(cast: Cast) -> Person:
    return operations.record_person(
        by=cast.priya, at=AT, kind="PARENT_OR_CARER", first_name="Kerry", last_name="Marsh"
    )


@pytest.fixture
def draft(cast: Cast, leo: Person) -> Concern:
    return operations.start_concern(by=cast.priya, at=AT, about=leo)


@pytest.fixture
def ready(cast: Cast, draft: Concern) -> Concern:
    """A draft that holds everything that logging asks for: S1 seen, S2 voice, S3 opinion on S1."""
    by, at = cast.priya, AT
    seen = operations.add_statement(
        draft, by=by, at=at, kind="FACT_SEEN", text="A bruise on the left upper arm, 3 cm by 2 cm.",
        source="A. Bell, class teacher", happened_at=at - timedelta(minutes=35),
    )  # fmt: skip
    operations.add_statement(
        draft, by=by, at=at, kind="VOICE", voice_of="WORDS", is_verbatim=True, source="Leo, to me",
        text="Dean squeezed me cos I was loud with Isla.", happened_at=at - timedelta(minutes=25),
    )  # fmt: skip
    operations.add_statement(
        draft, by=by, at=at, kind="OPINION", text="Consistent with gripping; I am not medically qualified.",
        source="Priya Nair", happened_note="on seeing the arm", rests_on=[seen],
    )  # fmt: skip
    operations.set_voice(draft, by=by, at=at, status="OBTAINED")
    operations.give_worry(draft, by=by, at=at, level=3, change="FIRST", urgency="URGENT")
    operations.set_think_family(draft, by=by, at=at, anybody_else="Isla, a toddler, lives in the same home.")
    draft.refresh_from_db()
    return draft


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.MFA_REQUIRED = False


@pytest.fixture
def priya(cast: Cast) -> Client:
    return signed_in(cast.priya)


@pytest.fixture
def sam(cast: Cast) -> Client:
    return signed_in(cast.sam)
