"""The demo's own pages: sign in as anybody, and see what was sent. Outside the demo there are none."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from agencies import access, hats, seeds, written
from agencies.decorators import public
from agencies.http import Visit
from agencies.models import Membership
from agencies.reauthentication import proved
from agencies.sessions import note_browser
from notifications import access as notices
from notifications import operations as notifications

P = ParamSpec("P")
View = Callable[Concatenate[Visit, P], HttpResponse]


def only_in_the_demo(view: View[P]) -> View[P]:
    """Answer 404 everywhere but in the demo."""

    @wraps(view)
    def guarded(request: Visit, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@public
@only_in_the_demo
@require_safe
def people(request: Visit) -> HttpResponse:
    """List the demo's people, each with a button that signs in as them."""
    members = (
        Membership.objects.current().with_people().filter(agency__partnership__reference=seeds.PARTNERSHIP)
    )
    found = {(member.agency.reference, member.full_name): member for member in members}
    agencies = [
        {
            "name": agency.name,
            "people": [
                {"persona": persona, "member": found[persona.agency, persona.name]}
                for persona in sorted(seeds.PEOPLE, key=lambda p: not p.try_this)
                if persona.agency == agency.reference and (persona.agency, persona.name) in found
            ],
        }
        for agency in seeds.AGENCIES
    ]
    context = {"agencies": [a for a in agencies if a["people"]], "password": seeds.DEMO_PASSWORD}
    return render(request, "agencies/demo.html", context)


@public
@only_in_the_demo
@require_POST
def sign_in(request: Visit, membership_id: UUID) -> HttpResponse:
    """Sign in as one of the demo's people, in the role whose button was pressed."""
    members = (
        Membership.objects.current().with_people().filter(agency__partnership__reference=seeds.PARTNERSHIP)
    ).exclude(user=None)
    member = get_object_or_404(members, pk=membership_id)
    login(request, member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    note_browser(request)
    proved(request)
    hats.put_on(member.account, request.session, member.pk)
    return redirect(access.first_page(member))


@public
@only_in_the_demo
@require_safe
def outbox(request: Visit) -> HttpResponse:
    """Show every notice as its e-mail reads, the newest first."""
    messages, onward = notices.every_message(after=request.GET.get("after", ""))
    shown = [
        {"message": message, "email": notifications.written(message, lists=notices.carried_by(message))}
        for message in messages
    ]
    return render(request, "agencies/outbox.html", {"shown": shown, "onward": onward})


@public
@only_in_the_demo
@require_safe
def sent_outside(request: Visit) -> HttpResponse:
    """Show the e-mails and texts to people without an account, so that a link can be opened in the demo."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    mail = written.mails(Path(folder)) if folder else []
    parts = urlsplit(settings.TEXT_URL)
    sent = written.texts(Path(parts.path)) if parts.scheme == "file" else []
    shown = sorted([*mail, *sent], key=lambda one: one.at, reverse=True)
    return render(request, "agencies/sent_outside.html", {"shown": shown[:60]})
