"""Whom a decision is needed about, and what each of them said."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.http import require_http_methods, require_safe

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from consent import access, operations
from consent.forms.said import ViewForm
from consent.models import SharingDecision, View
from consent.querysets import latest_decisions, latest_view, latest_views, rows_so_far
from consent.rules import rests_on_the_latest_view
from records.models import Concern, Subject


@require_safe
@needs(Permission.LOG_CONCERNS)
def sharing_decisions(request: HatRequest, reference: str, cycle_number: int) -> HttpResponse:
    """List the people of a concern, what each said about sharing and what was decided in this cycle."""
    concern = access.get_concern_in_cycle(request, reference, cycle_number)
    views, decisions = latest_views(concern), latest_decisions(concern, cycle_number)
    subjects = concern.subjects.select_related("person").order_by("-is_main", "id")
    cards = [
        _card(concern, cycle_number, subject, views.get(subject.person_id), decisions.get(subject.person_id))
        for subject in subjects
    ]
    missing = sum(card["is_missing"] for card in cards)
    context = {"concern": concern, "cycle_number": cycle_number, "cards": cards, "missing": missing}
    return pages.show(request, "consent/sharing_decisions.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def record_view(request: HatRequest, reference: str, cycle_number: int, person: str) -> HttpResponse:
    """Record what one person said about sharing. What they said before stays."""
    concern, subject = access.get_subject_in_cycle(request, reference, cycle_number, person)
    now = timezone.now()
    form = ViewForm.on(
        request,
        draft_key=f"record-view:{reference}:{person}",
        version=rows_so_far(concern, cycle_number, subject.person),
        person=subject.person,
        at=now,
    )

    def write() -> str:
        page = {"cycle_number": cycle_number, "seen_latest": form.cleaned_data["version"]}
        operations.record_view(concern, subject.person, **form.words(), **page, by=request.membership, at=now)
        return reverse("sharing-decision", args=[reference, cycle_number, person])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, write, done="What they said is recorded.")
        if saved:
            return saved
    context = {
        "concern": concern,
        "person": subject.person,
        "cycle_number": cycle_number,
        "before": latest_view(concern, subject.person),
        "told_before": import_string(settings.PERSON_TOLD_BEFORE)(concern, subject.person),
    }
    return pages.show(request, "consent/record_view.html", context, form=form)


def _card(
    concern: Concern,
    cycle_number: int,
    subject: Subject,
    view: View | None,
    decision: SharingDecision | None,
) -> dict[str, Any]:
    """One person on the list: what they said, what was decided, and the next step."""
    where = [concern.reference, cycle_number, subject.person.reference]
    counts = decision is not None and rests_on_the_latest_view(decision, view)
    said = {"text": "Record something new" if view else "Record", "href": reverse("record-view", args=where)}
    actions = []
    if view:
        again = "Decide again" if decision else "Decide"
        actions.append({"text": again, "href": reverse("sharing-decision", args=where)})
    if decision:
        actions.append({"text": "See the record", "href": reverse("sharing-decision-record", args=where)})
    about = f" about {subject.person.name}"
    return {
        "name": subject.person.name,
        "is_missing": subject.is_main and not counts,
        "tag": _tag(subject, decision, counts=counts),
        "rows": [
            {"key": "What they said", "value": _said(view), "actions": [{**said, "about": about}]},
            {
                "key": "Decision",
                "value": _decided(view, decision, counts=counts),
                "actions": [{**action, "about": about} for action in actions],
            },
        ],
    }


def _tag(subject: Subject, decision: SharingDecision | None, *, counts: bool) -> dict[str, str]:
    if decision is not None:
        said = ("Decided", "green") if counts else ("Look again", "orange")
    else:
        said = ("Decision needed", "yellow") if subject.is_main else ("Not needed yet", "grey")
    return {"text": said[0], "colour": said[1]}


def _said(view: View | None) -> str:
    if view is None:
        return "Not recorded yet"
    said = view.get_answer_display()
    return f"{said}:\n{view.conditions}" if view.conditions else said


def _decided(view: View | None, decision: SharingDecision | None, *, counts: bool) -> str:
    if decision is None:
        return "No decision yet" if view else "Record first what they said"
    made = timezone.localtime(decision.decided_at)
    said = f"{decision.get_outcome_display()}\n{decision.decided_by.full_name}, {made:%-d %B %Y, %H:%M}"
    return said if counts else f"{said}\nThey have said something new since then. Decide again."
