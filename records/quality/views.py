"""The words that are explained to whoever writes, and what a lead may want to talk about."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.models import Agency
from agencies.roles import Permission
from agencies.stale import may_be_stale
from audit.operations import log_access
from records import operations
from records.models import Word
from records.quality import prompts as prompting
from records.quality import words as words_of
from records.quality.forms import WordForm

KINDS = (
    (words_of.ABBREVIATION, "Abbreviations"),
    (words_of.JARGON, "Words that others may not know"),
    (words_of.LABEL, "Words that judge somebody"),
)


@require_http_methods(["GET", "POST"])
@needs(Permission.KEEP_WORDS)
def words(request: HatRequest) -> HttpResponse:
    """Show the words that are explained here, and add another or set one aside."""
    by = request.membership
    form = WordForm.on(request, draft_key=f"word:{by.agency_reference}")

    def keep() -> str:
        operations.add_word(by=by, at=timezone.now(), **form.word())
        return reverse("words")

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, keep, done="The word has been added.")
        if saved:
            return saved
    rows = Word.objects.of(by).in_use().select_related("added_by__user", "added_by__agency")
    here = list(rows.order_by("term", "pk"))
    office = by.agency.kind == Agency.Kind.PARTNERSHIP
    context = {
        "ours": [row for row in here if (row.agency_id is None) == office],
        "everybodys": [] if office else [row for row in here if row.agency_id is None],
        "is_office": office,
        "own_list": [
            (title, [term for term in words_of.our_own() if term.kind == kind]) for kind, title in KINDS
        ],
    }
    return pages.show(request, "records/words.html", context, form=form)


@require_POST
@needs(Permission.KEEP_WORDS)
def withdraw(request: HatRequest, number: int) -> HttpResponse:
    """Take back what was decided about a word."""
    word = Word.objects.of(request.membership).filter(pk=number).first()
    if word is None:
        raise Http404
    return pages.press(
        request,
        lambda: operations.withdraw_word(word, by=request.membership, at=timezone.now()),
        back=reverse("words"),
        done="Withdrawn.",
    )


@require_safe
@needs(Permission.OVERSEE)
@may_be_stale
def record_quality(request: HatRequest) -> HttpResponse:
    """Show a lead what to talk about with everybody, from the last weeks; never whose words they were."""
    found = prompting.of(request.membership, today=timezone.localdate())
    log_access(
        "record_quality",
        by=request.membership,
        subject=request.membership.agency_reference[:80],
        address=request.META.get("REMOTE_ADDR"),
    )
    return pages.show(request, "records/record_quality.html", {"found": found, "rule": prompting.IN_WORDS})
