"""A part that passes to somebody else, and who covers for whom."""

from tests.access import cast as who
from tests.access.page import Page, Table

PAGES: Table = {
    "hand-over": Page(
        sees=who.WORKERS,
        acts=frozenset({who.OWNER}),
        data=lambda s: {"everything": s.world.school.colleague.pk, "note": "Ring before nine."},
        typed=("note",),
        searches=True,  # what they will be told is shown first, and sent by a second press
    ),
    "hand-over-of": Page(
        sees=frozenset({who.LEAD}),
        role=who.LEADS,
        acts=frozenset({who.LEAD}),
        by=who.LEAD,
        args=lambda s: {"membership_id": s.world.priya.pk},
        foreign=lambda s: [{"membership_id": s.world.tom.pk}, {"membership_id": s.world.tom.user_id}],
        data=lambda s: {"everything": s.world.school.colleague.pk, "note": "Ring before nine."},
        typed=("note",),
        searches=True,
    ),
    "hand-over-people": Page(sees=who.LEADS, role=who.LEADS),
    "cover": Page(
        sees=who.LEADS | {who.ADMINISTRATOR}, role=who.LEADS | {who.ADMINISTRATOR}, by=who.ADMINISTRATOR
    ),
}
