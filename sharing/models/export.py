"""What left the service as data: who took it, for whom and why."""

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Job, Membership
from audit import leaves
from records.models import Concern


class Export(models.Model):
    """One export of a concern's record. What it held is the job's digest; the words stand nowhere else."""

    class Form(models.TextChoices):
        FHIR = "FHIR", "FHIR R4 bundle, for a health or care system"
        JSON = "JSON", "JSON, with everything there is"
        CSV = "CSV", "CSV files in a ZIP, for a spreadsheet"

    append_only = True

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="exports")
    form = models.CharField(max_length=4, choices=Form.choices)
    purpose = models.TextField()
    for_whom = models.CharField(max_length=200)
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="export")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(for_whom=""), name="export_says_why_and_for_whom"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="export_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("export_is_sealed", concern="concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.form}"
