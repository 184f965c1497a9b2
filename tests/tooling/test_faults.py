"""What make faults counts, and its smallest run: real senders, one of them killed, and a real mail server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from config.local.faults import certificate, report, runs, scene, tally
from config.local.faults.machine import until
from config.local.faults.tally import Accepted, Result
from config.local.layout import ROOT, python
from config.local.ports import answers, free_port
from config.local.processes import Child
from notifications.models import WAITING, Message
from sharing.models import Reminder

SENT = [
    Accepted(at=100.0 + n, id=f"<{n}@here>", to=f"{n}@sink.example", subject="S", connection=1)
    for n in (0, 1)
]
DUE = {f"S {n}@sink.example": 90.0 for n in (0, 1)}


def counted(got: list[Accepted], *, may_be_twice: int = 0) -> Result:
    result = Result("counted", "")
    result.count(DUE, got, may_be_twice=may_be_twice)
    result.lateness(DUE, got)
    return result


def another(each: Accepted, **changes: str) -> Accepted:
    return Accepted(**{**vars(each), **changes})


def test_all_sent_once_passes() -> None:
    result = counted(SENT)
    assert (result.messages, result.lost, result.twice, result.late, result.wrong) == (
        2,
        0,
        0,
        (11.0, 11.0),
        [],
    )


def test_one_that_never_came_is_lost() -> None:
    assert counted(SENT[:1]).wrong == ["1 lost (S 1@sink.example)"]


def test_one_that_came_twice_is_counted_and_only_a_crash_allows_it() -> None:
    assert counted([*SENT, SENT[0]]).wrong == ["1 sent twice, 0 allowed"]
    assert counted([*SENT, SENT[0]], may_be_twice=1).wrong == []


def test_two_messages_about_the_same_are_a_duplicate_that_nothing_allows() -> None:
    twin = another(SENT[0], id="<other@here>")
    assert counted([*SENT, twin], may_be_twice=1).wrong == ["1 duplicates with another Message-ID"]


def test_one_that_nobody_wanted_is_found() -> None:
    assert counted([*SENT, another(SENT[0], to="stranger@sink.example")]).wrong == [
        "1 sent that should not have been"
    ]


def test_rows_go_between_the_markers_in_the_place_of_older_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "reliability.md"
    page.write_text(f"Before\n{report.BEGIN}\nNot yet written.\n{report.END}\nafter\n")
    monkeypatch.setattr(report, "PAGE", page)
    for result in (
        Result("second", "b", 1),
        Result("first", "a", n="7 POSTs", figures=["302: 7"]),
        Result("second", "b", 2, lost=1, wrong=["1 lost"]),
    ):
        report.write(
            {result.run: report.row(result, fault="F1", line="none lost")}, order=["first", "second"]
        )
    *_, first, second, _, _ = page.read_text().splitlines()
    assert page.read_text().startswith(f"Before\n{report.BEGIN}\n{os.cpu_count()} cores, ")
    assert page.read_text().endswith(f"\n{report.END}\nafter\n")
    assert first == "| F1 | first | a | 7 POSTs | 302: 7 | none lost | yes |"
    assert second == "| F1 | second | b | 2 messages | 1 lost; 0 twice | none lost | no: 1 lost |"


def test_runs_are_chosen_by_their_name_or_by_their_fault() -> None:
    assert runs.named(["f6"], quick=False) == ["posts-database-killed"]
    assert runs.named(["kills", "F8"], quick=False) == ["kills", "throughput", "together"]
    assert set(runs.named(None, quick=True)) < set(runs.named(None, quick=False)) == set(runs.RUNS)
    with pytest.raises(KeyError, match="f66"):
        runs.named(["f66", "kills"], quick=False)


@pytest.mark.django_db
def test_tables_are_emptied_also_where_a_sender_of_the_run_before_holds_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers: list[Exception | None] = [OperationalError("deadlock detected"), None]

    def empty() -> None:
        if error := answers.pop(0):
            raise error

    monkeypatch.setattr(scene, "empty_tables", empty)
    monkeypatch.setattr("config.local.faults.scene.time.sleep", lambda seconds: None)
    assert scene.fresh().concern.reference
    assert answers == []
    answers[:] = [OperationalError("server closed the connection")] * scene.TRIES
    with pytest.raises(OperationalError):
        scene.fresh()


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Run the mail server of the fault runs, and give the environment of a sender that uses it."""
    trusted = certificate.make(tmp_path)
    port = free_port()
    server = Child(
        "mail server",
        python("-m", "config.local.faults.sink", str(tmp_path), str(port)),
        log=tmp_path / "sink.log",
    )
    try:
        server.wait_until(lambda: answers(port), seconds=20)
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        yield {
            **os.environ,
            "DATABASE_URL": database.geturl(),
            "EMAIL_URL": f"smtps://127.0.0.1:{port}",
            "SSL_CERT_FILE": str(trusted),
        }
    finally:
        server.stop()


@pytest.mark.django_db(transaction=True)
def test_a_killed_sender_loses_nothing_and_only_the_one_in_its_hand_may_go_twice(
    mail_server: dict[str, str], tmp_path: Path
) -> None:
    expected = scene.fill(scene.fresh(), 200, run="smoke")
    command = python("manage.py", "send_due")
    senders = [
        subprocess.Popen(command, cwd=ROOT, env=mail_server, stdout=subprocess.DEVNULL) for _ in range(2)
    ]
    assert until(lambda: len(tally.accepted(tmp_path)) > 20, seconds=30, every=0.02) is not None
    senders[0].kill()
    for sender in senders:
        sender.wait(30)
    a_minute_later = timezone.now() - timedelta(seconds=1)
    Message.objects.filter(WAITING).update(lease_until=a_minute_later)
    subprocess.run(command, cwd=ROOT, env=mail_server, stdout=subprocess.DEVNULL, check=True)
    result = Result("smoke", "")
    result.count(expected, tally.accepted(tmp_path), may_be_twice=1)
    assert result.wrong == []
    assert not Message.objects.filter(WAITING).exists()
    assert not Reminder.objects.filter(raised_at__isnull=True).exists()
