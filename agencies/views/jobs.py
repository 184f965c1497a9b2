"""How far a piece of work is that somebody asked for, and the file that it made."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies import files, looks, pages
from agencies.addresses import reverse
from agencies.http import HatRequest
from agencies.jobs import get_job
from agencies.reauthentication import ask_again
from audit.operations import log_access

# How long it may wait for a worker before the page says that something is wrong.
LONG_SECONDS = 60


@require_safe
def job(request: HatRequest, job_id: UUID) -> HttpResponse:
    """Show how far a job is; asked for JSON, say so in a few words, for the bar of the page that waits."""
    found = get_job(request.membership, job_id)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"per_cent": found.per_cent, "over": found.is_over})
    waited = (timezone.now() - found.asked_at).total_seconds()
    context = {
        "job": found,
        "back": found.back or "/",
        "file_url": reverse("job-file", args=[found.pk]) if found.file_id else "",
        "stands_still": found.started_at is None and waited > LONG_SECONDS,
    }
    return pages.show(request, "agencies/job.html", context)


@require_safe
def job_file(request: HatRequest, job_id: UUID) -> HttpResponseBase:
    """Give the file to whoever asked for it, always to keep and never to open in the page."""
    found = get_job(request.membership, job_id)
    if found.kind in settings.JOBS_TAKEN_AWAY and (asked := ask_again(request, "export")):
        return asked
    if found.file is None:
        looks.log_refused(request, by=request.membership, action="job_file", why="taken away, or not made")
        context = {"job": found, "back": found.back or "/"}
        return render(request, "agencies/job.html", context, status=404)
    log_access(
        "download",
        by=request.membership,
        subject=found.about or f"job:{found.pk}",
        why=found.kind,
        address=request.META.get("REMOTE_ADDR"),
    )
    answer = StreamingHttpResponse(files.chunks_of(found.file), content_type=found.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    answer["Content-Length"] = str(found.file.size)
    return answer
