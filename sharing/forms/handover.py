"""The questions that handing over asks: who takes over what, and what they should know besides."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict

from agencies.forms import PlainForm, PlainText
from agencies.models import Membership
from sharing.open_work import Part

NOT_YET = "Nobody yet"
SAME = "The same, or nobody yet"
STAYS = "Leave it with {}"
WRONG = {"invalid_choice": "Choose somebody from the list"}


class HandOverForm(PlainForm):
    """A successor for everything or for each concern. It is sent only as it was shown."""

    submit_label = "See what they will be told"

    everything = forms.ChoiceField(
        label="Who takes over?",
        help_text="For every concern below that does not name somebody else.",
        required=False,
        error_messages=WRONG,
    )
    note = PlainText(
        label="What should they know besides? (optional)",
        help_text="Each of them gets these words with what is open. For example, when it is best to ring.",
        required=False,
        rows=4,
    )
    previewed = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, parts: Sequence[Part], colleagues: Sequence[Membership], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.parts = {part.concern.reference: part for part in parts}
        self.people = {str(one.pk): one for one in colleagues}
        self.is_preview = False
        # A draft that is filled in again has to be looked at again.
        self.initial["previewed"] = ""
        names = [(key, f"{one.full_name}, {one.job_title}") for key, one in self.people.items()]
        cast(forms.ChoiceField, self.fields["everything"]).choices = [("", NOT_YET), *names]
        is_all_named = all(part.handover for part in parts)
        for reference, part in self.parts.items():
            if len(self.parts) == 1 and part.handover is None:
                continue
            empty = SAME
            if part.handover is not None:
                empty = STAYS.format(part.handover.successor.full_name)
            self.fields[_name(reference)] = forms.ChoiceField(
                label=f"{reference}: hand it to",
                required=False,
                choices=[("", empty), *names],
                error_messages=WRONG,
            )
        if is_all_named:
            del self.fields["everything"]
        elif len(self.parts) == 1:
            self.fields["everything"].help_text = ""
        self.order_fields(["everything", *map(_name, self.parts), "note"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.chosen():
            named = [name for name in self.fields if name == "everything" or name.startswith("to_")]
            where = named[0] if named else None
            self.add_error(where, "Choose who takes over")
        return cleaned

    def chosen(self) -> dict[str, Membership]:
        """Return the successor chosen for each concern. What is on its way already stays where it is."""
        found = {}
        for reference, part in self.parts.items():
            key = self.cleaned_data.get(_name(reference)) or ""
            if not key and part.handover is None:
                key = self.cleaned_data.get("everything") or ""
            if key:
                found[reference] = self.people[key]
        return found

    def as_shown(self) -> str:
        """A mark of these choices and words, so that what is sent is what was looked at."""
        chosen = [f"{reference}:{member.pk}" for reference, member in self.chosen().items()]
        return hashlib.sha256("\0".join([*chosen, self.cleaned_data["note"]]).encode()).hexdigest()

    def was_shown(self) -> bool:
        """Say whether exactly this was shown before. If not, it is shown now."""
        self.is_preview = True
        if self.cleaned_data["previewed"] == self.as_shown():
            return True
        data = cast(QueryDict, self.data).copy()
        data["previewed"] = self.as_shown()
        self.data = data
        return False


def _name(reference: str) -> str:
    return f"to_{reference}"
