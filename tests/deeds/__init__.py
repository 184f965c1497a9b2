"""One way to do every operation there is, with everything it needs brought about first.

`DEEDS` is by the operation's name. Tests go through all of them: each is undone when the audit fails,
leaves its event, tells people without saying anything personal. A new operation without a deed fails.

The modules of this folder list them, each those of one part of the product.
"""

import importlib
import pkgutil

from tests.deeds.finding import DEEDS, modules, operations

__all__ = ["DEEDS", "modules", "operations"]

for found in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{found.name}")
