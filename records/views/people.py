"""People as the agency knows them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from stdnum.gb import nhs

from agencies import pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.reauthentication import ask_again, reauthenticated
from agencies.roles import Permission
from records import access, operations, texts
from records.forms.people import FindPersonForm, PersonForm
from records.models import Concern, Person, Relationship
from records.views import steps

# Pages about a person, some of them of the apps above: one that does not exist is left out.
PARTS = (
    ("person-chronology", "Chronology: what happened, in order", Permission.LOG_CONCERNS),
    ("subject-access-of", "Requests to see what is held about them", Permission.OVERSEE),
)


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def people(request: HatRequest) -> HttpResponse:
    """Search the people of the agency. The search goes into no address and no log."""
    form = FindPersonForm.on(request)
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        asked = form.words()
        context["found"] = access.find_people(
            request, query=asked["name"], born_on=asked["born_on"], nhs_number=asked["nhs_number"]
        )
        context["searched"] = True
    return pages.show(request, "records/people.html", context, form=form)


@require_safe
@needs(Permission.LOG_CONCERNS)
def person(request: HatRequest, reference: str) -> HttpResponse:
    """Show a person. A protected address stays hidden until it is asked for."""
    return _page(request, access.get_person(request, reference))


@require_POST
@needs(Permission.LOG_CONCERNS)
@reauthenticated("protected", back="person")
def protected_address(request: HatRequest, reference: str) -> HttpResponse:
    """Show a person with their protected address; this look is logged by itself."""
    return _page(request, access.get_person(request, reference, action="protected address"), reveal=True)


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def change(request: HatRequest, reference: str) -> HttpResponse:
    """Change what is known of a person."""
    one = access.get_person(request, reference)
    if one.address_is_protected and (asked := ask_again(request, "protected")):
        return asked
    initial = {name: getattr(one, name) for name in PersonForm.base_fields if hasattr(one, name)}
    form = PersonForm.on(
        request,
        draft_key=f"person:{reference}",
        version=one.version,
        initial={**initial, "version": one.version},
    )

    def keep() -> str:
        operations.change_person(
            one,
            by=request.membership,
            at=timezone.now(),
            seen_version=form.cleaned_data["version"],
            **form.details(),
        )
        return reverse("person", args=[reference])

    if request.method == "POST" and form.is_valid():
        saved = pages.save(request, form, keep, done="The details are saved.")
        if saved:
            return saved
    if one.address_is_protected:
        access.log_look(request, one.reference, "protected address")
    told = {} if one.address_is_protected else _told(request, one)
    context = {"person": one, "told_before": told}
    return steps.show(request, "records/change_person.html", form, context, thing=one)


@require_POST
@needs(Permission.LOG_CONCERNS)
def end_relationship(request: HatRequest, reference: str, number: int) -> HttpResponse:
    """End a relationship that is over or was wrong."""
    one = access.get_person(request, reference)
    relationship = access.get_relationship(one, number)
    operations.end_relationship(relationship, by=request.membership, at=timezone.now())
    return redirect("person", reference)


def _told(request: HatRequest, one: Person) -> dict[str, Any]:
    """Say who was told about somebody before, as far as whoever asks may know."""
    told: dict[str, Any] = import_string(settings.PERSON_TOLD_IN_ANY_CONCERN)(one, to=request.membership)
    return told


def _page(request: HatRequest, one: Person, *, reveal: bool = False) -> HttpResponse:
    concerns = (
        Concern.objects.visible_to(request.membership)
        .filter(subjects__person=one)
        .select_related("owner__user")
        .order_by("-id")[:50]
    )
    if concerns:
        access.log_look(request, one.reference, "list", shown=[concern.reference for concern in concerns])
    context = {
        "person": one,
        "header": texts.header(one),
        "nhs_number": nhs.format(one.nhs_number) if one.nhs_number else "",
        "hide_address": one.address_is_protected and not reveal,
        "relations": _relations(one),
        "concerns": concerns,
        "parts": _parts(one.reference, request),
    }
    return render(request, "records/person.html", context)


def _relations(one: Person) -> list[dict[str, Any]]:
    """Everyone related to a person, from both sides."""
    rows = access.relationships(one)
    found = []
    for row in rows:
        forward = row.person_id == one.pk
        kind = Relationship.Kind(row.kind)
        how = kind.label if forward else Relationship.SEEN_FROM_THE_OTHER_SIDE[kind]
        other = row.related if forward else row.person
        found.append({"person": other, "how": how, "note": row.note, "id": row.pk})
    return found


def _parts(reference: str, request: HatRequest) -> list[tuple[str, str]]:
    """The other pages about this person that whoever asks may open: address and words."""
    found = []
    for name, text, permission in PARTS:
        try:
            address = reverse(name, args=[reference])
        except NoReverseMatch:
            continue
        if request.membership.may(permission):
            found.append((address, text))
    return found
