"""Documents of a concern: the list, adding one, its versions, striking it through and giving it out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.http import require_http_methods, require_safe

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.forms import PlainForm
from agencies.http import HatRequest
from agencies.roles import Permission
from records.access import get_concern
from records.documents import access, serving, shown
from records.documents.forms import DocumentForm, StrikeForm, VersionForm
from records.documents.states import SENTENCES, Scan, is_open
from records.models import Concern
from records.operations import documents as operations
from records.views import steps


@require_safe
@needs(Permission.LOG_CONCERNS)
def documents(request: HatRequest, reference: str) -> HttpResponse:
    """List the documents of a concern, newest first."""
    concern = get_concern(request, reference, action="documents")
    context = {
        "concern": concern,
        "documents": [shown.line(one, reference) for one in access.documents_of(concern)],
        "may_add": concern.discarded_at is None,
        "back": _back(concern),
    }
    return render(request, "records/documents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.LOG_CONCERNS)
def add(request: HatRequest, reference: str) -> HttpResponse:
    """Add a document with its first file."""
    concern = get_concern(request, reference, action="documents")
    people = [one.person for one in concern.subjects.select_related("person").order_by("-is_main", "id")]
    form = DocumentForm.on(request, draft_key=f"document:{reference}", people=people)

    def keep() -> str:
        words = form.document()
        kept = operations.add_document(concern, by=request.membership, at=timezone.now(), **words)
        return reverse("document", args=[reference, kept.number])

    context = {
        "heading": "Add a document",
        "lead": "",
        "caption": reference,
        "back": reverse("documents", args=[reference]),
        "concern": concern,
    }
    return _uploaded(request, form, keep, "records/document_add.html", context)


@require_safe
@needs(Permission.LOG_CONCERNS)
def document(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Show a document: what it is, every version, and with whom it was shared and who opened it."""
    found = access.get_document(request, reference, number)
    strike = getattr(found, "strike", None)
    context = {
        "document": found,
        "concern": found.concern,
        "rows": shown.facts(found),
        "versions": [shown.version(one, found) for one in found.newest_first],
        "strike": strike,
        "shared": import_string(settings.DOCUMENT_SHARED_WITH)(found),
        "may_change": strike is None and found.concern.discarded_at is None,
        "back": reverse("documents", args=[reference]),
    }
    return render(request, "records/document.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.LOG_CONCERNS)
def add_version(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Add a newer file to a document. The ones before stay."""
    found = access.get_document(request, reference, number)
    here = reverse("document", args=[reference, number])
    newest = found.newest_first[0].number
    form = VersionForm.on(request, draft_key=f"document:{reference}:{number}", version=newest)

    def keep() -> str:
        operations.add_version(
            found,
            by=request.membership,
            at=timezone.now(),
            content=form.cleaned_data["file"],
            why=form.cleaned_data["why"],
            seen_version=form.cleaned_data["version"],
        )
        return here

    context = {
        "heading": f"Add a version of {found.label}",
        "caption": reference,
        "back": here,
        "concern": found.concern,
        "lead": found.title,
    }
    return _uploaded(request, form, keep, "records/document_add.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.LOG_CONCERNS)
def strike(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Strike a document through as a mistake. It stays on the record."""
    found = access.get_document(request, reference, number)
    here = reverse("document", args=[reference, number])
    form = StrikeForm.on(request, draft_key=f"document-strike:{reference}:{number}")

    def keep() -> str:
        why = form.cleaned_data["why"]
        operations.strike_document(found, by=request.membership, at=timezone.now(), why=why)
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(
            request, form, keep, done=f"{found.label} is struck through. It stays on the record."
        )
        if saved:
            return saved
    context = {
        "heading": f"Strike {found.label} through",
        "caption": reference,
        "lead": found.title,
        "back": here,
    }
    return pages.show(request, "records/protect.html", context, form=form)


@require_safe
@needs(Permission.LOG_CONCERNS)
def document_file(request: HatRequest, reference: str, number: int, version: int) -> HttpResponseBase:
    """Give out one version, as it was uploaded, to the agency whose concern it is."""
    found = access.get_version(request, reference, number, version)
    state = Scan(found.scan)
    if found.file is None or not is_open(state):
        access.log_file(request, found, refused=state)
        back = reverse("document", args=[reference, number])
        context = {"refusals": [SENTENCES[state]], "back_url": back}
        return render(request, "errors/409.html", context, status=409)
    access.log_file(request, found)
    return serving.answer(found.file, kind=found.kind, name=f"{reference}-D{number}-{version}")


def _uploaded(
    request: HatRequest, form: PlainForm, keep: Any, template: str, context: dict[str, Any]
) -> HttpResponse:
    """Save a form with a file, or show it again. The script that shows progress is told where to go on."""
    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, keep)
        if isinstance(saved, HttpResponseRedirect) and request.headers.get("Accept") == "application/json":
            return JsonResponse({"location": saved.url})
        if saved:
            return saved
    return pages.show(request, template, context, form=form)


def _back(concern: Concern) -> str:
    """Lead back to where a concern's documents are one part of."""
    if concern.is_draft:
        return reverse("concern-draft", args=[concern.reference])
    return steps.first_that_exists("whole-record", "concern", concern=concern)
