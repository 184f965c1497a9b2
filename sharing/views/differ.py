"""Agree or differ, withdraw, and deal with what reached the wrong person."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.decorators import needs
from agencies.forms import PlainForm
from agencies.http import HatRequest
from agencies.roles import Permission
from sharing import access
from sharing.forms import exchange as forms
from sharing.models import Disagreement, Exchange
from sharing.operations import check_back
from sharing.views.exchange import stop


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HatRequest, reference: str) -> HttpResponse:
    """Say whether the listener agrees on the risk and on the action."""
    found = access.get_exchange(request, reference)
    here = reverse("exchange", args=[reference])
    form = forms.AgreementForm.on(request, draft_key=f"agreement:{reference}", version=found.version)

    def operation() -> str:
        check_back.answer_agreement(found, by=request.membership, at=timezone.now(), **form.words())
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="The sender can see your answer.")
        if saved:
            return saved
    elif request.method != "POST" and not access.standing(found, request.membership).is_listener:
        return stop(
            request, reference, f"Only {found.listener.user.full_name} or their deputy can answer this."
        )
    elif request.method != "POST" and access.state(found) not in check_back.CAN_AGREE:
        return stop(request, reference, "Confirm receipt first. Then you can say whether you agree.")
    context = {
        "heading": "Do you agree?",
        "caption": reference,
        "lead": "You can understand what was said and still disagree. Both are recorded.",
        "back": here,
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HatRequest, reference: str) -> HttpResponse:
    """Take back what was sent, with a reason."""
    found = access.get_exchange(request, reference)
    standing = access.standing(found, request.membership)
    if not standing.on_speakers_side:
        raise Http404("No such page")
    here = reverse("exchange", args=[reference])
    form = forms.WithdrawForm.on(request, draft_key=f"withdraw:{reference}", version=found.version)

    def operation() -> str:
        check_back.withdraw(
            found,
            by=request.membership,
            at=timezone.now(),
            why=form.cleaned_data["why"],
            seen_version=form.cleaned_data["version"],
        )
        return here

    if request.method == "POST" and form.is_valid():
        done = f"{found.listener.user.full_name} can no longer read it, and has been told."
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    elif request.method != "POST" and not standing.is_speaker:
        return stop(
            request,
            reference,
            f"Only {found.speaker.user.full_name} or their named deputy can withdraw this.",
        )
    elif request.method != "POST" and access.state(found) not in check_back.CAN_BE_WITHDRAWN:
        return stop(request, reference, "It can be withdrawn until it has been understood.")
    context = {"exchange": found, "back": here}
    return pages.show(request, "sharing/withdraw.html", context, form=form)


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def disagreement(request: HatRequest, reference: str) -> HttpResponse:
    """Show both positions of each disagreement; the speaker answers, then either side settles it."""
    found = access.get_exchange(request, reference)
    standing = access.standing(found, request.membership)
    rows = _disagreements(found) if standing.reads else []
    if not rows:
        raise Http404("No such page")
    refused: PlainForm | None = None
    if request.method == "POST":
        response, refused = _answer_or_settle(request, found, rows)
        if response:
            return response
        found = access.get_exchange(request, reference)
        rows = _disagreements(found)
    context = {
        "exchange": found,
        "standing": standing,
        "rows": [_with_form(request, standing, row, refused) for row in rows],
        "back": reverse("exchange", args=[reference]),
    }
    return pages.show(request, "sharing/disagreement.html", context, form=refused)


def _disagreements(exchange: Exchange) -> list[Disagreement]:
    return list(exchange.disagreements.select_related("opened_by__user", "settled_by__user").order_by("-id"))


def _answer_or_settle(
    request: HatRequest, exchange: Any, rows: list[Disagreement]
) -> tuple[HttpResponse | None, PlainForm | None]:
    """Save the form that was posted, which is about one open disagreement and one of two verbs."""
    about, settles = request.POST.get("about"), "how" in request.POST
    row = next((r for r in rows if r.about == about), None)
    if row is None:
        raise Http404("No such page")
    row.exchange = exchange
    form_class = forms.SettleForm if settles else forms.PositionForm
    form: PlainForm = form_class.on(request, draft_key=_draft_key(row), version=exchange.version)
    here = reverse("disagreement", args=[exchange.reference])

    def operation() -> str:
        words = form.cleaned_data
        if settles:
            check_back.settle_disagreement(row, by=request.membership, at=timezone.now(), how=words["how"])
        else:
            check_back.answer_disagreement(
                row, by=request.membership, at=timezone.now(), position=words["position"]
            )
        return here

    if form.is_valid():
        saved = pages.save(request, form, operation, done="The other side can see it.")
        if saved:
            return saved, None
    return None, form


def _draft_key(row: Disagreement) -> str:
    return f"disagreement:{row.exchange_id}:{row.about}"


def _with_form(
    request: HatRequest, standing: access.Standing, row: Disagreement, refused: PlainForm | None
) -> dict[str, Any]:
    """One disagreement with the form that its reader can answer it by, if any."""
    may = standing.is_party if row.speakers_position else standing.is_speaker
    form = None
    if refused is not None and refused.data.get("about") == row.about and row.settled_at is None:
        form = refused
    elif row.settled_at is None and may and request.method != "POST":
        form_class = forms.SettleForm if row.speakers_position else forms.PositionForm
        form = form_class.on(request, draft_key=_draft_key(row), initial={"about": row.about})
    return {"row": row, "form": form}


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def incident(request: HatRequest, reference: str) -> HttpResponse:
    """Write down what was done about information that reached the wrong person."""
    found = access.get_exchange(request, reference)
    standing = access.standing(found, request.membership)
    opened = getattr(found, "incident", None)
    if not standing.on_speakers_side or opened is None:
        raise Http404("No such page")
    here = reverse("exchange", args=[reference])
    form = forms.IncidentForm.on(request, draft_key=f"incident:{reference}")

    def operation() -> str:
        check_back.handle_incident(opened, by=request.membership, at=timezone.now(), **form.words())
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="What was done is recorded.")
        if saved:
            return saved
    elif request.method != "POST" and opened.handled_at:
        return stop(request, reference, "Somebody has already written down what was done.")
    context = {"exchange": found, "incident": opened, "back": here}
    return pages.show(request, "sharing/incident.html", context, form=form)
