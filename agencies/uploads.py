"""How an uploaded file comes in: to a temporary file, counted as it comes, and no further than 20 MB.

What is more is let run out into nothing, so that the browser gets an answer with a sentence and with
everything else that was typed, instead of a broken line. The form sees how much was sent and refuses it. A
request that is far larger is not read at all.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

LARGEST = 20 * 1024 * 1024
# What somebody may send by mistake and still be told so; beyond that the line is cut.
REQUEST_AT_MOST = 200 * 1024 * 1024


class NoMoreThanIsKept(FileUploadHandler):
    """Writes each file of a request to a temporary one, and lets what is beyond 20 MB run out."""

    file: TemporaryUploadedFile

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803  # Django's name
        content_length: int,
        boundary: str,
        encoding: Any = None,
    ) -> None:
        """Raise RequestDataTooBig for a request that no mistake explains."""
        if content_length > REQUEST_AT_MOST:
            raise RequestDataTooBig("The request is far larger than any file that is kept.")

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        self.file = TemporaryUploadedFile(
            self.file_name or "", self.content_type or "", 0, self.charset, self.content_type_extra
        )
        self.is_beyond = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.is_beyond:
            return
        if start + len(raw_data) > LARGEST:
            self.is_beyond = True
            self.file.seek(0)
            self.file.truncate()
            return
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> TemporaryUploadedFile:
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_complete(self) -> None:
        """Raise BadRequest where the line broke before all came: half a form is no form, and no draft."""
        stream = getattr(self.request, "_stream", None)
        if getattr(stream, "_pos", 0) < getattr(stream, "limit", 0):
            raise BadRequest("The request broke off.")

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()
