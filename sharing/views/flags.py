"""An action that rests on something that was corrected: is it still right?"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs, open_to_links
from agencies.http import HatRequest
from agencies.roles import Permission
from sharing import access
from sharing.forms.corrections import LookAgainForm
from sharing.models import ActionFlag
from sharing.operations import flags as operations
from sharing.views.correction_page import flag_rows


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def still_right(request: HatRequest, reference: str) -> HttpResponse:
    """Say that a flagged action is still right, or take it back."""
    found = access.get_action(request, reference)
    here = reverse("action", args=[reference])
    form = LookAgainForm.on(request, draft_key=f"still-right:{reference}", version=found.version)

    def operation() -> str:
        answer = form.words()
        operations.look_again(
            found,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **answer,
        )
        if answer["answer"] == ActionFlag.Answer.CHANGED:
            return reverse("propose-action", args=[found.exchange.reference])
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="The other side has been told.")
        if saved:
            return saved
    flags = flag_rows(found, by=request.membership)
    waiting = [row for row in flags if row["waits"]]
    if request.method != "POST" and not waiting:
        why = ["Nothing about this action waits to be looked at again."]
        return render(request, "errors/409.html", {"refusals": why, "back_url": here}, status=409)
    context = {"flagged": found, "flags": waiting, "back": here}
    return pages.show(request, "sharing/still_right.html", context, form=form)
