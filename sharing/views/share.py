"""Share: what somebody is told, how they will see it, and sending it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import opening, pages
from agencies.access import calendar_of
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.refusals import Refused
from agencies.roles import Permission
from records.models import Concern
from records.quality import advice
from records.quality.rules import Advice
from sharing import access, attached
from sharing import facts as reading
from sharing.alike import Alike, alike_to
from sharing.forms import do as forms
from sharing.links import speaking
from sharing.models import Exchange, Item, Stage
from sharing.operations import attachments, disclosure, saying
from sharing.operations.preparing import read_prepared
from sharing.rules.answers import is_asked_by_default
from sharing.states import State
from sharing.told import as_told, moment
from sharing.views.do import plan_for, to_share
from sharing.views.exchange import stop
from sharing.views.exchange_page import action_line, actions_of
from sharing.workflow import MOVES, missing_for


def _speakers(request: HatRequest, reference: str, *, to_act: bool = False) -> tuple[Any, access.Standing]:
    """Return an exchange to whoever is on the speaker's side. Raises Http404 for everybody else."""
    read = access.get_exchange_to_act if to_act else access.get_exchange
    exchange = read(request, reference)
    standing = access.standing(exchange, request.membership)
    if not standing.on_speakers_side or exchange.kind != Exchange.Kind.DISCLOSURE:
        raise Http404("No such page")
    return exchange, standing


def _why_not_now(exchange: Any, standing: access.Standing) -> str:
    """Say why this cannot be prepared or sent by this person now, or nothing."""
    if not standing.is_speaker:
        return f"Only {exchange.speaker.full_name} or their named deputy can do this."
    if access.state(exchange) != State.PREPARED:
        return "It has been sent or taken back, and what was sent never changes."
    return ""


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HatRequest, reference: str) -> HttpResponse:
    """Choose what one person is told, what must be said back, and why the rest is held back."""
    exchange, standing = _speakers(request, reference)
    form = forms.PrepareForm.on(
        request,
        draft_key=f"prepare:{reference}",
        version=exchange.version,
        initial=_chosen_before(exchange),
        statements=disclosure.current_statements(exchange.cycle),
        documents=attachments.choices(exchange.cycle.concern),
        may_decide=not exchange.for_information,
    )

    def operation() -> str:
        disclosure.choose_items(
            exchange,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.words(),
        )
        return reverse("preview", args=[reference])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation)
        if saved:
            return saved
    elif request.method != "POST" and (why_not := _why_not_now(exchange, standing)):
        return stop(request, reference, why_not)
    back = reverse("do", args=[exchange.cycle.concern.reference])
    context = {"exchange": exchange, "standing": standing, "back": back}
    return pages.show(request, "sharing/prepare.html", context, form=form)


def _chosen_before(exchange: Any) -> dict[str, Any]:
    """Start from what was chosen the last time."""
    chosen: dict[str, Any] = {
        "why_you": exchange.why_you,
        "what_i_ask": exchange.what_i_ask,
        "urgency": exchange.urgency,
        "asks_decision": exchange.asks_decision if exchange.what_i_ask else is_asked_by_default(exchange),
    }
    for file in exchange.attachments.select_related("version__document"):
        number = file.version.document.number
        chosen |= {f"file_{number}": forms.ATTACH, f"file_why_{number}": file.why_needed}
    for item in exchange.items.select_related("statement"):
        chosen[f"choice_{item.statement.number}"] = forms.KEY if item.is_key else forms.SHARE
    for held in exchange.held_back.select_related("statement"):
        chosen |= {f"choice_{held.statement.number}": forms.HOLD, f"why_{held.statement.number}": held.why}
    return chosen


