"""The way in by a link: a neutral page, a code, a visit; "I am not them"; the end of the visit.

Fetching a page changes nothing, because mail servers fetch every link they see: only a button goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import drafts, pages
from agencies.addresses import reverse
from agencies.decorators import open_to_links, public
from agencies.http import HatRequest, Visit, is_here
from agencies.refusals import Refused
from sharing.forms import by_link as forms
from sharing.links import access, limits
from sharing.models import Link, LinkAttempt, LinkVisit
from sharing.operations import links, visits

What = LinkAttempt.What
ArriveView = Callable[[Visit, str], HttpResponse]
AskedView = Callable[[Visit, Link], HttpResponse]


def _address(request: Visit) -> str | None:
    return request.META.get("REMOTE_ADDR") or None


def _is_automated(request: Visit) -> bool:
    """Say whether this looks like a mail scanner: every browser of the last years says that it navigates."""
    return request.headers.get("Sec-Fetch-Mode") != "navigate"


def _stopped(request: Visit, refusal: Refused, *, status: int = 0) -> HttpResponse:
    """Say why a link does not lead on. Nothing was changed."""
    if isinstance(refusal, limits.TooManyTries):
        visits.note_too_many(at=timezone.now(), address=_address(request))
    context = {"sentences": refusal.sentences}
    return render(request, "links/stopped.html", context, status=status or refusal.status)


def keeps_to_itself(view: ArriveView) -> ArriveView:
    """Let the address of a page, which holds a token, go nowhere: not to a search engine, nor with a request.

    The policy is not "no-referrer", with which browsers send a form without its origin, and it is refused.
    """

    @wraps(view)
    @transaction.atomic(savepoint=False)
    def kept(request: Visit, token: str) -> HttpResponse:
        response = view(request, token)
        response.headers["Referrer-Policy"] = "strict-origin"
        return response

    return kept


@public
@keeps_to_itself
@require_http_methods(["GET", "POST"])
def arrive(request: Visit, token: str) -> HttpResponse:
    """Show a neutral page; its button sends the code. Fetching it changes nothing and opens nothing."""
    now, place = timezone.now(), _address(request)
    link, works = access.find_link(token, at=now)
    try:
        limits.require_not_too_many(at=now, address=place)
        if link is None:
            _note(request, What.NOT_KNOWN, at=now)
            raise links.LinkIsOver("This link leads nowhere.", "Check that you copied all of it.")
        links.require_not_over(link, at=now, is_newest=works)
        if request.user.is_authenticated:
            return _signed_in(request)
        if request.method == "POST":
            visits.ask_for_code(link, by=None, at=now, address=place)
            access.ask(request.session, link)
            return redirect("link-code")
    except links.LinkIsOver as refusal:
        if link is not None:
            _note(request, What.OVER, at=now, link=link)
        return _stopped(request, refusal, status=404 if link is None else 410)
    except Refused as refusal:
        return _stopped(request, refusal)
    _note(request, What.LOOKED, at=now, link=link)
    return render(request, "links/arrive.html", {"ends_at": link.ends_at, "token": token})


def _signed_in(request: Visit) -> HttpResponse:
    """Tell somebody with an account that a link is not their way in."""
    return render(request, "links/signed_in.html", status=409)


def _note(request: Visit, what: LinkAttempt.What, *, at: datetime, link: Link | None = None) -> None:
    visits.attempt(what, at=at, link=link, address=_address(request), automated=_is_automated(request))


def after_asking(view: AskedView) -> Callable[[Visit], HttpResponse]:
    """Give a view the link whose code this browser asked for, and answer a refusal with what to do."""

    @wraps(view)
    @transaction.atomic(savepoint=False)
    def found(request: Visit) -> HttpResponse:
        link, is_newest = access.asked(request.session)
        if link is None:
            return redirect("link-over")
        if request.user.is_authenticated:
            return _signed_in(request)
        try:
            links.require_not_over(link, at=timezone.now(), is_newest=is_newest)
            return view(request, link)
        except Refused as refusal:
            return _stopped(request, refusal)

    return public(found)


@after_asking
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: Visit, link: Link) -> HttpResponse:
    """Ask for the code, and with the right one begin the visit."""
    form = forms.CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            visit = visits.enter_code(
                link, form.cleaned_data["code"], at=timezone.now(), address=_address(request)
            )
        except visits.WrongCode as refusal:
            form.add_error("code", " ".join(refusal.sentences))
        else:
            access.begin(request.session, visit)
            return redirect("exchange", link.exchange.reference)
    context = {"form": form, "link": link, "speaker": links.speaker_of(link)}
    return render(request, "links/code.html", context, status=422 if form.errors else 200)


@after_asking
@require_POST
def another_code(request: Visit, link: Link) -> HttpResponse:
    """Send another code; the one before works no longer."""
    visits.ask_for_code(link, by=None, at=timezone.now(), address=_address(request))
    messages.success(request, "Another code is on its way. The one before it works no longer.")
    return redirect("link-code")


@after_asking
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: Visit, link: Link) -> HttpResponse:
    """Let somebody who has another person's link say so, and leave word who they are."""
    form = forms.NotMeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        visits.not_me(link, by=None, at=timezone.now(), address=_address(request), **form.cleaned_data)
        return render(request, "links/told.html", {"speaker": links.speaker_of(link)})
    context = {"form": form, "link": link, "speaker": links.speaker_of(link)}
    return render(request, "links/not_me.html", context, status=422 if form.errors else 200)


@public
@require_safe
def over(request: Visit) -> HttpResponse:
    """Say that a visit has ended, and how to go on."""
    return render(request, "links/over.html")


def _visit(request: HatRequest) -> LinkVisit:
    """Return the visit of somebody who came by a link. Raises Http404 for anybody else."""
    if request.link_visit is None:
        raise Http404
    visit: LinkVisit = request.link_visit
    return visit


@open_to_links
@require_POST
def stay(request: HatRequest) -> HttpResponse:
    """Give a visit another half hour, and lead back to the page where that was asked for.

    The page's script asks for JSON instead, so that nobody is led away from what they are writing.
    """
    visit = _visit(request)
    drafts.keep_own(request, at=timezone.now())
    if "application/json" in request.headers.get("Accept", ""):
        return _stayed(request, visit)
    back = request.POST.get("back_to", "")
    if not is_here(back) or back.startswith("/link/"):
        back = reverse("exchange", args=[visit.link.exchange.reference])
    return pages.press(
        request,
        lambda: visits.stay_longer(visit, by=request.membership, at=timezone.now()),
        back=back,
        done="You have another 30 minutes.",
    )


def _stayed(request: HatRequest, visit: LinkVisit) -> JsonResponse:
    """Give a visit more time and say until when it lives now, or why it does not."""
    try:
        visit = visits.stay_longer(visit, by=request.membership, at=timezone.now())
    except Refused as refusal:
        return JsonResponse({"error": " ".join(refusal.sentences)}, status=refusal.status)
    left = int((visit.ends_at - timezone.now()).total_seconds())
    return JsonResponse({"ends": f"{timezone.localtime(visit.ends_at):%H:%M}", "seconds_left": left})


@open_to_links
@require_POST
def leave(request: HatRequest) -> HttpResponse:
    """End a visit."""
    visit = _visit(request)
    visits.leave(visit, by=request.membership, at=timezone.now())
    access.end(request.session, visit)
    return redirect("link-over")
