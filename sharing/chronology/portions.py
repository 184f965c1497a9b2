"""What a chronology is made of: one portion a kind of event, each narrowed and in order before it is joined.

Every portion gives the same columns, so that PostgreSQL joins them with UNION ALL and no page costs more
than one statement. Each portion is cut to the length of a page by itself: what lies beyond the page is not
joined, sorted or sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    DateTimeField,
    Exists,
    F,
    JSONField,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, JSONObject

from agencies.models import Membership
from consent.models import SharingDecision, View
from records.models import ChronologyEntry, Concern, Person, Statement, Worry
from sharing.models import (
    AboutOurPerson,
    Action,
    Correction,
    Disagreement,
    Enquiry,
    Exchange,
    Item,
    Meeting,
    Override,
    StageMove,
)

COLUMNS = (
    "row_at", "row_rank", "row_id", "row_entered", "row_code", "row_words", "row_source", "row_reference",
    "row_concern", "row_author", "row_name", "row_role", "row_agency", "row_agency_ref", "row_extra",
)  # fmt: skip


@dataclass(frozen=True)
class Scope:
    """Whose chronology it is: the concerns that are read, the person where it is one's, and who reads it.

    `received` are the exchanges of other agencies' concerns that somebody here linked to the person.
    """

    member: Membership
    concerns: Sequence[int]
    person: Person | None = None
    received: Sequence[int] = ()


@dataclass(frozen=True)
class Narrowed:
    """What of it is shown. `start` is included and `end` is not (UTC, by when it happened)."""

    kind: str = ""
    author: UUID | None = None
    agency: str = ""
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class Portion:
    """One kind of event. `group` is what people filter by; `at` and `author` are paths to columns."""

    code: str
    group: str
    rows: Callable[[Scope], Any]
    at: Any
    author: str
    entered: Any
    words: Any = ""
    source: Any = ""
    reference: Any = ""
    concern: Any = ""
    extra: Any = None


def text(value: Any) -> Any:
    """Return an expression as text, so that the columns of all portions are of one type."""
    return Cast(Value(value) if value == "" else value, TextField())


def of_cycle(model: Any, **more: Any) -> Callable[[Scope], Any]:
    return lambda scope: model.objects.filter(cycle__concern__in=scope.concerns, **more)


def of_concern(model: Any, **more: Any) -> Callable[[Scope], Any]:
    return lambda scope: model.objects.filter(concern__in=scope.concerns, **more)


def sent(**more: Any) -> Callable[[Scope], Any]:
    return of_cycle(Exchange, **{"sent_at__isnull": False, **more})


def _statements(scope: Scope) -> Any:
    return Statement.objects.filter(concern__in=scope.concerns, removed_at__isnull=True)


def _history(scope: Scope) -> Any:
    return ChronologyEntry.objects.filter(person=scope.person) if scope.person else None


def _told_us(scope: Scope, of: Q) -> Any:
    """Items that another agency told somebody of mine, whom I may read: theirs, or as their lead."""
    readable = Exchange.objects.visible_to(scope.member).filter(pk=OuterRef("exchange"))
    return Item.objects.filter(
        of,
        Exists(readable),
        exchange__received_at__isnull=False,
        exchange__not_mine_at__isnull=True,
        exchange__withdrawn_at__isnull=True,
        exchange__superseded_by__isnull=True,
        exchange__listener__agency=scope.member.agency_id,
    ).exclude(exchange__speaker__agency=scope.member.agency_id)


def _answers(scope: Scope) -> Any:
    return _told_us(scope, Q(exchange__cycle__concern__in=scope.concerns))


def _received(scope: Scope) -> Any:
    return _told_us(scope, Q(exchange__in=scope.received)) if scope.received else None


def _later() -> Any:
    """What a thing that we were told is now, where its correction was received."""
    rows = Item.objects.filter(
        exchange__carries__about=OuterRef("exchange"),
        statement__number=OuterRef("statement__number"),
        exchange__received_at__isnull=False,
        exchange__withdrawn_at__isnull=True,
        exchange__not_mine_at__isnull=True,
    ).order_by("-pk")
    return rows.values(json=JSONObject(text="text", kind="exchange__carries__correction__kind"))[:1]


STATEMENT = JSONObject(
    number="number", version="version", kind="kind", voice_of="voice_of", about_first="about__first_name",
    about_last="about__last_name", about_known="about__known_as", verbatim="is_verbatim",
    happened="happened_at", note="happened_note", written="written_at",
    replaced_why="replaced_by__replaced_why", replaced_at="replaced_by__entered_at",
    struck_why="strike__why", struck_reason="strike__reason", struck_at="strike__at",
    struck_by="strike__by__user__full_name", hours="concern__agency__record_within_hours",
    logged="concern__logged_at",
)  # fmt: skip
EXCHANGE = JSONObject(
    kind="kind", urgency="urgency", speaker="speaker", listener="listener",
    speaker_agency="speaker__agency", listener_agency="listener__agency",
    speaker_name=Coalesce("speaker__user__full_name", "speaker__name"),
    listener_name=Coalesce("listener__user__full_name", "listener__name"),
    listener_at="listener__agency__name", why="withdrawn_why", for_information="for_information",
)  # fmt: skip
ACTION = JSONObject(
    owner="owner", other="other_side", owner_agency="owner__agency", other_agency="other_side__agency",
    owner_name=Coalesce("owner__user__full_name", "owner__name"), by_when="by_when",
    declined="declined_why", withdrawn="withdrawn_why",
)  # fmt: skip
ITEM = JSONObject(
    kind="kind", voice_of="voice_of", about="about_name", verbatim="is_verbatim", happened="happened_at",
    note="happened_note", written="written_at", written_by="written_by", exchange_kind="exchange__kind",
    listener=Coalesce("exchange__listener__user__full_name", "exchange__listener__name"),
    hours="exchange__speaker__agency__record_within_hours", later=Subquery(_later()),
)  # fmt: skip
ENTRY = JSONObject(
    number="number", kind="kind", precision="precision", imported=F("batch"), person="person__reference",
    struck_why="strike__why", struck_reason="strike__reason", struck_at="strike__at",
    struck_by="strike__by__user__full_name", author="author",
)  # fmt: skip
WHOM = JSONObject(
    first="person__first_name", last="person__last_name", known="person__known_as", outcome="outcome"
)
SAID = JSONObject(
    first="person__first_name", last="person__last_name", known="person__known_as", answer="answer",
    conditions="conditions",
)  # fmt: skip


def _exchange(code: str, at: str, author: str, **more: Any) -> Portion:
    rows = sent(**{f"{at}__isnull": False}, **more)
    return Portion(
        code, "EXCHANGE", rows, at, author, entered=at, reference="reference", extra=EXCHANGE,
        concern="cycle__concern__reference",
    )  # fmt: skip


def _action(code: str, at: str, author: str) -> Portion:
    return Portion(
        code, "ACTION", of_cycle(Action, **{f"{at}__isnull": False}), at, author, entered=at, words="what",
        reference="reference", concern="cycle__concern__reference", extra=ACTION,
    )  # fmt: skip


def _told(code: str, rows: Callable[[Scope], Any]) -> Portion:
    return Portion(
        code, "RECEIVED", rows, Coalesce("happened_at", "exchange__sent_at"), "exchange__speaker",
        entered="exchange__received_at", words="text", source="source", reference="exchange__reference",
        extra=ITEM,
    )  # fmt: skip


# Their order is the order of things that happened at the same moment; new ones go to the end.
PORTIONS: tuple[Portion, ...] = (
    Portion(
        "HISTORY", "HISTORY", _history, "happened_at", "author", entered="entered_at", words="text",
        source="source", extra=ENTRY,
    ),
    Portion(
        "STATEMENT", "STATEMENT", _statements, Coalesce("happened_at", "written_at"), "author",
        entered="entered_at", words="text", source="source", reference="concern__reference",
        concern="concern__reference", extra=STATEMENT,
    ),
    Portion(
        "WORRY", "WORRY", of_concern(Worry), "at", "by", entered="at", words="why",
        reference="concern__reference", concern="concern__reference",
        extra=JSONObject(level="level", change="change", cycle="cycle_number"),
    ),
    Portion(
        "SAID", "DECISION", of_concern(View), Coalesce("asked_at", "recorded_at"), "recorded_by",
        entered="recorded_at", words="their_words", reference="concern__reference",
        concern="concern__reference", extra=SAID,
    ),
    Portion(
        "DECISION", "DECISION", of_concern(SharingDecision), "decided_at", "decided_by", entered="decided_at",
        words="rationale", reference="concern__reference", concern="concern__reference", extra=WHOM,
    ),
    Portion(
        "MOVE", "MOVE", of_cycle(StageMove), "at", "by", entered="at", words="reason",
        reference="cycle__concern__reference", concern="cycle__concern__reference",
        extra=JSONObject(move="move", from_stage="from_stage", to_stage="to_stage", cycle="cycle__number"),
    ),
    Portion(
        "PROCEEDED", "MOVE", of_cycle(Override), "at", "by", entered="at", words="reason",
        reference="cycle__concern__reference", concern="cycle__concern__reference",
        extra=JSONObject(stage="stage", cycle="cycle__number"),
    ),
    Portion(
        "ASKED", "QUESTION", of_cycle(Enquiry), "asked_at", "asked_by", entered="asked_at",
        reference="reference", concern="cycle__concern__reference",
        extra=JSONObject(
            kind="kind", name=Coalesce("asked_of__user__full_name", "asked_of__name"),
            agency="asked_of__agency__name",
        ),
    ),
    _exchange("SENT", "sent_at", "speaker"),
    _exchange("WITHDRAWN", "withdrawn_at", "withdrawn_by"),
    _exchange("NOT_MINE", "not_mine_at", "not_mine_by"),
    _exchange("RECEIVED", "received_at", "received_by"),
    _exchange("UNDERSTOOD", "understood_at", "understood_by"),
    _told("TOLD_US", _answers),
    _told("TOLD_US_ABOUT", _received),
    _action("PROPOSED", "proposed_at", "proposed_by"),
    _action("ACCEPTED", "accepted_at", "accepted_by"),
    _action("DECLINED", "declined_at", "declined_by"),
    _action("TAKEN_BACK", "withdrawn_at", "withdrawn_by"),
    _action("DONE", "checked_at", "checked_by"),
    Portion(
        "DIFFERED", "DISAGREEMENT",
        lambda s: Disagreement.objects.filter(exchange__cycle__concern__in=s.concerns),
        "opened_at", "opened_by", entered="opened_at", reference="reference",
        concern="exchange__cycle__concern__reference", extra=JSONObject(about="about"),
    ),
    Portion(
        "SETTLED", "DISAGREEMENT",
        lambda s: Disagreement.objects.filter(
            exchange__cycle__concern__in=s.concerns, settled_at__isnull=False
        ),
        "settled_at", "settled_by", entered="settled_at", reference="reference",
        concern="exchange__cycle__concern__reference", extra=JSONObject(about="about"),
    ),
    Portion(
        "MET", "MEETING", of_cycle(Meeting, held_at__isnull=False), "held_at", "chair", entered="held_at",
        words="purpose", reference="reference", concern="cycle__concern__reference",
        extra=JSONObject(kind="kind"),
    ),
    Portion(
        "CALLED_OFF", "MEETING", of_cycle(Meeting, called_off_at__isnull=False), "called_off_at",
        "called_off_by", entered="called_off_at", words="called_off_why", reference="reference",
        concern="cycle__concern__reference", extra=JSONObject(kind="kind"),
    ),
    Portion(
        "CORRECTED", "CORRECTION", of_concern(Correction), "at", "by", entered="at", words="why",
        reference="reference", concern="concern__reference",
        extra=JSONObject(kind="kind", number="statement__number"),
    ),
)  # fmt: skip
RANKS = {portion.code: rank for rank, portion in enumerate(PORTIONS)}


def scope_of_concern(concern: Concern, member: Membership) -> Scope:
    """Return the scope of one concern that the member may see."""
    return Scope(member=member, concerns=[concern.pk])


def scope_of_person(person: Person, member: Membership) -> Scope:
    """Return the scope of a person of the member's agency: two statements."""
    seen = Concern.objects.visible_to(member).logged().filter(subjects__person=person)
    linked = AboutOurPerson.objects.filter(person=person, ended_at__isnull=True).values("exchange")
    # What corrects something that is linked is about the same person.
    received = Exchange.objects.filter(
        Q(pk__in=linked) | Q(about__in=linked, kind=Exchange.Kind.CORRECTION)
    ).values_list("pk", flat=True)
    return Scope(
        member=member,
        concerns=list(seen.values_list("pk", flat=True)),
        person=person,
        received=list(received),
    )


