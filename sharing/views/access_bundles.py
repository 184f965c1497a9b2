"""What goes out: shown word for word, checked by a second person, made into a bundle, sent; and the log."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import files, looks, pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.reauthentication import reauthenticated
from agencies.refusals import Refused
from sharing.forms.redaction import CheckForm
from sharing.forms.subject_access import SentForm
from sharing.operations import access_bundles as operations
from sharing.paper import press
from sharing.subject_access import access, contents, standing
from sharing.subject_access import log as internal_log
from sharing.subject_access.missing import missing
from sharing.views.subject_access import ANSWER, asks


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HatRequest, reference: str) -> HttpResponse:
    """Show exactly what whoever asks gets; a second person says there whether it is right."""
    found = access.get_request(request, reference, action="preview", prefetch=("waits", "checks"), words=True)
    what = contents.of(found)
    by_me = found.ready_by is not None and found.ready_by.is_same_person(request.membership)
    form = CheckForm.on(
        request,
        draft_key=f"access-check:{reference}",
        version=found.version,
        initial={"digest": what.digest},
    )

    def operation() -> str:
        operations.check(
            found, by=request.membership, at=timezone.now(), seen_version=form.cleaned_data["version"],
            **form.words(),
        )  # fmt: skip
        return reverse("subject-access-request", args=[reference])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="What you found is saved.")
        if saved:
            return saved
    to_do = missing(found, what)
    context = {
        "request_": found,
        **what.data,
        "held_back": len(what.held_back),
        "to_do": to_do,
        # After a refusal the form stays, with what was written.
        "may_check": form.is_bound or (standing.waits_for_check(found) and not by_me),
        "may_make_ready": found.is_open and found.ready_at is None and not to_do,
        "waits_for_check": standing.waits_for_check(found) and by_me,
        "sent_back": internal_log.last_sent_back(found),
    }
    return pages.show(request, "subject_access/preview.html", context, form=form)


@needs(ANSWER)
@require_POST
def ready(request: HatRequest, reference: str) -> HttpResponse:
    """Put what goes out to a second person."""
    found = access.get_request(request, reference, action="ready", prefetch=())
    return pages.press(
        request,
        lambda: operations.make_ready(found, by=request.membership, at=timezone.now()),
        back=reverse("subject-access-preview", args=[reference]),
        done="A second person is asked to check it.",
    )


@needs(ANSWER)
@reauthenticated("export", back="subject-access-request")
@require_POST
def make(request: HatRequest, reference: str) -> HttpResponse:
    """Ask the worker to make the bundle, and show how far it is."""
    found = access.get_request(request, reference, action="bundle", prefetch=())
    try:
        job = operations.ask_for_bundle(found, by=request.membership, at=timezone.now())
    except Refused as refusal:
        looks.log_refused(request, by=request.membership, why=type(refusal).__name__)
        back = reverse("subject-access-request", args=[reference])
        context = {"refusals": refusal.sentences, "back_url": back, "status": refusal.status}
        return _refused(request, context)
    return redirect("job", job.pk)


def _refused(request: HatRequest, context: dict[str, Any]) -> HttpResponse:
    answer = pages.show(request, "errors/409.html", context)
    answer.status_code = context["status"]
    return answer


@needs(ANSWER)
@reauthenticated("export")
@require_safe
def bundle(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Give the PDF of one version, to keep and never to open in the page."""
    found = access.get_request(request, reference, action="download", prefetch=("bundles",), words=True)
    row = access.get_bundle(found, number)
    headers = {"Content-Disposition": f'attachment; filename="{reference}-{number}.pdf"'}
    return HttpResponse(files.content_of(row.file), content_type="application/pdf", headers=headers)


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def sent(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Write down when and how a version was given to whoever asked."""
    found = access.get_request(request, reference)
    row = access.get_bundle(found, number)
    form = SentForm.on(request, draft_key=f"access-sent:{reference}:{number}", version=found.version)

    def act(**words: Any) -> object:
        return operations.mark_sent(row, **words)

    lead = (
        "Send the file that you downloaded here, as it is. Its fingerprint (SHA-256) is kept, so that it "
        f"can be told from another later: {row.file_digest}."
    )
    return asks(request, found, form, act, heading=f"Version {number} was sent", lead=lead,
                quote=found.reply_to, done="That it was sent is written down.")  # fmt: skip


@needs(ANSWER)
@require_safe
def log(request: HatRequest, reference: str) -> HttpResponse:
    """Show what was held back, on which ground, who decided and when. It never goes out."""
    found = access.get_request(request, reference, action="redaction log", prefetch=("bundles",), words=True)
    return pages.show(request, "subject_access/log.html", {"request_": found, **internal_log.collect(found)})


@needs(ANSWER)
@reauthenticated("export")
@require_safe
def log_pdf(request: HatRequest, reference: str) -> HttpResponse:
    """Give the log as a PDF, marked as not to be disclosed."""
    found = access.get_request(
        request, reference, action="redaction log download", prefetch=("bundles",), words=True
    )
    now = timezone.now()
    data = internal_log.for_paper(found, by=request.membership, at=now)
    headers = {"Content-Disposition": f'attachment; filename="{reference}-internal-log.pdf"'}
    return HttpResponse(
        press.pdf(internal_log.TEMPLATE, data, at=now), content_type="application/pdf", headers=headers
    )
