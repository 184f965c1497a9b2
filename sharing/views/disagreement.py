"""The pages of a disagreement: open it in one step, give a side, hold the risk, go up, decide, close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import looks, pages
from agencies.access import lead_of
from agencies.addresses import reverse
from agencies.decorators import needs, open_to_links
from agencies.forms import PlainForm
from agencies.http import HatRequest
from agencies.roles import Permission
from sharing import access
from sharing import ladder as climbing
from sharing.forms import differ as forms
from sharing.ladder import STAGES, Ladder
from sharing.models import Disagreement, Side
from sharing.models.ladder import TOP
from sharing.operations import differ, outcome
from sharing.operations import ladder as operations
from sharing.operations.check_back import CAN_AGREE
from sharing.rules import spoken_limit
from sharing.views import ladder_page as page
from sharing.views.exchange import stop

OTHER_SIDE_SEES = "The other side can see it."


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def disagree(request: HatRequest, reference: str) -> HttpResponse:
    """Say, from the exchange and in one step, that we do not agree about something."""
    found = access.get_exchange(request, reference)
    standing = access.standing(found, request.membership)
    actions = list(found.actions.filter(accepted_at__isnull=False, checked_at__isnull=True))
    form = forms.DisagreeForm.on(
        request, draft_key=f"disagree:{reference}", actions=actions, initial=_chosen(request)
    )

    def operation() -> str:
        opened = differ.open_disagreement(
            found, by=request.membership, at=timezone.now(), **form.words_for_operation()
        )
        return reverse("disagreement", args=[opened.reference])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation, done="The other side has been told.")
        if saved:
            return saved
    elif request.method != "POST":
        state, allowed = access.state(found), CAN_AGREE
        if standing.is_speaker:
            allowed = differ.CAN_DIFFER
        if not standing.is_party or found.kind in differ.NOT_DIFFERED_ON or found.for_information:
            return stop(
                request, reference, "Only the two people in it say that they do not agree, on what was told."
            )
        if state not in allowed:
            return stop(request, reference, "Confirm receipt first. What was withdrawn is not differed on.")
    context = {
        "heading": "We do not agree about something",
        "caption": reference,
        "lead": "You can understand each other and still not agree. The other side adds what they think.",
        "back": reverse("exchange", args=[reference]),
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)


def _chosen(request: HatRequest) -> dict[str, str]:
    """Start from what a link on another page chose: an action that was not done."""
    action = request.GET.get("action", "")[:30]
    return {"about": Disagreement.About.NOT_DONE, "action": action} if action else {}


@open_to_links
@needs(Permission.EXCHANGE)
@require_safe
def disagreement(request: HatRequest, reference: str) -> HttpResponse:
    """Show a disagreement: its ladder, and the one next step for whoever reads it."""
    ladder = climbing.read(access.get_disagreement(request, reference), lazily=True)
    reader = page.look(ladder, request.membership, now=timezone.now())
    return pages.show(request, "sharing/disagreement.html", page.context(reader))


def _page(
    request: HatRequest,
    ladder: Ladder,
    form: PlainForm,
    operation: Callable[[], object],
    context: dict[str, Any],
    *,
    done: str,
    template: str = "sharing/form_page.html",
    stopped: str = "",
) -> HttpResponse:
    """Show or save one form of a disagreement. `stopped` says why it cannot be used now."""
    reference = ladder.disagreement.reference
    here = reverse("disagreement", args=[reference])

    def and_go_back() -> str:
        operation()
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, and_go_back, done=done)
        if saved:
            return saved
    elif request.method != "POST":
        if not ladder.is_open:
            stopped = "This disagreement is settled."
        elif differ.actor(ladder, request.membership, at=timezone.now()) is None:
            stopped = "Only the two sides, who answers for them, or their leads can do this."
        if stopped:
            refusal = {"refusals": [stopped], "back_url": here}
            return render(request, "errors/409.html", refusal, status=409)
    about = ladder.disagreement.get_about_display()
    return pages.show(
        request, template, {"caption": f"{reference}: {about}", "back": here, **context}, form=form
    )


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_position(request: HatRequest, reference: str) -> HttpResponse:
    """Say what one's side thinks, at this stage."""
    ladder = climbing.read(access.get_disagreement(request, reference), lazily=True)
    form = forms.PositionForm.on(request, draft_key=f"position:{reference}")

    def operation() -> object:
        return differ.add_position(
            ladder.disagreement,
            by=request.membership,
            at=timezone.now(),
            words=form.cleaned_data["position"],
        )

    context = {"heading": "What does your side think?"}
    return _page(request, ladder, form, operation, context, done=OTHER_SIDE_SEES)


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def name_risk_holder(request: HatRequest, reference: str) -> HttpResponse:
    """Say who holds the risk until it is settled."""
    ladder = climbing.read(access.get_disagreement(request, reference), lazily=True)
    sides = [ladder.party(side) for side in Side]
    answering = [ladder.now.answers_for(side) for side in Side]
    agencies = {one.agency_id: one.agency for one in sides}
    people = [one for one in [*sides, *answering, *map(lead_of, sides)] if one and one.agency_id in agencies]
    form = forms.RiskHolderForm.on(
        request,
        draft_key=f"risk-holder:{reference}",
        version=ladder.disagreement.version,
        people=list({one.pk: one for one in people}.values()),
        agencies=list(agencies.values()),
    )

    def operation() -> object:
        return operations.name_risk_holder(
            ladder.disagreement,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.words_for_operation(),
        )

    context = {
        "heading": "Who holds the risk until this is settled?",
        "lead": "One person or post, so that nobody thinks that it is the other side.",
    }
    return _page(request, ladder, form, operation, context, done="Both sides can see who holds the risk.")


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def open_next_stage(request: HatRequest, reference: str) -> HttpResponse:
    """Take a disagreement to the next stage."""
    ladder = climbing.read(access.get_disagreement(request, reference), lazily=True)
    number = min(ladder.now.number + 1, TOP)
    proposed = operations.who_answers(ladder, number)
    possible = operations.who_could_answer(ladder, number, proposed)
    if request.membership.is_outside:
        # Who leads elsewhere is in the directory, which is not theirs: who is proposed answers.
        possible = {side: [proposed[side]] for side in Side}
    late = ladder.is_late(timezone.now())
    form = forms.NextStageForm.on(
        request,
        draft_key=f"next-stage:{reference}",
        version=ladder.disagreement.version,
        names=(ladder.party(Side.SPEAKER).agency.name, ladder.party(Side.LISTENER).agency.name),
        possible=(possible[Side.SPEAKER], possible[Side.LISTENER]),
        late=late,
        initial={
            "stage": number,
            "for_speaker": proposed[Side.SPEAKER].pk,
            "for_listener": proposed[Side.LISTENER].pk,
        },
    )

    def operation() -> object:
        return operations.open_stage(
            ladder.disagreement,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.words_for_operation(),
        )

    stopped = ""
    if ladder.now.number == TOP:
        stopped = "There is no stage above this one. What is decided here is the outcome."
    elif ladder.holder is None:
        stopped = "Say first who holds the risk until this is settled. Then take it further."
    context = {
        "heading": f"Take it to stage {number}?",
        "lead": f"{STAGES[number]}. Both sides are told; what was said so far goes with it.",
    }
    return _page(
        request, ladder, form, operation, context, done=f"It is at stage {number}, and both sides are told.",
        stopped=stopped,
    )  # fmt: skip


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def immediate_danger(request: HatRequest, reference: str) -> HttpResponse:
    """Say how to go past the ladder, and write down who was called."""
    ladder = climbing.read(access.get_disagreement(request, reference), lazily=True)
    local = timezone.localtime()
    form = forms.DangerForm.on(
        request,
        draft_key=f"danger:{reference}",
        here=ladder.now.number,
        initial={"day": local.date(), "time": f"{local:%H:%M}"},
    )

    def operation() -> object:
        return operations.record_danger(
            ladder.disagreement, by=request.membership, at=timezone.now(), **form.words_for_operation()
        )

    sides = [ladder.party(side) for side in Side]
    context = {
        "phones": access.phones_of(*(one.agency for one in sides)),
        "heading": "Somebody is in immediate danger",
    }
    return _page(
        request, ladder, form, operation, context, done="It is recorded, and both sides are told as urgent.",
        template="sharing/danger.html",
    )  # fmt: skip


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def write_outcome(request: HatRequest, reference: str) -> HttpResponse:
    """Write what was decided, and send it to each party who did not write it."""
    ladder = climbing.read(access.get_disagreement(request, reference), lazily=True)
    form = forms.OutcomeForm.on(
        request, draft_key=f"outcome:{reference}", version=ladder.disagreement.version
    )

    def operation() -> object:
        return outcome.write_outcome(
            ladder.disagreement,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.words(),
        )

    found = None
    if request.method != "POST":
        found = differ.actor(ladder, request.membership, at=timezone.now())
    stopped = ""
    if found is not None and not found.decides:
        stopped = "The outcome is written by the two parties, or by who answers at this stage."
    elif ladder.holder is None:
        stopped = "Say first who holds the risk until this is settled. Then write the outcome."
    context = {
        "heading": "What was decided?",
        "lead": "Each party who did not write it is sent these words, and says them back.",
    }
    return _page(
        request,
        ladder,
        form,
        operation,
        context,
        done="It is sent. Each party says it back.",
        stopped=stopped,
    )


