"""A file of entries is read row by row, adding nothing; then what is right is added, and never twice."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agencies.models import Job, StoredFile
from agencies.operations import jobs
from audit.models import Access, Event
from records import moments, operations
from records.importing import table
from records.models import ChronologyEntry, ChronologyImport, ImportRow, Person
from records.operations import imports
from tests.records.conftest import AT, Cast

pytestmark = pytest.mark.django_db

HEAD = "Our reference,NHS number,Date,Time,Kind,What happened,Source\n"


def read(cast: Cast, data: bytes | str) -> tuple[Job, ChronologyImport]:
    """Have a file read, and return the job and what came of it."""
    raw = data if isinstance(data, bytes) else data.encode()
    job = operations.start_import(data=raw, by=cast.priya, at=AT, back="/people/", found="/found/{pk}/")
    jobs.work(at=AT)
    job.refresh_from_db()
    return job, ChronologyImport.objects.get(pk=job.params["import"])


def add(cast: Cast, batch: ChronologyImport) -> ChronologyImport:
    operations.begin_adding(batch, by=cast.priya, at=AT, back="/people/")
    jobs.work(at=AT)
    batch.refresh_from_db()
    return batch


def line(person: Person, **cells: str) -> str:
    said = {
        "reference": person.reference, "nhs": "", "date": "27/03/2019", "time": "", "kind": "",
        "text": "Moved in with an aunt", "source": "Old file", **cells,
    }  # fmt: skip
    return ",".join(f'"{cell}"' for cell in said.values()) + "\n"


def problems(batch: ChronologyImport) -> list[Any]:
    return [row.problems for row in batch.rows.filter(state="WRONG")]


# --- Read, and nothing added ------------------------------------------------------------------------


def test_a_file_is_read_and_nothing_is_added(cast: Cast, leo: Person) -> None:
    job, batch = read(cast, HEAD + line(leo) + line(leo, date="31/02/2019"))
    assert (batch.right, batch.wrong, batch.known) == (1, 1, 0)
    assert (batch.file, StoredFile.objects.filter(sha256=batch.sha256).count()) == (None, 0)
    assert not ChronologyEntry.objects.exists()
    assert job.next_page == f"/found/{batch.pk}/"


@pytest.mark.parametrize(
    ("cells", "column", "says"),
    [
        ({"date": "31/02/2019"}, "Date", "no such date"),
        ({"date": "03/27/2019"}, "Date", "day before the month"),
        ({"date": "27/03/19"}, "Date", "four numbers"),
        ({"date": "43551"}, "Date", "spreadsheet numbers days"),
        ({"date": "last spring"}, "Date", "not a date"),
        ({"date": ""}, "Date", "no date"),
        ({"date": "27/03/2099"}, "Date", "in the future"),
        ({"date": "27/03/0019"}, "Date", "from 1900"),
        ({"time": "25:00"}, "Time", "24-hour clock"),
        ({"date": "2019", "time": "10:00"}, "Time", "needs a day"),
        ({"date": "31/03/2019", "time": "01:30"}, "Time", "clocks went forward"),
        ({"kind": "Gossip"}, "Kind", "no such kind"),
        ({"text": "  "}, "What happened", "empty"),
        ({"text": "Caf\ufffd"}, "What happened", "could not be read"),
        ({"text": "x" * 20_001}, "What happened", "20,000"),
        ({"source": ""}, "Source", "empty"),
        ({"source": "x" * 301}, "Source", "301"),
        ({"reference": ""}, "Our reference", "Nobody is named"),
        ({"reference": "P-999999"}, "Our reference", "Nobody in your agency"),
        ({"nhs": "943 476 5871"}, "NHS number", "last digit"),
        ({"nhs": "9434765870"}, "NHS number", "Nobody in your agency"),
        ({"nhs": "9.43477E+09"}, "NHS number", "spreadsheet shortened"),
        ({"nhs": "12"}, "NHS number", "10 digits"),
    ],
)
def test_what_is_wrong_is_said_with_its_column(
    cast: Cast, leo: Person, cells: dict[str, str], column: str, says: str
) -> None:
    _, batch = read(cast, HEAD + line(leo, **cells))
    assert (batch.right, batch.wrong) == (0, 1)
    (((found, sentence),),) = problems(batch)
    assert found == column
    assert says in sentence


def test_every_mistake_of_a_row_is_said_at_once(cast: Cast, leo: Person) -> None:
    _, batch = read(cast, HEAD + line(leo, date="x", kind="x", text="", source=""))
    assert [column for column, _ in problems(batch)[0]] == ["Date", "Kind", "What happened", "Source"]


def test_a_reference_and_a_number_of_two_people_are_not_believed(
    cast: Cast, leo: Person, kerry: Person
) -> None:
    operations.change_person(kerry, by=cast.priya, at=AT, nhs_number="9434765870")
    _, batch = read(cast, HEAD + line(leo, nhs="943 476 5870"))
    assert "two different people" in problems(batch)[0][0][1]


def test_people_of_another_agency_are_nobody(cast: Cast, leo: Person) -> None:
    zora = operations.record_person(by=cast.stranger, at=AT, kind="CHILD", first_name="Zora")
    _, batch = read(cast, HEAD + line(zora) + line(leo, reference="P-999999"))
    first, second = problems(batch)
    assert first == second


def test_cells_too_many_or_too_few_are_said(cast: Cast, leo: Person) -> None:
    _, batch = read(cast, f"{HEAD}{leo.reference},,27/03/2019,,,He said, quietly, no,Old file\n")
    assert "9 cells and the first line 7" in problems(batch)[0][0][1]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04 a workbook", "workbook"),
        (b"\xd0\xcf\x11\xe0 an old workbook", "workbook"),
        ("Our reference,Date".encode("utf-16"), "Unicode text"),
        (b"a\0b,c\n", "not a CSV file"),
        (b"\x81\x8d\x8f\n", "letters of this file"),
        (b"   \n \n", "empty"),
        (b"Our reference,Date,Source\nP-1,2019,x\n", "no column “What happened”"),
        (b"Date,What happened,Source\n2019,x,x\n", "“Our reference” or “NHS number”"),
        (b"Our reference,Date,date,What happened,Source\nP-1,1,1,x,x\n", "more than once"),
        (HEAD.encode(), "nothing under it"),
        (HEAD.encode() + b'P-1,,2019,,,"never closed,x\nP-2,,2019,,,y,z\n', "on line 2"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(cast: Cast, data: bytes, says: str) -> None:
    job, batch = read(cast, data)
    assert job.failed_at is not None
    assert says in job.why_failed
    assert batch.read_at is None


def test_too_many_rows_are_refused_as_a_whole(cast: Cast, leo: Person) -> None:
    job, _ = read(cast, HEAD + line(leo) * (table.MOST_ROWS + 1))
    assert "more than 10,000 rows" in job.why_failed


def test_a_file_too_large_is_refused_before_it_is_kept(cast: Cast) -> None:
    with pytest.raises(imports.NotAFile, match="2 MB"):
        operations.start_import(
            data=b"x" * (table.MOST_BYTES + 1), by=cast.priya, at=AT, back="/", found="/{pk}/"
        )
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        "Our reference;Date;What happened;Source\r\n{p};27/03/2019;Café closed, she left;Old file\r\n",
        '\ufeffour reference,DATE,event,recorded in\n{p},27/03/2019,"Café closed, she left",Old file\n',
        "sep=;\nReference;Date;Details;Source\n{p};2019-03-27;Café closed, she left;Old file\n",
        "Our reference\tDate\tText\tSource\n{p}\t27.3.2019 00:00\tCafé closed, she left\tOld file\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_files_come_as_spreadsheets_save_them(cast: Cast, leo: Person, data: str, encoding: str) -> None:
    if encoding == "cp1252":
        data = data.removeprefix("\ufeff")
    _, batch = read(cast, data.format(p=leo.reference).encode(encoding))
    row = ImportRow.objects.get(batch=batch)
    assert (row.state, row.text, row.precision) == ("RIGHT", "Café closed, she left", "DAY")


@pytest.mark.parametrize(
    ("day", "clock", "precision"),
    [
        ("27/3/2019", "", "DAY"), ("27/03/2019 14:30", "", "TIME"), ("27/03/2019", "8.55", "TIME"),
        ("03/2019", "", "MONTH"), ("2019", "", "YEAR"), ("2019-03-27T14:30:00", "", "TIME"),
    ],
)  # fmt: skip
def test_a_date_is_known_as_exactly_as_it_is_written(day: str, clock: str, precision: str) -> None:
    assert moments.read(day, clock).precision == precision


# --- Added ------------------------------------------------------------------------------------------


def test_what_is_right_is_added_and_the_rest_is_not(cast: Cast, leo: Person, kerry: Person) -> None:
    data = HEAD + line(leo) + line(leo, date="x") + line(kerry, text="Lost her job", date="2020")
    _, batch = read(cast, data)
    batch = add(cast, batch)
    assert (batch.added, batch.finished_at) == (2, AT)
    entry = ChronologyEntry.objects.get(person=leo)
    assert (entry.author, entry.entered_at, entry.batch, entry.number) == (cast.priya, AT, batch, 1)
    assert {row.state for row in batch.rows.all()} == {"WRONG"}
    assert Event.objects.filter(verb="records.chronology.imported").count() == 2


def test_nothing_is_added_twice(cast: Cast, leo: Person) -> None:
    data = HEAD + line(leo) + line(leo) + line(leo, text="Moved  in with\nan aunt")
    _, batch = read(cast, data)
    assert (batch.right, batch.known) == (1, 2)
    assert [row.problems[0][1] for row in batch.rows.filter(state="KNOWN")] == [
        "It says the same as line 2",
        "It says the same as line 2",
    ]
    add(cast, batch)
    _, again = read(cast, data)
    assert (again.right, again.known) == (0, 3)
    with pytest.raises(imports.NothingToAdd, match="No row"):
        operations.begin_adding(again, by=cast.priya, at=AT, back="/")
    assert ChronologyEntry.objects.count() == 1


def test_two_files_that_say_the_same_add_it_once(cast: Cast, leo: Person) -> None:
    (_, first), (_, second) = read(cast, HEAD + line(leo)), read(cast, HEAD + line(leo))
    assert (first.right, second.right) == (1, 1)
    assert (add(cast, first).added, add(cast, second).added) == (1, 0)


def test_a_crash_in_between_loses_nothing_and_doubles_nothing(
    cast: Cast, leo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "PORTION", 2)
    _, batch = read(cast, HEAD + "".join(line(leo, text=f"Event {n}") for n in range(5)))
    operations.begin_adding(batch, by=cast.priya, at=AT, back="/")

    def dies(done: int, total: int, /) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.add_rows(batch, by=cast.priya, at=AT, progress=dies)
    assert ChronologyEntry.objects.count() == 2
    jobs.work(at=AT)
    assert [e.text for e in ChronologyEntry.objects.order_by("number")] == [f"Event {n}" for n in range(5)]


def test_it_is_added_once_however_often_it_is_asked_for(cast: Cast, leo: Person) -> None:
    _, batch = read(cast, HEAD + line(leo))
    add(cast, batch)
    with pytest.raises(imports.NothingToAdd, match="already"):
        operations.begin_adding(batch, by=cast.priya, at=AT, back="/")


def test_what_was_read_is_taken_away_after_a_day(cast: Cast, leo: Person) -> None:
    _, batch = read(cast, HEAD + line(leo, date="x"))
    ChronologyImport.objects.filter(pk=batch.pk)
    later = AT + imports.KEPT * 2
    operations.start_import(data=b"x", by=cast.priya, at=later, back="/", found="/{pk}/")
    jobs.work(at=later)
    batch.refresh_from_db()
    assert (batch.forgotten_at, batch.rows.count(), batch.wrong) == (later, 0, 1)


# --- The pages --------------------------------------------------------------------------------------


def upload(browser: Client, data: str) -> Any:
    file = SimpleUploadedFile("history.csv", data.encode())
    return browser.post("/people/import/chronology/", {"form_id": str(uuid4()), "file": file})


def test_the_way_from_a_file_to_the_history(cast: Cast, leo: Person, priya: Client) -> None:
    sent = upload(priya, HEAD + line(leo) + line(leo, date="31/02/2019"))
    assert sent.status_code == 302
    jobs.work()
    page = priya.get(sent["Location"]).content.decode()
    found = f"/people/import/chronology/{ChronologyImport.objects.get().pk}/"
    assert found in page
    shown = priya.get(found).content.decode()
    assert "Line 3" in shown
    assert "There is no such date" in shown
    assert "Moved in with an aunt" in priya.get(f"{found}?show=new").content.decode()
    begun = priya.post(found)
    assert begun.status_code == 302
    jobs.work()
    assert "The entries are added" in priya.get(found).content.decode()
    assert ChronologyEntry.objects.get().person == leo


def test_the_script_that_sends_the_file_is_told_where_to_go_on(leo: Person, priya: Client) -> None:
    file = SimpleUploadedFile("history.csv", (HEAD + line(leo)).encode())
    answer = priya.post(
        "/people/import/chronology/",
        {"form_id": str(uuid4()), "file": file},
        headers={"Accept": "application/json"},
    )
    assert answer.json()["location"] == f"/jobs/{Job.objects.get().pk}/"


def test_nobody_else_sees_what_somebody_uploaded(cast: Cast, leo: Person, sam: Client) -> None:
    _, batch = read(cast, HEAD + line(leo))
    for page in ("", "wrong/"):
        assert sam.get(f"/people/import/chronology/{batch.pk}/{page}").status_code == 404


def test_the_rows_to_mend_come_back_harmless_and_can_be_uploaded_again(
    cast: Cast, leo: Person, priya: Client
) -> None:
    formula = "=HYPERLINK(1)"
    _, batch = read(cast, HEAD + line(leo, date="x", text=formula))
    answer = priya.get(f"/people/import/chronology/{batch.pk}/wrong/")
    text = answer.content.decode("utf-8-sig")
    assert f'"\'{formula}"' in text
    assert "Date: This is not a date" in text
    assert Access.objects.filter(action="download", subject=f"chronology-import:{batch.pk}").exists()
    _, again = read(cast, text.replace('"x"', '"2019"').encode())
    assert ImportRow.objects.get(batch=again).text == formula


def test_the_template_can_be_uploaded_as_it_is(cast: Cast, priya: Client) -> None:
    answer = priya.get("/people/import/chronology/template/")
    _, batch = read(cast, answer.content)
    assert batch.wrong == 1
    assert problems(batch)[0][0][0] == "Our reference"


@pytest.mark.parametrize("data", ["", "x" * (table.MOST_BYTES + 1)])
def test_what_is_no_file_is_said_on_the_page(cast: Cast, priya: Client, data: str) -> None:
    assert upload(priya, data).status_code == 422
