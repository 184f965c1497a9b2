"""What a write asks under its lock, asked in one round trip with the lock."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar, cast

Operation = TypeVar("Operation", bound=Callable[..., Any])
Key = tuple[object, tuple[tuple[str, Hashable], ...]]

ANSWERS: ContextVar[dict[Key, list[Any]] | None] = ContextVar("answers asked for ahead", default=None)


def asks_ahead(questions: Callable[..., Sequence[Any]]) -> Callable[[Operation], Operation]:
    """Have an operation ask questions ahead, and together: `questions` names them, of what it is given.

    They are asked in their order, so that the lock comes first and each of the others sees what was committed
    before the lock was given, as it would later. Whoever asks one of them then, with the same values and for
    the first time in the operation, is given its answer. So none may be among them whose rows the operation
    itself changes before it asks. One that is asked with other values than were foreseen is asked as ever.
    """

    def decorate(operation: Operation) -> Operation:
        @wraps(operation)
        def asking(*args: Any, **kwargs: Any) -> Any:
            with _answered(questions(*args, **kwargs)):
                return operation(*args, **kwargs)

        return cast(Operation, asking)

    return decorate


@contextmanager
def _answered(asked: Sequence[Any]) -> Iterator[None]:
    from agencies.prepared.question import together

    answers = together(*asked)
    kept = {key_of(one.question, one.given): rows for one, rows in zip(asked, answers, strict=True)}
    before = ANSWERS.set(kept)
    try:
        yield
    finally:
        ANSWERS.reset(before)


def key_of(question: object, given: Mapping[str, Any]) -> Key:
    """Return what makes a question with its values the same as another."""
    return question, tuple(
        (name, tuple(value) if isinstance(value, list) else value) for name, value in sorted(given.items())
    )


def taken(question: object, given: Mapping[str, Any]) -> list[Any] | None:
    """Return the answer to a question that was asked ahead, once; None where it was not."""
    answers = ANSWERS.get()
    return answers.pop(key_of(question, given), None) if answers else None


__all__ = ["asks_ahead", "taken"]