@open_to_links
@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HatRequest, reference: str) -> HttpResponse:
    """Close a disagreement whose outcome everybody understands."""
    ladder = climbing.read(access.get_disagreement(request, reference), lazily=True)
    form = forms.CloseForm.on(
        request,
        draft_key=f"close:{reference}",
        version=ladder.disagreement.version,
        note_needed=ladder.is_empty,
    )

    def operation() -> object:
        return outcome.close(
            ladder.disagreement,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.words(),
        )

    stopped = (
        "" if ladder.is_empty or ladder.is_understood else "The outcome is not understood by everybody yet."
    )
    context = {
        "heading": "Is it settled?",
        "lead": "Close it only if your side accepts what was decided. If not, take it further.",
        "quote": ladder.outcome.what_was_decided if ladder.outcome else "",
    }
    return _page(request, ladder, form, operation, context, done="It is settled.", stopped=stopped)


@needs(Permission.OVERSEE_PARTNERSHIP)
@require_safe
def escalated(request: HatRequest) -> HttpResponse:
    """Show the partnership's office what has come to stage 3: references, no names and no words."""
    now = timezone.now()
    stages = access.escalated(request.membership)
    shown = [stage.disagreement.reference for stage in stages]
    looks.log_seen(request, by=request.membership, action="list", subject="disagreements", shown=shown)
    rows = [
        {
            "reference": stage.disagreement.reference,
            "about": stage.disagreement.get_about_display(),
            "stage": stage.number,
            "name": STAGES[stage.number],
            "due": {"text": spoken_limit(stage.due_at), "late": stage.due_at <= now},
            "held_by": getattr(stage, "held_by", None) or "",
        }
        for stage in stages
    ]
    return pages.show(request, "sharing/escalated.html", {"rows": rows})
