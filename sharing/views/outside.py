"""The directory of people without an account: who they are, how they are reached, choosing one to tell."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import access as agencies_access
from agencies import operations as agencies
from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.models import ContactPoint
from agencies.operations.outside import HasAnAccount
from agencies.operations.people import AlreadyHere
from agencies.roles import Permission
from sharing import access
from sharing.forms import outside as forms
from sharing.links import speaking
from sharing.operations import leaving

KINDS = {"email": ContactPoint.Kind.EMAIL, "phone": ContactPoint.Kind.PHONE}


@needs(Permission.LOG_CONCERNS)
@require_safe
def directory(request: HatRequest) -> HttpResponse:
    """List the people without an account whom my agency keeps."""
    context = {"found": agencies_access.outside_of(request.membership)}
    return pages.show(request, "outside/directory.html", context)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def add(request: HatRequest) -> HttpResponse:
    """Add somebody without an account."""
    return _add(request, back=reverse("outside"), then=lambda pk: reverse("outside-person", args=[pk]))


@needs(Permission.LOG_CONCERNS)
@require_safe
def choose(request: HatRequest, reference: str) -> HttpResponse:
    """Choose somebody without an account to be told about a concern."""
    cycle = access.get_cycle(request, reference)
    context = {
        "concern": cycle.concern,
        "found": agencies_access.outside_of(request.membership),
        "choose_url": reverse("choose-listener", args=[reference]),
    }
    return pages.show(request, "outside/choose.html", context)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def add_and_choose(request: HatRequest, reference: str) -> HttpResponse:
    """Add somebody without an account, and go on to choosing them for a concern."""
    access.get_cycle(request, reference)
    to_choose = reverse("choose-listener", args=[reference])
    back = reverse("outside-choose", args=[reference])
    return _add(request, back=back, then=lambda pk: f"{to_choose}?of={pk}", choose_url=to_choose)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def add_stranger(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Add somebody who had another person's link and left word who they are."""
    stranger = speaking.get_stranger(request, reference, number)
    initial = {
        "full_name": stranger.name,
        "job_title": stranger.job_title,
        "organisation": stranger.organisation,
        "email": stranger.email,
    }
    concern = stranger.link.exchange.cycle.concern
    to_choose = ""
    if concern.agency_id == request.membership.agency_id:
        to_choose = reverse("choose-listener", args=[concern.reference])
    return _add(
        request,
        back=reverse("exchange", args=[reference]),
        then=lambda pk: f"{to_choose}?of={pk}" if to_choose else reverse("outside-person", args=[pk]),
        choose_url=to_choose,
        initial=initial,
        about=f"{reference}:{number}",
    )


def _add(
    request: HatRequest,
    *,
    back: str,
    then: Any,
    choose_url: str = "",
    initial: dict[str, str] | None = None,
    about: str = "",
) -> HttpResponse:
    """Add somebody, and lead on. Where they are known already, offer them."""
    form = forms.OutsideForm.on(request, draft_key=f"outside:{about}", initial=initial)

    def operation() -> str:
        member = agencies.add_outside(by=request.membership, at=timezone.now(), **form.words())
        return str(then(member.pk))

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="Added to your directory.")
        if saved:
            return saved
    known = None
    if isinstance(form.refusal, HasAnAccount | AlreadyHere):
        known = agencies_access.known_by(request.membership, form.cleaned_data["email"])
    context = {"back": back, "known": known, "choose_url": choose_url, "is_prefilled": bool(initial)}
    return pages.show(request, "outside/add.html", context, form=form)


@needs(Permission.LOG_CONCERNS)
@require_safe
def person(request: HatRequest, membership_id: UUID) -> HttpResponse:
    """Show somebody without an account, how they are reached, and what was sent to them."""
    reached = agencies_access.get_outside(request.membership, membership_id)
    sent = speaking.sent_to(reached.member, to=request.membership)
    return pages.show(request, "outside/person.html", {"reached": reached, "sent": sent})


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def reach(request: HatRequest, membership_id: UUID, way: str) -> HttpResponse:
    """Give somebody another address or number, or say that theirs was checked again, and how."""
    reached = agencies_access.get_outside(request.membership, membership_id)
    if way not in KINDS:
        raise Http404("No such page")
    point = reached.email if way == "email" else reached.phone
    member, back = reached.member, reverse("outside-person", args=[membership_id])
    form = forms.ReachForm.on(
        request,
        draft_key=f"outside-{way}:{membership_id}",
        initial={"address": point.address if point else ""},
        kind=KINDS[way],
    )

    def operation() -> str:
        agencies.change_how_reached(
            member, by=request.membership, at=timezone.now(), kind=KINDS[way], **form.words()
        )
        return back

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="Saved as checked today, by you.")
        if saved:
            return saved
    context = {"reached": reached, "point": point, "way": way, "back": back}
    return pages.show(request, "outside/reach.html", context, form=form)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def end(request: HatRequest, membership_id: UUID) -> HttpResponse:
    """Take somebody out of the directory."""
    reached = agencies_access.get_outside(request.membership, membership_id)
    member = reached.member
    form = forms.EndOutsideForm.on(request)

    def operation() -> str:
        leaving.take_out(member, by=request.membership, at=timezone.now())
        return reverse("outside")

    if request.method == "POST" and form.is_valid():
        done = f"{member.full_name} is not in your directory any more."
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    context = {
        "reached": reached,
        "sent": [one for one in speaking.sent_to(member, to=request.membership) if one["works"]],
        "back": reverse("outside-person", args=[membership_id]),
    }
    return pages.show(request, "outside/end.html", context, form=form)
