"""The demo's agencies and people, and signing in as any of them."""

import io

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies import access, seeds, time_limits
from agencies.defaults import SUGGESTED
from agencies.models import Agency, Membership, Partnership, TimeLimit, User
from audit.models import Event


@pytest.fixture
def demo(db: None, settings: LazySettings) -> None:
    settings.DEMO, settings.MFA_REQUIRED = True, False
    seeds.load_partnership(timezone.now())


@pytest.mark.usefixtures("demo")
def test_everybody_of_the_demo_can_be_told() -> None:
    members = Membership.objects.with_people()
    assert len(members) == len(seeds.PEOPLE)
    for member in members:
        point = access.checked_contact_point(member)
        assert point is not None
        assert point.address.endswith(".example")


@pytest.mark.usefixtures("demo")
def test_the_demo_has_what_the_stories_need() -> None:
    assert Agency.objects.filter(public_authority=False, kind="CHARITY").exists()
    assert Membership.objects.filter(user__full_name="Robin Ellery").count() == 2
    standing = time_limits.standings(Partnership.objects.get(), on=timezone.localdate())
    assert {key: one.now.limit.duration for key, one in standing.items() if one.now} == SUGGESTED
    assert [v.limit.duration for v in standing[TimeLimit.Key.LADDER_4].coming] == ["8 working days"]
    assert len(standing[TimeLimit.Key.REMIND_BEFORE_SHORT].past) == 2
    away = Membership.objects.with_people().get(user__full_name="Bea Thorne")
    assert access.is_away(away, timezone.localdate())
    assert [d.full_name for d in access.deputies_of(away, timezone.localdate())] == ["Silas Webb"]
    assert Event.objects.filter(verb="agencies.membership.added").count() == len(seeds.PEOPLE)


@pytest.mark.usefixtures("db")
def test_outside_the_demo_nobody_gets_a_password() -> None:
    seeds.load_partnership(timezone.now())
    assert not any(user.has_usable_password() for user in User.objects.all())
    with pytest.raises(CommandError):
        call_command("demo_signins")


@pytest.mark.usefixtures("demo")
def test_one_click_signs_in_as_somebody_in_the_role_shown() -> None:
    page = Client().get("/demo/")
    assert page.status_code == 200
    for name in ("Priya Nair", "Tom Ashdown", "Greta Stone", "Robin Ellery"):
        assert name in page.text
    for member in Membership.objects.with_people():
        client = Client()
        answer = client.post(f"/demo/sign-in/{member.pk}/")
        assert answer["Location"] == access.first_page(member)
        assert client.session["hat"] == str(member.pk)
    assert Client().get(f"/demo/sign-in/{member.pk}/").status_code == 405


@pytest.mark.usefixtures("demo")
def test_the_printed_sign_ins_work() -> None:
    printed = io.StringIO()
    call_command("demo_signins", stdout=printed)
    words = {"login": "tom.ashdown@wyrefold.example", "password": seeds.DEMO_PASSWORD}
    assert words["login"] in printed.getvalue()
    assert words["password"] in printed.getvalue()
    page = Client().get(reverse("account_login"))
    assert reverse("demo_people") in page.text
    assert Client().post(reverse("account_login"), words)["Location"] == "/start/"
