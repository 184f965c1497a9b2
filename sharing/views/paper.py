"""On paper: the print page of a decision, an exchange, a concern and minutes, and the PDF of each."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import looks, pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from consent.access import get_subject_in_cycle
from records.access import get_concern
from sharing import access
from sharing.forms.paper import CopyForm
from sharing.models import PaperCopy
from sharing.operations import paper as operations
from sharing.operations.paper import Of
from sharing.paper import concern, decision, exchange, minutes, reading
from sharing.paper.parts import Paper, Printing
from sharing.views.exchange import stop

CLOSED = "It can no longer be read here, so it cannot be printed."
NOT_OPENED = "Open it first: what has not been opened cannot be printed."


def show(request: HatRequest, paper: Paper, *, pdf: str, back: str) -> HttpResponse:
    """Show something as it is printed. The PDF is made from the same parts."""
    printing = Printing(by=request.membership, at=timezone.now())
    context = {
        "paper": paper,
        "foot": printing.line(paper),
        "watermark": printing.watermark(paper),
        "pdf_url": pdf,
        "back": back,
    }
    return render(request, "sharing/paper.html", context)


def ask(request: HatRequest, of: Of, *, here: str, about: str) -> HttpResponse:
    """Ask what a copy is for and whose it is, and have it made."""
    form = CopyForm.on(request, draft_key=f"paper:{of.kind}:{of.reference}")

    def operation() -> str:
        job = operations.ask_for_copy(of, by=request.membership, at=timezone.now(), back=here, **form.words())
        return reverse("job", args=[job.pk])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation)
        if saved:
            return saved
    context: dict[str, Any] = {"heading": "Make a PDF", "caption": about, "back": here, "lead": (
        "Every page carries the reference, your name, the time and for whom the copy is. "
        "Who made it, when and what for is kept."
    )}  # fmt: skip
    return pages.show(request, "sharing/form_page.html", context, form=form)


# --- A sharing decision -------------------------------------------------------------------------


@needs(Permission.LOG_CONCERNS)
@require_safe
def decision_paper(request: HatRequest, reference: str, cycle_number: int, person: str) -> HttpResponse:
    """Show a sharing decision as it is printed: on one page where its words are few."""
    found, subject = get_subject_in_cycle(request, reference, cycle_number, person)
    made = decision.find(found, cycle_number, subject.person)
    if made is None:
        raise Http404("No such page")
    looks.log_seen(request, by=request.membership, action="decision_paper", subject=found.reference)
    where = [reference, cycle_number, person]
    return show(
        request,
        decision.collect(decision.read(made, found, by=request.membership)),
        pdf=reverse("decision-paper-pdf", args=where),
        back=reverse("sharing-decisions", args=where[:2]),
    )


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def decision_pdf(request: HatRequest, reference: str, cycle_number: int, person: str) -> HttpResponse:
    """Have a PDF made of a sharing decision."""
    found, subject = get_subject_in_cycle(request, reference, cycle_number, person)
    if decision.find(found, cycle_number, subject.person) is None:
        raise Http404("No such page")
    of = Of(PaperCopy.Kind.DECISION, found.reference, found, cycle_number, subject.person)
    here = reverse("decision-paper", args=[reference, cycle_number, person])
    return ask(request, of, here=here, about=f"{reference}, {subject.person.name}")


# --- An exchange --------------------------------------------------------------------------------


@needs(Permission.EXCHANGE)
@require_safe
def exchange_paper(request: HatRequest, reference: str) -> HttpResponse:
    """Show an exchange with all its rounds as it is printed."""
    found = access.get_exchange(request, reference, action="exchange_paper")
    read = reading.read([found], by=request.membership)[0]
    if not read.standing.reads:
        return stop(request, reference, NOT_OPENED if read.standing.content_is_open else CLOSED)
    back = reverse("exchange", args=[reference])
    return show(
        request, exchange.collect(read), pdf=reverse("exchange-paper-pdf", args=[reference]), back=back
    )


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def exchange_pdf(request: HatRequest, reference: str) -> HttpResponse:
    """Have a PDF made of an exchange."""
    found = access.get_exchange(request, reference, action="exchange_paper")
    standing = access.standing(found, request.membership)
    if not standing.reads:
        return stop(request, reference, NOT_OPENED if standing.content_is_open else CLOSED)
    of = Of(PaperCopy.Kind.EXCHANGE, found.reference, found.cycle.concern)
    return ask(request, of, here=reverse("exchange-paper", args=[reference]), about=reference)


# --- The whole record of a concern ----------------------------------------------------------------


@needs(Permission.LOG_CONCERNS)
@require_safe
def concern_paper(request: HatRequest, reference: str) -> HttpResponse:
    """Show the whole record of a concern as it is printed."""
    found = get_concern(request, reference, action="concern_paper")
    paper = concern.collect(found, by=request.membership)
    pdf = reverse("concern-paper-pdf", args=[reference])
    return show(request, paper, pdf=pdf, back=reverse("whole-record", args=[reference]))


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def concern_pdf(request: HatRequest, reference: str) -> HttpResponse:
    """Have a PDF made of the whole record of a concern."""
    found = get_concern(request, reference, action="concern_paper")
    of = Of(PaperCopy.Kind.CONCERN, found.reference, found)
    return ask(request, of, here=reverse("concern-paper", args=[reference]), about=reference)


# --- The minutes of a meeting ---------------------------------------------------------------------


@needs(Permission.EXCHANGE)
@require_safe
def minutes_paper(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Show one version of the minutes as it is printed: the whole, or a member's own part."""
    seen = _minutes(request, reference, number)
    where = [reference, number]
    return show(
        request,
        minutes.collect(seen),
        pdf=reverse("minutes-paper-pdf", args=where),
        back=reverse("meeting-minutes", args=where),
    )


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_pdf(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Have a PDF made of one version of the minutes."""
    seen = _minutes(request, reference, number)
    of = Of(PaperCopy.Kind.MINUTES, reference, seen.meeting.cycle.concern, version=number)
    return ask(request, of, here=reverse("minutes-paper", args=[reference, number]), about=reference)


def _minutes(request: HatRequest, reference: str, number: int) -> minutes.Version:
    """Return a version of the minutes that somebody may read, theirs or all. Raises Http404."""
    found = access.get_meeting(request, reference, action="minutes_paper")
    seen = minutes.look(found, number, by=request.membership)
    if seen is None:
        raise Http404("No such page")
    return seen
