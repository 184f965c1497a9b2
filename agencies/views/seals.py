"""An auditor's page on the seals of the record, and the heads to keep elsewhere. No word of any record."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from audit.models import Seal, Verification
from audit.operations import log_access, seals
from audit.verify import heads

SHOWN = 20


@needs(Permission.READ_AUDIT)
@require_safe
def sealed(request: HatRequest) -> HttpResponse:
    """Show the last seals, whether what waits waits too long, and what the last verification said."""
    now = timezone.now()
    waits = seals.waiting()
    context = {
        "seals": list(Seal.objects.order_by("-number")[:SHOWN]),
        "waiting": waits,
        "stands_still": seals.stands_still(waits, at=now),
        "verification": Verification.objects.filter(concern="").order_by("-id").first(),
        "is_old": not Verification.objects.filter(
            concern="", finished_at__gt=now - timedelta(days=1)
        ).exists(),
    }
    _log(request)
    return render(request, "audit/seals.html", context)


@needs(Permission.READ_AUDIT)
@require_safe
def heads_file(request: HatRequest) -> StreamingHttpResponse:
    """Serve the head after each seal, to be kept where the owner of the database cannot reach it."""
    _log(request, action="seals file")
    response = StreamingHttpResponse(heads.lines(), content_type="application/x-ndjson")
    response["Content-Disposition"] = 'attachment; filename="seals.jsonl"'
    return response


def _log(request: HatRequest, *, action: str = "seals") -> None:
    page = request.resolver_match.view_name if request.resolver_match else ""
    log_access(action, by=request.membership, subject=page, address=request.META.get("REMOTE_ADDR"))
