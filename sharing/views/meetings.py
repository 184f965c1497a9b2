"""Meetings: list them, call one, ask people to it, answer, and write down who came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import pages
from agencies.access import find_recipients, get_recipient, outside_of
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.forms import PlainForm
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.roles import Permission
from records.access import get_concern
from sharing import access
from sharing.forms import meetings as forms
from sharing.forms.ask import FindForm
from sharing.models import Cycle, Meeting, MeetingMember
from sharing.operations import meetings as operations
from sharing.querysets import people
from sharing.told import moment
from sharing.views import meeting_page as page
from sharing.views.concern import tabs


def of_ours(request: HatRequest, reference: str) -> Any:
    """Return a meeting about a concern of the reader's own agency. Raises Http404 for any other."""
    found = access.get_meeting(request, reference)
    if found.cycle.concern.agency_id != request.membership.agency_id:
        raise Http404("No such page")
    return found


def on_the_list(meeting: Meeting) -> list[MeetingMember]:
    """Read who is on the list of a meeting."""
    return list(meeting.members.filter(taken_back_at__isnull=True).select_related(*people("member")))


def form_page(
    request: HatRequest,
    meeting: Meeting,
    form: PlainForm,
    run: Callable[[datetime], object],
    *,
    heading: str,
    done: str,
    lead: str = "",
    quote: str = "",
    tab: str = "",
) -> HttpResponse:
    """Show or save one form of a meeting, then go back to it. `tab`: where the heading has a name in it."""
    here = reverse("meeting", args=[meeting.reference])

    def operation() -> str:
        run(timezone.now())
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    context = {"heading": heading, "tab": tab, "caption": meeting.reference, "lead": lead, "quote": quote}
    context["back"] = here
    return pages.show(request, "sharing/form_page.html", context, form=form)


@needs(Permission.LOG_CONCERNS)
@require_safe
def meetings(request: HatRequest, reference: str) -> HttpResponse:
    """List the meetings about a concern, the latest first, and offer to call one."""
    concern = get_concern(request, reference, action="meetings")
    rows = Meeting.objects.filter(cycle__concern=concern).with_people().order_by("-pk")
    found = list(rows.prefetch_related("minutes"))
    context = {
        "concern": concern,
        "tabs": tabs(concern, "meetings"),
        "meetings": [_line(one) for one in found],
    }
    return render(request, "sharing/meetings.html", context)


def _line(one: Any) -> dict[str, Any]:
    """One meeting as a line of parts/worklist_row.html."""
    versions = list(one.minutes.all())
    return {
        "heading": one.get_kind_display(),
        "reference": one.reference,
        "meta": [moment(one.held_at or one.meets_at), f"Chair: {one.chair.full_name}"],
        "tag": page.state(one, versions[-1] if versions else None),
        "href": reverse("meeting", args=[one.reference]),
        "link_text": "Open",
    }


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HatRequest, reference: str) -> HttpResponse:
    """Call a meeting about a concern of my agency."""
    cycle = access.get_cycle(request, reference)
    me = request.membership
    chairs = _chairs(me)
    form = forms.CallForm.on(
        request,
        draft_key=f"call-meeting:{reference}:{cycle.number}",
        initial={"chair": str(me.pk)},
        chairs=chairs,
    )

    def operation() -> str:
        return reverse("meeting", args=[_call(request, cycle, form, chairs).reference])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="The meeting is called. Now ask people to it.")
        if saved:
            return saved
    context = {
        "heading": "Call a meeting",
        "caption": reference,
        "lead": "Each member brings and is given only what is for them. You ask people to it next.",
        "back": reverse("meetings", args=[reference]),
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)


def _chairs(me: Membership) -> list[Membership]:
    """Who at an agency can be in the chair: everybody who works on concerns there."""
    rows = Membership.objects.current().who_exchange().with_people().filter(agency_id=me.agency_id)
    return sorted(rows, key=lambda one: one.full_name)


def _call(request: HatRequest, cycle: Cycle, form: Any, chairs: list[Membership]) -> Meeting:
    given = form.cleaned_data
    return operations.call_meeting(
        cycle,
        by=request.membership,
        at=timezone.now(),
        kind=given["kind"],
        purpose=given["purpose"],
        chair=next(one for one in chairs if str(one.pk) == given["chair"]),
        meets_at=given["moment"],
        where_or_how=given["where_or_how"],
        quorum_agencies=given["quorum_agencies"],
        quorum_source=given["quorum_source"],
    )


@needs(Permission.EXCHANGE)
@require_safe
def meeting(request: HatRequest, reference: str) -> HttpResponse:
    """Show a meeting: all of it to the agency whose concern it is, to a member of another their own part."""
    seen = page.look(request, access.get_meeting(request, reference), now=timezone.now())
    template = "sharing/meeting.html" if seen.is_ours else "sharing/meeting_member.html"
    return render(request, template, page.context(seen))


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HatRequest, reference: str) -> HttpResponse:
    """Find somebody in the directory; then ask that one person to the meeting."""
    found = of_ours(request, reference)
    if "of" in request.GET:
        return _ask(request, found)
    form = FindForm.on(request)
    people_found = None
    if request.method == "POST" and form.is_valid():
        people_found = find_recipients(request.membership, form.cleaned_data["who"])
    context = {
        "meeting": found,
        "found": people_found,
        "outside": outside_of(request.membership) if people_found is None else [],
        "myself": _if_not_on_the_list(found, request.membership),
        "choose_url": reverse("meeting-add", args=[reference]),
        "back": reverse("meeting", args=[reference]),
    }
    return pages.show(request, "sharing/meeting_add.html", context, form=form)


