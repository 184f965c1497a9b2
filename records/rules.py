"""What a concern needs before it is logged. Each rule is a sentence; its docstring is what people read.

A rule returns what it is missing for: nothing where it holds, names or statement numbers that go into
`{which}` where its sentence has that, else one empty text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q, QuerySet

from agencies import prepared
from agencies.prepared import Prepared
from records.models import Concern, Person, Relationship, Statement, Subject, Worry

K = Statement.Kind
GAP = ("",)
HOLDS: tuple[str, ...] = ()
TIMELY = (K.FACT_SEEN, K.FACT_HEARD, K.REPORTED, K.VOICE)


@dataclass(frozen=True)
class Draft:
    """A concern with everything that the rules look at, fetched once."""

    concern: Concern
    subjects: list[Subject]
    related: dict[Person, str]
    statements: list[Statement]
    worry: Worry | None
    late_why: str

    @property
    def main(self) -> list[Subject]:
        """Those whom the concern is about."""
        return [subject for subject in self.subjects if subject.is_main]

    @property
    def answered(self) -> set[int]:
        """Ids of related people for whom somebody thought about what it might mean."""
        return {s.person_id for s in self.subjects if not s.is_main and s.is_answered}

    @property
    def late(self) -> list[Statement]:
        """What was written down later after it happened than the agency's policy allows."""
        return [s for s in self.statements if is_late(s, within=self.concern.agency.record_within_hours)]


def is_late(statement: Statement, *, within: int) -> bool:
    """Say whether a statement was written down later after it happened than the agency's policy allows.

    `within` is that policy, in clock hours (Agency.record_within_hours).
    """
    return statement.kind in TIMELY and statement.written_late(hours=within)


Rule = Callable[[Draft], tuple[str, ...]]
RULES: list[tuple[str, Rule]] = []


class Missing(NamedTuple):
    """One thing that is missing: which step of the draft supplies it, and the sentence."""

    step: str
    sentence: str


def in_step(step: str) -> Callable[[Rule], Rule]:
    """List a rule under the step of the draft where what is missing is added."""

    def keep(rule: Rule) -> Rule:
        RULES.append((step, rule))
        return rule

    return keep


def look_at(concern: Concern, *, late_why: str | None = None) -> Draft:
    """Fetch a concern's own rows for the rules, in five statements and one round trip."""
    subjects, relationships, statements, grounds, worries = prepared.together(
        SUBJECTS.asking(concern=concern.pk),
        RELATED.asking(concern=concern.pk),
        STATEMENTS.asking(concern=concern.pk),
        GROUNDS.asking(concern=concern.pk),
        WORRY.asking(concern=concern.pk),
    )
    _keep_grounds(statements, grounds)
    return Draft(
        concern=concern,
        subjects=subjects,
        related=_related(subjects, relationships),
        statements=statements,
        worry=next(iter(worries), None),
        late_why=concern.late_why if late_why is None else late_why,
    )


SUBJECTS = Prepared(
    lambda *, concern: (
        Subject.objects.filter(concern=concern).select_related("person").order_by("-is_main", "id")
    )
)
STATEMENTS = Prepared(
    lambda *, concern: (
        Statement.objects.filter(concern=concern)
        .current()
        .select_related("author__user", "author__agency", "about")
    )
)
GROUNDS = Prepared(
    lambda *, concern: (
        Statement.rests_on.through.objects.filter(from_statement__concern=concern)
        .select_related("to_statement")
        .order_by("to_statement__number", "to_statement__version")
    )
)
WORRY = Prepared(
    lambda *, concern: Worry.objects.filter(concern=concern).order_by("-id").select_related("by__user")[:1]
)


def _keep_grounds(statements: Sequence[Statement], rows: Iterable[Any]) -> None:
    """Keep with statements what they rest on, as `prefetch_related_objects` does."""
    grounds: dict[int, list[Statement]] = {one.pk: [] for one in statements}
    for row in rows:
        if row.from_statement_id in grounds:
            grounds[row.from_statement_id].append(row.to_statement)
    for one in statements:
        fetched: Any = Statement.objects.all()
        fetched._result_cache = grounds[one.pk]  # noqa: SLF001  # as Django keeps what it fetched ahead
        one.__dict__.setdefault("_prefetched_objects_cache", {})["rests_on"] = fetched


def related_people(concern: Concern, subjects: Iterable[Subject]) -> dict[Person, str]:
    """Return everyone related to those whom the concern is about, with how: “Parent of Leo Marsh”.

    `subjects` are the people of that concern, with their persons.
    """
    return _related(subjects, RELATED.all(concern=concern.pk))


def _related(subjects: Iterable[Subject], relationships: Iterable[Relationship]) -> dict[Person, str]:
    main = {subject.person_id: subject.person for subject in subjects if subject.is_main}
    found = {subject.person: "" for subject in subjects if not subject.is_main}
    for row in relationships:
        forward = row.person_id in main
        other, whose = (row.related, row.person) if forward else (row.person, row.related)
        if other.pk in main:
            continue
        kind = (
            row.get_kind_display()
            if forward
            else Relationship.SEEN_FROM_THE_OTHER_SIDE[Relationship.Kind(row.kind)]
        )
        found[other] = found.get(other) or f"{kind} of {whose.name}"
    return found


