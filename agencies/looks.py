"""Looks, allowed and refused, each in the access log; a refused one once, wherever that was noticed."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from agencies.models import Membership
from audit.models import Access
from audit.operations import log_access

MARK = "refusal_is_logged"
ABOUT = "look_is_about"


def is_about(request: HttpRequest, subject: str) -> None:
    """Say what a form asks for, where its address does not: a refusal of it is logged with the reference."""
    setattr(request, ABOUT, subject)


def log_seen(
    request: HttpRequest, *, by: Membership, action: str, subject: str, shown: Iterable[str] = ()
) -> None:
    """Append a look. `subject` is a reference or the name of a list, `shown` are those that it showed."""
    log_access(action, by=by, subject=subject[:80], shown=shown, address=request.META.get("REMOTE_ADDR"))


def log_refused(
    request: HttpRequest, *, by: Membership, why: str, action: str = "tried", subject: str = ""
) -> None:
    """Append a refused look. `subject` is a reference; where none is given, the name of the page."""
    page = request.resolver_match.view_name if request.resolver_match else ""
    log_access(
        action,
        by=by,
        subject=(subject or getattr(request, ABOUT, "") or page)[:80],
        outcome=Access.Outcome.REFUSED,
        why=why,
        address=request.META.get("REMOTE_ADDR"),
    )
    setattr(request, MARK, True)


def is_logged_as_refused(request: HttpRequest) -> bool:
    """Say whether a refused look of this request is in the log already."""
    return getattr(request, MARK, False)
