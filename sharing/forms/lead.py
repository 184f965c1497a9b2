"""What a lead chooses: whose work the list shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django import forms

from agencies.models import Membership
from sharing.lead_list import DUE, NEWEST, OURS, THEIRS, Show, Wanted

ENDED = " (has left)"


class NarrowForm(forms.Form):
    """Narrow and sort the list. It goes by number and code: no name stands in an address."""

    show = forms.CharField(required=False, widget=forms.HiddenInput)
    turn = forms.ChoiceField(
        label="Whose turn is it?",
        required=False,
        choices=[("", "Anybody’s"), (OURS, "Our agency’s"), (THEIRS, "The other side’s")],
    )
    person = forms.ChoiceField(label="Whose work?", required=False)
    sort = forms.ChoiceField(
        label="Sort by", required=False, choices=[(DUE, "Due first"), (NEWEST, "Newest first")]
    )

    def __init__(self, wanted: Wanted, people: Sequence[Membership]) -> None:
        chosen = {"turn": wanted.turn, "person": str(wanted.person or ""), "sort": wanted.sort}
        if wanted.show != Show.EVERYTHING:
            chosen["show"] = wanted.show.value
        super().__init__(initial=chosen)
        if wanted.show == Show.EVERYTHING:
            del self.fields["show"]
        names = [(str(m.pk), m.user.full_name + (ENDED if m.ended_at else "")) for m in people]
        cast(forms.ChoiceField, self.fields["person"]).choices = [("", "Everybody’s"), *names]
