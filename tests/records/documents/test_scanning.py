"""The scanner: what it says counts, what it does not say clearly does not, and nothing waits for it long."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from audit.models import Event
from notifications.models import Message
from records.documents import clamd as client
from records.documents.clamd import CannotScan, Said, scan
from records.documents.states import Scan, state_of
from records.models import DocumentVersion, ScanResult, ScanToDo
from records.operations.scanning import scan_due
from tests import documents
from tests.factories import World
from tests.records.documents import clamds, making
from tests.records.documents.corpus import EICAR

INFECTED = making.pdf(b"% " + EICAR + b"\n")


# --- The protocol -----------------------------------------------------------------------------------


def test_a_clean_content_is_clean_and_was_all_sent() -> None:
    with clamds.clamd() as running:
        assert scan([b"abc", b"def" * 100_000], url=running.url, seconds=5) == Said(infected=False)
        assert running.received == [b"abc" + b"def" * 100_000]


def test_eicar_is_found() -> None:
    with clamds.clamd() as running:
        said = scan([b"x", EICAR], url=running.url, seconds=5)
    assert said == Said(infected=True, name="Eicar-Test-Signature")


def test_a_scanner_of_this_machine_is_asked_by_its_path(tmp_path: Path) -> None:
    with clamds.clamd(path=str(tmp_path / "c")) as running:
        assert scan([b"abc"], url=running.url, seconds=5) == Said(infected=False)


@pytest.mark.parametrize(
    ("behave", "codes"),
    [
        (clamds.frozen, {"TOO_SLOW"}),
        (clamds.deaf, {"TOO_SLOW"}),
        (clamds.half_open, {"BROKEN_OFF"}),
        (clamds.cut, {"BROKEN_OFF"}),
        (clamds.garbage, {"NO_SENSE"}),
        (clamds.endless, {"NO_SENSE"}),
        (clamds.almost, {"NO_SENSE"}),
        (clamds.too_large, {"TOO_LARGE", "BROKEN_OFF"}),
        (clamds.out_of_order, {"REFUSED"}),
    ],
)
def test_whatever_is_not_said_clearly_is_not_clean(behave: Callable[..., None], codes: set[str]) -> None:
    began = time.monotonic()
    with clamds.clamd(behave) as running, pytest.raises(CannotScan) as error:
        scan([bytes(100_000)] * 60, url=running.url, seconds=0.7)
    assert error.value.code in codes
    assert time.monotonic() - began < 2


def test_nobody_there_is_known_at_once() -> None:
    with pytest.raises(CannotScan, match="NO_CONNECTION"):
        scan([b"abc"], url=clamds.nobody(), seconds=5)


def test_the_scanners_own_words_are_kept_plain() -> None:
    assert client._read(b"stream: <b>Evil\x07</b> FOUND").name == "?b?Evil??/b?"


# --- The rounds -------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def waits(w: World, settings: LazySettings, url: str, content: bytes | None = None) -> DocumentVersion:
    """A document that came while a scanner was set up."""
    settings.CLAMD_URL = url
    return documents.letter(w, content=documents.looked(content)).versions.get()


def test_without_a_scanner_nothing_is_scanned_and_it_says_so(world: World, settings: LazySettings) -> None:
    settings.CLAMD_URL = ""
    version = documents.letter(world).versions.get()
    assert scan_due(at=world.clock()) == 0
    assert state_of(version) == Scan.NONE
    assert not ScanToDo.objects.exists()


def test_a_document_waits_and_is_found_clean(world: World, settings: LazySettings) -> None:
    with clamds.clamd() as running:
        version = waits(world, settings, running.url)
        assert state_of(version) == Scan.WAITING
        assert scan_due(at=world.clock()) == 1
        assert running.received == [making.pdf()]
    assert state_of(version) == Scan.CLEAN
    assert scan_due(at=world.clock()) == 0


def test_malware_closes_it_and_whoever_added_it_and_their_lead_are_told(
    world: World, settings: LazySettings
) -> None:
    with clamds.clamd() as running:
        version = waits(world, settings, running.url, INFECTED)
        scan_due(at=world.clock())
    assert state_of(version) == Scan.INFECTED
    told = Message.objects.filter(kind=Message.Kind.INFECTED)
    assert set(told.values_list("to_member_id", flat=True)) == {world.priya.pk, world.school.lead.pk}
    event = Event.objects.get(verb="records.document.infected")
    assert event.actor == "Check Back"
    assert event.data == {"document": "D1", "document_version": 1}
    assert "Eicar" not in str(list(told.values()))


def test_what_was_kept_before_there_was_a_scanner_is_scanned_too(
    world: World, settings: LazySettings
) -> None:
    settings.CLAMD_URL = ""
    version = documents.letter(world, content=documents.looked(INFECTED)).versions.get()
    with clamds.clamd() as running:
        settings.CLAMD_URL = running.url
        assert scan_due(at=world.clock()) == 1
    assert state_of(version) == Scan.INFECTED


def test_a_scanner_that_is_gone_is_asked_again_later_and_later(world: World, settings: LazySettings) -> None:
    version = waits(world, settings, clamds.nobody())
    at = world.clock()
    assert scan_due(at=at) == 1
    assert state_of(version) == Scan.FAILED
    assert scan_due(at=at + timedelta(seconds=59)) == 0
    assert scan_due(at=at + timedelta(seconds=61)) == 1
    assert scan_due(at=at + timedelta(seconds=150)) == 0
    with clamds.clamd() as running:
        settings.CLAMD_URL = running.url
        assert scan_due(at=at + timedelta(minutes=10)) == 1
    assert state_of(version) == Scan.CLEAN
    assert list(version.scans.values_list("outcome", flat=True)) == ["FAILED", "FAILED", "CLEAN"]


def test_a_scanner_that_hangs_is_not_asked_about_the_others(
    world: World, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.operations.scanning.SECONDS_A_FILE", 0.5)
    with clamds.clamd(clamds.frozen) as running:
        for _ in range(3):
            waits(world, settings, running.url)
        began = time.monotonic()
        assert scan_due(at=world.clock()) == 1
        assert running.calls == 1
    assert time.monotonic() - began < 3


def test_a_file_that_the_scanner_refuses_does_not_hold_up_the_others(
    world: World, settings: LazySettings
) -> None:
    def first_is_too_large(line: Any, running: clamds.Clamd) -> None:
        (clamds.out_of_order if running.calls == 1 else clamds.honest)(line, running)

    with clamds.clamd(first_is_too_large) as running:
        versions = [waits(world, settings, running.url) for _ in range(2)]
        assert scan_due(at=world.clock()) == 2
    assert [state_of(one) for one in versions] == [Scan.FAILED, Scan.CLEAN]


def test_whoever_was_overtaken_writes_nothing(world: World, settings: LazySettings) -> None:
    def overtake(line: Any, running: clamds.Clamd) -> None:
        clamds.honest(line, running)

    with clamds.clamd(overtake) as running:
        version = waits(world, settings, running.url)
        real = client.scan

        def slow(*args: Any, **options: Any) -> Said:
            said = real(*args, **options)
            ScanToDo.objects.update(attempt=9)
            return said

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("records.operations.scanning.scan", slow)
            scan_due(at=world.clock())
    assert not ScanResult.objects.exists()
    assert state_of(version) == Scan.WAITING


def test_malware_closes_a_version_for_good_whatever_is_said_later(
    world: World, settings: LazySettings
) -> None:
    with clamds.clamd() as running:
        version = waits(world, settings, running.url, INFECTED)
        scan_due(at=world.clock())
    ScanResult.objects.create(version=version, outcome="CLEAN", at=world.clock())
    assert state_of(version) == Scan.INFECTED
