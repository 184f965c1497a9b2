"""What the learning page can be narrowed by. Sent by GET: nothing personal stands in it."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from agencies.models import Membership
from sharing.learning import access
from sharing.learning.access import Choice, Direction, Measure


class LearningForm(forms.Form):
    """Narrow the figures. What is left out is as on the page without a choice."""

    months = forms.TypedChoiceField(
        label="Time",
        choices=[(13, "This month and the 12 before"), (6, "The last 6 months"), (3, "The last 3 months")],
        coerce=int,
        required=False,
    )
    agency = forms.TypedChoiceField(label="Agency", coerce=int, required=False)
    direction = forms.ChoiceField(
        label="Which way",
        help_text="Counts where an agency is chosen.",
        choices=[(Direction.FROM, "Sent by the agency"), (Direction.TO, "Sent to the agency")],
        required=False,
    )
    measure = forms.ChoiceField(
        label="Pairs of agencies compared by",
        choices=[(one, one.label) for one in Measure],
        required=False,
    )

    def __init__(self, *args: Any, by: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        self.agencies = {one.pk: one for one in access.agencies_of(by)}
        cast(forms.ChoiceField, self.fields["agency"]).choices = [
            ("", "The whole partnership"),
            *((pk, one.name) for pk, one in self.agencies.items()),
        ]

    def choice(self) -> Choice:
        """Return what was chosen. The form is valid, or has not been sent."""
        given = self.cleaned_data if self.is_bound else {}
        agency = given.get("agency")
        return Choice(
            months=given.get("months") or 13,
            agency=self.agencies[agency] if agency else None,
            direction=Direction(given.get("direction") or Direction.FROM),
            measure=Measure(given.get("measure") or Measure.UNDERSTOOD),
        )
