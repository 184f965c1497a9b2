"""A decision while it is being made: its pages in order, and the answers so far, read from the drafts."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils import timezone

from agencies import drafts
from agencies.addresses import reverse
from agencies.http import HatRequest
from agencies.models import Draft
from consent.forms.decision import NONE, BasisForm, InformedForm, Known, OutcomeForm, ReasonsForm, StepForm
from consent.models import Basis, SharingDecision, View
from consent.querysets import PEOPLE, latest_decision
from records.models import Concern, Person


class Step(NamedTuple):
    """One page of the decision."""

    url_name: str
    form: type[StepForm]
    heading: str


STEPS = {
    "outcome": Step("sharing-decision", OutcomeForm, "Decide about sharing"),
    "basis": Step("sharing-decision-basis", BasisForm, "What allows you to share"),
    "informed": Step("sharing-decision-informed", InformedForm, "Telling them"),
    "reasons": Step("sharing-decision-reasons", ReasonsForm, "Your reasons"),
}
FIRST, LAST = "outcome", "reasons"


class Deciding:
    """Who decides about whom, and how far they have come."""

    def __init__(self, request: HatRequest, concern: Concern, cycle_number: int, person: Person) -> None:
        self.concern, self.cycle_number, self.person = concern, cycle_number, person
        self.at = timezone.now()
        views = View.objects.of(concern, person).with_counts(cycle_number)
        self.view = views.select_related(*PEOPLE).order_by("-id").first()
        decided: int = getattr(self.view, "decided", None) or 0
        self.has_been_decided = decided > 0
        # What querysets.rows_so_far counts, without asking again.
        self.rows_so_far: int = decided + getattr(self.view, "said", 0)
        agency = request.membership.agency
        self.offered = list(Basis.objects.all().offered_to(agency, on=timezone.localdate(self.at)))
        mine = Draft.objects.filter(holder=request.membership, key__in=[self.key(step) for step in STEPS])
        self.kept: dict[str, dict[str, Any]] = {draft.key: draft.data for draft in mine}
        self.decider = request.membership
        self.wrong = ""

    def key(self, step: str) -> str:
        """The name of a page's draft."""
        return f"decide-{step}:{self.concern.reference}:{self.cycle_number}:{self.person.reference}"

    def keep(self, step: str, typed: QueryDict) -> None:
        """Keep what was typed on a page, for when it is reached again."""
        drafts.keep(self.decider.pk, self.key(step), drafts.fields_of(typed), at=self.at)

    def address(self, step: str) -> str:
        where = [self.concern.reference, self.cycle_number, self.person.reference]
        return reverse(STEPS[step].url_name, args=where)

    def up_to(self, step: str) -> tuple[Known, str]:
        """Return what the pages before one have established, and where to go instead if not there.

        That is the first page not seen yet, or no longer right because the person's view has changed;
        `wrong` then says why. A page that this decision does not have leads to the next.
        """
        known = self._start()
        for name in STEPS:
            if not _is_asked(name, known):
                if name == step:
                    return known, self.after(step, known.answers)
                continue
            if name == step:
                break
            kept = self.kept.get(self.key(name))
            form = STEPS[name].form({**(kept or {}), "form_id": uuid.uuid4()}, known=known)
            if kept is None or not form.is_valid():
                self.wrong = _why_again(form) if kept is not None else ""
                return known, name
            known = replace(known, answers={**known.answers, **form.words()})
        return known, ""

    def after(self, step: str, words: dict[str, Any]) -> str:
        """Return the page that follows one, given its answers."""
        known = self._start()
        known.answers = words if step == FIRST else {"outcome": SharingDecision.Outcome.SHARE}
        later = list(STEPS)[list(STEPS).index(step) + 1 :]
        return next(name for name in later if _is_asked(name, known))

    def way_back(self, step: str, known: Known) -> str:
        """Return the address of the page before one."""
        earlier = [name for name in list(STEPS)[: list(STEPS).index(step)] if _is_asked(name, known)]
        if earlier:
            return self.address(earlier[-1])
        return reverse("sharing-decisions", args=[self.concern.reference, self.cycle_number])

    def initial(self, step: str) -> dict[str, Any]:
        """The answers of the decision before this one, in this cycle, as a page starts with them."""
        if not self.has_been_decided or self.key(step) in self.kept:
            return {}
        before = latest_decision(self.concern, self.cycle_number, self.person)
        return INITIAL[step](before) if before else {}

    def summary(self, known: Known) -> list[dict[str, Any]]:
        """The answers of the pages before the last, for parts/summary_list.html."""
        rows = []
        for step, key, value in _said(known):
            change = {"text": "Change", "href": self.address(step)}
            rows.append({"key": key, "value": value, "actions": [change]})
        return rows

    def _start(self) -> Known:
        view = self.view
        if view is None:
            raise ValueError("a decision starts from what the person said")
        return Known(person=self.person, view=view, offered=self.offered, at=self.at)


