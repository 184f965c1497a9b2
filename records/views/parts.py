"""One page for each step of a draft: who, voice, worry, Think Family."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.forms import PlainForm
from agencies.http import HatRequest
from agencies.roles import Permission
from records import access, operations, rules, texts
from records.forms.concerns import FamilyForm, VoiceForm, WorryForm
from records.models import Concern, Statement
from records.views import steps


@require_safe
@needs(Permission.LOG_CONCERNS)
def about(request: HatRequest, reference: str) -> HttpResponse:
    """Show whom the draft is about, and the family and other related people."""
    concern = access.get_draft(request, reference)
    subjects = list(concern.subjects.select_related("person").order_by("-is_main", "id"))
    related = rules.related_people(concern, subjects)
    on_it = {subject.person_id for subject in subjects}
    context = {
        "concern": concern,
        "main": [subject for subject in subjects if subject.is_main],
        "family": [(s, related.get(s.person, "")) for s in subjects if not s.is_main],
        "known": [
            (person, rules.within_a_sentence(how))
            for person, how in related.items()
            if person.pk not in on_it
        ],
    }
    return render(request, "records/about.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def remove_person(request: HatRequest, reference: str, person: str) -> HttpResponse:
    """Ask before somebody is taken out of a draft."""
    concern = access.get_draft(request, reference)
    subject = access.get_subject(concern, person)
    form = RemoveForm.on(request)

    def remove() -> str:
        operations.remove_subject(subject, by=request.membership, at=timezone.now())
        return reverse("concern-about", args=[reference])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, remove, done=f"{subject.person.name} is no longer on this concern.")
        if saved:
            return saved
    context = {
        "concern": concern,
        "heading": f"Take {subject.person.name} out of this concern?",
        "tab": f"Take somebody out of {reference}?",
        "lead": "They stay in your agency’s records.",
        "back": reverse("concern-about", args=[reference]),
        "warning": True,
    }
    return pages.show(request, "records/question.html", context, form=form)


class RemoveForm(PlainForm):
    """Nothing but the button."""

    submit_label = "Take out"


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def voice(request: HatRequest, reference: str) -> HttpResponse:
    """Ask whether the person's own voice is recorded, and show what is."""
    concern = access.get_draft(request, reference)
    form = VoiceForm.on(
        request,
        draft_key=f"voice:{reference}",
        version=concern.version,
        initial={
            "voice": concern.voice_status,
            "why_not": concern.voice_not_obtained_why,
            "plan": concern.voice_plan,
        },
    )
    heard = list(
        concern.statements.current()
        .filter(kind=Statement.Kind.VOICE)
        .select_related("author__user")
        .prefetch_related("rests_on")
    )

    def keep() -> str:
        words = form.words()
        status = words.pop("voice")
        operations.set_voice(concern, status=status, **words, **_written(request, form))
        if status == Concern.VoiceStatus.OBTAINED and not heard:
            return reverse("concern-statement-add", args=[reference, "voice"])
        return reverse("concern-draft", args=[reference])

    context = {"heard": [texts.shown(s) for s in heard]}
    return _step(request, concern, form, keep, "voice", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def worry(request: HatRequest, reference: str) -> HttpResponse:
    """Ask how worried somebody is and how soon somebody needs to act."""
    concern = access.get_draft(request, reference)
    last = concern.worries.order_by("-id").select_related("by__user").first()
    now = (
        {"level": last.level, "change": last.change, "why": last.why, "urgency": concern.urgency}
        if last
        else {}
    )
    form = WorryForm.on(request, draft_key=f"worry:{reference}", version=concern.version, initial=now)

    def keep() -> str:
        operations.give_worry(concern, **form.words(), **_written(request, form))
        return reverse("concern-draft", args=[reference])

    return _step(request, concern, form, keep, "worry", {"last": last})


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def family(request: HatRequest, reference: str) -> HttpResponse:
    """Ask what the concern might mean for each related person."""
    concern = access.get_draft(request, reference)
    subjects = list(concern.subjects.select_related("person").order_by("id"))
    initial: dict[str, Any] = {"anybody_else": concern.think_family}
    for subject in subjects:
        initial[f"means_{subject.person_id}"] = subject.what_it_might_mean
        initial[f"nothing_{subject.person_id}"] = subject.nothing_seen
    form = FamilyForm.on(
        request,
        draft_key=f"family:{reference}",
        version=concern.version,
        initial=initial,
        related=rules.related_people(concern, subjects),
    )

    def keep() -> str:
        operations.set_think_family(concern, **form.answers(), **_written(request, form))
        return reverse("concern-draft", args=[reference])

    return _step(request, concern, form, keep, "family", {})


def _written(request: HatRequest, form: PlainForm) -> dict[str, Any]:
    """Who writes, when, and which version they saw."""
    return {"by": request.membership, "at": timezone.now(), "seen_version": form.cleaned_data["version"]}


def _step(
    request: HatRequest, concern: Concern, form: PlainForm, keep: Any, part: str, context: dict[str, Any]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, keep)
        if saved:
            return saved
    template = f"records/{part}.html"
    return steps.show(request, template, form, {"concern": concern, **context}, thing=concern, part=part)
