"""Which tables a request has written to, seen in its statements, without reading a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)
BACK_TO = re.compile(r'\s*ROLLBACK TO SAVEPOINT "([^"]+)"', re.IGNORECASE)
SAVEPOINT = re.compile(r'\s*SAVEPOINT "([^"]+)"', re.IGNORECASE)
# Statements that change nothing by themselves. Anything else is noted as it stands.
STILL = re.compile(
    r"[\s(]*(?:SELECT|WITH|SET|RELEASE|SHOW|EXPLAIN|BEGIN|LOCK|COMMIT|DECLARE|FETCH|CLOSE)\b", re.IGNORECASE
)


class Writes:
    """Notes where rows are written, and forgets it where that is taken back to a savepoint."""

    def __init__(self) -> None:
        self.noted: list[str] = []
        self.marks: dict[str, int] = {}
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements += 1
        write = None
        if mark := SAVEPOINT.match(sql):
            self.marks[mark[1]] = len(self.noted)
        elif back := BACK_TO.match(sql):
            del self.noted[self.marks.get(back[1], 0) :]
        elif not (write := WRITE.match(sql)) and not STILL.match(sql):
            self.noted.append(sql[:60])
        answer = execute(sql, params, many, context)
        if write and context["cursor"].rowcount:
            self.noted.append(write[1])
        return answer

    @property
    def tables(self) -> Counter[str]:
        """How many statements wrote to each table, those that were taken back left out."""
        return Counter(self.noted)


@contextmanager
def watched() -> Iterator[Writes]:
    """Note what the block writes."""
    writes = Writes()
    with connection.execute_wrapper(writes):
        yield writes
