"""A link as whoever sent it looks after it: send a new one, read out a code, end it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import access as agencies_access
from agencies import looks, pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.refusals import Refused
from agencies.roles import Permission
from sharing.forms import outside as forms
from sharing.links import speaking
from sharing.models import Link
from sharing.operations import links


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "POST"])
def new(request: HatRequest, reference: str) -> HttpResponse:
    """Send a new link, and say by which way the code goes."""
    exchange, link = speaking.get_exchange(request, reference)
    reached = agencies_access.ways_to(link.member)
    ways, now = speaking.ways(reached), timezone.now()
    start = link.code_by if link.code_by in dict(ways) else ways[0][0]
    form = forms.NewLinkForm.on(request, version=link.version, ways=ways, start=start)
    back = reverse("exchange", args=[reference])

    def operation() -> str:
        links.send_new_link(
            exchange,
            by=request.membership,
            at=timezone.now(),
            code_by=form.cleaned_data["code_by"],
            seen_version=form.cleaned_data["version"],
        )
        return back

    if request.method == "POST" and form.is_valid():
        done = f"A new link is on its way to {link.member.full_name}."
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    context = {
        "exchange": exchange,
        "link": link,
        "plan": speaking.plan(reached, by=request.membership, now=now),
        "back": back,
    }
    return pages.show(request, "outside/new_link.html", context, form=form)


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "POST"])
def read_out(request: HatRequest, reference: str) -> HttpResponse:
    """Make a code to read out on the telephone. It is shown in this answer and kept nowhere."""
    exchange, link = speaking.get_exchange(request, reference)
    phone = agencies_access.ways_to(link.member).phone
    context = {
        "exchange": exchange,
        "link": link,
        "phone": phone,
        "is_read_out": link.code_by == Link.CodeBy.SPEAKER,
        "back": reverse("exchange", args=[reference]),
    }
    status = 200
    if request.method == "POST":
        try:
            context["code"] = links.read_out_code(exchange, by=request.membership, at=timezone.now())
        except Refused as refusal:
            looks.log_refused(request, by=request.membership, why=type(refusal).__name__)
            context["refusals"], status = refusal.sentences, 409
    return render(request, "outside/read_out.html", context, status=status)


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "POST"])
def end(request: HatRequest, reference: str) -> HttpResponse:
    """End a link at once."""
    exchange, link = speaking.get_exchange(request, reference)
    form = forms.EndLinkForm.on(request, draft_key=f"link-end:{reference}", version=link.version)
    back = reverse("exchange", args=[reference])

    def operation() -> str:
        links.end_link(
            exchange,
            by=request.membership,
            at=timezone.now(),
            why=form.cleaned_data["why"],
            seen_version=form.cleaned_data["version"],
        )
        return back

    if request.method == "POST" and form.is_valid():
        done = "The link has been ended. Nobody comes in by it, and whoever was in is out."
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    return pages.show(
        request, "outside/end_link.html", {"exchange": exchange, "link": link, "back": back}, form=form
    )
