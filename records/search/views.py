"""Find. What is typed is posted and kept on the server: the address of the results says nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import pages
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from agencies.stale import leaves_nothing_to_read, may_be_stale
from audit.operations import log_access
from records.search import found as finding
from records.search import kept, reading
from records.search.forms import FindForm


@leaves_nothing_to_read
@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def find(request: HatRequest) -> HttpResponse:
    """Ask what somebody is looking for. A reference leads straight there, anything else to the results."""
    form = FindForm.on(request)
    if request.method == "POST" and form.is_valid():
        wanted = form.wanted()
        asked = reading.read(wanted.text, today=timezone.localdate())
        address = finding.at_once(request.membership, asked.reference) if asked.reference else ""
        if address:
            _log(request, [asked.reference])
            return redirect(address)
        return redirect("found", kept.keep(wanted, by=request.membership, at=timezone.now()))
    return pages.show(request, "records/find.html", {}, form=form)


@require_safe
@needs(Permission.LOG_CONCERNS)
@may_be_stale
def found(request: HatRequest, search: UUID) -> HttpResponse:
    """Show a page of results to whoever searched. What was shown is in the access log, in one row."""
    wanted = kept.find(search, by=request.membership, at=timezone.now())
    if wanted is None:
        raise Http404
    after = request.GET.get("after", "").replace("\0", "")[:40]
    result = finding.page(request.membership, wanted, after=after, today=timezone.localdate())
    _log(request, result.references)
    form = FindForm.on(request, initial={**asdict(wanted), "alike": False})
    context: dict[str, Any] = {
        "found": result,
        "wanted": wanted,
        "looked_for": result.asked.looked_for,
        "next_url": f"?after={result.next_after}" if result.next_after else "",
        "first_url": "" if result.is_first else "?",
    }
    return pages.show(request, "records/find.html", context, form=form)


def _log(request: HatRequest, references: list[str]) -> None:
    """One row for each search and each page of it: who, where, and what was shown. Never the words."""
    log_access(
        "search",
        by=request.membership,
        subject="find",
        shown=references,
        address=request.META.get("REMOTE_ADDR"),
    )
