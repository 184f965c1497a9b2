"""My own notices, and for a lead those of the agency that did not arrive."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import operations, pages
from agencies.access import notice_choice_of
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.notice_forms import NoticeChoiceForm
from agencies.roles import Permission
from notifications import access
from notifications import operations as outbox


@require_safe
def notices(request: HatRequest) -> HttpResponse:
    """List the notices sent to me in this role, the newest first, and say which are new to me."""
    me, after = request.membership.pk, request.GET.get("after", "")
    messages, onward = access.messages_to(me, after=after)
    now = timezone.now()
    context = {
        "messages_to_me": messages,
        "now": now,
        "looked_at": access.last_look_of(me),
        "next_url": f"?after={onward}" if onward else "",
    }
    if not after:
        outbox.look(me, at=now)
    return render(request, "notifications/notices.html", context)


@require_http_methods(["GET", "POST"])
def how_told(request: HatRequest) -> HttpResponse:
    """Choose how I am told: each notice at once or once a day, and my quiet hours."""
    by = request.membership
    choice = notice_choice_of(by)
    start = NoticeChoiceForm.start(choice)
    form = NoticeChoiceForm.on(request, draft_key="how-told", version=choice.version, initial=start)
    if request.method == "POST" and form.is_valid():

        def choose() -> str:
            seen = form.cleaned_data["version"] or 0
            operations.choose_how_told(by=by, at=timezone.now(), seen_version=seen, **form.words())
            return reverse("notices")

        if saved := pages.save(request, form, choose, done="Saved. It holds from the next notice on."):
            return saved
    return pages.show(request, "notifications/how_told.html", {"zone": by.agency.zone}, form=form)


@needs(Permission.OVERSEE)
@require_safe
def set_aside(request: HatRequest) -> HttpResponse:
    """List the notices from and to my agency that could not be sent or came back."""
    agency = request.membership.agency_reference
    messages, onward = access.failures_for(agency, after=request.GET.get("after", ""))
    context = {"failed": messages, "agency": agency, "next_url": f"?after={onward}" if onward else ""}
    return render(request, "notifications/set_aside.html", context)


@needs(Permission.OVERSEE)
@require_POST
def try_again(request: HatRequest, message_id: UUID) -> HttpResponse:
    """Put a notice that did not arrive back in the queue."""
    message = access.get_message(message_id, agency=request.membership.agency_reference)
    return pages.press(
        request,
        lambda: operations.try_again(message.pk, by=request.membership, at=timezone.now()),
        back=reverse("set_aside"),
        done="It is in the queue again.",
    )
