"""Keeping the content of a file, and taking it away where it may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from agencies.models import FileChunk, StoredFile

PORTION = 256 * 1024


def keep(chunks: Iterable[bytes], *, at: datetime) -> StoredFile:
    """Keep content under its own digest, in portions of 256 KiB, with no more than one in memory.

    `at` is UTC. The caller says in its transaction what the file is and whose, and writes the event of it.
    """
    digest, size = sha256(), 0
    file = StoredFile(kept_at=at)
    with transaction.atomic():
        # The file comes after its portions, because only then its digest is known: the keys are
        # compared when the transaction ends.
        for number, portion in enumerate(_portions(chunks)):
            FileChunk.objects.create(file_id=file.pk, number=number, data=portion)
            digest.update(portion)
            size += len(portion)
        file.sha256, file.size = digest.hexdigest(), size
        file.save(force_insert=True)
    return file


def remove(file: StoredFile) -> None:
    """Take the content of a file away. The caller has made sure that nothing names it any more."""
    file.delete()


def _portions(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut content into equal portions, however it comes."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= PORTION:
            yield bytes(held[:PORTION])
            del held[:PORTION]
    if held:
        yield bytes(held)
