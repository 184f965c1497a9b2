"""Meetings: all of one to the agency whose concern it is, and to each member their own part."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from sharing.models import Meeting
from tests import meeting_cases
from tests.access import cast as who
from tests.access.page import Given, Page, Table
from tests.access.scene import Scene

OURS = who.OUR_AGENCY
EITHER_SIDE = OURS | who.LISTENING
# Who has a place on the list: the chair, the social worker and the social worker's deputy.
ON_THE_LIST = frozenset({who.OWNER, who.LISTENER, who.DEPUTY})


def coming(scene: Scene) -> Meeting:
    """A meeting that is called, and the social worker asked to it."""
    return scene.keep("meeting", lambda: meeting_cases.with_members(scene.world))


def held(scene: Scene) -> Meeting:
    """A meeting that was held and has decided something."""
    return scene.keep("held meeting", lambda: meeting_cases.ready(scene.world))


def without_quorum(scene: Scene) -> Meeting:
    """A meeting to which nobody came whom it needs."""
    world = scene.world
    return scene.keep("no quorum", lambda: meeting_cases.held(world, away={world.tom: ""}))


def minuted(scene: Scene) -> Meeting:
    """A meeting whose minutes went out, with something brought for the social worker."""
    return scene.keep("minuted meeting", lambda: _minuted(scene))


def _minuted(scene: Scene) -> Meeting:
    world = scene.world
    meeting = meeting_cases.with_members(world)
    meeting_cases.brought(world, meeting, world.amara, world.tom)
    meeting_cases.issued(world, meeting_cases.ready(world, meeting_cases.again(meeting)))
    return meeting_cases.again(meeting)


def of(which: Any, **more: Any) -> Given:
    return lambda s: {"reference": which(s).reference, **more}


def about(scene: Scene) -> dict[str, Any]:
    return {"reference": coming(scene).cycle.concern.reference}


def when(*, days: int = 0) -> dict[str, Any]:
    """A day and a time as a browser sends them, `days` from this minute."""
    local = timezone.localtime() + timedelta(days=days)
    return {"day_0": local.day, "day_1": local.month, "day_2": local.year, "time": f"{local:%H:%M}"}


def who_came(scene: Scene) -> dict[str, Any]:
    rows = coming(scene).members.all()
    return {**when(), **{f"came_{one.pk}": "PRESENT" for one in rows}}


PAGES: Table = {
    "meetings": Page(sees=OURS, args=lambda s: {"reference": minuted(s).cycle.concern.reference}),
    "call-meeting": Page(
        sees=OURS,
        acts=OURS,
        args=about,
        data=lambda s: {
            **when(days=1),
            "kind": "CORE_GROUP",
            "purpose": "To agree who sees her.",
            "chair": s.world.priya.pk,
            "where_or_how": "By video call",
            "quorum_agencies": "2",
            "quorum_source": "Local procedures",
        },
        typed=("purpose", "where_or_how", "quorum_source"),
    ),
    "meeting": Page(sees=EITHER_SIDE, args=of(minuted)),
    "meeting-add": Page(
        sees=OURS,
        acts=OURS,
        args=of(coming),
        query=lambda s: f"of={s.world.gp.colleague.pk}",
        data=lambda s: {"why_you": "You know the family.", "is_needed": "on", "instead_of": ""},
        typed=("why_you",),
    ),
    "meeting-coming": Page(
        sees=EITHER_SIDE,
        acts=ON_THE_LIST,
        by=who.LISTENER,
        args=of(coming),
        data=lambda s: {"is_coming": "yes", "apologies": "I come a little later."},
        typed=("apologies",),
        again=True,
    ),
    "meeting-move": Page(
        sees=OURS,
        acts=OURS,
        args=of(coming),
        data=lambda s: {**when(days=2), "where_or_how": "At the school"},
        typed=("where_or_how",),
    ),
    "meeting-call-off": Page(
        sees=OURS,
        acts=OURS,
        args=of(coming),
        data=lambda s: {"why": "The plan has changed."},
        typed=("why",),
    ),
    "meeting-attendance": Page(sees=OURS, acts=OURS, args=of(coming), data=who_came),
    "meeting-without-quorum": Page(
        sees=OURS,
        acts=frozenset({who.OWNER}),
        args=of(without_quorum),
        data=lambda s: {"why": "She goes home tonight."},
        typed=("why",),
    ),
    # Only whoever has a place on the list, or stands in for somebody who has, brings anything.
    "meeting-bring": Page(
        sees=ON_THE_LIST,
        acts=ON_THE_LIST,
        by=who.LISTENER,
        args=of(coming),
        data=lambda s: {
            "brought_by": meeting_cases.place(coming(s), s.world.tom).pk,
            "kind": "FACT_SEEN",
            "text": "She was seen on Monday.",
            "source": "My own visit",
            "for_whom": [meeting_cases.place(coming(s), s.world.amara).pk],
        },
        typed=("text", "source"),
        again=True,
    ),
    "meeting-decision": Page(
        sees=OURS,
        acts=OURS,
        args=of(held),
        data=lambda s: {"what": "Seen every week.", "why": "She talks there."},
        typed=("what", "why"),
    ),
    "meeting-action": Page(
        sees=OURS,
        acts=OURS,
        args=of(held),
        data=lambda s: {
            "what": "See her on Monday.",
            "owner": meeting_cases.place(held(s), s.world.tom).pk,
            "checked_by": "",
            "by_when": "2 working days",
            "contingency": "She is not in school.",
        },
        typed=("what", "contingency"),
    ),
    "meeting-take-back": Page(
        sees=OURS,
        acts=OURS,
        args=of(held, part="decision", number=1),
        foreign=lambda s: [
            of(held, part="decision", number=99)(s),
            of(held, part="nothing", number=1)(s),
            of(held, part="member", number=0)(s),
        ],
        data=lambda s: {"why": "Misheard."},
        typed=("why",),
    ),
    "meeting-send": Page(
        sees=OURS,
        acts=frozenset({who.OWNER}),
        args=of(held),
        data=lambda s: {"main_risk": "That nobody is told on Friday."},
        typed=("main_risk",),
    ),
    "meeting-minutes": Page(
        sees=EITHER_SIDE,
        args=of(minuted, number=1),
        foreign=lambda s: [of(minuted, number=2)(s)],
    ),
}
