"""One line of JSON a log record: when, how bad, who says so, what. No request bodies, no row contents."""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

EXTRAS = ("message_id", "error", "status_code", "task_name", "seal", "leaves", "hash")
# These speak of our code and our machines. Any other exception can quote what somebody typed
# ("invalid literal for int(): ..."), and PostgreSQL quotes the whole row, so those only give their class.
MAY_SPEAK = (
    AttributeError,
    ImportError,
    ImproperlyConfigured,
    NameError,
    OSError,
    OperationalError,
    TypeError,
)


# What an e-mail to somebody without an account holds. Whoever reads a log has no use for it.
TOKEN = re.compile(r"/l/[^/\s\"'?#]+")


def without_tokens(text: str) -> str:
    """Leave the tokens of links out of an address or a line."""
    return TOKEN.sub("/l/(token)", text)


def without_row_contents(message: str) -> str:
    """Cut what PostgreSQL adds to an error: the row, the statement, the values."""
    for word in ("DETAIL:", "CONTEXT:"):
        head, found, _ = message.partition(word)
        if found:
            message = f"{head.rstrip()} (details left out)"
    return message


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    """Give an exception and those that led to it, the last one first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def in_short(error: BaseException) -> dict[str, object]:
    """Give an exception's class and where it came from, and its first line only where it may speak."""
    frames = traceback.extract_tb(error.__traceback__)
    short: dict[str, object] = {
        "class": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, MAY_SPEAK):
        short["says"] = without_row_contents(str(error)).partition("\n")[0]
    if constraint := getattr(getattr(error, "diag", None), "constraint_name", None):
        short["constraint"] = constraint
    return short


class OneLine(logging.Formatter):
    """Formats a record as one line of JSON, so that nothing in it can forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        for each in chain_of(error):
            for spoken in (repr(each), str(each)):
                if spoken and not isinstance(each, MAY_SPEAK):
                    message = message.replace(spoken, type(each).__name__)
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_tokens(without_row_contents(message)),
        }
        for name in EXTRAS:
            if (value := getattr(record, name, None)) is not None:
                entry[name] = str(value)
        if error:
            entry["exceptions"] = [in_short(each) for each in chain_of(error)]
        return json.dumps(entry)
