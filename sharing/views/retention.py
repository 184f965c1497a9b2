"""An agency's retention: classes, reviews, holds and disposals; and the partnership's defaults."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.models import Agency
from agencies.roles import Permission
from records.models import Disposal, Holding, LegalHold, RetentionClass
from sharing.forms import retention as forms
from sharing.operations import retention as operations
from sharing.retention import access
from sharing.told import moment

AHEAD = timedelta(days=183)
KINDS = dict(Agency.Kind.choices)
MOST = 10_000
CONFIRMED = {"text": "Class confirmed", "colour": "green"}
SUGGESTED = {"text": "Class suggested", "colour": "grey"}


@needs(Permission.DISPOSE)
@require_safe
def retention(request: HatRequest) -> HttpResponse:
    """Show what comes up for review in the next months, what is held, and what was disposed of."""
    access.log(request, "retention", "list")
    agency, today = request.membership.agency, timezone.localdate()
    asked = request.GET.get("after", "")
    after = min(int(asked), MOST) if asked.isascii() and asked.isdigit() else 0
    found = access.reviews(agency, until=today + AHEAD, after=after)
    rows = found[: access.PAGE]
    disposals = access.disposals_of(agency)
    context = {
        "due": [_review(one) for one in rows if one.review_on <= today],
        "coming": [_review(one) for one in rows if one.review_on > today],
        "next_url": f"?after={after + access.PAGE}" if len(found) > access.PAGE else "",
        "first_url": reverse("retention") if after else "",
        "open": [_disposal(one) for one in disposals if one.is_open],
        "over": [_disposal(one) for one in disposals if not one.is_open],
        "holds": [_hold(one) for one in access.holds_of(agency)],
    }
    return render(request, "retention/retention.html", context)


def _review(one: Holding) -> dict[str, Any]:
    """One record as a line of the list."""
    own = one.concern.agency_id == one.agency_id
    known = [str(one.retention_class) if one.retention_class else "No class is known for it"]
    meta = [
        f"Review on {one.review_on:%-d %B %Y}",
        "Our own record" if own else "What we were told or said",
        *known,
    ]
    return {
        "heading": one.concern.reference,
        "reference": "",
        "meta": meta,
        "tag": CONFIRMED if one.chosen_at else SUGGESTED,
        "href": reverse("concern-retention", args=[one.concern.reference]),
        "link_text": "Keep or dispose",
    }


def state_of(row: Disposal) -> dict[str, str]:
    """How far a disposal is, as a tag."""
    if row.carried_out_at:
        return {"text": "Destroyed", "colour": "grey"}
    if row.stopped_at:
        return {"text": "Stopped", "colour": "orange"}
    if row.approved_at:
        return {"text": "Approved: waits", "colour": "blue"}
    return {"text": "Needs a second person", "colour": "red"}


def _disposal(row: Disposal) -> dict[str, Any]:
    later = (
        ("Destroyed", row.carried_out_at), ("Stopped", row.stopped_at), ("Approved", row.approved_at)
    )  # fmt: skip
    since = next((f"{what} {moment(at)}" for what, at in later if at), "")
    return {
        "heading": row.reference,
        "reference": "",
        "meta": [
            f"Proposed by {row.proposed_by.full_name}, {moment(row.proposed_at)}",
            *([since] if since else []),
        ],
        "tag": state_of(row),
        "href": reverse("disposal", args=[row.reference]),
        "link_text": "See the certificate" if row.carried_out_at else "Open",
    }


def _hold(hold: LegalHold) -> dict[str, Any]:
    held = hold.concern or hold.person
    return {
        "heading": str(hold),
        "reference": held.reference if held else "",
        "meta": [
            hold.get_reason_display(),
            f"Placed by {hold.placed_by.full_name}, {moment(hold.placed_at)}",
        ],
        "href": reverse("hold-end", args=[hold.number]),
        "link_text": "End it",
    }


@needs(Permission.DISPOSE)
@require_safe
def classes(request: HatRequest) -> HttpResponse:
    """Show the classes that count for my agency."""
    agency = request.membership.agency
    rows = [_class(one, agency) for one in access.classes_of(agency)]
    return render(request, "retention/classes.html", {"rows": rows, "agency": agency})


def _class(one: RetentionClass, agency: Agency | None) -> dict[str, Any]:
    """A class as a card: how long, what it rests on, whether it is to be checked."""
    own = agency is not None and one.agency_id == agency.pk
    whose = "our own" if own else "the partnership’s"
    return {
        "title": one.get_record_kind_display(),
        "kind": "" if agency else KINDS.get(one.agency_kind, "Any other kind of agency"),
        "tag": {"text": "To be checked", "colour": "orange"} if one.to_check else None,
        "rows": [
            {"key": "How long", "value": one.in_words[:1].upper() + one.in_words[1:]},
            {"key": "Rests on", "value": one.source},
            {"key": "Since", "value": f"{one.effective_from:%-d %B %Y}, {whose}"},
        ],
        "withdraw": reverse("retention-class-withdraw", args=[one.pk]) if own else "",
    }


@needs(Permission.DISPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_class(request: HatRequest) -> HttpResponse:
    """Add a class of my agency's own."""
    by = request.membership
    form = forms.ClassForm.on(
        request,
        draft_key=f"retention-class:{by.agency_reference}",
        initial={"effective_from": timezone.localdate()},
    )
    here = reverse("retention-classes")

    def save() -> str:
        operations.add_class(by.agency, by=by, at=timezone.now(), **form.words())
        return here

    if (
        request.method == "POST"
        and form.is_valid()
        and (saved := pages.save(request, form, save, done="The class has been added."))
    ):
        return saved
    context = {"heading": "Add a retention class", "back": here, "lead": (
        "It takes the place of the partnership’s for your agency. Nothing is destroyed by a date: "
        "then two people look at the record.")}  # fmt: skip
    return pages.show(request, "retention/form_page.html", context, form=form)


