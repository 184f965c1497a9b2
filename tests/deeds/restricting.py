"""Who may open a record: one way to do each operation."""

from __future__ import annotations

from records import operations as records
from tests import factories
from tests.deeds.finding import Deed, deed, do
from tests.factories import World
from tests.restricting import CLOSED_FOR, WHY, emergency, restricted


@deed(records.restrict)
def _(w: World) -> Deed:
    concern = factories.logged(w)
    return do(records.restrict, concern, by=w.priya, w=w, why=CLOSED_FOR, let_in=[w.school.colleague])


@deed(records.change_named)
def _(w: World) -> Deed:
    return do(
        records.change_named, restricted(w), by=w.school.lead, w=w, let_in=[], kept_out=[w.school.colleague]
    )


@deed(records.end_restriction)
def _(w: World) -> Deed:
    return do(records.end_restriction, restricted(w), by=w.school.lead, w=w, why="They left in May.")


@deed(records.break_glass)
def _(w: World) -> Deed:
    return do(records.break_glass, restricted(w).concern, by=w.school.colleague, w=w, why=WHY)


@deed(records.end_break_glass)
def _(w: World) -> Deed:
    return do(records.end_break_glass, emergency(w), by=w.school.colleague, w=w)


@deed(records.review_break_glass)
def _(w: World) -> Deed:
    return do(
        records.review_break_glass, emergency(w), by=w.school.lead, w=w, finding="JUSTIFIED",
        note="We spoke of it on the day.",
    )  # fmt: skip
