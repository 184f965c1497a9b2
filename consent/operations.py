"""The writes: what a person said about sharing, and the decision. Both are appended, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from agencies.models import Membership
from agencies.refusals import NotAllowed, OutOfDate, Refused
from agencies.roles import Permission
from audit.operations import record
from consent import rules
from consent.models import Basis, SharingDecision, View
from consent.principles import seven_principles
from consent.querysets import latest_decision, latest_view, rows_so_far
from consent.seen import seen_in
from consent.verbs import Verb
from records.models import Concern, Person
from records.operations.locks import require_open


class NotOfThisConcern(Refused):
    """The person is not one of those whom the concern is about."""


class NotLogged(Refused):
    """The concern is a draft, or was discarded."""


class NoViewYet(Refused):
    """A decision was made before anybody wrote down what the person said."""


@transaction.atomic
def record_view(
    concern: Concern,
    person: Person,
    *,
    answer: str,
    capacity: str,
    capacity_note: str = "",
    answered_by: str = View.AnsweredBy.SELF,
    answered_by_who: str = "",
    conditions: str = "",
    their_words: str = "",
    why_not_asked: str = "",
    service: str = View.Service.NOT_ASKED,
    asked_at: datetime | None = None,
    by: Membership,
    at: datetime,
    cycle_number: int = 1,
    seen_latest: int | None = None,
) -> View:
    """Append what a person said about sharing, or why they were not asked. Returns the new view.

    Where they agree to less than before, everyone who was told about them is told so in the same
    transaction (settings wire it up).

    `asked_at` is when they answered, `at` when it is written down (both UTC). `seen_latest` is
    `querysets.rows_so_far` (of `cycle_number`) as the page showed it; None leaves that out.

    Raises NotAllowed for another agency or a role that does not work on concerns, NotOfThisConcern,
    OutOfDate with what came in between, and rules.NotComplete with a sentence for each thing missing.
    """
    concern = _locked(concern, by=by)
    _require_person(concern, person)
    _require_up_to_date(concern, cycle_number, person, seen_latest)
    asked = answer != View.Answer.NOT_ASKED
    rules.require_view(
        rules.SaidAboutSharing(
            answer=answer,
            capacity=capacity,
            fitting_capacities=rules.fitting_capacities(person, on=timezone.localdate(at)),
            at=at,
            answered_by=answered_by,
            answered_by_who=answered_by_who,
            conditions=conditions,
            why_not_asked=why_not_asked,
            their_words=their_words,
            asked_at=asked_at,
        )
    )
    view = View.objects.create(
        concern=concern,
        person=person,
        answer=answer,
        answered_by=answered_by,
        answered_by_who=answered_by_who,
        conditions=conditions if answer == View.Answer.GIVEN_WITH_CONDITIONS else "",
        their_words=their_words,
        why_not_asked="" if asked else why_not_asked,
        capacity=capacity,
        capacity_note=capacity_note,
        service=service,
        asked_at=asked_at if asked else None,
        recorded_by=by,
        recorded_at=at,
    )
    record(
        Verb.VIEW_RECORDED,
        by=by,
        at=at,
        subject=concern.reference,
        concern=concern.reference,
        data={
            "person": person.reference,
            "answer": answer,
            "capacity": capacity,
            "answered_by": answered_by,
            **({"happened_at": asked_at.isoformat()} if asked_at else {}),
        },
    )
    import_string(settings.CONSENT_VIEW_FOLLOWED_BY)(view, by=by, at=at)
    return view


@transaction.atomic
def decide(
    concern: Concern,
    cycle_number: int,
    person: Person,
    *,
    outcome: str,
    purpose: str,
    rationale: str,
    informed: str,
    request: str = "",
    despite_why: str = "",
    article_6: Basis | None = None,
    article_9: Basis | None = None,
    paragraph_18: Basis | None = None,
    confidentiality: Basis | None = None,
    informed_how: str = "",
    informed_at: datetime | None = None,
    not_informed_why: str = "",
    inform_review_at: datetime | None = None,
    principles: Mapping[str, str] | None = None,
    by: Membership,
    at: datetime,
    seen_latest: int | None = None,
) -> SharingDecision:
    """Append a decision to share, to share part or not to share about one person. Returns it.

    It rests on the person's latest view, read under the concern's lock, so that consent withdrawn a
    moment earlier counts. `principles` holds a sentence by code (see principles.seven_principles).
    Moments are UTC. `seen_latest` is `querysets.rows_so_far` as the page showed it; None leaves that out.

    Raises NotAllowed for another agency or a role that does not work on concerns, NotLogged, NoViewYet,
    NotOfThisConcern, OutOfDate with what came in between, and rules.NotComplete with a sentence for
    each thing missing.
    """
    concern = _locked(concern, by=by)
    if concern.logged_at is None:
        raise NotLogged("This concern is still a draft. Log it, then decide about sharing.")
    _require_person(concern, person)
    _require_up_to_date(concern, cycle_number, person, seen_latest)
    view = latest_view(concern, person)
    if view is None:
        raise NoViewYet("Record first what they said about sharing, or why they were not asked.")
    told = informed == SharingDecision.Informed.YES
    against = outcome != SharingDecision.Outcome.NOT_SHARE and view.objects_to_sharing
    proposal = rules.Proposal(
        view=view,
        outcome=outcome,
        at=at,
        purpose=purpose,
        rationale=rationale,
        despite_why=despite_why,
        article_6=article_6,
        article_9=article_9,
        paragraph_18=paragraph_18,
        confidentiality=confidentiality,
        offered=offered_ids(by, at=at),
        informed=informed,
        informed_how=informed_how,
        informed_at=informed_at,
        not_informed_why=not_informed_why,
        inform_review_at=inform_review_at,
        principles=principles or {},
    )
    rules.require_decision(proposal)
    decision = SharingDecision.objects.create(
        concern=concern,
        cycle_number=cycle_number,
        person=person,
        view=view,
        outcome=outcome,
        purpose=purpose,
        request=request,
        rationale=rationale,
        despite_why=despite_why if against else "",
        article_6=article_6,
        article_9=article_9,
        paragraph_18=paragraph_18,
        confidentiality=confidentiality,
        informed=informed,
        informed_how=informed_how if told else "",
        informed_at=informed_at if told else None,
        not_informed_why="" if told else not_informed_why,
        inform_review_at=None if told else inform_review_at,
        principles=_seven(concern, principles or {}, at=at),
        decided_by=by,
        decided_at=at,
    )
    record(
        Verb.DECISION_MADE,
        by=by,
        at=at,
        subject=concern.reference,
        concern=concern.reference,
        data={
            "cycle": cycle_number,
            "person": person.reference,
            "outcome": outcome,
            "bases": [basis.code for basis in proposal.bases],
            "informed": informed,
        },
    )
    import_string(settings.CONSENT_DECISION_FOLLOWED_BY)(decision, at=at)
    return decision


def _seven(concern: Concern, answers: Mapping[str, str], *, at: datetime) -> dict[str, str]:
    """What is kept of the seven principles: the person's sentences and what the system saw just then."""
    seven = seven_principles(seen_in(concern, at=at), answers=answers)
    return {principle.code: principle.text for principle in seven if principle.text}


