"""Staff, contact points, the directory, notices, the audit and the partnership."""

from datetime import timedelta
from typing import Any

from agencies.models import ContactPoint, Job
from agencies.operations import jobs
from tests.access import cast as who
from tests.access.page import Page, Table
from tests.access.scene import Scene

ADMINISTRATOR = frozenset({who.ADMINISTRATOR})
AUDITOR = frozenset({who.AUDITOR})
COORDINATOR = frozenset({who.COORDINATOR})
COVERING = frozenset({who.ADMINISTRATOR, who.LEAD})


OWNER_ALONE = frozenset({who.OWNER})


def a_job(scene: Scene) -> Job:
    """What the owner asked for, done, with its file."""

    def made() -> Job:
        job = jobs.ask("nothing", title="Nothing at all", by=scene.world.priya, at=scene.world.clock())
        jobs.work(at=scene.world.clock())
        return job

    return scene.keep("job", made)


def newcomer(scene: Scene) -> dict[str, Any]:
    return {"membership_id": scene.newcomer.pk}


def somebody_elses(scene: Scene) -> list[dict[str, Any]]:
    return [{"membership_id": scene.world.tom.pk}, {"membership_id": scene.world.tom.user_id}]


def point_of(member: Any) -> dict[str, Any]:
    return {"point_id": ContactPoint.objects.get(member=member).pk}


def day(scene: Scene, name: str, days: int) -> dict[str, Any]:
    """The three boxes of a date, so many days from the scene's."""
    on = (scene.world.clock.moment + timedelta(days=days)).date()
    return {f"{name}_0": on.day, f"{name}_1": on.month, f"{name}_2": on.year}


def staff(**more: Any) -> Page:
    """A page on one member of the administrator's own staff."""
    usual = {"sees": ADMINISTRATOR, "role": ADMINISTRATOR, "args": newcomer, "foreign": somebody_elses}
    return Page(by=who.ADMINISTRATOR, **{**usual, **more})


def covered(**more: Any) -> Page:
    """A page on the cover of somebody: their own, or of anybody of a lead's or administrator's agency."""
    return staff(**{"sees": COVERING, "role": who.WITH_A_ROLE, **more})


def contact_point(**more: Any) -> Page:
    return staff(
        **{
            "args": lambda s: point_of(s.newcomer),
            "foreign": lambda s: [point_of(s.world.tom), {"point_id": s.world.tom.pk}],
            "acts": ADMINISTRATOR,
            "only_post": True,
            **more,
        }
    )


