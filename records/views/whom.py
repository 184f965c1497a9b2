"""Whom a concern is about: looking for them first, choosing one, or adding somebody new."""

from __future__ import annotations

import uuid
from typing import Any

from django.forms import HiddenInput
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import drafts, pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.forms import PlainForm
from agencies.http import HatRequest
from agencies.roles import Permission
from records import access, operations
from records.forms.people import NOBODY, ChoosePersonForm, FindPersonForm, PersonForm, ask_relation
from records.models import Concern, Person
from records.views import steps

HEADINGS = {
    "start": "Who are you worried about?",
    "about": "Who else is this concern about?",
    "family": "Who is related to them?",
    "person": "Add a person",
}


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def find(request: HatRequest, then: str, reference: str = "") -> HttpResponse:
    """Look for somebody in the agency's records before anybody new is added."""
    concern = access.get_draft(request, reference) if reference else None
    if request.POST.get("choosing"):
        return choose(request, then, concern)
    form = FindPersonForm.on(request)
    context: dict[str, Any] = _context(then, concern)
    if request.method == "POST" and form.is_valid():
        asked = form.words()
        found = access.find_people(
            request, query=asked["name"], born_on=asked["born_on"], nhs_number=asked["nhs_number"]
        )
        found = _not_on(concern, found)
        chosen = {"form_id": uuid.uuid4(), **({} if found else {"person": NOBODY})}
        choice = ChoosePersonForm(initial=chosen, found=found)
        if not found:
            choice.fields["person"].widget = HiddenInput()
        return _results(request, then, concern, choice, found=found)
    return pages.show(request, "records/find_person.html", context, form=form)


def choose(request: HatRequest, then: str, concern: Concern | None) -> HttpResponse:
    """Take the person chosen among those found, or lead to the page that adds a new one."""
    answer = request.POST.get("person", "").replace("\0", "")[:40]
    if answer == NOBODY:
        _carry_over(request, then, concern)
        return redirect(_address("new", then, concern))
    found = [access.get_person(request, answer, action="chosen")] if answer else []
    form = ChoosePersonForm.on(request, found=found)
    if then == "family" and concern is not None:
        ask_relation(form, _main(concern))
    if form.is_valid():
        saved = pages.save(request, form, lambda: _put(request, then, concern, found[0], form))
        if saved:
            return saved
    return _results(request, then, concern, form, found=found)


@require_http_methods(["GET", "POST"])
@needs(Permission.LOG_CONCERNS)
def new(request: HatRequest, then: str, reference: str = "") -> HttpResponse:
    """Add a new person, after showing those who might be the same."""
    concern = access.get_draft(request, reference) if reference else None
    form = PersonForm.on(request, draft_key=_key(then, concern))
    if then == "family" and concern is not None:
        ask_relation(form, _main(concern))
    if request.method == "POST" and form.is_valid():
        similar = access.similar_people(
            request.membership,
            **{n: form.cleaned_data[n] for n in ("born_on", "nhs_number", "upn")},
            first=form.cleaned_data["first_name"],
            last=f"{form.cleaned_data['last_name']} {form.cleaned_data['known_as']}",
        )
        similar = _not_on(concern, similar)
        if similar:
            access.log_look(request, "people", "similar", shown=[one.reference for one in similar])
        if not form.ask_whether_same(similar):
            saved = pages.save(request, form, lambda: _put(request, then, concern, None, form))
            if saved:
                return saved
    return steps.show(request, "records/new_person.html", form, _context(then, concern))


def _put(
    request: HatRequest, then: str, concern: Concern | None, person: Person | None, form: PlainForm
) -> str:
    """Record the person where new, put them where they belong and return the next address."""
    by, at = request.membership, timezone.now()
    answers = form.cleaned_data
    if person is None and answers.get("same_as", NOBODY) != NOBODY:
        person = access.get_person(request, str(answers["same_as"]), action="chosen")
    if person is None and isinstance(form, PersonForm):
        person = operations.record_person(by=by, at=at, **form.details())
    assert person is not None  # noqa: S101 - one of the two forms gave one
    if then == "person":
        return reverse("person", args=[person.reference])
    if concern is None:
        started = operations.start_concern(by=by, at=at, about=person)
        return reverse("concern-draft", args=[started.reference])
    operations.add_subject(concern, person=person, by=by, at=at, is_main=then == "about")
    if answers.get("relation"):
        main = _main(concern)
        to = next((one for one in main if one.reference == answers.get("relation_to")), main[0])
        note = answers["relation_note"]
        operations.relate(to, person, kind=answers["relation"], note=note, by=by, at=at)
    return reverse("concern-about", args=[concern.reference])


def _results(
    request: HatRequest, then: str, concern: Concern | None, form: PlainForm, *, found: list[Person]
) -> HttpResponse:
    if found and then == "family" and concern is not None and "relation" not in form.fields:
        ask_relation(form, _main(concern))
        form.fields["relation"].required = False
    hidden = [("choosing", "1")]
    hidden += [
        (f"searched_{n}", request.POST.get(n, "")) for n in ("name", "born_on_0", "born_on_1", "born_on_2")
    ]
    context = {**_context(then, concern), "found": found, "hidden": hidden}
    return pages.show(request, "records/found_people.html", context, form=form)


def _carry_over(request: HatRequest, then: str, concern: Concern | None) -> None:
    """Fill the page of a new person with what was searched for, so that it is typed once."""
    key = _key(then, concern)
    if drafts.find(request.membership, key) is None:
        first, _, last = request.POST.get("searched_name", "")[:200].strip().partition(" ")
        typed = {"first_name": first, "last_name": last}
        typed |= {f"born_on_{n}": request.POST.get(f"searched_born_on_{n}", "")[:4] for n in range(3)}
        drafts.keep(request.membership.pk, key, {n: v for n, v in typed.items() if v}, at=timezone.now())


def _not_on(concern: Concern | None, people: list[Person]) -> list[Person]:
    """Leave out those who are on the concern already: nobody is their own sister."""
    if concern is None:
        return people
    on_it = set(concern.subjects.values_list("person_id", flat=True))
    return [person for person in people if person.pk not in on_it]


def _main(concern: Concern) -> list[Person]:
    return [
        one.person for one in concern.subjects.filter(is_main=True).select_related("person").order_by("id")
    ]


def _key(then: str, concern: Concern | None) -> str:
    return f"person-new:{then}:{concern.reference if concern else ''}"


def _address(page: str, then: str, concern: Concern | None) -> str:
    if then == "person":
        return reverse("person-new" if page == "new" else "people")
    if concern is None:
        return reverse("concern-new-person" if page == "new" else "concern-new")
    return reverse(f"concern-{then}-{page}", args=[concern.reference])


def _context(then: str, concern: Concern | None) -> dict[str, Any]:
    back = reverse("concern-about", args=[concern.reference]) if concern else reverse("concerns")
    return {
        "concern": concern,
        "heading": HEADINGS[then],
        "back": reverse("people") if then == "person" else back,
        "find_url": _address("add", then, concern),
        "new_url": _address("new", then, concern),
        "quiet": then == "person",
    }
