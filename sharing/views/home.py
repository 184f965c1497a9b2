"""Home: what is waiting for me, and what I am waiting for."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from agencies.decorators import public
from agencies.http import HatRequest, Visit
from agencies.roles import Permission
from sharing.lists import worklist

ELSEWHERE = (
    (Permission.MANAGE_STAFF, "team"),
    (Permission.READ_AUDIT, "audit_events"),
    (Permission.OVERSEE_PARTNERSHIP, "partnership"),
)


def home(request: HatRequest) -> HttpResponse:
    """Show both worklists, late first; a role without a worklist goes to its own first page."""
    member = request.membership
    if not member.may(Permission.EXCHANGE):
        return redirect(next(name for permission, name in ELSEWHERE if member.may(permission)))
    now = timezone.now()
    mine, others = (worklist.cursor(request.GET.get(name, "")) for name in ("mine", "others"))
    lists = worklist.lists_of(member, at=now, mine=mine, others=others)
    context = {
        "mine": lists.mine,
        "others": lists.others,
        "unfinished": lists.unfinished,
        "concerns": lists.concerns,
        "disposals": lists.disposals,
        "is_first_page": not request.GET,
    }
    return render(request, "sharing/home.html", context)


@public
def help_page(request: Visit) -> HttpResponse:
    """What checking back is, and how the four stages go round."""
    return render(request, "sharing/help.html")


@public
def accessibility(request: Visit) -> HttpResponse:
    """How accessible the service is and what to do where it is not."""
    return render(request, "sharing/accessibility.html")


@public
def privacy(request: Visit) -> HttpResponse:
    """What is kept about the people who use the service."""
    return render(request, "sharing/privacy.html")
