"""How long one record is kept: its class, holds, and disposal: proposed, approved or stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from records.models import Certificate, Disposal, LegalHold, RetentionDecision
from sharing.forms import retention as forms
from sharing.operations import disposal as operations
from sharing.operations import retention as keeping
from sharing.retention import access
from sharing.retention.access import Standing
from sharing.rules import spoken_limit
from sharing.told import moment
from sharing.views.retention import place, state_of

# A certificate names kinds of rows as the tables do. Those that nobody would understand, in plain words.
PLAINLY = {
    "cycles": "Rounds of the four stages",
    "involvements": "People listed as working with them",
    "person words": "Words by which people were found",
    "stage moves": "Moves from stage to stage",
    "subjects": "People named on the concern",
    "views": "What people said about sharing",
    "worries": "How worried somebody was",
}


@needs(Permission.DISPOSE)
@require_safe
def concern_retention(request: HatRequest, reference: str) -> HttpResponse:
    """Show under which class my agency holds this, when it comes up for review, and what holds it."""
    standing = access.get_standing(request, reference)
    holds, in_force = access.holds_on(standing)
    disposals = list(standing.concern.disposals.filter(agency=standing.holding.agency).order_by("-pk"))
    context = {
        "concern": standing.concern,
        "standing": standing,
        "rows": _rows(standing),
        "in_the_way": _in_the_way(standing, in_force),
        "open": next((one for one in disposals if one.is_open), None),
        "others": standing.others,
        "decisions": [_decision(one) for one in _decisions(standing)],
        "holds": [_hold(one) for one in holds],
        "people": standing.people,
    }
    return render(request, "retention/concern.html", context)


def _in_the_way(standing: Standing, in_force: list[LegalHold]) -> list[str]:
    return operations.in_the_way(
        standing.holding,
        at=timezone.now(),
        closed_on=standing.known.closed_on,
        is_asked_for=standing.is_asked_for,
        holds=in_force,
    )


def _rows(standing: Standing) -> list[dict[str, Any]]:
    holding = standing.holding
    who = "Suggested. Nobody has confirmed it yet."
    if holding.chosen_by:
        who = f"Confirmed by {holding.chosen_by.label}, {moment(holding.chosen_at)}"
    day = standing.review.on
    rows = [
        ("What is held", "Our own record" if standing.is_own else "What we were told or said in it"),
        ("Class", str(holding.retention_class) if holding.retention_class else "None is known"),
        ("Rests on", holding.retention_class.source if holding.retention_class else ""),
        ("Chosen", who),
        ("Review on", f"{day:%-d %B %Y}" if day else "Cannot be counted yet"),
        ("How it was counted", "\n".join(standing.review.because)),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _decisions(standing: Standing) -> list[RetentionDecision]:
    if not standing.is_filed:
        return []
    rows = standing.holding.decisions.select_related("by__user", "by__agency", "retention_class")
    return list(rows.order_by("-pk"))


def _decision(one: RetentionDecision) -> dict[str, Any]:
    what = f"Kept until {one.until:%-d %B %Y}" if one.until else str(one.retention_class)
    return {"key": one.get_kind_display(), "value": "\n".join(filter(None, [what, one.why, _by(one)]))}


def _by(one: RetentionDecision) -> str:
    return f"{one.by.label}, {moment(one.at)}"


def _hold(hold: LegalHold) -> dict[str, Any]:
    ended = ""
    if hold.ended_by:
        ended = f"Ended by {hold.ended_by.full_name}, {moment(hold.ended_at)}: {hold.ended_why}"
    lines = [f"{hold.get_reason_display()}, reference {hold.reference}", hold.why,
             f"Placed by {hold.placed_by.full_name}, {moment(hold.placed_at)}", ended]  # fmt: skip
    about = f", on {hold.person.reference}" if hold.person else ""
    actions = (
        [{"text": "End it", "href": reverse("hold-end", args=[hold.number])}] if not hold.ended_at else []
    )
    tag = {"text": "Over", "colour": "grey"} if hold.ended_at else {"text": "In force", "colour": "red"}
    return {"key": f"{hold}{about}", "value": "\n".join(filter(None, lines)), "tag": tag, "actions": actions}


def _page(
    request: HatRequest,
    standing: Standing,
    form: Any,
    act: Callable[..., object],
    *,
    heading: str,
    lead: str,
    done: str,
) -> HttpResponse:
    """Ask one thing about how long a record is kept, and do it."""
    reference = standing.concern.reference
    back = reverse("concern-retention", args=[reference])

    def save() -> str:
        made = act(standing.concern, by=request.membership, at=timezone.now(),
                   seen_version=form.cleaned_data["version"], **form.words())  # fmt: skip
        return reverse("disposal", args=[made.reference]) if isinstance(made, Disposal) else back

    if request.method == "POST" and form.is_valid() and (saved := pages.save(request, form, save, done=done)):
        return saved
    context = {"heading": heading, "caption": reference, "lead": lead, "back": back}
    return pages.show(request, "retention/form_page.html", context, form=form)


@needs(Permission.DISPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HatRequest, reference: str) -> HttpResponse:
    """Choose or confirm the class."""
    standing = access.get_standing(request, reference)
    holding: Any = standing.holding
    form = forms.ChooseClassForm.on(
        request,
        draft_key=f"retention-choose:{reference}",
        version=holding.version,
        classes=standing.known.classes,
        suggested=standing.suggested,
        initial={
            "record_kind": getattr(holding.retention_class, "record_kind", standing.suggested),
            "event_on": holding.event_on,
            "died_on": holding.died_on,
            "is_sexual_abuse": holding.is_sexual_abuse,
        },
    )
    return _page(request, standing, form, keeping.choose_class, heading="How long is this kept?",
                 lead="The class says when two people look at it again. Nothing is destroyed by a date.",
                 done="The class has been confirmed.")  # fmt: skip


@needs(Permission.DISPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HatRequest, reference: str) -> HttpResponse:
    """Keep it longer."""
    standing = access.get_standing(request, reference)
    form = forms.KeepForm.on(
        request, draft_key=f"retention-keep:{reference}", version=standing.holding.version
    )
    return _page(request, standing, form, keeping.keep_longer, heading="Keep this longer",
                 lead="The day and the reason stay with it.", done="It is kept until then.")  # fmt: skip


@needs(Permission.DISPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HatRequest, reference: str) -> HttpResponse:
    """Hold what my agency has of this concern."""
    standing = access.get_standing(request, reference)
    return place(request, standing.concern, f"concern-hold:{reference}",
                 back=reverse("concern-retention", args=[reference]),
                 lead="Nothing of this is disposed of while it stands, whatever its class says.")  # fmt: skip


@needs(Permission.DISPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HatRequest, reference: str) -> HttpResponse:
    """Propose that what my agency holds is destroyed."""
    standing = access.get_standing(request, reference)
    form = forms.ProposeForm.on(
        request, draft_key=f"disposal-propose:{reference}", version=standing.holding.version
    )
    return _page(request, standing, form, operations.propose, heading="Propose disposal",
                 lead="Another lead of your agency approves it. Then it waits, and can still be stopped.",
                 done="Proposed. The other leads have been told.")  # fmt: skip


@needs(Permission.DISPOSE)
@require_safe
def disposal(request: HatRequest, reference: str) -> HttpResponse:
    """Show one disposal: who proposed and approved it, what it waits for or, once done, the certificate."""
    row = access.get_disposal(request, reference)
    certificate: Certificate | None = getattr(row, "certificate", None)
    holding = row.concern.holdings.select_related("concern").get(agency=row.agency_id)
    mine = request.membership.is_same_person(row.proposed_by)
    context = {
        "disposal": row,
        "tag": state_of(row),
        "rows": _steps(row),
        "certificate": certificate,
        "destroyed": _destroyed(certificate) if certificate else [],
        "in_the_way": operations.what_stands_in_the_way(holding, at=timezone.now()) if row.is_open else [],
        "may_approve": row.is_open and row.approved_at is None and not mine,
        "is_mine": mine,
        "due": spoken_limit(row.due_at) if row.due_at else "",
    }
    return render(request, "retention/disposal.html", context)


def _steps(row: Disposal) -> list[dict[str, str]]:
    rows = [
        ("Record", f"{row.concern.reference}, as {row.agency.name} held it"),
        ("Class", str(row.retention_class)),
        ("Rests on", row.retention_class.source),
        ("Came up for review", f"{row.review_on:%-d %B %Y}"),
        ("Why", row.why),
        ("Proposed by", f"{row.proposed_by.label}, {moment(row.proposed_at)}"),
        ("Approved by", f"{row.approved_by.label}, {moment(row.approved_at)}" if row.approved_by else ""),
        ("Stopped by", f"{row.stopped_by.label}, {moment(row.stopped_at)}" if row.stopped_by else ""),
        ("Why it was stopped", row.stopped_why),
        ("Destroyed", moment(row.carried_out_at)),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _destroyed(certificate: Certificate) -> list[dict[str, Any]]:
    """How many of which kind, as rows of a list."""
    kinds = sorted(
        (PLAINLY.get(key, key[:1].upper() + key[1:]), n) for key, n in certificate.destroyed.items()
    )
    return [{"key": key, "value": str(count)} for key, count in kinds]


@needs(Permission.DISPOSE)
@require_POST
def approve(request: HatRequest, reference: str) -> HttpResponse:
    """Approve a disposal as the second person."""
    row = access.get_disposal(request, reference)
    return pages.press(
        request,
        lambda: operations.approve(row, by=request.membership, at=timezone.now()),
        back=reverse("disposal", args=[reference]),
        done="Approved. It is carried out once the waiting time is over, and can be stopped until then.",
    )


@needs(Permission.DISPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HatRequest, reference: str) -> HttpResponse:
    """Stop a disposal."""
    row = access.get_disposal(request, reference)
    form = forms.StopForm.on(request, draft_key=f"disposal-stop:{reference}")
    here = reverse("disposal", args=[reference])

    def save() -> str:
        operations.stop(row, by=request.membership, at=timezone.now(), **form.words())
        return here

    if (
        request.method == "POST"
        and form.is_valid()
        and (saved := pages.save(request, form, save, done="Stopped. Nothing has been destroyed."))
    ):
        return saved
    context = {"heading": "Stop this disposal", "caption": reference, "back": here, "lead": ""}
    return pages.show(request, "retention/form_page.html", context, form=form)
