"""Where the key of the backups comes from."""

from __future__ import annotations

import os

from sharing.backups.envelope import CannotOpen, key_from


def from_environment() -> bytes:
    """Return the key in BACKUP_KEY. Raises CannotOpen where it is missing or none."""
    text = os.environ.get("BACKUP_KEY", "").strip()
    if not text:
        raise CannotOpen(
            "BACKUP_KEY is not set: manage.py backup --new-key prints one. Keep it apart from the backups."
        )
    return key_from(text)
