"""Agencies and people: the bottom rows, put in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from django.utils.timezone import localdate

from agencies import operations as agencies
from agencies.defaults import SUGGESTED
from agencies.models import Agency, ContactPoint, Deputy, Membership, Partnership, TimeLimit, User
from tests.factories.world import Staff, World
from tests.replaying import begins

LONG_AGO = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
A_DAY_LONG_AGO = LONG_AGO.date()
ROLES = ("lead", "practitioner", "practitioner", "administrator", "auditor")


def partnership(reference: str = "wyrefold", prefix: str = "WF") -> Partnership:
    """Make a partnership with its time limits, or return it where it is there."""
    made, is_new = Partnership.objects.get_or_create(
        reference=reference,
        defaults={"name": f"{reference.title()} Safeguarding Partnership", "prefix": prefix},
    )
    if is_new:
        TimeLimit.objects.bulk_create(
            TimeLimit(
                partnership=made,
                key=key,
                duration=duration,
                source="Invented for the tests",
                effective_from=date(2026, 1, 1),
                set_at=datetime(2026, 1, 1, tzinfo=UTC),
            )
            for key, duration in SUGGESTED.items()
        )
    return made


def agency(reference: str, name: str, kind: str, *, within: Partnership | None = None) -> Agency:
    """Make an agency."""
    return Agency.objects.create(
        partnership=within or partnership(), reference=reference, name=name, kind=kind, area="Wyrefold"
    )


def user(full_name: str, *, domain: str = "people.example") -> User:
    """Make a person who can sign in. The address follows from the name."""
    made = _user(full_name, domain)
    made.save()
    return made


def _user(full_name: str, domain: str) -> User:
    address = f"{full_name.lower().replace(' ', '.').replace('’', '')}@{domain}"
    made = User(email=address, full_name=full_name)
    made.set_unusable_password()
    return made


def member(
    of: Agency,
    full_name: str,
    role: str = "practitioner",
    *,
    job_title: str = "",
    manager: Membership | None = None,
    person: User | None = None,
    reachable: bool = True,
) -> Membership:
    """Make a person in a role at an agency, with a checked e-mail address unless `reachable` is False."""
    made = Membership.objects.create(
        user=person or user(full_name, domain=f"{of.reference}.example"),
        agency=of,
        role=role,
        job_title=job_title or role.title(),
        manager=manager,
        started_at=LONG_AGO,
    )
    if reachable:
        contact_point(made)
    return made


def contact_point(of: Membership, *, checked: bool = True, address: str = "") -> ContactPoint:
    """Give somebody an e-mail address, checked by themselves unless `checked` is False."""
    made = _contact_point(of, checked=checked, address=address)
    made.save()
    return made


def _contact_point(of: Membership, *, checked: bool = True, address: str = "") -> ContactPoint:
    return ContactPoint(
        agency=of.agency,
        member=of,
        label="Work e-mail",
        kind=ContactPoint.Kind.EMAIL,
        address=address or f"{of.account.email.split('@')[0]}@{of.agency.reference}.example",
        checked_at=LONG_AGO if checked else None,
        checked_by=of if checked else None,
    )


def name_deputy(
    of: Membership, deputy: Membership, *, starts_on: date = A_DAY_LONG_AGO, ends_on: date | None = None
) -> Deputy:
    """Name somebody's deputy, from long ago and without an end unless given."""
    return Deputy.objects.create(
        member=of, deputy=deputy, starts_on=starts_on, ends_on=ends_on, named_by=of, named_at=LONG_AGO
    )


def duty_points(of: Agency, checked_by: Membership, *, phone: str = "01632 960 199") -> None:
    """Give an agency a checked duty inbox and a checked duty phone."""
    for kind, label, address in (("EMAIL", "Duty inbox", f"duty@{of.reference}.example"),
                                 ("PHONE", "Duty desk", phone)):  # fmt: skip
        ContactPoint.objects.create(agency=of, label=label, kind=kind, address=address,
                                    checked_at=LONG_AGO, checked_by=checked_by)  # fmt: skip


