"""The pages of a hand-over to another area: ask, write down a call, receive, accept, decline, take back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.forms import PlainForm
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.refusals import Refused
from agencies.roles import Permission
from records.access import get_concern
from records.models import Subject
from sharing import access
from sharing.forms import transfers as forms
from sharing.models import Exchange
from sharing.operations import transfers as operations
from sharing.rules import transfers as rules
from sharing.views import transfer_page as page

GET_OR_POST = ["GET", "HEAD", "POST"]


@needs(Permission.LOG_CONCERNS)
@require_http_methods(GET_OR_POST)
def propose(request: HatRequest, reference: str) -> HttpResponse:
    """Ask another agency to take on responsibility, on what it was told in writing."""
    concern = get_concern(request, reference, action="hand-over to another area")
    back = reverse("concern", args=[reference])
    rows = Exchange.objects.filter(
        cycle__concern=concern, kind=Exchange.Kind.DISCLOSURE, sent_at__isnull=False
    )
    found = rows.with_people().with_state()
    carriers = [one for one in found.order_by("-sent_at") if rules.may_carry(one, access.state(one))]
    subjects = list(
        Subject.objects.filter(concern=concern).select_related("person").order_by("-is_main", "id")
    )
    start = {
        "exchange": carriers[0].reference if len(carriers) == 1 else "",
        "people": [one.person.reference for one in subjects if one.is_main],
        "called": forms.NO,
    }
    form = forms.ProposeTransferForm.on(
        request,
        draft_key=f"other-area:{reference}",
        initial=start,
        exchanges=carriers,
        movers=[one.person for one in subjects],
    )

    def operation() -> str:
        made = operations.propose(
            form.carrier, by=request.membership, at=timezone.now(), **form.words_for_operation()
        )
        return reverse("transfer", args=[made.reference])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(
            request, form, operation, done="They have been asked. You stay responsible until they accept."
        )
        if saved:
            return saved
    elif request.method != "POST" and not carriers:
        refusal = [
            "Nobody at another agency has been told anything in writing yet, so nothing can be handed over.",
            "Tell the other area first. Then come back to this page.",
        ]
        return render(request, "errors/409.html", {"refusals": refusal, "back_url": back}, status=409)
    context = {
        "heading": "Hand over to another area",
        "caption": reference,
        "lead": "Your agency stays responsible until the other area accepts in writing. "
        "A telephone call starts no clock; the written receipt does.",
        "back": back,
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)


@needs(Permission.EXCHANGE)
@require_safe
def transfer(request: HatRequest, reference: str) -> HttpResponse:
    """Show a hand-over: who is responsible now, both clocks, and the one next step for whoever reads it."""
    found = access.get_transfer(request, reference)
    reader = page.look(found, request.membership, now=timezone.now())
    return pages.show(request, "sharing/transfer.html", page.context(reader))


def _page(
    request: HatRequest,
    reader: page.Reader,
    form: PlainForm,
    operation: Callable[[], object],
    context: dict[str, Any],
    *,
    done: str,
    may: Callable[[], None],
) -> HttpResponse:
    """Show or save one form of a hand-over. `may` raises a refusal where it cannot be used now."""
    here = reverse("transfer", args=[reader.transfer.reference])

    def and_go_back() -> str:
        operation()
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, and_go_back, done=done)
        if saved:
            return saved
    elif request.method != "POST":
        try:
            may()
        except Refused as refusal:
            stopped = {"refusals": refusal.sentences, "back_url": here}
            return render(request, "errors/409.html", stopped, status=409)
    shown = {"caption": reader.transfer.reference, "back": here, **context}
    return pages.show(request, "sharing/form_page.html", shown, form=form)


def _reader(request: HatRequest, reference: str) -> page.Reader:
    return page.look(access.get_transfer(request, reference), request.membership, now=timezone.now())


@needs(Permission.EXCHANGE)
@require_http_methods(GET_OR_POST)
def call(request: HatRequest, reference: str) -> HttpResponse:
    """Write down a telephone call about a hand-over."""
    reader = _reader(request, reference)
    form = forms.TransferCallForm.on(request, draft_key=f"transfer-call:{reference}")

    def operation() -> object:
        return operations.log_call(
            reader.transfer, by=request.membership, at=timezone.now(), **form.words_for_operation()
        )

    def may() -> None:
        rules.require_open(reader.transfer)

    context = {
        "heading": "Write down a telephone call",
        "lead": "It stands beside the written receipt, and starts no clock.",
    }
    return _page(request, reader, form, operation, context, done="The call is written down.", may=may)


@needs(Permission.EXCHANGE)
@require_http_methods(GET_OR_POST)
def receive(request: HatRequest, reference: str) -> HttpResponse:
    """Confirm in writing that a hand-over has arrived."""
    reader = _reader(request, reference)
    form = forms.ReceiveTransferForm.on(request, version=reader.transfer.version)

    def operation() -> object:
        return operations.confirm_receipt(
            reader.transfer,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
        )

    def may() -> None:
        rules.require_answerer(request.membership, reader.transfer, acts_for=reader.acts_for)
        rules.require_not_received(reader.transfer)

    context = {
        "heading": "Confirm that you have received it in writing",
        "lead": "Both limits count from now. It does not say that you accept.",
    }
    return _page(request, reader, form, operation, context, done="Both clocks have started.", may=may)


@needs(Permission.EXCHANGE)
@require_http_methods(GET_OR_POST)
def accept(request: HatRequest, reference: str) -> HttpResponse:
    """Accept responsibility in writing."""
    reader = _reader(request, reference)
    people = Membership.objects.current().who_exchange().with_people()
    form = forms.AcceptTransferForm.on(
        request,
        draft_key=f"transfer-accept:{reference}",
        version=reader.transfer.version,
        initial={"starts": forms.NOW},
        people=list(people.filter(agency=reader.transfer.to_agency_id).order_by("user__full_name", "pk")),
    )

    def operation() -> object:
        return operations.accept(
            reader.transfer,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.words_for_operation(),
        )

    def may() -> None:
        rules.require_answerer(request.membership, reader.transfer, acts_for=reader.acts_for)
        rules.require_open(reader.transfer)
        rules.require_in_writing(reader.transfer)
        rules.require_understood(reader.transfer)

    context = {
        "heading": "Accept responsibility",
        "lead": f"From then on your agency is responsible, and no longer {reader.transfer.from_agency.name}.",
    }
    return _page(request, reader, form, operation, context, done="Accepted. They have been told.", may=may)


@needs(Permission.EXCHANGE)
@require_http_methods(GET_OR_POST)
def decline(request: HatRequest, reference: str) -> HttpResponse:
    """Decline responsibility in writing, with what is wanted instead."""
    reader = _reader(request, reference)
    form = forms.DeclineTransferForm.on(
        request, draft_key=f"transfer-decline:{reference}", version=reader.transfer.version
    )

    def operation() -> object:
        return operations.decline(
            reader.transfer,
            by=request.membership,
            at=timezone.now(),
            why=form.cleaned_data["why"],
            what_they_want=form.cleaned_data["what_they_want"],
            seen_version=form.cleaned_data["version"],
        )

    def may() -> None:
        rules.require_answerer(request.membership, reader.transfer, acts_for=reader.acts_for)
        rules.require_open(reader.transfer)
        rules.require_in_writing(reader.transfer)

    context = {
        "heading": "Decline responsibility",
        "lead": f"{reader.transfer.from_agency.name} stays responsible, and reads why.",
    }
    return _page(request, reader, form, operation, context, done="Declined. They have been told.", may=may)


@needs(Permission.EXCHANGE)
@require_http_methods(GET_OR_POST)
def withdraw(request: HatRequest, reference: str) -> HttpResponse:
    """Take a hand-over back before it is answered."""
    reader = _reader(request, reference)
    form = forms.WithdrawTransferForm.on(
        request, draft_key=f"transfer-withdraw:{reference}", version=reader.transfer.version
    )

    def operation() -> object:
        return operations.withdraw(
            reader.transfer,
            by=request.membership,
            at=timezone.now(),
            why=form.cleaned_data["why"],
            seen_version=form.cleaned_data["version"],
        )

    def may() -> None:
        rules.require_origin(request.membership, reader.transfer, acts_for=reader.acts_for)
        rules.require_open(reader.transfer)

    context = {
        "heading": "Take the hand-over back",
        "lead": "Your agency stays responsible. What was told stays told.",
    }
    done = "Taken back. They have been told."
    return _page(request, reader, form, operation, context, done=done, may=may)


@needs(Permission.EXCHANGE)
@require_http_methods(GET_OR_POST)
def conference(request: HatRequest, reference: str) -> HttpResponse:
    """Write down when the conference was held."""
    reader = _reader(request, reference)
    form = forms.ConferenceForm.on(request, version=reader.transfer.version)

    def operation() -> object:
        return operations.note_conference(
            reader.transfer,
            by=request.membership,
            at=timezone.now(),
            held_on=form.cleaned_data["held_on"],
            seen_version=form.cleaned_data["version"],
        )

    def may() -> None:
        rules.require_conference(request.membership, reader.transfer, acts_for=reader.acts_for)

    context = {"heading": "The conference", "lead": "That it was held stops its clock."}
    return _page(request, reader, form, operation, context, done="The conference is written down.", may=may)
