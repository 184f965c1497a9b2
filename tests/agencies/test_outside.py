"""The directory of people without an account: who is in it, how they are reached, and whom it refuses."""

from __future__ import annotations

import html
import re
import uuid
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from agencies import access
from agencies import operations as agencies
from agencies.models import Agency, ContactPoint, Membership
from agencies.operations.contact_points import NotAnAddress
from agencies.operations.outside import HasAnAccount
from agencies.operations.people import AlreadyHere
from agencies.refusals import NotAllowed, Refused
from sharing.operations import check_back, disclosure, leaving
from tests import factories, outside
from tests.factories import World
from tests.signing_in import SignedIn


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(response.content.decode()))


def posted(browser: Client, page: str, **answers: Any) -> Any:
    return browser.post(page, {"form_id": str(uuid.uuid4()), **answers})


def test_somebody_is_added_with_an_address_and_a_number_and_who_checked_them(world: World) -> None:
    rosa = outside.officer(world)
    reached = access.get_outside(world.priya, rosa.pk)
    assert (rosa.user, rosa.full_name, rosa.agency.kept_by) == (None, "Rosa Lindqvist", world.school.agency)
    assert reached.email
    assert reached.phone
    assert reached.email.address == outside.EMAIL
    assert reached.email.checked_by == reached.phone.checked_by == world.priya
    assert reached.phone.how_checked == "On the back of her card; she answered."


def test_a_second_person_joins_the_organisation_that_is_there(world: World) -> None:
    first = outside.officer(world)
    second = outside.officer(
        world, organisation="harrow lane homes", full_name="Ebo Quaye", email="ebo@homes.example"
    )
    assert first.agency == second.agency
    assert Agency.objects.filter(kept_by=world.school.agency).count() == 1


def test_two_agencies_keep_the_same_organisation_apart(world: World) -> None:
    outside.officer(world)
    theirs = outside.officer(world, by=world.tom)
    assert theirs.agency.kept_by == world.care.agency
    assert [one.member for one in access.outside_of(world.tom)] == [theirs]
    with pytest.raises(Http404):
        access.get_outside(world.priya, theirs.pk)
    with pytest.raises(Http404):
        access.get_recipient(world.priya, theirs.pk)


def test_somebody_with_an_account_is_never_given_a_link(world: World) -> None:
    with pytest.raises(HasAnAccount):
        outside.officer(world, email=world.tom.account.email.upper())
    rosa = outside.officer(world)
    with pytest.raises(HasAnAccount):
        agencies.change_how_reached(
            rosa, by=world.priya, at=world.clock(), kind="EMAIL", address=world.tom.account.email,
            how_checked="I rang.",
        )  # fmt: skip


def test_an_address_stands_once_in_a_directory(world: World) -> None:
    rosa = outside.officer(world)
    ebo = outside.officer(world, full_name="Ebo Quaye", email="ebo@homes.example")
    with pytest.raises(AlreadyHere):
        outside.officer(world, full_name="R Lindqvist")
    with pytest.raises(AlreadyHere):
        agencies.change_how_reached(
            ebo, by=world.priya, at=world.clock(), kind="EMAIL", address=outside.EMAIL, how_checked="I rang."
        )
    agencies.end_outside(rosa, by=world.priya, at=world.clock())
    assert outside.officer(world).pk != rosa.pk


