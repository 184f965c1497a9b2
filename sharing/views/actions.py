"""Actions: propose, take on or decline, report, check that it was done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs, open_to_links
from agencies.forms import PlainForm
from agencies.http import HatRequest
from agencies.refusals import Refused
from agencies.roles import Permission
from sharing import access
from sharing.forms import actions as forms
from sharing.links import speaking
from sharing.models import Action
from sharing.operations import actions as operations
from sharing.operations.parties import stands_for
from sharing.rules import spoken_limit
from sharing.states import ACTION_TAGS, ActionState, action_state
from sharing.views.correction_page import flag_rows
from sharing.waiting.chasing import chased
from sharing.waiting.counted import action_counted

# What each side can do next: (page, words on the button).
OWNER_STEPS = {
    ActionState.PROPOSED: (("action-accept", "Take it on"), ("action-decline", "Decline it")),
    ActionState.AGREED: (("action-report", "Say what happened"),),
}
KNOWING = "link_ends_before"
OTHER_STEPS = {ActionState.REPORTED: (("action-check", "Check that it was done"),)}


@open_to_links
@needs(Permission.EXCHANGE)
def action(request: HatRequest, reference: str) -> HttpResponse:
    """Show one action: who does what by when, what came of it, and the one next step."""
    found = access.get_action(request, reference)
    state = action_state(found, last_outcome=found.last_outcome)
    now = timezone.now()
    is_owner = stands_for(request.membership, found.owner, at=now)
    is_other = stands_for(request.membership, found.other_side, at=now)
    waits = state == ActionState.PROPOSED and found.exchange.understood_at is None
    steps = (OWNER_STEPS.get(state, ()) if is_owner else ()) + (
        OTHER_STEPS.get(state, ()) if is_other else ()
    )
    if waits:
        steps = tuple(step for step in steps if step[0] != "action-accept")
    may_withdraw = (is_owner or is_other) and state in (ActionState.PROPOSED, ActionState.AGREED)
    flags = flag_rows(found, by=request.membership)
    context = {
        "action": found,
        "state": state,
        "tag": {"text": state.value.capitalize(), "colour": ACTION_TAGS[state]},
        "rows": _rows(found, now, is_open=found.is_open),
        "counted": action_counted(found),
        "chasing": [] if request.membership.is_outside else chased(reference),
        "reports": list(found.reports.select_related("reported_by__user", "checked_by__user")),
        "steps": [{"url": reverse(page, args=[reference]), "text": text} for page, text in steps],
        "waits_for_understanding": waits,
        "flags": flags,
        "look_again": (is_owner or is_other) and any(flag["waits"] for flag in flags),
        "may_withdraw": may_withdraw,
        "may_differ": (is_owner or is_other) and state in (ActionState.AGREED, ActionState.REPORTED),
    }
    return pages.show(request, "sharing/action.html", context)


def _rows(found: Action, now: datetime, *, is_open: bool) -> list[dict[str, Any]]:
    """What the action says, as names and values."""
    late = is_open and found.due_at < now
    limit = f"{spoken_limit(found.due_at)[3:]} ({found.by_when})"
    rows: list[dict[str, Any]] = [
        {"key": "What", "value": found.what},
        {"key": "Who", "value": found.owner.label},
        {
            "key": "By when",
            "value": limit,
            "tag": {"text": "Late", "colour": "red"} if late else None,
        },
        {"key": "We would act sooner if", "value": found.contingency},
        {"key": "Checked by", "value": found.other_side.label},
    ]
    if found.declined_why:
        rows.append({"key": "Declined because", "value": found.declined_why})
    if found.withdrawn_why:
        rows.append({"key": "Taken back because", "value": found.withdrawn_why})
    return rows


def _warned(request: HatRequest, exchange: Any, form: PlainForm) -> bool:
    """Warn once where the link of somebody without an account ends before their action falls due."""
    owner = next(s for s in (exchange.listener, exchange.speaker) if str(s.pk) == form.cleaned_data["owner"])
    if KNOWING in request.POST:
        return False
    by_when = form.cleaned_data["by_when"]
    try:
        refusal: Refused | None = speaking.ends_before(
            exchange, owner, by_when, by=request.membership, now=timezone.now()
        )
    except Refused:
        return False  # the operation says so
    if refusal is not None:
        form.refuse(refusal)
        pages.keep_text(request, form)
    return refusal is not None


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "POST"])
def propose(request: HatRequest, reference: str) -> HttpResponse:
    """Propose an action on something that is shared."""
    exchange = access.get_exchange(request, reference)
    sides = (exchange.listener, exchange.speaker)
    back = reverse("exchange" if exchange.is_sent else "preview", args=[reference])
    form = forms.ProposeActionForm.on(request, draft_key=f"propose:{reference}", sides=sides)
    if request.method == "POST" and form.is_valid() and not _warned(request, exchange, form):

        def operation() -> str:
            words = form.words()
            chosen = words.pop("owner")
            owner = next(side for side in sides if str(side.pk) == chosen)
            operations.propose(exchange, by=request.membership, at=timezone.now(), owner=owner, **words)
            return back

        saved = pages.save(request, form, operation, done="The action has been proposed.")
        if saved:
            return saved
    context = {
        "heading": "Propose an action",
        "caption": reference,
        "back": back,
        "hidden": [(KNOWING, "1")] if isinstance(form.refusal, speaking.EndsBefore) else [],
        "lead": ""
        if exchange.understood_at
        else "You can propose it now. It can be agreed once what was shared is understood.",
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)


def _page(
    request: HatRequest,
    reference: str,
    *,
    form_class: type[PlainForm],
    heading: str,
    done: str,
    run: Callable[..., object],
    words: Callable[[dict[str, Any]], dict[str, Any]] = lambda given: given,
    initial: dict[str, Any] | None = None,
) -> HttpResponse:
    """One page about one action: show the form, run the operation, go back to the action."""
    found = access.get_action(request, reference)
    form = form_class.on(
        request, draft_key=f"{run.__name__}:{reference}", version=found.version, initial=initial
    )
    here = reverse("action", args=[reference])
    if request.method == "POST" and form.is_valid():

        def operation() -> str:
            run(
                found,
                by=request.membership,
                at=timezone.now(),
                seen_version=form.cleaned_data["version"],
                **words(form.words()),
            )
            return here

        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    context = {"heading": heading, "caption": reference, "back": here, "quote": found.what}
    return pages.show(request, "sharing/form_page.html", context, form=form)


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "POST"])
def accept(request: HatRequest, reference: str) -> HttpResponse:
    """Take an action on."""
    return _page(
        request,
        reference,
        form_class=forms.AcceptActionForm,
        heading="Take this action on",
        done="You have taken this action on.",
        run=operations.accept,
    )


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "POST"])
def decline(request: HatRequest, reference: str) -> HttpResponse:
    """Decline an action, and say why."""
    return _page(
        request,
        reference,
        form_class=forms.DeclineActionForm,
        heading="Decline this action",
        done="You have declined this action. The other side has been told.",
        run=operations.decline,
    )


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "POST"])
def report(request: HatRequest, reference: str) -> HttpResponse:
    """Say what happened on an action."""
    local = timezone.localtime()
    return _page(
        request,
        reference,
        form_class=forms.ReportActionForm,
        heading="Say what happened",
        done="The other side has been asked to check that it is done.",
        run=operations.report,
        words=lambda given: {"what_happened": given["what_happened"], "done_at": given["done_at"]},
        initial={"day": local.date(), "time": f"{local:%H:%M}"},
    )


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "POST"])
def check(request: HatRequest, reference: str) -> HttpResponse:
    """Check back that an action was done."""
    return _page(
        request,
        reference,
        form_class=forms.CheckActionForm,
        heading="Was this action done?",
        done="Your check has been saved.",
        run=operations.check_report,
    )


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "POST"])
def withdraw(request: HatRequest, reference: str) -> HttpResponse:
    """Take an action back, with a reason."""
    return _page(
        request,
        reference,
        form_class=forms.WithdrawActionForm,
        heading="Take this action back",
        done="The action has been taken back. The other side has been told.",
        run=operations.withdraw_action,
    )