@needs(Permission.LOG_CONCERNS)
@require_safe
def preview(request: HatRequest, reference: str) -> HttpResponse:
    """Show it exactly as the recipient will see it, or sees it; and what is held back from them."""
    exchange, standing = _speakers(request, reference)
    is_prepared = access.state(exchange) == State.PREPARED
    people = saying.people_as_told(exchange) if is_prepared else exchange.people.all()
    items = list(exchange.items.all())
    context = {
        "exchange": exchange,
        "standing": standing,
        "is_prepared": is_prepared,
        "may_go_on": is_prepared and standing.is_speaker,
        "plan": plan_for(exchange.listener, request) if is_prepared else None,
        "told": as_told(exchange, people=people, items=items),
        "has_items": bool(items),
        "held_back": _held_back(exchange),
        "attachments": attached.attachments(exchange, on_speakers_side=True),
        "not_read": attached.NOT_READ,
        "advice": _plainer(exchange, items, request) if is_prepared else [],
        "actions": [action_line(one) for one in actions_of(exchange)] if is_prepared else [],
        "back": reverse("do" if is_prepared else "exchange", args=[_where(exchange, is_prepared)]),
    }
    return render(request, "sharing/preview.html", context)


def _plainer(exchange: Any, items: list[Item], request: HatRequest) -> list[Advice]:
    """What could be plainer in what they are told. It holds nothing back."""
    texts = [item.text for item in items if not item.is_verbatim]
    words = advice.words_of(request.membership)
    return advice.of_texts([*texts, exchange.why_you, exchange.what_i_ask], words)


def _where(exchange: Any, is_prepared: bool) -> str:
    return str(exchange.cycle.concern.reference if is_prepared else exchange.reference)


def _held_back(exchange: Any) -> list[dict[str, Any]]:
    rows = exchange.held_back.select_related("statement").order_by("statement__number")
    return [{"key": f"{one.statement.label}: {one.statement.text}", "value": one.why} for one in rows]


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HatRequest, reference: str) -> HttpResponse:
    """Send what was prepared; ahead of Share, or without a sharing decision, only as urgent."""
    exchange, standing = _speakers(request, reference, to_act=True)
    if why_not := request.method != "POST" and _why_not_now(exchange, standing):
        return stop(request, reference, why_not)
    plan = plan_for(exchange.listener, request)
    refusal: Refused | None = None
    if request.method == "POST" and _is_as_usual(request, exchange):
        form = _send_form(request, exchange, plan)
        if form.is_valid() and (saved := _send(request, exchange, form, plan)):
            return saved
        refusal = form.refusal
    missing, needed = _missing(exchange) if exchange.sent_at is None else ([], [])
    is_early = exchange.cycle.stage != Stage.SHARE
    alike = alike_to(exchange.listener, by=request.membership) if exchange.sent_at is None else []
    form = _send_form(request, exchange, plan, is_emergency=is_early or bool(missing), alike=alike)
    if request.method == "POST" and form.is_valid():
        if refusal is not None:
            form.refuse(refusal)
        elif saved := _send(request, exchange, form, plan):
            return saved
    context = {
        "exchange": exchange,
        "standing": standing,
        "plan": plan,
        "is_early": is_early,
        "move_hidden": _all_is_ready(exchange) if is_early and not missing else None,
        "stage": Stage(exchange.cycle.stage).label,
        "needed": needed,
        "not_decided": [sentence for sentence in missing if sentence not in needed],
        "rows": _final_check(exchange, goes_as_urgent=is_early or bool(missing)),
        "change_words_url": reverse("prepare", args=[reference]),
        "other_recipient_url": reverse("choose-listener", args=[exchange.cycle.concern.reference]),
        "back": reverse("preview", args=[reference]),
    }
    return pages.show(request, "sharing/send.html", context, form=form)


def _missing(exchange: Any) -> tuple[list[str], list[str]]:
    """Say what is missing before it can be sent, and what would be if it goes as urgent."""
    prepared = read_prepared(exchange)
    missing = disclosure.missing_before_sending(exchange, prepared)
    if not missing:
        return [], []
    return missing, disclosure.missing_before_sending(exchange, prepared, is_emergency=True)


