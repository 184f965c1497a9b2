"""Organisations outside and their people stand in no list of agencies, staff, cover, work or figures."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from agencies import access
from agencies.models import Membership
from sharing.learning import access as learning_access
from sharing.models.learning import LearningMonth
from sharing.operations import learning
from tests import factories, outside
from tests.factories import World
from tests.signing_in import SignedIn

# Each list, by who looks at it.
LISTS = [
    ("directory", "priya"),
    ("directory", "coordinator"),
    ("partnership", "coordinator"),
    ("learning", "coordinator"),
    ("learning", "lead"),
    ("time_limits", "coordinator"),
    ("partnership-disagreements", "coordinator"),
    ("team", "administrator"),
    ("cover", "lead"),
    ("cover", "administrator"),
    ("contact_points", "administrator"),
    ("hand-over-people", "lead"),
    ("add_contact_point", "administrator"),
    ("add_person", "administrator"),
]


def somebody(world: World, who: str) -> Membership:
    people = {"lead": world.school.lead, "administrator": world.school.administrator}
    return people.get(who) or getattr(world, who)


def text(browser: Client, address: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(browser.get(address).content.decode()))


@pytest.mark.parametrize(("page", "who"), LISTS)
def test_they_stand_in_no_list_of_agencies_or_staff(
    world: World, signed_in: SignedIn, page: str, who: str
) -> None:
    exchange = factories.understood(world, outside.sent(world))
    learning.refresh(world.clock())
    shown = text(signed_in(somebody(world, who)), reverse(page))
    assert exchange.listener.full_name not in shown
    assert exchange.listener.agency.name not in shown


def test_they_are_found_neither_by_name_nor_by_organisation(world: World) -> None:
    outside.officer(world)
    for query in ("Rosa", "Harrow Lane", "Housing officer", ""):
        assert all(not contact.member.is_outside for contact in access.find_recipients(world.priya, query))


def test_they_are_neither_agencies_nor_in_the_figures(world: World) -> None:
    exchange = factories.understood(world, outside.sent(world))
    theirs = exchange.listener.agency
    assert theirs not in access.agencies_of(world.coordinator)
    assert theirs not in learning_access.agencies_of(world.coordinator)
    learning.refresh(world.clock())
    assert not LearningMonth.objects.filter(to_agency=theirs).exists()
    assert not LearningMonth.objects.filter(from_agency=theirs).exists()


def test_they_count_neither_as_staff_nor_as_somebody_to_hand_over_to(
    world: World, signed_in: SignedIn
) -> None:
    rosa = outside.officer(world)
    browser = signed_in(world.school.administrator)
    assert browser.get(reverse("staff_member", args=[rosa.pk])).status_code == 404
    assert browser.get(reverse("cover_of", args=[rosa.pk])).status_code == 404
    lead = signed_in(world.school.lead)
    assert lead.get(reverse("hand-over-of", args=[rosa.pk])).status_code == 404
    assert "Rosa Lindqvist" not in text(signed_in(world.priya), reverse("hand-over"))
