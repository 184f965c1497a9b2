"""What every page is given: which closed records are open to whoever looks, in an emergency, and how long."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from agencies.roles import Permission
from records.closed import opened_by


def opened(request: HttpRequest) -> dict[str, object]:
    """Give a template `opened_records` for the banner, and whether the role works with concerns.

    No statement: what is open was read with the hat.
    """
    member = getattr(request, "membership", None)
    return {
        "opened_records": opened_by(member, now=timezone.now()),
        "works_with_concerns": member is not None and member.may(Permission.LOG_CONCERNS),
    }
