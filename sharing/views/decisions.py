"""The answer that comes back: send the decision, chase it, take it further, or go on without it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.refusals import Refused
from agencies.roles import Permission
from sharing import access
from sharing.forms import decisions as forms
from sharing.operations import decisions as operations
from sharing.operations import lead
from sharing.states import State
from sharing.views.exchange import stop
from sharing.waiting.answers import require_late

GET_OR_POST = ["GET", "HEAD", "POST"]


@needs(Permission.EXCHANGE)
@require_http_methods(GET_OR_POST)
def decide(request: HatRequest, reference: str) -> HttpResponse:
    """Send the decision on what was shared back to whoever shared it."""
    found = access.get_exchange(request, reference)
    # A page from before a colleague decided did not ask what changed: it is refused as out of date.
    is_older = request.method == "POST" and request.POST.get("version") != str(found.version)
    form = forms.DecisionForm.on(
        request,
        draft_key=f"decide:{reference}",
        version=found.version,
        is_again=found.decision is not None and not is_older,
    )

    def operation() -> str:
        operations.decide(
            found,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.words(),
        )
        return reverse("exchange", args=[reference])

    if request.method == "POST" and form.is_valid():
        done = f"{found.speaker.full_name} has been asked to say the decision back."
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    elif request.method != "POST" and (why_not := _why_no_decision(request, found)):
        return stop(request, reference, why_not)
    context = {
        "heading": "Send the decision",
        "caption": reference,
        "lead": f"{found.speaker.full_name} says it back, and you confirm that it was understood.",
        "quote": found.what_i_ask,
        "back": reverse("exchange", args=[reference]),
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)


def _why_no_decision(request: HatRequest, found: Any) -> str:
    """Say why this person cannot send a decision on it now, or nothing."""
    if not access.standing(found, request.membership).is_listener:
        return f"Only {found.listener.full_name} or their named deputy can send the decision."
    if not found.asks_decision:
        return "No decision was asked for on this."
    if access.state(found) != State.UNDERSTOOD:
        return "A decision rests on what has been said back and confirmed. Say it back first."
    return ""


def _speakers(request: HatRequest, reference: str) -> tuple[Any, access.Standing]:
    """Return what was sent, to whoever is on the side that sent it. Raises Http404."""
    found = access.get_exchange(request, reference)
    standing = access.standing(found, request.membership)
    if not standing.on_speakers_side:
        raise Http404("No such page")
    return found, standing


@needs(Permission.EXCHANGE)
@require_http_methods(GET_OR_POST)
def go_on_without(request: HatRequest, reference: str) -> HttpResponse:
    """Say why the decision is not waited for any more."""
    found, _ = _speakers(request, reference)
    here = reverse("exchange", args=[reference])
    form = forms.GoOnWithoutForm.on(request, draft_key=f"go-on-without:{reference}", version=found.version)

    def operation() -> str:
        operations.go_on_without(
            found, by=request.membership, at=timezone.now(), why=form.cleaned_data["why"]
        )
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="Why you go on without it is written down.")
        if saved:
            return saved
    elif request.method != "POST" and (not found.asks_decision or found.decision or found.not_awaited):
        return stop(request, reference, "No decision is waited for on this.")
    context = {
        "heading": "Go on without the decision",
        "caption": reference,
        "lead": "The concern can then be closed without it. If it comes all the same, you say it back.",
        "back": here,
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)


@needs(Permission.EXCHANGE)
@require_POST
def chase(request: HatRequest, reference: str) -> HttpResponse:
    """Send whoever is late on this an urgent notice now."""
    found, _ = _speakers(request, reference)
    at = timezone.now()

    def operation() -> object:
        return lead.chase(require_late(found, at=at)[0], by=request.membership, at=at)

    done = "They have been sent an urgent notice."
    return pages.press(request, operation, back=reverse("exchange", args=[reference]), done=done)


@needs(Permission.EXCHANGE)
@require_http_methods(GET_OR_POST)
def take_further(request: HatRequest, reference: str) -> HttpResponse:
    """Take an answer that did not come by its limit to the disagreement ladder."""
    found, standing = _speakers(request, reference)
    form = forms.TakeFurtherForm.on(request, draft_key=f"take-further:{reference}")

    def operation() -> str:
        opened = operations.take_further(
            found, by=request.membership, at=timezone.now(), words=form.cleaned_data["position"]
        )
        return reverse("disagreement", args=[opened.reference])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="The other side has been told.")
        if saved:
            return saved
    elif request.method != "POST":
        if not standing.is_speaker:
            return stop(
                request, reference, f"Only {found.speaker.full_name} or their named deputy can do this."
            )
        try:
            require_late(found, at=timezone.now())
        except Refused as refusal:
            return stop(request, reference, *refusal.sentences)
    context = {
        "heading": "No answer has come by its limit",
        "caption": reference,
        "lead": "Taking it further opens the disagreement ladder: people above you both are asked, "
        "with limits of their own.",
        "back": reverse("exchange", args=[reference]),
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)
