"""The record as data."""

from sharing.models import Stage
from tests.access import cast as who
from tests.access.page import Page, Table

OUR_LEAD = frozenset({who.LEAD})

PAGES: Table = {
    "concern-export": Page(
        sees=OUR_LEAD,
        role=who.LEADS,
        acts=OUR_LEAD,
        by=who.LEAD,
        args=lambda s: {"reference": s.concern(Stage.ASK).reference},
        data=lambda s: {"form": "JSON", "for_whom": "The court", "purpose": "The judge has asked for it."},
        typed=("for_whom", "purpose"),
        again=True,
    ),
}
