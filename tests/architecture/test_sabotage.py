"""The broken variants of `make sabotage` still fit the code, and a variant that nobody notices is said."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from config.local.layout import ROOT
from config.local.sabotage.command import table
from config.local.sabotage.variant import Variant, every_variant
from config.local.sabotage.verdict import judge, not_passed
from tests.citing import functions_of

EVERY = every_variant()
every_variant_of_the_list = pytest.mark.parametrize("variant", EVERY, ids=lambda variant: variant.name)
NOTICES = "tests/a.py::test_notices"


def a_variant(**said: Any) -> Variant:
    return Variant(**{"name": "x", "breaks": "a defence", "caught_by": (NOTICES,), **said})


def seen(
    test: str = NOTICES, *, when: str = "call", outcome: str = "failed", error: str = "AssertionError"
) -> dict[str, str]:
    return {"test": test, "when": when, "outcome": outcome, "error": error}


def test_there_are_enough_and_each_has_a_name_of_its_own() -> None:
    assert len(EVERY) >= 65
    assert len({one.name for one in EVERY}) == len(EVERY)


@every_variant_of_the_list
def test_a_variant_still_fits_the_code(variant: Variant) -> None:
    assert bool(variant.file) != bool(variant.sql)
    if variant.sql:
        assert variant.sql_back
        return
    broken = variant.broken(ROOT)
    assert variant.what != variant.instead
    if variant.file.endswith(".py"):
        ast.parse(broken)


@every_variant_of_the_list
def test_the_tests_that_are_to_notice_are_there(variant: Variant) -> None:
    assert variant.caught_by
    for named in variant.caught_by:
        path, _, name = named.partition("::")
        assert name.partition("[")[0] in functions_of(ROOT / path), named


def test_a_text_that_is_gone_or_stands_twice_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("one two two")
    assert a_variant(file="code.py", what="one", instead="1").broken(tmp_path) == "1 two two"
    for gone in ("two", "three"):
        with pytest.raises(ValueError, match="times in code"):
            a_variant(file="code.py", what=gone).broken(tmp_path)


def test_a_failed_assertion_is_a_catch_also_in_one_of_many_cases() -> None:
    assert judge(a_variant(), [seen()], seconds=1).is_caught
    assert judge(
        a_variant(), [seen(f"{NOTICES}[one]"), seen(f"{NOTICES}[two]", outcome="passed")], seconds=1
    ).is_caught


@pytest.mark.parametrize(
    "what_happened",
    [
        [],
        [seen(outcome="passed", error="")],
        [seen(error="ImportError")],
        [seen(when="setup", error="AssertionError")],
        [seen("tests/a.py::test_notices_more")],
    ],
    ids=["nothing ran", "it passed", "it could not run", "it failed before", "another one failed"],
)
def test_anything_else_is_none(what_happened: list[dict[str, str]]) -> None:
    assert not judge(a_variant(), what_happened, seconds=1).is_caught


def test_an_error_counts_only_where_the_variant_says_so() -> None:
    refused = [seen(error="IntegrityError")]
    assert not judge(a_variant(), refused, seconds=1).is_caught
    assert judge(a_variant(raises=frozenset({"IntegrityError"})), refused, seconds=1).is_caught


def test_every_test_that_is_named_has_to_notice() -> None:
    verdict = judge(a_variant(caught_by=(NOTICES, "tests/b.py::test_too")), [seen()], seconds=1)
    assert not verdict.is_caught
    assert verdict.missed_by == ("tests/b.py::test_too",)
    assert "b.py::test_too" not in table([verdict])


def test_a_copy_that_nobody_broke_has_to_pass_first() -> None:
    passed = seen(outcome="passed", error="")
    assert not_passed([NOTICES], [passed]) == []
    assert not_passed([NOTICES], []) == [NOTICES]
    assert not_passed([NOTICES], [passed, seen()]) == [NOTICES]
