"""Events and looks: written with the change, by people and by the service, and read by an auditor."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies import operations as agencies
from agencies.models import Membership
from audit import access, operations
from audit.models import Access, Event, in_short, in_words
from tests.factories import World
from tests.signing_in import SignedIn

AT = datetime(2027, 1, 12, 9, 30, tzinfo=UTC)
CONCERN = "WF-27-0001"


def record(by: Membership | None, verb: str = "sharing.exchange.sent", **more: object) -> Event:
    details = {"at": AT, "subject": f"{CONCERN}-X1", "concern": CONCERN, **more}
    with transaction.atomic():
        return operations.record(verb, by=by, **details)  # type: ignore[arg-type]


def test_an_event_says_who_as_it_was_at_the_time(world: World) -> None:
    label = world.priya.label
    event = record(world.priya)
    Membership.objects.filter(pk=world.priya.pk).update(job_title="Something else")
    event.refresh_from_db()
    assert (event.actor, event.agency, event.actor_id) == (label, "st-wulstans", world.priya.pk)
    assert event.recorded_at > AT - timedelta(days=365)


def test_what_the_service_does_is_its_own(db: None) -> None:
    assert record(None).actor == "Check Back"


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_an_error() -> None:
    with pytest.raises(operations.NotInATransaction):
        operations.record("x", by=None, at=AT, subject="x")


@pytest.mark.django_db(transaction=True)
def test_no_event_is_written_outside_a_transaction() -> None:
    with pytest.raises(operations.NotInATransaction):
        operations.record("sharing.test", by=None, at=AT, subject="X")


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_when_its_change_goes() -> None:
    def change_that_fails() -> None:
        with transaction.atomic():
            operations.record("x", by=None, at=AT, subject="x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_that_fails()
    assert not Event.objects.exists()


def test_codes_read_as_words() -> None:
    assert in_words("agencies.contact_point.checked") == "contact point checked"
    assert in_short("contact-point:45e29f35-fb73-4ab9-979f-2351393167ff") == "contact point 45e29f35"
    assert in_short("WF-27-0001-X1") == "WF-27-0001-X1"


def test_an_agency_reads_its_own_events_and_those_it_took_part_in(world: World) -> None:
    mine = record(world.priya)
    shared = record(world.tom, also_for=["st-wulstans"])
    record(world.amara)
    rows, onward = access.events_of("st-wulstans")
    assert (rows, onward) == ([shared, mine], "")


def test_events_are_found_by_reference_verb_person_and_day(world: World) -> None:
    wanted = record(world.priya, "sharing.exchange.understood")
    record(
        world.school.colleague, "sharing.action.agreed", subject=f"{CONCERN}-A1", at=AT - timedelta(days=2)
    )

    def found(**sought: object) -> list[Event]:
        return access.events_of("st-wulstans", **sought)[0]  # type: ignore[arg-type]

    assert len(found(reference="wf-27-0001")) == 2
    assert found(reference=f"{CONCERN}-X1") == [wanted]
    assert found(what="sharing.exchange.understood") == [wanted]
    assert found(actor_id=str(world.priya.pk)) == [wanted]
    assert found(start=AT) == [wanted]
    assert wanted not in found(end=AT)


def test_the_events_page_filters_and_shows_no_narrative(world: World, signed_in: SignedIn) -> None:
    record(world.priya, data={"version": 3, "canary": "CANARY"})
    record(world.school.colleague, "sharing.action.agreed", subject=f"{CONCERN}-A1")
    client = signed_in(world.school.auditor)
    page = client.get(reverse("audit_events"))
    assert "Sent WF-27-0001-X1" in page.text
    assert "exchange sent" not in page.text
    assert "CANARY" not in page.text
    day = {
        "first_0": "12",
        "first_1": "1",
        "first_2": "2027",
        "last_0": "12",
        "last_1": "1",
        "last_2": "2027",
    }
    chosen = {"reference": CONCERN, "what": "sharing.exchange.sent", "person": str(world.priya.pk), **day}
    page = client.get(reverse("audit_events"), chosen)
    assert [row.verb for row in page.context["rows"]] == ["sharing.exchange.sent"]
    nothing = client.get(reverse("audit_events"), chosen | {"first_0": "13", "last_0": "13"})
    assert nothing.context["rows"] == []
    assert "Nothing was found" in nothing.text


def test_the_events_page_is_in_plain_words(world: World, signed_in: SignedIn) -> None:
    record(world.priya, "sharing.reminder.other_lead")
    record(world.priya, "sharing.exchange.passed_on", subject=f"{CONCERN}-X2")
    record(world.priya, "sharing.summary.written", subject=CONCERN)
    page = " ".join(
        re.sub(r"<[^>]*>", " ", signed_in(world.school.auditor).get(reverse("audit_events")).text).split()
    )
    for words in (
        "Told the lead of the other side that WF-27-0001-X1 is late",
        "Passed … on to a colleague as WF-27-0001-X2",
        "Wrote the summary: WF-27-0001",
        "Told the lead of the other side that … is late",
    ):
        assert words in page
    assert "reminder other lead" not in page


def test_the_access_log_says_what_was_looked_at(world: World, signed_in: SignedIn) -> None:
    for action in ("do", "looks", "hold", "chronology-entries"):
        operations.log_access(action, by=world.priya, subject=CONCERN)
    page = signed_in(world.school.auditor).get(reverse("audit_access")).text
    for words in ("The Do stage", "Who looked at it", "Piece kept back", "Chronology entries"):
        assert words in page
    assert "Do: " not in page


def test_an_event_that_has_no_words_any_more_is_named_all_the_same(world: World, signed_in: SignedIn) -> None:
    record(world.priya, "sharing.action.agreed", subject=f"{CONCERN}-A1")
    assert "action agreed: WF-27-0001-A1" in signed_in(world.school.auditor).get(reverse("audit_events")).text


@pytest.mark.parametrize(
    "query",
    [
        {"first_0": "99", "first_1": "1", "first_2": "2027"},
        {"person": "nobody"},
        {"what": "nothing.such"},
        {"reference": "x" * 81},
    ],
)
@pytest.mark.parametrize("name", ["audit_events", "audit_access"])
def test_a_filter_that_makes_no_sense_is_explained(
    world: World, signed_in: SignedIn, name: str, query: dict[str, str]
) -> None:
    answer = signed_in(world.school.auditor).get(reverse(name), query)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_events_are_paged_by_their_number_with_as_many_statements(world: World, signed_in: SignedIn) -> None:
    for _ in range(access.PAGE * 2 + 5):
        record(world.priya)
    client = signed_in(world.school.auditor)
    seen, query, counts = [], "?reference=WF-27-0001", set()
    while query:
        with CaptureQueriesContext(connection) as statements:
            page = client.get(reverse("audit_events") + query)
        counts.add(len(statements))
        seen += [row.pk for row in page.context["rows"]]
        query = page.context["next_url"]
    assert len(seen) == len(set(seen)) == access.PAGE * 2 + 5
    assert len(counts) == 1
    assert client.get(reverse("audit_events"), {"after": "9" * 30}).status_code == 200


def test_the_access_log_shows_looks_and_refusals_of_my_agency(world: World, signed_in: SignedIn) -> None:
    operations.log_access("seen", by=world.priya, subject="WF-27-0001")
    operations.log_access("seen", by=world.tom, subject="WF-27-0002")
    signed_in(world.school.administrator).get(reverse("directory"))
    page = signed_in(world.school.auditor).get(reverse("audit_access"))
    assert "WF-27-0001" in page.text
    assert "WF-27-0002" not in page.text
    assert "Refused" in page.text
    found = signed_in(world.school.auditor).get(reverse("audit_access"), {"reference": "wf-27-0001"})
    assert [row["subject"] for row in found.context["rows"]] == ["WF-27-0001"]


def test_reading_the_audit_is_a_look_itself(world: World, signed_in: SignedIn) -> None:
    signed_in(world.school.auditor).get(reverse("audit_events"), {"reference": CONCERN})
    look = Access.objects.get(action="audit")
    assert (look.subject, look.actor_id) == (CONCERN, world.school.auditor.pk)


def test_an_event_about_somebodys_role_says_whose(world: World, signed_in: SignedIn) -> None:
    agencies.end_membership(world.priya, by=world.school.administrator, at=AT)
    page = signed_in(world.school.auditor).get(reverse("audit_events"))
    assert f"({world.priya.full_name})" in page.text
