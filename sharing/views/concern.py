"""The page of a concern, and its timeline."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.prepared import Prepared
from agencies.roles import Permission
from records.access import get_concern
from records.models import Concern
from sharing import access, concern_page, timeline
from sharing import facts as reading
from sharing.facts import Facts
from sharing.models import Override, Stage, StageMove
from sharing.rules import CHECK_BACK_RULES
from sharing.views.links import link_to
from sharing.waiting import untold
from sharing.workflow import ONWARD, missing_for

PAGE = 50
TABS = (
    ("concern", "Concern"),
    ("ask", "Ask"),
    ("do", "Do"),
    ("meetings", "Meetings"),
    ("summary", "Summary"),
    ("corrections", "Corrections"),
    ("timeline", "Timeline"),
    ("whole-record", "Record"),
)


@needs(Permission.LOG_CONCERNS)
@require_safe
def concern(request: HatRequest, reference: str) -> HttpResponse:
    """Show a concern: whom it is about, where it is in its cycle, what keeps it there, what was said."""
    found = get_concern(request, reference)
    if found.logged_at is None:
        return redirect("concern-draft", reference)
    facts = reading.read_current(found, also=(concern_page.read_with_the_cycle,), to=request.membership)
    context = {
        "concern": found,
        "tabs": tabs(found, "concern") if facts else [],
        "people": people_of(found, facts),
        "urgency": urgency_tag(found),
        "statements": concern_page.statements_of(found),
        "worries": concern_page.worries_of(found, facts),
        "add_statement_url": reverse("concern-statements", args=[reference]),
    }
    if facts is not None:
        context |= about_the_cycle(found, facts, request.membership)
    else:
        context["handed_over"] = access.notes_of_hand_overs(found)
    return render(request, "sharing/concern.html", context)


def about_the_cycle(found: Concern, facts: Facts, member: Membership) -> dict[str, Any]:
    """What the page shows once the first cycle has begun."""
    now = timezone.now()
    mine = frozenset(facts.cycle.acting_for)
    exchanges = concern_page.exchange_rows(facts, member, mine, now)
    openable = {row.reference for row in exchanges if row.page}
    return {
        "cycle": facts.cycle,
        "untold": untold.sentences(facts.cycle.untold, to=member),
        "ring": concern_page.ring(facts),
        "gate": gate(found, facts),
        "onward": ONWARD.get(facts.cycle.stage),
        "may_proceed": may_proceed(facts, member),
        "other_moves": concern_page.other_moves(facts.cycle.stage),
        "move_hidden": [("form_id", uuid.uuid4()), ("version", facts.cycle.version)],
        "exchanges": with_links(exchanges),
        "enquiries": with_links(concern_page.enquiry_rows(facts.enquiries, now)),
        "actions": with_links(concern_page.action_rows(facts, member, mine, now)),
        "disagreements": [e for e in facts.exchanges if e.has_disagreement],
        "incidents": [e for e in facts.exchanges if e.has_incident],
        "openable": openable,
        "skipped": facts.skipped,
        "transfers": [
            {"panel": one, "href": reverse("transfer", args=[one["reference"]])}
            for one in concern_page.transfer_panels(facts, now)
        ],
        "transfer_url": reverse("propose-transfer", args=[found.reference]),
        "tell_url": reverse("choose-listener", args=[found.reference]),
    }


def gate(found: Concern, facts: Facts) -> dict[str, Any] | None:
    """Say of the onward gate whether it is open, and if not what is missing, with links."""
    onward = ONWARD.get(facts.cycle.stage)
    if onward is None:
        return None
    missing = missing_for(onward, facts)
    next_stage = "the next cycle" if onward.new_cycle else Stage(onward.to_stage).label
    sentences = [link_to(one, concern=found, cycle=facts.cycle) for one in missing]
    return {"open": not missing, "next": next_stage, "sentences": sentences}


def may_proceed(facts: Facts, member: Membership) -> bool:
    """A lead may decide to go on where it is a check-back that keeps the gate closed."""
    onward = ONWARD.get(facts.cycle.stage)
    if onward is None or not member.may(Permission.OVERSEE) or facts.may_pass(facts.cycle.stage):
        return False
    return any(rule(facts) for rule in onward.gate if rule in CHECK_BACK_RULES)


def people_of(found: Concern, facts: Facts | None) -> list[dict[str, Any]]:
    """Whom the concern is about, as the person header shows them, main people first."""
    subjects = facts.subjects if facts else list(found.subjects.select_related("person").order_by("id"))
    today = timezone.localdate()
    return [
        {
            "is_main": subject.is_main,
            "means": subject.what_it_might_mean,
            "href": reverse("person", args=[subject.person.reference]),
            "name": subject.person.name,
            "date_of_birth": subject.person.born_on,
            "age": subject.person.age_on(today),
            "kind": subject.person.get_kind_display(),
            "reference": subject.person.reference,
            "safe_contact": subject.person.safe_contact_rule,
            "communication": [need for need in [subject.person.communication_needs] if need],
        }
        for subject in sorted(subjects, key=lambda one: (not one.is_main, one.pk))
    ]


def urgency_tag(found: Concern) -> dict[str, str]:
    """The urgency as a tag, without the explanation after the colon."""
    colours = {"URGENT": "red", "HIGH": "orange", "STANDARD": "grey"}
    return {"text": found.get_urgency_display().split(":")[0], "colour": colours[found.urgency]}


def tabs(found: Concern, here: str) -> list[dict[str, Any]]:
    """The pages of one concern."""
    return [
        {"text": text, "href": reverse(name, args=[found.reference]), "active": name == here}
        for name, text in TABS
    ]


def with_links(rows: list[concern_page.Row]) -> list[dict[str, Any]]:
    """Give each line of a list its link, where there is one."""
    return [
        {
            "heading": row.heading,
            "reference": row.reference,
            "meta": row.meta,
            "tag": row.tag,
            "due": row.due,
            "href": reverse(row.page, args=[row.reference]) if row.page else "",
            "link_text": row.link_text,
        }
        for row in rows
    ]


@needs(Permission.LOG_CONCERNS)
@require_safe
def show_timeline(request: HatRequest, reference: str) -> HttpResponse:
    """Show every step of a concern, with when it happened and when it was written down."""
    found = get_concern(request, reference, action="timeline")
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    events = access.events_of(found.reference, after=start, limit=PAGE + 1)
    page, more = events[:PAGE], len(events) > PAGE
    reasons = reasons_of(found)
    items = [
        {
            "title": entry.what,
            "by": entry.by,
            "at": entry.at,
            "entered_at": entry.recorded_at if entry.is_late_entry else None,
            "text": reasons.get((event.verb, event.at), ""),
        }
        for event, entry in zip(page, timeline.entries(page), strict=True)
    ]
    here = reverse("timeline", args=[reference])
    context = {
        "concern": found,
        "tabs": tabs(found, "timeline") if found.logged_at else [],
        "items": items,
        "first_url": here if start else "",
        "next_url": f"{here}?after={page[-1].pk}" if more else "",
        "is_late": any(item["entered_at"] for item in items),
    }
    return render(request, "sharing/timeline.html", context)


def reasons_of(found: Concern) -> dict[tuple[str, Any], str]:
    """The reasons for moves and for proceeding, by the event that each belongs to.

    The audit holds no free text; the reason stands with the move, made at the same moment.
    """
    moves, overrides = MOVES.all(concern=found.pk), OVERRIDES.all(concern=found.pk)
    reasons = {(f"sharing.cycle.{move.move}", move.at): f"Reason: {move.reason}" for move in moves}
    verb = "sharing.cycle.proceed_on_safety_grounds"
    return reasons | {(verb, one.at): f"Reason: {one.reason}" for one in overrides}


MOVES = Prepared(lambda *, concern: StageMove.objects.filter(cycle__concern=concern).exclude(reason=""))
OVERRIDES = Prepared(lambda *, concern: Override.objects.filter(cycle__concern=concern))