def columns_of(portion: Portion, scope: Scope, narrowed: Narrowed) -> Any:
    """Return the rows of one portion with the columns of all; None where it has none to give."""
    if narrowed.kind and narrowed.kind != portion.group:
        return None
    rows = portion.rows(scope)
    if rows is None:
        return None
    author = portion.author
    at = F(portion.at) if isinstance(portion.at, str) else portion.at
    entered = F(portion.entered) if isinstance(portion.entered, str) else portion.entered
    # A model's own order would become columns of the union.
    rows = rows.order_by().annotate(
        row_at=Cast(at, DateTimeField()),
        row_rank=Cast(Value(RANKS[portion.code]), BigIntegerField()),
        row_id=Cast(F("pk"), BigIntegerField()),
        row_entered=Cast(entered, DateTimeField()),
        row_code=text(Value(portion.code)),
        row_words=text(portion.words),
        row_source=text(portion.source),
        row_reference=text(portion.reference),
        row_concern=text(portion.concern),
        row_author=Cast(F(author), TextField()),
        row_name=Cast(Coalesce(f"{author}__user__full_name", f"{author}__name"), TextField()),
        row_role=text(f"{author}__job_title"),
        row_agency=text(f"{author}__agency__name"),
        row_agency_ref=text(f"{author}__agency__reference"),
        row_extra=Cast(portion.extra, JSONField()),
    )
    if narrowed.author is not None:
        rows = rows.filter(**{author: narrowed.author})
    if narrowed.agency:
        rows = rows.filter(**{f"{author}__agency__reference": narrowed.agency})
    if narrowed.start is not None:
        rows = rows.filter(row_at__gte=narrowed.start)
    if narrowed.end is not None:
        rows = rows.filter(row_at__lt=narrowed.end)
    return rows.values_list(*COLUMNS)
