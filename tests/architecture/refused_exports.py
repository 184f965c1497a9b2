"""What the database refuses of exports, one function for each constraint or trigger, by its name."""

from __future__ import annotations

from agencies.operations import jobs
from sharing.models import Export, Stage
from sharing.operations import exports
from tests import factories
from tests.architecture.refusing import append_only, copy_of, refused
from tests.factories import World


def _export(w: World) -> Export:
    concern = factories.concern_at(w, Stage.ASK)
    return exports.export(
        concern, by=w.school.lead, at=w.clock(), form="CSV", purpose="For the court.", for_whom="The court"
    )


def export_append_only(w: World) -> None:
    append_only(_export(w), "purpose")


def export_says_why_and_for_whom(w: World) -> None:
    row = _export(w)
    job = jobs.ask("export", title="Another", by=w.school.lead, at=w.clock())
    refused("export_says_why_and_for_whom", copy_of(row, job_id=job.pk, purpose=""))
    refused("export_says_why_and_for_whom", copy_of(row, job_id=job.pk, for_whom=""))
