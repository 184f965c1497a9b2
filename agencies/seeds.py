"""The demo's partnership: invented agencies and people, made through the operations that the pages call."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from agencies import operations
from agencies.models import Agency, Membership, TimeLimit, User

PARTNERSHIP = "wyrefold"
DEMO_PASSWORD = "say it back to me"  # noqa: S105  # printed on the demo's own pages, and set nowhere else
SET_UP_BEFORE = timedelta(days=240)

STATUTORY, GUIDANCE, LOCAL = (
    TimeLimit.Label.STATUTORY,
    TimeLimit.Label.GUIDANCE,
    TimeLimit.Label.LOCAL,
)
CHECK_BACK = "Wyrefold Safeguarding Partnership, check-back policy (invented for the demo)"
DISAGREEMENT = "Wyrefold Safeguarding Partnership, professional disagreement policy (invented for the demo)"
RETENTION = "Wyrefold Safeguarding Partnership, records policy (invented for the demo)"
WORKING_TOGETHER = (
    "Local authority decides the next step within one working day of a referral (KCSIE; Working Together)"
)
CROSS_BORDER = (
    "Wyrefold Safeguarding Partnership, families who move between areas (invented for the demo); "
    "transfer-in conference within 15 working days of the written information (Bolton, Tees)"
)
LIMITS = (
    (TimeLimit.Key.CHECK_BACK_URGENT, "4 hours", LOCAL, CHECK_BACK),
    (TimeLimit.Key.CHECK_BACK_HIGH, "1 working day", LOCAL, CHECK_BACK),
    (TimeLimit.Key.CHECK_BACK_STANDARD, "2 working days", LOCAL, CHECK_BACK),
    (TimeLimit.Key.DECISION, "1 working day", GUIDANCE, WORKING_TOGETHER),
    (TimeLimit.Key.ANSWER, "2 working days", LOCAL, CHECK_BACK),
    (TimeLimit.Key.SKIPPED_STEP, "1 working day", LOCAL, CHECK_BACK),
    (TimeLimit.Key.SPOKEN, "1 working day", LOCAL, CHECK_BACK),
    (TimeLimit.Key.STILL_RIGHT, "1 working day", LOCAL, CHECK_BACK),
    (TimeLimit.Key.MINUTES, "1 working day", LOCAL, CHECK_BACK),
    (TimeLimit.Key.TRANSFER, "1 working day", LOCAL, CROSS_BORDER),
    (TimeLimit.Key.CONFERENCE, "15 working days", GUIDANCE, CROSS_BORDER),
    (TimeLimit.Key.BREACH, "72 hours", STATUTORY, "UK GDPR Article 33(1): within 72 hours of becoming aware"),
    (TimeLimit.Key.LINK, "72 hours", LOCAL, CHECK_BACK),
    (TimeLimit.Key.DISPOSAL, "5 working days", LOCAL, RETENTION),
    (TimeLimit.Key.BREAK_GLASS, "4 hours", LOCAL, RETENTION),
    (TimeLimit.Key.LADDER_1, "1 working day", LOCAL, DISAGREEMENT),
    (TimeLimit.Key.LADDER_2, "2 working days", LOCAL, DISAGREEMENT),
    (TimeLimit.Key.LADDER_3, "5 working days", LOCAL, DISAGREEMENT),
    (TimeLimit.Key.LADDER_4, "10 working days", LOCAL, DISAGREEMENT),
    (TimeLimit.Key.REMIND_BEFORE, "1 working day", LOCAL, CHECK_BACK),
    (TimeLimit.Key.REMIND_BEFORE_SHORT, "30 minutes", LOCAL, CHECK_BACK),
    (TimeLimit.Key.REMIND_LEAD, "1 working day", LOCAL, CHECK_BACK),
    (TimeLimit.Key.REMIND_LEAD_URGENT, "1 hour", LOCAL, CHECK_BACK),
    (TimeLimit.Key.REMIND_OTHER_LEAD, "2 working days", LOCAL, CHECK_BACK),
    (TimeLimit.Key.REMIND_OTHER_LEAD_URGENT, "2 hours", LOCAL, CHECK_BACK),
)
REVIEW = "Wyrefold Safeguarding Partnership, yearly review of its time limits (invented for the demo)"
# What, to how long, how long ago it was set, and how many days later it counts.
CHANGED = (
    (TimeLimit.Key.REMIND_BEFORE_SHORT, "20 minutes", timedelta(days=150), timedelta(days=14)),
    (TimeLimit.Key.REMIND_BEFORE_SHORT, "30 minutes", timedelta(days=90), timedelta(days=0)),
    (TimeLimit.Key.LADDER_4, "8 working days", timedelta(days=3), timedelta(days=40)),
)


class Seed(NamedTuple):
    """An agency of the demo, with the address of its duty inbox."""

    reference: str
    name: str
    kind: str
    public_authority: bool = True
    area: str = "Wyrefold"


class Persona(NamedTuple):
    """Somebody of the demo. The first of an agency is its administrator."""

    agency: str
    name: str
    role: str
    job_title: str
    manager: str = ""
    try_this: str = ""
    # Where two people have one name, what is added to it in the address with which they sign in.
    told_apart: str = ""


AGENCIES = (
    Seed("family-front-door", "Wyrefold Family Front Door", "CHILDREN"),
    Seed("st-wulstans", "St Wulstan’s Primary", "SCHOOL"),
    Seed("bridge-street", "Bridge Street Surgery", "GP"),
    Seed("wyrefold-0-19", "Wyrefold 0-19", "HEALTH"),
    Seed("wyrefold-police", "Wyrefold Police", "POLICE"),
    Seed("harbour-lane", "Harbour Lane Youth Project", "CHARITY", public_authority=False),
    Seed("emergency-duty", "Wyrefold Emergency Duty Team", "CHILDREN"),
    Seed("northmoor-care", "Northmoor Children’s Services", "CHILDREN", area="Northmoor"),
    Seed("partnership-office", "Wyrefold Partnership Office", "PARTNERSHIP"),
)
# From the range that is kept for fiction.
DUTY_PHONES = {
    "family-front-door": "01632 960 101",
    "st-wulstans": "01632 960 102",
    "emergency-duty": "01632 960 199",
}
MANAGES = "Add staff, name a deputy, check a contact point. You see no concern."
PEOPLE = (
    Persona("family-front-door", "Ivo Marlow", "administrator", "Business support manager", "", MANAGES),
    Persona("family-front-door", "Marian Frost", "lead", "Service manager"),
    Persona(
        *("family-front-door", "Helen Croft", "lead", "Team manager", "Marian Frost"),
        "See every exchange of your team.",
    ),
    Persona(
        *("family-front-door", "Tom Ashdown", "practitioner", "Duty social worker", "Helen Croft"),
        "Confirm receipt of what the school sent, and say it back in your own words.",
    ),
    Persona("family-front-door", "Nadia Rahman", "practitioner", "Duty social worker", "Helen Croft"),
    Persona(
        *("family-front-door", "Greta Stone", "auditor", "Quality assurance officer", ""),
        "Read who did what and who looked at what. You see no words of a concern.",
    ),
    Persona("st-wulstans", "Ada Quill", "administrator", "School business manager"),
    Persona("st-wulstans", "Lena Hollis", "lead", "Head teacher"),
    Persona(
        *("st-wulstans", "Priya Nair", "lead", "Designated safeguarding lead", "Lena Hollis"),
        "Log a concern, share it, and check what you hear back.",
    ),
    Persona("st-wulstans", "Anna Bell", "practitioner", "Class teacher", "Priya Nair", "Log what you saw."),
    Persona("bridge-street", "Kit Fenn", "administrator", "Reception manager"),
    Persona("bridge-street", "Rufus Lane", "lead", "Practice manager"),
    Persona(
        *("bridge-street", "Dr Amara Osei", "practitioner", "GP", "Rufus Lane"),
        "Check what the health visitor said back to you, item by item.",
    ),
    Persona("bridge-street", "Dr Simon Hale", "practitioner", "GP", "Rufus Lane"),
    Persona("wyrefold-0-19", "Moira Vale", "administrator", "Service administrator"),
    Persona("wyrefold-0-19", "Ruth Adeyemi", "lead", "Locality manager"),
    Persona(
        *("wyrefold-0-19", "Joanne Tully", "practitioner", "Health visitor", "Ruth Adeyemi"),
        "See what a GP told you, and say it back.",
    ),
    Persona(
        *("wyrefold-0-19", "Robin Ellery", "practitioner", "Specialist nurse", "Ruth Adeyemi"),
        "Work for two agencies: choose which role you act in.",
    ),
    Persona(
        *("wyrefold-0-19", "Marcus Webb", "practitioner", "School nurse", "Ruth Adeyemi"),
        told_apart="nurse",
    ),
    Persona("wyrefold-police", "Dot Farrow", "administrator", "Unit administrator"),
    Persona("wyrefold-police", "Silas Webb", "lead", "Detective inspector"),
    Persona("wyrefold-police", "Bea Thorne", "practitioner", "Detective constable", "Silas Webb"),
    Persona(
        *("wyrefold-police", "Marcus Webb", "practitioner", "Child protection officer", "Silas Webb"),
        told_apart="police",
    ),
    Persona("harbour-lane", "Cal Dunmore", "administrator", "Office coordinator"),
    Persona("harbour-lane", "Esi Mensah", "lead", "Project manager"),
    Persona("emergency-duty", "Lorna Pike", "administrator", "Rota coordinator"),
    Persona("emergency-duty", "Hugh Selby", "lead", "Duty team manager"),
    Persona(
        *("emergency-duty", "Faye Okoro", "practitioner", "Night social worker", "Hugh Selby"),
        "Confirm in writing what somebody typed for you after a call in the night.",
    ),
    Persona("northmoor-care", "Cleo Anders", "administrator", "Business support officer"),
    Persona("northmoor-care", "Yusuf Darr", "lead", "Team manager"),
    Persona(
        *("northmoor-care", "Sana Malik", "practitioner", "Social worker", "Yusuf Darr"),
        "Say whether your area takes on a family that has moved.",
    ),
    Persona("northmoor-care", "Bryn Pugh", "practitioner", "Social worker", "Yusuf Darr"),
    Persona("partnership-office", "Mary Okell", "administrator", "Office manager"),
    Persona(
        *("partnership-office", "Cora Marsden", "coordinator", "Partnership coordinator", ""),
        "See the agencies and their time limits.",
    ),
    Persona("family-front-door", "Robin Ellery", "practitioner", "Linked nurse", "Helen Croft"),
)
# Where it is not the usual week, Monday first; and whose work the duty team takes out of hours.
OPEN = {"bridge-street": (*5 * ("08:00-18:30",), "", "")}
STOOD_IN_FOR = ("family-front-door", "wyrefold-0-19")
AWAY = (("Bea Thorne", "Silas Webb", 5), ("Dr Simon Hale", "Dr Amara Osei", 9))
DEPUTIES = (("Tom Ashdown", "Nadia Rahman"), ("Priya Nair", "Anna Bell"), ("Nadia Rahman", "Tom Ashdown"))


@transaction.atomic
def load_partnership(at: datetime) -> None:
    """Make the demo partnership as of `at` (UTC): agencies, limits, people, contact points and cover.

    It is set up some months before, so that the demo's stories can lie in the past. Only in a demo
    do the people get a password.
    """
    before = at - SET_UP_BEFORE
    agencies = _agencies(before)
    people: dict[tuple[str, str], Membership] = {}
    administrators: dict[str, Membership] = {}
    for persona in PEOPLE:
        agency = agencies[persona.agency]
        member = operations.add_person(
            agency,
            by=administrators.get(persona.agency),
            at=before,
            email=address_of(f"{persona.name} {persona.told_apart}".strip()),
            full_name=persona.name,
            role=persona.role,
            job_title=persona.job_title,
            manager=people.get((persona.agency, persona.manager)),
        )
        people[persona.agency, persona.name] = member
        administrators.setdefault(persona.agency, member)
        _reach(agency, by=administrators[persona.agency], at=before, label="Work e-mail", member=member)
    for reference, agency in agencies.items():
        _reach(agency, by=administrators[reference], at=before, label="Duty inbox")
        if reference in DUTY_PHONES:
            point = operations.add_contact_point(
                agency,
                by=administrators[reference],
                at=before,
                label="Duty desk",
                kind="PHONE",
                address=DUTY_PHONES[reference],
            )
            operations.mark_checked(point, by=administrators[reference], at=before)
    _cover(people, administrators, at=at, before=before)
    _open(agencies, administrators, at=at, before=before)
    _change_limits(people["partnership-office", "Cora Marsden"], at=at)
    if settings.DEMO:
        User.objects.filter(memberships__agency__in=agencies.values()).update(
            password=make_password(DEMO_PASSWORD)
        )


def address_of(name: str) -> str:
    """Return the address with which somebody of the demo signs in: one, whatever their roles."""
    return f"{name.lower().replace(' ', '.')}@wyrefold.example"


def _agencies(before: datetime) -> dict[str, Agency]:
    partnership = operations.make_partnership(
        by=None, at=before, reference=PARTNERSHIP, name="Wyrefold Safeguarding Partnership", prefix="WF"
    )
    for key, duration, label, source in LIMITS:
        operations.set_time_limit(
            partnership,
            by=None,
            at=before,
            key=key,
            duration=duration,
            label=label,
            source=source,
            effective_from=timezone.localdate(before),
        )
    return {
        seed.reference: operations.add_agency(
            partnership,
            by=None,
            at=before,
            reference=seed.reference,
            name=seed.name,
            kind=seed.kind,
            area=seed.area,
            public_authority=seed.public_authority,
        )
        for seed in AGENCIES
    }


def _change_limits(coordinator: Membership, *, at: datetime) -> None:
    """Let the partnership change its mind once in the past, and once for a day to come."""
    for key, duration, when, ahead in CHANGED:
        operations.set_time_limit(
            coordinator.agency.partnership,
            by=coordinator,
            at=at - when,
            key=key,
            duration=duration,
            label=LOCAL,
            source=REVIEW,
            effective_from=timezone.localdate(at - when) + ahead,
        )


def _reach(
    agency: Agency, *, by: Membership, at: datetime, label: str, member: Membership | None = None
) -> None:
    """Give a person, or the agency's duty inbox, a checked e-mail address under .example."""
    local_part = member.account.email.split("@")[0] if member else "duty"
    point = operations.add_contact_point(
        agency,
        by=by,
        at=at,
        label=label,
        kind="EMAIL",
        address=f"{local_part}@{agency.reference}.example",
        member=member,
    )
    operations.mark_checked(point, by=by, at=at)