@pytest.mark.parametrize(
    ("missing", "refusal"),
    [
        ({"phone": ""}, NotAnAddress),
        ({"phone": "none"}, NotAnAddress),
        ({"email": "not an address"}, NotAnAddress),
        ({"how_phone_checked": " "}, Refused),
        ({"how_email_checked": ""}, Refused),
        ({"organisation": " "}, Refused),
        ({"kind": "NONSENSE"}, Refused),
    ],
)
def test_nobody_is_added_without_two_ways_that_were_checked(
    world: World, missing: dict[str, Any], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        outside.officer(world, **missing)
    assert not Membership.objects.filter(role="outside").exists()
    assert not Agency.objects.filter(kept_by__isnull=False).exists()


def test_a_new_address_takes_the_place_of_the_old_one_which_stays_on_the_record(world: World) -> None:
    rosa = outside.officer(world)
    agencies.change_how_reached(
        rosa, by=world.school.lead, at=world.clock(), kind="EMAIL", address="rosa@homes.example",
        how_checked="She rang from her desk.",
    )  # fmt: skip
    reached = access.get_outside(world.priya, rosa.pk)
    assert reached.email
    assert (reached.email.address, reached.email.checked_by) == ("rosa@homes.example", world.school.lead)
    assert ContactPoint.objects.filter(member=rosa, kind="EMAIL", retired_at__isnull=False).count() == 1


def test_only_the_agency_that_keeps_somebody_changes_or_ends_them(world: World) -> None:
    rosa = outside.officer(world)
    with pytest.raises(NotAllowed):
        agencies.end_outside(rosa, by=world.tom, at=world.clock())
    with pytest.raises(NotAllowed):
        outside.officer(world, by=rosa)
    with pytest.raises(NotAllowed):
        outside.officer(world, by=world.school.administrator)


def test_whoever_was_taken_out_is_neither_listed_nor_chosen_nor_sent_anything(world: World) -> None:
    exchange = outside.chosen(world)
    rosa = exchange.listener
    agencies.end_outside(rosa, by=world.priya, at=world.clock())
    assert access.outside_of(world.priya) == []
    with pytest.raises(Http404):
        access.get_recipient(world.priya, rosa.pk)
    exchange = factories.again(exchange)
    missing = disclosure.missing_before_sending(exchange)
    assert any("no longer works there" in sentence for sentence in missing)
    with pytest.raises(disclosure.NotReady):
        disclosure.send(exchange, by=world.priya, at=world.clock())


def test_nothing_is_sent_without_a_second_way_for_the_code(world: World) -> None:
    exchange = outside.chosen(world)
    outside.without(exchange.listener, "PHONE", at=world.clock())
    missing = disclosure.missing_before_sending(exchange)
    assert any("no checked telephone number for the code" in sentence for sentence in missing)
    outside.without(exchange.listener, "EMAIL", at=world.clock())
    missing = disclosure.missing_before_sending(exchange)
    assert any("no checked e-mail address for the link" in sentence for sentence in missing)


def test_an_address_changed_after_choosing_is_the_one_the_link_goes_to(world: World) -> None:
    exchange = outside.chosen(world)
    point = agencies.change_how_reached(
        exchange.listener, by=world.priya, at=world.clock(), kind="EMAIL", address="rosa@homes.example",
        how_checked="She rang from her desk.",
    )  # fmt: skip
    assert disclosure.send(exchange, by=world.priya, at=world.clock()).contact_point == point


# --- The pages ---------------------------------------------------------------------------------


def test_the_directory_leads_to_people_without_an_account_and_to_adding_one(
    world: World, signed_in: SignedIn
) -> None:
    browser = signed_in(world.priya)
    assert reverse("outside") in browser.get(reverse("directory")).content.decode()
    assert "There is nobody here yet" in text(browser.get(reverse("outside")))
    response = posted(browser, reverse("outside-add"), **outside.WHO)
    rosa = Membership.objects.get(role="outside")
    assert response.headers["Location"] == reverse("outside-person", args=[rosa.pk])
    page = text(browser.get(response.headers["Location"]))
    for words in (outside.EMAIL, outside.PHONE, "Checked by Priya", outside.WHO["how_phone_checked"]):
        assert words in page
    assert outside.EMAIL in text(signed_in(world.school.lead).get(reverse("outside")))
    assert outside.EMAIL not in text(signed_in(world.tom).get(reverse("outside")))


def test_the_address_of_somebody_with_an_account_offers_the_account(
    world: World, signed_in: SignedIn
) -> None:
    concern = factories.at_share(world)
    address = reverse("outside-choose-add", args=[concern.reference])
    answers = {**outside.WHO, "email": world.tom.account.email}
    response = posted(signed_in(world.priya), address, **answers)
    assert response.status_code == 409
    page = text(response)
    assert "Tom Ashdown" in page
    assert "has an account" in page
    assert f"of={world.tom.pk}" in page
    assert outside.WHO["how_phone_checked"] in page  # nothing typed is lost


def test_adding_somebody_for_a_concern_leads_back_with_them_chosen(world: World, signed_in: SignedIn) -> None:
    browser, concern = signed_in(world.priya), factories.at_share(world)
    choose = reverse("choose-listener", args=[concern.reference])
    there = reverse("outside-choose", args=[concern.reference])
    assert there in browser.get(choose).content.decode()
    response = posted(browser, reverse("outside-choose-add", args=[concern.reference]), **outside.WHO)
    rosa = Membership.objects.get(role="outside")
    assert response.headers["Location"] == f"{choose}?of={rosa.pk}"
    page = text(browser.get(response.headers["Location"]))
    assert "Is this the right person and the right place?" in page
    assert f"link by e-mail at {outside.EMAIL}" in re.sub(r"<[^>]*>", "", page)
    assert f"{choose}?of={rosa.pk}" in browser.get(there).content.decode()


def test_an_address_is_said_to_be_checked_again_and_how(world: World, signed_in: SignedIn) -> None:
    browser, rosa = signed_in(world.school.lead), outside.officer(world)
    address = reverse("outside-reach", args=[rosa.pk, "phone"])
    assert outside.PHONE in browser.get(address).content.decode()
    assert posted(browser, address, address=outside.PHONE, how_checked=" ").status_code == 422
    posted(browser, address, address=outside.PHONE, how_checked="I rang it today.")
    reached = access.get_outside(world.priya, rosa.pk)
    assert reached.phone
    assert reached.phone.how_checked == "I rang it today."
    assert reached.phone.checked_by == world.school.lead
    assert browser.get(reverse("outside-reach", args=[rosa.pk, "fax"])).status_code == 404


def test_nobody_is_taken_out_while_something_waits_for_them(world: World, signed_in: SignedIn) -> None:
    exchange = outside.sent(world)
    browser, rosa = signed_in(world.priya), exchange.listener
    address = reverse("outside-end", args=[rosa.pk])
    assert exchange.reference in text(browser.get(address))
    response = posted(browser, address)
    assert response.status_code == 409
    assert exchange.cycle.concern.reference in text(response)
    check_back.withdraw(exchange, by=world.priya, at=world.clock(), why="She has left.")
    assert posted(browser, address).headers["Location"] == reverse("outside")
    assert browser.get(reverse("outside-person", args=[rosa.pk])).status_code == 404


def test_whoever_is_taken_out_has_no_link_any_more(world: World) -> None:
    exchange = outside.sent(world, for_information=True)
    leaving.take_out(exchange.listener, by=world.school.lead, at=world.clock())
    link = outside.link_of(exchange)
    assert (link.revoked_by, link.is_over) == (world.school.lead, True)


def test_no_name_and_no_address_stands_in_an_address_of_ours(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.priya)
    outside.officer(world)
    for page in (reverse("outside"), reverse("outside-add")):
        found = re.findall(r'(?:href|action)="([^"]*)"', browser.get(page).content.decode())
        assert not [one for one in found if "rosa" in one.lower() or "@" in one]
