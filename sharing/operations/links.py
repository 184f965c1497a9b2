"""Links to people without an account: make them, send them anew, end them, and what is sent of them.

What somebody then does with a link is in visits.py.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from agencies.models import ContactPoint, Membership, TimeLimit
from agencies.refusals import NotAllowed, Refused
from notifications import texts
from notifications.models import Message
from sharing import rules
from sharing.links.secrets import code_hash, new_code, new_token, token_hash
from sharing.models import Exchange, Link, LinkCode, LinkToken, LinkVisit
from sharing.operations import obligations, parties
from sharing.operations.check_back import lock_exchange

logger = logging.getLogger(__name__)

CODE_LIVES = timedelta(minutes=10)
READ_OUT_CODE_LIVES = timedelta(minutes=15)
# These only say something: whoever has a link uses that one, and nobody else is given one.
CARRIES_NO_LINK = frozenset(
    {
        Message.Kind.REMINDER,
        Message.Kind.DUE,
        Message.Kind.LATE,
        Message.Kind.RECEIVED,
        Message.Kind.UNDERSTOOD,
        Message.Kind.NOT_MINE,
        Message.Kind.WITHDRAWN,
        Message.Kind.UNDELIVERED,
        Message.Kind.MANAGER,
    }
)
NO_TEXT = (
    "A code cannot be sent by text message: there is no checked number, or no gateway.",
    "Choose to read the code out on the telephone.",
)


class LinkIsOver(Refused):
    """The link was ended, is locked, or its time is up."""

    status = 410


# --- The link ----------------------------------------------------------------------------------


def outside(exchange: Exchange) -> Membership | None:
    """Return who in an exchange has no account, or None. Both sides never lack one."""
    for member in (exchange.listener, exchange.speaker):
        if member.is_outside:
            return member
    return None


def follow(exchange: Exchange, *, at: datetime, code_by: str = "") -> Link | None:
    """Make sure that an exchange with somebody without an account has its link. Idempotent.

    The caller holds the lock of the concern. The code goes by text message where a gateway is set up and a
    number was checked, unless `code_by` (Link.CodeBy) says otherwise; else the speaker reads it out. Raises
    Refused where a text was chosen that cannot be sent.
    """
    member = outside(exchange)
    if member is None or exchange.sent_at is None:
        return None
    point = _code_point(member)
    by_text = point is not None and texts.is_set_up()
    if code_by == Link.CodeBy.TEXT and not by_text:
        raise Refused(*NO_TEXT)
    link, _ = Link.objects.get_or_create(
        exchange=exchange,
        defaults={
            "member": member,
            "code_by": code_by or (Link.CodeBy.TEXT if by_text else Link.CodeBy.SPEAKER),
            "code_point": point,
            "made_at": at,
            "renewed_at": at,
            "ends_at": _ends_at(exchange, at=at),
        },
    )
    return link


def can_be_proved(member: Membership) -> bool:
    """Say whether there is a second way to reach somebody without an account, for the code."""
    return _code_point(member) is not None


def _code_point(member: Membership) -> ContactPoint | None:
    """Return the number that codes go to: checked, and not retired meanwhile."""
    phones = ContactPoint.objects.checked().filter(member=member, kind=ContactPoint.Kind.PHONE)
    return phones.order_by("-checked_at").first()


def _ends_at(exchange: Exchange, *, at: datetime) -> datetime:
    """Count the policy's hours by the clock, right across a change of it (UTC has none)."""
    member = exchange.listener if exchange.speaker.is_outside else exchange.speaker
    return parties.limit_of(member, TimeLimit.Key.LINK, at=at).at


def lock_link(link: Link) -> Link:
    """Lock a link through its concern, like everything that sharing changes."""
    parties.lock_concern(link.exchange.cycle.concern_id)
    rows = Link.objects.select_for_update(of=("self",)).select_related(
        "member__agency__partnership",
        "exchange__speaker__user",
        "exchange__speaker__agency",
        "exchange__listener__user",
        "exchange__listener__agency",
        "exchange__cycle__concern",
        "code_point",
    )
    return rows.get(pk=link.pk)


def speaker_of(link: Link) -> Membership:
    """Who answers for the link: the side that has an account."""
    exchange = link.exchange
    return exchange.listener if exchange.speaker_id == link.member_id else exchange.speaker


