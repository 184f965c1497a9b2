"""A correction travels: whoever was given what changed is told, and says back that item only.

The first four are called by records and consent in the transaction of the change itself (settings wire
them up), under the lock of the concern: the change and everybody who is told of it are one act.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from agencies import drafts
from agencies.days import written
from agencies.models import Agency, Membership
from agencies.refusals import Refused
from audit import operations as audit
from consent.models import SharingDecision, View
from records import striking
from records.models import Concern, Person, Statement, Strike
from sharing import corrected, rules
from sharing.models import (
    Correction,
    CorrectionTo,
    Exchange,
    Item,
    ProposedCorrection,
)
from sharing.operations import obligations, parties
from sharing.operations.carrying import What, carry, copy_of, newest_items
from sharing.operations.check_back import CAN_BE_WITHDRAWN, LISTENERS_PAGES, lock_exchange, withdraw
from sharing.operations.cycle import require_own_concern
from sharing.operations.disclosure import as_item
from sharing.rules import corrections as words

Kind = Correction.Kind


def statement_amended(amended: Statement, *, by: Membership, at: datetime) -> Correction:
    """Carry the new version of a statement to everyone who was given the one before, in every agency.

    Each present listener gets one exchange with this item only, whichever exchanges they had it from.
    Open actions that rest on it are flagged, and proposals to correct it are answered.
    """
    concern = amended.concern
    before = amended.replaces or amended
    said = words.of_statement(before.text, amended.text)
    correction = _make(
        concern, Kind.STATEMENT_AMENDED, said, why=amended.replaced_why, by=by, at=at, statement=amended
    )
    given = list(corrected.that_carry(concern, amended.number))
    carried = newest_items(given, amended.number)
    item = as_item(amended)

    def items(about: Exchange) -> list[Item]:
        return [copy_of(item, corrects=carried[about.pk])]

    carry(correction, given, what=What(items), by=by, at=at)
    _answer_proposals(correction, amended, by=by, at=at)
    return correction


def statement_struck(strike: Strike, *, by: Membership, at: datetime) -> Correction:
    """Tell everyone who was given a statement, in any version, that it no longer stands.

    It travels as a correction of a statement does: one exchange to each present listener, with this item
    only, which they say back; open actions that rest on it are flagged.
    """
    struck = cast(Statement, strike.statement)
    concern = struck.concern
    said = words.of_struck(struck.text, striking.in_words(strike))
    correction = _make(concern, Kind.STATEMENT_STRUCK, said, why=strike.why, by=by, at=at, statement=struck)
    given = list(corrected.that_carry(concern, struck.number))
    carried = newest_items(given, struck.number)
    item = as_item(struck)

    def items(about: Exchange) -> list[Item]:
        no_longer = {"text": said.now, "source": f"Struck through by {by.full_name}", "written_by": by.label}
        as_now = {"is_verbatim": False, "rests_on": [], "written_at": at}
        return [copy_of(item, corrects=carried[about.pk], **no_longer, **as_now)]

    carry(correction, given, what=What(items), by=by, at=at)
    _answer_proposals(correction, struck, by=by, at=at)
    return correction


def view_recorded(view: View, *, by: Membership, at: datetime) -> Correction | None:
    """Carry what somebody now says about sharing to everyone who was told about them, where it is less.

    That is agreement taken back or refused, or a condition that was not there. Returns None where there is
    nothing of the kind, or nobody was told anything about them.
    """
    earlier = View.objects.filter(concern=view.concern_id, person=view.person_id, pk__lt=view.pk)
    before = earlier.order_by("-pk").first()
    kind = words.kind_of_view(view, before)
    if kind is None:
        return None
    name = view.person.name
    if kind == Kind.CONDITION_ADDED:
        said = words.condition_added(
            name, before=before.conditions if before else "", conditions=view.conditions
        )
    else:
        agreed = before is not None and before.agrees
        said = words.consent_withdrawn(name, agreed_before=agreed, on_consent=_rests_on_consent(view))
    day = written(timezone.localdate(view.asked_at or at), "j F Y")
    why = f"{view.get_answered_by_display()}, on {day}."
    return _about_a_person(kind, view.concern, view.person, said, why=why, view=view, by=by, at=at)


def detail_protected(
    person: Person,
    *,
    detail: str,
    by: Membership,
    at: datetime,
    kept_from: Sequence[Agency | Membership] = (),
) -> list[Correction]:
    """Ask everyone who was told about a person to keep to it that a detail is protected from now on.

    `detail` is its kind (ProtectedDetail.Kind); what it says is never sent, and of a name nobody is told.
    Those from whom it is kept by name are not told by the service: a person decides about them. One
    correction for each concern in which anybody was told. The caller holds the locks of the concerns.
    """
    if detail not in words.PROTECTED:
        return []
    said = words.protected_added(person.name, detail)
    day = written(timezone.localdate(at), "j F Y")
    made = []
    for concern in Concern.objects.filter(subjects__person=person, logged_at__isnull=False).order_by("pk"):
        one = _about_a_person(
            Kind.PROTECTED_ADDED, concern, person, said, why=f"It was marked as protected on {day}.",
            but=frozenset(one.pk for one in kept_from), by=by, at=at,
        )  # fmt: skip
        if one is not None:
            made.append(one)
    return made


def _about_a_person(
    kind: str,
    concern: Concern,
    person: Person,
    said: words.Said,
    *,
    why: str,
    by: Membership,
    at: datetime,
    view: View | None = None,
    but: frozenset[Any] = frozenset(),
) -> Correction | None:
    given = list(corrected.about(concern, person))
    asked = corrected.asked(concern)
    if not given and not asked:
        return None
    correction = _make(concern, kind, said, why=why, by=by, at=at, person=person, view=view)
    item = Item(
        number=1, kind="REPORTED", text=said.now, source=words.FROM_NOW_ON, written_at=at, is_key=True
    )
    what = What(lambda about: [copy_of(item)], but=but)
    carry(correction, given, what=what, asked=asked, by=by, at=at)
    return correction


def _make(
    concern: Concern, kind: str, said: words.Said, *, why: str, by: Membership, at: datetime, **of: Any
) -> Correction:
    words.require_why(why)
    return Correction.objects.create(
        reference=parties.next_reference(concern, "C"),
        concern=concern,
        kind=kind,
        was=said.was,
        now=said.now,
        must_do=said.must_do,
        why=why,
        by=by,
        at=at,
        **of,
    )


def _rests_on_consent(view: View) -> bool:
    """Say whether the last decision to share about somebody rests on their agreement."""
    rows = SharingDecision.objects.filter(concern=view.concern_id, person=view.person_id)
    last = rows.filter(outcome__in=rules.decisions_that_share()).order_by("-pk")
    decision = last.select_related("article_6", "article_9", "confidentiality").first()
    if decision is None:
        return True
    bases = [decision.article_6, decision.article_9, decision.confidentiality]
    return any(basis is not None and basis.is_consent for basis in bases)


def _answer_proposals(correction: Correction, amended: Statement, *, by: Membership, at: datetime) -> None:
    """What others proposed to correct in a statement is answered by its correction."""
    rows = ProposedCorrection.objects.filter(
        answer=ProposedCorrection.Answer.OPEN,
        item__statement__number=amended.number,
        item__statement__concern=amended.concern,
    ).select_related("exchange__cycle__concern", "item")
    for row in rows.order_by("pk"):
        row.answer, row.correction = ProposedCorrection.Answer.CORRECTED, correction
        row.answered_at, row.answered_by = at, by
        row.save(update_fields=["answer", "correction", "answered_at", "answered_by"])
        obligations.follow(row, at=at)


# --- Afterwards ---------------------------------------------------------------------------------


@transaction.atomic
def told_by_hand(row: CorrectionTo, *, by: Membership, at: datetime, how: str) -> CorrectionTo:
    """Write down how somebody was told of a correction whom no notice could reach.

    Raises NotAllowed for another agency's people, AlreadyAnswered once it is written down, and Refused
    without words.
    """
    concern = parties.lock_concern(row.correction.concern_id)
    require_own_concern(by, concern)
    row = CorrectionTo.objects.select_related("correction__by__agency", "correction__concern").get(pk=row.pk)
    if not row.by_hand_why:
        raise Refused("They are told by the correction that was sent to them.")
    if row.by_hand_at is not None:
        raise words.AlreadyAnswered("Somebody has already written down how they were told.")
    if not how.strip():
        raise Refused("Say how they were told: by whom, when, and what they said back.")
    row.by_hand_at, row.by_hand_by, row.by_hand_how = at, by, how
    row.save(update_fields=["by_hand_at", "by_hand_by", "by_hand_how"])
    obligations.follow(row, at=at)
    audit.record(
        "sharing.correction.told_by_hand",
        by=by,
        at=at,
        subject=row.correction.reference,
        concern=concern.reference,
        data={"of": row.about.reference if row.about else row.enquiry.reference if row.enquiry else ""},
    )
    return row


@transaction.atomic
def withdraw_unopened(correction: Correction, *, by: Membership, at: datetime, why: str) -> list[Exchange]:
    """Withdraw what nobody has opened yet of what a correction is about: then it is never read.

    The correction of it goes too. Only what `by` may withdraw, as its speaker or their deputy. Raises
    NothingToTell where there is nothing of the kind any more.
    """
    concern = parties.lock_concern(correction.concern_id)
    require_own_concern(by, concern)
    withdrawn = []
    for exchange in unopened(correction):
        locked, state = lock_exchange(exchange)
        if state in CAN_BE_WITHDRAWN and may_withdraw(locked, by=by, at=at):
            withdrawn.append(withdraw(locked, by=by, at=at, why=why))
    if not withdrawn:
        raise words.NothingToTell(
            "Nothing of this can be withdrawn by you any more.",
            "It has been opened or withdrawn, or a colleague sent it: ask them.",
        )
    return withdrawn


def original_gone(exchange: Exchange, *, by: Membership, at: datetime) -> None:
    """Take back the corrections of what was never read, or was not for its reader: they would quote it.

    What its listener proposed to correct waits for nobody any more.

    The caller holds the lock of the concern, and has just written down that the exchange is gone.
    """
    for proposal in exchange.proposed_corrections.filter(answer=ProposedCorrection.Answer.OPEN):
        proposal.exchange = exchange
        obligations.follow(proposal, at=at)
    if exchange.withdrawn_at and exchange.seen_before_withdrawal:
        return
    for sent in exchange.follow_ups.filter(kind=Exchange.Kind.CORRECTION).open().with_people():
        others = CorrectionTo.objects.filter(exchange=sent, about__opened_at__isnull=False)
        if others.exclude(about=exchange).exists():
            continue
        sent.withdrawn_at, sent.withdrawn_by = at, by
        sent.withdrawn_why = f"What it corrects, {exchange.reference}, is gone."
        sent.seen_before_withdrawal = sent.opened_at is not None
        sent.version += 1
        sent.save(
            update_fields=[
                "withdrawn_at", "withdrawn_by", "withdrawn_why", "seen_before_withdrawal", "version"
            ]
        )  # fmt: skip
        parties.write_down("sharing.exchange.withdrawn", by=by, at=at, about=sent)
        drafts.drop_all([f"{page}:{sent.reference}" for page in LISTENERS_PAGES])


def unopened(correction: Correction) -> list[Any]:
    """Return what a correction is about and nobody has opened, with its people."""
    rows = Exchange.objects.filter(
        corrected.GIVEN, corrected_in__correction=correction, opened_at__isnull=True
    )
    return list(rows.exclude(kind=Exchange.Kind.CORRECTION).with_people().with_state().order_by("pk"))


def may_withdraw(exchange: Exchange, *, by: Membership, at: datetime) -> bool:
    """Say whether somebody is the speaker of an exchange or acts for them."""
    return parties.stands_for(by, exchange.speaker, at=at) and not by.is_same_person(exchange.listener)
