"""Advice for the pages: the words of the asker's agency in one statement, then rules over what is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agencies.models import Membership
from records.models import Concern, Statement, Word
from records.quality import rules
from records.quality.rules import Advice, Written
from records.quality.words import Decided, WordList, list_of


def words_of(member: Membership) -> WordList:
    """Return the words that are explained at somebody's agency. One statement, whatever their number."""
    return list_of(Word.objects.of(member).decided())


def words_with(concern: Concern) -> WordList:
    """Return the words that were fetched with a concern (`access.get_concern(..., with_words=True)`)."""
    return list_of(Decided(**row) for row in getattr(concern, "decided", ()))


def of_statement(statement: Statement, words: WordList) -> list[Advice]:
    """Return the advice on a statement. What an opinion rests on is to be fetched with it."""
    return rules.advise(
        Written(
            text=statement.text,
            kind=statement.kind,
            source=statement.source,
            has_a_time=statement.happened_at is not None,
            when=statement.happened_note,
            rests_on=len([g for g in statement.rests_on.all() if g.removed_at is None]),
            is_verbatim=statement.is_verbatim,
        ),
        words,
    )


def of_statements(statements: Sequence[Statement], member: Membership) -> dict[int, list[Advice]]:
    """Return the advice on each statement by its number. One statement to the database."""
    words = words_of(member)
    return {one.number: of_statement(one, words) for one in statements}


def of_texts(texts: Iterable[str], words: WordList) -> list[Advice]:
    """Return the advice on texts that are no statements, such as what a sender asks for. Each rule once."""
    found = [advice for text in texts for advice in rules.advise(Written(text), words)]
    merged: dict[str, Advice] = {}
    for one in found:
        other = merged.get(one.rule)
        pairs = dict([*(other.pairs if other else []), *one.pairs])
        more = (*(other.words if other else ()), *one.words)
        said = tuple(pairs) or tuple(dict.fromkeys(more))
        merged[one.rule] = Advice(one.rule, one.sentence, said, tuple(pairs.values()))
    return list(merged.values())
