"""The pages of documents: adding, with all that was typed kept, and giving out to keep, never to open."""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import Access
from records.models import Concern, ScanResult
from records.operations import documents as operations
from tests import factories
from tests.documents import LETTER, letter, looked
from tests.factories import World
from tests.records.documents import making
from tests.records.documents.corpus import REFUSED
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db
WORDS = {key: LETTER[key] for key in ("title", "kind", "written_by", "source", "made_note")}


def upload(content: bytes, name: str = "letter.pdf", **more: Any) -> dict[str, Any]:
    file = SimpleUploadedFile(name, content, "application/pdf")
    return {"form_id": uuid4(), **WORDS, "file": file, **more}


def add(browser: Client, concern: Concern, content: bytes, name: str = "letter.pdf", **more: Any) -> Any:
    return browser.post(f"/concerns/{concern.reference}/documents/add/", upload(content, name), **more)


def said(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# --- Adding -----------------------------------------------------------------------------------------


def test_a_document_is_added_and_shown(world: World, signed_in: SignedIn) -> None:
    concern, priya = factories.logged(world), signed_in(world.priya)
    response = add(priya, concern, making.pdf())
    assert response["Location"] == f"/concerns/{concern.reference}/documents/1/"
    page = said(priya.get(response["Location"]))
    assert "Letter from the hospital" in page
    assert "letter.pdf" in page
    assert "Not scanned" in page
    assert "Nobody outside your agency" in page
    assert "D1 Letter from the hospital" in said(priya.get(f"/concerns/{concern.reference}/documents/"))


def test_a_file_that_comes_with_something_else_wrong_is_asked_for_again(
    world: World, signed_in: SignedIn
) -> None:
    concern, priya = factories.logged(world), signed_in(world.priya)
    response = add(priya, concern, making.pdf(), follow=False)
    assert response.status_code == 302
    untitled = {**upload(making.pdf()), "title": ""}
    page = said(priya.post(f"/concerns/{concern.reference}/documents/add/", untitled))
    assert "Say what it is" in page
    assert "Choose the file again" in page
    missing = {**upload(making.pdf()), "file": "", "title": ""}
    page = said(priya.post(f"/concerns/{concern.reference}/documents/add/", missing))
    assert "Choose a file" in page
    assert "Choose the file again" not in page


@pytest.mark.parametrize("case", ["a program named as a PDF", "a Word file with macros", "nothing"])
def test_what_is_refused_says_why_and_keeps_the_rest(world: World, signed_in: SignedIn, case: str) -> None:
    concern = factories.logged(world)
    one = REFUSED[case]
    response = add(signed_in(world.priya), concern, one.make(), one.file_name)
    assert response.status_code == 422
    assert one.expected in said(response)
    assert LETTER["title"] in said(response)
    assert LETTER["written_by"] in said(response)
    assert not concern.documents.exists()


def test_a_file_beyond_20_mb_is_refused_with_a_sentence_and_the_rest_is_kept(
    world: World, signed_in: SignedIn
) -> None:
    concern = factories.logged(world)
    response = add(signed_in(world.priya), concern, b"%PDF-" + making.zeros(21))
    assert response.status_code == 422
    assert "22.0 MB, and 20 MB is the most that is kept" in said(response)
    assert LETTER["title"] in said(response)
    assert not concern.documents.exists()


def test_of_a_file_beyond_20_mb_no_more_is_written_to_disk(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    real = tempfile.NamedTemporaryFile

    def counted(*args: Any, **options: Any) -> Any:
        file: Any = real(*args, **options)
        truncate = file.truncate

        def and_count(*sizes: Any) -> Any:
            written.append(file.tell())
            return truncate(*sizes)

        file.truncate = and_count
        return file

    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", counted)
    add(signed_in(world.priya), factories.logged(world), making.zeros(30))
    assert written == [0], "It was emptied once, as soon as it was too large"


def test_a_request_that_no_mistake_explains_is_not_read(world: World, signed_in: SignedIn) -> None:
    concern, priya = factories.logged(world), signed_in(world.priya)
    body = io.BytesIO(b"--x\r\n")
    response = priya.generic(
        "POST",
        f"/concerns/{concern.reference}/documents/add/",
        b"--x\r\n",
        content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": body, "CONTENT_LENGTH": str(300 * 1024 * 1024)},  # type: ignore[arg-type]
    )
    assert response.status_code == 400
    assert body.tell() == 0


def test_a_request_that_breaks_off_is_no_answer_and_changes_no_draft(
    world: World, signed_in: SignedIn
) -> None:
    concern, priya = factories.logged(world), signed_in(world.priya)
    here = f"/concerns/{concern.reference}/documents/add/"
    token = re.search(r'name="draft_token" value="([^"]+)"', priya.get(here).content.decode())
    assert token
    kept = priya.post("/drafts/", {"draft_token": token.group(1), "title": "A letter"})
    assert kept.status_code == 200
    body = (
        b'--x\r\nContent-Disposition: form-data; name="draft_token"\r\n\r\n' + token.group(1).encode()
        + b'\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf a fi'
    )  # fmt: skip
    response = priya.generic(
        "POST",
        here,
        b"x",
        content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body) + 999)},  # type: ignore[arg-type]
    )
    assert response.status_code == 400
    assert "A letter" in said(priya.get(here))


