"""What is hashed, in one place: a leaf as a line of text, and a seal over its lines and the one before.

Anybody can work it out again with nothing but SHA-256 and these rows (docs/record.md says it in words).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

METHOD = "sha256/2"
# Seals of the first method do not say which transactions were under way.
FIRST_METHOD = "sha256/1"
GENESIS = bytes(32)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# One leaf as text. The role comes last: it alone could hold the sign between the fields.
LINE = """concat_ws('|', l.id, l.shape_id, l.row_id, encode(l.content, 'hex'), l.concern,
    (extract(epoch FROM l.written_at) * 1000000)::bigint, l.xid, l.written_by)"""
LINES = f"string_agg({LINE}, E'\\n' ORDER BY l.id)"


@dataclass(frozen=True)
class Link:
    """A seal as it is hashed.

    `ids` is PostgreSQL's text for the ranges of leaves that it holds, `under_way` its text for the list of
    transactions that had begun and not ended.
    """

    number: int
    method: str
    previous: bytes
    leaves: int
    last: int
    ids: str
    digest: bytes
    oldest_xid: int
    next_xid: int
    under_way: str
    is_full: bool
    sealed_at: datetime

    @property
    def first(self) -> int:
        """Return about where its leaves begin, for the order in which things are said."""
        return self.last - self.leaves + 1

    @property
    def hash(self) -> bytes:
        """Return the hash over the hash before and every field of this one."""
        micro = (self.sealed_at - EPOCH) // timedelta(microseconds=1)
        under_way = () if self.method == FIRST_METHOD else (self.under_way,)
        fields = (self.method, self.number, self.leaves, self.last, self.ids, self.digest.hex(),
                  self.oldest_xid, self.next_xid, *under_way, int(self.is_full), micro)  # fmt: skip
        return hashlib.sha256(self.previous + "\n".join(map(str, fields)).encode()).digest()


def digest_of(lines: str) -> bytes:
    """Return the digest of the leaves of a seal, given as lines in the order of their ids."""
    return hashlib.sha256(lines.encode()).digest()
