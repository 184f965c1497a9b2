"""Forms: what is being typed, and what has been saved."""

from datetime import datetime

from django.db import models

from agencies.models.membership import Membership


class Draft(models.Model):
    """What somebody was typing into a form, kept on the server as they typed.

    `key` says which form of which thing ("restate:WF-26-0001-X1"). It outlives the session, is
    seen by nobody but its holder, and goes when the form is saved.
    """

    holder = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["holder", "key"], name="one_draft_a_form")]
        indexes = [models.Index(fields=["key"], name="draft_by_key")]

    def __str__(self) -> str:
        return self.key


class Submission(models.Model):
    """A form that has been saved, by its one-time id: sending it twice leads to the first result."""

    form_id = models.UUIDField(primary_key=True)
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    result = models.CharField(max_length=200)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.form_id)