def duty_team(world: World, *, stands_in_for: Agency | None = None) -> Membership:
    """Make an emergency duty team that is open all hours, and return who is on duty there.

    It stands in for social care out of hours, unless told otherwise.
    """
    team = agency("emergency-duty", "Wyrefold Emergency Duty Team", "CHILDREN", within=world.partnership)
    lead = member(team, "Hugh Selby", "lead", job_title="Duty team manager")
    on_duty = member(team, "Faye Okoro", job_title="Night social worker", manager=lead)
    administrator = member(team, "Lorna Pike", "administrator")
    duty_points(team, administrator)
    agencies.set_opening_hours(
        team, by=None, at=LONG_AGO, effective_from=localdate(LONG_AGO), always_open=True
    )
    agencies.name_out_of_hours(
        stands_in_for or world.care.agency, by=None, at=LONG_AGO, duty=Agency.objects.get(pk=team.pk)
    )
    return Membership.objects.with_people().get(pk=on_duty.pk)


def staff(of: Agency, names: Sequence[str], titles: Sequence[str]) -> Staff:
    """Make the people of an agency: names of a lead, two practitioners, an administrator and an auditor."""
    lead, first, second, administrator, auditor = (
        Membership(user=_user(name, f"{of.reference}.example"), agency=of, role=role, started_at=LONG_AGO)
        for name, role in zip(names, ROLES, strict=True)
    )
    lead.job_title = titles[0]
    for one in (first, second):
        one.job_title, one.manager = titles[1], lead
    for one in (administrator, auditor):
        one.job_title = one.role.title()
    everyone = [lead, first, second, administrator, auditor]
    # A statement for all of them together: nearly every test begins with four agencies' staff.
    User.objects.bulk_create([one.account for one in everyone])
    Membership.objects.bulk_create(everyone)
    ContactPoint.objects.bulk_create([_contact_point(one) for one in everyone])
    return Staff(
        agency=of,
        practitioner=first,
        colleague=second,
        lead=lead,
        administrator=administrator,
        auditor=auditor,
    )


@begins
def make_world(*, deputies: bool = False) -> World:
    """Make three agencies that work together, a stranger's agency and everybody in them.

    With `deputies`, the colleague is the named deputy of the practitioner in each agency.
    """
    within = partnership()
    school = staff(
        agency("st-wulstans", "St Wulstan’s Primary", "SCHOOL", within=within),
        ["Lena Hollis", "Priya Nair", "Anna Bell", "Ada Quill", "Otto Brand"],
        ["Head teacher", "Designated safeguarding lead"],
    )
    care = staff(
        agency("front-door", "Wyrefold Family Front Door", "CHILDREN", within=within),
        ["Helen Croft", "Tom Ashdown", "Nadia Rahman", "Ivo Marlow", "Greta Stone"],
        ["Team manager", "Duty social worker"],
    )
    gp = staff(
        agency("bridge-street", "Bridge Street Surgery", "GP", within=within),
        ["Rufus Lane", "Amara Osei", "Joanne Tully", "Kit Fenn", "Moira Vale"],
        ["Practice lead", "Doctor"],
    )
    stranger = staff(
        agency("northmoor-homes", "Northmoor Homes", "HOUSING", within=within),
        ["Silas Webb", "Bea Thorne", "Cal Dunmore", "Dot Farrow", "Eli Gant"],
        ["Housing manager", "Housing officer"],
    )
    office = agency("wyrefold-office", "Wyrefold Partnership Office", "PARTNERSHIP", within=within)
    robin = user("Robin Twohats")
    hats = tuple(member(s.agency, "", person=robin, job_title="Link worker") for s in (school, care))
    world = World(
        partnership=within,
        school=school,
        care=care,
        gp=gp,
        stranger=stranger,
        coordinator=member(office, "Cora Marsden", "coordinator"),
        two_hats=(hats[0], hats[1]),
    )
    if deputies:
        for one in (school, care, gp):
            name_deputy(one.practitioner, one.colleague)
    return world
