"""Links to people without an account: one way to do each operation."""

from __future__ import annotations

from sharing.operations import (
    links,
    visits,
)
from tests import factories
from tests.deeds.finding import Deed, deed, do
from tests.factories import World


@deed(links.send_new_link)
def _(w: World) -> Deed:
    return do(links.send_new_link, factories.link(w).exchange, by=w.priya, w=w)


@deed(links.end_link)
def _(w: World) -> Deed:
    return do(links.end_link, factories.link(w).exchange, by=w.priya, w=w, why="She has moved on.")


@deed(links.read_out_code)
def _(w: World) -> Deed:
    return do(links.read_out_code, factories.link(w, code_by="SPEAKER").exchange, by=w.priya, w=w)


@deed(visits.ask_for_code)
def _(w: World) -> Deed:
    return do(visits.ask_for_code, factories.link(w), by=None, w=w, address="192.0.2.7")


@deed(visits.not_me)
def _(w: World) -> Deed:
    return do(visits.not_me, factories.link(w), by=None, w=w, address=None, **factories.STRANGER)


@deed(visits.stay_longer)
def _(w: World) -> Deed:
    visit = factories.visit(w)
    return do(visits.stay_longer, visit, by=visit.link.member, w=w)


@deed(visits.leave)
def _(w: World) -> Deed:
    visit = factories.visit(w)
    return do(visits.leave, visit, by=visit.link.member, w=w)
