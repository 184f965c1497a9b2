"""The exchange as each side sees it, and the check-back: open, receive, send back, say back, check."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs, open_to_links
from agencies.forms import PlainForm
from agencies.http import HatRequest
from agencies.roles import Permission
from sharing import access
from sharing.forms import exchange as forms
from sharing.links import speaking
from sharing.models import Item
from sharing.operations import check_back
from sharing.rules import PROMPTS, NearCopy
from sharing.states import State
from sharing.views import exchange_page as page
from sharing.views.next_step import Step
from sharing.waiting import untold

STEP_FORMS: dict[str, type[PlainForm]] = {"open": forms.OpenForm, "receive": forms.ReceiveForm}


def stop(request: HatRequest, reference: str, *sentences: str) -> HttpResponse:
    """Say why a page cannot be used now, and lead back to the exchange."""
    context = {"refusals": sentences, "back_url": reverse("exchange", args=[reference])}
    return render(request, "errors/409.html", context, status=409)


def look_instead(request: HatRequest, reference: str, sentence: str) -> HttpResponse:
    """Lead to the exchange whoever came to a page on which only another can answer, and say so there.

    Lists and notices lead a lead, and whoever waits for the answer, to the page that the answer is given on.
    """
    messages.info(request, sentence)
    return redirect("exchange", reference)


def show_exchange(request: HatRequest, found: Any, *, refused: PlainForm | None = None) -> HttpResponse:
    """Show the exchange. `refused` is the form of its next step where that has just been refused."""
    shown = page.look(request, found)
    context = page.context(shown, now=timezone.now())
    context["link"] = None
    if not request.membership.is_outside:
        context["link"] = speaking.panel(
            found, shown.standing, state=shown.state, chasing=context["chasing"], now=timezone.now()
        )
    context["untold"] = untold.said_of(found.untold, to=request.membership)
    step: Step = context["step"]
    if step.form:
        form_class = STEP_FORMS[step.form]
        context["step_form"] = form_class(initial={"form_id": uuid.uuid4(), "version": found.version})
        context["step_action"] = reverse("receive" if step.form == "receive" else "exchange", args=[found])
    return pages.show(request, "sharing/exchange.html", context, form=refused)


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def exchange(request: HatRequest, reference: str) -> HttpResponse:
    """Show an exchange to each side by its state and turn. Posting opens it; looking changes nothing."""
    found = access.get_exchange(request, reference)
    if request.method != "POST":
        return show_exchange(request, found)
    form = forms.OpenForm.on(request)
    here = reverse("exchange", args=[reference])

    def operation() -> str:
        check_back.open_exchange(found, by=request.membership, at=timezone.now())
        return here

    if form.is_valid():
        saved = pages.save(request, form, operation)
        if saved:
            return saved
    return show_exchange(request, access.get_exchange(request, reference), refused=form)


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HatRequest, reference: str) -> HttpResponse:
    """Confirm receipt."""
    found = access.get_exchange(request, reference)
    here = reverse("exchange", args=[reference])
    if request.method != "POST":
        return redirect(here)
    form = forms.ReceiveForm.on(request, version=found.version)

    def operation() -> str:
        check_back.receive(
            found, by=request.membership, at=timezone.now(), seen_version=form.cleaned_data["version"]
        )
        return here

    if form.is_valid():
        saved = pages.save(request, form, operation, done="The sender can see that it reached you.")
        if saved:
            return saved
    return show_exchange(request, access.get_exchange(request, reference), refused=form)


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def not_mine(request: HatRequest, reference: str) -> HttpResponse:
    """Say that this reached the wrong person. The content is gone at once and for good."""
    found = access.get_exchange(request, reference)
    here = reverse("exchange", args=[reference])
    form = forms.NotMineForm.on(request, draft_key=f"not-mine:{reference}", version=found.version)

    def operation() -> str:
        check_back.not_mine(
            found,
            by=request.membership,
            at=timezone.now(),
            note=form.cleaned_data["note"],
            seen_version=form.cleaned_data["version"],
        )
        return here

    if request.method == "POST" and form.is_valid():
        done = "The sender and their manager have been told. You can no longer read it."
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    elif not access.standing(found, request.membership).is_listener:
        return stop(request, reference, f"Only {found.listener.full_name} or their deputy can say this.")
    elif access.state(found) not in check_back.CAN_BE_SENT_BACK:
        return stop(request, reference, "This can be sent back until it has been said back.")
    return pages.show(request, "sharing/not_mine.html", {"exchange": found, "back": here}, form=form)


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def restate(request: HatRequest, reference: str) -> HttpResponse:
    """Say back what was understood, by three prompts, with the original beside them."""
    if request.method == "POST":
        return _say_back(request, reference)
    shown = page.look(request, access.get_exchange_to_read(request, reference), only_words=True)
    if not _is_turn_of_listener(shown):
        return stop(request, reference, "This is not waiting for you to say it back.")
    form = forms.RestateForm.on(
        request,
        draft_key=f"restate:{reference}",
        version=shown.exchange.version,
        initial=_said_before(shown),
    )
    return pages.show(request, "sharing/restate.html", page.restate_context(shown), form=form)


def _say_back(request: HatRequest, reference: str) -> HttpResponse:
    """Save what was said back. Its page is read only where it has to be shown again."""
    found = access.get_exchange_to_act(request, reference)
    form = forms.RestateForm.on(request, draft_key=f"restate:{reference}", version=found.version)

    def operation() -> str:
        check_back.restate(
            found,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.words(),
        )
        return reverse("exchange", args=[reference])

    if form.is_valid():
        done = f"{found.speaker.full_name} has been asked to check it."
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
        if isinstance(form.refusal, NearCopy):
            form.ask_about_copy()
    shown = page.look(request, access.get_exchange_to_read(request, reference), only_words=True)
    return pages.show(request, "sharing/restate.html", page.restate_context(shown), form=form)


def _is_turn_of_listener(shown: page.Shown) -> bool:
    return shown.standing.is_listener and shown.state in check_back.LISTENER_MAY_ACT


def _said_before(shown: page.Shown) -> dict[str, str]:
    """Start from the last restatement, so that a correction need not be typed from nothing."""
    if not shown.rounds:
        return {}
    return {name: getattr(shown.rounds[0], name) for name in PROMPTS}


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HatRequest, reference: str) -> HttpResponse:
    """Compare what was said back with what was said, item by item, and confirm or correct it."""
    if request.method == "POST":
        return _check(request, reference)
    shown = page.look(request, access.get_exchange_to_read(request, reference), only_words=True)
    if why_not := _why_no_check(shown, request):
        return stop(request, reference, why_not)
    form = _check_form(request, shown.exchange, shown.items)
    return pages.show(request, "sharing/check.html", page.check_context(shown), form=form)


def _check_form(request: HatRequest, exchange: Any, items: Sequence[Item]) -> forms.CheckForm:
    form: forms.CheckForm = forms.CheckForm.on(
        request,
        draft_key=f"check:{exchange.reference}",
        version=exchange.version,
        key_items=[item for item in items if item.is_key],
    )
    return form


def _check(request: HatRequest, reference: str) -> HttpResponse:
    """Save what somebody makes of what was said back. Its page is read only where it is shown again."""
    found = access.get_exchange_to_act(request, reference)
    may_read = access.standing(found, request.membership).reads
    form = _check_form(request, found, check_back.ITEMS.all(exchange=found.pk) if may_read else [])

    def operation() -> str:
        check_back.check(
            found,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.words(),
        )
        return reverse("exchange", args=[reference])

    if form.is_valid():
        done = f"{found.listener.full_name} has been told."
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    shown = page.look(request, access.get_exchange_to_read(request, reference), only_words=True)
    return pages.show(request, "sharing/check.html", page.check_context(shown), form=form)


def _why_no_check(shown: page.Shown, request: HatRequest) -> str:
    """Say why there is nothing to check for this person, or nothing."""
    if not shown.standing.is_speaker:
        return f"Only {shown.exchange.speaker.full_name} or their named deputy can check this."
    if shown.state != State.RESTATED:
        return "There is no restatement that waits to be checked."
    if shown.rounds[0].restated_by.is_same_person(request.membership):
        return "You said this back yourself, so somebody else has to check it."
    return ""
