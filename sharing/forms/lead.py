"""What a lead chooses: whose work the list shows, and who acts for somebody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from django import forms

from agencies.dates import PlainDate
from agencies.models import Membership
from agencies.staff_forms import DeputyForm
from sharing.lists.lead import DUE, NEWEST, OURS, THEIRS, Choice, Show, Wanted

ENDED = " (has left)"
TURNS = (("", "Anybody’s"), (OURS, "Our agency’s"), (THEIRS, "The other side’s"))
SORTS = ((DUE, "Due first"), (NEWEST, "Newest first"))
NOT_ALL = "Many people have work open. You can choose from those on this page of the list."


class Select(NamedTuple):
    """One question by which the list is narrowed. Its options: code, words, and whether it is chosen."""

    name: str
    label: str
    hint: str
    options: list[tuple[str, str, bool]]


def narrowing(wanted: Wanted, people: Choice) -> list[Select]:
    """Return how the list can be narrowed and sorted. By number and code: no name stands in an address."""
    names = [(str(one.pk), one.full_name + (ENDED if one.has_left else "")) for one in people.offered]
    hint = "" if people.are_all else NOT_ALL
    chosen = str(wanted.person or "")
    whose = _select("person", "Whose work?", [("", "Everybody’s"), *names], chosen, hint)
    if wanted.show == Show.WRITTEN_LATE:
        return [whose]
    return [
        _select("turn", "Whose turn is it?", TURNS, wanted.turn),
        whose,
        _select("sort", "Sort by", SORTS, wanted.sort),
    ]


def _select(name: str, label: str, options: Iterable[tuple[str, str]], chosen: str, hint: str = "") -> Select:
    return Select(name, label, hint, [(code, words, code == chosen) for code, words in options])


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
