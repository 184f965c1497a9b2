"""A case as it goes over the line: an address, answers, files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from django.urls import NoReverseMatch, reverse

from tests.input.fuzz import cases
from tests.input.fuzz.cases import Case
from tests.input.fuzz.payloads import ALL
from tests.input.fuzz.sheets import Sheet

IN_AN_ADDRESS = 1_500  # characters; no server reads an address of any length


@dataclass
class Request:
    """One case as it goes over the line. `typed` is what has to be still there after a refusal."""

    address: str
    answers: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    alone: str = ""
    is_get: bool = False


def build(sheet: Sheet, case: Case) -> Request | None:
    """Make the request of a case. None where there is none: a form without a version cannot be stale."""
    if case.how == "query":
        return _query(sheet, case)
    if case.how == "address":
        return _to_address(sheet, case)
    good = {name: value for name, value in sheet.answers.items() if name not in sheet.files}
    files = {name: _again(sheet.answers[name]) for name in sheet.files}
    request = Request(sheet.address, good, files, {one: str(good[one]) for one in sheet.typed if one in good})
    return HOW[case.how](sheet, case, request)


def _texts(sheet: Sheet, case: Case, request: Request) -> Request:
    """Each box gets another payload, so that over all of them each box has had each."""
    request.typed = {one: _text(sheet, one, case.number + 7 * at) for at, one in enumerate(sheet.typed)}
    request.answers |= request.typed
    return request


def _text(sheet: Sheet, name: str, number: int) -> str:
    """A payload for one box, on one line where the box has one."""
    text = ALL[cases.TEXTS[number % len(cases.TEXTS)]].text
    return text.replace("\r", " ").replace("\n", " ") if name in sheet.lines else text


def _everywhere(sheet: Sheet, case: Case, request: Request) -> Request:
    request.answers |= dict.fromkeys(sheet.fields, ALL[case.number].text)
    request.typed = {}
    return request


def _field(sheet: Sheet, case: Case, request: Request) -> Request:
    payload = ALL[case.number]
    request.answers[case.field] = payload.text
    request.typed.pop(case.field, None)
    if case.field in sheet.shows_text:
        request.typed[case.field] = payload.text
    if not payload.is_text and case.field in sheet.typed:
        request.alone = case.field
    return request


def _missing(sheet: Sheet, case: Case, request: Request) -> Request:
    request.answers.pop(case.field, None)
    request.typed.pop(case.field, None)
    return request


def _nothing(sheet: Sheet, case: Case, request: Request) -> Request:
    return Request(sheet.address, files=request.files)


def _twice(sheet: Sheet, case: Case, request: Request) -> Request:
    order = -1 if case.number else 1
    request.answers = {name: [value, "no such thing"][::order] for name, value in request.answers.items()}
    request.typed = {}
    return request


def _unknown(sheet: Sheet, case: Case, request: Request) -> Request:
    asked = {*sheet.fields, *getattr(sheet.form, "fields", {})}
    more = {name: value for name, value in cases.portions()[case.number].items() if name not in asked}
    request.answers = {**more, **request.answers}
    return request


def _stale_version(sheet: Sheet, case: Case, request: Request) -> Request | None:
    if "version" not in request.answers:
        return None
    request.answers["version"] = cases.STALE[case.number]
    return request


def _stale_token(sheet: Sheet, case: Case, request: Request) -> Request:
    request.answers["csrfmiddlewaretoken"] = cases.TOKENS[case.number]
    return request


HOW: dict[str, Callable[[Sheet, Case, Request], Request | None]] = {
    "texts": _texts,
    "everywhere": _everywhere,
    "field": _field,
    "missing": _missing,
    "nothing": _nothing,
    "twice": _twice,
    "unknown": _unknown,
    "stale version": _stale_version,
    "stale token": _stale_token,
}


def _query(sheet: Sheet, case: Case) -> Request:
    payload = ALL[case.number].text[:IN_AN_ADDRESS]
    query = urlencode(dict.fromkeys(sheet.parameters, payload), errors="surrogatepass")
    return Request(f"{sheet.address.partition('?')[0]}?{query}", is_get=True)


def _to_address(sheet: Sheet, case: Case) -> Request:
    """Put the payload where a part of the address stands, whatever kind of part it is."""
    parts, stand_in = dict(sheet.page.args(sheet.scene)), "zzstandinzz"
    try:
        route = reverse(case.form, kwargs={**parts, case.field: stand_in})
    except NoReverseMatch:
        route = reverse(case.form, kwargs=parts).replace(f"/{parts[case.field]}/", f"/{stand_in}/", 1)
    payload = ALL[case.number].text[:IN_AN_ADDRESS].encode("utf-8", "surrogatepass")
    return Request(route.replace(stand_in, quote(payload, safe="")), is_get=True)


def sendable(answers: dict[str, Any]) -> dict[str, Any]:
    """Write what no file form of a browser can send as it comes out of one."""
    return {name: re.sub("[\ud800-\udfff]", "\ufffd", str(one)) for name, one in answers.items()}


def _again(file: Any) -> Any:
    file.seek(0)
    return file
