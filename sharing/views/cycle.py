"""Starting a cycle, moving a concern, proceeding on safety grounds, and steps that were skipped."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from records.access import get_concern
from sharing import access, workflow
from sharing import facts as reading
from sharing.forms import cycle as forms
from sharing.models import Cycle, SkippedStep, Stage
from sharing.operations import cycle as operations
from sharing.rules import Missing
from sharing.views.links import link_to

NOT_MOVED = "The concern has not been moved"
# What each move means, said before it is made.
MEANING: dict[str, str] = {
    "to-do": "You have asked who else knows something. Next, decide what to share, with whom and why.",
    "to-share": "You have decided what to share. Next, send it and hear it said back.",
    "to-record": "Everyone you told has understood. Next, write the summary and let each party confirm it.",
    "not-shared": "Every decision is not to share. The reasons are kept, and a summary is written.",
    "next-cycle": "The concern goes round again, starting with Ask.",
    "close": "Close it only where nothing more is to be done. It can be opened again, with a reason.",
    "back-to-ask": "What was recorded stays. Say what you need to find out.",
    "back-to-do": "What was sent stays sent. Say what has to be decided again.",
    "back-to-share": "What was recorded stays. Say what still has to be shared or said back.",
    "reopen": "A new cycle starts with Ask. Say what has changed.",
}


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def start(request: HatRequest, reference: str) -> HttpResponse:
    """Choose the stage at which the first cycle begins."""
    concern = get_concern(request, reference)
    if concern.logged_at is None:
        return redirect("concern-draft", reference)
    back = reverse("concern", args=[reference])
    if request.method == "GET" and reading.current_cycle(concern):
        return redirect(back)
    form = forms.StartForm.on(request, draft_key=f"start:{reference}", initial={"stage": Stage.ASK})
    if request.method == "POST" and form.is_valid():

        def operation() -> str:
            words = form.words()
            name = workflow.STARTS[words["stage"]].name
            workflow.move(
                concern, name, by=request.membership, at=timezone.now(), reason=words["reason"].strip()
            )
            return reverse("ask", args=[reference]) if words["stage"] == Stage.ASK else back

        saved = pages.save(request, form, operation)
        if saved:
            return saved
    context = {"heading": "Where do you start?", "caption": reference, "back": back}
    return pages.show(request, "sharing/form_page.html", context, form=form)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def move(request: HatRequest, reference: str, name: str) -> HttpResponse:
    """Make a move, or say in a sentence each what keeps the gate closed. The attempt is in the audit."""
    cycle = access.get_cycle(request, reference)
    chosen = workflow.MOVES.get(name)
    if chosen is None or chosen.from_stage is None:
        raise Http404
    if request.method == "GET" and chosen.from_stage != cycle.stage:
        return redirect("concern", reference)
    form = forms.MoveForm.on(
        request,
        draft_key=f"move:{reference}:{name}" if chosen.needs_reason else "",
        version=cycle.version,
        label=chosen.label,
        needs_reason=chosen.needs_reason,
    )
    back = reverse("concern", args=[reference])
    missing: list[Missing] = []
    if request.method == "GET" and chosen.gate:
        missing = workflow.missing_for(chosen, reading.read(cycle.concern, cycle))
    if request.method == "POST" and form.is_valid():

        def operation() -> str:
            workflow.move(
                cycle.concern,
                name,
                by=request.membership,
                at=timezone.now(),
                reason=form.cleaned_data.get("reason", ""),
                seen_version=form.cleaned_data["version"],
            )
            return _next_page(request, reference) or back

        saved = pages.save(request, form, operation)
        if saved:
            return saved
        missing = written_down(request, cycle, form.refusal)
    context = {
        "move": chosen,
        "concern": cycle.concern,
        "lead": MEANING[name],
        "back": back,
        "gate_sentences": [link_to(one, concern=cycle.concern, cycle=cycle) for one in missing],
        "submit_text": chosen.label,
        "is_refused": request.method == "POST",
        "refusals_title": NOT_MOVED,
    }
    return pages.show(request, "sharing/cycle_move.html", context, form=form)


def _next_page(request: HatRequest, reference: str) -> str:
    """Return where somebody goes on who pressed on the page of what they want to send next."""
    told, _, number = request.POST.get("then", "").rpartition("-X")
    is_of_this_concern = told == reference and number.isascii() and number.isdigit()
    return reverse("send", args=[f"{reference}-X{number}"]) if is_of_this_concern else ""


def written_down(request: HatRequest, cycle: Cycle, refusal: Exception | None) -> list[Missing]:
    """Write a closed gate into the audit, now that the move is rolled back. Returns what is missing."""
    if not isinstance(refusal, workflow.GateClosed):
        return []
    operations.gate_was_closed(
        cycle.concern, refusal.move, by=request.membership, at=timezone.now(), missing=refusal.missing
    )
    return refusal.missing


@needs(Permission.OVERSEE)
@require_http_methods(["GET", "POST"])
def proceed(request: HatRequest, reference: str) -> HttpResponse:
    """Decide as a lead to go on although a check-back is open, with the reason."""
    cycle = access.get_cycle(request, reference)
    form = forms.ProceedForm.on(request, draft_key=f"proceed:{reference}:{cycle.number}:{cycle.stage}")
    back = reverse("concern", args=[reference])
    if request.method == "POST" and form.is_valid():

        def operation() -> str:
            operations.proceed_on_safety_grounds(
                cycle, by=request.membership, at=timezone.now(), **form.words()
            )
            return back

        saved = pages.save(request, form, operation, done="Decided. The concern can go on now.")
        if saved:
            return saved
    context = {
        "heading": f"Proceed from {cycle.get_stage_display()} on safety grounds",
        "caption": reference,
        "lead": "A check-back is still open. You can decide, as a lead, that waiting for it is less safe.",
        "back": back,
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def step_done(request: HatRequest, reference: str, number: int, step: str) -> HttpResponse:
    """Say that a step which an urgent disclosure went ahead of has been done since."""
    concern = get_concern(request, reference)
    skipped = get_object_or_404(
        SkippedStep.objects.select_related("cycle__concern"),
        cycle__concern=concern,
        cycle__number=number,
        step=step.upper(),
    )
    form = forms.StepDoneForm.on(request)
    back = reverse("concern", args=[reference])
    if request.method == "POST" and form.is_valid():

        def operation() -> str:
            operations.finish_skipped_step(skipped, by=request.membership, at=timezone.now())
            return back

        saved = pages.save(request, form, operation, done="Written down: the step has been done.")
        if saved:
            return saved
    context = {
        "heading": "Has this been done?",
        "caption": reference,
        "lead": f"{skipped.get_step_display()}.",
        "back": back,
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)
