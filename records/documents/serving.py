"""Giving a file out: always to keep, never to open in a page, under a name of ours, a portion at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import StreamingHttpResponse

from agencies import files
from agencies.models import StoredFile
from records.documents.kinds import KINDS

# Even where a browser opens it in spite of the rest, nothing in it runs or is fetched.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
StillOpen = Callable[[], bool]


class ClosedMeanwhile(Exception):
    """The content was closed while it was being given out: the line is cut, and what came is not complete."""


def answer(
    file: StoredFile, *, kind: str, name: str, still_open: StillOpen | None = None
) -> StreamingHttpResponse:
    """Return the response that gives out a file under a name made of a reference: “WF-26-0001-D1-1.pdf”.

    `still_open` is asked before each portion. Where it says no the line is cut.
    """
    one = KINDS[kind]
    response = StreamingHttpResponse(_portions(file, still_open), content_type=one.content_type)
    response["Content-Length"] = str(file.size)
    response["Content-Disposition"] = f'attachment; filename="{name}.{one.extensions[0]}"'
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _portions(file: StoredFile, still_open: StillOpen | None) -> Iterator[bytes]:
    for portion in files.chunks_of(file):
        if still_open is not None and not still_open():
            raise ClosedMeanwhile
        yield portion
