"""The whole table: one row for each address, written from what people are promised, not from the code.

Each module of this folder has the rows of one part of the product, and is found by itself.
"""

import importlib
import pkgutil

from tests.access.page import Table
from tests.access.tables import open as for_everybody

PAGES: Table = {}
for _found in pkgutil.iter_modules(__path__):
    _rows: Table = importlib.import_module(f"{__name__}.{_found.name}").PAGES
    assert not PAGES.keys() & _rows.keys(), f"two rows for one address: {_found.name}"
    PAGES |= _rows
LIBRARY = for_everybody.LIBRARY
NO_SUCH_PAGE = for_everybody.NO_SUCH_PAGE
PARTS_OF_THE_LIBRARY = for_everybody.PARTS_OF_THE_LIBRARY
