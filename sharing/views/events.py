"""An auditor's page: what was done at my agency, in plain words. References, no narrative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from operator import itemgetter
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
from audit.operations import log_access
from sharing import timeline


@needs(Permission.READ_AUDIT)
@require_safe
@may_be_stale
def events(request: HatRequest) -> HttpResponse:
    """List what was done at my agency, or where it took part, the newest first."""
    verbs = [(verb, timeline.of_verb(verb)) for verb in audit.verbs_of(request.membership.agency_reference)]
    verbs.sort(key=itemgetter(1))
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
        _put_in_words(rows, form)
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


def _put_in_words(rows: Sequence[Any], form: AuditForm) -> None:
    """Say what each row means and what it is about, and whose role: a number means nothing to an auditor."""
    for row in rows:
        row.words = timeline.for_an_auditor(row)
        about = (row.subject_in_short, row.concern)
        row.about = [one for one in dict.fromkeys(about) if one and one not in row.words]
        kind, _, number = row.subject.partition(":")
        row.whose = form.names.get(number, "") if kind == "membership" else ""


def _midnight(day: Any, *, days: int = 0) -> datetime | None:
    """Return the moment at which a local day begins, or the day after it."""
    if day is None or day == "":
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time()))
