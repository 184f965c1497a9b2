"""What a view and a sharing decision must hold. A rule is a sentence; its docstring is what the person reads.

The same rules judge a form while it is filled in and the operation that saves it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from inspect import getdoc
from typing import NamedTuple

from agencies.refusals import Refused
from consent.models import Basis, SharingDecision, View
from consent.querysets import latest_decisions, latest_views
from records.models import Concern, Person

Answer, AnsweredBy, Capacity = View.Answer, View.AnsweredBy, View.Capacity
Outcome, Informed = SharingDecision.Outcome, SharingDecision.Informed

ADULT_FROM = 18
# The Mental Capacity Act speaks of people of 16 and over; below that it is a child's competence.
CAPACITY_ACT_FROM = 16

FOR_ADULTS = frozenset({Capacity.HAS_CAPACITY, Capacity.LACKS_CAPACITY, Capacity.NOT_ASSESSED})
FOR_CHILDREN = frozenset({Capacity.COMPETENT, Capacity.NOT_COMPETENT, Capacity.NOT_ASSESSED})


class NotComplete(Refused):
    """Something that the record must hold is missing or does not fit together."""


class Broken(NamedTuple):
    """A rule that is not kept, the field it is about, and the sentence that says so."""

    field: str
    rule: str
    sentence: str


@dataclass(frozen=True)
class SaidAboutSharing:
    """What somebody is about to record of a person's view. Moments are UTC."""

    answer: str
    capacity: str
    fitting_capacities: Collection[str]
    at: datetime
    answered_by: str = AnsweredBy.SELF
    answered_by_who: str = ""
    conditions: str = ""
    why_not_asked: str = ""
    their_words: str = ""
    asked_at: datetime | None = None


@dataclass(frozen=True)
class Proposal:
    """A decision that somebody is about to make. Moments are UTC; `view` is the person's latest."""

    view: View
    outcome: str
    at: datetime
    purpose: str = ""
    rationale: str = ""
    despite_why: str = ""
    article_6: Basis | None = None
    article_9: Basis | None = None
    paragraph_18: Basis | None = None
    confidentiality: Basis | None = None
    offered: Collection[int] = ()
    informed: str = ""
    informed_how: str = ""
    informed_at: datetime | None = None
    not_informed_why: str = ""
    inform_review_at: datetime | None = None
    principles: Mapping[str, str] = field(default_factory=dict)

    @property
    def shares(self) -> bool:
        return self.outcome in (Outcome.SHARE, Outcome.SHARE_PART)

    @property
    def bases(self) -> list[Basis]:
        chosen = (
            self.article_6,
            self.article_9,
            self.paragraph_18,
            self.confidentiality,
        )
        return [basis for basis in chosen if basis is not None]


# --- What the person said ------------------------------------------------------------------------


def somebody_asked_or_said_why_not(said: SaidAboutSharing) -> bool:
    """Say why they were not asked, in a few words more than “not safe” or “no time”."""
    return said.answer != Answer.NOT_ASKED or bool(said.why_not_asked.strip())


def nobody_answered_who_was_not_asked(said: SaidAboutSharing) -> bool:
    """They were not asked, so leave their words empty. If they did answer, choose their answer above."""
    return said.answer != Answer.NOT_ASKED or not said.their_words.strip()


def an_answer_has_a_time(said: SaidAboutSharing) -> bool:
    """Give the date and time at which they answered."""
    return said.answer in ("", Answer.NOT_ASKED) or said.asked_at is not None


def the_answer_is_not_in_the_future(said: SaidAboutSharing) -> bool:
    """The date and time at which they answered are in the future. Check them."""
    return said.asked_at is None or said.asked_at <= said.at


def conditions_are_named(said: SaidAboutSharing) -> bool:
    """Write down their conditions, so that everybody who is told can keep to them."""
    return said.answer != Answer.GIVEN_WITH_CONDITIONS or bool(said.conditions.strip())


def who_answered_for_them_is_named(said: SaidAboutSharing) -> bool:
    """Say who answered for them, and how they come to speak for them."""
    if said.answer == Answer.NOT_ASKED or said.answered_by == AnsweredBy.SELF:
        return True
    return bool(said.answered_by_who.strip())


def capacity_fits_the_person(said: SaidAboutSharing) -> bool:
    """Choose an answer about capacity or competence that fits this person's age."""
    return said.capacity in said.fitting_capacities


