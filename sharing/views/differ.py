"""Say whether one agrees, and withdraw."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs, open_to_links
from agencies.http import HatRequest
from agencies.roles import Permission
from sharing import access
from sharing.forms import exchange as forms
from sharing.operations import check_back, differ
from sharing.operations.check_back import CAN_AGREE
from sharing.views.exchange import look_instead, stop


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HatRequest, reference: str) -> HttpResponse:
    """Say whether the listener agrees on the risk and on the action."""
    found = access.get_exchange(request, reference)
    here = reverse("exchange", args=[reference])
    form = forms.AgreementForm.on(request, draft_key=f"agreement:{reference}", version=found.version)

    def operation() -> str:
        differ.answer_agreement(found, by=request.membership, at=timezone.now(), **form.words())
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="The sender can see your answer.")
        if saved:
            return saved
    elif request.method != "POST" and not access.standing(found, request.membership).is_listener:
        only = f"Only {found.listener.full_name} or their deputy can say whether they agree."
        return look_instead(request, reference, only)
    elif request.method != "POST" and access.state(found) not in CAN_AGREE:
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
    form = forms.WithdrawForm.on(
        request,
        draft_key=f"withdraw:{reference}",
        version=found.version,
        is_opened=found.opened_at is not None,
    )

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
        done = f"{found.listener.full_name} can no longer read it, and has been told."
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    elif request.method != "POST" and not standing.is_speaker:
        return stop(
            request,
            reference,
            f"Only {found.speaker.full_name} or their named deputy can withdraw this.",
        )
    elif request.method != "POST" and access.state(found) not in check_back.CAN_BE_WITHDRAWN:
        return stop(request, reference, "It can be withdrawn until it has been understood.")
    context = {"exchange": found, "back": here}
    return pages.show(request, "sharing/withdraw.html", context, form=form)
