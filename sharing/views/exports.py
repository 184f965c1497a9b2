"""The page where a lead takes the record of a concern away as data."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.reauthentication import reauthenticated
from agencies.roles import Permission
from records.access import get_concern
from sharing.forms.exports import ExportForm
from sharing.models import Export
from sharing.operations import exports as operations

SHOWN = 20


@needs(Permission.OVERSEE)
@reauthenticated("export")
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HatRequest, reference: str) -> HttpResponse:
    """Ask for the record as data, and see who took it before."""
    found = get_concern(request, reference, action="export")
    form = ExportForm.on(request, draft_key=f"export:{reference}")

    def operation() -> str:
        made = operations.export(found, by=request.membership, at=timezone.now(), **form.words())
        return reverse("job", args=[made.job_id])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation)
        if saved:
            return saved
    before = Export.objects.filter(concern=found).select_related("by__user", "by__agency", "job")
    context = {
        "concern": found,
        "before": before[:SHOWN],
        "back": reverse("whole-record", args=[reference]),
    }
    return pages.show(request, "sharing/export.html", context, form=form)
