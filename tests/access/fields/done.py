"""What is done once and leaves words of its own: each by its operation, and the pages where they then stand.

The scene and the story have what a page can be about. Here is what becomes of it: reasons for stopping,
declining, taking back and ending, notes of reviews, answers to those who ask. Whoever reads opens these
pages and no others, so that the time stays in bounds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.urls import reverse

from records.models import (
    BreakGlass,
    ChronologyImport,
    Concern,
    Disposal,
    Person,
)
from sharing.models import (
    AccessRequest,
    Action,
    Breach,
    Correction,
    Cycle,
    Disagreement,
    Enquiry,
    Exchange,
    Meeting,
    Transfer,
)
from tests.access.fields import saying
from tests.access.scene import Scene
from tests.deeds import DEEDS
from tests.factories import World

Where = Callable[[], str]


def newest(model: Any) -> Any:
    """Return the row that was made last."""
    made = {Concern: "started_at", Person: "recorded_at"}
    return model.objects.latest(made.get(model, "pk"))


def at(name: str, model: Any, **more: Any) -> Where:
    """Return how to say where the page of a name about the newest row of a model is."""
    return lambda: reverse(name, kwargs={"reference": newest(model).reference, **more})


def _decided(name: str) -> Where:
    def where() -> str:
        cycle = Cycle.objects.latest("pk")
        who = cycle.concern.subjects.get(is_main=True).person.reference
        return reverse(name, args=[cycle.concern.reference, cycle.number, who])

    return where


def _breach() -> str:
    return reverse("breach", args=[Breach.objects.latest("pk").number])


def _imported(name: str, query: str = "") -> Where:
    return lambda: reverse(name, args=[ChronologyImport.objects.latest("asked_at").pk]) + query


CONCERN, RECORD, PAPER = at("concern", Concern), at("whole-record", Concern), at("concern-paper", Concern)
EXCHANGE, MEETING = at("exchange", Exchange), at("meeting", Meeting)
ACTION, TRANSFER = at("action", Action), at("transfer", Transfer)
REQUEST = at("subject-access-request", AccessRequest)
LOG = at("subject-access-log", AccessRequest)
KEPT = at("concern-retention", Concern)
DOCUMENT = at("document", Concern, number=1)
DECISION = _decided("sharing-decision-record")
DISAGREED = at("disagreement", Disagreement)
PERSON = at("person", Person)


def deed(name: str) -> Callable[[Scene], object]:
    """Return how to do what `tests/deeds` does under the name of an operation, without its package."""
    (found,) = (one for key, one in DEEDS.items() if key.endswith(f".operations.{name}"))
    return lambda scene: found(scene.world)()


def said(function: Callable[[World], object]) -> Callable[[Scene], object]:
    return lambda scene: function(scene.world)


# What is done, and where it is read then.
DONE: tuple[tuple[Callable[[Scene], object], tuple[Where, ...]], ...] = (
    # --- The record ------------------------------------------------------------------------------
    (said(saying.not_asked_what_they_say), (CONCERN, RECORD)),
    (said(saying.share_against_their_wishes), (DECISION, _decided("decision-paper"))),
    (said(saying.not_asked_about_sharing), (_decided("sharing-decision"),)),
    (deed("concerns.discard_draft"), (lambda: reverse("concerns") + "?state=discarded",)),
    (deed("documents.add_version"), (DOCUMENT,)),
    (deed("documents.strike_document"), (DOCUMENT,)),
    (deed("people.relate"), (PERSON,)),
    (deed("protection.end_protection"), (at("person-protected", Person),)),
    (deed("statements.amend_statement"), (RECORD,)),
    (deed("striking.strike_statement"), (RECORD,)),
    (deed("striking.strike_entry"), (at("person-chronology", Person),)),
    (deed("restriction.end_restriction"), (at("restriction", Concern),)),
    (deed("restriction.restrict"), (at("restriction", Concern),)),
    (deed("break_glass.review_break_glass"), (at("break-glass-opened", BreakGlass),)),
    (
        said(saying.import_a_history),
        (_imported("chronology-found", "?show=new"), _imported("chronology-wrong")),
    ),
    # --- How long it is kept -----------------------------------------------------------------------
    (said(saying.keep_hold_and_dispose), (KEPT, at("disposal", Disposal))),
    # --- The cycle ---------------------------------------------------------------------------------
    (deed("cycle.answer_ask_questions"), (PAPER,)),
    (deed("cycle.proceed_on_safety_grounds"), (at("timeline", Concern),)),
    (said(saying.explain_no_answer), (at("enquiry", Enquiry),)),
    (deed("decisions.go_on_without"), (EXCHANGE,)),
    (deed("handover.hand_over"), (PAPER,)),
    (said(saying.send_all_the_same), (EXCHANGE,)),
    (said(saying.end_a_link), (EXCHANGE,)),
    (deed("disclosure_holds.lift_hold"), (at("disclosure-holds", Concern),)),
    (said(saying.report_late_and_close), (_breach,)),
    # --- What one tells the other ------------------------------------------------------------------
    (said(saying.share_when_it_happened), (EXCHANGE,)),
    (said(saying.send_a_letter), (EXCHANGE,)),
    (said(saying.write_the_summary_again), (EXCHANGE, at("summary", Concern))),
    (deed("check_back.withdraw"), (EXCHANGE, at("concern-chronology", Concern))),
    (deed("record.answer_summary"), (at("summary", Concern), PAPER)),
    (deed("actions.decline"), (ACTION,)),
    (deed("actions.withdraw_action"), (ACTION,)),
    (deed("flags.look_again"), (ACTION,)),
    (deed("proposals.keep_as_said"), (at("proposed-correction", Exchange, number=1),)),
    (deed("about.end_link_to_person"), (at("about-our-person", Exchange),)),
    (said(saying.let_a_post_hold_the_risk), (DISAGREED,)),
    (deed("ladder.open_stage"), (DISAGREED,)),
    (deed("ladder.record_danger"), (DISAGREED,)),
    (deed("outcome.close"), (DISAGREED,)),
    (deed("meetings.answer_invitation"), (MEETING,)),
    (deed("meetings.call_off"), (MEETING,)),
    (deed("meetings.go_on_without_quorum"), (MEETING,)),
    (said(saying.hold_a_meeting_and_change_it), (MEETING, at("meeting-minutes", Meeting, number=2))),
    (said(saying.hand_over_to_another_area), (TRANSFER,)),
    (said(saying.take_a_hand_over_back), (TRANSFER,)),
    (deed("transfers.decline"), (TRANSFER,)),
    # --- What is asked for by those whom records are about -------------------------------------------
    (deed("access_requests.extend"), (REQUEST,)),
    (deed("access_requests.close"), (REQUEST,)),
    (deed("access_requests.requester_answered"), (REQUEST, LOG)),
    (deed("access_bundles.mark_sent"), (REQUEST,)),
    (deed("redaction.decide_piece"), (at("subject-access-pieces", AccessRequest), LOG)),
    (deed("redaction.hold_back_words"), (at("subject-access-words", AccessRequest), LOG)),
    (said(saying.find_something_in_the_bundle), (REQUEST, LOG)),
    (said(saying.ask_the_agency_that_told_us), (at("subject-access-pieces", AccessRequest), LOG)),
    (said(saying.decide_about_a_hold), (at("subject-access-pieces", AccessRequest), LOG)),
    # --- Corrections: the last leaves nobody at the listener's agency with a way to be reached ----------
    (deed("corrections.withdraw_unopened"), (at("correction", Correction),)),
    (deed("corrections.told_by_hand"), (at("correction", Correction), PAPER)),
)


class Made(NamedTuple):
    """The addresses at which it is read, and a concern with words that stand in its export alone."""

    addresses: list[str]
    in_the_export: str


def build(scene: Scene) -> Made:
    """Do all of it."""
    spoken = saying.say_what_stands_in_the_export_alone(scene.world)
    addresses = [reverse("exchange", args=[spoken.reference])]
    for do, places in DONE:
        do(scene)
        addresses += [place() for place in places]
    return Made(list(dict.fromkeys(addresses)), spoken.cycle.concern.reference)
