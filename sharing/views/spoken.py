"""The telephone: log a call after it, confirm what was typed, or say it back in one's own words instead."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs, open_to_links
from agencies.forms import PlainForm
from agencies.http import HatRequest
from agencies.roles import Permission
from sharing import access
from sharing.forms.exchange import RestateForm
from sharing.forms.spoken import ConfirmCallForm, LogCallForm
from sharing.models import Stage
from sharing.operations import disclosure, spoken
from sharing.operations.preparing import read_prepared
from sharing.rules import PROMPTS, NearCopy
from sharing.states import State
from sharing.told import as_told
from sharing.views import exchange_page as page
from sharing.views.exchange import look_instead, stop
from sharing.views.rounds import shown_round


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def log_call(request: HatRequest, reference: str) -> HttpResponse:
    """Log a call about what was prepared or sent: who, when, what was said, and what they said back."""
    found = access.get_exchange(request, reference)
    if request.method != "POST" and (why_not := _why_no_call(request, found)):
        return stop(request, reference, *why_not)
    standing = access.standing(found, request.membership)
    items = list(found.items.all()) if standing.on_speakers_side else []
    missing, needed = _missing(found)
    form = LogCallForm.on(
        request,
        draft_key=f"call:{reference}",
        version=found.version,
        initial={"called_on": timezone.localdate()},
        people=access.whom_to_call(found),
        points=access.numbers_of(found),
        key_items=[item for item in items if item.is_key],
        is_emergency=found.sent_at is None and (found.cycle.stage != Stage.SHARE or bool(missing)),
    )
    here = reverse("exchange", args=[reference])

    def operation() -> str:
        spoken.log_call(
            found,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.words(),
        )
        return here

    if request.method == "POST" and form.is_valid():
        done = f"{found.listener.full_name} has been asked to confirm in writing what you typed."
        if saved := pages.save(request, form, operation, done=done):
            return saved
        if isinstance(form.refusal, NearCopy):
            form.ask_about_copy()
    context = {
        "exchange": found,
        "standing": standing,
        "needed": needed,
        "not_decided": [sentence for sentence in missing if sentence not in needed],
        "told": as_told(found, people=list(found.people.all()), items=items) if items else None,
        "is_prepared": found.sent_at is None,
        "back": reverse("preview", args=[reference]) if found.sent_at is None else here,
    }
    return pages.show(request, "sharing/log_call.html", context, form=form)


def _missing(exchange: Any) -> tuple[list[str], list[str]]:
    """What is missing before it can be sent with the call: in all, and even in an emergency."""
    if exchange.sent_at is not None:
        return [], []
    prepared = read_prepared(exchange)
    missing = disclosure.missing_before_sending(exchange, prepared)
    if not missing:
        return [], []
    return missing, disclosure.missing_before_sending(exchange, prepared, is_emergency=True)


def _why_no_call(request: HatRequest, exchange: Any) -> tuple[str, ...]:
    """Say why no call can be logged about this by this person now, or nothing."""
    standing = access.standing(exchange, request.membership)
    if not standing.is_speaker:
        return (f"Only {exchange.speaker.full_name} or their named deputy can log a call about this.",)
    if not page.may_be_called(exchange, standing):
        return ("A call is logged before it was said back in writing, or after it was corrected.",)
    return ()


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_call(request: HatRequest, reference: str) -> HttpResponse:
    """Show what was typed for me after a call, and let me confirm in writing that I said it."""
    found = access.get_exchange(request, reference)
    here = reverse("exchange", args=[reference])
    form = ConfirmCallForm.on(request, version=found.version)

    def operation() -> str:
        spoken.confirm_said(
            found,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
        )
        return here

    if request.method == "POST" and form.is_valid():
        done = f"Confirmed. {found.speaker.full_name} has been told."
        if saved := pages.save(request, form, operation, done=done):
            return saved
        found = access.get_exchange(request, reference)
    return _about_the_call(
        request, page.look(request, found, only_words=True), "sharing/confirm_call.html", form
    )


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def say_differently(request: HatRequest, reference: str) -> HttpResponse:
    """Say that what was typed is not what I said, and say it back in my own words."""
    found = access.get_exchange(request, reference)
    shown = page.look(request, found, only_words=True)
    typed = shown.rounds[0] if shown.rounds else None
    form = RestateForm.on(
        request,
        draft_key=f"say-differently:{reference}",
        version=found.version,
        initial={name: getattr(typed, name) for name in PROMPTS} if typed else {},
    )

    def operation() -> str:
        spoken.say_differently(
            found,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.words(),
        )
        return reverse("exchange", args=[reference])

    if request.method == "POST" and form.is_valid():
        done = f"{found.speaker.full_name} has been asked to check it. The typed words are struck through."
        if saved := pages.save(request, form, operation, done=done):
            return saved
        if isinstance(form.refusal, NearCopy):
            form.ask_about_copy()
        shown = page.look(request, access.get_exchange(request, reference), only_words=True)
    return _about_the_call(request, shown, "sharing/say_differently.html", form)


def _about_the_call(request: HatRequest, shown: page.Shown, template: str, form: PlainForm) -> HttpResponse:
    """Show what was typed after a call to whoever is to answer it, or why nothing waits for them.

    After a refusal the page comes again with it and with what was typed, whatever has happened meanwhile.
    """
    found = shown.exchange
    if form.refusal is None and (why_not := _why_no_answer(shown)):
        leave = look_instead if request.method != "POST" else stop
        return leave(request, found.reference, why_not)
    typed = next((one for one in shown.rounds if one.typed_by_id), None)
    context = {
        "exchange": found,
        "standing": shown.standing,
        "told": page.told(shown),
        "round": shown_round(found, shown.items, typed) if typed else None,
        "typed_by": typed.typed_by.full_name if typed else "",
        "spoken_with": typed.restated_by.full_name if typed else "",
        "is_mine": typed is not None and typed.restated_by_id == request.membership.pk,
        "back": reverse("exchange", args=[found.reference]),
    }
    return pages.show(request, template, context, form=form)


def _why_no_answer(shown: page.Shown) -> str:
    """Say why there is nothing for this person to answer, or nothing."""
    if not shown.standing.is_listener:
        return f"Only {shown.exchange.listener.full_name} or their named deputy can answer this."
    if shown.state != State.SPOKEN:
        return "Nothing that was typed after a call waits to be confirmed any more."
    return ""
