"""The decision, one short page at a time. Each page keeps its answers as a draft; the last one saves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from agencies import drafts, pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from consent import access, operations
from consent.models import SharingDecision, View
from consent.principles import TITLES, seven_principles
from consent.querysets import latest_decision
from consent.seen import seen_in
from consent.views.deciding import LAST, STEPS, Deciding
from records.models import Statement


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def decide(request: HatRequest, reference: str, cycle_number: int, person: str, step: str) -> HttpResponse:
    """Show and keep one page of the decision. The last page saves all of it."""
    concern, subject = access.get_subject_in_cycle(request, reference, cycle_number, person)
    deciding = Deciding(request, concern, cycle_number, subject.person)
    if deciding.view is None:
        return redirect("record-view", reference, cycle_number, person)
    known, go_to = deciding.up_to(step)
    if go_to:
        if request.method == "POST":  # another page of the decision came first; this one is filled in again
            deciding.keep(step, request.POST)
        if deciding.wrong:
            messages.warning(request, deciding.wrong)
        return redirect(deciding.address(go_to))
    form = STEPS[step].form.on(
        request,
        draft_key=deciding.key(step),
        version=deciding.rows_so_far if step == LAST else None,
        initial=deciding.initial(step),
        known=known,
    )
    if request.method == "POST" and form.is_valid():
        done = _save(request, form, deciding, known.answers) if step == LAST else None
        if step != LAST:
            pages.keep_text(request, form)
            return redirect(deciding.address(deciding.after(step, form.words())))
        if done:
            return done
    context = {
        "concern": concern,
        "person": subject.person,
        "cycle_number": cycle_number,
        "view": deciding.view,
        "heading": STEPS[step].heading,
        "step": step,
        "back_url": deciding.way_back(step, known),
        "answers": deciding.summary(known) if step == LAST else [],
        "principles": seven_principles(seen_in(concern, at=deciding.at)) if step == LAST else [],
        "nothing_offered": step == "basis" and not deciding.offered,
    }
    return pages.show(request, "consent/decide.html", context, form=form)


def _save(request: HatRequest, form: Any, deciding: Deciding, answers: dict[str, Any]) -> HttpResponse | None:
    """Record the decision and forget the drafts of its pages, in one transaction."""

    def write() -> str:
        words = {**answers, **form.words()}
        principles = {
            name: words.pop(name) for name in ("necessary", "relevant", "adequate") if name in words
        }
        operations.decide(
            deciding.concern,
            deciding.cycle_number,
            deciding.person,
            **words,
            principles=principles,
            by=request.membership,
            at=deciding.at,
            seen_latest=form.cleaned_data["version"],
        )
        for step in STEPS:
            drafts.drop(request.membership, deciding.key(step))
        return reverse("sharing-decisions", args=[deciding.concern.reference, deciding.cycle_number])

    return pages.save(request, form, write, done="The sharing decision is recorded.")


@require_safe
@needs(Permission.LOG_CONCERNS)
def sharing_decision_record(
    request: HatRequest, reference: str, cycle_number: int, person: str
) -> HttpResponse:
    """Show the decision that counts as one page to print. Earlier ones are listed under it."""
    concern, subject = access.get_subject_in_cycle(request, reference, cycle_number, person)
    decision = latest_decision(concern, cycle_number, subject.person)
    if decision is None:
        raise Http404
    rows = SharingDecision.objects.of(concern, cycle_number, subject.person).exclude(pk=decision.pk)
    said = View.objects.of(concern, subject.person).exclude(pk=decision.view_id)
    written = decision.principles
    context = {
        "concern": concern,
        "subject": subject,
        "cycle_number": cycle_number,
        "decision": decision,
        "view": decision.view,
        "principles": [(title, written[code]) for code, title in TITLES.items() if written.get(code)],
        "earlier": rows.select_related("decided_by__user").order_by("-pk")[:20],
        "other_views": said.select_related("recorded_by__user").order_by("-pk")[:20],
        "others": concern.subjects.exclude(pk=subject.pk).select_related("person").order_by("-is_main", "id"),
        "voice": concern.statements.current()
        .filter(Q(about=subject.person) | Q(about__isnull=True), kind=Statement.Kind.VOICE)
        .order_by("number"),
    }
    return pages.show(request, "consent/record.html", context)
