"""Giving out a document that came with what somebody was told."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import looks, scope
from agencies.decorators import needs, open_to_links
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.refusals import Refused
from agencies.roles import Permission
from audit.operations import log_access
from records.documents import serving
from records.models import ScanResult
from sharing import access
from sharing.models import Attachment, Exchange
from sharing.operations import attachments as operations
from sharing.views.exchange import stop


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def attachment_file(request: HatRequest, reference: str, number: int) -> HttpResponseBase:
    """Give out the version that was shared to the side that was told. Looking gives nothing out."""
    exchange = access.get_exchange(request, reference)
    one = Attachment.objects.filter(exchange=exchange, number=number).first()
    if one is None or exchange.sent_at is None:
        raise Http404("No such page")
    if request.method != "POST":
        return redirect("exchange", reference)
    one.exchange = exchange
    standing = access.standing(exchange, request.membership)
    if standing.on_speakers_side:
        return _refused(request, one, "It came from your side. Open it under the documents of the concern.")
    if not standing.content_is_open:
        return _refused(request, one, "This was withdrawn or was not for you, so its attachments are closed.")
    try:
        version = operations.open_attachment(one, by=request.membership, at=timezone.now())
    except Refused as refusal:
        return _refused(request, one, *refusal.sentences)
    file = version.for_others
    if file is None:
        return _refused(request, one, "The content of this document has been disposed of.")
    subject, address = _subject(one), request.META.get("REMOTE_ADDR")
    log_access("attachment-file", by=request.membership, subject=subject, address=address)
    return serving.answer(
        file,
        kind=version.kind,
        name=subject,
        still_open=lambda: _is_still_open(exchange.pk, version.pk, to=request.membership),
    )


@transaction.atomic
def _is_still_open(exchange: int, version: int, *, to: Membership) -> bool:
    """Say whether whoever is being given an attachment may go on being given it.

    This is asked after the page and its transaction, so PostgreSQL is told again who asks.
    """
    scope.tell(to)
    rows = Exchange.objects.filter(pk=exchange, withdrawn_at__isnull=True, not_mine_at__isnull=True)
    return rows.exists() and not ScanResult.objects.filter(version=version, outcome="INFECTED").exists()


def _refused(request: HatRequest, one: Attachment, *sentences: str) -> HttpResponse:
    by, subject = request.membership, _subject(one)
    looks.log_refused(request, by=by, action="attachment-file", subject=subject, why="closed")
    return stop(request, one.exchange.reference, *sentences)


def _subject(one: Attachment) -> str:
    return f"{one.exchange.reference}-F{one.number}"
