"""Write every file for a spreadsheet that the product gives, full of hostile cells, for `make formulas`.

Not collected by itself: its name begins with no `test_`. FORMULAS names the folder.
"""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from agencies import spreadsheet
from agencies.models import Agency
from records import operations as records
from sharing.exports import as_csv
from sharing.learning import files as learning
from tests import factories
from tests.access import cast as who
from tests.access import walk
from tests.access.scene import Scene, on_stage
from tests.access.tables import PAGES
from tests.input.formulas.cells import hostile

ACROSS = 20
CELLS = int(os.environ.get("CELLS", "40000"))
STATEMENTS = 400


def folder() -> Path:
    return Path(os.environ["FORMULAS"])


def rows() -> Iterator[list[str]]:
    cells = hostile()
    for _ in range(CELLS // ACROSS):
        yield list(islice(cells, ACROSS))


def test_each_writer_of_cells() -> None:
    """The writers of lines, of figures and of the record's export, each with all of the cells."""
    written = spreadsheet.MARK_OF_UTF_8 + "".join(spreadsheet.line(row) for row in rows())
    (folder() / "lines.csv").write_text(written, encoding="utf-8", newline="")
    (folder() / "learning.csv").write_text(learning.as_csv(rows()), encoding="utf-8", newline="")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as bundle:
        names = [f"c{number}" for number in range(ACROSS)]
        as_csv._file(bundle, "export", names, (dict(zip(names, row, strict=True)) for row in rows()))
    (folder() / "export.csv").write_bytes(zipfile.ZipFile(made).read("export.csv"))


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    with django_db_blocker.unblock(), on_stage(build) as built:
        yield built


def build(scene: Scene) -> None:
    """Fill a concern and the names of an agency with hostile words."""
    walk.build(scene)
    world, cells = scene.world, hostile()
    concern = factories.concern_at(world, "SHARE")
    for text in islice(cells, 0, None, 7):
        if "\0" in text:
            continue
        if concern.statements.count() >= STATEMENTS:
            break
        records.add_statement(
            concern, by=world.priya, at=world.clock(), kind="FACT_SEEN", text=text, source=text,
            happened_note=text[:40], happened_at=None,
        )  # fmt: skip
    scene.made["hostile concern"] = concern
    for number, agency in enumerate(Agency.objects.order_by("pk")):
        Agency.objects.filter(pk=agency.pk).update(name=f"=1+{number}")


def test_the_files_that_pages_give(scene: Scene) -> None:
    """What pages give: the access log, figures, the table for a chronology and what is wrong in one."""
    count = 0
    for name in walk.own_names():
        page = PAGES[name]
        for one in sorted(page.sees & {page.by, who.AUDITOR, who.LEAD, who.COORDINATOR}):
            answer: Any = scene.cast.browser(one).get(page.address(name, scene))
            if "text/csv" in answer.headers.get("Content-Type", ""):
                content = b"".join(answer.streaming_content) if answer.streaming else answer.content
                (folder() / f"page-{name}-{count}.csv").write_bytes(content)
                count += 1
    assert count >= 4


def test_the_files_of_the_record(scene: Scene) -> None:
    """The whole export of a concern whose statements are hostile."""
    concern = scene.made["hostile concern"]
    content = b"".join(as_csv.write(concern, {"form": "CSV", "concern": {"reference": concern.reference}}))
    bundle = zipfile.ZipFile(io.BytesIO(content))
    for name in bundle.namelist():
        (folder() / f"record-{Path(name).name}").write_bytes(bundle.read(name))
    read = csv.reader(io.StringIO(bundle.read("statements.csv").decode("utf-8-sig"), newline=""))
    assert sum(1 for _ in read) > STATEMENTS