@transaction.atomic
def send_new_link(
    exchange: Exchange, *, by: Membership, at: datetime, code_by: str = "", seen_version: int | None = None
) -> Link:
    """Send a new link to somebody without an account: its time starts anew, a lock is lifted.

    `code_by` (Link.CodeBy) changes how the code reaches them. Links sent before end. Raises NotYourTurn
    for anybody but the side with an account, Refused once there is nothing more to do.
    """
    rules.require_role(by)
    exchange, _ = lock_exchange(exchange)
    link = follow(exchange, at=at)
    if link is None:
        raise Refused("This person has an account, so they need no link.")
    link = lock_link(link)
    speaker = speaker_of(link)
    acting_for = parties.require_party(by, speaker, at=at, what="send a new link")
    rules.require_version(link, seen_version, "A colleague changed this link meanwhile.")
    if exchange.not_mine_at or exchange.withdrawn_at:
        raise Refused("This was withdrawn or was not for them, so no link is sent.")
    require_in_directory(link)
    link.code_point = _code_point(link.member)
    if code_by:
        link.code_by = Link.CodeBy(code_by)
        if link.code_by == Link.CodeBy.TEXT and (link.code_point is None or not texts.is_set_up()):
            raise Refused(*NO_TEXT)
    end_tokens(link, at=at)
    link.renewed_at, link.ends_at, link.time_up_at = at, _ends_at(exchange, at=at), None
    link.wrong_codes, link.locked_at = 0, None
    link.revoked_at, link.revoked_by, link.revoked_why = None, None, ""
    link.version += 1
    link.save()
    event = parties.write_down("sharing.link.sent", by=by, at=at, about=exchange, acting_for=acting_for)
    parties.tell(
        link.member,
        Message.Kind.LINK,
        about=exchange,
        sender=by,
        at=at,
        event=event,
        respond_by=exchange.respond_by,
        urgent=exchange.urgency == "URGENT",
    )
    return link


@transaction.atomic
def end_link(
    exchange: Exchange, *, by: Membership, at: datetime, why: str = "", seen_version: int | None = None
) -> Link:
    """End a link at once: nobody gets in by it any more, and who is in is out."""
    rules.require_role(by)
    exchange, _ = lock_exchange(exchange)
    link = lock_link(_link_of(exchange))
    acting_for = parties.require_party(by, speaker_of(link), at=at, what="end this link")
    rules.require_version(link, seen_version, "A colleague changed this link meanwhile.")
    if link.revoked_at:
        raise rules.AlreadyDone("This link has been ended already.")
    _revoke(link, by=by, at=at, why=why)
    parties.write_down("sharing.link.ended", by=by, at=at, about=exchange, acting_for=acting_for)
    return link


@transaction.atomic
def end_links_of(member: Membership, *, by: Membership, at: datetime, why: str) -> list[Link]:
    """End every link of somebody without an account, whoever of their directory's agency sent it.

    Raises NotAllowed for another agency's.
    """
    rules.require_role(by)
    if by.is_outside or member.agency.kept_by_id != by.agency_id:
        raise NotAllowed("They are looked after by the agency that added them.")
    rows = Link.objects.filter(member=member, revoked_at__isnull=True).select_related("exchange__cycle")
    ended = [lock_link(link) for link in rows.order_by("exchange__cycle__concern", "pk")]
    for link in ended:
        _revoke(link, by=by, at=at, why=why)
        parties.write_down("sharing.link.ended", by=by, at=at, about=link.exchange)
    return ended


def _revoke(link: Link, *, by: Membership, at: datetime, why: str) -> None:
    """Mark a link as ended, with all that was sent for it. The caller holds the lock of its concern."""
    link.revoked_at, link.revoked_by, link.revoked_why = at, by, why
    link.version += 1
    link.save(update_fields=["revoked_at", "revoked_by", "revoked_why", "version"])
    end_tokens(link, at=at)


def run_out(*, at: datetime, limit: int = 100) -> int:
    """Write down of each link whose time is up that it is, and ask for a new one where something waits.

    Returns how many there were. What waits stays open. Each link is a transaction of its own.
    """
    running = Link.objects.filter(
        ends_at__lte=at, time_up_at__isnull=True, revoked_at__isnull=True, locked_at__isnull=True
    )
    count = 0
    for link in running.select_related("exchange__cycle").order_by("ends_at")[:limit]:
        try:
            count += _run_out(link, at=at)
        except Exception as error:  # noqa: BLE001  # reported, and asked again at the next turn: it stops nobody
            logger.error(
                "a link has not been run out", extra={"link": link.pk, "error": type(error).__name__}
            )
    return count


@transaction.atomic
def _run_out(link: Link, *, at: datetime) -> bool:
    link = lock_link(link)
    if link.ends_at > at or link.time_up_at or link.is_over:
        return False
    link.time_up_at = at
    link.save(update_fields=["time_up_at"])
    parties.write_down("sharing.link.time_up", by=None, at=at, about=link.exchange)
    return True


def end_tokens(link: Link, *, at: datetime, visits_too: bool = True) -> None:
    """End what was sent before: addresses and codes and, unless told otherwise, visits."""
    LinkToken.objects.filter(link=link, ends_at__gt=at, ended_at__isnull=True).update(ended_at=at)
    LinkCode.objects.filter(link=link, used_at__isnull=True, dropped_at__isnull=True).update(dropped_at=at)
    if visits_too:
        LinkVisit.objects.filter(link=link, ended_at__isnull=True).update(ended_at=at)


def _link_of(exchange: Exchange) -> Link:
    """Return the link of an exchange. Raises Refused where nobody in it is without an account."""
    found = Link.objects.select_related("exchange__cycle").filter(exchange=exchange).first()
    if found is None:
        raise Refused("Both sides of this have an account, so there is no link.")
    return found


