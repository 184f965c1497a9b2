"""A recipient says that something they were told is wrong; the speaker's side corrects it or says why not."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs, open_to_links
from agencies.http import HatRequest
from agencies.roles import Permission
from records.models import Concern
from sharing import access
from sharing.forms.corrections import KeepForm, ProposeCorrectionForm
from sharing.models import ProposedCorrection
from sharing.operations import proposals as operations
from sharing.views import correction_page
from sharing.views.exchange import stop


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def propose_correction(request: HatRequest, reference: str) -> HttpResponse:
    """Say what is wrong in something one was told, and how one knows."""
    found = access.get_exchange(request, reference)
    standing = access.standing(found, request.membership)
    here = reverse("exchange", args=[reference])
    if not standing.reads:
        raise Http404
    items = correction_page.correctable(found)
    form = ProposeCorrectionForm.on(
        request, draft_key=f"propose-correction:{reference}", version=found.version, items=items
    )

    def operation() -> str:
        operations.propose_correction(
            found,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.words(),
        )
        return here

    if request.method == "POST" and form.is_valid():
        done = f"{found.speaker.full_name} has been asked to correct it, or to say why not."
        saved = pages.save(request, form, operation, done=done)
        if saved:
            return saved
    elif request.method != "POST" and not standing.is_listener:
        return stop(request, reference, f"Only {found.listener.full_name} or their deputy can propose this.")
    elif request.method != "POST" and not items:
        return stop(request, reference, "There is nothing in this that can be corrected in this way.")
    context = {
        "heading": "Something here is wrong",
        "caption": reference,
        "lead": "What you write goes to whoever told you. If they correct it, everyone given it is told.",
        "back": here,
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def proposed_correction(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Show to both sides what was proposed about an item; let the speaker's side answer it."""
    found = access.get_exchange(request, reference)
    standing = access.standing(found, request.membership)
    rows = ProposedCorrection.objects.filter(exchange=found, item__number=number)
    rows = rows.select_related("item__statement", "by__user", "by__agency", "answered_by__user", "correction")
    shown = list(rows.order_by("-pk")) if standing.reads else []
    if not shown:
        raise Http404
    latest, here = shown[0], reverse("exchange", args=[reference])
    waits = not latest.answer and standing.is_speaker
    form = KeepForm.on(request, draft_key=f"keep:{reference}:{number}") if waits or request.POST else None

    def operation() -> str:
        why = form.cleaned_data["why"] if form else ""
        operations.keep_as_said(latest, by=request.membership, at=timezone.now(), why=why)
        return here

    if form is not None and request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="They have been told why it stays as it is.")
        if saved:
            return saved
    ours = Concern.objects.visible_to(request.membership).filter(pk=found.cycle.concern_id).exists()
    statement = latest.item.statement
    context = {
        "exchange": found,
        "proposals": shown,
        "waits": waits,
        "correct_url": reverse(
            "concern-statement-correct", args=[found.cycle.concern.reference, statement.number]
        )
        if waits and ours and statement
        else "",
        "label": f"S{statement.number}" if statement else "",
        "back": here,
    }
    return pages.show(request, "sharing/proposed_correction.html", context, form=form)
