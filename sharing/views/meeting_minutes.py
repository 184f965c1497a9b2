"""What a meeting leaves: what was brought, decisions, actions, and the minutes as everybody reads them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.roles import Permission
from records.models import Statement
from sharing import access
from sharing.forms import meetings as forms
from sharing.models import Meeting, MeetingMember, Minutes
from sharing.operations import meeting_minutes as operations
from sharing.operations import meetings as calling
from sharing.paper import minutes as paper
from sharing.rules.meetings import Attendance
from sharing.told import as_told
from sharing.views import meeting_page as page
from sharing.views.meetings import form_page, of_ours, on_the_list

PARTS = {
    "member": "Take somebody off the list",
    "decision": "Take this decision back",
    "action": "Take this action back",
    "brought": "Take back what was brought",
}


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HatRequest, reference: str) -> HttpResponse:
    """Bring something to a meeting, and say for whom it is."""
    found = access.get_meeting(request, reference)
    members = on_the_list(found)
    own = _may_bring(found, members, request.membership)
    form = forms.BringForm.on(
        request,
        draft_key=f"meeting-bring:{reference}",
        members=members,
        own=own,
        statements=_statements(found, request.membership),
        chair=found.chair,
    )

    def run(at: datetime) -> object:
        return operations.bring(found, by=request.membership, at=at, **form.words())

    return form_page(
        request, found, form, run, heading="Bring something to the meeting",
        done="It is kept for those whom it is for.",
        lead="What you bring is given only to those you choose.",
    )  # fmt: skip


def _may_bring(found: Any, members: list[MeetingMember], me: Membership) -> list[MeetingMember]:
    """For whom somebody may write down what they bring: the chair for all, anybody else for themselves.

    Raises Http404 for whoever has no place: it is not theirs to bring anything.
    """
    acting = Membership.objects.acting_for(me, on=timezone.localdate()).values_list("pk", flat=True)
    own = members if found.i_chair else [one for one in members if one.member_id in set(acting)]
    if not own:
        raise Http404("No such page")
    return sorted(own, key=lambda one: one.member_id != me.pk)


def _statements(found: Meeting, me: Membership) -> list[Statement]:
    """The statements of the concern, for the agency whose concern it is."""
    if me.agency_id != found.cycle.concern.agency_id:
        return []
    return list(Statement.objects.current().filter(concern=found.cycle.concern).order_by("number"))


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HatRequest, reference: str) -> HttpResponse:
    """Write down one of the decisions."""
    found = of_ours(request, reference)
    form = forms.DecisionForm.on(request, draft_key=f"meeting-decision:{reference}", version=found.version)

    def run(at: datetime) -> object:
        return operations.record_decision(
            found, by=request.membership, at=at, seen_version=form.cleaned_data["version"], **form.words()
        )

    return form_page(
        request, found, form, run, heading="What was decided?", done="The decision is written down.",
        lead="There is one set of decisions. Every member is given all of them.",
    )  # fmt: skip


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def action(request: HatRequest, reference: str) -> HttpResponse:
    """Write down who does what by when."""
    found = of_ours(request, reference)
    form = forms.MeetingActionForm.on(
        request,
        draft_key=f"meeting-action:{reference}",
        version=found.version,
        members=on_the_list(found),
        chair=found.chair,
    )

    def run(at: datetime) -> object:
        return operations.record_action(
            found, by=request.membership, at=at, seen_version=form.cleaned_data["version"], **form.words()
        )

    return form_page(
        request, found, form, run, heading="Who does what by when?", done="The action is written down.",
        lead="It is proposed to them with the minutes. They take it on once they have understood their part.",
    )  # fmt: skip


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HatRequest, reference: str, part: str, number: int) -> HttpResponse:
    """Take back a decision, an action, something brought or a place on the list, with a reason."""
    found = access.get_meeting(request, reference)
    words = _words_of(found, part, number, request)
    form = forms.ReasonForm.on(
        request,
        draft_key=f"meeting-take-back:{reference}:{part}:{number}",
        version=found.version,
        label="Why?",
        button=PARTS[part],
    )

    def run(at: datetime) -> object:
        given: dict[str, Any] = {
            "by": request.membership,
            "at": at,
            "number": number,
            "why": form.cleaned_data["why"],
            "seen_version": form.cleaned_data["version"],
        }
        if part == "member":
            return calling.take_off_the_list(found, **given)
        return operations.take_back(found, part=part, **given)

    return form_page(request, found, form, run, heading=PARTS[part], quote=words, done="It is taken back.")


def _words_of(found: Any, part: str, number: int, request: HatRequest) -> str:
    """Return what is to be taken back, in its words. Raises Http404 for what is not there or not theirs."""
    seen = page.look(request, found, now=timezone.now())
    words: dict[tuple[str, int], str] = {
        ("brought", one["row"].number): one["row"].text for one in page.brought(seen)
    }
    if seen.is_ours:
        words |= {("decision", one.number): one.what for one in seen.book.decisions}
        words |= {("action", one.number): one.what for one in seen.book.actions}
        words |= {("member", one.pk): one.member.label for one in seen.book.members}
    if (part, number) not in words:
        raise Http404("No such page")
    return words[part, number]


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HatRequest, reference: str) -> HttpResponse:
    """Send the minutes, or an amendment: to each member their own part."""
    found = of_ours(request, reference)
    latest = found.minutes.last()
    away = [
        one
        for one in on_the_list(found)
        if one.member_id != found.chair_id and one.attendance != Attendance.PRESENT
    ]
    form = forms.MinutesForm.on(
        request,
        draft_key=f"meeting-send:{reference}:{latest.number if latest else 0}",
        version=found.version,
        initial={
            "main_risk": latest.main_risk if latest else "",
            "also_tell": [str(one.pk) for one in away if one.attendance == Attendance.APOLOGIES],
        },
        away=away,
        is_amendment=latest is not None,
    )

    def run(at: datetime) -> object:
        return operations.issue_minutes(
            found, by=request.membership, at=at, seen_version=form.cleaned_data["version"], **form.words()
        )

    return form_page(
        request, found, form, run,
        heading="Amend the minutes" if latest else "Send the minutes",
        lead="Each member is sent the main risk, the decisions, their own actions and what is for them.",
        done="Each member has been sent their own part.",
    )  # fmt: skip


@needs(Permission.EXCHANGE)
@require_safe
def minutes(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Show one version of the minutes: as a whole to the agency whose concern it is, to a member their part.

    It is made to be printed: what is on it is what its reader may know.
    """
    found = access.get_meeting(request, reference)
    seen = paper.look(found, number, by=request.membership)
    if seen is None:
        raise Http404("No such page")
    version, mine = seen.row, seen.mine
    context = {
        "meeting": found,
        "version": version,
        "body": version.body,
        "is_ours": seen.is_ours,
        "told": None if seen.is_ours or mine is None else _part(mine),
        "mine": mine,
        "views": [
            {"who": one.listener.label, "reference": one.reference, "said": page.views_of(one)}
            for one in seen.shown
            if one.not_mine_at is None
        ],
        "is_latest": not Minutes.objects.filter(meeting=found, number__gt=number).exists(),
        "back": reverse("meeting", args=[reference]),
    }
    return render(request, "sharing/meeting_minutes.html", context)


def _part(copy: Any) -> dict[str, Any] | None:
    """A member's part as they were sent it, once it has been opened and unless it was withdrawn."""
    if copy.opened_at is None or copy.withdrawn_at:
        return None
    return as_told(copy, people=copy.people.all(), items=list(copy.items.all()))
