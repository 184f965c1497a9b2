"""Sending the cases, each taken back, and counting what came of them."""

from __future__ import annotations

import json
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.signals import got_request_exception
from django.test import Client

from records import operations as records
from tests import factories, rows
from tests.access import walk
from tests.access.scene import Scene
from tests.input import hostile
from tests.input.fuzz import cases, oracle
from tests.input.fuzz.cases import Case
from tests.input.fuzz.payloads import ALL
from tests.input.fuzz.requests import Request, build, sendable
from tests.input.fuzz.sheets import Sheet
from tests.input.fuzz.writes import watched

FORM = "application/x-www-form-urlencoded"
READ_EVERY_TABLE = 200  # one refusal in so many is checked by reading every table, not its statements alone
Say = Callable[[str], None]


@dataclass
class Tally:
    """What came of the cases."""

    sent: int = 0
    followed: int = 0
    whole_tables: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    by_how: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[str] = field(default_factory=Counter)
    by_person: Counter[str] = field(default_factory=Counter)
    forms: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    slowest: list[tuple[float, float, str]] = field(default_factory=list)
    failed: dict[str, list[str]] = field(default_factory=dict)
    stored: Counter[str] = field(default_factory=Counter)
    stored_in: set[str] = field(default_factory=set)
    minutes: float = 0.0

    def as_json(self) -> str:
        """Write it down for whoever adds up the tallies of several processes."""
        sets = {name: sorted(value) for name, value in vars(self).items() if isinstance(value, set)}
        plain = {**vars(self), **sets}
        return json.dumps({**plain, "slowest": sorted(self.slowest, reverse=True)[:10]})


def prepare(scene: Scene) -> None:
    """Put words of an agency that has nothing to do with the others where they could leak from."""
    walk.build(scene)
    stranger = scene.world.stranger.practitioner
    child = factories.child(scene.world, by=stranger, first_name="Zanthe", last_name=oracle.FOREIGN[0])
    concern = factories.draft(scene.world, by=stranger, about=child)
    records.add_statement(
        concern, by=stranger, at=scene.world.clock(), kind="FACT_SEEN", text=oracle.FOREIGN[1],
        source="I did", happened_at=scene.world.clock.moment,
    )  # fmt: skip
    records.log_concern(concern, by=stranger, at=scene.world.clock())


