"""A plugin of pytest: writes what became of each test, as lines of JSON, into the file that WITNESS names."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write a line for the test itself, and for whatever fails before or after it."""
    report = yield
    if report.when == "call" or report.failed:
        line = {
            "test": item.nodeid,
            "when": report.when,
            "outcome": report.outcome,
            "error": call.excinfo.typename if call.excinfo else "",
            "seconds": f"{report.duration:.1f}",
        }
        with Path(os.environ["WITNESS"]).open("a") as file:
            file.write(json.dumps(line) + "\n")
    return report
