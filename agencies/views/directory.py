"""Whom one can share with: people and agencies, their cover, and how they are reached."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import access, time_limits
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from agencies.staff_forms import FindForm

SOUGHT = "directory"


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "POST"])
def directory(request: HatRequest) -> HttpResponse:
    """Show who was found. What is looked for is posted and kept in the session: no name in an address."""
    if request.method == "POST":
        form = FindForm(request.POST)
        if form.is_valid():
            request.session[SOUGHT] = form.cleaned_data
            return redirect("directory")
        return render(request, "agencies/directory.html", {"form": form, "contacts": []}, status=422)
    sought = request.session.get(SOUGHT, {"query": "", "kind": ""})
    contacts = access.find_recipients(
        request.membership,
        sought["query"],
        kind=sought["kind"],
        after=_uuid(request.GET.get("after", "")),
        limit=access.PAGE + 1,
    )
    onward = str(contacts[access.PAGE - 1].member.pk) if len(contacts) > access.PAGE else ""
    context = {
        "form": FindForm(initial=sought),
        "contacts": contacts[: access.PAGE],
        "onward": onward,
        "sought": any(sought.values()),
    }
    return render(request, "agencies/directory.html", context)


@needs(Permission.OVERSEE_PARTNERSHIP)
@require_safe
def partnership(request: HatRequest) -> HttpResponse:
    """Show the partnership's agencies and time limits, each with where its figure comes from."""
    standing = time_limits.standings_of(request.membership, on=timezone.localdate())
    context = {
        "partnership": request.membership.agency.partnership,
        "agencies": access.agencies_of(request.membership),
        "limits": [one.now.limit for one in standing.values() if one.now],
        "missing": [one.label for one in standing.values() if one.now is None],
        "may_set": request.membership.may(Permission.SET_TIME_LIMITS),
    }
    return render(request, "agencies/partnership.html", context)


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
