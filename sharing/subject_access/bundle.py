"""The job that makes the answer: one tagged PDF, made of what was checked and of nothing else."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from agencies.jobs import CannotDo, Made, Progress
from agencies.models import Job
from agencies.refusals import Refused
from sharing import rules
from sharing.models import AccessRequest
from sharing.operations import access_bundles
from sharing.paper import press
from sharing.subject_access import contents, standing
from sharing.subject_access.contents import Contents

TEMPLATE = Path(__file__).with_name("bundle.typ")


def run(job: Job, *, at: datetime, progress: Progress) -> Made:
    """Make the bundle of a request, keep it, and lead back to the request. Twice makes it once."""
    progress(0, 3)
    rows = standing.with_standing(AccessRequest.objects.filter(agency=job.by.agency_id))
    request = rows.filter(reference=job.params["request"]).first()
    if request is None:
        raise CannotDo("There is no such request.")
    back = f"/subject-access/{request.reference}/"
    try:
        access_bundles.require_checked(request)
        found = contents.of(request)
        progress(1, 3)
        pdf = made_of(found, number=len(request.bundles.all()) + 1, at=at)
        progress(2, 3)
        access_bundles.keep_bundle(request, by=job.by, at=at, digest=found.digest, pdf=pdf)
    except rules.AlreadyDone:
        return Made(next_page=back)
    except Refused as refusal:
        raise CannotDo(" ".join(refusal.sentences)) from refusal
    progress(3, 3)
    return Made(next_page=back)


def made_of(found: Contents, *, number: int, at: datetime) -> bytes:
    """Make the PDF. Raises CannotDo where anything in it still holds what is held back."""
    if found.leaks():
        raise CannotDo(
            "Words that are held back still stand in it. Hold those sentences back, and try again."
        )
    return press.pdf(TEMPLATE, of_bundle(found, number=number, at=at), at=at)


def of_bundle(found: Contents, *, number: int, at: datetime) -> dict[str, Any]:
    """Return what the template is given."""
    request = found.request
    made = f"{timezone.localtime(at):%d/%m/%Y}"
    return {
        **found.data,
        "version": str(number),
        "made": made,
        "watermark": f"{request.reference}, version {number}, {made}",
    }
