"""A comparison with a list that is sent as one value, so that a question is the same however long it is."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Field, ForeignKey, Lookup


@Field.register_lookup
@ForeignKey.register_lookup
class AnyOf(Lookup[Any]):
    """`field__any_of=[...]`: one of a list, sent as one value however long it is.

    `field__any_of=ArraySubquery(...)`: one of a list that PostgreSQL is to look up first, and once.
    """

    lookup_name = "any_of"
    array = "%s::{kind}[]"

    def get_prep_lookup(self) -> Any:
        if isinstance(self.rhs, ArraySubquery):
            return self.rhs
        field = self.lhs.output_field
        target = getattr(field, "target_field", field)
        return [target.get_prep_value(one) for one in self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        of, params = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, ArraySubquery):
            asked, more = compiler.compile(self.rhs)
            return f"{of} = ANY ({asked})", [*params, *more]
        target = getattr(self.lhs.output_field, "target_field", self.lhs.output_field)
        kind = target.rel_db_type(connection)
        return f"{of} = ANY({self.array.format(kind=kind)})", [*params, self.rhs]


@Field.register_lookup
@ForeignKey.register_lookup
class AnyOfFew(AnyOf):
    """`field__any_of_few=[...]`: one of a list that is always short, and that an index leads to.

    PostgreSQL plans for a list of ten, once. Knowing that there are two, it would find its plan for ten too
    dear, and plan anew for each list, which takes longer than to find what is in it.
    """

    lookup_name = "any_of_few"
    array = "(SELECT %s::{kind}[])::{kind}[]"