VIEW_RULES: tuple[tuple[str, Callable[[SaidAboutSharing], bool]], ...] = (
    ("why_not_asked", somebody_asked_or_said_why_not),
    ("their_words", nobody_answered_who_was_not_asked),
    ("asked_at", an_answer_has_a_time),
    ("asked_at", the_answer_is_not_in_the_future),
    ("conditions", conditions_are_named),
    ("answered_by_who", who_answered_for_them_is_named),
    ("capacity", capacity_fits_the_person),
)


def fitting_capacities(person: Person, *, on: date) -> frozenset[str]:
    """The answers about capacity or competence that fit a person on a day (local date).

    By age where it is known: both kinds for someone of 16 or 17, for whom the Mental Capacity Act
    and a child's competence can both matter. Else by what they are to us.
    """
    age = person.age_on(on)
    if age is not None:
        if age >= ADULT_FROM:
            return FOR_ADULTS
        return FOR_CHILDREN if age < CAPACITY_ACT_FROM else FOR_ADULTS | FOR_CHILDREN
    if person.kind == Person.Kind.CHILD:
        return FOR_CHILDREN
    if person.kind == Person.Kind.ADULT_AT_RISK:
        return FOR_ADULTS
    return FOR_ADULTS | FOR_CHILDREN


# --- The decision --------------------------------------------------------------------------------


def purpose_is_given(proposal: Proposal) -> bool:
    """Say what the sharing is for and which risk it is about."""
    return bool(proposal.purpose.strip())


def rationale_is_given(proposal: Proposal) -> bool:
    """Give your reasons, so that somebody who was not there can follow the decision."""
    return bool(proposal.rationale.strip())


def sharing_has_an_article_6_basis(proposal: Proposal) -> bool:
    """Choose the lawful basis for sharing. Consent is only one of them, and rarely the right one."""
    return not proposal.shares or proposal.article_6 is not None


def every_basis_is_open_to_us(proposal: Proposal) -> bool:
    """One of the choices is not open to your kind of organisation on this day. Choose again."""
    return all(basis.pk in proposal.offered for basis in proposal.bases)


def law_enforcement_has_no_article_9_condition(proposal: Proposal) -> bool:
    """Law enforcement is outside the UK GDPR. Choose no Article 9 condition, or another lawful basis."""
    return proposal.article_6 is None or proposal.article_6.code != "PART_3" or proposal.article_9 is None


def paragraph_18_names_one_of_its_three_reasons(proposal: Proposal) -> bool:
    """Choose which of the three reasons in paragraph 18 applies."""
    asks = proposal.article_9 is not None and proposal.article_9.asks_paragraph_18
    return not asks or proposal.paragraph_18 is not None


def paragraph_18_is_answered_only_where_it_is_asked(proposal: Proposal) -> bool:
    """A paragraph 18 reason goes only with substantial public interest. Clear it, or choose that."""
    asks = proposal.article_9 is not None and proposal.article_9.asks_paragraph_18
    return asks or proposal.paragraph_18 is None


def consent_is_a_basis_only_while_it_is_given(proposal: Proposal) -> bool:
    """They have not agreed, or have taken it back, so consent cannot be the basis. Choose another one."""
    if not any(basis.is_consent for basis in proposal.bases):
        return True
    return proposal.view.agrees


def consent_counts_only_from_someone_who_could_give_it(proposal: Proposal) -> bool:
    """Only someone who can decide this can consent. Choose another basis, or record their capacity."""
    if not any(basis.is_consent for basis in proposal.bases):
        return True
    if proposal.view.answered_by != AnsweredBy.SELF:
        return True
    return proposal.view.capacity in (Capacity.HAS_CAPACITY, Capacity.COMPETENT)


def sharing_against_their_wishes_says_why(proposal: Proposal) -> bool:
    """They did not agree, or took it back. You can still share: say why it is right all the same."""
    if not proposal.shares or not proposal.view.objects_to_sharing:
        return True
    return bool(proposal.despite_why.strip())


def it_is_said_whether_they_know(proposal: Proposal) -> bool:
    """Say whether they have been told about this decision."""
    return proposal.informed in Informed.values


def being_informed_says_when(proposal: Proposal) -> bool:
    """Give the date and time at which they were told."""
    return proposal.informed != Informed.YES or proposal.informed_at is not None


def they_were_told_in_the_past(proposal: Proposal) -> bool:
    """The time at which they were told is in the future. If they will be told later, choose “no”."""
    return (
        proposal.informed != Informed.YES
        or proposal.informed_at is None
        or proposal.informed_at <= proposal.at
    )


def being_informed_says_how(proposal: Proposal) -> bool:
    """Say who told them, how, and what they were told."""
    return proposal.informed != Informed.YES or bool(proposal.informed_how.strip())


