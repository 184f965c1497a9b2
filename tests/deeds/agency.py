"""Agencies: one way to do each operation."""

from __future__ import annotations

from datetime import time, timedelta

from agencies import operations as agencies
from agencies.models import TimeLimit
from agencies.operations import jobs
from notifications.models import Message
from sharing.operations import (
    spoken,
)
from sharing.states import State
from tests import factories
from tests.deeds.finding import Deed, administrator, deed, do
from tests.factories import World


@deed(agencies.add_contact_point)
def _(w: World) -> Deed:
    return do(
        agencies.add_contact_point, w.school.agency, by=administrator(w), w=w,
        label="Duty inbox of the office",
        kind="EMAIL", address="duty@st-wulstans.example",
    )  # fmt: skip


@deed(agencies.mark_checked)
def _(w: World) -> Deed:
    point = factories.contact_point(w.school.auditor, checked=False, address="other@st-wulstans.example")
    return do(agencies.mark_checked, point, by=administrator(w), w=w)


@deed(agencies.retire_contact_point)
def _(w: World) -> Deed:
    return do(agencies.retire_contact_point, w.priya.contact_points.get(), by=administrator(w), w=w)


@deed(agencies.end_sessions)
def _(w: World) -> Deed:
    return do(agencies.end_sessions, w.priya, by=administrator(w), w=w)


@deed(agencies.name_deputy)
def _(w: World) -> Deed:
    return do(
        agencies.name_deputy, w.priya, by=administrator(w), w=w, deputy=w.school.colleague,
        starts_on=w.clock.moment.date(),
    )  # fmt: skip


@deed(agencies.end_cover)
def _(w: World) -> Deed:
    cover = factories.name_deputy(w.priya, w.school.colleague)
    return do(agencies.end_cover, cover, by=administrator(w), w=w, on=w.clock.moment.date())


@deed(agencies.record_absence)
def _(w: World) -> Deed:
    day = w.clock.moment.date()
    return do(agencies.record_absence, w.priya, by=administrator(w), w=w, starts_on=day, ends_on=day)


@deed(agencies.end_absence)
def _(w: World) -> Deed:
    day = w.clock.moment.date()
    absence = agencies.record_absence(w.priya, by=w.priya, at=w.clock(), starts_on=day, ends_on=day)
    return do(agencies.end_absence, absence, by=w.priya, w=w, on=day)


@deed(agencies.try_again)
def _(w: World) -> Deed:
    factories.exchange_at(w, State.SENT)
    message = Message.objects.earliest("queued_at")
    message.set_aside_at = w.clock()
    message.save()
    return do(agencies.try_again, message.pk, by=w.school.lead, w=w)


@deed(agencies.choose_how_told)
def _(w: World) -> Deed:
    return do(
        agencies.choose_how_told, by=w.priya, w=w, digest_at=time(16, 30), quiet_from=None, quiet_to=None
    )


@deed(agencies.make_partnership)
def _(w: World) -> Deed:
    return do(agencies.make_partnership, by=None, w=w, reference="northmoor", name="Northmoor", prefix="NM")


@deed(agencies.add_agency)
def _(w: World) -> Deed:
    return do(
        agencies.add_agency, w.partnership, by=w.coordinator, w=w, reference="hill-school",
        name="Hill School", kind="SCHOOL",
    )  # fmt: skip


@deed(agencies.set_time_limit)
def _(w: World) -> Deed:
    return do(
        agencies.set_time_limit, w.partnership, by=w.coordinator, w=w, key="ANSWER", duration="1 working day",
        label="LOCAL", source="Agreed by the board", effective_from=w.clock.moment.date(),
    )  # fmt: skip


@deed(agencies.withdraw_time_limit)
def _(w: World) -> Deed:
    coming = agencies.set_time_limit(
        w.partnership, by=None, at=w.clock(), key="ANSWER", duration="3 working days", label="LOCAL",
        source="Agreed by the board", effective_from=(w.clock.moment + timedelta(days=9)).date(),
    )  # fmt: skip
    return do(agencies.withdraw_time_limit, coming, by=w.coordinator, w=w)


