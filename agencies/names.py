"""Names as they are compared: in writing, by their sound, and by their last word.

Whoever is one of thousands is found by their name along indexes (`indexes`), which are of the same
expressions that are asked for here. Otherwise each look for names alike would compare every name there is.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import F, Func, Index, Q, TextField, Value
from django.db.models.expressions import Expression
from django.db.models.functions import Upper
from django.db.models.lookups import Exact


class Sound(Func):
    """How a word sounds in English (PostgreSQL's fuzzystrmatch)."""

    function = "dmetaphone"
    output_field = TextField()


class FirstWord(Func):
    template = "split_part(%(expressions)s, ' ', 1)"
    output_field = TextField()


class LastWord(Func):
    template = "regexp_replace(%(expressions)s, '^.* ', '')"
    output_field = TextField()


def sounds_alike(name: Expression | F, first: str, last: str) -> Q:
    """Both the first word and the last sound the same: Stephen Philips, Steven Phillips."""
    same_first = Q(Exact(Sound(FirstWord(name)), Sound(Value(first))))
    return same_first & Q(Exact(Sound(LastWord(name)), Sound(Value(last))))


def ends_alike(name: Expression | F, last: str) -> Q:
    """The last words are written alike, whatever their capitals."""
    return Q(Exact(Upper(LastWord(name)), Upper(Value(last))))


def indexes(field: str, of: str, *, condition: Q | None = None) -> list[Index]:
    """Return what finds the rows of a table by a name in one of its fields, in each of the three ways."""
    name = F(field)
    return [
        GinIndex(OpClass(name, "gin_trgm_ops"), name=f"{of}_name_written", condition=condition),
        Index(Sound(FirstWord(name)), Sound(LastWord(name)), name=f"{of}_name_sounds", condition=condition),
        Index(Upper(LastWord(name)), name=f"{of}_name_ends", condition=condition),
    ]
