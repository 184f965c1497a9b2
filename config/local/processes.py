"""Child processes that end with us, whatever happens to us."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from config.local.layout import ROOT, give_up, tail

PR_SET_PDEATHSIG = 1


def _end_with_parent(number: int) -> Callable[[], None] | None:
    """Make the child ask Linux for a signal when we die, even by SIGKILL."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, number)

    return ask


class AskedToStop(BaseException):
    """Ctrl-C, a closed terminal or a request to end."""


def stop_when_asked(*signals: signal.Signals) -> None:
    """Raise AskedToStop in the main thread at the first of these signals; later ones are ignored."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise AskedToStop

    for each in signals:
        signal.signal(each, stop)


class Child:
    """One process that we started, in a session of its own so that Ctrl-C reaches only us.

    We then stop the children in the right order: the database last.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        user: int | None = None,
        group: int | None = None,
        stop_with: int = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.log = log
        self.stop_with = stop_with
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT if user is None else "/",
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
                group=group,
                extra_groups=[] if user is not None else None,
                preexec_fn=_end_with_parent(stop_with),
            )

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def what_it_said(self) -> str:
        """Say how the process ended and the last lines of its log."""
        ended = f"{self.name} stopped (exit code {self.process.returncode})"
        return f"{ended}. The end of {self.log}:\n{tail(self.log)}"

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Wait until it answers. Raises SystemExit where it stops first or takes longer than `seconds`."""
        give_up_at = time.monotonic() + seconds
        while not ready():
            if not self.is_running:
                raise give_up(self.what_it_said())
            if time.monotonic() > give_up_at:
                self.stop()
                late = f"{self.name} did not answer within {seconds:.0f} seconds"
                raise give_up(f"{late}. The end of its log:\n{tail(self.log)}")
            time.sleep(0.1)

    def stop(self, *, seconds: float = 20) -> None:
        """Stop it in its own orderly way; after `seconds`, with everything it started, by force."""
        if self.is_running:
            self.process.send_signal(self.stop_with)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
