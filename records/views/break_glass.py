"""Opening a record that is closed to somebody, in an emergency; ending that; and a lead's look afterwards."""

from __future__ import annotations

from contextlib import suppress

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from agencies import looks, pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.reauthentication import reauthenticated
from agencies.roles import Permission
from audit import looks as log
from audit.models import concern_of
from records import access, operations, texts
from records.forms.restriction import BreakGlassForm, ReviewForm
from records.looks import as_read
from records.models import BreakGlass
from records.operations.break_glass import NotToBeOpened, OpenAlready, may_review

MOST = 200


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.LOG_CONCERNS)
@reauthenticated("emergency")
def break_glass(request: HatRequest) -> HttpResponse:
    """Ask for a reference and a reason, and open that record. What is not theirs answers like no such."""
    form = BreakGlassForm.on(request, draft_key="break-glass")
    if request.method == "POST" and form.is_valid():
        reference = concern_of(form.cleaned_data["reference"].strip())
        looks.is_about(request, reference)
        if access.is_open_to(reference, request.membership):
            messages.info(request, "This record is open to you already: nothing is logged as an emergency.")
            return redirect("concern-draft", reference)
        saved = pages.save(request, form, lambda: _open(request, reference, form.cleaned_data["why"]))
        if saved:
            return saved
    return pages.show(request, "records/break_glass.html", {}, form=form)


def _open(request: HatRequest, reference: str, why: str) -> str:
    found = access.to_be_opened(reference, request.membership)
    if found is None:
        raise NotToBeOpened
    with suppress(OpenAlready):
        operations.break_glass(found, by=request.membership, at=timezone.now(), why=why)
    return reverse("concern-draft", args=[found.reference])


@require_POST
@needs(Permission.LOG_CONCERNS)
def end(request: HatRequest, reference: str) -> HttpResponse:
    """Close a record again: whoever opened it, or a lead."""
    opened = access.get_break_glass(request, reference, also_my_own=True)
    by = request.membership
    mine = opened.by_id == by.pk
    return pages.press(
        request,
        lambda: operations.end_break_glass(opened, by=by, at=timezone.now()),
        back="/" if mine else reverse("break-glass-opened", args=[opened.reference]),
        done=f"{opened.concern.reference} is closed {'to you ' if mine else ''}again.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.LOG_CONCERNS)
def opened(request: HatRequest, reference: str) -> HttpResponse:
    """Show a lead who opened a closed record, why and what they looked at, and ask whether it was right."""
    found = access.get_break_glass(request, reference)
    here = reverse("break-glass-opened", args=[found.reference])
    form = ReviewForm.on(request, draft_key=f"review:{reference}")

    def keep() -> str:
        operations.review_break_glass(found, by=request.membership, at=timezone.now(), **form.words())
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, keep, done="What you found is on the record.")
        if saved:
            return saved
    now = timezone.now()
    rows, _ = log.find(log.Sought(emergency=found.reference), limit=MOST)
    review = getattr(found, "review", None)
    context = {
        "opened": found,
        "rows": _facts(found),
        "lasts": found.ended_at is None and found.until > now,
        "looks": as_read(rows, by_agency=request.membership.agency_reference),
        "most": MOST if len(rows) == MOST else 0,
        "review": review
        and [
            {"key": "Was it right?", "value": review.get_finding_display()},
            {"key": "What was found", "value": review.note},
            {"key": "By", "value": f"{review.by.full_name}, {texts.day_and_time(review.at)}"},
        ],
        "asks": review is None and may_review(request.membership, found),
    }
    return pages.show(request, "records/break_glass_opened.html", context, form=form)


def _facts(found: BreakGlass) -> list[dict[str, str]]:
    told = found.leads_told
    rows = [
        ("Who", found.by.label),
        ("When", texts.day_and_time(found.at)),
        ("Why, in their words", found.why),
        ("Open until", texts.day_and_time(found.until)),
        ("Leads told at once", str(told) if told else "None: no lead has a checked address"),
    ]
    if found.ended_at and found.ended_by:
        rows.insert(
            4, ("Closed before that", f"{found.ended_by.full_name}, {texts.day_and_time(found.ended_at)}")
        )
    return [{"key": key, "value": value} for key, value in rows]
