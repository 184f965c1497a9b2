"""Histories from files, and whom what was received is about: one way to do each operation."""

from __future__ import annotations

from agencies.operations import jobs
from records import operations as records
from records.models import ChronologyImport, Person
from sharing.models import AboutOurPerson
from sharing.operations import about
from sharing.states import State
from tests import factories
from tests.deeds.finding import Deed, deed, do
from tests.factories import World

FILE = "Our reference,Date,What happened,Source\n{},03/2019,Moved in with an aunt,Old file\n"


def _file(w: World) -> bytes:
    return FILE.format(factories.child(w).reference).encode()


@deed(records.start_import)
def _(w: World) -> Deed:
    return do(records.start_import, by=w.priya, w=w, data=_file(w), back="/people/", found="/people/?{pk}")


@deed(records.begin_adding)
def _(w: World) -> Deed:
    records.start_import(data=_file(w), by=w.priya, at=w.clock(), back="/people/", found="/people/?{pk}")
    jobs.work(at=w.clock())
    batch = ChronologyImport.objects.get()
    return do(records.begin_adding, batch, by=w.priya, w=w, back="/people/")


def theirs(w: World) -> Person:
    return records.record_person(by=w.tom, at=w.clock(), kind="CHILD", first_name="Leo", last_name="Marshall")


@deed(about.link_person)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.RECEIVED)
    return do(about.link_person, exchange, by=w.tom, w=w, person=theirs(w))


def linked(w: World) -> AboutOurPerson:
    exchange = factories.exchange_at(w, State.RECEIVED)
    return about.link_person(exchange, person=theirs(w), by=w.tom, at=w.clock())


@deed(about.end_link_to_person)
def _(w: World) -> Deed:
    return do(about.end_link_to_person, linked(w), by=w.tom, w=w, why="She only has the same name.")
