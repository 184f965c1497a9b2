"""One line of JSON a log record: when, how bad, who says so, what. No request bodies, no row contents."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

# PostgreSQL prints the row in a constraint error ("DETAIL: Failing row contains ..."), and a value in
# some others ('CONTEXT: ... $1 = ...'). What follows these words never reaches a log.
ROW_CONTENTS = re.compile(
    r"\b(?:DETAIL|CONTEXT|HINT|LINE \d+):.*?(?=\nTraceback |\n\S+Error\b|\Z)", re.DOTALL
)
EXTRAS = ("message_id", "error", "status_code", "task_name")


def without_row_contents(text: str) -> str:
    """Cut what PostgreSQL adds to an error about the row or the values in it."""
    return ROW_CONTENTS.sub("(left out)", text)


class OneLine(logging.Formatter):
    """Formats a record as one line of JSON, so that nothing in it can forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_row_contents(record.getMessage()),
        }
        for name in EXTRAS:
            if (value := getattr(record, name, None)) is not None:
                entry[name] = str(value)
        if record.exc_info and record.exc_info[0]:
            entry["exception"] = without_row_contents("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(entry, ensure_ascii=True)