class Player:
    """Sends cases to one scene."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.tally = scene, Tally()
        self.errors: list[str] = []
        self.refusals = 0
        got_request_exception.connect(self._note, weak=False)

    def _note(self, **more: Any) -> None:
        lines = traceback.format_exc().strip().splitlines()
        self.errors.append(" | ".join(line.strip() for line in lines[-3:])[:400])

    def close(self) -> None:
        got_request_exception.disconnect(self._note)

    def play(self, wanted: Iterable[Case]) -> Tally:
        """Send the cases one after the other and return what came of them."""
        for case in wanted:
            wrong = self.one(case)
            if wrong:
                self.tally.failed[case.name] = wrong
        return self.tally

    def sheet(self, name: str) -> Sheet:
        return cases.sheet_of(self.scene, name)

    def one(self, case: Case) -> list[str]:
        """Send one case, take it back, and return what was wrong."""
        sheet = self.sheet(case.form)
        request = build(sheet, case)
        if request is None:
            return []
        self._count(case)
        self.errors.clear()
        before = None
        if self.refusals % READ_EVERY_TABLE == READ_EVERY_TABLE - 1:
            before = rows.snapshot()
        with rows.taken_back():
            sent = self._send(sheet, case, request)
            if sent.own_seconds > oracle.FULL_ANSWER:
                sent.own_seconds = self._timed_again(sheet, case)
            wrong = oracle.judge(sent)
            if case.how == "unknown":
                wrong += self._taken()
            if sent.status in oracle.REFUSED:
                self.refusals += 1
                if before is not None:
                    self.tally.whole_tables += 1
                    kept = walk.KEPT_FOR_THE_WRITER | walk.PRESSED
                    wrong += [f"{table} has changed" for table in walk.changes(before, but=kept)]
            if sent.status == 302 and case.how == "texts" and ALL[case.number].kind == "script":
                wrong += self._follow(sheet, case, sent.location)
        return wrong

    def _count(self, case: Case) -> None:
        tally = self.tally
        tally.sent += 1
        tally.by_how[case.how] += 1
        tally.by_person[case.person] += 1
        tally.forms.add(case.form)
        if case.how in cases.WITH_PAYLOAD:
            tally.by_kind[ALL[case.number].kind] += 1
        if case.person == "writer" and case.how in {"texts", "field"}:
            named = [case.field] if case.field else self.sheet(case.form).typed
            tally.fields |= {f"{case.form}/{one}" for one in named}

    def looks(self, sheet: Sheet, case: Case, request: Request, *, by: str) -> None:
        """Open a page as somebody, and note what is wrong with it."""
        self.errors.clear()
        with rows.taken_back():
            wrong = oracle.judge(self._send(sheet, case, request, browser=self.scene.cast.browser(by)))
        if wrong:
            self.tally.failed[case.name] = wrong

    def _send(
        self, sheet: Sheet, case: Case, request: Request, *, browser: Client | None = None
    ) -> oracle.Sent:
        browser = browser or self._browser(sheet, case)
        began, own = time.perf_counter(), time.thread_time()
        response: Any
        with watched() as writes:
            if request.is_get:
                response = browser.get(request.address)
            elif request.files:
                response = browser.post(request.address, {**sendable(request.answers), **request.files})
            else:
                body = urlencode(request.answers, doseq=True, errors="surrogatepass")
                response = browser.post(request.address, body, content_type=FORM)
            content = b"".join(response.streaming_content) if response.streaming else response.content
        seconds, own_seconds = time.perf_counter() - began, time.thread_time() - own
        self.tally.by_status[str(response.status_code)] += 1
        self.tally.seconds.append(round(seconds, 4))
        self.tally.slowest.append((round(seconds, 3), round(own_seconds, 3), case.name))
        if len(self.tally.slowest) > 200:
            self.tally.slowest = sorted(self.tally.slowest, reverse=True)[:10]
        return oracle.Sent(
            person=case.person, status=response.status_code, body=content,
            location=response.headers.get("Location", ""),
            content_type=response.headers.get("Content-Type", ""), seconds=seconds, own_seconds=own_seconds,
            writes=dict(writes.tables), typed=request.typed, alone=request.alone,
            error=" ; ".join(self.errors), in_vain=sheet.page.in_vain, is_get=request.is_get,
            says_whether_well=sheet.name == "health",  # and it is not: no worker is at work here
        )  # fmt: skip

    def _timed_again(self, sheet: Sheet, case: Case) -> float:
        """Time a slow answer again: memory is tidied up at times, and the first one loads its templates."""
        request = build(sheet, case)
        assert request is not None
        with rows.taken_back():
            return self._send(sheet, case, request).own_seconds

    def _browser(self, sheet: Sheet, case: Case) -> Client:
        browser = self.scene.cast.browser(sheet.people[case.person])
        if case.how != "stale token":
            return browser
        strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
        strict.cookies = deepcopy(browser.cookies)
        return strict

    def _taken(self) -> list[str]:
        """Say where something stands that no page asks for."""
        found = [one for one in hostile.where_stands(cases.PLANTED) if not one.startswith("agencies_draft")]
        return [f"took {', '.join(found)} from a field that it has not"] if found else []

    def _follow(self, sheet: Sheet, case: Case, location: str) -> list[str]:
        """Open the page that the form leads to, on which what was typed may stand."""
        if not location.startswith("/"):
            return []
        self.tally.followed += 1
        request = Request(location, is_get=True)
        found = oracle.judge(
            self._send(sheet, Case(case.form, case.person, "then", "", case.number), request)
        )
        return [f"then {location}: {one}" for one in found]
