"""Ways to look a page over: with axe, at its width, and with a camera."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from config.local.layout import LOCAL, ROOT
from tests.browser.somebody import Somebody

WIDE, SMALL = 1280, 320
PICTURES = LOCAL / "screenshots"
# GOV.UK's conditional radio buttons carry aria-expanded, which the rule does not allow on a radio button.
# GOV.UK tested it with people who use assistive technology and keeps it.
ACCEPTED = {"aria-allowed-attr": 'type="radio"'}


@cache
def _axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()


def violations(somebody: Somebody) -> list[str]:
    """Run axe on the page as it is. Returns one line for each thing it finds."""
    if not somebody.evaluate("typeof axe !== 'undefined'"):
        somebody.evaluate(_axe())
    found: list[dict[str, Any]] = somebody.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)"
    )
    lines = []
    for rule in found:
        nodes = [n for n in rule["nodes"] if ACCEPTED.get(rule["id"], "\0") not in n["html"]]
        if nodes:
            lines.append(f"{somebody.page.url}: {rule['help']} ({rule['id']}): {nodes[0]['html'][:200]}")
    return lines


def overflow(somebody: Somebody) -> list[str]:
    """Say by how much the page is wider than its window, if it is."""
    wide, window = somebody.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return [f"{somebody.page.url}: {wide} pixels wide in a window of {window}"] if wide > window else []


def what_is_wrong(somebody: Somebody) -> list[str]:
    """Look the page over at both widths. Returns one line for each thing that is wrong."""
    wrong = []
    for width in (SMALL, WIDE):
        somebody.page.set_viewport_size({"width": width, "height": 900})
        wrong += [*violations(somebody), *overflow(somebody)]
    return wrong


class Inspector:
    """Looks over each kind of page once (its address without references, and its heading) and takes notes."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, ...]] = set()
        self.notes: list[str] = []

    def __call__(self, somebody: Somebody) -> None:
        kind = kind_of_page(somebody)
        if kind in self.seen:
            return
        self.seen.add(kind)
        take_picture(somebody, "-".join(kind))
        self.notes += what_is_wrong(somebody)


def kind_of_page(somebody: Somebody) -> tuple[str, ...]:
    path = re.sub(r"^https?://[^/]+", "", somebody.page.url).split("?")[0]
    path = re.sub(r"[A-Z]{1,4}-[\dA-Z-]+|[0-9a-f-]{36}|\d+", "", path)
    heading = somebody.page.locator("h1 .govuk-caption-l").all_inner_texts()
    title = somebody.page.locator("h1").inner_text()
    for caption in heading:
        title = title.replace(caption, "")
    wrong = "wrong" if somebody.page.locator(".govuk-error-summary").count() else ""
    return path.strip("/").replace("/", "_") or "home", title.strip(), wrong


def take_picture(somebody: Somebody, name: str) -> None:
    """Keep pictures of the page at both widths where SCREENSHOTS is set, to look at afterwards."""
    if not os.environ.get("SCREENSHOTS"):
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    number = len(list(PICTURES.glob("*-1280.png"))) + 1
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:70]
    for width in (SMALL, WIDE):
        somebody.page.set_viewport_size({"width": width, "height": 900})
        somebody.page.screenshot(path=_picture(f"{number:03}-{plain}-{width}.png"), full_page=True)


def _picture(name: str) -> Path:
    return PICTURES / name
