"""The register of breaches of a lead's own agency: no content, only decisions, moments and what is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import looks, pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from sharing import access, breaches
from sharing.forms import misdirected as forms
from sharing.models import BreachDecision, Incident
from sharing.operations import breach as operations
from sharing.rules import spoken_limit
from sharing.told import moment

About = BreachDecision.About


@needs(Permission.OVERSEE)
@require_safe
def register(request: HatRequest) -> HttpResponse:
    """List the breaches of my agency, newest first, a page at a time."""
    before = request.GET.get("before", "")
    rows, following = access.list_breaches(
        request, before=int(before) if before.isascii() and before.isdigit() else None
    )
    shown = [one.exchange.reference for one in rows]
    looks.log_seen(request, by=request.membership, action="list", subject="breaches", shown=shown)
    now = timezone.now()
    context = {
        "rows": [_row(one, now) for one in rows],
        "next_url": f"?before={following}" if following else "",
        "first_url": reverse("breaches") if before else "",
    }
    return render(request, "sharing/breaches.html", context)


def _row(one: Any, now: datetime) -> dict[str, Any]:
    """One breach as a line of the list."""
    text, colour = breaches.standing(one)
    return {
        "heading": str(one),
        "reference": one.exchange.reference,
        "meta": [f"Known since {moment(one.became_aware_at)}"],
        "tag": {"text": text, "colour": colour},
        "due": _due(one, now),
        "href": reverse("breach", args=[one.number]),
        "link_text": "Open",
    }


def _due(one: Any, now: datetime) -> dict[str, Any] | None:
    if one.closed_at or one.reported_at or one.to_report is False:
        return None
    return {"text": spoken_limit(one.due_at), "late": one.due_at < now, "at": one.due_at}


@needs(Permission.EXCHANGE)
@require_safe
def breach(request: HatRequest, number: int) -> HttpResponse:
    """Show one breach: the clock, what happened, what was decided, and what is still to do."""
    found = access.get_breach(request, number)
    decided = list(found.decisions.select_related("by__user").order_by("id"))
    text, colour = breaches.standing(found)
    context = {
        "breach": found,
        "tag": {"text": text, "colour": colour},
        "due": _due(found, timezone.now()),
        "counted": found.due_why.split("\n") if found.due_why else [],
        "missing": breaches.missing(found),
        "happened": _happened(found),
        "decisions": [_decision(one) for one in decided],
        "may_report": bool(found.to_report) and found.reported_at is None and not found.closed_at,
        "ends": _ends(found),
    }
    return render(request, "sharing/breach.html", context)


def _happened(found: Any) -> list[dict[str, str]]:
    incident: Incident = found.incident
    rows = [
        ("Known since", f"{moment(found.became_aware_at)}, by {incident.reported_by.label}"),
        ("Contained", incident.get_contained_display()),
        ("What was seen", incident.get_seen_display()),
        ("When", moment(incident.seen_at)),
        ("What was done", incident.what_was_done),
        ("Who decided that", incident.who_decided),
        ("Why it is a breach", incident.breach_why),
        ("Entered by", f"{found.opened_by.full_name}, {moment(found.opened_at)}"),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _decision(one: BreachDecision) -> dict[str, Any]:
    return {
        "key": one.get_about_display(),
        "value": f"{one.why}\n{one.by.full_name}, {moment(one.at)}",
        "tag": {"text": "Yes" if one.answer else "No", "colour": ""},
    }


def _ends(found: Any) -> list[dict[str, str]]:
    rows = []
    if found.reported_at:
        rows += [
            ("Reported", f"{moment(found.reported_at)}, reference {found.report_reference}"),
            ("Why it was late", found.late_why),
        ]
    if found.closed_at:
        rows += [
            ("How the person was told", found.how_told),
            ("What is done about it", found.what_was_learned),
            ("Closed", f"{found.closed_by.full_name}, {moment(found.closed_at)}"),
        ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _page(
    request: HatRequest, found: Any, form: Any, act: Callable[..., object], *, heading: str, lead: str
) -> HttpResponse:
    """Ask one thing about a breach, and do it."""
    here = reverse("breach", args=[found.number])

    def operation() -> str:
        act(
            found,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.words(),
        )
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation)
        if saved:
            return saved
    context = {"heading": heading, "caption": str(found), "lead": lead, "back": here}
    return pages.show(request, "sharing/form_page.html", context, form=form)


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HatRequest, number: int, about: str) -> HttpResponse:
    """Decide whether it is reported to the Information Commissioner, or whether the person is told."""
    found = access.get_breach(request, number)
    if about.upper() not in About.values:
        raise Http404("No such page")
    chosen = About(about.upper())
    form = forms.BreachDecisionForm.on(
        request, draft_key=f"breach-{about}:{found.pk}", version=found.version, about=chosen
    )

    def act(*args: Any, **words: Any) -> object:
        return operations.decide(*args, about=chosen, **words)

    lead = f"The time limit is {spoken_limit(found.due_at)}."
    return _page(request, found, form, act, heading=str(chosen.label), lead=lead)


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HatRequest, number: int) -> HttpResponse:
    """Write down that it was reported."""
    found = access.get_breach(request, number)
    form = forms.ReportForm.on(request, draft_key=f"breach-report:{found.pk}", version=found.version)
    lead = f"The time limit is {spoken_limit(found.due_at)}."
    return _page(request, found, form, operations.record_report, heading="It was reported", lead=lead)


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HatRequest, number: int) -> HttpResponse:
    """Close it."""
    found = access.get_breach(request, number)
    form = forms.CloseBreachForm.on(request, draft_key=f"breach-close:{found.pk}", version=found.version)
    lead = "Nothing can be changed afterwards."
    return _page(request, found, form, operations.close, heading="Close this breach", lead=lead)
