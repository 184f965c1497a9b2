"""Files are rows (docs/decisions/0020): one place to back up, to lock and to dispose of."""

import uuid

import pgtrigger
from django.db import models


class StoredFile(models.Model):
    """The content of one file, in portions. It never changes; whoever keeps it says what it is and whose."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="stored_file_has_a_digest"
            )
        ]
        triggers = [pgtrigger.Protect(name="stored_file_never_changes", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return str(self.id)


class FileChunk(models.Model):
    """One portion of a file, so that reading it takes no more memory than a portion."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="one_chunk_a_number")]
        triggers = [pgtrigger.Protect(name="file_chunk_never_changes", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"
