"""A copy of what somebody said and agreed, as a PDF. Looking says what is in it; the button makes it."""

from __future__ import annotations

from hashlib import sha256

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import looks, pages
from agencies.addresses import reverse
from agencies.decorators import needs, open_to_links
from agencies.http import HatRequest
from agencies.refusals import Refused
from agencies.roles import Permission
from sharing import access
from sharing.operations import copies
from sharing.paper import my_copy as paper
from sharing.paper import press
from sharing.views.exchange import stop


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def my_copy(request: HatRequest, reference: str) -> HttpResponse:
    """Offer the listener a PDF of what they said and agreed, and make it when they ask.

    It is made within the request: 0.02 seconds for one page (sharing/paper/press.py).
    """
    found = access.get_exchange(request, reference)
    standing = access.standing(found, request.membership)
    if not standing.is_listener:
        return stop(request, reference, f"Only {found.listener.full_name} or their deputy takes this copy.")
    if not standing.content_is_open:
        return stop(request, reference, "It can no longer be read here, so there is no copy of it.")
    now = timezone.now()
    words = paper.collect(found, by=request.membership, at=now)
    if words is None:
        return stop(request, reference, "You have said nothing yet, so there is nothing to copy.")
    if request.method != "POST":
        context = {"exchange": found, "parts": words["parts"], "back": reverse("exchange", args=[reference])}
        return pages.show(request, "sharing/my_copy.html", context)
    made = press.pdf(paper.TEMPLATE, words, at=now)
    try:
        copies.take_copy(found, by=request.membership, at=now, digest=sha256(made).hexdigest())
    except Refused as refusal:
        looks.log_refused(request, by=request.membership, why=type(refusal).__name__)
        return stop(request, reference, *refusal.sentences)
    access.log_copy(request, reference)
    name = f"{reference}-what-i-said.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)
