"""What is prepared on a connection stays so when a transaction is rolled back.

The driver forgets everything at a ROLLBACK, also to a savepoint, and has PostgreSQL do so, as what is rolled
back may have changed a table. Whatever is refused here is rolled back, and after that every page that the
connection served had its statements planned anew. Nobody changes tables on these connections, and PostgreSQL
itself keeps what was prepared. Where a new version has changed one meanwhile, it says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from psycopg._preparing import Prepare, PrepareManager
from psycopg.pq import DiagnosticField

# What a working day's pages and forms ask comes to more than the driver's hundred. Each plan that PostgreSQL
# keeps takes memory of its connection.
AT_MOST = 200
CHANGES_WHAT_THERE_IS = re.compile(rb"^(?:DROP|ALTER|DISCARD ALL|DEALLOCATE ALL)\b")
# “cached plan must not change result type”, and that there is no statement of that name.
NOT_AS_PREPARED = frozenset({b"0A000", b"26000"})


class Kept(PrepareManager):
    """The driver's list of what is prepared on a connection."""

    prepared_max = AT_MOST

    def clear(self) -> bool:
        """Forget nothing: the driver asks for it when it has rolled back."""
        return False

    def has_failed(self, statement: Any, result: Any) -> None:
        """Prepare a statement anew after it failed, or all where a table is not what it was."""
        if result.error_field(DiagnosticField.SQLSTATE) in NOT_AS_PREPARED:
            super().clear()
        elif (name := self._names.pop(self.key(statement), None)) is not None:
            self._to_flush.append(name)

    def _should_discard(self, prep: Prepare, results: Sequence[Any], *_: Any) -> bool:
        """Forget everything after what the driver forgets it for, but for a rollback to a savepoint."""
        told = [one.command_status or b"" for one in results]
        return any(CHANGES_WHAT_THERE_IS.match(one) for one in told) and super().clear()


def keep(connection: Any) -> None:
    """Have a new connection keep what it prepares, from the same number of times on as before."""
    kept = Kept()
    kept.prepare_threshold = connection.prepare_threshold
    connection._prepared = kept  # noqa: SLF001  # the driver's own list
