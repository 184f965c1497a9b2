"""A concern as a ZIP of CSV files, a file for each table. No cell of them runs in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from typing import Any

from records.models import Concern
from sharing.exports.reading import tables_of
from sharing.learning.files import MARK_OF_UTF_8, harmless

CONTENT_TYPE = "application/zip"
IN_MEMORY = 1_000_000
PORTION = 64 * 1024


def write(concern: Concern, head: dict[str, Any]) -> Iterator[bytes]:
    """Give the ZIP in pieces. It is made on disk in a file without a name, which is gone when it is read."""
    about = {**{k: v for k, v in head.items() if k != "concern"}, **head["concern"]}
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
            _file(bundle, "about", list(about), iter([about]))
            for table, rows in tables_of(concern):
                columns = [*(name for name, _ in table.keys), *table.columns]
                _file(bundle, table.name, columns, rows)
        made.seek(0)
        while portion := made.read(PORTION):
            yield portion


def _file(bundle: zipfile.ZipFile, name: str, columns: list[str], rows: Iterator[dict[str, Any]]) -> None:
    with (
        bundle.open(f"{name}.csv", "w") as raw,
        io.TextIOWrapper(raw, encoding="utf-8", newline="") as text,
    ):
        text.write(MARK_OF_UTF_8)
        writer = csv.writer(text)
        writer.writerow(columns)
        writer.writerows([_cell(row[column]) for column in columns] for row in rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return harmless(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
