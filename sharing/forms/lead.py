"""What a lead chooses: whose work the list shows, and who acts for somebody."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from agencies.dates import PlainDate
from agencies.models import Membership
from agencies.staff_forms import DeputyForm
from sharing.lists.lead import DUE, NEWEST, OURS, THEIRS, Choice, Show, Wanted

ENDED = " (has left)"
NOT_ALL = "Many people have work open. You can choose from those on this page of the list."


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

    def __init__(self, wanted: Wanted, people: Choice) -> None:
        chosen = {"turn": wanted.turn, "person": str(wanted.person or ""), "sort": wanted.sort}
        if wanted.show != Show.EVERYTHING:
            chosen["show"] = wanted.show.value
        super().__init__(initial=chosen)
        if wanted.show == Show.EVERYTHING:
            del self.fields["show"]
        if wanted.show == Show.WRITTEN_LATE:
            del self.fields["turn"], self.fields["sort"]
        if not people.are_all:
            self.fields["person"].help_text = NOT_ALL
        names = [(str(m.pk), m.full_name + (ENDED if m.has_left else "")) for m in people.offered]
        cast(forms.ChoiceField, self.fields["person"]).choices = [("", "Everybody’s"), *names]


class TakeOverForm(DeputyForm):
    """Who acts for somebody from today on, and until when."""

    submit_label = "Let them act"

    starts_on = None  # type: ignore[assignment]  # how Django leaves out a field: it starts today
    ends_on = PlainDate(
        label="Until",
        help_text="The last day. For example, 2 4 2027.",
    )

    def __init__(self, *args: Any, member: Membership, **options: Any) -> None:
        super().__init__(*args, member=member, **options)
        field = cast("forms.ModelChoiceField[Membership]", self.fields["deputy"])
        field.label, field.help_text = "Who acts for them?", "Yourself, or a colleague."
        field.queryset = cast(Any, field.queryset).who_exchange()