def offered_ids(by: Membership, *, at: datetime) -> frozenset[int]:
    """Return the ids of the bases that are open to a member's agency at a moment (UTC)."""
    rows = Basis.objects.all().offered_to(by.agency, on=timezone.localdate(at))
    return frozenset(rows.values_list("pk", flat=True))


def lock_view(concern: Concern, person: Person) -> View | None:
    """Hold what a person said until the caller's transaction ends, and return their latest view.

    Takes the lock of the concern's row, as `record_view` and `decide` do, so that consent cannot be
    withdrawn between the check and the sending. Call it first in the transaction, before other locks.
    Raises TransactionManagementError outside a transaction.
    """
    lock_concern(concern)
    return latest_view(concern, person)


def lock_concern(concern: Concern) -> Concern:
    """Lock a concern's row until the transaction ends and return it as it is now.

    The lock leaves rows that point at the concern free to be added by others.
    """
    rows = Concern.objects.select_for_update(no_key=True, of=("self",)).select_related("agency")
    return rows.get(pk=concern.pk)


def _locked(concern: Concern, *, by: Membership) -> Concern:
    """Lock the concern. Raises NotAllowed where it is not this member's to decide about, Closed."""
    if not by.may(Permission.LOG_CONCERNS) or by.agency_id != concern.agency_id:
        raise NotAllowed("Your role does not work on this concern.")
    locked = lock_concern(concern)
    require_open(locked, by)
    return locked


def _require_person(concern: Concern, person: Person) -> None:
    if not concern.subjects.filter(person=person).exists():
        raise NotOfThisConcern(
            "This person is not one of those whom the concern is about. Add them to the concern first."
        )


def _require_up_to_date(concern: Concern, cycle_number: int, person: Person, seen: int | None) -> None:
    """Raise OutOfDate with what was recorded since the page was shown."""
    if seen is None or rows_so_far(concern, cycle_number, person) <= seen:
        return
    sentences = ["Something was recorded about this person while you had this page open. Nothing was saved."]
    if view := latest_view(concern, person):
        sentences.append(
            f"What they said now reads “{view.get_answer_display()}”, recorded by "
            f"{view.recorded_by.full_name} at {_moment(view.recorded_at)}."
        )
    if decision := latest_decision(concern, cycle_number, person):
        sentences.append(
            f"The latest decision is “{decision.get_outcome_display()}”, made by "
            f"{decision.decided_by.full_name} at {_moment(decision.decided_at)}."
        )
    raise OutOfDate(*sentences, "Look at the page as it is now. What you wrote has been kept.")


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M on %-d %B %Y}"
