"""Whom a concern is about, on paper; what they said about sharing, and what was decided for each of them.

As on the screen, a detail that is protected is never among it: not the address, and not what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from consent.models import SharingDecision, View
from consent.principles import TITLES
from consent.querysets import BASES, DECIDERS, PEOPLE
from records.models import Concern, ProtectedDetail, Relationship, Subject
from sharing.paper.parts import Entry, Part, part, rows
from sharing.querysets import people
from sharing.told import moment

NOT_PRINTED = "Something about them is protected. What it is does not go on paper."


def subjects_of(concern: Concern) -> list[Any]:
    """Read whom a concern is about, main people first, with how many of their details are protected."""
    details = ProtectedDetail.objects.filter(person=OuterRef("person"), ended_at__isnull=True).order_by()
    counted = details.values("person").annotate(n=Count("pk")).values("n")
    found = Subject.objects.filter(concern=concern).select_related("person", *people("added_by"))
    return list(found.annotate(protected=Subquery(counted)).order_by("-is_main", "pk"))


def subjects(found: Sequence[Any]) -> list[Entry]:
    """Return everybody whom a concern is about, as its page shows them."""
    return [_subject(one) for one in found]


def _subject(one: Any) -> Entry:
    person = one.person
    age = person.age_on(timezone.localdate())
    born = f"{person.born_on:%-d %B %Y}, aged {age}" if person.born_on else "Not recorded"
    guarded = bool(one.protected) or person.address_is_protected
    return Entry(
        heading=f"{person.name}, {person.reference}",
        rows=rows(
            ("Who they are", person.get_kind_display()),
            ("In this concern", "The concern is about them" if one.is_main else "It might touch them"),
            ("Born", f"{born} (estimated)" if person.birth_date_is_estimated else born),
            ("Communication needs", person.communication_needs or "None recorded"),
            ("Safe contact", person.safe_contact_rule or "No rule recorded"),
            ("Protected", NOT_PRINTED if guarded else ""),
            ("What it might mean for them", _meaning(one)),
            ("Added", f"{moment(one.added_at)}, by {one.added_by.label}"),
        ),
        origin=f"subject:{person.reference}",
        about=(person.reference,),
    )


def _meaning(one: Any) -> str:
    if one.what_it_might_mean:
        return str(one.what_it_might_mean)
    return "Somebody thought about it and saw nothing" if one.nothing_seen else ""


def family(found: Sequence[Any]) -> list[Entry]:
    """Return how the people of a concern are related, in one statement."""
    pks = [one.person_id for one in found]
    related = Relationship.objects.filter(
        Q(person__in=pks) & Q(related__in=pks), ended_at__isnull=True
    ).select_related("person", "related")
    return [
        Entry(
            rows=rows(
                (f"{one.related.name} to {one.person.name}", one.get_kind_display()), ("Note", one.note)
            ),
            origin=f"relationship:{one.pk}",
            about=(one.person.reference, one.related.reference),
        )
        for one in related.order_by("pk")
    ]


# --- What they said about sharing, and what was decided ------------------------------------------


def views_of(concern: Concern) -> list[Entry]:
    """Return what everybody said about sharing, every time they were asked, in one statement."""
    found = View.objects.filter(concern=concern).select_related("person", *PEOPLE).order_by("person", "pk")
    return [view(one) for one in found]


def view(one: View) -> Entry:
    return Entry(
        heading=f"{one.person.name}: {one.get_answer_display().lower()}",
        rows=said(one),
        origin=f"view:{one.pk}",
        about=(one.person.reference,),
    )


def said(one: View) -> Any:
    """Return one answer about sharing as names and values."""
    for_them = f"{one.get_answered_by_display()}: {one.answered_by_who}" if one.answered_by != "SELF" else ""
    return rows(
        ("Asked", moment(one.asked_at)),
        ("Why they were not asked", one.why_not_asked),
        ("Who answered", for_them),
        ("Conditions", one.conditions),
        ("Their words", one.their_words),
        ("Capacity or competence", f"{one.get_capacity_display()}. {one.capacity_note}".strip()),
        ("Agree to referral or help", one.get_service_display()),
        ("Recorded", f"{moment(one.recorded_at)}, by {one.recorded_by.label}"),
    )


def decisions_of(concern: Concern) -> Part:
    """Return every sharing decision of a concern, in one statement."""
    found = SharingDecision.objects.filter(concern=concern).select_related("person", *BASES, *DECIDERS)
    entries = [decision(one) for one in found.order_by("cycle_number", "pk")]
    return part("Sharing decisions", entries, nothing="No sharing decision is recorded.")


def decision(one: SharingDecision) -> Entry:
    """Return one decision in short. Its own paper has all of it (decision.py)."""
    return Entry(
        heading=f"Cycle {one.cycle_number}, {one.person.name}: {one.get_outcome_display().lower()}",
        rows=rows(
            ("Decided", f"{moment(one.decided_at)}, by {one.decided_by.label}"),
            ("Purpose and risk", one.purpose),
            ("Who asked, and for what", one.request),
            ("Reasons", one.rationale),
            ("Why, although they did not agree", one.despite_why),
            *bases(one),
            *informed(one),
            *((title, one.principles[code]) for code, title in TITLES.items() if one.principles.get(code)),
        ),
        origin=f"decision:{one.pk}",
        about=(one.person.reference,),
    )


def bases(one: SharingDecision) -> list[tuple[str, str]]:
    """Return the lawful basis of a decision, the four parts of it, each also where there is none."""

    def named(basis: Any, nothing: str) -> str:
        return str(basis.title) if basis is not None else nothing

    return [
        ("Lawful basis, Article 6", named(one.article_6, "None: nothing is shared")),
        ("Sensitive matters, Article 9", named(one.article_9, "None in it")),
        ("Why without consent, Schedule 1 paragraph 18", named(one.paragraph_18, "Not relied on")),
        ("Told in confidence", named(one.confidentiality, "No")),
    ]


def informed(one: SharingDecision) -> list[tuple[str, str]]:
    """Return whether and how the person was told, or why not and when that is looked at again."""
    if one.informed == SharingDecision.Informed.YES:
        return [("Informed", f"{one.informed_how}\n{moment(one.informed_at)}")]
    return [
        ("Not informed yet, because", one.not_informed_why),
        ("To be looked at again", moment(one.inform_review_at)),
    ]
