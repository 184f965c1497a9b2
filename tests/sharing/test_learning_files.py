"""A file of figures: no spreadsheet takes a cell in it for a formula, and every cell can be read back."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.learning.files import MARK_OF_UTF_8, as_csv, harmless

FORMULAS = "=+-@|%"
HIDDEN = "\t\r\n\v\f \u00a0\u200b\u2060\ufeff\u202e\u00ad\x1b\0"
FULL_WIDTH = "＝＋－＠｜％﹢﹣﹦﹫﹪"
texts = st.text() | st.text(alphabet=FORMULAS + HIDDEN + FULL_WIDTH + "A1(')\",;", min_size=1)


@pytest.mark.parametrize("first", [*FORMULAS, *HIDDEN.replace("\0", ""), *FULL_WIDTH])
def test_what_begins_a_formula_gets_a_quotation_mark_before_it(first: str) -> None:
    assert harmless(f"{first}1+1") == f"'{first}1+1"


def test_nul_is_taken_out_before_looking() -> None:
    assert harmless("\0=1+1\0") == "'=1+1"


@pytest.mark.parametrize(
    "words", ["about 15", "fewer than 5", "St Wulstan’s Primary", "12.5", "5% or less", ""]
)
def test_plain_words_and_figures_stay_as_they_are(words: str) -> None:
    assert harmless(words) == words


@given(texts)
@settings(max_examples=2000, deadline=None)
def test_no_cell_begins_a_formula_for_the_eye_or_behind_what_it_does_not_see(text: str) -> None:
    cell = harmless(text)
    assert "\0" not in cell
    seen = cell.lstrip("".join(c for c in cell if unicodedata.category(c)[0] in "CZM"))
    normal = unicodedata.normalize("NFKC", seen)
    assert not normal or normal[0] not in FORMULAS
    assert cell in (text.replace("\0", ""), "'" + text.replace("\0", ""))


@given(st.lists(st.lists(texts, min_size=1, max_size=4), min_size=1, max_size=5))
@settings(max_examples=300, deadline=None)
def test_cells_stay_cells(lines: list[list[str]]) -> None:
    """A comma, a quotation mark or a new line inside one never makes another."""
    written = as_csv(lines)
    assert written.startswith(MARK_OF_UTF_8)
    read = list(csv.reader(io.StringIO(written.removeprefix(MARK_OF_UTF_8), newline="")))
    assert read == [[harmless(cell) for cell in line] for line in lines]
