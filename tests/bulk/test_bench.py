"""The arithmetic of the bench, and what it says where a bar is missed."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from config.local.bench import bars, charts, report
from config.local.bench.figures import WEB, WORKER, Figure, Memory, figure, growth, percentile
from config.local.bench.pages import alternate
from config.local.bench.report import Results
from config.local.bench.visitor import WrongAnswer, filled


def a_figure(name: str = "home", *, kind: str = "page", size: int = 1000, **changes: float) -> Figure:
    own = {"p50": 20.0, "p95": 30.0, "p99": 40.0, "a_second": 50.0, "bare_p50": 10.0, "commit_p50": 0.5,
           "select_p50": 0.1, "statements": 9}  # fmt: skip
    return Figure(name, kind, size, 10, **{**own, **changes})  # type: ignore[arg-type]  # numbers all


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.95, 95), (0.99, 99), (0.001, 1), (1.0, 100)])
def test_a_percentile_is_the_value_that_so_many_do_not_exceed(share: float, expected: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_a_percentile_of_few_values_is_one_of_them() -> None:
    assert percentile([3.0], 0.99) == 3.0
    assert percentile([1.0, 2.0], 0.5) == 1.0
    with pytest.raises(ValueError, match="No values"):
        percentile([], 0.5)


def test_ratios_are_of_what_was_alternated() -> None:
    seconds = {"ours": [0.03, 0.02, 0.04], "bare": [0.01] * 3, "commit": [0.001] * 3, "select": [0.0001] * 3}
    found = figure("home", "page", size=10, seconds=seconds, a_second=5, statements=7)
    assert (round(found.p50), round(found.of_bare, 6), round(found.of_commit), round(found.of_select)) == (
        30, 3.0, 30, 300,
    )  # fmt: skip
    assert found.as_json()["of_bare"] == 3.0


def test_each_act_is_done_as_often_as_the_others_and_not_counted_when_cold() -> None:
    done: list[str] = []

    def act(name: str) -> float:
        done.append(name)
        return len(done)

    took = alternate({"ours": lambda: act("ours"), "bare": lambda: act("bare")}, 4, warm=2)
    assert (done.count("ours"), done.count("bare")) == (6, 6)
    assert sorted(took["ours"] + took["bare"]) == list(range(5, 13))  # what each said that it took
    assert done[:2] != done[2:4]


def test_growth_is_measured_in_bare_pages() -> None:
    # Everything is twice as slow in the second run, the page three times.
    figures = [a_figure(size=20_000), a_figure(size=200_000, p50=60.0, bare_p50=20.0)]
    assert growth(figures, "home", smaller=20_000, larger=200_000) == pytest.approx(1.5)
    assert growth(figures, "home", smaller=20_000, larger=1_000_000) is None


def test_what_holds_is_not_said() -> None:
    figures = [
        a_figure(),
        a_figure("send", kind="write", p50=24.0),
        a_figure("search", kind="search", p50=90.0),
    ]
    more = {"long list at 9 concerns": 1.05, "search p95 of a name": 99.0, "memory of the worker": 0.04}
    assert bars.missed(figures, more) == []


@pytest.mark.parametrize(
    ("missing", "word"),
    [
        (a_figure(p50=31.0), "3.10 times"),
        (a_figure("send", kind="write", p50=25.1), "2.51 times"),
        (a_figure(statements=13), "13 statements"),
    ],
)
def test_a_bar_that_is_missed_is_named(missing: Figure, word: str) -> None:
    (sentence,) = bars.missed([missing], {})
    assert word in sentence
    assert missing.name in sentence


def test_growth_lists_searches_and_memory_have_bars_too() -> None:
    figures = [a_figure(size=20_000), a_figure(size=200_000, p50=25.0)]
    more = {"long list at 9 concerns": 1.2, "search p95 of a name": 101.0, "memory of the worker": 0.06}
    assert len(bars.missed(figures, more)) == 4


def test_a_long_list_is_as_fast_as_one_that_fills_a_page_and_the_shorter_page_is_told_too() -> None:
    rows = {"long rows": 11_001, "page rows": 25, "short rows": 10}
    results = Results("make bench", lists={20_000: {"long": 7.2, "page": 7.0, "short": 6.0, **rows}})
    assert results.missed == []
    said = "11,001 rows 7.2 ms, 25 rows 7.0 ms, 10 rows 6.0 ms: the longest 1.03 and 1.20 times"
    assert said in report.of_work(results)
    results.lists[20_000]["long"] = 9.0
    (sentence,) = results.missed
    assert "1.29 times as long as one that fills a page" in sentence


def test_searches_have_a_bar_where_there_are_as_many_people() -> None:
    results = Results("make bench", searches={1: {"a name": [0.2]}}, people={1: 199_999})
    assert results.missed == []
    results.people[1] = 200_000
    assert len(results.missed) == 1


def test_a_form_is_sent_with_what_it_came_with() -> None:
    page = """<form method="get"><input name="q"></form>
        <form method="post"><input name="out" value="1"></form>
        <form method="post"><input type="hidden" name="version" value="3"><input type="radio" name="verdict_1"
        value="WRONG"><input type="radio" name="verdict_2" value="X"><textarea name="note">Kept</textarea>
        <input type="checkbox" name="also" value="1" checked></form>"""
    found = filled(page, {"verdict_*": "UNDERSTOOD", "why": "Because"})
    found.pop("form_id")
    assert found == {
        "version": "3", "verdict_1": "UNDERSTOOD", "verdict_2": "UNDERSTOOD", "note": "Kept", "also": "1",
        "why": "Because",
    }  # fmt: skip


def test_a_page_without_a_form_is_a_wrong_answer() -> None:
    with pytest.raises(WrongAnswer, match="Not here"):
        filled("<title>Not here</title>", {})


def test_charts_say_in_words_what_they_show() -> None:
    drawn = (
        charts.bars("Bars & marks", {"home <1>": 2.0, "send": 1.5}, most={"send": 2.5}, unit="Times"),
        charts.lines(
            "Lines", {"home": {1000: 2.0, 20_000: 2.1}, "lead": {1000: 1.0, 20_000: 1.0}}, unit="Times"
        ),
    )
    for svg, word in zip(drawn, ("home <1> 2.00", "2.10 at 20,000"), strict=True):
        root = ElementTree.fromstring(svg)  # noqa: S314  # our own
        what = root.find("{http://www.w3.org/2000/svg}desc")
        assert root.get("role") == "img"
        assert what is not None
        assert word in (what.text or "")


def test_the_table_has_a_row_for_each_size() -> None:
    table = report.of_pages([a_figure(size=20_000), a_figure(size=1_000)])
    assert [line.split(" | ")[1] for line in table.splitlines()[2:]] == ["1,000", "20,000"]


def test_memory_has_grown_by_the_most_that_there_was_on_the_way() -> None:
    assert Memory(100, "ticks", [100.0, 104.0, 106.0, 101.0]).grown == pytest.approx(0.06)
    assert Memory(100, "ticks", [100.0, 90.0]).grown == pytest.approx(-0.1)


def test_a_soak_by_itself_is_written_where_it_stands_and_leaves_the_other_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "scale.md"
    web, worker = report.BEGIN_SOAK[WEB], report.BEGIN_SOAK[WORKER]
    parts = {report.BEGIN: "Pages", web: "Web server", worker: "Old"}
    page.write_text("".join(f"{begin}\n{said}\n{report.END}\n" for begin, said in parts.items()) + "Rest\n")
    monkeypatch.setattr(report, "PAGE", page)
    report.write_soak(Results("make bench", memory={WORKER: Memory(100, "ticks", [100.0, 101.0])}))
    written = page.read_text()
    for kept in ("Pages", "Web server", "Rest"):
        assert kept in written
    assert "Old" not in written
    assert "| the worker | 100 ticks | 100.0 | 101.0 | +1.0% |" in written
