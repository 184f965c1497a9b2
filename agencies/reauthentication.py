"""Proving again who one is, before what would hurt most if it were somebody else at the keyboard.

It is asked where nobody has signed in or proved it within the last five minutes. What was typed is kept,
and the page where it is proved (the library's) says why it is asked and leads back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from agencies import drafts
from agencies.http import HatRequest
from agencies.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HatRequest, P], HttpResponseBase]
FRESH_SECONDS = 5 * 60
ASKED = "asked_to_prove"
# What is asked again before, as the page says it. A view is marked with one of the keys.
WHY = {
    "export": "You are about to take a record away as a file.",
    "emergency": "You are about to open a record that is closed to you.",
    "rights": "You are about to change what somebody may do here.",
    "protected": "You are about to see an address that is protected.",
    "restriction": "You are about to decide who may open a record.",
}
ABOUT_ONESELF = "You are about to change how you sign in."


def reauthenticated(why: str, *, back: str = "") -> Callable[[View[P]], View[P]]:
    """Let nobody into a view who has not proved within five minutes who they are.

    `why` is a key of WHY. `back` is the name of the page that leads to a view which answers a button alone;
    it has the parts of its address that the view has.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HatRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            asked = ask_again(request, why, back=reverse(back, kwargs=kwargs) if back else "")
            return asked or view(request, *args, **kwargs)

        guarded.__dict__["reauthenticated"] = why
        return guarded

    return guard


def ask_again(request: HatRequest, why: str, *, back: str = "") -> HttpResponse | None:
    """Keep what was typed and lead to where people prove who they are, or return None where they just did."""
    if is_fresh(request):
        return None
    drafts.keep_own(request, at=timezone.now())
    onward = back or (request.get_full_path() if request.method in ("GET", "HEAD") else request.path)
    request.session[ASKED] = [onward, why]
    return redirect_to_login(onward, reverse("account_reauthenticate"))


def is_fresh(request: HttpRequest) -> bool:
    """Say whether somebody proved within the last five minutes who they are, by signing in or again since."""
    proofs = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, ())
    return any(time.time() - proof["at"] < FRESH_SECONDS for proof in proofs)


def proved(request: HttpRequest) -> None:
    """Note that somebody has just signed in, where it was not the library that let them in."""
    record_authentication(request, cast(User, request.user), method="demo")


def why_asked(request: HttpRequest) -> str:
    """Say why somebody is asked to prove again who they are, from where they go on to afterwards."""
    onward, why = request.session.get(ASKED, ("", ""))
    going_to = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME)
    return WHY[why] if why in WHY and onward == going_to else ABOUT_ONESELF
