"""Record: write the summary, read it, answer it, or record that it was not answered."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs, open_to_links
from agencies.http import HatRequest
from agencies.prepared import Prepared
from agencies.roles import Permission
from sharing import access, summaries
from sharing.forms import record as forms
from sharing.models import Cycle, Exchange, Stage, Summary
from sharing.operations import record as operations
from sharing.querysets import people


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def summary(request: HatRequest, reference: str) -> HttpResponse:
    """Show the summary that has written itself, who has answered it, and take the decision."""
    cycle = access.get_cycle(request, reference)
    latest = LATEST.first(cycle=cycle.pk)
    can_write = cycle.stage == Stage.RECORD
    form = forms.SummaryForm.on(
        request,
        draft_key=f"summary:{reference}:{cycle.number}",
        version=cycle.version,
        initial={"decision": latest.decision if latest else ""},
    )
    if latest is None:
        del form.fields["what_changed"]
    if request.method == "POST" and form.is_valid():

        def operation() -> str:
            operations.write_summary(
                cycle,
                by=request.membership,
                at=timezone.now(),
                seen_version=form.cleaned_data["version"],
                **form.words(),
            )
            return reverse("summary", args=[reference])

        saved = pages.save(request, form, operation, done="The summary has been sent to each party.")
        if saved:
            return saved
    context = {
        "cycle": cycle,
        "latest": latest,
        "sections": latest.sections if latest and not can_write else summaries.whole(cycle),
        "parties": _answers(cycle),
        "can_write": can_write,
        "back": reverse("concern", args=[reference]),
    }
    return pages.show(request, "sharing/summary.html", context, form=form)


def _answers(cycle: Cycle) -> list[dict[str, Any]]:
    """Say of each party what they answered to the latest version, or that they have not."""
    now = timezone.now()
    found = []
    for exchange in PARTIES.all(cycle=cycle.pk):
        answer = getattr(exchange, "summary_answer", None)
        is_late = answer is None and exchange.respond_by is not None and exchange.respond_by < now
        found.append({"exchange": exchange, "answer": answer, "is_late": is_late})
    return found


def _latest(*, cycle: int) -> QuerySet[Summary]:
    return Summary.objects.filter(cycle=cycle).select_related("author__user").order_by("-version")[:1]


def _parties(*, cycle: int) -> QuerySet[Exchange]:
    rows = Exchange.objects.filter(cycle=cycle, kind=Exchange.Kind.SUMMARY, superseded_by__isnull=True)
    return rows.select_related(*people("listener"), "summary_answer").order_by("id")


LATEST = Prepared(_latest)
PARTIES = Prepared(_parties)


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "POST"])
def answer_summary(request: HatRequest, reference: str) -> HttpResponse:
    """Read a summary as a party, and say whether it is what I recorded."""
    exchange = access.get_exchange(request, reference)
    form = forms.AnswerSummaryForm.on(
        request, draft_key=f"answer-summary:{reference}", version=exchange.version
    )
    back = reverse("exchange", args=[reference])
    if request.method == "POST" and form.is_valid():

        def operation() -> str:
            operations.answer_summary(
                exchange,
                by=request.membership,
                at=timezone.now(),
                seen_version=form.cleaned_data["version"],
                **form.words(),
            )
            return back

        saved = pages.save(request, form, operation, done="Your answer has been sent.")
        if saved:
            return saved
    sections: dict[str, list[str]] = {}
    if access.content_is_open_to(exchange, request.membership):
        for item in exchange.items.all():
            sections.setdefault(item.source, []).append(item.text)
    context = {
        "exchange": exchange,
        "sections": [{"title": title, "lines": lines} for title, lines in sections.items()],
        "back": back,
    }
    return pages.show(request, "sharing/answer_summary.html", context, form=form)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def record_silence(request: HatRequest, reference: str) -> HttpResponse:
    """Record that a party did not answer the summary in time."""
    exchange = access.get_exchange(request, reference)
    form = forms.SilenceForm.on(request, version=exchange.version)
    back = reverse("summary", args=[exchange.cycle.concern.reference])
    if request.method == "POST" and form.is_valid():

        def operation() -> str:
            operations.record_silence(exchange, by=request.membership, at=timezone.now())
            return back

        saved = pages.save(request, form, operation, done="Their silence has been recorded.")
        if saved:
            return saved
    context = {
        "heading": "Record that they did not answer",
        "caption": reference,
        "lead": f"{exchange.listener.label} was asked whether the summary is what they recorded.",
        "back": back,
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)
