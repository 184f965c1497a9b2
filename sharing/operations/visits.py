"""What somebody does with a link: ask for a code, enter it, stay, leave, say that they are somebody else.

Until the right code was entered nobody knows whose hand it is, so the operations are done `by` None.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hmac import compare_digest

from django.db import transaction

from agencies.models import Membership
from agencies.refusals import Refused
from notifications import operations as notifications
from notifications.models import Message
from sharing.links import limits
from sharing.links.secrets import code_hash
from sharing.models import Link, LinkAttempt, LinkCode, LinkVisit, Stranger
from sharing.operations import parties
from sharing.operations.links import LinkIsOver, end_tokens, lock_link, require_not_over, speaker_of

What = LinkAttempt.What
VISIT_LIVES = timedelta(minutes=30)


class WrongCode(Refused):
    """The code is not the one that was sent, was used already, or is too old."""


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
        link=link,
        what=what,
        at=at,
        address=address or None,
        network=limits.network_of(address),
        automated=automated,
    )


def note_too_many(*, at: datetime, address: str | None) -> None:
    """Write down, once an hour, that a place was refused because of its many tries."""
    noted = LinkAttempt.objects.filter(what=What.TOO_MANY, address=address, at__gt=at - limits.WINDOW)
    if address and not noted.exists():
        attempt(What.TOO_MANY, at=at, address=address)


@transaction.atomic
def ask_for_code(link: Link, *, by: Membership | None, at: datetime, address: str | None) -> Link:
    """Send the code of a link to its person: by text, or tell the speaker to ring them and read one out.

    Raises LinkIsOver, TooManyTries, or Refused where the speaker cannot be told.
    """
    link = lock_link(link)
    require_not_over(link, at=at)
    limits.require_another_code(link, at=at)
    attempt(What.CODE_SENT, at=at, link=link, address=address)
    number = link.attempts.filter(what=What.CODE_SENT).count()
    point = link.code_point
    if link.code_by == Link.CodeBy.TEXT and point is not None and point.retired_at is None:
        parties.write_down("sharing.link.code_sent", by=by, at=at, about=link.exchange)
        notifications.queue(
            Message.Kind.CODE,
            to=notifications.Recipient(
                link.member_id, link.member.agency_reference, point.address, by_link=True
            ),
            reference=link.exchange.reference,
            sender_agency=speaker_of(link).agency.name,
            from_agency=speaker_of(link).agency_reference,
            path="/",
            at=at,
            dedupe_key=f"code:{link.pk}:{number}",
            priority=Message.Priority.URGENT,
        )
        return link
    _ask_speaker(link, by=by, at=at)
    return link


def _ask_speaker(link: Link, *, by: Membership | None, at: datetime) -> None:
    """Tell the speaker, or their lead, that somebody waits to be rung."""
    event = parties.write_down("sharing.link.code_wanted", by=by, at=at, about=link.exchange)
    speaker = speaker_of(link)
    told = parties.tell_if_possible(
        speaker,
        Message.Kind.LINK,
        about=link.exchange,
        sender=link.member,
        at=at,
        event=event,
        urgent=True,
    )
    if not told:
        raise Refused(
            f"{speaker.full_name} cannot be told from here that you wait for a code.",
            f"Ring {speaker.agency.name} on a number that you know, and ask for one.",
        )


def enter_code(link: Link, code: str, *, at: datetime, address: str | None) -> LinkVisit:
    """Begin a visit with the right code. A wrong one counts, whatever happens afterwards.

    Raises LinkIsOver, WrongCode (with how many tries are left), TooManyTries.
    """
    entered = code_hash(link.pk, code)  # slow on purpose, so before anything is locked
    tried = _try_code(link, entered, at=at, address=address)
    if isinstance(tried, Refused):
        raise tried
    return tried


@transaction.atomic
def _try_code(link: Link, entered: bytes, *, at: datetime, address: str | None) -> LinkVisit | Refused:
    """Try a code under the lock of its link. Returned, not raised: the count of a wrong one has to stay."""
    link = lock_link(link)
    require_not_over(link, at=at)
    limits.take_turns(address)
    limits.require_not_too_many(at=at, address=address)
    waiting = LinkCode.objects.filter(link=link, used_at__isnull=True, dropped_at__isnull=True).first()
    if waiting is None or waiting.ends_at <= at:
        return _nothing_to_try(link, entered, at=at, address=address)
    if not compare_digest(bytes(waiting.hash), entered):
        return _wrong(link, at=at, address=address)
    waiting.used_at = at
    waiting.save(update_fields=["used_at"])
    link.wrong_codes = 0
    link.save(update_fields=["wrong_codes"])
    attempt(What.CODE_RIGHT, at=at, link=link, address=address)
    LinkVisit.objects.filter(link=link, ended_at__isnull=True).update(ended_at=at)
    visit = LinkVisit.objects.create(link=link, began_at=at, ends_at=at + VISIT_LIVES)
    parties.write_down("sharing.link.visited", by=link.member, at=at, about=link.exchange)
    return visit


def _nothing_to_try(link: Link, entered: bytes, *, at: datetime, address: str | None) -> Refused:
    """Refuse a code where none waits. It cannot be guessed, so a tired person loses no try over it."""
    attempt(What.CODE_WRONG, at=at, link=link, address=address)
    known = LinkCode.objects.filter(link=link, hash=entered).order_by("-pk").first()
    if known is not None and known.used_at:
        return WrongCode("This code was used already. Each works once.", "Ask for another code.")
    if known is not None:
        return WrongCode("This code is too old.", "Ask for another code.")
    return WrongCode("No code waits for you: it was used, or is too old.", "Ask for another code.")


def _wrong(link: Link, *, at: datetime, address: str | None) -> Refused:
    """Count a wrong code; the fifth locks the link, and the speaker is told."""
    attempt(What.CODE_WRONG, at=at, link=link, address=address)
    link.wrong_codes += 1
    if link.wrong_codes < limits.WRONG_CODES:
        link.save(update_fields=["wrong_codes"])
        left = limits.WRONG_CODES - link.wrong_codes
        tries = "one more try" if left == 1 else f"{left} more tries"
        return WrongCode("That is not the last code we sent.", f"Look at it again. You have {tries}.")
    link.locked_at = at
    link.version += 1
    link.save(update_fields=["wrong_codes", "locked_at", "version"])
    # Whoever is in has proved who they are: a stranger's tries must not throw them out.
    end_tokens(link, at=at, visits_too=False)
    event = parties.write_down("sharing.link.locked", by=None, at=at, about=link.exchange)
    speaker = speaker_of(link)
    parties.tell_with_lead(
        speaker, Message.Kind.LINK, about=link.exchange, sender=link.member, at=at, event=event
    )
    return LinkIsOver(
        "That was the fifth wrong code, so the link is locked.",
        f"{speaker.full_name} has been told. Ask them for a new link.",
    )


@transaction.atomic
def stay_longer(visit: LinkVisit, *, by: Membership, at: datetime) -> LinkVisit:
    """Give a visit that has not ended another half hour from now. Raises LinkIsOver."""
    link = lock_link(visit.link)
    require_not_over(link, at=at)
    visit = LinkVisit.objects.select_for_update().get(pk=visit.pk)
    if visit.ended_at or visit.ends_at <= at:
        raise LinkIsOver("Your visit has ended.", "Open your link again and ask for a new code.")
    visit.ends_at = at + VISIT_LIVES
    visit.save(update_fields=["ends_at"])
    parties.write_down("sharing.link.stayed", by=by, at=at, about=link.exchange)
    return visit


@transaction.atomic
def leave(visit: LinkVisit, *, by: Membership, at: datetime) -> None:
    """End a visit because the person says so. Ending it again changes nothing."""
    link = lock_link(visit.link)
    if not LinkVisit.objects.filter(pk=visit.pk, ended_at__isnull=True).update(ended_at=at):
        return
    parties.write_down("sharing.link.left", by=by, at=at, about=link.exchange)


@transaction.atomic
def not_me(
    link: Link,
    *,
    by: Membership | None,
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
    link = lock_link(link)
    require_not_over(link, at=at)
    limits.require_not_too_many(at=at, address=address)
    limits.require_another_word(link, at=at)
    attempt(What.NOT_ME, at=at, link=link, address=address)
    if name.strip():
        Stranger.objects.create(
            link=link, name=name, job_title=job_title, organisation=organisation, email=email, at=at
        )
    event = parties.write_down("sharing.link.not_them", by=by, at=at, about=link.exchange)
    parties.tell_with_lead(
        speaker_of(link), Message.Kind.LINK, about=link.exchange, sender=link.member, at=at, event=event
    )