def _all_is_ready(exchange: Any) -> list[tuple[str, object]] | None:
    """Return what the button to Share carries where nothing but pressing it is left to do at Do."""
    facts = reading.read_current(exchange.cycle.concern, for_closing=False)
    if facts is None or facts.cycle.stage != Stage.DO or missing_for(MOVES["to-share"], facts):
        return None
    return to_share(facts.cycle, exchange.reference)


def _is_as_usual(request: HatRequest, exchange: Any) -> bool:
    """Say whether the form came without what is asked only in an emergency and of names alike.

    Then what that would depend on is read once, by the operation under its lock: it refuses what is missing.
    """
    return exchange.cycle.stage == Stage.SHARE and not {"emergency_reason", "meant"} & set(request.POST)


def _send_form(
    request: HatRequest,
    exchange: Any,
    plan: dict[str, Any] | None,
    *,
    is_emergency: bool = False,
    alike: Sequence[Alike] = (),
) -> forms.SendForm:
    form: forms.SendForm = forms.SendForm.on(
        request,
        code_ways=speaking.ways(plan["reached"]) if plan else (),
        draft_key=f"send:{exchange.reference}",
        version=exchange.version,
        is_emergency=is_emergency,
        alike=alike,
    )
    return form


def _send(
    request: HatRequest, exchange: Any, form: forms.SendForm, plan: dict[str, Any] | None
) -> HttpResponse | None:
    """Send it, as its form says; None where that was refused."""

    def operation() -> str:
        disclosure.send(
            exchange,
            meant=form.cleaned_data.get("meant"),
            by=request.membership,
            at=timezone.now(),
            emergency_reason=form.cleaned_data.get("emergency_reason", ""),
            code_by=form.cleaned_data.get("code_by", ""),
            seen_version=form.cleaned_data["version"],
        )
        return reverse("exchange", args=[exchange.reference])

    done = f"{exchange.listener.full_name} has been told that something waits for them."
    if plan:
        done = f"A link is on its way to {exchange.listener.full_name}."
    return pages.save(request, form, operation, done=done)


def _final_check(exchange: Any, *, goes_as_urgent: bool) -> list[dict[str, Any]]:
    """Who gets it, where, what for and by when they have to answer."""
    point = exchange.contact_point
    place = f"{point.label}, checked {moment(point.checked_at)}" if point and point.is_checked else ""
    expects = "For information" if exchange.for_information else "They say it back, and you confirm"
    if exchange.asks_decision:
        expects = f"{expects}. Then they send you their decision"
    rows = [
        ("To", exchange.listener.label),
        ("Notice goes to", place or "No checked contact point"),
        ("Their hours", opening.said(timezone.now(), calendar_of(exchange.listener.agency))),
        ("Why it is the right place", exchange.right_place),
        ("What you expect", expects),
        ("Urgency", Concern.Urgency.URGENT.label if goes_as_urgent else exchange.get_urgency_display()),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HatRequest, reference: str) -> HttpResponse:
    """Remove somebody who was chosen, before anything was sent to them."""
    exchange, standing = _speakers(request, reference)
    form = forms.DiscardForm.on(request, version=exchange.version)
    back = reverse("do", args=[exchange.cycle.concern.reference])

    def operation() -> str:
        disclosure.discard_prepared(exchange, by=request.membership, at=timezone.now())
        return back

    if request.method == "POST" and form.is_valid():
        done = f"{exchange.listener.full_name} is not chosen any more. Nothing was sent."
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    elif request.method != "POST" and (why_not := _why_not_now(exchange, standing)):
        return stop(request, reference, why_not)
    context = {
        "heading": f"Remove {exchange.listener.full_name}?",
        "tab": "Remove a recipient?",
        "caption": reference,
        "lead": "Nothing has been sent to them. What you chose for them is lost.",
        "back": back,
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)
