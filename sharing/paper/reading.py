"""Exchanges read for paper: everything of many in some twenty statements, and no more than the screen shows.

What somebody may read of an exchange is said by `access.standing`, as for its page; of the disagreements
and actions about it, by their own `visible_to`. Where the words are closed to them, they are not even read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from agencies.models import Membership
from sharing import access, attached, corrected, ladder
from sharing.access import Standing
from sharing.ladder import Ladder
from sharing.models import (
    Action,
    ActionFlag,
    ActionReport,
    Agreement,
    Disagreement,
    Exchange,
    ExchangePerson,
    HeldBack,
    Item,
    ProposedCorrection,
    Round,
    Verdict,
)
from sharing.querysets import people
from sharing.states import ActionState, State, action_state


@dataclass(frozen=True)
class Doing:
    """An action with what was reported of it, and where corrections flagged it."""

    action: Any
    reports: Sequence[ActionReport]
    flags: Sequence[ActionFlag]

    @property
    def state(self) -> ActionState:
        return action_state(self.action, last_outcome=self.action.last_outcome)


@dataclass(frozen=True)
class Read:
    """One exchange as one reader sees it. What they may not read is empty."""

    exchange: Any
    standing: Standing
    state: State
    people: Sequence[Any] = ()
    items: Sequence[Any] = ()
    held_back: Sequence[Any] = ()
    rounds: Sequence[Any] = ()
    agreements: Sequence[Agreement] = ()
    proposals: Sequence[Any] = ()
    disagreements: Sequence[Ladder] = ()
    actions: Sequence[Doing] = ()
    attachments: Sequence[dict[str, Any]] = ()

    @property
    def is_of_the_concerns_agency(self) -> bool:
        """The reader stands on the speaker's side, and the concern is their agency's."""
        exchange = self.exchange
        return self.standing.on_speakers_side and (
            exchange.speaker.agency_id == exchange.cycle.concern.agency_id
        )


@dataclass
class _Lists:
    """Rows by the number of the exchange that they belong to."""

    of: dict[str, dict[int, list[Any]]] = field(default_factory=dict)

    def keep(
        self, name: str, rows: Iterable[Any], key: Callable[[Any], int] = attrgetter("exchange_id")
    ) -> None:
        found: dict[int, list[Any]] = {}
        for row in rows:
            found.setdefault(key(row), []).append(row)
        self.of[name] = found

    def get(self, name: str, pk: int) -> list[Any]:
        return self.of[name].get(pk, [])


SIGNED = ("prepared_by", "sent_by", "received_by", "understood_by", "not_mine_by", "withdrawn_by")


def sign(rows: Iterable[Any], *fields: str) -> None:
    """Give rows the people who are named in some of their fields, all in one statement."""
    rows = list(rows)
    wanted = {getattr(row, f"{name}_id") for row in rows for name in fields} - {None}
    named = Membership.objects.select_related("user", "agency").in_bulk(wanted) if wanted else {}
    for row in rows:
        for name in fields:
            if getattr(row, f"{name}_id") is not None:
                setattr(row, name, named[getattr(row, f"{name}_id")])


def read(exchanges: Sequence[Any], *, by: Membership) -> list[Read]:
    """Read some exchanges from `access.exchanges_seen_by`, in the order given."""
    sign(exchanges, *SIGNED)
    sign([one.incident for one in exchanges if getattr(one, "incident", None)], "reported_by")
    standings = {one.pk: access.standing(one, by) for one in exchanges}
    open_to_them = [pk for pk, standing in standings.items() if standing.reads]
    content = [pk for pk, standing in standings.items() if standing.content_is_open]
    lists = _content(open_to_them)
    differing = Disagreement.objects.visible_to(by).filter(exchange__in=content)
    lists.keep(
        "disagreements",
        ladder.read_all(list(differing.select_related(*people("opened_by", "settled_by")).order_by("pk"))),
        attrgetter("disagreement.exchange_id"),
    )
    doing = read_actions(Action.objects.visible_to(by).filter(exchange__in=open_to_them))
    lists.keep("actions", doing, attrgetter("action.exchange_id"))
    return [_one(one, standings[one.pk], lists, by) for one in exchanges]


def _one(exchange: Any, standing: Standing, lists: _Lists, by: Membership) -> Read:
    found = Read(exchange, standing, access.state(exchange))
    told_what_is_held_back = found.is_of_the_concerns_agency
    return Read(
        exchange,
        standing,
        found.state,
        **{name: lists.get(name, exchange.pk) for name in lists.of if name != "held_back"},
        held_back=lists.get("held_back", exchange.pk) if told_what_is_held_back else (),
        attachments=_attachments(exchange, standing, by) if standing.reads else (),
    )


def _attachments(exchange: Any, standing: Standing, by: Membership) -> list[dict[str, Any]]:
    return attached.attachments(exchange, on_speakers_side=standing.on_speakers_side, me=by.pk)


def _content(pks: Sequence[int]) -> _Lists:
    """Read the words of exchanges that somebody may read."""
    lists = _Lists()
    here = {"exchange__in": pks}
    lists.keep("people", ExchangePerson.objects.filter(**here).order_by("pk"))
    lists.keep("items", corrected.items(Item.objects.filter(**here)).select_related(
        "statement", "corrects__corrects__corrects").order_by("exchange", "number"))  # fmt: skip
    held = HeldBack.objects.filter(**here).select_related("statement")
    lists.keep("held_back", held.order_by("statement__number"))
    lists.keep("rounds", _rounds(pks))
    lists.keep("agreements", Agreement.objects.filter(**here).select_related(*people("by")).order_by("pk"))
    proposals = ProposedCorrection.objects.filter(**here).select_related(
        "item", "correction", *people("by", "answered_by")
    )
    lists.keep("proposals", proposals.order_by("pk"))
    return lists


def _rounds(pks: Sequence[int]) -> Any:
    verdicts = (
        Verdict.objects.filter(round=OuterRef("pk"))
        .order_by("item__number")
        .values(json=JSONObject(number="item__number", text="item__text", answer="answer", note="note"))
    )
    return (
        Round.objects.filter(exchange__in=pks)
        .select_related(
            *people("restated_by", "checked_by", "typed_by", "call__spoken_with", "call__answer__by")
        )
        .annotate(said_of_items=ArraySubquery(verdicts))
        .order_by("exchange", "number")
    )


def read_actions(rows: Any) -> list[Doing]:
    """Read actions with their reports and flags, in three statements."""
    signing = people("owner", "other_side", "proposed_by", "accepted_by", "declined_by", "withdrawn_by",
                     "checked_by")  # fmt: skip
    actions = list(rows.select_related("exchange", *signing).with_state().order_by("pk"))
    lists = _Lists()
    pks = [one.pk for one in actions]
    reports = ActionReport.objects.filter(action__in=pks).select_related(*people("reported_by", "checked_by"))
    lists.keep("reports", reports.order_by("action", "number"), attrgetter("action_id"))
    flags = ActionFlag.objects.filter(action__in=pks).select_related("correction", *people("answered_by"))
    lists.keep("flags", flags.order_by("pk"), attrgetter("action_id"))
    return [Doing(one, lists.get("reports", one.pk), lists.get("flags", one.pk)) for one in actions]


def exchanges_of(concern: Any, *, by: Membership, **only: Any) -> list[Read]:
    """Read the exchanges of a concern that somebody may see, in the order in which they were prepared."""
    rows = access.exchanges_seen_by(by).filter(cycle__concern=concern, **only)
    return read(list(rows.order_by("cycle__number", "pk")), by=by)


def others_of(concern: Any, *, but: Sequence[Read], **only: Any) -> list[Any]:
    """Read what everybody at the agency sees of the exchanges that are between other people: that they are.

    A hand-over is between colleagues, and is not listed.
    """
    seen = [one.exchange.pk for one in but]
    rows = Exchange.objects.filter(cycle__concern=concern, **only).exclude(pk__in=seen)
    rows = rows.exclude(kind=Exchange.Kind.HANDOVER).select_related(
        *people("speaker", "listener", "first_speaker", "first_listener"), "cycle", "summary_answer"
    )
    return list(rows.with_state().order_by("cycle__number", "pk"))