def _if_not_on_the_list(found: Meeting, me: Membership) -> Membership | None:
    """Offer to add oneself: the directory shows everybody but whoever looks."""
    return None if any(one.member_id == me.pk for one in on_the_list(found)) else me


def _ask(request: HatRequest, found: Any) -> HttpResponse:
    try:
        chosen = UUID(request.GET["of"])
    except ValueError as error:
        raise Http404("No such page") from error
    me = request.membership
    member = me if chosen == me.pk else get_recipient(me, chosen).member
    form = forms.AskToForm.on(
        request,
        draft_key=f"meeting-add:{found.reference}:{member.pk}",
        version=found.version,
        members=[one for one in on_the_list(found) if one.member_id != found.chair_id],
    )

    def run(at: datetime) -> object:
        return operations.ask_to_meeting(
            found,
            by=request.membership,
            at=at,
            member=member,
            seen_version=form.cleaned_data["version"],
            **form.words(),
        )

    return form_page(
        request, found, form, run,
        heading=f"Ask {member.full_name} to the meeting",
        tab="Ask somebody to the meeting",
        lead=member.label,
        done=f"{member.full_name} is on the list.",
    )  # fmt: skip


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def coming(request: HatRequest, reference: str) -> HttpResponse:
    """Say as a member whether I come, or send my apologies."""
    found = access.get_meeting(request, reference)
    form = forms.ComingForm.on(request, draft_key=f"meeting-coming:{reference}")

    def run(at: datetime) -> object:
        return operations.answer_invitation(found, by=request.membership, at=at, **form.words())

    return form_page(
        request, found, form, run, heading="Will you come?", done="The chair has been told.",
        lead=f"{found.get_kind_display()}, {moment(found.meets_at)}",
    )  # fmt: skip


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HatRequest, reference: str) -> HttpResponse:
    """Change when or where a meeting is."""
    found = of_ours(request, reference)
    form = forms.MoveForm.on(
        request,
        draft_key=f"meeting-move:{reference}",
        version=found.version,
        initial={**forms.when(found.meets_at), "where_or_how": found.where_or_how},
    )

    def run(at: datetime) -> object:
        return operations.move_meeting(
            found,
            by=request.membership,
            at=at,
            meets_at=form.cleaned_data["moment"],
            where_or_how=form.cleaned_data["where_or_how"],
            seen_version=form.cleaned_data["version"],
        )

    return form_page(
        request, found, form, run, heading="Change when or where the meeting is",
        done="Everybody on the list with an account has been told.",
    )  # fmt: skip


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def call_off(request: HatRequest, reference: str) -> HttpResponse:
    """Call a meeting off, with a reason."""
    return _with_a_reason(
        request,
        reference,
        operations.call_off,
        key="meeting-call-off",
        heading="Call the meeting off",
        label="Why is it called off, and what happens instead?",
        done="The meeting is called off. Everybody on the list with an account has been told.",
    )


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def without_quorum(request: HatRequest, reference: str) -> HttpResponse:
    """Go on without a quorum, as the chair, with a written reason."""
    return _with_a_reason(
        request,
        reference,
        operations.go_on_without_quorum,
        key="meeting-without-quorum",
        heading="Go on without a quorum",
        label="Why can it not wait until enough agencies are there?",
        done="Your reason is in the minutes. You can write down what was decided.",
    )


def _with_a_reason(
    request: HatRequest,
    reference: str,
    operation: Callable[..., object],
    *,
    key: str,
    heading: str,
    label: str,
    done: str,
) -> HttpResponse:
    found = of_ours(request, reference)
    form = forms.ReasonForm.on(
        request, draft_key=f"{key}:{reference}", version=found.version, label=label, button=heading
    )

    def run(at: datetime) -> object:
        given = form.cleaned_data
        return operation(found, by=request.membership, at=at, why=given["why"], seen_version=given["version"])

    return form_page(request, found, form, run, heading=heading, done=done)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: HatRequest, reference: str) -> HttpResponse:
    """Write down when the meeting was held and who came, sent apologies, or did neither."""
    found = of_ours(request, reference)
    form = forms.AttendanceForm.on(
        request,
        draft_key=f"meeting-attendance:{reference}",
        version=found.version,
        initial=forms.when(found.held_at or found.meets_at),
        members=on_the_list(found),
    )

    def run(at: datetime) -> object:
        return operations.record_attendance(
            found,
            by=request.membership,
            at=at,
            seen_version=form.cleaned_data["version"],
            **form.answers(),
        )

    return form_page(
        request, found, form, run, heading="Who came?", done="Who came is written down.",
        lead="Whoever did not come and sent no apologies is listed as absent, with their agency.",
    )  # fmt: skip
