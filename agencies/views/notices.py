"""My own notices, and for a lead those of the agency that did not arrive."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from agencies import operations, pages
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from notifications import access


@needs(Permission.EXCHANGE)
@require_safe
def notices(request: HatRequest) -> HttpResponse:
    """List the notices sent to me in this role, the newest first."""
    messages, onward = access.messages_to(request.membership.pk, after=request.GET.get("after", ""))
    context = {"messages_to_me": messages, "next_url": f"?after={onward}" if onward else ""}
    return render(request, "notifications/notices.html", context)


@needs(Permission.OVERSEE)
@require_safe
def set_aside(request: HatRequest) -> HttpResponse:
    """List the notices from and to my agency that could not be sent or came back."""
    agency = request.membership.agency_reference
    messages, onward = access.failures_for(agency, after=request.GET.get("after", ""))
    context = {"failed": messages, "agency": agency, "next_url": f"?after={onward}" if onward else ""}
    return render(request, "notifications/set_aside.html", context)


@needs(Permission.OVERSEE)
@require_POST
def try_again(request: HatRequest, message_id: UUID) -> HttpResponse:
    """Put a notice that did not arrive back in the queue."""
    message = access.get_message(message_id, agency=request.membership.agency_reference)
    return pages.press(
        request,
        lambda: operations.try_again(message.pk, by=request.membership, at=timezone.now()),
        back=reverse("set_aside"),
        done="It is in the queue again.",
    )
