"""The pieces of a request: gathering them, deciding on each, words held back, holds, and other agencies."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.models import Agency
from sharing.forms import redaction as forms
from sharing.operations import redaction as operations
from sharing.subject_access import access, contents
from sharing.views import pieces_page as page
from sharing.views.subject_access import ANSWER, asks


@needs(ANSWER)
@require_POST
def collect(request: HatRequest, reference: str) -> HttpResponse:
    """Gather everything that is held about the person, or gather it again."""
    found = access.get_request(request, reference, action="gather", prefetch=())
    return pages.press(
        request,
        lambda: operations.collect(found, by=request.membership, at=timezone.now()),
        back=reverse("subject-access-request", args=[reference]),
        done="Everything that is held is gathered.",
    )


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def pieces(request: HatRequest, reference: str) -> HttpResponse:
    """List the pieces with what was decided of each; disclose the ticked ones as they are."""
    found = access.get_request(request, reference, action="pieces", prefetch=(), words=True)
    show, number = page.shown_in(request.GET)
    shown = contents.states_of(found, contents.current_pieces(found))
    also = request.POST.getlist("pieces")
    form = forms.ManyForm.on(request, version=found.version, choices=page.choices(shown, also=also))

    def operation() -> str:
        operations.disclose_many(
            found, by=request.membership, at=timezone.now(), seen_version=form.cleaned_data["version"],
            **form.words(),
        )  # fmt: skip
        return f"{reverse('subject-access-pieces', args=[reference])}?{page.query(show, number)}"

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="They are disclosed as they are.")
        if saved:
            return saved
    return pages.show(
        request, "subject_access/pieces.html", page.listed(found, shown, show=show, number=number), form=form
    )


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def piece(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Read one piece and decide what of it goes out."""
    found = access.get_request(request, reference, action="piece", prefetch=(), words=True)
    one = access.get_piece(found, number)
    form = forms.PieceForm.on(
        request, draft_key=f"access-piece:{number}", version=found.version, whose=found,
        parts=contents.parts_of(one.piece), initial=page.initial(one),
    )  # fmt: skip

    def operation() -> str:
        operations.decide_piece(
            one.piece, by=request.membership, at=timezone.now(), seen_version=form.cleaned_data["version"],
            **form.words(),
        )  # fmt: skip
        return page.after_deciding(one.piece, answer=form.cleaned_data["answer"])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="The decision is saved.")
        if saved:
            return saved
    return pages.show(request, "subject_access/piece.html", page.piece(found, one), form=form)


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HatRequest, reference: str) -> HttpResponse:
    """Hold words back wherever they stand: names that are suggested, and others."""
    found = access.get_request(request, reference, action="held words", prefetch=(), words=True)
    held = list(found.held_words.filter(taken_back_at__isnull=True).select_related("by__user"))
    form = forms.WordsForm.on(
        request, draft_key=f"access-words:{reference}", version=found.version, whose=found,
        suggestions=page.suggestions(found, held),
    )  # fmt: skip

    def operation() -> str:
        operations.hold_back_words(
            found, by=request.membership, at=timezone.now(), seen_version=form.cleaned_data["version"],
            **form.words(),
        )  # fmt: skip
        return reverse("subject-access-words", args=[reference])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="They are held back everywhere.")
        if saved:
            return saved
    context = {
        "request_": found,
        "held": held,
        "grounds": forms.ground_help(found),
        "back": reverse("subject-access-request", args=[reference]),
    }
    return pages.show(request, "subject_access/words.html", context, form=form)


@needs(ANSWER)
@require_POST
def words_back(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Hold words back no longer."""
    found = access.get_request(request, reference, action="held words", prefetch=(), words=True)
    held = access.get_word(found, number)
    return pages.press(
        request,
        lambda: operations.take_back_words(held, by=request.membership, at=timezone.now()),
        back=reverse("subject-access-words", args=[reference]),
        done="They are not held back any more.",
    )


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Decide whether what is on hold may go out in answer to this request."""
    found = access.get_request(request, reference, action="hold", prefetch=(), words=True)
    row, held = access.get_hold_in(found, number)
    form = forms.HoldDecisionForm.on(
        request, draft_key=f"access-hold:{reference}:{number}", version=found.version
    )

    def act(**words: Any) -> object:
        return operations.decide_hold(found, hold=row, **words)

    asked = f"It came from {row.came_from}: ask them first. " if row.came_from else ""
    lead = f"{asked}{row.get_kind_display()}: {row.why}"
    back = reverse("subject-access-piece", args=[reference, held[0].pk])
    return asks(request, found, form, act, heading="Do not disclose without a decision", lead=lead,
                quote=held[0].text, done="The decision is saved.", back=back)  # fmt: skip


@needs(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def agency_view(request: HatRequest, reference: str, agency: str) -> HttpResponse:
    """Write down what another agency says about disclosing what came from it."""
    found = access.get_request(request, reference, action="another agency", prefetch=(), words=True)
    other = Agency.objects.filter(
        reference=agency, pk__in=contents.current_pieces(found).order_by().values("from_agency")
    ).first()
    if other is None:
        raise Http404
    form = forms.AgencyViewForm.on(
        request, draft_key=f"access-view:{reference}:{agency}"[:120], version=found.version
    )

    def act(**words: Any) -> object:
        return operations.record_agency_view(found, agency=other, **words)

    lead = "It is their information too. Ask what they think before you decide; the decision is ours."
    back = reverse("subject-access-pieces", args=[reference])
    return asks(request, found, form, act, heading=f"What {other.name} says", lead=lead,
                done="What they say is saved.", back=back)  # fmt: skip
