"""Every page of this app opens for the role it is for, and for nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Membership
from tests.factories import World
from tests.signing_in import SignedIn

PAGES = {
    "directory": ("practitioner", "lead"),
    "notices": ("practitioner", "lead", "administrator", "auditor", "coordinator"),
    "how_told": ("practitioner", "lead", "administrator", "auditor", "coordinator"),
    "set_aside": ("lead",),
    "team": ("administrator",),
    "add_person": ("administrator",),
    "contact_points": ("administrator",),
    "add_contact_point": ("administrator",),
    "audit_events": ("auditor",),
    "audit_access": ("auditor",),
    "audit_seals": ("auditor",),
    "partnership": ("coordinator",),
    "time_limits": ("coordinator",),
}
STAFF_PAGES = ("staff_member", "change_post", "end_membership", "name_deputy", "record_absence")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_for_its_roles_and_refuses_every_other(
    world: World, signed_in: SignedIn, name: str
) -> None:
    for member in [*world.school.everyone, world.coordinator]:
        expected = 200 if member.role in PAGES[name] else 403
        assert signed_in(member).get(reverse(name)).status_code == expected, (name, member.role)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_sends_a_stranger_to_sign_in_and_back(db: None, name: str) -> None:
    address = reverse(name)
    answer = Client().get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize("name", STAFF_PAGES)
def test_staff_of_another_agency_answer_like_nobody(world: World, signed_in: SignedIn, name: str) -> None:
    client = signed_in(world.school.administrator)
    assert client.get(reverse(name, args=[world.priya.pk])).status_code == 200
    theirs = client.get(reverse(name, args=[world.tom.pk]))
    nobody = client.get(reverse(name, args=[world.tom.user_id]))
    assert theirs.status_code == nobody.status_code == 404


def test_each_role_starts_on_its_own_page(world: World, signed_in: SignedIn) -> None:
    def first_page(member: Membership) -> str:
        return str(signed_in(member).get(reverse("start"))["Location"])

    assert first_page(world.priya) == "/"
    assert first_page(world.school.administrator) == reverse("team")
    assert first_page(world.school.auditor) == reverse("audit_events")
    assert first_page(world.coordinator) == reverse("partnership")