@needs(Permission.DISPOSE)
@require_POST
def withdraw_class(request: HatRequest, number: int) -> HttpResponse:
    """Withdraw a class of my agency's own."""
    row = access.get_class(request, number)
    return pages.press(
        request,
        lambda: operations.withdraw_class(row, by=request.membership, at=timezone.now()),
        back=reverse("retention-classes"),
        done="Withdrawn. What it was chosen for keeps it until somebody chooses again.",
    )


@needs(Permission.SET_TIME_LIMITS)
@require_safe
def defaults(request: HatRequest) -> HttpResponse:
    """Show the partnership's classes for each kind of agency."""
    partnership = request.membership.agency.partnership
    rows = [_class(one, None) for one in access.defaults_of(partnership)]
    return render(request, "retention/defaults.html", {"rows": rows, "partnership": partnership})


@needs(Permission.SET_TIME_LIMITS)
@require_POST
def suggest(request: HatRequest) -> HttpResponse:
    """Add the suggested class wherever there is none."""
    by = request.membership
    return pages.press(
        request,
        lambda: operations.suggest_classes(by.agency.partnership, by=by, at=timezone.now()),
        back=reverse("retention-defaults"),
        done="The suggested classes have been added.",
    )


@needs(Permission.DISPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def end_hold(request: HatRequest, number: int) -> HttpResponse:
    """End a hold of my agency."""
    hold = access.get_hold(request, number)
    form = forms.EndHoldForm.on(request, draft_key=f"hold-end:{request.membership.agency_reference}:{number}")
    here = reverse("retention")

    def save() -> str:
        operations.end_hold(hold, by=request.membership, at=timezone.now(), **form.words())
        return here

    if (
        request.method == "POST"
        and form.is_valid()
        and (saved := pages.save(request, form, save, done="The hold has ended."))
    ):
        return saved
    held = hold.concern or hold.person
    context = {
        "heading": f"End legal hold {number}",
        "caption": held.reference if held else "",
        "lead": f"{hold.get_reason_display()}, reference {hold.reference}. It was placed by "
        f"{hold.placed_by.label} on {moment(hold.placed_at)}.",
        "quote": hold.why,
        "back": here,
    }
    return pages.show(request, "retention/form_page.html", context, form=form)


@needs(Permission.DISPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def hold_person(request: HatRequest, reference: str) -> HttpResponse:
    """Hold everything about a person."""
    person = access.get_person_to_hold(request, reference)
    return place(request, person, f"hold:{reference}", back=reverse("person", args=[reference]),
                 lead="No record about this person is disposed of while it stands.")  # fmt: skip


def place(request: HatRequest, held: Any, key: str, *, back: str, lead: str) -> HttpResponse:
    """Ask for the reason of a hold, and place it."""
    form = forms.HoldForm.on(request, draft_key=key)

    def save() -> str:
        operations.place_hold(held, by=request.membership, at=timezone.now(), **form.words())
        return back

    if (
        request.method == "POST"
        and form.is_valid()
        and (saved := pages.save(request, form, save, done="The hold stands."))
    ):
        return saved
    context = {"heading": "Place a legal hold", "caption": held.reference, "back": back, "lead": lead}
    return pages.show(request, "retention/form_page.html", context, form=form)
