"""The worker's part: make the file that somebody asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from agencies.jobs import CannotDo, Made, Progress
from agencies.models import Job
from records.models import Concern
from sharing.exports import as_csv, as_json
from sharing.exports.fhir import bundle
from sharing.models import Export

Writer = Callable[[Concern, dict[str, Any]], Iterator[bytes]]
FORMS: dict[str, tuple[Writer, str, str]] = {
    Export.Form.FHIR: (bundle.write, bundle.CONTENT_TYPE, "fhir.json"),
    Export.Form.JSON: (as_json.write, as_json.CONTENT_TYPE, "json"),
    Export.Form.CSV: (as_csv.write, as_csv.CONTENT_TYPE, "csv.zip"),
}


def run(job: Job, *, at: datetime, progress: Progress) -> Made:
    """Write the record of a concern in the form that was asked for.

    Raises CannotDo where whoever asked may not open it any more.
    """
    wanted = Export.objects.select_related("concern__agency", "concern__owner__user").get(job=job)
    concern = Concern.objects.visible_to(wanted.by).filter(pk=wanted.concern_id)
    found = concern.select_related("agency", "owner__user", "owner__agency").first()
    if found is None:
        raise CannotDo("You may no longer open this record, so it was not made.")
    write, content_type, ending = FORMS[wanted.form]
    head = as_json.head_of(found, at=at, by=wanted.by.label, purpose=wanted.purpose, for_whom=wanted.for_whom)
    progress(1, 2)
    return Made(f"{found.reference}.{ending}", content_type, write(found, head))
