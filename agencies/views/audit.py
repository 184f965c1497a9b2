"""An auditor's page: what was done at my agency. Codes and references, no narrative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from agencies.staff_forms import AuditForm
from agencies.stale import may_be_stale
from audit import access as audit
from audit.models import Event
from audit.operations import log_access


@needs(Permission.READ_AUDIT)
@require_safe
@may_be_stale
def events(request: HatRequest) -> HttpResponse:
    """List what was done at my agency, or where it took part, the newest first."""
    verbs = audit.verbs_of(request.membership.agency_reference)
    return _listing(request, "audit/events.html", audit.events_of, whats=verbs)


def _listing(
    request: HatRequest, template: str, find: Callable[..., Any], *, whats: list[tuple[str, str]]
) -> HttpResponse:
    member = request.membership
    chosen = {k: v for k, v in request.GET.lists() if k != "after" and any(v)}
    form = AuditForm(request.GET if chosen else None, by=member, whats=whats)
    rows, onward, status = [], "", 200
    if not form.is_bound or form.is_valid():
        sought = form.cleaned_data if form.is_bound else {}
        rows, onward = find(
            member.agency_reference,
            reference=sought.get("reference", "").strip(),
            what=sought.get("what", ""),
            actor_id=sought.get("person") or None,
            start=_midnight(sought.get("first")),
            end=_midnight(sought.get("last"), days=1),
            after=request.GET.get("after", ""),
        )
        _name_staff(rows, form)
        subject = sought.get("reference", "").strip() or member.agency_reference
        log_access("audit", by=member, subject=subject, address=request.META.get("REMOTE_ADDR"))
    else:
        status = 422
    query = QueryDict(mutable=True)
    for name, values in chosen.items():
        query.setlist(name, [str(value) for value in values])
    query["after"] = onward
    context = {"form": form, "rows": rows, "next_url": f"?{query.urlencode()}" if onward else ""}
    return render(request, template, {**context, "narrowed": bool(chosen)}, status=status)


def _name_staff(rows: Sequence[Event], form: AuditForm) -> None:
    """Say whose role a row is about: a number means nothing to an auditor."""
    for row in rows:
        kind, _, number = row.subject.partition(":")
        if kind == "membership":
            row.whose = form.names.get(number, "")  # type: ignore[attr-defined]  # for the template


def _midnight(day: Any, *, days: int = 0) -> datetime | None:
    """Return the moment at which a local day begins, or the day after it."""
    if day is None or day == "":
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time()))
