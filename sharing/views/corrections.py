"""Corrections: those of a concern, one of them with everyone who was told, and telling by hand."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from records.access import get_concern
from sharing import access
from sharing.forms.corrections import ByHandForm, WithdrawUnopenedForm
from sharing.operations import corrections as operations
from sharing.views import correction_page as page
from sharing.views.concern import tabs


@needs(Permission.LOG_CONCERNS)
@require_safe
def corrections(request: HatRequest, reference: str) -> HttpResponse:
    """List what was corrected in a concern, the latest first, with how many have said it back."""
    found = get_concern(request, reference, action="corrections")
    if found.logged_at is None:
        raise Http404
    context = {
        "concern": found,
        "tabs": tabs(found, "corrections") if found.cycles.exists() else [],
        "items": page.lines_of(found),
        "statements": page.statements_of(found),
    }
    return pages.show(request, "sharing/corrections.html", context)


@needs(Permission.LOG_CONCERNS)
@require_safe
def correction(request: HatRequest, reference: str) -> HttpResponse:
    """Show one correction: what it was and is, who was given it, which actions rest on it."""
    found = access.get_correction(request, reference)
    return pages.show(
        request, "sharing/correction.html", page.context(found, by=request.membership, now=timezone.now())
    )


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def told_by_hand(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Write down how somebody was told whom no notice could reach."""
    found = access.get_correction(request, reference)
    row = page.recipient(found, number)
    if row is None or not row.by_hand_why:
        raise Http404
    here = reverse("correction", args=[reference])
    form = ByHandForm.on(request, draft_key=f"by-hand:{reference}:{number}")

    def operation() -> str:
        operations.told_by_hand(row, by=request.membership, at=timezone.now(), **form.words())
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="How they were told is recorded.")
        if saved:
            return saved
    context = {"correction": found, "row": row, "shown": page.recipient_row(row), "back": here}
    return pages.show(request, "sharing/told_by_hand.html", context, form=form)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def withdraw_unopened(request: HatRequest, reference: str) -> HttpResponse:
    """Withdraw what nobody has opened yet, after a correction of it."""
    found = access.get_correction(request, reference)
    here = reverse("correction", args=[reference])
    form = WithdrawUnopenedForm.on(
        request, draft_key=f"withdraw-unopened:{reference}", initial={"why": found.now}
    )

    def operation() -> str:
        operations.withdraw_unopened(found, by=request.membership, at=timezone.now(), **form.words())
        return here

    if request.method == "POST" and form.is_valid():
        done = "What had not been opened has been withdrawn. Nobody can read it now."
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    unopened = operations.unopened(found)
    mine = [e for e in unopened if operations.may_withdraw(e, by=request.membership, at=timezone.now())]
    context = {
        "correction": found,
        "back": here,
        "mine": mine,
        "others": [e for e in unopened if e not in mine],
    }
    return pages.show(request, "sharing/withdraw_unopened.html", context, form=form)