def not_being_informed_says_why(proposal: Proposal) -> bool:
    """Say why it is not safe or not possible to tell them yet."""
    return proposal.informed != Informed.NOT_YET or bool(proposal.not_informed_why.strip())


def not_being_informed_has_a_review(proposal: Proposal) -> bool:
    """Give the date and time at which you will look again at telling them."""
    return proposal.informed != Informed.NOT_YET or proposal.inform_review_at is not None


def the_review_is_in_the_future(proposal: Proposal) -> bool:
    """The time to look again at telling them must be in the future."""
    if proposal.informed != Informed.NOT_YET or proposal.inform_review_at is None:
        return True
    return proposal.inform_review_at > proposal.at


def sharing_is_necessary_and_proportionate(proposal: Proposal) -> bool:
    """Say why sharing is needed, and why this much and no more."""
    return not proposal.shares or bool(proposal.principles.get("necessary", "").strip())


def sharing_is_relevant(proposal: Proposal) -> bool:
    """Say why the people you tell need to know this."""
    return not proposal.shares or bool(proposal.principles.get("relevant", "").strip())


def sharing_is_adequate(proposal: Proposal) -> bool:
    """Say whether it is enough for them to understand and act, and what is missing."""
    return not proposal.shares or bool(proposal.principles.get("adequate", "").strip())


DECISION_RULES: tuple[tuple[str, Callable[[Proposal], bool]], ...] = (
    ("purpose", purpose_is_given),
    ("article_6", sharing_has_an_article_6_basis),
    ("", every_basis_is_open_to_us),
    ("article_9", law_enforcement_has_no_article_9_condition),
    ("paragraph_18", paragraph_18_names_one_of_its_three_reasons),
    ("paragraph_18", paragraph_18_is_answered_only_where_it_is_asked),
    ("", consent_is_a_basis_only_while_it_is_given),
    ("", consent_counts_only_from_someone_who_could_give_it),
    ("despite_why", sharing_against_their_wishes_says_why),
    ("informed", it_is_said_whether_they_know),
    ("informed_at", being_informed_says_when),
    ("informed_at", they_were_told_in_the_past),
    ("informed_how", being_informed_says_how),
    ("not_informed_why", not_being_informed_says_why),
    ("inform_review_at", not_being_informed_has_a_review),
    ("inform_review_at", the_review_is_in_the_future),
    ("necessary", sharing_is_necessary_and_proportionate),
    ("relevant", sharing_is_relevant),
    ("adequate", sharing_is_adequate),
    ("rationale", rationale_is_given),
)


def what_is_wrong_with_view(said: SaidAboutSharing) -> list[Broken]:
    """Return the rules that a view breaks, in the order of the page."""
    return [_say(name, rule) for name, rule in VIEW_RULES if not rule(said)]


def what_is_wrong_with_decision(proposal: Proposal) -> list[Broken]:
    """Return the rules that a decision breaks, in the order of the pages."""
    return [_say(name, rule) for name, rule in DECISION_RULES if not rule(proposal)]


def _say(name: str, rule: Callable[..., bool]) -> Broken:
    return Broken(name, rule.__name__, " ".join((getdoc(rule) or "").split()))


def require_view(said: SaidAboutSharing) -> None:
    """Raise NotComplete with a sentence for every rule that a view breaks."""
    if broken := what_is_wrong_with_view(said):
        raise NotComplete(*(each.sentence for each in broken))


def require_decision(proposal: Proposal) -> None:
    """Raise NotComplete with a sentence for every rule that a decision breaks."""
    if broken := what_is_wrong_with_decision(proposal):
        raise NotComplete(*(each.sentence for each in broken))


# --- Whether a decision still counts -------------------------------------------------------------


def rests_on_the_latest_view(decision: SharingDecision, view: View | None) -> bool:
    """They have said something new about sharing since the decision. Look at the decision again."""
    return view is None or decision.view_id == view.pk


def needs_decision(concern: Concern, cycle_number: int) -> list[Person]:
    """Return the main people of a concern about whom this cycle has no decision that counts.

    A decision stops counting when the person says something new about sharing after it was made.
    Three queries, however many people there are.
    """
    decisions, views = latest_decisions(concern, cycle_number), latest_views(concern)
    subjects = concern.subjects.filter(is_main=True).select_related("person").order_by("id")
    return [
        subject.person
        for subject in subjects
        if (decision := decisions.get(subject.person_id)) is None
        or not rests_on_the_latest_view(decision, views.get(subject.person_id))
    ]
