"""The record as data: one way to do each operation."""

from __future__ import annotations

from sharing.models import Stage
from sharing.operations import exports
from tests import factories
from tests.deeds.finding import Deed, deed, do
from tests.factories import World


@deed(exports.export)
def _(w: World) -> Deed:
    return do(
        exports.export, factories.concern_at(w, Stage.ASK), by=w.school.lead, w=w,
        form="JSON", purpose="The judge has asked for it.", for_whom="The court",
    )  # fmt: skip
