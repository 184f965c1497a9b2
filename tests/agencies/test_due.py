"""The command that says when something is due, and why."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from agencies.management.commands.due import Command


def run_due(*words: str) -> str:
    out = StringIO()
    call_command(Command(), *words, stdout=out)
    return out.getvalue()


def test_command_prints_the_due_moment_and_each_day_skipped() -> None:
    assert run_due("2026-12-18T16:59", "2 working days").splitlines() == [
        "Received     Fri 2026-12-18 16:59:00 GMT (Europe/London), 2026-12-18T16:59:00Z",
        "Counts from  Fri 2026-12-18 16:59:00 GMT (Europe/London), 2026-12-18T16:59:00Z",
        "Due          Tue 2026-12-22 17:00:00 GMT (Europe/London), 2026-12-22T17:00:00Z",
        "Why",
        "  Saturday 19 December 2026 does not count: it is a weekend.",
        "  Sunday 20 December 2026 does not count: it is a weekend.",
    ]


def test_command_uses_the_bank_holidays_of_the_region() -> None:
    assert "Due          Mon 2026-11-30" in run_due("2026-11-27T12:00", "1 working day")
    assert "Due          Tue 2026-12-01" in run_due("2026-11-27T12:00", "1 working day", "--region", "sct")
    assert "No day was skipped." in run_due("2027-01-12T12:00+00:00", "1 working day")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("tomorrow", "1 working day"), "Write the moment it was received like"),
        (("2027-03-28T01:30", "1 working day"), "that time did not happen"),
        (("2027-01-12T12:00", "2 days"), "Say which kind of days"),
        (("2034-12-29T12:00", "1 working day"), "Bank holidays are known from"),
        (("9999-12-31T23:59", "4 hours"), "too near the beginning or the end"),
        (("2027-01-12T12:00", "1 working day", "--region", "FRA"), "Choose one of these"),
    ],
)
def test_command_refuses_with_a_sentence(words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run_due(*words)
