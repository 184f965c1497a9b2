"""An administrator looks after the staff of their own agency, and every act is in the audit."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies import operations
from agencies.models import ContactPoint, Deputy, Membership, User
from agencies.operations.contact_points import NotAnAddress, Retired
from agencies.operations.people import (
    AlreadyHere,
    HasPassword,
    LastAdministrator,
    LinkNotSent,
    ManagerNotPossible,
)
from agencies.refusals import NotAllowed
from agencies.rules import CoverNotPossible, Ended
from agencies.working_time import written
from audit.models import Event
from tests.factories import World
from tests.signing_in import SignedIn

PERSON = {
    "full_name": "Nell Okafor",
    "email": "nell.okafor@st-wulstans.example",
    "role": "practitioner",
    "job_title": "Class teacher",
    "manager": "",
}


def form(**fields: object) -> dict[str, object]:
    return {"form_id": str(uuid4()), **fields}


def last_event() -> Event:
    return Event.objects.latest("id")


def test_adding_somebody_makes_an_account_a_role_and_a_mail_without_their_name(
    world: World, signed_in: SignedIn
) -> None:
    answer = signed_in(world.school.administrator).post(reverse("add_person"), form(**PERSON))
    added = Membership.objects.get(user__email=PERSON["email"])
    assert answer["Location"] == reverse("staff_member", args=[added.pk])
    assert (added.agency, added.role, added.job_title) == (
        world.school.agency,
        "practitioner",
        "Class teacher",
    )
    assert {e.verb for e in Event.objects.filter(subject=f"membership:{added.pk}")} == {
        "agencies.membership.added",
        "agencies.membership.link_sent",
    }
    (sent,) = mail.outbox
    assert sent.to == [PERSON["email"]]
    for word in ("Nell", "Okafor", "Wulstan", "teacher"):
        assert word not in f"{sent.subject} {sent.body}"


def test_the_link_in_the_mail_sets_the_password_once(world: World) -> None:
    added = add(world)
    operations.send_password_link(added, by=world.school.administrator, at=world.clock())
    path = re.search(r"http://localhost:8000(/\S+)", str(mail.outbox[0].body))
    assert path
    client = Client()
    page = client.get(path[1], follow=True)
    address = page.redirect_chain[-1][0]
    words = {"password1": "hear it as it was meant", "password2": "hear it as it was meant"}
    assert client.post(address, words).status_code == 302
    assert User.objects.get(pk=added.account_pk).check_password("hear it as it was meant")
    with pytest.raises(HasPassword):
        operations.send_password_link(
            Membership.objects.get(pk=added.pk), by=world.school.administrator, at=world.clock()
        )


def test_a_mail_server_that_is_down_leaves_the_account_and_says_so(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: object, **options: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("agencies.operations.people.send_mail", down)
    client = signed_in(world.school.administrator)
    answer = client.post(reverse("add_person"), form(**PERSON), follow=True)
    assert "could not be sent" in answer.text
    assert "No password yet" in answer.text
    with pytest.raises(LinkNotSent):
        operations.send_password_link(
            Membership.objects.get(user__email=PERSON["email"]),
            by=world.school.administrator,
            at=world.clock(),
        )


def test_pressing_twice_adds_once(world: World, signed_in: SignedIn) -> None:
    client, twice = signed_in(world.school.administrator), form(**PERSON)
    first = client.post(reverse("add_person"), twice)
    second = client.post(reverse("add_person"), twice)
    assert first["Location"] == second["Location"]
    assert len(mail.outbox) == 1


def test_somebody_with_an_account_keeps_their_name_and_password(world: World) -> None:
    was = world.tom.full_name
    added = add(world, email=world.tom.account.email.upper(), full_name="Somebody Else")
    assert added.user_id == world.tom.user_id
    assert User.objects.get(pk=world.tom.account_pk).full_name == was


def test_an_address_of_the_agency_is_refused_and_nothing_typed_is_lost(
    world: World, signed_in: SignedIn
) -> None:
    fields = form(**PERSON | {"email": world.priya.account.email, "job_title": "<b>Teacher</b>"})
    answer = signed_in(world.school.administrator).post(reverse("add_person"), fields)
    assert answer.status_code == 409
    assert "works at your agency already" in answer.text
    assert "&lt;b&gt;Teacher&lt;/b&gt;" in answer.text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("full_name", "", "Enter their full name"),
        ("full_name", "x" * 151, "can be 150 characters at most"),
        ("full_name", "x" * 1_000_000, "can be 150 characters at most"),
        ("email", "", "Enter their work e-mail address"),
        ("email", "nobody", "Enter an e-mail address in the form name@example.org"),
        ("role", "", "Choose a role"),
        ("role", "coordinator", "Choose a role from the list"),
        ("job_title", "caf\ufffd", "Some characters could not be read"),
        ("job_title", "nul\x00", "Null characters are not allowed"),
        ("manager", "nobody", "Choose a manager from the list"),
    ],
)
def test_bad_answers_are_explained(
    world: World, signed_in: SignedIn, field: str, value: str, sentence: str
) -> None:
    answer = signed_in(world.school.administrator).post(
        reverse("add_person"), form(**PERSON | {field: value})
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Membership.objects.filter(user__email=PERSON["email"]).exists()


def add(world: World, **changes: object) -> Membership:
    fields = {k: v for k, v in PERSON.items() if k != "manager"} | changes
    return operations.add_person(
        world.school.agency,
        by=world.school.administrator,
        at=world.clock(),
        **fields,  # type: ignore[arg-type]
    )


def test_only_an_administrator_of_the_agency_manages_its_staff(world: World) -> None:
    for by in (world.school.lead, world.priya, world.school.auditor, world.care.administrator):
        with pytest.raises(NotAllowed):
            operations.end_membership(world.priya, by=by, at=world.clock())
        with pytest.raises(NotAllowed):
            operations.add_person(
                world.school.agency,
                by=by,
                at=world.clock(),
                email="x@y.example",
                full_name="X",
                role="lead",
                job_title="X",
            )
    assert not Event.objects.filter(verb__startswith="agencies.").exists()


def test_the_last_administrator_stays_and_the_page_says_why(world: World, signed_in: SignedIn) -> None:
    only = world.school.administrator
    answer = signed_in(only).post(reverse("end_membership", args=[only.pk]))
    assert answer.status_code == 409
    assert "only administrator" in answer.text
    assert "Make somebody else an administrator first" in answer.text
    with pytest.raises(LastAdministrator):
        operations.change_post(only, by=only, at=world.clock(), role="lead", job_title="X", manager=None)
    second = add(world, role="administrator")
    operations.end_membership(only, by=second, at=world.clock())
    only.refresh_from_db()
    assert only.ended_at is not None


def test_an_administrator_whose_account_is_closed_does_not_count(world: World) -> None:
    second = add(world, role="administrator")
    User.objects.filter(pk=second.account_pk).update(is_active=False)
    with pytest.raises(LastAdministrator):
        operations.end_membership(world.school.administrator, by=world.school.administrator, at=world.clock())


def test_changing_a_post_is_recorded_with_both_roles(world: World, signed_in: SignedIn) -> None:
    fields = form(role="lead", job_title="Deputy head", manager=str(world.school.lead.pk))
    answer = signed_in(world.school.administrator).post(reverse("change_post", args=[world.priya.pk]), fields)
    assert answer.status_code == 302
    world.priya.refresh_from_db()
    assert (world.priya.role, world.priya.job_title) == ("lead", "Deputy head")
    assert last_event().data["from"] == "practitioner"
    assert last_event().data["to"] == "lead"


def test_nobody_manages_themselves_or_those_above_them(world: World) -> None:
    by = world.school.administrator
    for member, manager in ((world.priya, world.priya), (world.school.lead, world.priya)):
        with pytest.raises(ManagerNotPossible):
            operations.change_post(
                member, by=by, at=world.clock(), role=member.role, job_title="X", manager=manager
            )
    with pytest.raises(ManagerNotPossible):
        operations.change_post(
            world.priya, by=by, at=world.clock(), role="lead", job_title="X", manager=world.care.lead
        )


def test_an_ended_role_is_not_changed_again_and_its_contact_points_are_retired(world: World) -> None:
    by = world.school.administrator
    operations.end_membership(world.priya, by=by, at=world.clock())
    assert not ContactPoint.objects.in_use().filter(member=world.priya).exists()
    with pytest.raises(Ended):
        operations.end_membership(world.priya, by=by, at=world.clock())
    with pytest.raises(Ended):
        operations.record_absence(
            world.priya, by=by, at=world.clock(), starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 2)
        )


def test_somebody_who_left_can_come_back(world: World) -> None:
    by = world.school.administrator
    operations.end_membership(world.priya, by=by, at=world.clock())
    back = add(world, email=world.priya.account.email)
    assert back.user_id == world.priya.user_id
    with pytest.raises(AlreadyHere):
        add(world, email=world.priya.account.email)


def test_only_those_are_offered_as_deputies_whose_role_can_do_the_work(
    world: World, signed_in: SignedIn
) -> None:
    school = world.school
    client = signed_in(school.administrator)

    def offered(member: Membership) -> set[str]:
        page = client.get(reverse("name_deputy", args=[member.pk])).text
        people = (school.lead, school.colleague, school.administrator, school.auditor, world.priya)
        return {one.full_name for one in people if f'<option value="{one.pk}">' in page}

    assert offered(world.priya) == {school.lead.full_name, school.colleague.full_name}
    assert offered(school.lead) == {world.priya.full_name, school.colleague.full_name}
    assert offered(school.auditor) == set()


def test_a_deputy_is_named_with_dates_and_ended(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.school.administrator)
    dates = {"starts_on_0": "1", "starts_on_1": "2", "starts_on_2": "2027", "ends_on_0": "", "ends_on_1": ""}
    fields = form(deputy=str(world.school.colleague.pk), ends_on_2="", **dates)
    assert client.post(reverse("name_deputy", args=[world.priya.pk]), fields).status_code == 302
    cover = Deputy.objects.get(member=world.priya)
    assert (cover.deputy, cover.starts_on, cover.ends_on) == (world.school.colleague, date(2027, 2, 1), None)
    assert cover.named_by == world.school.administrator
    again = client.post(reverse("name_deputy", args=[world.priya.pk]), {**fields, **form()})
    assert again.status_code == 409
    assert '<a href="#id_starts_on_0">Choose other days, or somebody else.</a>' in again.text
    page = client.get(reverse("staff_member", args=[world.priya.pk]))
    assert "Acts for them from 1 February 2027" in page.text
    assert client.post(reverse("end_cover", args=[world.priya.pk, cover.pk])).status_code == 302
    assert last_event().verb == "agencies.deputy.ended"


def test_a_cover_of_another_agency_answers_like_none(world_with_deputies: World, signed_in: SignedIn) -> None:
    world = world_with_deputies
    theirs = Deputy.objects.get(member=world.tom)
    client = signed_in(world.school.administrator)
    for whose in (world.tom, world.priya):
        assert client.post(reverse("end_cover", args=[whose.pk, theirs.pk])).status_code == 404


def test_a_deputy_who_cannot_act_is_refused(world: World) -> None:
    by, day = world.school.administrator, date(2027, 2, 1)
    for deputy in (world.priya, world.tom, world.school.auditor):
        with pytest.raises(CoverNotPossible):
            operations.name_deputy(world.priya, by=by, at=world.clock(), deputy=deputy, starts_on=day)
    with pytest.raises(CoverNotPossible):
        operations.name_deputy(
            world.priya,
            by=by,
            at=world.clock(),
            deputy=world.school.colleague,
            starts_on=day,
            ends_on=day - timedelta(days=1),
        )


def test_an_absence_is_recorded(world: World, signed_in: SignedIn) -> None:
    client, address = signed_in(world.school.administrator), reverse("record_absence", args=[world.priya.pk])
    year = timezone.localdate().year + 1
    days = {
        "starts_on_0": "1",
        "starts_on_1": "2",
        "starts_on_2": str(year),
        "ends_on_1": "2",
        "ends_on_2": str(year),
    }
    assert client.post(address, form(**days, ends_on_0="31")).status_code == 422
    assert client.post(address, form(**days | {"ends_on_1": "1"}, ends_on_0="3")).status_code == 409
    assert client.post(address, form(**days, ends_on_0="3")).status_code == 302
    absence = world.priya.absences.get()
    assert (absence.starts_on, absence.ends_on) == (date(year, 2, 1), date(year, 2, 3))


def test_an_absence_recorded_again_is_refused_and_what_was_typed_stays(
    world: World, signed_in: SignedIn
) -> None:
    client, address = signed_in(world.priya), reverse("record_absence", args=[world.priya.pk])
    first, last = (timezone.localdate() + timedelta(days=days) for days in (2, 4))
    days = {
        f"{name}_{number}": str(part)
        for name, day in (("starts_on", first), ("ends_on", last))
        for number, part in enumerate((day.day, day.month, day.year))
    }
    assert client.post(address, form(**days)).status_code == 302
    again = client.post(address, form(**days))
    assert again.status_code == 409
    assert f"is recorded as away from {written(first)} to {written(last)} already" in again.text
    assert f'value="{last.year}"' in again.text
    page = client.get(reverse("cover_of", args=[world.priya.pk]))
    assert page.text.count("Not away after all") == 1


def test_an_absence_says_which_of_its_days_is_missing(world: World, signed_in: SignedIn) -> None:
    client, address = signed_in(world.priya), reverse("record_absence", args=[world.priya.pk])
    page = client.post(address, form())
    assert "under “First day away”" in page.text
    assert "under “Last day away”" in page.text


def test_a_contact_point_is_added_checked_and_retired_by_somebody_at_a_time(
    world: World, signed_in: SignedIn
) -> None:
    client = signed_in(world.school.administrator)
    fields = form(member="", kind="EMAIL", address=" duty@school.example ", label="Duty inbox")
    assert client.post(reverse("add_contact_point"), fields).status_code == 302
    point = ContactPoint.objects.get(label="Duty inbox")
    assert (point.address, point.is_checked) == ("duty@school.example", False)
    client.post(reverse("check_contact_point", args=[point.pk]))
    point.refresh_from_db()
    assert point.checked_by == world.school.administrator
    client.post(reverse("retire_contact_point", args=[point.pk]))
    with pytest.raises(Retired):
        operations.mark_checked(point, by=world.school.administrator, at=world.clock())
    verbs = list(Event.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == [f"agencies.contact_point.{what}" for what in ("added", "checked", "retired")]


@pytest.mark.parametrize(
    ("kind", "address"), [("EMAIL", "nobody"), ("EMAIL", "a@b\nBcc: c@d"), ("PHONE", "ring me")]
)
def test_what_is_no_address_is_refused(world: World, kind: str, address: str) -> None:
    with pytest.raises(NotAnAddress):
        operations.add_contact_point(
            world.school.agency,
            by=world.school.administrator,
            at=world.clock(),
            label="X",
            kind=kind,
            address=address,
        )


def test_contact_points_of_another_agency_answer_like_none(world: World, signed_in: SignedIn) -> None:
    theirs = ContactPoint.objects.get(member=world.tom)
    client = signed_in(world.school.administrator)
    for name in ("check_contact_point", "retire_contact_point"):
        assert client.post(reverse(name, args=[theirs.pk])).status_code == 404
        assert client.post(reverse(name, args=[uuid4()])).status_code == 404
    for operation in (operations.mark_checked, operations.retire_contact_point):
        with pytest.raises(NotAllowed):
            operation(theirs, by=world.school.administrator, at=world.clock())
    assert theirs.address not in client.get(reverse("contact_points")).text


def test_breaking_the_audit_rolls_the_change_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **options: object) -> None:
        raise RuntimeError("audit")

    monkeypatch.setattr("audit.operations.record", broken)
    with pytest.raises(RuntimeError, match="audit"):
        operations.end_membership(world.priya, by=world.school.administrator, at=world.clock())
    world.priya.refresh_from_db()
    assert world.priya.ended_at is None


@pytest.mark.parametrize(("kind", "address"), [("EMAIL", "nobody"), ("PHONE", "ring us")])
def test_an_address_that_is_none_is_said_beside_its_question(
    world: World, signed_in: SignedIn, kind: str, address: str
) -> None:
    answer = signed_in(world.school.administrator).post(
        reverse("add_contact_point"), form(member="", kind=kind, address=address, label="Duty desk")
    )
    assert answer.status_code == 409
    assert '<a href="#id_address">Enter' in answer.text
