"""Who looked: at one record for its leads, and everything of an agency for its auditors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies import looks, spreadsheet
from agencies.access import staff_ever_of
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.reauthentication import reauthenticated
from agencies.roles import Permission
from agencies.stale import may_be_stale
from audit import looks as log
from audit.kinds import Look
from audit.looks import Sought
from audit.models import Access, concern_of
from records import access
from records.forms.restriction import OTHERS, ConcernLooksForm, LooksForm
from records.looks import as_read, role_in_words

TO_PRINT = 500
IN_A_FILE = 100_000
COLUMNS = ("When (UTC)", "Who", "Role", "Agency", "What", "Subject", "Concern", "Shown", "Outcome", "Why",
           "Emergency", "Network address")  # fmt: skip


@needs(Permission.OVERSEE)
@require_safe
def of_concern(request: HatRequest, reference: str) -> HttpResponse:
    """Show a lead who looked at a concern of their agency and at everything under it, the newest first."""
    found = access.get_concern(request, reference, action="looks")
    own = request.membership.agency_reference
    form = ConcernLooksForm(request.GET or None, people=staff_ever_of(request.membership))
    form.full_clean()
    asked = form.cleaned_data if form.is_bound else {}
    person = asked.get("person", "")
    sought = Sought(
        reference=found.reference,
        kind=Look[asked["kind"]] if asked.get("kind") else None,
        actor_id=UUID(person) if person not in ("", OTHERS) else None,
        not_agency=own if person == OTHERS else "",
    )
    limit = TO_PRINT if request.GET.get("all") else log.PAGE
    rows, onward = log.find(sought, after=log.place(request.GET.get("after", "")), limit=limit)
    chosen = {name: value for name, value in asked.items() if value}
    here = reverse("concern-looks", args=[found.reference])
    context = {
        "concern": found,
        "form": form,
        "rows": as_read(rows, by_agency=own, with_reasons=True),
        "next_url": _address(chosen, after=onward) if onward else "",
        "clear_url": here if chosen else "",
        "to_print_url": "" if limit == TO_PRINT else f"{here}{_address(chosen, all='1')}",
        "back": reverse("whole-record", args=[found.reference]),
    }
    return render(request, "records/concern_looks.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class Asked:
    """What an auditor looks for: the form, what it means, and what stands in the address."""

    form: LooksForm
    sought: Sought
    chosen: dict[str, Any]


@needs(Permission.READ_AUDIT)
@require_safe
@may_be_stale
def of_agency(request: HatRequest) -> HttpResponse:
    """List who of my agency looked at what, or tried to, the newest first. Codes and references, no words."""
    asked = _asked(request)
    if asked.form.errors:
        return render(request, "audit/access.html", {"form": asked.form, "rows": []}, status=422)
    rows, onward = log.find(asked.sought, after=log.place(request.GET.get("after", "")))
    looks.log_seen(request, by=request.membership, action="audit", subject=_about(request, asked))
    context = {
        "form": asked.form,
        "rows": as_read(rows, by_agency=request.membership.agency_reference, names=asked.form.names),
        "next_url": _address(asked.chosen, after=onward) if onward else "",
        "narrowed": bool(asked.chosen),
        "file_url": f"{reverse('audit_access_file')}{_address(asked.chosen)}",
        "at_most": IN_A_FILE,
    }
    return render(request, "audit/access.html", context)


@needs(Permission.READ_AUDIT)
@reauthenticated("export")
@require_safe
@may_be_stale
def file_of_agency(request: HatRequest) -> HttpResponseBase:
    """Give the same as a file for a spreadsheet, at most the newest hundred thousand. That is logged too."""
    asked = _asked(request)
    if asked.form.errors:
        return render(request, "audit/access.html", {"form": asked.form, "rows": []}, status=422)
    looks.log_seen(request, by=request.membership, action="audit file", subject=_about(request, asked))
    answer = StreamingHttpResponse(
        _lines(asked.sought, request.membership.agency_reference), content_type="text/csv; charset=utf-8"
    )
    day = timezone.localdate().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="access-log-{day}.csv"'
    return answer


def _lines(sought: Sought, own: str) -> Iterator[str]:
    yield spreadsheet.MARK_OF_UTF_8 + spreadsheet.line(COLUMNS)
    for row in log.each(sought, at_most=IN_A_FILE):
        yield spreadsheet.line(_cells(row, own))


def _cells(row: Access, own: str) -> list[str]:
    return [
        row.at.isoformat(timespec="seconds"),
        row.actor,
        role_in_words(row.role),
        row.agency,
        row.in_words,
        row.subject,
        row.concern or "",
        " ".join(row.shown),
        row.get_outcome_display(),
        row.why,
        row.break_glass,
        (row.address or "") if row.agency == own else "",
    ]


def _asked(request: HatRequest) -> Asked:
    member = request.membership
    chosen = {k: v for k, v in request.GET.lists() if k != "after" and any(v)}
    whats = log.actions_of(member.agency_reference)
    form = LooksForm(request.GET if chosen else None, by=member, whats=whats)
    form.full_clean()
    given = form.cleaned_data if form.is_bound else {}
    reference = given.get("reference", "").strip()
    # Of a record of my agency an auditor sees every look, whoever's: the agency answers for it.
    is_ours = bool(reference) and access.is_of_agency(concern_of(reference), member)
    sought = Sought(
        agency="" if is_ours else member.agency_reference,
        reference=reference,
        action=given.get("what", ""),
        actor_id=UUID(given["person"]) if given.get("person") else None,
        role=given.get("role", ""),
        address=given.get("address", ""),
        refused=given.get("only") == "refused",
        in_emergency=given.get("only") == "emergency",
        start=_midnight(given.get("first")),
        end=_midnight(given.get("last"), days=1),
    )
    return Asked(form, sought, chosen)


def _about(request: HatRequest, asked: Asked) -> str:
    return asked.sought.reference or request.membership.agency_reference


def _midnight(day: Any, *, days: int = 0) -> datetime | None:
    """Return the moment at which a local day begins, or the day after it."""
    if not day:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time()))


def _address(chosen: dict[str, Any], **more: str) -> str:
    query = QueryDict(mutable=True)
    for name, value in {**chosen, **more}.items():
        values = value if isinstance(value, list) else [value]
        query.setlist(name, [str(one) for one in values])
    return f"?{query.urlencode()}" if query else ""
