"""Handing over work: one's own, or as a lead somebody's; and ending a role once nothing is left open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import pages
from agencies.access import deputies_of
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.reauthentication import reauthenticated
from agencies.roles import Permission
from sharing import access, handing, open_work
from sharing.forms.handover import HandOverForm
from sharing.open_work import Part
from sharing.operations import handover as operations
from sharing.operations import leaving
from sharing.rules import spoken_limit
from sharing.states import TAGS, State, state_of

SHOWN_IN_PART = 5


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "POST"])
def hand_over(request: HatRequest) -> HttpResponse:
    """Hand over my own work."""
    return _hand_over(request, request.membership, here=reverse("hand-over"), back=reverse("home"))


@needs(Permission.OVERSEE)
@require_http_methods(["GET", "POST"])
def hand_over_of(request: HatRequest, membership_id: UUID) -> HttpResponse:
    """Hand over the work of somebody of my agency, as a lead."""
    leaver = access.get_leaver(request, membership_id)
    here = reverse("hand-over-of", args=[leaver.pk])
    return _hand_over(request, leaver, here=here, back=reverse("hand-over-people"))


@needs(Permission.OVERSEE)
@require_safe
def people(request: HatRequest) -> HttpResponse:
    """List the people of my agency who exchange information, with how much waits for each."""
    members = Membership.objects.with_people().who_exchange().filter(agency_id=request.membership.agency_id)
    staff = list(members.order_by("user__full_name", "pk"))
    counts = open_work.counts_of(staff)
    rows = [
        {"member": one, "count": counts.get(one.pk, 0)}
        for one in staff
        if one.ended_at is None or one.pk in counts
    ]
    return pages.show(request, "sharing/hand_over_people.html", {"rows": rows})


def _hand_over(request: HatRequest, leaver: Membership, *, here: str, back: str) -> HttpResponse:
    """Choose successors, see what each will be told, and send it."""
    me, now = request.membership, timezone.now()
    parts = open_work.parts_of(leaver)
    form = HandOverForm.on(
        request,
        draft_key=f"hand-over:{leaver.pk}",
        version=operations.latest_of(leaver),
        parts=parts,
        colleagues=_colleagues(leaver, but=me),
    )
    if request.method == "POST" and form.is_valid() and form.was_shown():

        def operation() -> str:
            operations.hand_over_work(
                leaver,
                to=form.chosen(),
                by=me,
                at=now,
                note=form.cleaned_data["note"],
                seen_version=form.cleaned_data["version"],
            )
            return here

        done = "Handed over. They have been asked to say it back."
        if saved := pages.save(request, form, operation, done=done):
            return saved
    if form.is_preview:
        pages.keep_text(request, form)
    is_mine = leaver.pk == me.pk
    context = {
        "leaver": leaver,
        "is_mine": is_mine,
        "rows": [_row(part, leaver, is_mine=is_mine) for part in parts],
        "previews": _previews(form, leaver, me) if form.is_preview else [],
        "submit_text": "Hand it over" if form.is_preview else form.submit_label,
        "back": back,
        "names_all": "everything" not in form.fields,
        "deputies": deputies_of(leaver, timezone.localdate()),
    }
    return pages.show(request, "sharing/hand_over.html", context, form=form)


def _colleagues(leaver: Membership, *, but: Membership) -> list[Membership]:
    """Those who could take over: whoever exchanges information at the agency, but the two concerned."""
    people = Membership.objects.current().who_exchange().with_people().filter(agency_id=leaver.agency_id)
    return list(people.exclude(user__in=[leaver.user_id, but.user_id]).order_by("user__full_name", "pk"))


def _row(part: Part, leaver: Membership, *, is_mine: bool) -> dict[str, Any]:
    """One concern of the list: what is open, and how far its hand-over has come."""
    mine = [_line(o, "") for o in part.mine]
    theirs = [_line(o, o.owner.full_name) for o in part.theirs]
    owned = "You look after" if is_mine else f"{leaver.full_name} looks after"
    return {
        "reference": part.concern.reference,
        "owned": f"{owned} this concern." if part.is_owned else "",
        "is_draft": part.concern.logged_at is None,
        "lines": (mine + theirs)[:SHOWN_IN_PART],
        "more": max(len(mine) + len(theirs) - SHOWN_IN_PART, 0),
        "progress": _progress(part.handover) if part.handover else None,
    }


def _line(row: Any, who: str) -> dict[str, str]:
    what = f"{who}: {row.get_kind_display()}" if who else row.get_kind_display()
    return {"what": what, "reference": row.reference, "due": spoken_limit(row.due_at)}


def _progress(handover: Any) -> dict[str, Any]:
    """Say who is named and how far it has come. What is under way has an exchange."""
    exchange = handover.exchange
    state = state_of(exchange, last_outcome=handover.last_outcome)
    said = {
        State.SENT: "has not opened it",
        State.OPENED: "has not confirmed receipt",
        State.RECEIVED: "has not said it back",
        State.CORRECTED: "is to say it again",
        State.RESTATED: "has said it back: it waits to be checked",
    }
    return {
        "who": handover.successor.full_name,
        "what": said.get(state, state.value),
        "href": reverse("exchange", args=[exchange.reference]),
        "tag": {"text": "Said back" if state == State.RESTATED else "Named", "colour": TAGS[state]},
    }


def _previews(form: HandOverForm, leaver: Membership, me: Membership) -> list[dict[str, Any]]:
    """What each successor will be told, concern by concern, in the words that will be frozen."""
    found = []
    for reference, successor in form.chosen().items():
        concern = form.parts[reference].concern
        part = handing.part_of(leaver, concern)
        part.heard_again = [(old, old) for old in part.heard]
        lines = handing.lines(part, note=form.cleaned_data["note"], by=me, is_preview=True)
        has_started = concern.cycles.exists()
        found.append(
            {
                "reference": reference,
                "successor": successor.full_name,
                "lines": [{"title": title, "text": text} for title, _, text in lines] if has_started else [],
            }
        )
    return found


@needs(Permission.MANAGE_STAFF)
@require_http_methods(["GET", "POST"])
@reauthenticated("rights")
def end_membership(request: HatRequest, membership_id: UUID) -> HttpResponse:
    """Ask whether somebody's role is to end, and say what they have open; a POST ends it.

    Whoever looks after staff sees references and numbers, and nothing of what they are about.
    """
    member = access.get_staff(request, membership_id)
    back = reverse("staff_member", args=[member.pk])
    if request.method == "POST":
        return pages.press(
            request,
            lambda: leaving.leave(member, by=request.membership, at=timezone.now()),
            back=reverse("end_membership", args=[member.pk]) if open_work.uncovered(member) else back,
            done="Ended. They can do nothing more in this role.",
        )
    left = open_work.uncovered(member)
    under_way = open_work.under_way_of(member)
    context = {
        "member": member,
        "left": [{"reference": reference, "count": count} for reference, count in left.items()],
        "under_way": under_way,
        "total": sum(left.values()),
        "may_end": not left,
    }
    return pages.show(request, "sharing/end_membership.html", context)
