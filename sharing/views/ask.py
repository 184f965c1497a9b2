"""Ask: who else works with them, what is assumed, how worried I am, who needs to know."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from records import operations as records
from records.models import Worry
from sharing import access, concern_page
from sharing.forms import ask as forms
from sharing.models import Cycle, Enquiry, Stage
from sharing.operations import ask as operations
from sharing.operations import cycle as cycles
from sharing.querysets import people
from sharing.views.concern import tabs, with_links


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def ask(request: HatRequest, reference: str) -> HttpResponse:
    """Show everything that Ask is about, and take who needs to know and whether advice is needed."""
    cycle = access.get_cycle(request, reference)
    form = forms.AskForm.on(
        request, draft_key=f"ask:{reference}:{cycle.number}", version=cycle.version, initial=_answers(cycle)
    )
    everything = _everything(cycle)
    form.leave_out(
        nobody_else_known=bool(everything["involved"]), no_assumptions=bool(everything["assumptions"])
    )
    if request.method == "POST" and form.is_valid():

        def operation() -> str:
            cycles.answer_ask_questions(
                cycle,
                by=request.membership,
                at=timezone.now(),
                seen_version=form.cleaned_data["version"],
                **form.answers(),
            )
            return reverse("concern", args=[reference])

        saved = pages.save(request, form, operation, done="Your answers have been saved.")
        if saved:
            return saved
    return pages.show(request, "sharing/ask.html", everything, form=form)


def _answers(cycle: Cycle) -> dict[str, Any]:
    """What has been answered so far, as the form shows it."""
    needed = (
        {True: forms.YES, False: forms.NO}.get(cycle.advice_needed) if cycle.advice_needed is not None else ""
    )
    return {
        "who_needs_to_know": cycle.who_needs_to_know,
        "nobody_else_known": cycle.nobody_else_known,
        "no_assumptions": cycle.no_assumptions,
        "advice_needed": needed,
        "advice_note": cycle.advice_note,
    }


def _everything(cycle: Cycle) -> dict[str, Any]:
    """What the Ask page shows besides its form."""
    questions = Enquiry.objects.filter(cycle=cycle).select_related(*people("asked_of", "asked_by"))
    worries = Worry.objects.filter(concern=cycle.concern, cycle_number=cycle.number).select_related(
        "by__user"
    )
    return {
        "cycle": cycle,
        "concern": cycle.concern,
        "tabs": tabs(cycle.concern, "ask"),
        "involved": list(cycle.involvements.select_related("member__user").order_by("id")),
        "questions": with_links(concern_page.enquiry_rows(questions, timezone.now())),
        "assumptions": concern_page.assumptions_of(cycle),
        "worry": worries.order_by("-id").first(),
        "is_open": cycle.stage != Stage.CLOSED,
        "back": reverse("concern", args=[cycle.concern.reference]),
    }


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def worry_now(request: HatRequest, reference: str) -> HttpResponse:
    """Say how worried I am in this cycle, and how soon somebody needs to act."""
    cycle = access.get_cycle(request, reference)
    concern = cycle.concern
    form = forms.WorryNowForm.on(
        request,
        draft_key=f"worry-now:{reference}:{cycle.number}",
        version=concern.version,
        initial={"urgency": concern.urgency},
    )
    back = reverse("ask" if cycle.stage == Stage.ASK else "concern", args=[reference])
    if request.method == "POST" and form.is_valid():

        def operation() -> str:
            records.give_worry(
                concern,
                by=request.membership,
                at=timezone.now(),
                cycle_number=cycle.number,
                seen_version=form.cleaned_data["version"],
                **form.words(),
            )
            return back

        saved = pages.save(request, form, operation, done="How worried you are has been recorded.")
        if saved:
            return saved
    context = {"heading": "How worried are you now?", "caption": reference, "back": back}
    return pages.show(request, "sharing/form_page.html", context, form=form)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def list_by_hand(request: HatRequest, reference: str) -> HttpResponse:
    """List somebody who works with the person and is not in the directory."""
    cycle = access.get_cycle(request, reference)
    form = forms.ByHandForm.on(request, draft_key=f"involved:{reference}:{cycle.number}")
    back = reverse("ask", args=[reference])
    if request.method == "POST" and form.is_valid():

        def operation() -> str:
            operations.list_involvement(cycle, by=request.membership, at=timezone.now(), **form.words())
            return back

        saved = pages.save(request, form, operation, done="Added to the list.")
        if saved:
            return saved
    context = {
        "heading": "Add somebody by hand",
        "caption": reference,
        "lead": "For somebody who is not in the directory. You cannot send them a question from here.",
        "back": back,
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def name_assumption(request: HatRequest, reference: str) -> HttpResponse:
    """Write down something that is taken for granted."""
    cycle = access.get_cycle(request, reference)
    form = forms.AssumptionForm.on(request, draft_key=f"assumption:{reference}:{cycle.number}")
    back = reverse("ask", args=[reference])
    if request.method == "POST" and form.is_valid():

        def operation() -> str:
            operations.name_assumption(cycle, by=request.membership, at=timezone.now(), **form.words())
            return back

        saved = pages.save(request, form, operation, done="Your assumption has been written down.")
        if saved:
            return saved
    context = {
        "heading": "Name an assumption",
        "caption": reference,
        "lead": "Something you take for granted, which would matter if it were wrong.",
        "back": back,
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def test_assumption(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """Write down how an assumption of this cycle was tested."""
    cycle = access.get_cycle(request, reference)
    named = [one["row"] for one in concern_page.assumptions_of(cycle) if one["number"] == number]
    if not named:
        raise Http404
    back = reverse("ask", args=[reference])
    if request.method == "GET" and named[0].tested_at:
        return redirect(back)
    form = forms.TestedForm.on(request, draft_key=f"tested:{reference}:{cycle.number}:{number}")
    if request.method == "POST" and form.is_valid():

        def operation() -> str:
            operations.test_assumption(named[0], by=request.membership, at=timezone.now(), **form.words())
            return back

        saved = pages.save(request, form, operation, done="How you tested it has been written down.")
        if saved:
            return saved
    context = {
        "heading": "How did you test this assumption?",
        "caption": reference,
        "quote": named[0].text,
        "back": back,
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)
