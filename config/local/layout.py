"""Where things are kept on this machine, and how we speak on its terminal."""

import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
LOCAL = ROOT / ".local"
STATIC = LOCAL / "static"
MAIL = LOCAL / "mail"
TEXTS = LOCAL / "texts"


def say(line: str) -> None:
    """Print one line at once, also where the output is a file or a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def give_up(sentence: str) -> SystemExit:
    """Make the exception that ends the command; what it says is what is printed."""
    return SystemExit(sentence)


def make_folder(path: Path, *, private: bool = False) -> Path:
    """Make a folder and those above it.

    Raises SystemExit where another user made it first (somebody ran this as root, say).
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        if private:
            path.chmod(0o700)
    except PermissionError:
        raise give_up(
            f"{path} belongs to another user. Run this as that user, or remove the .local folder first."
        ) from None
    return path


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Write JSON that only this user may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file)


def tail(path: Path, *, lines: int = 15) -> str:
    """Return the last lines of a log, for whoever must find out why something stopped."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError as error:
        return f"(no log: {error.strerror})"


def python(*args: str) -> list[str]:
    """Return the command line for this environment's Python."""
    return [sys.executable, *args]
