"""“Do not disclose without a decision”: what is on hold in a concern, putting it there, and lifting it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from records.access import get_concern
from sharing.forms.redaction import HoldForm, LiftForm
from sharing.models import DisclosureHold
from sharing.operations import disclosure_holds as operations
from sharing.subject_access import access, holding
from sharing.told import moment


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def holds(request: HatRequest, reference: str) -> HttpResponse:
    """Show what is and was on hold in a concern, and put something on hold."""
    concern = get_concern(request, reference, action="holds")
    things = holding.things_of(concern)
    form = HoldForm.on(request, draft_key=f"hold:{reference}", things=things)

    def operation() -> str:
        operations.add_hold(concern, by=request.membership, at=timezone.now(), **form.words())
        return reverse("disclosure-holds", args=[reference])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="It is on hold.")
        if saved:
            return saved
    names = dict(things)
    context = {
        "concern": concern,
        "rows": [_row(one, names) for one in access.holds_of(concern)],
        "may_lift": request.membership.may(Permission.ANSWER_ACCESS),
        "back": reverse("concern-draft", args=[reference]),
    }
    return pages.show(request, "subject_access/holds.html", context, form=form)


def _row(one: DisclosureHold, names: dict[str, str]) -> dict[str, Any]:
    return {
        "number": one.pk,
        "what": names.get(one.key, "Something in this concern"),
        "why": f"{one.get_kind_display()}: {one.why}",
        "came_from": one.came_from,
        "who": f"{one.added_by.label}, {moment(one.added_at)}",
        "lifted": f"{one.lifted_by.label}, {moment(one.lifted_at)}: {one.lifted_why}"
        if one.lifted_by
        else "",
    }


@needs(Permission.ANSWER_ACCESS)
@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Take something off hold, with a reason."""
    concern = get_concern(request, reference, action="holds")
    hold = access.get_hold(concern, number)
    form = LiftForm.on(request, draft_key=f"lift-hold:{number}")
    back = reverse("disclosure-holds", args=[reference])

    def operation() -> str:
        operations.lift_hold(hold, by=request.membership, at=timezone.now(), **form.words())
        return back

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="The hold is lifted.")
        if saved:
            return saved
    context = {"heading": "Lift this hold", "caption": reference, "back": back, "quote": hold.why}
    return pages.show(request, "subject_access/question.html", context, form=form)
