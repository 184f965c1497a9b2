"""Questions asked of exchanges, enquiries and actions. Each starts from who is asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from agencies.models import Membership
from agencies.roles import Permission

if TYPE_CHECKING:
    from sharing.models import Exchange

    ExchangeBase = models.QuerySet[Exchange]
else:
    ExchangeBase = models.QuerySet


def on_side(member: Membership, *fields: str) -> Q:
    """Rows in which one of `fields` is me, someone I deputise for or, where I oversee, my agency."""
    acting_for = Membership.objects.acting_for(member, on=timezone.localdate()).values("pk")
    mine = Q()
    for field in fields:
        mine |= Q(**{f"{field}__in": acting_for})
        if member.may(Permission.OVERSEE):
            mine |= Q(**{f"{field}__agency": member.agency_id})
    return mine


class ExchangeQuerySet(ExchangeBase):
    """Exchanges."""

    def visible_to(self, member: Membership | None) -> ExchangeQuerySet:
        """Those I speak or listen in, or my agency does and my role oversees. A listener sees sent ones."""
        if member is None or not member.may(Permission.EXCHANGE):
            return self.none()
        return self.filter(on_side(member, "speaker") | (on_side(member, "listener") & Q(sent_at__isnull=False)))

    def open(self) -> ExchangeQuerySet:
        """Sent, accountable, and not over."""
        return self.filter(
            sent_at__isnull=False,
            understood_at__isnull=True,
            withdrawn_at__isnull=True,
            not_mine_at__isnull=True,
            superseded_by__isnull=True,
        )

    def with_turn(self) -> ExchangeQuerySet:
        """Annotate `has_open_round`: a restatement waits for the speaker's check."""
        from sharing.models import Round

        return self.annotate(has_open_round=Exists(Round.objects.filter(exchange=OuterRef("pk"), outcome="")))

    def with_people(self) -> ExchangeQuerySet:
        return self.select_related(
            "speaker__user", "speaker__agency", "listener__user", "listener__agency", "cycle__concern"
        )
