"""What must not be passed on about a person. The pages show it; opening them is logged by itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.http import require_http_methods, require_safe

from agencies import pages
from agencies.access import agencies_of
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.reauthentication import reauthenticated
from agencies.roles import Permission
from records import access, operations, texts
from records.forms.protection import EndProtectionForm, ProtectForm
from records.models import Person, ProtectedDetail

LOOK = "protected details"


@require_safe
@needs(Permission.LOG_CONCERNS)
@reauthenticated("protected")
def protected(request: HatRequest, reference: str) -> HttpResponse:
    """Show what is protected about a person, from whom and why, and what was."""
    one = access.get_person(request, reference, action=LOOK)
    details = access.protected_details(one)
    context = {
        "person": one,
        "address": one.address if one.address_is_protected else "",
        "in_force": [_shown(detail) for detail in details if detail.ended_at is None],
        "ended": [_shown(detail) for detail in details if detail.ended_at],
        "back": reverse("person", args=[reference]),
    }
    return render(request, "records/protected.html", context)


def _shown(detail: ProtectedDetail) -> dict[str, Any]:
    """One protected detail, with from whom it is kept in words."""
    named = [str(one.agency or one.member) for one in detail.kept_from_rows.all()]
    rows = [
        ("Kept from", "; ".join(named) or detail.get_kept_from_display()),
        ("Why", detail.why),
        ("Added", f"{detail.added_by.full_name}, {texts.day_and_time(detail.added_at)}"),
    ]
    if detail.ended_at and detail.ended_by:
        rows += [
            ("Ended", f"{detail.ended_by.full_name}, {texts.day_and_time(detail.ended_at)}"),
            ("Why it ended", detail.ended_why),
        ]
    return {
        "number": detail.number,
        "heading": f"{detail.number}. {detail.get_kind_display()}",
        "value": detail.value,
        "rows": [{"key": key, "value": value} for key, value in rows],
    }


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def add(request: HatRequest, reference: str) -> HttpResponse:
    """Protect one more thing about a person."""
    one = access.get_person(request, reference, action=LOOK)
    form = ProtectForm.on(
        request,
        draft_key=f"protect:{reference}",
        agencies=agencies_of(request.membership),
        by=request.membership,
    )
    back = reverse("person-protected", args=[reference])

    def keep() -> str:
        operations.protect_detail(one, by=request.membership, at=timezone.now(), **form.words())
        return back

    if request.method == "POST" and form.is_valid():
        done = "From now on you are stopped before it is sent to anybody who must not have it."
        saved = pages.save(request, form, keep, done=done)
        if saved:
            return saved
    told = import_string(settings.PERSON_TOLD_IN_ANY_CONCERN)(one, to=request.membership)
    context = {**_page("Protect a detail", one, back), "told_before": told}
    return pages.show(request, "records/protect.html", context, form=form)


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def end(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """End the protection of something."""
    one = access.get_person(request, reference, action=LOOK)
    back = reverse("person-protected", args=[reference])
    detail = access.get_protected_detail(one, number)
    form = EndProtectionForm.on(request, draft_key=f"unprotect:{reference}:{number}")

    def keep() -> str:
        operations.end_protection(detail, by=request.membership, at=timezone.now(), **form.words())
        return back

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, keep, done="It is not protected any more. It stays on the record.")
        if saved:
            return saved
    context = _page(f"End the protection of detail {number}", one, back)
    return pages.show(request, "records/protect.html", {**context, "quote": detail.value}, form=form)


def _page(heading: str, one: Person, back: str) -> dict[str, Any]:
    return {"heading": heading, "caption": one.reference, "lead": one.name, "back": back}
