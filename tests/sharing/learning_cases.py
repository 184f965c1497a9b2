"""Exchanges put in place for the learning figures: months of them at once, which no journey could make.

Each is as the real operations leave it, in fewer words. The figures themselves are always worked out by
the real operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from agencies.models import Membership
from sharing.models import Agreement, Cycle, Exchange, Item, Round, Verdict
from tests import factories
from tests.factories import World

NUMBERS = count(1)
HOUR = timedelta(hours=1)


class Said:
    """Makes exchanges of one concern, whose words do not matter here."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cycle: Cycle = factories.the_cycle(factories.at_share(world))

    def __call__(
        self,
        sent_at: datetime,
        *,
        by: Membership | None = None,
        to: Membership | None = None,
        received: float | None = None,
        understood: float | None = None,
        agreed: float | None = None,
        rounds: int = 1,
        items: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Exchange:
        """Send one, and let so many hours pass until each step. `items` gives the first round's verdicts."""
        speaker, listener = by or self.world.priya, to or self.world.tom
        exchange = Exchange.objects.create(
            reference=f"LF-{next(NUMBERS)}",
            cycle=self.cycle,
            stage="SHARE",
            speaker=speaker,
            listener=listener,
            urgency="HIGH",
            respond_by=sent_at,
            prepared_at=sent_at,
            prepared_by=speaker,
            **{"kind": "DISCLOSURE", **more},
        )
        made = [
            Item.objects.create(exchange=exchange, number=n, kind=kind, text="Words.", is_key=True)
            for n, kind in enumerate(items or {}, start=1)
        ]
        _change(exchange, sent_at=sent_at, sent_by=speaker)
        if received is not None:
            _change(exchange, received_at=sent_at + received * HOUR, received_by=listener)
        if understood is not None:
            at = sent_at + understood * HOUR
            for number in range(1, rounds + 1):
                self._round(exchange, number, at, is_last=number == rounds, made=made, items=items or {})
            _change(exchange, understood_at=at, understood_by=speaker)
        if agreed is not None:
            for about in Agreement.About:
                at = sent_at + agreed * HOUR
                Agreement.objects.create(exchange=exchange, about=about, answer="AGREE", by=listener, at=at)
        return exchange

    def _round(
        self,
        exchange: Exchange,
        number: int,
        at: datetime,
        *,
        is_last: bool,
        made: list[Item],
        items: Mapping[str, str],
    ) -> None:
        opened = Round.objects.create(
            exchange=exchange,
            number=number,
            what_happened="Words.",
            what_worries_me="Words.",
            what_i_will_do="Words.",
            restated_by=exchange.listener,
            restated_at=at,
            similarity=0,
            outcome="CONFIRMED" if is_last else "CORRECTED",
            note="" if is_last else "Again.",
            checked_by=exchange.speaker,
            checked_at=at,
        )
        for item in made:
            answer = items[item.kind] if number == 1 and not is_last else "UNDERSTOOD"
            Verdict.objects.create(round=opened, item=item, answer=answer)


def _change(exchange: Exchange, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(exchange, name, value)
    exchange.save(update_fields=list(fields))
