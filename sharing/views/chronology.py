"""The chronology of a person and of a concern, on the screen and on paper."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from records.access import get_concern, get_person
from sharing.chronology import reading, words
from sharing.chronology.portions import Narrowed, Scope, scope_of_concern, scope_of_person
from sharing.concern_page import acting_for
from sharing.forms.chronology import NarrowForm
from sharing.views.concern import tabs

# What stands in the address besides what was chosen.
PAGING = ("after", "before")


@needs(Permission.LOG_CONCERNS)
@require_safe
def of_person(request: HatRequest, reference: str) -> HttpResponse:
    """Show what happened to a person, in every concern of my agency, before it, and as others told us."""
    person = get_person(request, reference, action="chronology")
    context = {"person": person, "heading": f"Chronology of {person.name}", "caption": person.reference}
    return _show(request, scope_of_person(person, request.membership), context, name="person-chronology")


@needs(Permission.LOG_CONCERNS)
@require_safe
def of_concern(request: HatRequest, reference: str) -> HttpResponse:
    """Show what happened in a concern, in the order in which it happened."""
    concern = get_concern(request, reference, action="chronology")
    if concern.logged_at is None:
        raise Http404
    context = {
        "concern": concern,
        "tabs": tabs(concern, "whole-record"),
        "heading": "Chronology",
        "caption": concern.reference,
    }
    return _show(request, scope_of_concern(concern, request.membership), context, name="concern-chronology")


@needs(Permission.LOG_CONCERNS)
@require_safe
def person_on_paper(request: HatRequest, reference: str) -> HttpResponse:
    """Show the chronology of a person in one piece, to print. It is a look of its own."""
    person = get_person(request, reference, action="chronology to print")
    context = {"person": person, "heading": f"Chronology of {person.name}", "caption": person.reference}
    return _on_paper(request, scope_of_person(person, request.membership), context, name="person-chronology")


@needs(Permission.LOG_CONCERNS)
@require_safe
def concern_on_paper(request: HatRequest, reference: str) -> HttpResponse:
    """Show the chronology of a concern in one piece, to print. It is a look of its own."""
    concern = get_concern(request, reference, action="chronology to print")
    if concern.logged_at is None:
        raise Http404
    context = {"concern": concern, "heading": "Chronology", "caption": concern.reference}
    return _on_paper(
        request, scope_of_concern(concern, request.membership), context, name="concern-chronology"
    )


def _show(request: HatRequest, scope: Scope, context: dict[str, Any], *, name: str) -> HttpResponse:
    form, narrowed, status = _narrowed(request, scope)
    page = reading.Page([], "", "")
    if narrowed is not None:
        page = reading.page(
            scope, narrowed, after=request.GET.get("after", ""), before=request.GET.get("before", "")
        )
    here, reader = reverse(name, args=[context["caption"]]), _reader(request)
    shown = {
        **context,
        "form": form,
        "rows": [words.shown(row, reader) for row in page.rows],
        "is_narrowed": form.is_bound,
        "clear_url": here,
        "paper_url": f"{reverse(f'{name}-paper', args=[context['caption']])}{_query(request)}",
        "earlier_url": f"{here}{_query(request, before=page.earlier)}" if page.earlier else "",
        "later_url": f"{here}{_query(request, after=page.later)}" if page.later else "",
    }
    return render(request, "sharing/chronology.html", shown, status=status)


def _on_paper(request: HatRequest, scope: Scope, context: dict[str, Any], *, name: str) -> HttpResponse:
    form, narrowed, status = _narrowed(request, scope)
    page = reading.Page([], "", "")
    if narrowed is not None:
        page = reading.page(scope, narrowed, at_most=reading.ON_PAPER)
    reader = _reader(request)
    shown = {
        **context,
        "rows": [words.shown(row, reader) for row in page.rows],
        "more": bool(page.later),
        "at_most": reading.ON_PAPER,
        "chosen": _chosen(form),
        "back": f"{reverse(name, args=[context['caption']])}{_query(request)}",
    }
    return render(request, "sharing/chronology_paper.html", shown, status=status)


def _reader(request: HatRequest) -> words.Reader:
    return words.Reader(request.membership, acting_for(request.membership))


def _narrowed(request: HatRequest, scope: Scope) -> tuple[NarrowForm, Narrowed | None, int]:
    """Read what was chosen: the form, what it means (None where it makes no sense) and the status."""
    chosen = {k: v for k, v in request.GET.lists() if k not in PAGING and any(v)}
    form = NarrowForm(request.GET if chosen else None, people=reading.everybody_in(scope))
    if form.is_bound and not form.is_valid():
        return form, None, 422
    return form, form.narrowed(), 200


def _query(request: HatRequest, **more: str) -> str:
    """The address's question with what was chosen, and where a page begins."""
    query = QueryDict(mutable=True)
    for name, values in request.GET.lists():
        if name not in PAGING and any(values):
            query.setlist(name, [str(value) for value in values])
    query.update(more)
    return f"?{query.urlencode()}" if query else ""


def _chosen(form: NarrowForm) -> list[str]:
    """Say in words what of the chronology a paper shows."""
    if not form.is_bound or not form.is_valid():
        return []
    said = []
    for name in ("kind", "person", "agency"):
        value = form.cleaned_data.get(name)
        choices = dict(form.fields[name].choices)  # type: ignore[attr-defined]  # they are choice fields
        said += [str(choices[value])] if value else []
    for name, word in (("first", "From"), ("last", "To")):
        value = form.cleaned_data.get(name)
        said += [f"{word} {value:%-d %B %Y}"] if value else []
    return said
