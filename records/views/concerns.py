"""The list of concerns, and the pages of a draft as a whole."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from records import access, operations, rules, texts
from records.forms.concerns import DiscardForm, LogForm
from records.models import Concern
from records.quality import advice
from records.quality.rules import of_a_concern
from records.views import steps

A_PAGE = 25


class ListForm(forms.Form):
    """Which concerns are listed."""

    whose = forms.ChoiceField(
        label="Whose",
        choices=[("agency", "My agency’s"), ("mine", "Mine")],
        required=False,
    )
    state = forms.ChoiceField(
        label="Which",
        choices=[("", "All"), ("draft", "Drafts"), ("logged", "Logged"), ("discarded", "Discarded drafts")],
        required=False,
    )


@require_safe
@needs(Permission.LOG_CONCERNS)
def concerns(request: HatRequest) -> HttpResponse:
    """List the agency's concerns, newest first."""
    form = ListForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows, older, newer = access.list_concerns(
        request,
        mine=chosen.get("whose") == "mine",
        state=chosen.get("state", ""),
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
        at_most=A_PAGE,
    )
    query = request.GET.copy()
    for key in ("before", "after"):
        query.pop(key, None)
    kept = f"&{query.urlencode()}" if query else ""
    context = {
        "form": form,
        "rows": rows,
        "next_url": f"?before={older}{kept}" if older else "",
        "previous_url": f"?after={newer}{kept}" if newer else "",
    }
    return render(request, "records/concerns.html", context)


@require_safe
@needs(Permission.LOG_CONCERNS)
def draft(request: HatRequest, reference: str) -> HttpResponse:
    """Show the steps of a draft, and which are done."""
    concern = access.get_concern(request, reference)
    if not concern.is_draft:
        return redirect(_onward(request, concern))
    looked = rules.look_at(concern)
    context = {"concern": concern, "people": looked.main, "tasks": steps.tasks(looked)}
    return render(request, "records/draft.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def check(request: HatRequest, reference: str) -> HttpResponse:
    """Show everything on one page with what is missing; a POST logs the concern."""
    concern = access.get_concern(request, reference, with_words=True)
    if not concern.is_draft:
        return redirect(_onward(request, concern))
    looked, words = rules.look_at(concern), advice.words_with(concern)
    missing = [one for one in rules.missing(looked) if one.step != "check"]
    late = [statement.label for statement in looked.late]
    form = LogForm.on(
        request,
        draft_key=f"log:{reference}",
        version=concern.version,
        initial={"late_why": concern.late_why},
        late=late,
        hours=concern.agency.record_within_hours,
    )
    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, lambda: _log(request, concern, form, looked))
        if saved:
            return saved
    context = {
        "concern": concern,
        "looked": looked,
        "statements": [
            {**texts.shown(one), "advice": advice.of_statement(one, words)} for one in looked.statements
        ],
        "advice": of_a_concern([one.kind for one in looked.statements]),
        "related": [
            (s, rules.within_a_sentence(looked.related.get(s.person, "")))
            for s in looked.subjects
            if not s.is_main
        ],
        "missing": [(one.sentence, steps.address(one.step, concern)) for one in missing],
    }
    return steps.show(request, "records/check.html", form, context)


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def discard(request: HatRequest, reference: str) -> HttpResponse:
    """Ask why a draft is discarded, and discard it."""
    concern = access.get_draft(request, reference)
    form = DiscardForm.on(request, draft_key=f"discard:{reference}", version=concern.version)

    def discard_it() -> str:
        operations.discard_draft(
            concern,
            why=form.cleaned_data["why"],
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
        )
        return reverse("concerns")

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, discard_it, done=f"{reference} is discarded.")
        if saved:
            return saved
    return steps.show(request, "records/discard.html", form, {"concern": concern})


def _log(request: HatRequest, concern: Concern, form: LogForm, looked: rules.Draft) -> str:
    logged = operations.log_concern(
        concern,
        late_why=form.cleaned_data.get("late_why", ""),
        by=request.membership,
        at=timezone.now(),
        seen_version=form.cleaned_data["version"],
        looked=looked,
    )
    return steps.first_that_exists("start-cycle", "concern", concern=logged)


def _onward(request: HatRequest, concern: Concern) -> str:
    """Where the page of a draft leads that is no draft any more."""
    if concern.discarded_at is not None:
        messages.info(request, f"{concern.reference} was discarded. It is listed here with the reason.")
        return f"{reverse('concerns')}?state=discarded"
    return steps.first_that_exists("concern", concern=concern)
