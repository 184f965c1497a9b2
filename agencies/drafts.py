"""What people are typing, kept on the server. A draft belongs to one person in one role.

A form carries a signed token that names its holder and key, so that text posted after the session
has ended still reaches the person who wrote it, and nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.http import QueryDict

from agencies import scope
from agencies.http import HatRequest
from agencies.models import Draft, Membership
from agencies.prepared import Prepared, PreparedChange

TOKEN_LIFE = timedelta(days=2)
NEARBY = timedelta(minutes=30)
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "form_id", "version", "draft_token", "back_to"})
SALT = "agencies.drafts"
LARGEST = 200_000


class Kept(NamedTuple):
    """A draft as a form uses it."""

    data: dict[str, Any]
    saved_at: datetime


class Other(NamedTuple):
    """Somebody else who is writing in the same form."""

    name: str
    saved_at: datetime


class TokenNotValid(Exception):
    """A draft token was forged, damaged or too old."""


def token(holder: Membership, key: str) -> str:
    """Sign who is writing and where."""
    return signing.dumps([str(holder.pk), key], salt=SALT)


def read_token(value: str) -> tuple[UUID, str]:
    """Return the holder's id and the key. Raises TokenNotValid."""
    try:
        holder, key = signing.loads(value, salt=SALT, max_age=TOKEN_LIFE)
        return UUID(holder), str(key)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise TokenNotValid from error


def find(holder: Membership | None, key: str) -> Kept | None:
    """Return what the holder was typing under a key, if anything."""
    if holder is None:
        return None
    draft = OWN.first(holder=holder.pk, key=key)
    return Kept(draft.data, draft.saved_at) if draft else None


OWN = Prepared(lambda *, holder, key: Draft.objects.filter(holder=holder, key=key))


def fields_of(post: QueryDict) -> dict[str, Any]:
    """Turn a posted form into what a draft keeps: a value, or a list where there are several.

    The character NUL is left out, because PostgreSQL cannot store it and no keyboard types it.
    """
    return {
        name: values[0] if len(values) == 1 else values
        for name, raw in post.lists()
        if name not in NOT_KEPT and (values := [str(value).replace("\0", "") for value in raw])
    }


def keep(holder_id: UUID, key: str, data: dict[str, Any], *, at: datetime) -> bool:
    """Save what somebody is typing and say whether it is anything new. The latest wins: it is their own.

    Raises TokenNotValid where there is no such holder, as for a token of another database.
    """
    if not Membership.objects.filter(pk=holder_id).exists():
        raise TokenNotValid(str(holder_id))
    with transaction.atomic():
        draft, is_new = Draft.objects.select_for_update().get_or_create(
            holder_id=holder_id, key=key, defaults={"data": data, "saved_at": at}
        )
        differs = is_new or draft.data != data
        if not is_new:
            draft.data, draft.saved_at = data, at
            draft.save(update_fields=["data", "saved_at"])
    return differs


def keep_own(request: HatRequest, *, at: datetime) -> None:
    """Keep what stands in the form that somebody sent, where it is their own: nothing else has kept it."""
    try:
        holder, key = read_token(request.POST.get("draft_token", ""))
    except TokenNotValid:
        return
    if holder == request.membership.pk:
        keep(holder, key, fields_of(request.POST), at=at)


def drop(holder: Membership, key: str) -> None:
    """Forget a draft, once its form has been saved."""
    DROPPED.do_later(holder=holder.pk, key=key)


DROPPED = PreparedChange(lambda *, holder, key: (Draft.objects.filter(holder=holder, key=key), None))


def drop_all(keys: Sequence[str]) -> None:
    """Forget what anybody was typing under these keys, because what it was about is gone."""
    with scope.across_agencies("whoever was answering what is gone may be of another agency"):
        Draft.objects.filter(key__in=keys).delete()


def others(holder: Membership, key: str, *, at: datetime) -> list[Other]:
    """Name colleagues of the same agency who wrote in the same form in the last 30 minutes."""
    rows = BESIDE.all(holder=holder.pk, agency=holder.agency_id, key=key, since=at - NEARBY)
    return [Other(name, saved_at) for name, saved_at in rows]


BESIDE = Prepared(
    lambda *, holder, agency, key, since: (
        Draft.objects.filter(key=key, saved_at__gte=since, holder__agency_id=agency)
        .exclude(holder=holder)
        .values_list("holder__user__full_name", "saved_at")
        .order_by("holder__user__full_name")
    )
)
