"""Taking the record of a concern away as data: a lead's act, with its reason, that the worker carries out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agencies import rules as agencies_rules
from agencies.addresses import reverse
from agencies.models import Membership
from agencies.operations import jobs
from agencies.refusals import NotAllowed
from agencies.roles import Permission
from audit import operations as audit
from records.models import Concern
from sharing.models import Export
from sharing.operations import parties

EXPORTED = "sharing.concern.exported"
TITLES = {Export.Form.FHIR: "FHIR bundle", Export.Form.JSON: "JSON file", Export.Form.CSV: "CSV files"}


@transaction.atomic
def export(
    concern: Concern, *, by: Membership, at: datetime, form: str, purpose: str, for_whom: str
) -> Export:
    """Ask for the record of a concern as data. `form` is an Export.Form; `at` is UTC.

    Raises NotAllowed for anybody but a lead of the concern's agency: the record leaves the service here, and
    no access log can follow it.
    """
    agencies_rules.require(by, Permission.OVERSEE)
    concern = parties.lock_concern(concern.pk)
    if by.agency_id != concern.agency_id:
        raise NotAllowed("Only a lead of the agency that keeps this record takes it away.")
    job = jobs.ask(
        "export",
        title=f"The record as data: {TITLES[Export.Form(form)]}",
        about=concern.reference,
        back=reverse("concern-export", args=[concern.reference]),
        params={"form": form},
        by=by,
        at=at,
    )
    made = Export.objects.create(
        concern=concern, form=form, purpose=purpose, for_whom=for_whom, job=job, by=by, at=at
    )
    audit.record(
        EXPORTED,
        by=by,
        at=at,
        subject=concern.reference,
        concern=concern.reference,
        data={"form": form, "job": str(job.pk)},
    )
    return made
