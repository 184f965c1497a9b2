"""Two people at once: real threads, a connection each, let go at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

from agencies.refusals import Refused

Act = Callable[[], object]
Pair = tuple[Act, Act]


@dataclass
class Outcome:
    """What became of two acts: how many went through, what the others were told, and what else went wrong."""

    won: list[int] = field(default_factory=list)
    refusals: dict[int, Refused] = field(default_factory=dict)
    errors: list[BaseException] = field(default_factory=list)

    @property
    def one_won_one_was_told(self) -> bool:
        """One went through; the other was refused with at least one sentence."""
        if self.errors:
            raise self.errors[0]
        told = [r for r in self.refusals.values() if any(s.strip() for s in r.sentences)]
        return len(self.won) == 1 and len(told) == 1


def at_once(*acts: Act) -> Outcome:
    """Do each act in a thread of its own, from one starting line, and collect what became of them."""
    line = threading.Barrier(len(acts))
    outcome = Outcome()
    lock = threading.Lock()

    def run(number: int, act: Act) -> None:
        try:
            connection.ensure_connection()
            line.wait(timeout=10)
            act()
            with lock:
                outcome.won.append(number)
        except Refused as refused:
            with lock:
                outcome.refusals[number] = refused
        except BaseException as error:  # noqa: BLE001  # carried into the test's own thread
            with lock:
                outcome.errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act), daemon=True) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive(), "two acts wait for each other"
    return outcome