PAGES: Table = {
    "directory": Page(sees=who.WORKERS, acts=who.WORKERS, data=lambda s: {"query": "Tom"}, searches=True),
    "job": Page(sees=OWNER_ALONE, role=who.WITH_A_ROLE, args=lambda s: {"job_id": a_job(s).pk}),
    "job-file": Page(sees=OWNER_ALONE, role=who.WITH_A_ROLE, args=lambda s: {"job_id": a_job(s).pk}),
    "notices": Page(sees=who.WITH_A_ROLE, role=who.WITH_A_ROLE),
    "how_told": Page(
        sees=who.WITH_A_ROLE,
        role=who.WITH_A_ROLE,
        acts=who.WITH_A_ROLE,
        data=lambda s: {
            "when": "DAILY",
            "digest_at": "16:30",
            "quiet": "YES",
            "quiet_from": "18:00",
            "quiet_to": "8:00",
        },
    ),
    "set_aside": Page(sees=who.LEADS, role=who.LEADS),
    "try_message_again": Page(
        sees=frozenset({who.LEAD, who.LISTENERS_LEAD}),
        role=who.LEADS,
        args=lambda s: {"message_id": s.stuck_message.pk},
        foreign=lambda s: [{"message_id": s.world.tom.pk}],
        acts=frozenset({who.LEAD, who.LISTENERS_LEAD}),
        by=who.LEAD,
        only_post=True,
    ),
    "partnership": Page(sees=COORDINATOR, role=COORDINATOR),
    "time_limits": Page(sees=COORDINATOR, role=COORDINATOR),
    "time_limit": Page(
        sees=COORDINATOR,
        role=COORDINATOR,
        args=lambda s: {"slug": "answer"},
        foreign=lambda s: [{"slug": "tea-break"}],
        acts=COORDINATOR,
        by=who.COORDINATOR,
        data=lambda s: {
            "duration": "3 working days",
            "label": "LOCAL",
            "source": "Agreed by the board",
            **day(s, "effective_from", 7),
        },
        typed=("source",),
    ),
    "withdraw_time_limit": Page(
        sees=COORDINATOR,
        role=COORDINATOR,
        args=lambda s: {"slug": "answer", "number": s.coming_limit.pk},
        foreign=lambda s: [
            {"slug": "decision", "number": s.coming_limit.pk},
            {"slug": "answer", "number": s.foreign_limit.pk},
        ],
        acts=COORDINATOR,
        by=who.COORDINATOR,
        only_post=True,
    ),
    "suggest_time_limits": Page(
        sees=COORDINATOR,
        role=COORDINATOR,
        acts=COORDINATOR,
        by=who.COORDINATOR,
        data=lambda s: s.without_a_limit(),
        only_post=True,
    ),
    "closed_days": Page(
        sees=COORDINATOR,
        role=COORDINATOR,
        acts=COORDINATOR,
        by=who.COORDINATOR,
        data=lambda s: {"why": "Bank holiday proclaimed late", **day(s, "on", 12)},
        typed=("why",),
        again=True,
    ),
    "withdraw_partnership_day": Page(
        sees=COORDINATOR,
        role=COORDINATOR,
        args=lambda s: {"number": s.everybodys_closed_day.pk},
        foreign=lambda s: [{"number": s.closed_day.pk}],
        acts=COORDINATOR,
        by=who.COORDINATOR,
        only_post=True,
    ),
    "opening_hours": Page(sees=ADMINISTRATOR, role=ADMINISTRATOR),
    "change_hours": Page(
        sees=ADMINISTRATOR,
        role=ADMINISTRATOR,
        acts=ADMINISTRATOR,
        by=who.ADMINISTRATOR,
        data=lambda s: {
            "kind": "BY_DAY",
            "monday": "8.30am to 4pm",
            "friday": "closed",
            **day(s, "effective_from", 7),
        },
    ),
    "withdraw_hours": Page(
        sees=ADMINISTRATOR,
        role=ADMINISTRATOR,
        args=lambda s: {"number": s.coming_hours.pk},
        foreign=lambda s: [{"number": s.foreign_hours.pk}],
        acts=ADMINISTRATOR,
        by=who.ADMINISTRATOR,
        only_post=True,
    ),
    "add_closed_day": Page(
        sees=ADMINISTRATOR,
        role=ADMINISTRATOR,
        acts=ADMINISTRATOR,
        by=who.ADMINISTRATOR,
        data=lambda s: {"why": "Staff training", **day(s, "on", 12)},
        typed=("why",),
        again=True,
    ),
    "withdraw_closed_day": Page(
        sees=ADMINISTRATOR,
        role=ADMINISTRATOR,
        args=lambda s: {"number": s.closed_day.pk},
        foreign=lambda s: [{"number": s.everybodys_closed_day.pk}],
        acts=ADMINISTRATOR,
        by=who.ADMINISTRATOR,
        only_post=True,
    ),
    "out_of_hours": Page(
        sees=ADMINISTRATOR,
        role=ADMINISTRATOR,
        acts=ADMINISTRATOR,
        by=who.ADMINISTRATOR,
        data=lambda s: {"duty": s.duty_team.agency.reference},
        again=True,
    ),
    "audit_events": Page(sees=AUDITOR, role=AUDITOR),
    "audit_access": Page(sees=AUDITOR, role=AUDITOR),
    "audit_seals": Page(sees=AUDITOR, role=AUDITOR),
    "audit_seals_file": Page(sees=AUDITOR, role=AUDITOR),
    "team": staff(args=lambda s: {}, foreign=lambda s: []),
    "add_person": staff(
        args=lambda s: {},
        foreign=lambda s: [],
        acts=ADMINISTRATOR,
        data=lambda s: {
            "full_name": "Nora Newby",
            "email": "nora.newby@st-wulstans.example",
            "role": "practitioner",
            "job_title": "Class teacher",
        },
        typed=("full_name", "job_title"),
    ),
    "staff_member": staff(),
    "change_post": staff(
        acts=ADMINISTRATOR,
        data=lambda s: {"role": "practitioner", "job_title": "Deputy head"},
        typed=("job_title",),
    ),
    "end_membership": staff(acts=ADMINISTRATOR),
    "end_sessions": staff(acts=ADMINISTRATOR, only_post=True),
    "send_password_link": staff(acts=ADMINISTRATOR, only_post=True),
    "cover_of": covered(),
    "record_absence": covered(
        acts=COVERING, data=lambda s: {**day(s, "starts_on", 40), **day(s, "ends_on", 42)}
    ),
    "end_absence": covered(
        args=lambda s: {"membership_id": s.newcomer.pk, "number": s.absence.pk},
        foreign=lambda s: [
            {"membership_id": s.newcomer.pk, "number": s.absence.pk + 9999},
            {"membership_id": s.world.tom.pk, "number": s.absence.pk},
        ],
        acts=COVERING,
        only_post=True,
    ),
    "name_deputy": covered(
        acts=COVERING,
        data=lambda s: {"deputy": s.world.school.lead.pk, **day(s, "starts_on", 0)},
    ),
    "end_cover": covered(
        args=lambda s: {"membership_id": s.newcomer.pk, "number": s.cover.pk},
        foreign=lambda s: [
            {"membership_id": s.newcomer.pk, "number": s.world.tom.deputies.get().pk},
            {"membership_id": s.world.tom.pk, "number": s.cover.pk},
        ],
        acts=COVERING,
        only_post=True,
    ),
    "contact_points": staff(args=lambda s: {}, foreign=lambda s: []),
    "add_contact_point": staff(
        args=lambda s: {},
        foreign=lambda s: [],
        acts=ADMINISTRATOR,
        data=lambda s: {"kind": "EMAIL", "address": "duty@st-wulstans.example", "label": "Duty inbox"},
        typed=("label",),
    ),
    "check_contact_point": contact_point(),
    "retire_contact_point": contact_point(),
}
