"""A lead's page: everything open in which their agency has a part, and what can be done from there."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import looks, pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from agencies.stale import may_be_stale
from sharing import access
from sharing.forms.lead import TakeOverForm, narrowing
from sharing.lists import lead_rows
from sharing.lists.lead import SHOWS, LeadList, Show, Wanted
from sharing.operations import lead as operations


@needs(Permission.OVERSEE)
@require_safe
@may_be_stale
def lead(request: HatRequest) -> HttpResponse:
    """List the open work of my agency, narrowed and sorted as the address says."""
    member, wanted, now = request.membership, Wanted.read(request.GET), timezone.now()
    found = LeadList(member, wanted, at=now)
    context: dict[str, Any] = {}
    if wanted.show == Show.WRITTEN_LATE:
        page = found.concerns_page()
        context["concerns"] = lead_rows.late_concerns(page.rows)
    else:
        page = found.page()
        query = wanted.query(after=wanted.after)
        context["rows"] = [
            lead_rows.row_of(row, member, at=now, uncovered=found.uncovered, query=query) for row in page.rows
        ]
    shown = [row.reference for row in page.rows]
    looks.log_seen(request, by=member, action="list", subject="lead", shown=shown)
    counts = found.counts()
    is_narrowed = bool(wanted.query(show=Show.EVERYTHING))
    context |= {
        "heading": SHOWS[wanted.show],
        "count": counts[wanted.show],
        "choices": choices(wanted, counts),
        "selects": narrowing(wanted, found.to_choose_from()),
        "show": wanted.show.value if wanted.show != Show.EVERYTHING else "",
        "clear_url": f"{reverse('lead')}?{Wanted(show=wanted.show).query()}".rstrip("?")
        if is_narrowed
        else "",
        "written_late": wanted.show == Show.WRITTEN_LATE,
        "hours": member.agency.record_within_hours,
        "first_url": f"{reverse('lead')}?{wanted.query()}" if wanted.after else "",
        "next_url": f"?{wanted.query(after=page.next)}" if page.next else "",
    }
    return render(request, "sharing/lead.html", context)


def choices(wanted: Wanted, counts: dict[Show, str]) -> list[dict[str, Any]]:
    """What the list can be narrowed to, each with how many there are."""
    return [
        {
            "text": text,
            "count": counts[show],
            "href": f"{reverse('lead')}?{wanted.query(show=show)}".rstrip("?"),
            "active": show == wanted.show,
        }
        for show, text in SHOWS.items()
    ]


def back_to_the_list(request: HatRequest) -> str:
    """Return the address of the list as it was, from the query that an action came with."""
    wanted = Wanted.read(request.GET)
    return f"{reverse('lead')}?{wanted.query(after=wanted.after)}".rstrip("?")


@needs(Permission.OVERSEE)
@require_POST
def chase(request: HatRequest, number: int) -> HttpResponse:
    """Send whoever something waits for an urgent notice now."""
    found = access.get_obligation(request, number)
    return pages.press(
        request,
        lambda: operations.chase(found, by=request.membership, at=timezone.now()),
        back=back_to_the_list(request),
        done=f"Chased: an urgent notice about {found.reference} goes to {found.owner.full_name}.",
    )


@needs(Permission.OVERSEE)
@require_http_methods(["GET", "POST"])
def take_over(request: HatRequest, number: int) -> HttpResponse:
    """Name who acts for whoever something waits for, oneself or a colleague, until a day."""
    found = access.get_obligation(request, number, of_my_agency=True)
    form = TakeOverForm.on(request, member=found.owner, initial={"deputy": request.membership.pk})
    if request.method == "POST" and form.is_valid():

        def name() -> str:
            operations.take_over(found, by=request.membership, at=timezone.now(), **form.words())
            return back_to_the_list(request)

        if saved := pages.save(request, form, name, done="Named. Both of them are told."):
            return saved
    context = {"found": found, "owner": found.owner, "back": back_to_the_list(request)}
    return pages.show(request, "sharing/lead_take_over.html", context, form=form)
