"""Links to people without an account: make them, send them anew, end them; codes, visits, strangers."""

from __future__ import annotations

from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from django.db import transaction
from django.utils import timezone

from agencies.models import ContactPoint, Membership, TimeLimit
from agencies.refusals import Refused
from notifications import operations as notifications
from notifications import texts
from notifications.models import Message
from sharing import rules
from sharing.links import limits
from sharing.links.secrets import code_hash, new_code, new_token, token_hash
from sharing.models import Exchange, Link, LinkAttempt, LinkCode, LinkToken, LinkVisit, Stranger
from sharing.operations import parties
from sharing.operations.check_back import lock_exchange

What = LinkAttempt.What
CODE_LIVES = timedelta(minutes=10)
READ_OUT_CODE_LIVES = timedelta(minutes=15)
VISIT_LIVES = timedelta(minutes=30)
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


class LinkIsOver(Refused):
    """The link was ended, is locked, or its time is up."""


class WrongCode(Refused):
    """The code is not the one that was sent, was used already, or is too old."""


# --- The link ----------------------------------------------------------------------------------


def outside(exchange: Exchange) -> Membership | None:
    """Return who in an exchange has no account, or None. Both sides never lack one."""
    for member in (exchange.listener, exchange.speaker):
        if member.is_outside:
            return member
    return None


