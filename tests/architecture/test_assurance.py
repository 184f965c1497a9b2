"""What docs/ says of security is there: each requirement, each test, line and page that is cited."""

from __future__ import annotations

import re
from collections import Counter

import gunicorn
import pytest
from django.apps import apps

from config.local import asvs, sbom
from config.local.layout import ROOT
from tests.citing import functions_of

EVERY = asvs.requirements()
EACH = pytest.mark.parametrize("one", EVERY, ids=lambda one: one.id)
# Of OWASP ASVS 5.0.0 without V10 and V17: how many apply at each level.
APPLY = {1: 65, 2: 128, 3: 77}
OF_A_CHAPTER = {1: 21, 2: 13, 3: 28, 4: 11, 5: 13, 6: 41, 7: 16, 8: 13, 9: 7, 11: 24, 12: 11, 13: 21, 14: 13,
                15: 21, 16: 17}  # fmt: skip
# Of the first two levels, what is not met at all. The page begins with it.
EXCEPTIONS: set[str] = set()
PAGES = ["SECURITY.md", *(f"docs/{name}.md" for name in (
    "assurance", "data-flow", "dpia", "security-rules", "threat-model"))]  # fmt: skip
CITED = re.compile(
    r"`((?:tests|config|agencies|audit|consent|notifications|records|sharing)/[\w./-]*)(?:::(\w+))?`"
)
LINKED = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
CRYPTOGRAPHY = re.compile(
    r"^(?:import|from) (?:hashlib|hmac|secrets|cryptography|ssl)\b|sha256\(|salted_hmac|import signing|"
    r"default_token_generator",
    re.MULTILINE,
)
KEPT_IN_BROWSERS = re.compile(r"localStorage|sessionStorage|indexedDB|caches\.|document\.cookie|__proto__")


def is_there(cited: str) -> bool:
    """Say whether a test, a line or a file that is cited exists."""
    path, _, test = cited.partition("::")
    path, _, text = path.partition("#")
    if test:
        return test.partition("[")[0] in functions_of(ROOT / path)
    file = ROOT / path
    return file.exists() if not text else file.is_file() and text in file.read_text()


def test_no_requirement_is_missing() -> None:
    assert len({one.id for one in EVERY}) == len(EVERY)
    assert Counter(one.level for one in EVERY) == APPLY
    assert Counter(one.chapter for one in EVERY) == OF_A_CHAPTER


@EACH
def test_what_is_cited_is_there(one: asvs.Requirement) -> None:
    assert [cited for cited in one.shown if not is_there(cited)] == []


@EACH
def test_what_is_met_is_shown_and_what_is_not_says_why(one: asvs.Requirement) -> None:
    assert one.state in asvs.STATES
    assert one.meaning
    assert one.how
    if one.state in ("met", "partly", "host"):
        assert one.shown


def test_every_requirement_of_the_first_two_levels_is_met_or_named_as_an_exception() -> None:
    first = [one for one in EVERY if one.level < 3]
    assert {one.id for one in first if one.state == "not met"} == EXCEPTIONS


def test_of_the_third_level_seven_in_ten_are_met() -> None:
    third = [one for one in EVERY if one.level == 3]
    assert sum(one.state == "met" for one in third) >= 0.7 * len(third)


def test_the_page_is_fresh() -> None:
    assert asvs.PAGE.read_text() == asvs.page()


def test_the_bill_of_materials_is_fresh() -> None:
    assert sbom.PAGE.read_text() == sbom.bill()


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_cites_is_there(page: str) -> None:
    text = (ROOT / page).read_text()
    cited = [f"{path}::{test}" if test else path for path, test in CITED.findall(text)]
    assert [one for one in cited if not is_there(one)] == []
    here = (ROOT / page).parent
    assert [link for link in LINKED.findall(text) if not (here / link).exists()] == []


def test_a_citation_of_nothing_is_found() -> None:
    this = "tests/architecture/test_assurance.py"
    assert is_there(f"{this}::test_a_citation_of_nothing_is_found")
    assert is_there(f"{this}#def is_there")
    assert is_there("docs")
    assert not is_there(f"{this}::test_that_nobody_wrote")
    assert not is_there(f"{this}#def is_{'no'}where")
    assert not is_there("tests/nowhere.py::test_a_citation_of_nothing_is_found")


def test_every_use_of_cryptography_is_in_the_inventory() -> None:
    inventory = (ROOT / "docs" / "security-rules.md").read_text().partition("## Cryptography")[2]
    using = [
        path.relative_to(ROOT).as_posix()
        for app in ("agencies", "audit", "consent", "notifications", "records", "sharing")
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts and CRYPTOGRAPHY.search(path.read_text())
    ]
    assert using
    assert [path for path in using if f"`{path}`" not in inventory] == []


def test_every_table_has_a_class_of_data() -> None:
    page = (ROOT / "docs" / "data-flow.md").read_text()
    classes = page.partition("## Classes of data")[2].partition("\n## ")[0]
    named = Counter(re.findall(r"`([a-z]+_[a-z_]+)`", classes.partition("* **A**")[2]))
    tables = {model._meta.db_table for model in apps.get_models()}
    assert sorted(tables - named.keys()) == []
    assert sorted(named.keys() - tables) == []
    assert [table for table, times in named.items() if times > 1] == []


def test_no_script_keeps_anything_in_the_browser() -> None:
    scripts = sorted((ROOT / "static" / "src").rglob("*.js"))
    assert scripts
    assert [path.name for path in scripts if KEPT_IN_BROWSERS.search(path.read_text())] == []


def test_the_web_server_does_not_say_its_version() -> None:
    assert gunicorn.SERVER == "gunicorn"
