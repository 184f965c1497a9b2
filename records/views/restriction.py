"""Who may open a record: closing it to all but named people, and ending that."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.reauthentication import ask_again, reauthenticated
from agencies.roles import Permission
from records import access, operations, texts
from records.forms.restriction import EndRestrictionForm, NamedForm, RestrictForm
from records.models import Named, Restriction
from records.operations.restriction import may_restrict

Place = Named.Place


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.LOG_CONCERNS)
def restriction(request: HatRequest, reference: str) -> HttpResponse:
    """Show who may open a concern; let its owner and the leads decide."""
    found = access.get_concern(request, reference, action="restriction")
    if request.method == "POST" and (asked := ask_again(request, "restriction")):
        return asked
    history = access.restrictions_of(found)
    now = next((one for one in history if one.ended_at is None), None)
    here = reverse("restriction", args=[found.reference])
    form: Any
    if now is None:
        form = RestrictForm.on(
            request,
            draft_key=f"restrict:{reference}",
            initial={"let_in": "\n".join(access.who_wrote_in(found, but=request.membership))},
            by=request.membership,
        )
    else:
        form = NamedForm.on(
            request,
            draft_key=f"named:{reference}",
            version=now.version,
            initial={"let_in": _names(now, Place.LET_IN), "kept_out": _names(now, Place.KEPT_OUT)},
            by=request.membership,
        )

    def keep() -> str:
        by, at = request.membership, timezone.now()
        if now is None:
            operations.restrict(found, by=by, at=at, why=form.cleaned_data["why"], **form.people())
        else:
            operations.change_named(
                now, by=by, at=at, seen_version=form.cleaned_data["version"], **form.people()
            )
        return here

    if request.method == "POST" and form.is_valid():
        done = "From now on only the people named here can open it." if now is None else "Saved."
        saved = pages.save(request, form, keep, done=done)
        if saved:
            return saved
    context = {
        "concern": found,
        "now": now and _shown(now),
        "past": [_shown(one) for one in history if one.ended_at],
        "emergencies": [_emergency(one) for one in access.emergencies_of(found)],
        "may_decide": may_restrict(request.membership, found),
        "may_look": request.membership.may(Permission.OVERSEE),
        "back": reverse("whole-record", args=[found.reference]),
    }
    return pages.show(request, "records/restriction.html", context, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.LOG_CONCERNS)
@reauthenticated("restriction")
def end(request: HatRequest, reference: str) -> HttpResponse:
    """Open a concern to its agency again."""
    found = access.get_concern(request, reference, action="restriction")
    now = access.get_restriction(found)
    back = reverse("restriction", args=[found.reference])
    form = EndRestrictionForm.on(request, draft_key=f"unrestrict:{reference}", version=now.version)

    def keep() -> str:
        operations.end_restriction(
            now,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            why=form.cleaned_data["why"],
        )
        return back

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, keep, done="Your agency can open this record again.")
        if saved:
            return saved
    context = {"heading": "Open it to the agency again", "caption": found.reference, "back": back}
    return pages.show(request, "records/restrict_end.html", context, form=form)


def _names(now: Restriction, place: str) -> str:
    """The names as the form reads them, with the post, so that nobody is taken for somebody else."""
    people = [one.member for one in _current(now) if one.place == place]
    return "\n".join(f"{one.full_name}, {one.job_title}" for one in people)


def _current(one: Restriction) -> list[Named]:
    return [named for named in one.named.all() if named.ended_at is None]


def _shown(one: Restriction) -> list[dict[str, str]]:
    """A restriction as rows of a summary list."""
    named = one.named.all() if one.ended_at else _current(one)
    lists = {
        place: "\n".join(
            f"{who.member.full_name}, {who.member.job_title}" for who in named if who.place == place
        )
        for place in Place
    }
    rows = [
        ("Closed", f"{one.restricted_by.full_name}, {texts.day_and_time(one.restricted_at)}"),
        ("Why", one.why),
        ("May open it", "The owner and the leads\n" + lists[Place.LET_IN]),
        ("May not open it even in an emergency", lists[Place.KEPT_OUT] or "Nobody is named"),
    ]
    if one.ended_at and one.ended_by:
        rows += [
            ("Opened again", f"{one.ended_by.full_name}, {texts.day_and_time(one.ended_at)}"),
            ("Why", one.ended_why),
        ]
    return [{"key": key, "value": value.strip()} for key, value in rows]


def _emergency(one: Any) -> dict[str, str]:
    """An emergency as a line."""
    review = getattr(one, "review", None)
    return {
        "reference": one.reference,
        "who": one.by.label,
        "when": texts.day_and_time(one.at),
        "found": review.get_finding_display() if review else "Nobody has said yet whether it was right",
    }
