"""The whole table: one row for each address, written from what people are promised, not from the code."""

from tests.access.page import Table
from tests.access.tables import (
    agencies,
    consent,
    corrections,
    lead,
    links,
    meetings,
    outside,
    records,
    sharing,
    transfers,
)
from tests.access.tables import open as for_everybody

PAGES: Table = {
    **for_everybody.PAGES,
    **agencies.PAGES,
    **records.PAGES,
    **consent.PAGES,
    **sharing.PAGES,
    **lead.PAGES,
    **meetings.PAGES,
    **corrections.PAGES,
    **links.PAGES,
    **transfers.PAGES,
    **outside.PAGES,
}
LIBRARY = for_everybody.LIBRARY
NO_SUCH_PAGE = for_everybody.NO_SUCH_PAGE
PARTS_OF_THE_LIBRARY = for_everybody.PARTS_OF_THE_LIBRARY
