"""The steps of a draft: where each is, and what is still missing in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.urls import NoReverseMatch
from django.utils import timezone

from agencies import drafts, pages
from agencies.addresses import reverse
from agencies.forms import PlainForm
from agencies.http import HatRequest
from records import changes, rules
from records.models import Concern, Person


class Step(NamedTuple):
    """One step of the draft."""

    url_name: str
    title: str
    hint: str


STEPS = {
    "about": Step("concern-about", "Who it is about", "And their family and other related people"),
    "statements": Step(
        "concern-statements", "What you know", "Facts, reports, history and your opinion, kept apart"
    ),
    "voice": Step("concern-voice", "Their voice", "Their own words, wishes and feelings"),
    "worry": Step("concern-worry", "How worried you are", "And how soon somebody needs to act"),
    "family": Step("concern-family", "Think Family", "What it might mean for related people"),
}
CHECK = Step("concern-check", "Check and log", "Read everything once more")


def address(step: str, concern: Concern) -> str:
    """Return the address of a step."""
    return reverse(STEPS.get(step, CHECK).url_name, args=[concern.reference])


def tasks(draft: rules.Draft) -> list[dict[str, Any]]:
    """Return the steps for parts/task_list.html, each with whether something is missing."""
    concern = draft.concern
    missing = {one.step for one in rules.missing(draft)}
    begun = {
        "about": bool(draft.subjects),
        "statements": bool(draft.statements),
        "voice": bool(concern.voice_status),
        "worry": draft.worry is not None,
        "family": bool(draft.answered or concern.think_family),
    }
    items = []
    for key, step in STEPS.items():
        if key not in missing:
            status = {"text": "Done", "colour": ""}
        elif begun[key]:
            status = {"text": "Something is missing", "colour": "yellow"}
        else:
            status = {"text": "To do", "colour": "blue"}
        items.append(_item(step, concern, status))
    ready = missing <= {"check"}
    status = {"text": "Ready", "colour": "green"} if ready else {"text": "Not ready yet", "colour": "grey"}
    return [*items, _item(CHECK, concern, status)]


def _item(step: Step, concern: Concern, status: dict[str, str]) -> dict[str, Any]:
    href = reverse(step.url_name, args=[concern.reference])
    return {"title": step.title, "hint": step.hint, "href": href, "status": status}


def show(
    request: HatRequest,
    template: str,
    form: PlainForm,
    context: Mapping[str, Any],
    *,
    thing: Concern | Person | None = None,
    part: str = "",
) -> HttpResponse:
    """Show a form's page. Name colleagues who are writing in the same form.

    Where text typed earlier is filled in again, say what colleagues changed in that `part` of the
    `thing` since, so that their words are not overwritten unread.
    """
    by = request.membership
    others = drafts.others(by, form.draft_key, at=timezone.now()) if form.draft_key else []
    overtaken = changes.since(thing, form.draft.saved_at, by=by, part=part) if thing and form.draft else []
    concern = context.get("concern")
    back = reverse("concern-draft", args=[concern.reference]) if concern else ""
    about = {"others": others, "overtaken": overtaken, "back": back, **context}
    return pages.show(request, template, about, form=form)


def first_that_exists(*names: str, concern: Concern) -> str:
    """Return the first of several addresses that this installation has, for the pages of the apps above."""
    for name in names:
        try:
            return reverse(name, args=[concern.reference])
        except NoReverseMatch:
            continue
    return reverse("concerns")