def follow(exchange: Exchange, *, at: datetime) -> Link | None:
    """Make sure that an exchange with somebody without an account has its link. Idempotent.

    The caller holds the lock of the concern. The code goes by text message where a gateway is set up and a
    number was checked; otherwise the speaker reads it out.
    """
    member = outside(exchange)
    if member is None or exchange.sent_at is None:
        return None
    point = _code_point(member)
    by_text = point is not None and texts.is_set_up()
    link, _ = Link.objects.get_or_create(
        exchange=exchange,
        defaults={
            "member": member,
            "code_by": Link.CodeBy.TEXT if by_text else Link.CodeBy.SPEAKER,
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
    phones = ContactPoint.objects.checked().filter(member=member, kind=ContactPoint.Kind.PHONE)
    return phones.order_by("-checked_at").first()


def _ends_at(exchange: Exchange, *, at: datetime) -> datetime:
    """Count the policy's hours by the clock, right across a change of it (UTC has none)."""
    member = exchange.listener if exchange.speaker.is_outside else exchange.speaker
    return parties.limit_of(member, TimeLimit.Key.LINK, at=at).at


def _lock(link: Link) -> Link:
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
    link = _lock(link)
    speaker = speaker_of(link)
    acting_for = parties.require_party(by, speaker, at=at, what="send a new link")
    rules.require_version(link, seen_version, "A colleague changed this link meanwhile.")
    if exchange.not_mine_at or exchange.withdrawn_at:
        raise Refused("This was withdrawn or was not for them, so no link is sent.")
    if code_by:
        link.code_by = Link.CodeBy(code_by)
        link.code_point = _code_point(link.member)
        if link.code_by == Link.CodeBy.TEXT and (link.code_point is None or not texts.is_set_up()):
            raise Refused(
                "A code cannot be sent by text message: there is no checked number, or no gateway.",
                "Choose to read the code out on the telephone.",
            )
    end_tokens(link, at=at)
    link.renewed_at, link.ends_at = at, _ends_at(exchange, at=at)
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
    link = _lock(Link.objects.select_related("exchange__cycle").get(exchange=exchange))
    acting_for = parties.require_party(by, speaker_of(link), at=at, what="end this link")
    rules.require_version(link, seen_version, "A colleague changed this link meanwhile.")
    if link.revoked_at:
        raise rules.AlreadyDone("This link has been ended already.")
    link.revoked_at, link.revoked_by, link.revoked_why = at, by, why
    link.version += 1
    link.save(update_fields=["revoked_at", "revoked_by", "revoked_why", "version"])
    end_tokens(link, at=at)
    parties.write_down("sharing.link.ended", by=by, at=at, about=exchange, acting_for=acting_for)
    return link


def end_tokens(link: Link, *, at: datetime) -> None:
    """End what was sent before: addresses, codes and visits."""
    LinkToken.objects.filter(link=link, ends_at__gt=at, ended_at__isnull=True).update(ended_at=at)
    LinkCode.objects.filter(link=link, used_at__isnull=True, dropped_at__isnull=True).update(dropped_at=at)
    LinkVisit.objects.filter(link=link, ended_at__isnull=True).update(ended_at=at)


# --- Made at the moment of sending -------------------------------------------------------------


class WaysIn:
    """Makes addresses and codes when a message goes out, so that neither is ever kept (notifications)."""

    def path(self, message: Message) -> tuple[str, datetime | None]:
        """Return the path of a new address for a notice, and until when it works; empty for none."""
        if message.kind in CARRIES_NO_LINK:
            return "", None
        at = timezone.now()
        link = (
            Link.objects.filter(
                exchange__reference=_exchange_of(message.reference), member=message.to_member_id
            )
            .select_related("exchange__speaker__agency", "exchange__listener__agency")
            .first()
        )
        if link is None or link.is_over:
            return "", None
        token = new_token()
        ends_at = max(link.ends_at, _ends_at(link.exchange, at=message.queued_at))
        if ends_at <= at:
            return "", None
        with transaction.atomic():
            LinkToken.objects.create(
                link=link, hash=token_hash(token), message_id=message.pk, made_at=at, ends_at=ends_at
            )
            Link.objects.filter(pk=link.pk, ends_at__lt=ends_at).update(ends_at=ends_at)
        return f"/l/{token}/", ends_at

    def text(self, message: Message) -> str:
        """Return the words of a text message with a new code for its link."""
        link = Link.objects.get(exchange__reference=message.reference, member=message.to_member_id)
        code = new_code()
        _keep_code(link, code, at=timezone.now(), lives=CODE_LIVES, by=None)
        return (
            f"{code} is your Check Back code for {message.reference}. "
            "It works for 10 minutes. Tell it to nobody."
        )


def _exchange_of(reference: str) -> str:
    """An action's or a disagreement's notice leads by the exchange that it rests on."""
    from sharing.models import Action, Disagreement

    for model in (Action, Disagreement):
        found: Any = model.objects.filter(reference=reference).values_list("exchange__reference", flat=True)
        if first := found.first():
            return str(first)
    return reference


@transaction.atomic
def _keep_code(link: Link, code: str, *, at: datetime, lives: timedelta, by: Membership | None) -> LinkCode:
    """Keep the hash of a code; the one before it works no longer."""
    Link.objects.select_for_update().get(pk=link.pk)
    LinkCode.objects.filter(link=link, used_at__isnull=True, dropped_at__isnull=True).update(dropped_at=at)
    return LinkCode.objects.create(
        link=link, hash=code_hash(link.pk, code), by=by, made_at=at, ends_at=at + lives
    )


# --- What somebody does with it ----------------------------------------------------------------


def attempt(
    what: LinkAttempt.What,
    *,
    at: datetime,
    link: Link | None = None,
    address: str | None = None,
    automated: bool = False,
) -> LinkAttempt:
    """Write down one thing that was done with a link or an address that leads nowhere."""
    return LinkAttempt.objects.create(
        link=link, what=what, at=at, address=address, network=limits.network_of(address), automated=automated
    )


@transaction.atomic
def ask_for_code(link: Link, *, at: datetime, address: str | None) -> Link:
    """Send the code of a link to its person: by text, or tell the speaker to ring them and read one out.

    Raises LinkIsOver, TooManyTries.
    """
    link = _lock(link)
    require_not_over(link, at=at)
    limits.require_another_code(link, at=at)
    attempt(What.CODE_SENT, at=at, link=link, address=address)
    if link.code_by == Link.CodeBy.TEXT and link.code_point is not None:
        notifications.queue(
            Message.Kind.CODE,
            to=notifications.Recipient(
                link.member_id, link.member.agency_reference, link.code_point.address, by_link=True
            ),
            reference=link.exchange.reference,
            sender_agency=speaker_of(link).agency.name,
            from_agency=speaker_of(link).agency_reference,
            path="/",
            at=at,
            dedupe_key=f"code:{link.pk}:{link.attempts.filter(what=What.CODE_SENT).count()}",
            priority=Message.Priority.URGENT,
        )
    else:
        event = parties.write_down("sharing.link.code_wanted", by=None, at=at, about=link.exchange)
        parties.tell_if_possible(
            speaker_of(link),
            Message.Kind.LINK,
            about=link.exchange,
            sender=link.member,
            at=at,
            event=event,
            urgent=True,
        )
    return link


def require_not_over(link: Link, *, at: datetime, is_newest: bool = True) -> None:
    """Let nobody in by a link that was ended, is locked, or has run out. Raises LinkIsOver.

    Whoever holds a token was sent it, so the sentence may say what became of it: it cannot be guessed.
    """
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

    Raises NotYourTurn, LinkIsOver, TooManyTries.
    """
    rules.require_role(by)
    exchange, _ = lock_exchange(exchange)
    link = _lock(Link.objects.select_related("exchange__cycle").get(exchange=exchange))
    acting_for = parties.require_party(by, speaker_of(link), at=at, what="read out the code")
    require_not_over(link, at=at)
    if link.code_by != Link.CodeBy.SPEAKER:
        raise Refused("The code goes to them by text message. Send a new link to change that.")
    code = new_code()
    _keep_code(link, code, at=at, lives=READ_OUT_CODE_LIVES, by=by)
    parties.write_down("sharing.link.code_read_out", by=by, at=at, about=exchange, acting_for=acting_for)
    return code


def enter_code(link: Link, code: str, *, at: datetime, address: str | None) -> LinkVisit:
    """Begin a visit with the right code. A wrong one counts, whatever happens afterwards.

    Raises LinkIsOver, WrongCode (with how many tries are left), TooManyTries.
    """
    tried = _try_code(link, code, at=at, address=address)
    if isinstance(tried, Refused):
        raise tried
    return tried


@transaction.atomic
def _try_code(link: Link, code: str, *, at: datetime, address: str | None) -> LinkVisit | Refused:
    """Try a code under the lock of its link. Returned, not raised: the count of a wrong one has to stay."""
    link = _lock(link)
    require_not_over(link, at=at)
    limits.require_not_too_many(at=at, address=address)
    waiting = LinkCode.objects.filter(
        link=link, used_at__isnull=True, dropped_at__isnull=True, ends_at__gt=at
    ).first()
    entered = "".join(code.split())
    if waiting is None or not compare_digest(bytes(waiting.hash), code_hash(link.pk, entered)):
        return _wrong(link, had_one=waiting is not None, at=at, address=address)
    waiting.used_at = at
    waiting.save(update_fields=["used_at"])
    link.wrong_codes = 0
    link.save(update_fields=["wrong_codes"])
    attempt(What.CODE_RIGHT, at=at, link=link, address=address)
    visit = LinkVisit.objects.create(link=link, began_at=at, ends_at=at + VISIT_LIVES)
    parties.write_down("sharing.link.visited", by=link.member, at=at, about=link.exchange)
    return visit


def _wrong(link: Link, *, had_one: bool, at: datetime, address: str | None) -> Refused:
    """Count a wrong code; the fifth locks the link, and the speaker is told."""
    attempt(What.CODE_WRONG, at=at, link=link, address=address)
    link.wrong_codes += 1
    if link.wrong_codes >= limits.WRONG_CODES:
        link.locked_at = at
        link.version += 1
        link.save(update_fields=["wrong_codes", "locked_at", "version"])
        end_tokens(link, at=at)
        event = parties.write_down("sharing.link.locked", by=None, at=at, about=link.exchange)
        parties.tell_with_lead(
            speaker_of(link), Message.Kind.LINK, about=link.exchange, sender=link.member, at=at, event=event
        )
        return LinkIsOver(
            "That was the fifth wrong code, so the link is locked.",
            f"{speaker_of(link).full_name} has been told. Ask them for a new link.",
        )
    link.save(update_fields=["wrong_codes"])
    left = limits.WRONG_CODES - link.wrong_codes
    tries = "one more try" if left == 1 else f"{left} more tries"
    if not had_one:
        return WrongCode(
            "No code is waiting: it was used, or is too old.", f"Ask for a new one. You have {tries}."
        )
    return WrongCode("That is not the code we sent.", f"Look at the last one you got. You have {tries}.")


@transaction.atomic
def stay_longer(visit: LinkVisit, *, at: datetime) -> LinkVisit:
    """Give a visit that has not ended another half hour from now. Raises LinkIsOver."""
    link = _lock(visit.link)
    require_not_over(link, at=at)
    visit = LinkVisit.objects.select_for_update().get(pk=visit.pk)
    if visit.ended_at or visit.ends_at <= at:
        raise LinkIsOver("Your time was up.", "Open your link again and ask for a new code.")
    visit.ends_at = at + VISIT_LIVES
    visit.save(update_fields=["ends_at"])
    return visit


@transaction.atomic
def leave(visit: LinkVisit, *, at: datetime) -> None:
    """End a visit because the person says so."""
    LinkVisit.objects.filter(pk=visit.pk, ended_at__isnull=True).update(ended_at=at)


@transaction.atomic
def not_me(
    link: Link,
    *,
    at: datetime,
    address: str | None,
    name: str = "",
    job_title: str = "",
    organisation: str = "",
    email: str = "",
) -> None:
    """Write down that somebody else has the link. The speaker is told and can add them properly.

    With a name they leave word who they are. Raises LinkIsOver, TooManyTries.
    """
    link = _lock(link)
    require_not_over(link, at=at)
    limits.require_not_too_many(at=at, address=address)
    recent = link.attempts.filter(what=What.NOT_ME, at__gt=at - limits.WINDOW).count()
    if recent >= limits.CODES_AN_HOUR:
        raise limits.TooManyTries(
            "This has been said already.", "The person who sent the link has been told."
        )
    attempt(What.NOT_ME, at=at, link=link, address=address)
    if name.strip():
        Stranger.objects.create(
            link=link, name=name, job_title=job_title, organisation=organisation, email=email, at=at
        )
    event = parties.write_down("sharing.link.not_them", by=None, at=at, about=link.exchange)
    parties.tell_with_lead(
        speaker_of(link), Message.Kind.LINK, about=link.exchange, sender=link.member, at=at, event=event
    )
