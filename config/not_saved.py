"""What somebody typed, to be given back to them where the database was away or refused to write."""

from __future__ import annotations

from typing import NamedTuple

from django import db
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

# These speak of the database itself: gone, full, read-only, too many connections, no answer in time. The
# others (a value that does not fit, a rule that was broken) are faults of ours, which trying again repeats.
AWAY = (db.OperationalError, db.InterfaceError, db.InternalError)
# What the form itself carries, and what is never shown.
OWN = frozenset({"csrfmiddlewaretoken", "form_id", "version", "draft_token", "back_to"})
LONGEST_IN_A_LINE = 60


class Field(NamedTuple):
    """One field of a form as it was sent. `label` is empty where nobody needs to see it."""

    name: str
    value: str
    label: str

    @property
    def rows(self) -> int:
        """How high the box is in which it is shown."""
        return min(15, 2 + len(self.value) // LONGEST_IN_A_LINE + self.value.count("\n"))


def is_away(error: BaseException | None) -> bool:
    """Say whether an exception, or one that led to it, says that the database cannot work."""
    seen = 0
    while error is not None and seen < 20:
        if isinstance(error, AWAY):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def fields(request: HttpRequest) -> list[Field]:
    """Return what was sent with one of our own forms, so that it can be sent again.

    Nothing where the form was not made for this browser: another site must not speak through our page. Nor
    of pages on which people prove who they are, whose forms have no one-time id.
    """
    try:
        if request.method != "POST" or "form_id" not in request.POST or not _is_ours(request):
            return []
    except (OSError, SuspiciousOperation):  # too large, or broken off: it was never read
        return []
    return [
        Field(name, value, "" if name in OWN or not _was_written(value) else _label(name))
        for name, values in request.POST.lists()
        for value in map(str, values)
    ]


def _was_written(value: str) -> bool:
    """Tell words that somebody wrote from choices, numbers and references."""
    return " " in value.strip() or "\n" in value.strip()


def _label(name: str) -> str:
    """Name a field as well as its own name does: the page that asked for it cannot be made now."""
    return name.rpartition("-")[2].replace("_", " ").capitalize()


def _is_ours(request: HttpRequest) -> bool:
    """Say whether the form's security token is the one of this browser."""
    check = CsrfViewMiddleware(_nothing)
    check.process_request(request)
    return check.process_view(request, _nothing, (), {}) is None


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()