def _why_again(form: StepForm) -> str:
    """Say why a page that was answered has to be looked at again."""
    sentences = [str(each[0]) for each in (form.non_field_errors(), *form.errors.values()) if each]
    if form.non_field_errors() or len(sentences) == 1:
        return f"Look at this page again. {sentences[0]}"
    return "Look at this page again: some of its answers are missing or no longer fit."


def _is_asked(step: str, known: Known) -> bool:
    """A decision not to share needs no basis in law."""
    return step != "basis" or known.shares


def _said(known: Known) -> list[tuple[str, str, str]]:
    answers = known.answers
    rows = [
        ("outcome", "Decision", str(SharingDecision.Outcome(answers["outcome"]).label)),
        ("outcome", "Purpose and risk", answers["purpose"]),
    ]
    if answers.get("request", "").strip():
        rows.append(("outcome", "Who asked, and for what", answers["request"]))
    for name, title in BASIS_TITLES.items():
        if answers.get(name) is not None:
            rows.append(("basis", title, answers[name].title))
    if answers.get("despite_why", "").strip():
        rows.append(("basis", "Why, although they did not agree", answers["despite_why"]))
    if answers["informed"] == SharingDecision.Informed.YES:
        rows.append(("informed", "Told", f"{_local(answers['informed_at'])}\n{answers['informed_how']}"))
    else:
        why = answers["not_informed_why"]
        rows.append(("informed", "Not told yet", f"{why}\nLook again: {_local(answers['inform_review_at'])}"))
    return rows


BASIS_TITLES = {
    "article_6": "Lawful basis",
    "article_9": "Sensitive matters",
    "paragraph_18": "Why without consent",
    "confidentiality": "Told in confidence",
}


def _local(moment: Any) -> str:
    return f"{timezone.localtime(moment):%-d %B %Y, %H:%M}"


def _outcome(before: SharingDecision) -> dict[str, Any]:
    return {"outcome": before.outcome, "purpose": before.purpose, "request": before.request}


def _basis(before: SharingDecision) -> dict[str, Any]:
    code = {name: row.code if (row := getattr(before, name)) else "" for name in BASIS_TITLES}
    if before.allows_sharing:
        code["article_9"] = code["article_9"] or NONE
        code["confidentiality"] = code["confidentiality"] or NONE
    return {**code, "despite_why": before.despite_why}


def _informed(before: SharingDecision) -> dict[str, Any]:
    start: dict[str, Any] = {
        "informed": before.informed,
        "informed_how": before.informed_how,
        "not_informed_why": before.not_informed_why,
    }
    for moment, day, at in (
        (before.informed_at, "informed_on", "informed_time"),
        (before.inform_review_at, "review_on", "review_time"),
    ):
        if moment is not None:
            local = timezone.localtime(moment)
            start |= {day: local.date(), at: f"{local:%H:%M}"}
    return start


def _reasons(before: SharingDecision) -> dict[str, Any]:
    return {**before.principles, "rationale": before.rationale}


INITIAL = {"outcome": _outcome, "basis": _basis, "informed": _informed, "reasons": _reasons}
