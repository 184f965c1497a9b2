"""docs/asvs.md, written from docs/asvs.toml: each requirement, how it is met, and what shows it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from config.local.layout import ROOT, say

DATA, PAGE = ROOT / "docs" / "asvs.toml", ROOT / "docs" / "asvs.md"
STATES = {
    "met": "met",
    "partly": "partly met",
    "not met": "not met",
    "host": "for whoever runs it",
    "not there": "nothing of the kind is there",
}
CHAPTERS = {
    1: "Encoding and sanitising",
    2: "Validation and business rules",
    3: "The browser",
    4: "HTTP",
    5: "Files",
    6: "Proving who somebody is",
    7: "Sessions",
    8: "Who may do what",
    9: "Self-contained tokens",
    11: "Cryptography",
    12: "Connections",
    13: "Configuration",
    14: "Protecting data",
    15: "Code and architecture",
    16: "Logging and errors",
}
HEAD = """# OWASP ASVS 5.0

Written by `make docs` from `docs/asvs.toml`. Change that, not this page.

Every requirement of the OWASP Application Security Verification Standard 5.0.0 that applies, by its number
there, its meaning in our own words, how it is met here and the test, line or page that shows it. A test fails
where something that is cited does not exist (`tests/architecture/test_assurance.py`). The standard's own text
is the OWASP Foundation's, under CC BY-SA 4.0.

**Left out, because nothing of the kind is there:** V10 (OAuth and OpenID Connect), V17 (WebRTC), 4.3
(GraphQL), 4.4 above level 1 (WebSockets), 1.2.6 to 1.2.8, 1.3.4, 1.3.8 and 1.3.9 (LDAP, XPath, LaTeX, SVG,
JNDI, memcache), 1.4 (memory that is managed by hand), 3.5.5, 3.5.6 and 3.7.1 (postMessage, JSONP, plug-ins of
browsers), 6.5.7 and 6.6.4 (biometrics, push), 6.8, 7.1.3 and 7.6 (single sign-on), 12.1.3 (client
certificates of users).
"""


@dataclass(frozen=True)
class Requirement:
    """One requirement of the standard."""

    id: str
    level: int
    meaning: str
    state: str
    how: str
    shown: tuple[str, ...]

    @property
    def chapter(self) -> int:
        return int(self.id.partition(".")[0])


def requirements() -> list[Requirement]:
    """Read the data, in its order."""
    rows = tomllib.loads(DATA.read_text())["requirement"]
    return [Requirement(**{**row, "shown": tuple(row["shown"])}) for row in rows]


def page() -> str:
    """Return the page."""
    every = requirements()
    lines = [HEAD, *_figures(every), "", *_exceptions(every)]
    for chapter, rows in groupby(every, key=lambda one: one.chapter):
        lines += [
            "",
            f"## V{chapter} {CHAPTERS[chapter]}",
            "",
            "| | level | what it asks | here | shown by |",
        ]
        lines += ["|---|---|---|---|---|", *map(_row, rows)]
    return "\n".join(lines) + "\n"


def _figures(every: Iterable[Requirement]) -> list[str]:
    every = list(every)
    lines = [f"| level | of | {' | '.join(STATES.values())} |", "|---|---" + "|---" * len(STATES) + "|"]
    for level in (1, 2, 3):
        of = [one for one in every if one.level == level]
        counts = [sum(one.state == state for one in of) for state in STATES]
        lines.append(f"| {level} | {len(of)} | {' | '.join(map(str, counts))} |")
    return lines


def _exceptions(every: Iterable[Requirement]) -> list[str]:
    """Say first what is missing."""
    loose = [one for one in every if one.state in ("not met", "partly")]
    lines = ["## What is not met, or not wholly", "", "| | level | what it asks | state | why |"]
    lines.append("|---|---|---|---|---|")
    lines += [f"| {o.id} | {o.level} | {o.meaning} | {STATES[o.state]} | {o.how} |" for o in loose]
    return lines


def _row(one: Requirement) -> str:
    shown = "<br>".join(map(_shown, one.shown))
    here = one.how if one.state == "met" else f"**{STATES[one.state]}**: {one.how}"
    return f"| {one.id} | {one.level} | {one.meaning} | {here} | {shown} |"


def _shown(cited: str) -> str:
    """Return a link to what is cited, with the test or the words in it."""
    path, _, test = cited.partition("::")
    path, _, text = path.partition("#")
    link = f"[{path.removeprefix('tests/') if test else path}](../{path})"
    said = test or (text if not path.endswith(".md") else f"“{text}”" if text else "")
    return f"{link} {said if path.endswith('.md') else f'`{said}`'}" if said else link


def run(args: list[str]) -> int:
    """Write the page, or with --check say whether it is fresh. Returns 1 where it is old."""
    text = page()
    if args == ["--check"]:
        fresh = PAGE.exists() and PAGE.read_text() == text
        say("docs/asvs.md is fresh." if fresh else "docs/asvs.md is old. Run make docs.")
        return 0 if fresh else 1
    PAGE.write_text(text)
    return 0