def require_in_directory(link: Link) -> None:
    """Let nobody in who was taken out of the directory since. Raises LinkIsOver."""
    if not link.member.is_current:
        speaker = speaker_of(link)
        raise LinkIsOver(
            f"{link.member.full_name} is no longer in the directory of {speaker.agency.name}.",
            f"Ask {speaker.full_name} who should have this.",
        )


def require_not_over(link: Link, *, at: datetime, is_newest: bool = True) -> None:
    """Let nobody in by a link that was ended, is locked, or has run out. Raises LinkIsOver.

    Whoever holds a token was sent it, so the sentence may say what became of it: it cannot be guessed.
    """
    require_in_directory(link)
    speaker = speaker_of(link)
    ask = f"Ask {speaker.full_name}, {speaker.agency.name}, for a new one."
    if link.locked_at:
        raise LinkIsOver(
            "This link is locked, because a wrong code was entered five times. "
            f"{speaker.full_name} has been told.",
            ask,
        )
    if link.revoked_at:
        raise LinkIsOver("This link has been ended by the person who sent it.", ask)
    if link.ends_at <= at:
        raise LinkIsOver("The time of this link is up.", ask)
    if not is_newest:
        newer = "This link has ended, because a newer one was sent."
        raise LinkIsOver(newer, "Open the last e-mail that you got about it.")


@transaction.atomic
def read_out_code(exchange: Exchange, *, by: Membership, at: datetime) -> str:
    """Make a code for the speaker to read out on the telephone, once. It is shown now and kept nowhere.

    Raises NotYourTurn, LinkIsOver, Refused where the code goes by text message.
    """
    rules.require_role(by)
    exchange, _ = lock_exchange(exchange)
    link = lock_link(_link_of(exchange))
    acting_for = parties.require_party(by, speaker_of(link), at=at, what="read out the code")
    require_not_over(link, at=at)
    if link.code_by != Link.CodeBy.SPEAKER:
        raise Refused("The code goes to them by text message. Send a new link to change that.")
    code = new_code()
    _keep_code(link, code, at=at, lives=READ_OUT_CODE_LIVES, by=by)
    parties.write_down("sharing.link.code_read_out", by=by, at=at, about=exchange, acting_for=acting_for)
    return code


# --- Made at the moment of sending -------------------------------------------------------------


class WaysIn:
    """Makes addresses and codes when a message goes out, so that neither is ever kept (notifications)."""

    def path(self, message: Message) -> tuple[str, datetime | None]:
        """Return the path of a new address for a notice, and until when it works; empty for none."""
        if message.kind in CARRIES_NO_LINK:
            return "", None
        at = timezone.now()
        with transaction.atomic():
            link = _of_message(message)
            if link is None or link.is_over or not link.member.is_current:
                return "", None
            ends_at = max(link.ends_at, _ends_at(link.exchange, at=message.queued_at))
            if ends_at <= at:
                return "", None
            token = new_token()
            LinkToken.objects.create(
                link=link, hash=token_hash(token), message_id=message.pk, made_at=at, ends_at=ends_at
            )
            longer = Link.objects.filter(pk=link.pk, ends_at__lt=ends_at).update(
                ends_at=ends_at, time_up_at=None
            )
        if longer:
            _needed_later(link, at=at)
        return f"/l/{token}/", ends_at

    def text(self, message: Message) -> str:
        """Return the words of a text message with a new code for its link."""
        code = new_code()
        with transaction.atomic():
            link = _of_message(message)
            if link is None:
                raise LinkIsOver("There is no link that this code is for.")
            _keep_code(link, code, at=timezone.now(), lives=CODE_LIVES, by=None)
        return (
            f"{code} is your Check Back code for {message.reference}. "
            "It works for 10 minutes. Tell it to nobody."
        )


def _of_message(message: Message) -> Link | None:
    """Return the link that a message is about, locked. The caller is in a transaction."""
    rows = Link.objects.select_for_update(of=("self",)).filter(
        exchange__reference=_exchange_of(message.reference), member=message.to_member_id
    )
    return rows.select_related(
        "member__user", "exchange__speaker__agency", "exchange__listener__agency"
    ).first()


@transaction.atomic
def _needed_later(link: Link, *, at: datetime) -> None:
    """A link that works longer is needed anew later. Locks the concern before the link."""
    obligations.follow(lock_link(link), at=at)


def _exchange_of(reference: str) -> str:
    """An action's or a disagreement's notice leads by the exchange that it rests on."""
    from sharing.models import Action, Disagreement

    for model in (Action, Disagreement):
        found: Any = model.objects.filter(reference=reference).values_list("exchange__reference", flat=True)
        if first := found.first():
            return str(first)
    return reference


def _keep_code(link: Link, code: str, *, at: datetime, lives: timedelta, by: Membership | None) -> LinkCode:
    """Keep the hash of a code; the one before it works no longer. The caller holds the lock of the link."""
    LinkCode.objects.filter(link=link, used_at__isnull=True, dropped_at__isnull=True).update(dropped_at=at)
    return LinkCode.objects.create(
        link=link, hash=code_hash(link.pk, code), by=by, made_at=at, ends_at=at + lives
    )