def _relationships(*, concern: int) -> QuerySet[Relationship]:
    main = ArraySubquery(Subject.objects.filter(concern=concern, is_main=True).values("person"))
    return (
        Relationship.objects.filter(Q(person__any_of=main) | Q(related__any_of=main), ended_at__isnull=True)
        .select_related("person", "related")
        .order_by("id")
    )


RELATED = Prepared(_relationships)


def missing(draft: Draft) -> list[Missing]:
    """Return everything that is missing before the concern can be logged, in the order of the steps."""
    gaps = []
    for step, rule in RULES:
        which = rule(draft)
        if which:
            gaps.append(Missing(step, said(rule, which)))
    return gaps


def said(rule: Rule, which: Iterable[str]) -> str:
    """Return the rule's sentence with what it is missing for."""
    return (rule.__doc__ or "").format(which=together(list(which)))


# What a version of a statement says. A correction changes one of these, or what an opinion rests on.
SAID = ("kind", "text", "source", "happened_at", "happened_note", "is_verbatim", "voice_of", "about")


def says_the_same(one: Statement, other: Statement) -> bool:
    """Two versions say the same where people read the same: a time counts to the minute."""

    def read(statement: Statement) -> list[object]:
        happened = statement.happened_at and statement.happened_at.replace(second=0, microsecond=0)
        return [happened if name == "happened_at" else getattr(statement, name) for name in SAID]

    return read(one) == read(other)


def within_a_sentence(how: str) -> str:
    """Write how somebody is related as it stands in a sentence: “parent of Leo Marsh”."""
    return how[:1].lower() + how[1:]


def together(names: Sequence[str]) -> str:
    """Join names as a sentence does: “S1, S2 and S4”."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


@in_step("about")
def concern_is_about_somebody(draft: Draft) -> tuple[str, ...]:
    """Say who this concern is about."""
    return HOLDS if draft.main else GAP


@in_step("statements")
def concern_says_something(draft: Draft) -> tuple[str, ...]:
    """Add at least one thing that was seen, heard, reported or said."""
    return HOLDS if any(s.kind != K.OPINION for s in draft.statements) else GAP


@in_step("statements")
def every_statement_has_a_source(draft: Draft) -> tuple[str, ...]:
    """Say where {which} comes from: who saw it, said it or wrote it."""
    return tuple(f"S{s.number}" for s in draft.statements if not s.source.strip())


@in_step("statements")
def every_statement_says_when_it_happened(draft: Draft) -> tuple[str, ...]:
    """Say when {which} happened, or roughly when."""
    return tuple(
        f"S{s.number}" for s in draft.statements if not s.happened_at and not s.happened_note.strip()
    )


@in_step("statements")
def every_opinion_names_what_it_rests_on(draft: Draft) -> tuple[str, ...]:
    """Choose the statements that the opinion {which} rests on."""
    return tuple(
        f"S{s.number}"
        for s in draft.statements
        if s.kind == K.OPINION and not [g for g in s.rests_on.all() if g.removed_at is None]
    )


@in_step("voice")
def voice_is_heard_or_planned(draft: Draft) -> tuple[str, ...]:
    """Say whether you have the person’s own words, wishes or feelings. If not, say why and what you plan."""  # noqa: RUF002
    concern = draft.concern
    if concern.voice_status == Concern.VoiceStatus.OBTAINED:
        return HOLDS
    return HOLDS if concern.voice_not_obtained_why.strip() and concern.voice_plan.strip() else GAP


@in_step("voice")
def voice_that_was_heard_is_written_down(draft: Draft) -> tuple[str, ...]:
    """You said that you have the person’s own voice. Add what they said, want or feel."""  # noqa: RUF002
    if draft.concern.voice_status != Concern.VoiceStatus.OBTAINED:
        return HOLDS
    return HOLDS if any(s.kind == K.VOICE for s in draft.statements) else GAP


@in_step("worry")
def worry_is_given(draft: Draft) -> tuple[str, ...]:
    """Say how worried you are, and whether that is more or less than before."""
    return HOLDS if draft.worry else GAP


@in_step("family")
def every_related_person_is_thought_of(draft: Draft) -> tuple[str, ...]:
    """Say what this might mean for {which}, or that there is nothing you can see."""
    return tuple(person.name for person in draft.related if person.pk not in draft.answered)


@in_step("family")
def family_is_thought_of(draft: Draft) -> tuple[str, ...]:
    """Say who else this might touch, such as others in the home, or that you know of nobody."""
    return HOLDS if draft.related or draft.concern.think_family.strip() else GAP


@in_step("check")
def late_recording_is_explained(draft: Draft) -> tuple[str, ...]:
    """Say why {which} was written down later than your agency’s policy allows."""  # noqa: RUF002
    return HOLDS if draft.late_why.strip() else tuple(f"S{s.number}" for s in draft.late)
