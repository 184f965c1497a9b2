"""Looks that were refused, each in the access log once, wherever the refusal was noticed."""

from __future__ import annotations

from django.http import HttpRequest

from agencies.models import Membership
from audit.models import Access
from audit.operations import log_access

MARK = "refusal_is_logged"


def log_refused(
    request: HttpRequest, *, by: Membership, why: str, action: str = "tried", subject: str = ""
) -> None:
    """Append a refused look. `subject` is a reference; where none is given, the name of the page."""
    page = request.resolver_match.view_name if request.resolver_match else ""
    log_access(
        action,
        by=by,
        subject=(subject or page)[:80],
        outcome=Access.Outcome.REFUSED,
        why=why,
        address=request.META.get("REMOTE_ADDR"),
    )
    setattr(request, MARK, True)


def is_logged_as_refused(request: HttpRequest) -> bool:
    """Say whether a refused look of this request is in the log already."""
    return getattr(request, MARK, False)
