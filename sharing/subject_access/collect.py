"""Everything that an agency holds about a person, as pieces with a key each. Nothing is written here.

Of concerns they are part of: all of it. Of what other agencies told this one: what was told about somebody
of the same name or the same day of birth, because a person is recorded by each agency for itself; whoever
answers the request says whether it is them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from agencies.models import Membership
from audit.models import Event
from consent.models import SharingDecision, View
from records import texts
from records.documents.models import DocumentVersion
from records.models import ChronologyEntry, Concern, Person, ProtectedDetail, Relationship, Statement, Subject
from sharing import timeline
from sharing.guard.search import spans
from sharing.guard.words import Text
from sharing.querysets import people
from sharing.subject_access import exchanges, names
from sharing.subject_access.kinds import OF_A_CONCERN, OF_AN_EXCHANGE
from sharing.subject_access.pieces import Found, lines, of_kind
from sharing.told import moment, voice

DETAILS = "What is recorded of them"
FILE_BY_HAND = (
    "The file is not in the bundle: it cannot be redacted here. Read it. If it is disclosed, take what is "
    "held back out of a copy, and enclose that copy by hand."
)


def collect(person: Person, *, by: Membership) -> tuple[list[Found], int]:
    """Return all pieces about a person, in order, and how many concerns there are that `by` may not open."""
    mine = Concern.objects.filter(subjects__person=person, agency=person.agency_id, disposed_at__isnull=True)
    seen = list(mine.visible_to(by).select_related("agency").order_by("pk"))
    hidden = mine.count() - len(seen)
    heard = exchanges.heard_about(person)
    found = [*_details(person), *_of_concerns(person, seen), *exchanges.of_heard(heard)]
    known = names.known_beside(person, seen, heard)
    protected = _protected(person, seen)
    for one in found:
        one.carries = [one.key, *one.carries]
        one.others = list(dict.fromkeys([*one.others, *names.in_text(known, one)]))
        one.warnings += [warning for warning in protected if protected[warning](one)]
    return found, hidden


# --- The person ---------------------------------------------------------------------------------


def _details(person: Person) -> Iterator[Found]:
    by = person.recorded_by
    born = f"{person.born_on:%-d %B %Y}" if person.born_on else ""
    yield Found(
        key=f"person:{person.pk}",
        section=DETAILS,
        heading="Their details",
        text=lines(
            ("Name", person.name),
            ("Recorded as", person.get_kind_display()),
            ("Date of birth", f"{born}{' (estimated)' if person.birth_date_is_estimated else ''}"),
            ("NHS number", person.nhs_number),
            ("Unique pupil number", person.upn),
            ("Address", person.address),
            ("Phone", person.phone),
            ("Communication needs", person.communication_needs),
            ("Safe contact", person.safe_contact_rule),
        ),
        at=person.recorded_at,
        dated=moment(person.recorded_at),
        author=by.label,
        warnings=["Their address is marked as secret."] if person.address_is_protected else [],
    )
    rows = Relationship.objects.filter(Q(person=person) | Q(related=person))
    for row in rows.select_related("person", "related", *people("recorded_by")).order_by("pk"):
        forward = row.person_id == person.pk
        kind = Relationship.Kind(row.kind)
        how = kind.label if forward else Relationship.SEEN_FROM_THE_OTHER_SIDE[kind]
        other = row.related if forward else row.person
        ended = f"Until {moment(row.ended_at)}" if row.ended_at else ""
        yield Found(
            key=f"relationship:{row.pk}",
            section=DETAILS,
            heading="Somebody related",
            text=lines((how, other.name), ("Note", row.note), ("", ended)),
            at=row.recorded_at,
            dated=moment(row.recorded_at),
            author=row.recorded_by.label,
            others=[other.name],
        )
    yield from _chronology(person)
    for detail in ProtectedDetail.objects.filter(person=person).select_related(*people("added_by")):
        yield Found(
            key=f"protected:{detail.pk}",
            section=DETAILS,
            heading="What must not be passed on about them",
            text=lines((detail.get_kind_display(), detail.value), ("Why", detail.why),
                       ("Why it ended", detail.ended_why)),
            at=detail.added_at,
            dated=moment(detail.added_at),
            author=detail.added_by.label,
            warnings=["It is protected from some people. Is whoever asks one of them, or close to one?"],
        )  # fmt: skip


def _chronology(person: Person) -> Iterator[Found]:
    """What was brought over from an older chronology, the entries that were struck through among them."""
    rows = ChronologyEntry.objects.filter(person=person).select_related("strike", *people("author"))
    for row in rows.order_by("happened_at", "pk"):
        yield Found(
            key=f"chronology:{row.pk}",
            section=DETAILS,
            heading=f"Chronology: {row.get_kind_display().lower()}",
            text=lines(("", row.text), ("Struck through", _struck(row))),
            at=row.happened_at,
            dated=moment(row.happened_at),
            source=row.source,
            author=f"{row.author.label}, {moment(row.entered_at)}",
        )


def _protected(person: Person, concerns: list[Concern]) -> dict[str, Any]:
    """What says of a piece that a protected detail stands in it: by the sentence that warns of it."""
    rows = list(
        ProtectedDetail.objects.filter(ended_at__isnull=True)
        .filter(Q(person=person) | Q(person__concerned_in__concern__in=concerns))
        .distinct()
    )

    def stands_in(one: Found) -> bool:
        text = Text(f"{one.text}\n{one.source}")
        return any(spans(text, row.kind, row.value) for row in rows)

    return {"A protected detail stands in it. Do not disclose it to anybody it is kept from.": stands_in}


# --- Our own concerns ---------------------------------------------------------------------------


def _of_concerns(person: Person, concerns: list[Concern]) -> Iterator[Found]:
    """The pieces of every concern, one concern after the other, each in the order of time."""
    found: list[Found] = []
    for read in (
        _concern,
        _documents,
        _subjects,
        _statements,
        _views,
        _decisions,
        exchanges.told_by_us,
        _events,
    ):
        found += read(person, concerns)
    for kind in (*OF_A_CONCERN, *OF_AN_EXCHANGE):
        found += of_kind(kind, concerns)
    sections = [f"Concern {one.reference}" for one in concerns]
    found.sort(key=lambda one: (sections.index(one.section), one.at is None, one.at, one.key))
    yield from found


def _section(concern: Concern) -> str:
    return f"Concern {concern.reference}"


def _concern(person: Person, concerns: list[Concern]) -> Iterator[Found]:
    rows = Concern.objects.filter(pk__in=[one.pk for one in concerns])
    for one in rows.select_related(*people("started_by", "owner")):
        yield Found(
            key=f"concern:{one.pk}",
            section=_section(one),
            heading=f"Concern {one.reference}",
            text=lines(
                ("Urgency", one.get_urgency_display()),
                ("Looked after by", one.owner.label),
                ("Logged", moment(one.logged_at)),
                ("Their own voice", one.get_voice_status_display()),
                ("Why it was not obtained", one.voice_not_obtained_why),
                ("The plan to obtain it", one.voice_plan),
                ("What it might mean for the family", one.think_family),
                ("Why it was written late", one.late_why),
                ("Why it was discarded", one.discarded_why),
            ),
            at=one.started_at,
            dated=moment(one.started_at),
            author=one.started_by.label,
        )


def _subjects(person: Person, concerns: list[Concern]) -> Iterator[Found]:
    rows = Subject.objects.filter(concern__in=concerns).select_related(
        "concern", "person", *people("added_by")
    )
    for row in rows:
        is_them = row.person_id == person.pk
        means = row.what_it_might_mean or ("Nothing seen that touches them" if row.nothing_seen else "")
        if is_them and not means:
            continue
        name = "" if is_them else row.person.name
        yield Found(
            key=f"subject:{row.pk}",
            section=_section(row.concern),
            heading="What it might mean for them" if is_them else "Somebody else in this concern",
            text=lines(("", name), ("What it might mean for them", means)),
            at=row.added_at,
            dated=moment(row.added_at),
            author=row.added_by.label,
            others=[name] if name else [],
        )


def _statements(person: Person, concerns: list[Concern]) -> Iterator[Found]:
    """Every version of every statement, the ones that were taken out or corrected among them."""
    rows = Statement.objects.filter(concern__in=concerns)
    for row in rows.select_related("concern", "about", "strike", *people("author")).order_by("pk"):
        about = row.about.name if row.about and row.about_id != person.pk else ""
        removed = f"Taken out {moment(row.removed_at)}" if row.removed_at else ""
        yield Found(
            key=f"statement:{row.pk}",
            section=_section(row.concern),
            heading=f"Statement {row.label}: {row.get_kind_display().lower()}",
            text=lines(
                ("", row.text),
                ("", voice(row.voice_of, "")),
                ("About", about),
                ("Why it replaces the version before", row.replaced_why),
                ("", removed),
                ("Struck through", _struck(row)),
            ),
            at=row.entered_at,
            dated=texts.happened(row) or moment(row.written_at),
            source=row.source,
            author=f"{row.author.label}, {moment(row.written_at)}",
            others=[about] if about else [],
        )


def _struck(row: Any) -> str:
    """Say why something was struck through; nothing where it was not."""
    strike = getattr(row, "strike", None)
    return f"{strike.get_reason_display()}. {strike.why} ({moment(strike.at)})" if strike else ""


def _documents(person: Person, concerns: list[Concern]) -> Iterator[Found]:
    """Every version of every document: what it is. Its file is no text that could be redacted here."""
    rows = DocumentVersion.objects.filter(document__concern__in=concerns)
    joins = ("document__concern", "document__about", "document__strike")
    for row in rows.select_related(*joins, *people("added_by")).order_by("pk"):
        kept = row.document
        about = kept.about.name if kept.about and kept.about_id != person.pk else ""
        yield Found(
            key=f"document-version:{row.pk}",
            section=_section(kept.concern),
            heading=f"Document {kept.number}, version {row.number}: {kept.title}",
            text=lines(
                ("", kept.get_kind_display()),
                ("Written by", kept.written_by),
                ("File", f"{row.name}, {row.size} bytes, digest {row.sha256}"),
                ("About", about),
                ("Why there is another version", row.why),
                ("Struck through", kept.strike.why if hasattr(kept, "strike") else ""),
            ),
            at=row.added_at,
            dated=f"{kept.made_on:%-d %B %Y}" if kept.made_on else kept.made_note,
            source=kept.source,
            author=f"{row.added_by.label}, {moment(row.added_at)}",
            others=[about] if about else [],
            warnings=[FILE_BY_HAND],
            carries=[f"document:{kept.pk}"],
        )


def _views(person: Person, concerns: list[Concern]) -> Iterator[Found]:
    rows = View.objects.filter(concern__in=concerns).select_related(
        "concern", "person", *people("recorded_by")
    )
    for row in rows:
        other = "" if row.person_id == person.pk else row.person.name
        yield Found(
            key=f"view:{row.pk}",
            section=_section(row.concern),
            heading="What they said about sharing" if not other else "What somebody else said about sharing",
            text=lines(
                ("", other),
                ("", row.get_answer_display()),
                (
                    "",
                    f"{row.get_answered_by_display()}: {row.answered_by_who}" if row.answered_by_who else "",
                ),
                ("Conditions", row.conditions),
                ("Their words", row.their_words),
                ("Why they were not asked", row.why_not_asked),
                ("", row.get_capacity_display()),
                ("", row.capacity_note),
                ("Asked", moment(row.asked_at)),
            ),
            at=row.recorded_at,
            dated=moment(row.recorded_at),
            author=row.recorded_by.label,
            others=[other] if other else [],
        )


def _decisions(person: Person, concerns: list[Concern]) -> Iterator[Found]:
    rows = SharingDecision.objects.filter(concern__in=concerns)
    joins = ("article_6", "article_9", "paragraph_18", "confidentiality", "concern", "person")
    for row in rows.select_related(*joins, *people("decided_by")):
        other = "" if row.person_id == person.pk else row.person.name
        bases = [b.title for b in (row.article_6, row.article_9, row.paragraph_18, row.confidentiality) if b]
        yield Found(
            key=f"sharing-decision:{row.pk}",
            section=_section(row.concern),
            heading="Whether to share",
            text=lines(
                ("About", other),
                ("", row.get_outcome_display()),
                ("What for", row.purpose),
                ("Who asked", row.request),
                ("On which basis", "; ".join(bases)),
                ("Why", row.rationale),
                ("Although they objected, because", row.despite_why),
                ("Were they told", row.get_informed_display()),
                ("How", row.informed_how),
                ("Why they were not told", row.not_informed_why),
            ),
            at=row.decided_at,
            dated=moment(row.decided_at),
            author=row.decided_by.label,
            others=[other] if other else [],
        )


def _events(person: Person, concerns: list[Concern]) -> Iterator[Found]:
    """Who did what when, as the audit has it: one piece a concern. That something is on hold is not told."""
    by_concern: dict[str, list[Event]] = {}
    rows = Event.objects.filter(concern__in=[one.reference for one in concerns])
    for event in rows.exclude(verb__startswith="sharing.hold.").order_by("id"):
        by_concern.setdefault(event.concern, []).append(event)
    for concern in concerns:
        events = by_concern.get(concern.reference, [])
        written = [f"{moment(e.at)}: {timeline.in_words(e)}" for e in events if e.verb in timeline.SENTENCES]
        if written:
            yield Found(
                key=f"events:{concern.pk}",
                section=_section(concern),
                heading="Who did what when",
                text="\n".join(written),
                author="Written by the service as it happened",
            )
