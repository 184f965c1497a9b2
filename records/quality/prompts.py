"""What a lead may want to talk about: how the agency wrote in the last weeks, without anybody's name.

The rule is that of the learning figures (decision 0007): what rests on fewer than five is not said, shares
are rounded to the nearest five percent and stay between 5 and 95. The weeks are whole ones, the same for
everybody, and end on the last Sunday, so that two looks on two days cannot be subtracted from each other.
Only words of the list are named, never other abbreviations, which may be somebody's initials.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from agencies.models import Membership
from records.models import Concern, Statement
from records.quality import advice, rules
from records.quality.words import WordList

IN_WORDS = (
    "Nothing is said that rests on fewer than 5 concerns or statements. Shares are rounded to the nearest "
    "5%, and never said to be all or none. Nobody is named, and nothing here is about one person."
)
WEEKS = 8
FEW, STEP = 5, 5
# The newest statements are read; more would say the same and take longer.
READ = 400
TOP_WORDS = 8


class Prompt(NamedTuple):
    """Something to talk about: what was found, and what may help."""

    found: str
    try_this: str


class Common(NamedTuple):
    """A word that was written often, with plain ones."""

    word: str
    plain: str
    times: int


@dataclass
class Prompts:
    """What there is to say about some weeks, `first` and `last` included."""

    first: date
    last: date
    concerns: int = 0
    prompts: list[Prompt] = field(default_factory=list)
    common: list[Common] = field(default_factory=list)
    said_again: list[Common] = field(default_factory=list)

    @property
    def are_enough(self) -> bool:
        return self.concerns >= FEW


# What is looked at in each concern or statement, what is said of it and what may help.
OF_CONCERNS = {
    "no_voice": Prompt(
        "In about {share}% of the concerns logged, nothing is in the person’s own words.",
        "In supervision, ask of each: how was this person seen, alone or with whom, and what did they say or "
        "show?",
    ),
    "late": Prompt(
        "About {share}% of the concerns hold something that was written down later than your policy allows.",
        "Ask what gets in the way: time, a shared computer, not knowing what counts? Notes on paper count as "
        "written down.",
    ),
}
OF_STATEMENTS = {
    "opinion_in_a_fact": Prompt(
        "About {share}% of the facts have words of opinion in them, such as “seems” or “probably”.",
        "Take one in a team meeting, without saying whose: what would a film show, what do we make of it?",
    ),
    "fact_in_an_opinion": Prompt(
        "About {share}% of the opinions hold something that was seen or said.",
        "Show how it looks as two statements: a fact can then be shared and checked by itself.",
    ),
    "source_that_names_nobody": Prompt(
        "About {share}% of the statements have a source that names nobody, such as “staff”.",
        "Agree that a source is a name and a role, or “I did”.",
    ),
    "time_that_says_little": Prompt(
        "About {share}% of the statements say when it happened in words like “recently”.",
        "Agree to write a date, or which week it was roughly.",
    ),
    "how_often_in_words": Prompt(
        "About {share}% of the statements say “often”, “regularly” or the like.",
        "Agree to write how often and since when. “Twice a week since September” is the same to everybody.",
    ),
    "words_to_explain": Prompt(
        "About {share}% of the statements have a word or abbreviation that other agencies may not know.",
        "The list below says which, and what to write instead.",
    ),
    "words_about_people": Prompt(
        "About {share}% of the statements have a word that judges somebody, such as “hard to reach”.",
        "Ask what was seen or done that made us say so, and write that.",
    ),
}


def of(member: Membership, *, today: date) -> Prompts:
    """Return what a lead may want to talk about: of the eight weeks that ended on the last Sunday."""
    last = today - timedelta(days=today.isoweekday())
    found = Prompts(first=last - timedelta(days=7 * WEEKS - 1), last=last)
    since, until = _start(found.first), _start(last + timedelta(days=1))
    concerns = Concern.objects.visible_to(member).filter(logged_at__gte=since, logged_at__lt=until)
    counts = _counts(concerns)
    found.concerns = counts["all"]
    if not found.are_enough:
        return found
    words = advice.words_of(member)
    for name, prompt in OF_CONCERNS.items():
        _add(found, prompt, counts[name], counts["all"])
    _of_statements(found, concerns, words)
    texts = import_string(settings.SAID_AGAIN)(member, since=since, until=until)
    found.said_again = _common(_written(texts, words))
    return found


def share(part: int, whole: int) -> int:
    """Return a percentage to the nearest five, between 5 and 95. `whole` is at least five."""
    return min(95, max(5, STEP * round(100 * part / whole / STEP)))


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _counts(concerns: QuerySet[Concern]) -> dict[str, int]:
    voices = Statement.objects.filter(concern=OuterRef("pk"), kind=Statement.Kind.VOICE, removed_at=None)
    rows = concerns.annotate(
        has_voice=Exists(voices), is_late=Q(late_why__gt="") | Q(written_late_at__isnull=False)
    )
    found = list(rows.values_list("has_voice", "is_late"))
    return {
        "all": len(found),
        "no_voice": sum(not has_voice for has_voice, _ in found),
        "late": sum(is_late for _, is_late in found),
    }


def _of_statements(found: Prompts, concerns: QuerySet[Concern], words: WordList) -> None:
    rows = (
        Statement.objects.current()
        .filter(concern__in=concerns.values("pk"))
        .annotate(at=F("concern__logged_at"))
        .prefetch_related("rests_on")
        .order_by("-at", "-pk")[:READ]
    )
    statements = list(rows)
    by_rule: Counter[str] = Counter()
    for one in statements:
        by_rule.update({piece.rule for piece in advice.of_statement(one, words)})
    kinds = Counter(one.kind for one in statements)
    facts = sum(kinds[kind] for kind in rules.FACTS)
    of_which = {"opinion_in_a_fact": facts, "fact_in_an_opinion": kinds[rules.OPINION]}
    for name, prompt in OF_STATEMENTS.items():
        _add(found, prompt, by_rule[name], of_which.get(name, len(statements)))
    own = [one.text for one in statements if not one.is_verbatim]
    found.common = _common(_written(own, words))


def _add(found: Prompts, prompt: Prompt, part: int, whole: int) -> None:
    """Say it where it rests on five or more."""
    if part >= FEW:
        found.prompts.append(Prompt(prompt.found.format(share=share(part, whole)), prompt.try_this))


def _written(texts: Iterable[str], words: WordList) -> Counter[tuple[str, str]]:
    """Count in how many texts each word of the list stands."""
    counts: Counter[tuple[str, str]] = Counter()
    for text in texts:
        spots = words.spots(rules.Written(text).own_words)
        counts.update({(spot.term.name, spot.term.plain) for spot in spots})
    return counts


def _common(counts: Counter[tuple[str, str]]) -> list[Common]:
    often = [Common(word, plain, _about(n)) for (word, plain), n in counts.most_common() if n >= FEW]
    return often[:TOP_WORDS]


def _about(count: int) -> int:
    return (count + STEP // 2) // STEP * STEP
