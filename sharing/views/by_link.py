"""The way in by a link: a neutral page, a code, a visit; "I am not them"; the end of the visit.

Fetching a page changes nothing, because mail servers fetch every link they see: only a button goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import pages
from agencies.decorators import open_to_links, public
from agencies.http import HatRequest, Visit
from agencies.refusals import Refused
from sharing.forms import by_link as forms
from sharing.links import access, limits
from sharing.models import Link, LinkAttempt, LinkVisit
from sharing.operations import links

What = LinkAttempt.What
LinkView = Callable[[Visit, str, Link], HttpResponse]


def _address(request: Visit) -> str | None:
    found: str | None = request.META.get("REMOTE_ADDR")
    return found


def _is_automated(request: Visit) -> bool:
    """Say whether this looks like a mail scanner: every browser of the last years says that it navigates."""
    return request.method == "HEAD" or request.headers.get("Sec-Fetch-Mode") != "navigate"


def with_link(view: LinkView) -> Callable[..., HttpResponse]:
    """Find the link of an address, and answer one that leads nowhere or is over with what to do."""

    @wraps(view)
    def found(request: Visit, token: str) -> HttpResponse:
        now, place = timezone.now(), _address(request)
        try:
            limits.require_not_too_many(at=now, address=place)
            link, works = access.find_link(token, at=now)
            if link is None:
                links.attempt(What.NOT_KNOWN, at=now, address=place, automated=_is_automated(request))
                return _stopped(
                    request, "This link leads nowhere.", "Check that you copied all of it.", status=404
                )
            try:
                links.require_not_over(link, at=now)
                if not works:
                    raise links.LinkIsOver(
                        "This link has ended: a newer one was sent.",
                        "Open the last e-mail that you got about it.",
                    )
            except links.LinkIsOver:
                links.attempt(What.OVER, at=now, link=link, address=place, automated=_is_automated(request))
                raise
            return view(request, token, link)
        except Refused as refusal:
            return _stopped(request, *refusal.sentences, status=refusal.status)

    return public(found)


def _stopped(request: Visit, *sentences: str, status: int) -> HttpResponse:
    """Say why a link does not lead on. Nothing was changed."""
    return render(request, "links/stopped.html", {"sentences": sentences}, status=status)


@with_link
@require_http_methods(["GET", "HEAD", "POST"])
def arrive(request: Visit, token: str, link: Link) -> HttpResponse:
    """Show a neutral page; its button sends the code. Fetching it changes nothing and opens nothing."""
    now, place = timezone.now(), _address(request)
    if request.user.is_authenticated:
        return render(request, "links/signed_in.html", {"link": link})
    if request.method == "POST":
        links.ask_for_code(link, at=now, address=place)
        return redirect("link-code", token)
    links.attempt(What.LOOKED, at=now, link=link, address=place, automated=_is_automated(request))
    return render(request, "links/arrive.html", {"ends_at": link.ends_at, "token": token})


@with_link
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: Visit, token: str, link: Link) -> HttpResponse:
    """Ask for the code, and with the right one begin the visit."""
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            visit = links.enter_code(
                link, form.cleaned_data["code"], at=timezone.now(), address=_address(request)
            )
        except links.WrongCode as refusal:
            form.add_error("code", " ".join(refusal.sentences))
        else:
            access.begin(request.session, visit)
            return redirect("exchange", link.exchange.reference)
    context = {"form": form, "link": link, "token": token, "speaker": links.speaker_of(link)}
    return render(request, "links/code.html", context, status=422 if form.errors else 200)


@with_link
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: Visit, token: str, link: Link) -> HttpResponse:
    """Let somebody who has another person's link say so, and leave word who they are."""
    form = forms.NotMeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        links.not_me(link, at=timezone.now(), address=_address(request), **form.cleaned_data)
        return render(request, "links/told.html", {"speaker": links.speaker_of(link)})
    context = {"form": form, "link": link, "token": token, "speaker": links.speaker_of(link)}
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
    """Give a visit another half hour."""
    visit = _visit(request)
    back = reverse("exchange", args=[visit.link.exchange.reference])
    return pages.press(
        request,
        lambda: links.stay_longer(visit, at=timezone.now()),
        back=back,
        done="You have another 30 minutes.",
    )


@open_to_links
@require_POST
def leave(request: HatRequest) -> HttpResponse:
    """End a visit."""
    links.leave(_visit(request), at=timezone.now())
    request.session.flush()
    return redirect("link-over")
