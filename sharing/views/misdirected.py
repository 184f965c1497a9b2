"""What reached the wrong person: said by whoever sent it, and what was done about it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from sharing import access
from sharing.forms.misdirected import IncidentForm, MisdirectedForm
from sharing.models import Incident
from sharing.operations import misdirected as operations
from sharing.operations.check_back import CAN_BE_WITHDRAWN
from sharing.told import moment
from sharing.views.exchange import stop


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def misdirected(request: HatRequest, reference: str) -> HttpResponse:
    """Say as the sender that it reached the wrong person. It is withdrawn where it can be."""
    found = access.get_exchange(request, reference)
    standing = access.standing(found, request.membership)
    if not standing.on_speakers_side:
        raise Http404("No such page")
    here = reverse("incident", args=[reference])
    form = MisdirectedForm.on(request, draft_key=f"misdirected:{reference}", version=found.version)

    def operation() -> str:
        operations.report_misdirected(
            found,
            by=request.membership,
            at=timezone.now(),
            note=form.cleaned_data["note"],
            seen_version=form.cleaned_data["version"],
        )
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="Your lead has been told. Say now what was done.")
        if saved:
            return saved
    elif request.method != "POST" and (why_not := _why_not(found, standing)):
        return stop(request, reference, why_not)
    context = {
        "exchange": found,
        "can_be_withdrawn": access.state(found) in CAN_BE_WITHDRAWN,
        "back": reverse("exchange", args=[reference]),
    }
    return pages.show(request, "sharing/misdirected.html", context, form=form)


def _why_not(exchange: Any, standing: access.Standing) -> str:
    """Say why this cannot be said by this person now, or nothing."""
    if not standing.is_speaker:
        return f"Only {exchange.speaker.full_name} or their named deputy can say this."
    if getattr(exchange, "incident", None) is not None:
        return "It is known already that this reached the wrong person."
    if access.state(exchange) not in operations.CAN_BE_REPORTED:
        return "Only what was sent, and not taken back, can be misdirected."
    return ""


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def incident(request: HatRequest, reference: str) -> HttpResponse:
    """Write down what was done about it: contained or not, what was seen, who decided, a breach or not."""
    found = access.get_exchange(request, reference)
    standing = access.standing(found, request.membership)
    opened = getattr(found, "incident", None)
    if not standing.on_speakers_side or opened is None:
        raise Http404("No such page")
    here = reverse("exchange", args=[reference])
    was_opened = found.opened_at is not None
    form = IncidentForm.on(
        request,
        draft_key=f"incident:{reference}",
        initial={"seen": Incident.Seen.OPENED if was_opened else Incident.Seen.NOTHING},
        opened=f"opened on {moment(found.opened_at)}" if was_opened else "",
    )

    def operation() -> str:
        operations.handle_incident(opened, by=request.membership, at=timezone.now(), **form.words())
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="What was done is recorded.")
        if saved:
            return saved
    elif request.method != "POST" and opened.handled_at:
        return stop(request, reference, "Somebody has already written down what was done.")
    context = {
        "exchange": found,
        "incident": opened,
        "by_sender": opened.reported_by.agency_id == found.speaker.agency_id,
        "back": here,
    }
    return pages.show(request, "sharing/incident.html", context, form=form)
