"""The partnership's time limits: what counts, what is to come, what has been, and setting another."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import operations, pages, time_limits
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.limit_forms import TimeLimitForm
from agencies.models import TimeLimit
from agencies.roles import Permission

COLOURS = {TimeLimit.Label.STATUTORY: "purple", TimeLimit.Label.GUIDANCE: "blue"}


@needs(Permission.SET_TIME_LIMITS)
@require_safe
def time_limits_page(request: HatRequest) -> HttpResponse:
    """Show every time limit with where its figure comes from, and whatever is odd about them."""
    today = timezone.localdate()
    standing = time_limits.standings_of(request.membership, on=today)
    context = {
        "partnership": request.membership.agency.partnership,
        "groups": [(title, [_shown(standing[key]) for key in keys]) for title, keys in time_limits.GROUPS],
        "missing": [s.label for s in standing.values() if s.now is None],
        "warnings": time_limits.out_of_order(standing, on=today),
    }
    return pages.show(request, "agencies/time_limits.html", context)


@needs(Permission.SET_TIME_LIMITS)
@require_http_methods(["GET", "POST"])
def time_limit(request: HatRequest, slug: str) -> HttpResponse:
    """Show one time limit with its history, and set another."""
    today = timezone.localdate()
    member, key = request.membership, time_limits.find_key(slug)
    standing = time_limits.standings_of(member, on=today)[key]
    form = TimeLimitForm.on(
        request,
        draft_key=f"time-limit:{slug}",
        version=standing.version,
        initial={"effective_from": today},  # a new figure has a source of its own, so nothing else
    )
    if request.method == "POST" and form.is_valid():

        def set_it() -> str:
            operations.set_time_limit(
                member.agency.partnership,
                by=member,
                at=timezone.now(),
                key=key,
                seen_version=form.cleaned_data["version"] or 0,
                **form.words(),
            )
            return reverse("time_limit", args=[slug])

        if saved := pages.save(request, form, set_it, done="The time limit has been set."):
            return saved
    return pages.show(request, "agencies/time_limit.html", _shown(standing), form=form)


@needs(Permission.SET_TIME_LIMITS)
@require_POST
def withdraw(request: HatRequest, slug: str, number: int) -> HttpResponse:
    """Withdraw a limit before its day."""
    limit = TimeLimit.objects.filter(
        pk=number,
        key=time_limits.find_key(slug),
        partnership_id=request.membership.agency.partnership_id,
    ).first()
    if limit is None:
        raise Http404
    return pages.press(
        request,
        lambda: operations.withdraw_time_limit(limit, by=request.membership, at=timezone.now()),
        back=reverse("time_limit", args=[slug]),
        done="Withdrawn. What counts now goes on counting.",
    )


@needs(Permission.SET_TIME_LIMITS)
@require_POST
def suggest(request: HatRequest) -> HttpResponse:
    """Take on our suggested default for every time limit that is missing."""
    member = request.membership
    return pages.press(
        request,
        lambda: operations.suggest_missing_limits(member.agency.partnership, by=member, at=timezone.now()),
        back=reverse("time_limits"),
        done="Set from today. Change each to what your partnership decides.",
    )


def _shown(standing: time_limits.Standing) -> dict[str, Any]:
    """One time limit as its templates show it."""
    return {
        "name": standing.label,
        "about": standing.about,
        "slug": standing.slug,
        "now": _row(standing.now.limit, standing.now.until) if standing.now else None,
        "coming": [_row(version.limit, version.until) for version in standing.coming],
        "past": [_row(version.limit, version.until) for version in standing.past],
        "withdrawn": [_row(limit) for limit in standing.withdrawn],
    }


def _row(limit: TimeLimit, until: date | None = None) -> dict[str, Any]:
    """One version: how long, whose figure, from when to when, and who set it."""
    label = TimeLimit.Label(limit.label)
    return {
        "limit": limit,
        "tag": {"text": label.label, "colour": COLOURS.get(label, "grey")},
        "until": until,
        "set_by": limit.set_by.label if limit.set_by else "",
        "withdrawn_by": limit.withdrawn_by.label if limit.withdrawn_by else "",
    }
