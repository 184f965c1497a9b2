"""The content of a document is checked against its sealed digest, wherever its portions are."""

from __future__ import annotations

import pytest

from agencies.models import FileChunk
from tests.audit.tampering import AsOwner, past_triggers, says, seal, verified
from tests.documents import letter
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_document_that_nobody_touched_fits(world: World) -> None:
    document = letter(world)
    seal()
    assert verified().first is None
    assert verified(concern=document.concern.reference).first is None


def test_a_changed_byte_of_a_document_is_found(world: World, connected_as_owner: AsOwner) -> None:
    document = letter(world)
    seal()
    chunk = FileChunk.objects.get(file=document.versions.get().file)
    past_triggers(
        connected_as_owner,
        f"UPDATE agencies_filechunk SET data = set_byte(data, 3, 7) WHERE id = {chunk.pk}",
    )
    for report in (verified(), verified(concern=document.concern.reference)):
        says(report, "content of", "is not what its sealed digest says")
        assert report.found == 1


def test_a_portion_that_is_missing_is_found(world: World, connected_as_owner: AsOwner) -> None:
    document = letter(world)
    seal()
    past_triggers(
        connected_as_owner,
        f"DELETE FROM agencies_filechunk WHERE file_id = '{document.versions.get().file_id}'",
    )
    says(verified(), "is not what its sealed digest says")


def test_a_content_that_is_gone_without_a_tombstone_is_found(
    world: World, connected_as_owner: AsOwner
) -> None:
    document = letter(world)
    seal()
    version = document.versions.get()
    past_triggers(
        connected_as_owner, f"UPDATE records_documentversion SET file_id = NULL WHERE id = {version.pk}"
    )
    says(verified(), "content of", "is gone without a tombstone")