@deed(agencies.suggest_missing_limits)
def _(w: World) -> Deed:
    TimeLimit.objects.filter(key="LADDER_4").update(withdrawn_at=w.clock())
    return do(agencies.suggest_missing_limits, w.partnership, by=w.coordinator, w=w)


@deed(spoken.log_call)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.PREPARED)
    words = factories.call_words(exchange, at=w.clock(minutes=15))
    return do(spoken.log_call, exchange, by=w.priya, w=w, **words)


@deed(spoken.confirm_said)
def _(w: World) -> Deed:
    return do(spoken.confirm_said, factories.exchange_at(w, State.SPOKEN), by=w.tom, w=w)


@deed(spoken.say_differently)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.SPOKEN)
    return do(spoken.say_differently, exchange, by=w.tom, w=w, **factories.OTHER_WORDS)


@deed(agencies.set_opening_hours)
def _(w: World) -> Deed:
    return do(
        agencies.set_opening_hours, w.school.agency, by=administrator(w), w=w, days=["08:00-18:00",
        *6 * [""]],
        effective_from=w.clock.moment.date(),
    )  # fmt: skip


@deed(agencies.withdraw_opening_hours)
def _(w: World) -> Deed:
    coming = agencies.set_opening_hours(
        w.school.agency, by=administrator(w), at=w.clock(), always_open=True,
        effective_from=(w.clock.moment + timedelta(days=9)).date(),
    )  # fmt: skip
    return do(agencies.withdraw_opening_hours, coming, by=administrator(w), w=w)


@deed(agencies.close_on)
def _(w: World) -> Deed:
    day = (w.clock.moment + timedelta(days=9)).date()
    return do(agencies.close_on, w.school.agency, by=administrator(w), w=w, on=day, why="Staff training")


@deed(agencies.withdraw_closed_day)
def _(w: World) -> Deed:
    day = (w.clock.moment + timedelta(days=9)).date()
    row = agencies.close_on(w.partnership, by=w.coordinator, at=w.clock(), on=day, why="Proclaimed late")
    return do(agencies.withdraw_closed_day, row, by=w.coordinator, w=w)


@deed(agencies.name_out_of_hours)
def _(w: World) -> Deed:
    duty = factories.duty_team(w).agency
    return do(agencies.name_out_of_hours, w.school.agency, by=administrator(w), w=w, duty=duty)


@deed(agencies.add_person)
def _(w: World) -> Deed:
    return do(
        agencies.add_person, w.school.agency, by=administrator(w), w=w, email="new@st-wulstans.example",
        full_name="Nell Newcomer", role="practitioner", job_title="Class teacher",
    )  # fmt: skip


@deed(agencies.change_post)
def _(w: World) -> Deed:
    return do(
        agencies.change_post, w.school.colleague, by=administrator(w), w=w, role="lead",
        job_title="Deputy head",
        manager=None,
    )  # fmt: skip


@deed(agencies.end_membership)
def _(w: World) -> Deed:
    return do(agencies.end_membership, w.school.auditor, by=administrator(w), w=w)


@deed(agencies.add_outside)
def _(w: World) -> Deed:
    details = {**factories.OUTSIDE, "by": w.priya, "at": w.clock()}
    return lambda: agencies.add_outside(**details)


@deed(agencies.change_how_reached)
def _(w: World) -> Deed:
    return do(
        agencies.change_how_reached, factories.outside(w), by=w.priya, w=w, kind="PHONE",
        address="07700 900 234", how_checked="She rang from it, and I know her voice.",
    )  # fmt: skip


@deed(agencies.end_outside)
def _(w: World) -> Deed:
    return do(agencies.end_outside, factories.outside(w), by=w.priya, w=w)


@deed(jobs.ask)
def _(w: World) -> Deed:
    return do(jobs.ask, "nothing", title="Nothing at all", by=w.priya, w=w)
