"""Do: what was decided and advised, and whom to tell."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import pages
from agencies.access import find_recipients, get_recipient, ways_to
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.roles import Permission
from consent.models import SharingDecision
from records.access import get_concern
from records.models import Concern
from sharing import access
from sharing import facts as reading
from sharing.alike import alike_to
from sharing.facts import Facts
from sharing.forms import do as forms
from sharing.forms.ask import FindForm
from sharing.links import speaking
from sharing.models import Cycle, Exchange, Stage
from sharing.operations import disclosure
from sharing.states import ENQUIRY_TAGS, TAGS, State, enquiry_state
from sharing.views import night
from sharing.views.concern import tabs
from sharing.views.links import link_to
from sharing.workflow import MOVES, missing_for


@needs(Permission.LOG_CONCERNS)
@require_safe
def do(request: HatRequest, reference: str) -> HttpResponse:
    """Show what Do is about: each sharing decision, the advice, whom to tell, what is missing."""
    concern = get_concern(request, reference, action="do")
    facts = reading.read_current(concern, for_closing=False)
    if facts is None:
        raise Http404("No such page")
    missing = missing_for(MOVES["to-share"], facts)
    context = {
        "concern": concern,
        "cycle": facts.cycle,
        "tabs": tabs(concern, "do"),
        "decisions": _decisions(facts),
        "advice": _advice(facts),
        "listeners": _listeners(facts, request),
        "missing": [link_to(one, concern=concern, cycle=facts.cycle) for one in missing],
        "is_open": facts.cycle.stage != Stage.CLOSED,
        "is_here": facts.cycle.stage == Stage.DO,
        "move_hidden": to_share(facts.cycle),
        "is_sharing": facts.cycle.stage == Stage.SHARE,
    }
    return render(request, "sharing/do.html", context)


def to_share(cycle: Cycle, then: str = "") -> list[tuple[str, object]]:
    """What the button to Share carries; `then` is the exchange to send next."""
    return [("form_id", uuid4()), ("version", cycle.version), *([("then", then)] if then else [])]


def _decisions(facts: Facts) -> list[dict[str, Any]]:
    """Each person the concern is about, with the decision or that there is none."""
    href = reverse("sharing-decisions", args=[facts.concern.reference, facts.cycle.number])
    return [
        {
            "title": one.person.name,
            "href": href,
            "status": {"text": _outcome(one.decision), "colour": "" if one.decision else "blue"},
        }
        for one in facts.main_people
    ]


def _outcome(decision: str | None) -> str:
    return SharingDecision.Outcome(decision).label if decision else "Not decided yet"


def _advice(facts: Facts) -> list[dict[str, Any]]:
    """Each request for advice, with where it stands."""
    rows = []
    for one in facts.enquiries:
        if one.kind == "ADVICE":
            state = enquiry_state(one)
            rows.append(
                {
                    "title": f"Advice from {one.asked_of.full_name}",
                    "href": reverse("enquiry", args=[one.reference]),
                    "status": {"text": state.value.capitalize(), "colour": ENQUIRY_TAGS[state]},
                }
            )
    return rows


def _listeners(facts: Facts, request: HatRequest) -> list[dict[str, Any]]:
    """Each person chosen to be told in this cycle: how much they are told and what is missing."""
    told = {e.pk: e for e in facts.of_cycle if e.kind == Exchange.Kind.DISCLOSURE}
    counted = Exchange.objects.filter(pk__in=told).annotate(
        keys=Count("items", filter=Q(items__is_key=True), distinct=True),
        all_items=Count("items", distinct=True),
        held=Count("held_back", distinct=True),
    )
    visible = {e.pk: e for e in counted.visible_to(request.membership)} if told else {}
    return [_listener(facts, one, visible.get(pk)) for pk, one in told.items()]


def _listener(facts: Facts, one: Any, counted: Any | None) -> dict[str, Any]:
    state = facts.state(one)
    meta = [one.listener.job_title, one.listener.agency.name]
    if one.for_information:
        meta.append("For information")
    if counted is not None:
        meta.append(f"{counted.all_items} shared, {counted.keys} of them key, {counted.held} held back")
    if state == State.PREPARED and not one.has_items:
        meta.append("Nothing is chosen for them yet")
    if state == State.PREPARED and not (one.contact_point and one.contact_point.is_checked):
        meta.append("No checked contact point")
    page, words = "exchange", "Look at it"
    if state == State.PREPARED:
        page, words = (
            ("preview", "Look at it and send it") if one.has_items else ("prepare", "Choose what to tell")
        )
    return {
        "heading": one.listener.full_name,
        "reference": one.reference,
        "meta": meta,
        "tag": {"text": state.value.capitalize(), "colour": TAGS[state]},
        "href": reverse(page, args=[one.reference]) if counted is not None else "",
        "link_text": words,
    }


# --- Whom to tell ------------------------------------------------------------------------------


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def choose_listener(request: HatRequest, reference: str) -> HttpResponse:
    """Find somebody in the directory; then say of one person that it is the right one and place."""
    cycle = access.get_cycle(request, reference)
    if "of" in request.GET:
        return _is_it_the_right_place(request, cycle)
    return _find(request, cycle.concern, "sharing/choose_listener.html")


def _find(request: HatRequest, concern: Concern, template: str, **more: Any) -> HttpResponse:
    """Search the directory by post, so that no name stands in an address. Changes nothing."""
    form = FindForm.on(request)
    found = None
    if request.method == "POST" and form.is_valid():
        found = find_recipients(request.membership, form.cleaned_data["who"])
    context = {
        "concern": concern,
        "found": found,
        "choose_url": reverse("choose-listener", args=[concern.reference]),
        "back": reverse("do", args=[concern.reference]),
        **more,
    }
    return pages.show(request, template, context, form=form)


def plan_for(member: Membership, request: HatRequest) -> dict[str, Any] | None:
    """What happens when something is sent to somebody without an account; None for everybody else."""
    if not member.is_outside:
        return None
    return speaking.plan(ways_to(member), by=request.membership, now=timezone.now())


def _is_it_the_right_place(request: HatRequest, cycle: Cycle) -> HttpResponse:
    try:
        contact = get_recipient(request.membership, UUID(request.GET["of"]))
    except ValueError as error:
        raise Http404("No such page") from error
    reference = cycle.concern.reference
    alike = alike_to(contact.member, by=request.membership)
    form = forms.ListenerForm.on(
        request, draft_key=f"listener:{reference}:{cycle.number}:{contact.member.pk}", alike=alike
    )

    def operation() -> str:
        meant = form.cleaned_data.get("meant")
        people = {one.member.pk: one.member for one in alike}
        exchange = disclosure.choose_listener(
            cycle,
            listener=people.get(meant, contact.member),
            meant=meant,
            by=request.membership,
            at=timezone.now(),
            right_place=form.cleaned_data["right_place"],
            for_information=form.cleaned_data["expects"] == forms.INFORMATION,
        )
        return reverse("prepare", args=[exchange.reference])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, operation)
        if saved:
            return saved
    context = {
        "concern": cycle.concern,
        "contact": contact,
        "plan": plan_for(contact.member, request),
        "night": night.out_of_hours(
            contact, to=request.membership, urgency=cycle.concern.urgency, now=timezone.now()
        ),
        "choose_url": reverse("choose-listener", args=[reference]),
        "back": reverse("choose-listener", args=[reference]),
    }
    return pages.show(request, "sharing/choose_right_place.html", context, form=form)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def urgent(request: HatRequest, reference: str) -> HttpResponse:
    """Tell somebody now, from any stage: those who are chosen already, or somebody from the directory."""
    cycle = access.get_cycle(request, reference)
    acting = Exchange.objects.filter(cycle=cycle, kind=Exchange.Kind.DISCLOSURE, sent_at__isnull=True)
    prepared = acting.filter(withdrawn_at__isnull=True).visible_to(request.membership).with_people()
    more = {"prepared": list(prepared), "is_open": cycle.ended_at is None}
    return _find(request, cycle.concern, "sharing/urgent.html", **more)
