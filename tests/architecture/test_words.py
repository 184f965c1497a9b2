"""People read plain British English: sentence case, no pleading, no cheering."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
OURS = sorted({app.name for app in apps.get_app_configs() if (ROOT / app.name).is_dir()} | {"config"})

NOT_SAID = {
    "please": r"\bplease\b",
    "successfully": r"\bsuccessful(ly)?\b",
    "an exclamation mark": r"[\w.”’)]!(?=\s|$|[”’\"<])",
    "invalid": r"\binvalid\b",
    "click here": r"\bclick here\b",
    # CSS, ARIA and Python words are no words that people read: only whole sentences are looked at.
    "American spelling": r"\b(\w+iz(e|es|ed|ing|ation|ations)|colors?|centers?|behaviors?|favors?"
    r"|neighbors?|fulfill|enroll|canceled|labeled|traveling|judgment|defense|gray|analyze[sd]?|checkin)\b",
}
IZE_IS_BRITISH = {"size", "sizes", "prize", "seize", "seized", "citizen", "capsize", "maize"}
TITLES = re.compile(r"<h[1-6][^>]*>\s*([A-Z][a-z]+(?: [A-Z][a-z]+){1,})\s*</h")


def python_sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Every text of more than one word in a file, also the parts of f-strings."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            yield node.lineno, node.value


def template_words(path: Path) -> Iterator[tuple[int, str]]:
    """Each line of a template without comments, tags and variables, and with the texts given to a tag."""
    text = re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}", blank, path.read_text(), flags=re.DOTALL)
    text = re.sub(r"<!DOCTYPE[^>]*>|<svg.*?</svg>", blank, text, flags=re.DOTALL)
    for number, line in enumerate(text.split("\n"), start=1):
        given = re.findall(r'"([^"<>{}]+ [^"<>{}]+)"', line)
        words = re.sub(r"<[^>]*>|{%.*?%}|{{.*?}}", " ", line)
        for said in (words, *given):
            if said.strip():
                yield number, said


def blank(found: re.Match[str]) -> str:
    """Take a passage out and leave the lines counted as they were."""
    return "\n" * found[0].count("\n")


@cache
def everything() -> list[tuple[str, str]]:
    """All that people may read, with where it stands."""
    found: list[tuple[str, str]] = []
    for app in OURS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                found += [(f"{path.relative_to(ROOT)}:{n}", text) for n, text in python_sentences(path)]
    for path in sorted((ROOT / "templates").rglob("*.html")):
        found += [(f"{path.relative_to(ROOT)}:{n}", text) for n, text in template_words(path)]
    return found


def test_there_is_something_to_read() -> None:
    places = {where.split("/")[0] for where, _ in everything()}
    assert {*OURS, "templates"} == places
    assert len(everything()) > 3000


@pytest.mark.parametrize("name", NOT_SAID)
def test_is_not_said(name: str) -> None:
    said = [
        f"{where}: {found[0]}"
        for where, text in everything()
        for found in re.finditer(NOT_SAID[name], text, re.IGNORECASE)
        # ANALYZE is PostgreSQL's, and what has a low line is the name of somebody's setting.
        if found[0].lower() not in IZE_IS_BRITISH and found[0] != "ANALYZE" and "_" not in found[0]
    ]
    assert said == []


def test_headings_are_in_sentence_case() -> None:
    """Names of stages and of the service keep their capitals: “Check Back”."""
    wrong = [
        f"{path.relative_to(ROOT)}: {title}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for title in TITLES.findall(path.read_text())
        if title not in ("Check Back", "Think Family")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "bad", ["Please wait", "Saved successfully.", "Well done!", "We recognize it", "Choose a color"]
)
def test_the_net_catches(bad: str) -> None:
    assert any(re.search(pattern, bad, re.IGNORECASE) for pattern in NOT_SAID.values())