def test_nothing_is_left_behind_on_disk(world: World, signed_in: SignedIn, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path))
        add(signed_in(world.priya), factories.logged(world), making.pdf())
        add(signed_in(world.priya), factories.logged(world), making.zeros(21))
    assert list(tmp_path.iterdir()) == []


def test_the_script_that_shows_progress_is_told_where_to_go_on(world: World, signed_in: SignedIn) -> None:
    concern = factories.logged(world)
    response = add(signed_in(world.priya), concern, making.pdf(), headers={"Accept": "application/json"})
    assert response.json() == {"location": f"/concerns/{concern.reference}/documents/1/"}


def test_pressing_twice_adds_one(world: World, signed_in: SignedIn) -> None:
    concern, priya = factories.logged(world), signed_in(world.priya)
    answers, here = upload(making.pdf()), f"/concerns/{concern.reference}/documents/add/"
    first = priya.post(here, answers)
    answers["file"] = SimpleUploadedFile("letter.pdf", making.pdf())
    assert priya.post(here, answers)["Location"] == first["Location"]
    assert concern.documents.count() == 1


def test_a_version_that_a_colleague_added_meanwhile_is_said_and_the_reason_is_kept(
    world: World, signed_in: SignedIn
) -> None:
    document = letter(world)
    newer = looked(making.pdf(b"% signed\n"))
    operations.add_version(
        document, by=world.school.colleague, at=world.clock(), content=newer, why="Signed."
    )
    here = f"/concerns/{document.concern.reference}/documents/1/new/"
    file = SimpleUploadedFile("a.png", making.png())
    answers = {"form_id": uuid4(), "version": 1, "file": file, "why": "A clearer scan."}
    response = signed_in(world.priya).post(here, answers)
    assert response.status_code == 409
    assert "added version 2 of D1 before you" in said(response)
    assert "A clearer scan." in said(response)


def test_a_struck_document_says_so_everywhere_and_stays_readable(world: World, signed_in: SignedIn) -> None:
    document, priya = letter(world), signed_in(world.priya)
    reference = document.concern.reference
    why = {"form_id": uuid4(), "why": "It is about another child."}
    assert priya.post(f"/concerns/{reference}/documents/1/strike/", why).status_code == 302
    assert "Struck through" in said(priya.get(f"/concerns/{reference}/documents/"))
    page = said(priya.get(f"/concerns/{reference}/documents/1/"))
    assert "It is about another child." in page
    assert "Add a new version" not in page
    file: Any = priya.get(f"/concerns/{reference}/documents/1/1/file/")
    assert b"".join(file.streaming_content) == making.pdf()


# --- Giving out -------------------------------------------------------------------------------------


