"""Of which of our own people something is that another agency told us."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.roles import Permission
from records.access import similar_people
from records.models import Person
from sharing import access
from sharing.forms.about import AboutForm, NotAboutForm
from sharing.models import AboutOurPerson
from sharing.operations import about as operations
from sharing.querysets import people

AT_MOST = 10


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def about_our_person(request: HatRequest, reference: str) -> HttpResponse:
    """Say whom of our own people it is about; those who may be meant are offered."""
    found = _received(request, reference)
    mine = request.membership
    links = list(
        AboutOurPerson.objects.filter(exchange=found, person__agency=mine.agency_id).select_related(
            "person", *people("linked_by", "ended_by")
        )
    )
    told = list(found.people.all())
    form = AboutForm.on(request, draft_key=f"about:{reference}", people=_alike(told, mine))
    here = reverse("about-our-person", args=[reference])

    def keep() -> str:
        person = Person.objects.visible_to(mine).filter(reference=form.chosen()).first()
        if person is None:
            raise operations.NotToLink(
                "Nobody in your agency’s records has this reference. Check it, and try again."
            )
        operations.link_person(found, person=person, by=mine, at=timezone.now())
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, keep, done="It is now part of their chronology.")
        if saved:
            return saved
    context = {
        "exchange": found,
        "told": told,
        "links": [one for one in links if one.ended_at is None],
        "ended": [one for one in links if one.ended_at is not None],
        "back": reverse("exchange", args=[reference]),
    }
    return pages.show(request, "sharing/about_our_person.html", context, form=form)


@needs(Permission.LOG_CONCERNS)
@require_http_methods(["GET", "POST"])
def not_about_our_person(request: HatRequest, reference: str, person: str) -> HttpResponse:
    """Say that it is not about somebody after all, and why."""
    found = _received(request, reference)
    link = (
        AboutOurPerson.objects.filter(
            exchange=found, person__reference=person, person__agency=request.membership.agency_id,
            ended_at__isnull=True,
        )
        .select_related("person", "exchange")
        .first()
    )  # fmt: skip
    if link is None:
        raise Http404("No such page")
    here = reverse("about-our-person", args=[reference])
    form = NotAboutForm.on(request, draft_key=f"not-about:{reference}:{person}")

    def keep() -> str:
        operations.end_link_to_person(link, by=request.membership, at=timezone.now(), **form.words())
        return here

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, keep, done="It is no longer part of their chronology.")
        if saved:
            return saved
    context = {
        "heading": f"{reference} is not about {link.person.name}",
        "tab": f"{reference} is not about {person}",
        "caption": reference,
        "lead": "It leaves their chronology. That it was linked, by whom, and why not, stays on the record.",
        "back": here,
    }
    return pages.show(request, "sharing/form_page.html", context, form=form)


def _received(request: HatRequest, reference: str) -> Any:
    """Return something that another agency told mine and that I may read. Raises Http404."""
    found = access.get_exchange(request, reference)
    standing = access.standing(found, request.membership)
    ours = request.membership.agency_id
    is_told = found.listener.agency_id == ours and found.cycle.concern.agency_id != ours
    if not is_told or found.received_at is None or not standing.content_is_open:
        raise Http404("No such page")
    return found


def _alike(told: list[Any], mine: Membership) -> list[Person]:
    """Whom of our own people those might be whom we were told of: alike in name, or born that day."""
    found: dict[int, Person] = {}
    for one in told[:3]:
        name = one.name.partition(" (known as ")[0]
        for person in similar_people(mine, first=name, last="", born_on=one.born_on):
            found.setdefault(person.pk, person)
    return list(found.values())[:AT_MOST]
