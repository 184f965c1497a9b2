"""How a page of this app obtains what it is about: the concern first, then a person in it."""

from __future__ import annotations

from django.http import Http404

from agencies.http import HatRequest
from records.access import get_concern, get_subject
from records.models import Concern, Subject

LAST_CYCLE = 999


def get_concern_in_cycle(request: HatRequest, reference: str, cycle_number: int) -> Concern:
    """Return a concern of the asker's agency. Raises Http404, also for a number that no cycle has.

    Whether the cycle has begun is not known on this floor; the pages above link with the current one.
    """
    if not 1 <= cycle_number <= LAST_CYCLE:
        raise Http404
    return get_concern(request, reference, action="sharing-decision")


def get_subject_in_cycle(
    request: HatRequest, reference: str, cycle_number: int, person: str
) -> tuple[Concern, Subject]:
    """Return a concern and one person's place in it. Raises Http404, the same for not theirs and no such."""
    concern = get_concern_in_cycle(request, reference, cycle_number)
    return concern, get_subject(concern, person)