def _open(
    agencies: dict[str, Agency], administrators: dict[str, Membership], *, at: datetime, before: datetime
) -> None:
    """Let agencies say when they are open, and who takes what cannot wait while they are closed."""
    duty = agencies["emergency-duty"]
    since = timezone.localdate(before)
    operations.set_opening_hours(
        duty, by=administrators[duty.reference], at=before, effective_from=since, always_open=True
    )
    for reference, days in OPEN.items():
        operations.set_opening_hours(
            agencies[reference], by=administrators[reference], at=before, effective_from=since, days=days
        )
    duty.refresh_from_db()
    for reference in STOOD_IN_FOR:
        operations.name_out_of_hours(agencies[reference], by=administrators[reference], at=before, duty=duty)
    school = administrators["st-wulstans"]
    training = timezone.localdate(at) + timedelta(days=45)
    operations.close_on(school.agency, by=school, at=at, on=training, why="Staff training")


def _cover(
    people: dict[tuple[str, str], Membership],
    administrators: dict[str, Membership],
    *,
    at: datetime,
    before: datetime,
) -> None:
    by_name = {name: member for (_, name), member in people.items()}
    today = timezone.localdate(at)
    for name, deputy in DEPUTIES + tuple(row[:2] for row in AWAY):
        member = by_name[name]
        operations.name_deputy(
            member,
            by=administrators[member.agency.reference],
            at=before,
            deputy=by_name[deputy],
            starts_on=timezone.localdate(before),
        )
    for name, _, days in AWAY:
        member = by_name[name]
        operations.record_absence(
            member,
            by=administrators[member.agency.reference],
            at=before,
            starts_on=today - timedelta(days=2),
            ends_on=today + timedelta(days=days),
        )
