"""A recipient proposes a correction of something they were told; its speaker corrects it, or says why not."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agencies.models import Membership
from agencies.refusals import Refused
from notifications.models import Message
from sharing import rules
from sharing.models import Exchange, ProposedCorrection
from sharing.operations import obligations, parties
from sharing.operations.check_back import CAN_AGREE, lock_exchange
from sharing.rules.corrections import AlreadyAnswered

# What was said in these came from a statement, which can be amended.
KINDS = (Exchange.Kind.DISCLOSURE, Exchange.Kind.CORRECTION, Exchange.Kind.MEETING)


@transaction.atomic
def propose_correction(
    exchange: Exchange,
    *,
    by: Membership,
    at: datetime,
    item_number: int,
    should_say: str,
    how_known: str,
    seen_version: int | None = None,
) -> ProposedCorrection:
    """Say that something one was told is wrong, what is right, and how one knows. The speaker is told.

    Raises NotYourTurn for anybody but the listener or their deputy, and before receipt; OutOfDate;
    AlreadyAnswered while a proposal about the same item waits; Refused without words.
    """
    rules.require_role(by)
    exchange, state = lock_exchange(exchange)
    acting_for = parties.require_party(
        by, exchange.listener, at=at, what="propose a correction", other=exchange.speaker
    )
    rules.require_version(exchange, seen_version, parties.what_changed(exchange.reference, seen_version))
    rules.require_state(state, CAN_AGREE, "Confirm receipt first. Then you can say what is wrong in it.")
    item = exchange.items.filter(number=item_number, statement__isnull=False).first()
    if exchange.kind not in KINDS or item is None:
        raise Refused("Choose which item is wrong.")
    if not should_say.strip():
        raise Refused("Write what it should say.")
    if not how_known.strip():
        raise Refused("Say how you know.")
    if item.proposed_corrections.filter(answer=ProposedCorrection.Answer.OPEN).exists():
        raise AlreadyAnswered(
            "A correction of this item has been proposed already, and waits for an answer.",
            "Wait for the answer, or telephone.",
        )
    proposal = ProposedCorrection.objects.create(
        exchange=exchange, item=item, words=should_say, how_known=how_known, by=by, at=at
    )
    obligations.follow(proposal, at=at)
    event = parties.write_down(
        "sharing.correction.proposed", by=by, at=at, about=exchange, acting_for=acting_for, item=item.number
    )
    parties.tell_if_possible(
        exchange.speaker, Message.Kind.PROPOSED, about=exchange, sender=by, at=at, event=event
    )
    return proposal


@transaction.atomic
def keep_as_said(
    proposal: ProposedCorrection, *, by: Membership, at: datetime, why: str
) -> ProposedCorrection:
    """Say why something is not corrected, although somebody who was told it proposed it. They are told.

    Raises NotYourTurn for anybody but the speaker or their deputy, AlreadyAnswered, Refused without words.
    """
    rules.require_role(by)
    exchange, _ = lock_exchange(proposal.exchange)
    acting_for = parties.require_party(
        by, exchange.speaker, at=at, what="answer this", other=exchange.listener
    )
    proposal = ProposedCorrection.objects.select_related("item").get(pk=proposal.pk)
    proposal.exchange = exchange
    if proposal.answer:
        raise AlreadyAnswered("This has been answered already.")
    if not why.strip():
        raise Refused("Say why it stays as it is. They read this.")
    proposal.answer, proposal.answer_words = ProposedCorrection.Answer.KEPT, why
    proposal.answered_at, proposal.answered_by = at, by
    proposal.save(update_fields=["answer", "answer_words", "answered_at", "answered_by"])
    obligations.follow(proposal, at=at)
    event = parties.write_down(
        "sharing.correction.not_made", by=by, at=at, about=exchange, acting_for=acting_for
    )
    parties.tell_if_possible(
        exchange.listener, Message.Kind.PROPOSED, about=exchange, sender=by, at=at, event=event
    )
    return proposal