def test_a_file_comes_to_keep_under_a_name_of_ours_and_nothing_in_it_runs(
    world: World, signed_in: SignedIn
) -> None:
    document = letter(world)
    reference = document.concern.reference
    response: Any = signed_in(world.priya).get(f"/concerns/{reference}/documents/1/1/file/")
    assert b"".join(response.streaming_content) == making.pdf()
    assert response["Content-Disposition"] == f'attachment; filename="{reference}-D1-1.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == str(len(making.pdf()))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"


def test_a_photo_comes_to_its_own_agency_as_it_was_taken(world: World, signed_in: SignedIn) -> None:
    photo = making.jpeg(making.exif())
    document = letter(world, content=looked(photo, name="a.jpg"), kind="PHOTO")
    response: Any = signed_in(world.priya).get(f"/concerns/{document.concern.reference}/documents/1/1/file/")
    assert b"".join(response.streaming_content) == photo


def test_a_large_file_is_given_out_a_portion_at_a_time(world: World, signed_in: SignedIn) -> None:
    text = b"The same line again.\n" * 250_000
    document = letter(world, content=looked(text, name="a.txt"))
    response: Any = signed_in(world.priya).get(f"/concerns/{document.concern.reference}/documents/1/1/file/")
    portions = list(response.streaming_content)
    assert b"".join(portions) == text
    assert max(map(len, portions)) <= 256 * 1024


def test_each_download_is_in_the_access_log_and_so_is_one_that_was_refused(
    world: World, signed_in: SignedIn
) -> None:
    document = letter(world)
    reference = document.concern.reference
    here = f"/concerns/{reference}/documents/1/1/file/"
    signed_in(world.school.colleague).get(here)
    look = Access.objects.latest("pk")
    assert (look.action, look.subject, look.outcome) == ("document-file", f"{reference}-D1-1", "SEEN")
    assert signed_in(world.tom).get(here).status_code == 404
    look = Access.objects.latest("pk")
    assert (look.action, look.outcome, look.actor_id) == ("document-file", "REFUSED", world.tom.pk)


def test_what_holds_malware_is_given_to_nobody(world: World, signed_in: SignedIn) -> None:
    document = letter(world)
    ScanResult.objects.create(
        version=document.versions.get(), outcome="INFECTED", said="Eicar", at=world.clock()
    )
    priya, reference = signed_in(world.priya), document.concern.reference
    response = priya.get(f"/concerns/{reference}/documents/1/1/file/")
    assert response.status_code == 409
    assert "nobody can open it" in said(response)
    page = said(priya.get(f"/concerns/{reference}/documents/1/"))
    assert "Closed: malware found" in page
    assert "Download version" not in page


@pytest.mark.parametrize(
    ("result", "tag", "when"),
    [
        ("", "Waits to be scanned", "usually ready within a minute"),
        ("FAILED", "Could not be scanned yet", "tried again by itself, within the hour"),
    ],
)
def test_until_nothing_was_found_in_it_nobody_is_given_it_and_it_says_when_it_will_be_ready(
    world: World, signed_in: SignedIn, settings: LazySettings, result: str, tag: str, when: str
) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    document = letter(world)
    version, reference = document.versions.get(), document.concern.reference
    if result:
        ScanResult.objects.create(version=version, outcome=result, said="gone", at=world.clock())
    for member in (world.priya, world.school.colleague, world.school.lead):
        browser = signed_in(member)
        page = said(browser.get(f"/concerns/{reference}/documents/1/"))
        assert tag in page
        assert when in page
        assert "Download version" not in page
        refused = browser.get(f"/concerns/{reference}/documents/1/1/file/")
        assert refused.status_code == 409
        assert when in said(refused)
        look = Access.objects.latest("pk")
        assert (look.action, look.outcome, look.actor_id) == ("document-file", "REFUSED", member.pk)
    ScanResult.objects.create(version=version, outcome="CLEAN", at=world.clock())
    assert signed_in(world.priya).get(f"/concerns/{reference}/documents/1/1/file/").status_code == 200
