"""Reading what is kept of a file. Who may read it is for whoever keeps it to say."""

from __future__ import annotations

from collections.abc import Iterator

from agencies.models import FileChunk, StoredFile


def chunks_of(file: StoredFile) -> Iterator[bytes]:
    """Give the content of a file portion by portion, each read when it is asked for."""
    chunks = FileChunk.objects.filter(file=file)
    for number in range(chunks.count()):
        yield bytes(chunks.values_list("data", flat=True).get(number=number))


def content_of(file: StoredFile) -> bytes:
    """Return the whole content of a file that is known to be small."""
    return b"".join(chunks_of(file))
