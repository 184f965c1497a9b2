"""Questions that are put together once in a process, and asked again with other values.

Putting together a question about ten tables takes Django many times as long as PostgreSQL needs to answer
it, and PostgreSQL longer to plan than to run. A prepared question is put together when it is first asked,
with marks in place of what will differ; from then on its values alone are sent, and PostgreSQL keeps its plan
as well (where no pooler is between). docs/decisions/0038 says what was measured, and what else was tried.

Nothing but the marks differs from one asking to the next, and that is checked: a question is put together
twice with different marks, and whatever else differs, or is a moment, or asks the database, is refused.
"""

from agencies.prepared.change import PreparedChange
from agencies.prepared.lookups import AnyOf
from agencies.prepared.marks import NotPrepared, now
from agencies.prepared.once import forget
from agencies.prepared.question import Asking, Prepared, together

__all__ = ["AnyOf", "Asking", "NotPrepared", "Prepared", "PreparedChange", "forget", "now", "together"]
