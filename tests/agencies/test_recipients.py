"""Finding whom to share with, and telling them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies import access, operations
from agencies.models import Absence, ContactPoint, Membership, User
from agencies.operations import NobodyToNotify
from notifications.models import Message
from tests import factories
from tests.factories import World
from tests.signing_in import SignedIn


def names(contacts: list[access.Contact]) -> list[str]:
    return [contact.member.full_name for contact in contacts]


def away(member: Membership, first: date, last: date) -> None:
    Absence.objects.create(
        member=member, starts_on=first, ends_on=last, recorded_by=member, recorded_at=timezone.now()
    )


@pytest.mark.parametrize(
    "query", ["tom", "ASHDOWN", "duty social", "family front", "ashdown worker", "Ashdwon"]
)
def test_somebody_is_found_by_name_post_or_agency_or_nearly(world: World, query: str) -> None:
    assert "Tom Ashdown" in names(access.find_recipients(world.priya, query))


def test_nobody_is_found_by_what_fits_nobody(world: World) -> None:
    assert access.find_recipients(world.priya, "zzzz 100% _") == []


def test_only_people_who_exchange_are_found_and_never_oneself(world: World) -> None:
    found = names(access.find_recipients(world.priya, "", limit=100))
    for member in (world.care.administrator, world.care.auditor, world.coordinator, world.priya):
        assert member.full_name not in found
    operations.end_membership(world.tom, by=world.care.administrator, at=world.clock())
    User.objects.filter(pk=world.amara.account_pk).update(is_active=False)
    left = names(access.find_recipients(world.priya, "", limit=100))
    assert set(found) - set(left) == {"Tom Ashdown", "Amara Osei"}


def test_somebody_with_two_roles_is_found_twice_told_apart_by_agency(world: World) -> None:
    found = access.find_recipients(world.priya, "robin")
    assert {contact.member.agency.name for contact in found} == {
        world.school.agency.name,
        world.care.agency.name,
    }


def test_another_partnership_is_out_of_reach(world: World) -> None:
    elsewhere = factories.agency(
        "elsewhere", "Elsewhere Primary", "SCHOOL", within=factories.partnership("elsewhere", "EL")
    )
    stranger = factories.member(elsewhere, "Tom Ashdown")
    assert stranger not in [c.member for c in access.find_recipients(world.priya, "Ashdown")]
    for nobody in (stranger.pk, uuid4(), world.care.administrator.pk, world.priya.pk):
        with pytest.raises(Http404):
            access.get_recipient(world.priya, nobody)


def test_a_recipient_shows_cover_and_checked_address(world_with_deputies: World) -> None:
    world, today = world_with_deputies, timezone.localdate()
    away(world.tom, today, today + timedelta(days=3))
    contact = access.get_recipient(world.priya, world.tom.pk)
    assert contact.away_until == today + timedelta(days=3)
    assert contact.cover.endswith(f"{world.care.colleague.full_name}, Duty social worker, acts for them.")
    assert contact.point == access.checked_contact_point(world.tom)


def test_a_recipient_who_is_away_without_a_deputy_is_shown_so(world: World) -> None:
    today = timezone.localdate()
    away(world.tom, today, today)
    assert access.get_recipient(world.priya, world.tom.pk).cover.endswith("Nobody is named to act for them.")


def test_the_directory_shows_no_address_and_keeps_names_out_of_addresses(
    world: World, signed_in: SignedIn
) -> None:
    client = signed_in(world.priya)
    answer = client.post(reverse("directory"), {"query": "Ashdown", "kind": ""})
    assert answer["Location"] == "/directory/"
    page = client.get("/directory/")
    assert "Tom Ashdown" in page.text
    assert "Amara Osei" not in page.text
    assert "Work e-mail, checked 1 September 2026" in page.text
    assert "@front-door.example" not in page.text
    assert client.post(reverse("directory"), {"query": "x" * 101, "kind": ""}).status_code == 422
    assert client.post(reverse("directory"), {"query": "", "kind": "NOPE"}).status_code == 422


def test_the_directory_pages_through_everybody_once_with_as_many_statements(
    world: World, signed_in: SignedIn
) -> None:
    client = signed_in(world.priya)
    with CaptureQueriesContext(connection) as few:
        client.get("/directory/")
    for number in range(45):
        person = factories.user(
            f"Same Name {number}" if number > 5 else "Same Name", domain=f"n{number}.example"
        )
        factories.member(world.care.agency, "", person=person, job_title=f"Post {number}", reachable=False)
    seen: list[str] = []
    address = "/directory/"
    while address:
        with CaptureQueriesContext(connection) as many:
            page = client.get(address)
        seen += [str(contact.member.pk) for contact in page.context["contacts"]]
        onward = page.context["onward"]
        address = f"/directory/?after={onward}" if onward else ""
    assert len(seen) == len(set(seen)) == len(access.find_recipients(world.priya, "", limit=500))
    assert len(many) <= 12
    assert len(few) <= 12
    assert client.get("/directory/?after=nonsense").status_code == 200


# --- Telling them ------------------------------------------------------------------------------------


def tell(world: World, member: Membership, **changes: object) -> list[Message]:
    details = {
        "reference": "WF-27-0001-X1",
        "sender": world.school.agency,
        "path": "/exchanges/WF-27-0001-X1/",
        "at": world.clock(),
        "dedupe_key": "TO_RECEIVE:WF-27-0001-X1",
        **changes,
    }
    return operations.notify(member, Message.Kind.TO_RECEIVE, **details)  # type: ignore[arg-type]


def test_a_notice_goes_to_the_checked_address(world: World) -> None:
    (message,) = tell(world, world.tom, urgent=True)
    assert message.to_address == "tom.ashdown@front-door.example"
    assert (message.to_member_id, message.to_agency) == (world.tom.pk, "front-door")
    assert (message.sender_agency, message.from_agency) == ("St Wulstan’s Primary", "st-wulstans")
    assert message.priority == Message.Priority.URGENT


def test_a_notice_told_twice_goes_once(world: World) -> None:
    assert [m.pk for m in tell(world, world.tom)] == [m.pk for m in tell(world, world.tom)]
    assert Message.objects.count() == 1


def test_the_deputy_is_told_too_while_somebody_is_away(world_with_deputies: World) -> None:
    world = world_with_deputies
    day = timezone.localdate(world.clock.moment)
    assert len(tell(world, world.tom)) == 1
    away(world.tom, day, day)
    told = tell(world, world.tom, dedupe_key="second")
    assert [m.to_member_id for m in told] == [world.tom.pk, world.care.colleague.pk]


def test_the_duty_inbox_stands_in_for_a_missing_address(world: World) -> None:
    ContactPoint.objects.filter(member=world.tom).update(checked_at=None, checked_by=None)
    with pytest.raises(NobodyToNotify):
        tell(world, world.tom)
    ContactPoint.objects.create(
        agency=world.care.agency,
        label="Duty inbox",
        kind="EMAIL",
        address="duty@front-door.example",
        checked_at=world.clock(),
        checked_by=world.care.administrator,
    )
    (message,) = tell(world, world.tom)
    assert message.to_address == "duty@front-door.example"


def test_where_nobody_can_be_told_the_sentence_says_what_to_do_and_names_nobody(world: World) -> None:
    ContactPoint.objects.filter(member=world.tom).update(retired_at=world.clock())
    with pytest.raises(NobodyToNotify) as refused:
        tell(world, world.tom)
    said = " ".join(refused.value.sentences)
    assert "Duty social worker at Wyrefold Family Front Door" in said
    assert "telephone" in said
    assert "Tom" not in said
    assert not Message.objects.exists()


def test_a_phone_number_is_no_address_for_a_notice(world: World) -> None:
    ContactPoint.objects.filter(member=world.tom).update(kind="PHONE", address="01632 960000")
    with pytest.raises(NobodyToNotify):
        tell(world, world.tom)


def test_somebody_who_left_is_stood_in_for_by_deputy_then_manager(world_with_deputies: World) -> None:
    world = world_with_deputies
    operations.end_membership(world.tom, by=world.care.administrator, at=world.clock())
    world.tom.refresh_from_db()
    assert [m.to_member_id for m in tell(world, world.tom)] == [world.care.colleague.pk]
    operations.end_membership(world.care.colleague, by=world.care.administrator, at=world.clock())
    assert [m.to_member_id for m in tell(world, world.tom, dedupe_key="two")] == [world.care.lead.pk]


def test_the_lead_of_somebody_is_their_manager_else_a_lead_never_themselves(world: World) -> None:
    assert operations.lead_of(world.priya) == world.school.lead
    assert operations.lead_of(world.two_hats[1]) == world.care.lead
    assert operations.lead_of(world.school.lead) is None
    operations.end_membership(world.school.lead, by=world.school.administrator, at=world.clock())
    assert operations.lead_of(world.priya) is None


def test_deputies_are_those_of_the_day(world: World) -> None:
    day = date(2027, 3, 1)
    factories.name_deputy(world.priya, world.school.colleague, starts_on=day, ends_on=day)
    assert operations.deputies_of(world.priya, day) == [world.school.colleague]
    for other in (day - timedelta(days=1), day + timedelta(days=1)):
        assert operations.deputies_of(world.priya, other) == []
