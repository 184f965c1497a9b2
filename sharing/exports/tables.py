"""What an export holds, said once: the documents, the reader and both plain forms follow from these rows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Model

from audit.models import Event
from consent.models import SharingDecision, View
from records.models import Statement, Strike, Subject, Worry
from sharing.models import (
    Action,
    ActionReport,
    Agreement,
    Assumption,
    Correction,
    Cycle,
    Disagreement,
    Enquiry,
    Exchange,
    HeldBack,
    Involvement,
    Item,
    LadderStage,
    Meeting,
    MeetingDecision,
    MeetingMember,
    Minutes,
    Outcome,
    Override,
    Position,
    RiskHolder,
    Round,
    SpokenCall,
    StageMove,
    Summary,
    Transfer,
    Verdict,
)

FORMAT = "check-back/concern/1"


@dataclass(frozen=True)
class Table:
    """One table of an export.

    `path` leads from a row to its concern. `exchange` leads to the exchange whose words the row holds: such a
    row is left out where the words are closed to the agency that exports. `keys` name rows that have no
    reference of their own: a column for each, read through the relation. `columns` are fields of the row.
    """

    name: str
    what: str
    model: type[Model]
    path: str
    columns: tuple[str, ...]
    keys: tuple[tuple[str, str], ...] = ()
    exchange: str = ""


OF_EXCHANGE = (("exchange", "exchange__reference"),)
OF_CYCLE = (("cycle", "cycle__number"),)
OF_ROUND = (("exchange", "round__exchange__reference"), ("round", "round__number"))
OF_STAGE = (("disagreement", "stage__disagreement__reference"), ("ladder_stage", "stage__number"))
OF_MEETING = (("meeting", "meeting__reference"),)
PERSON = (("person", "person__reference"),)

PEOPLE = Table(
    "people",
    "Whom the concern is about, and whom it might touch. Addresses and phone numbers are left out: they are"
    " asked for from the agency, which knows what must be kept secret.",
    Subject,
    "concern",
    ("is_main", "what_it_might_mean", "nothing_seen", "added_by", "added_at"),
    (
        *PERSON,
        ("kind", "person__kind"),
        ("first_name", "person__first_name"),
        ("last_name", "person__last_name"),
        ("known_as", "person__known_as"),
        ("born_on", "person__born_on"),
        ("birth_date_is_estimated", "person__birth_date_is_estimated"),
        ("nhs_number", "person__nhs_number"),
        ("communication_needs", "person__communication_needs"),
        ("safe_contact_rule", "person__safe_contact_rule"),
    ),
)

TABLES: tuple[Table, ...] = (
    PEOPLE,
    Table(
        "statements",
        "What is known, said or thought, in every version. `replaces` is the version whose place it took.",
        Statement,
        "concern",
        ("number", "version", "kind", "voice_of", "text", "is_verbatim", "source", "happened_at",
         "happened_note", "written_at", "entered_at", "author", "replaced_why"),
        (("about", "about__reference"), ("replaces", "replaces__version")),
    ),
    Table("strikes", "Statements that should not have been entered, and why. They stay in the table above.",
          Strike, "statement__concern", ("reason", "why", "by", "at"),
          (("statement", "statement__number"), ("version", "statement__version"))),
    Table("worries", "How worried somebody was at a moment.", Worry, "concern",
          ("cycle_number", "level", "change", "why", "by", "at")),
    Table("cycles", "Each round through Ask, Do, Share and Record.", Cycle, "concern",
          ("number", "stage", "started_at", "started_by", "ended_at", "who_needs_to_know",
           "nobody_else_known", "no_assumptions", "advice_needed", "advice_note")),
    Table("moves", "Each step from one stage to another.", StageMove, "cycle__concern",
          ("move", "from_stage", "to_stage", "reason", "by", "at"), OF_CYCLE),
    Table("overrides", "Where a lead went on for safety's sake although check-backs were open.", Override,
          "cycle__concern", ("stage", "reason", "by", "at"), OF_CYCLE),
    Table("involved", "Who else works with the person.", Involvement, "cycle__concern",
          ("member", "name", "agency_name", "role", "how_to_reach", "added_by", "added_at"), OF_CYCLE),
    Table("assumptions", "What was assumed, and how it was tested.", Assumption, "cycle__concern",
          ("text", "how_tested", "named_by", "named_at", "tested_by", "tested_at"), OF_CYCLE),
    Table("enquiries", "Questions and requests for advice.", Enquiry, "cycle__concern",
          ("reference", "kind", "asked_by", "asked_of", "told", "question", "asked_at", "respond_by",
           "opened_at", "answered_at", "unanswered_why", "explained_by", "explained_at"), OF_CYCLE),
    Table("views", "What each person said about sharing, or why they were not asked.", View, "concern",
          ("answer", "answered_by", "answered_by_who", "conditions", "their_words", "why_not_asked",
           "capacity", "capacity_note", "service", "asked_at", "recorded_by", "recorded_at"), PERSON),
    Table("sharing_decisions", "Whether to share about a person, under which lawful basis, and why.",
          SharingDecision, "concern",
          ("cycle_number", "outcome", "purpose", "request", "rationale", "despite_why", "informed",
           "informed_how", "informed_at", "not_informed_why", "inform_review_at", "principles",
           "decided_by", "decided_at"),
          (*PERSON, ("article_6", "article_6__code"), ("article_9", "article_9__code"),
           ("paragraph_18", "paragraph_18__code"), ("confidentiality", "confidentiality__code"))),
    Table("exchanges", "One thing said by one person to one accountable person, with its times.", Exchange,
          "cycle__concern",
          ("reference", "stage", "kind", "speaker", "listener", "first_speaker", "first_listener", "urgency",
           "for_information", "why_you", "what_i_ask", "emergency_reason", "right_place", "respond_by",
           "sent_by", "sent_at", "delivered_at", "opened_at", "received_by", "received_at", "understood_by",
           "understood_at", "not_mine_by", "not_mine_at", "withdrawn_by", "withdrawn_at", "withdrawn_why",
           "expired_at"),
          (*OF_CYCLE, ("about", "about__reference"), ("enquiry", "enquiry__reference"),
           ("superseded_by", "superseded_by__reference"))),
    Table("items", "What was said, frozen when it was sent.", Item, "exchange__cycle__concern",
          ("number", "kind", "text", "is_verbatim", "voice_of", "about_name", "source", "written_by",
           "rests_on", "happened_at", "happened_note", "written_at", "is_key"),
          (*OF_EXCHANGE, ("statement", "statement__number"), ("statement_version", "statement__version"),
           ("corrects", "corrects__number")), exchange="exchange"),
    Table("held_back", "What was not told, and why.", HeldBack, "exchange__cycle__concern", ("why",),
          (*OF_EXCHANGE, ("statement", "statement__number"), ("version", "statement__version")),
          exchange="exchange"),
    Table("rounds", "What the listener understood, in their own words, and what the speaker answered.", Round,
          "exchange__cycle__concern",
          ("number", "what_happened", "what_worries_me", "what_i_will_do", "restated_by", "restated_at",
           "similarity", "typed_by", "outcome", "note", "checked_by", "checked_at"), OF_EXCHANGE,
          exchange="exchange"),
    Table("verdicts", "Whether each key item was understood.", Verdict, "round__exchange__cycle__concern",
          ("answer", "note"), (*OF_ROUND, ("item", "item__number")), exchange="round__exchange"),
    Table("calls", "Telephone calls about an exchange, logged after them.", SpokenCall,
          "exchange__cycle__concern",
          ("number", "spoken_with", "how_checked", "called_at", "minutes", "what_was_said", "outcome", "note",
           "typed_by", "typed_at"), OF_EXCHANGE, exchange="exchange"),
    Table("agreements", "Whether the listener agrees on the risk and on what to do.", Agreement,
          "exchange__cycle__concern", ("about", "answer", "why", "by", "at"), OF_EXCHANGE,
          exchange="exchange"),
    Table("actions", "Who does what by when.", Action, "cycle__concern",
          ("reference", "what", "owner", "other_side", "by_when", "due_at", "due_why", "contingency",
           "proposed_by", "proposed_at", "accepted_by", "accepted_at", "declined_by", "declined_at",
           "declined_why", "withdrawn_by", "withdrawn_at", "withdrawn_why", "checked_by", "checked_at"),
          (*OF_CYCLE, *OF_EXCHANGE)),
    Table("action_reports", "What came of an action.", ActionReport, "action__cycle__concern",
          ("number", "what_happened", "done_at", "reported_by", "reported_at", "outcome", "note",
           "checked_by", "checked_at"), (("action", "action__reference"),)),
    Table("disagreements", "Disagreement on a risk or an action.", Disagreement, "exchange__cycle__concern",
          ("reference", "about", "opened_by", "opened_at", "settled_by", "settled_at", "settled_note"),
          (*OF_EXCHANGE, ("action", "action__reference"))),
    Table("ladder_stages", "How far up a disagreement went.", LadderStage,
          "disagreement__exchange__cycle__concern",
          ("number", "opened_by", "opened_at", "why", "due_at", "for_speaker", "for_listener", "closed_by",
           "closed_at"), (("disagreement", "disagreement__reference"),)),
    Table("positions", "What each side thinks, in its own words.", Position,
          "stage__disagreement__exchange__cycle__concern", ("side", "words", "by", "at"), OF_STAGE),
    Table("risk_holders", "Who holds the risk meanwhile.", RiskHolder,
          "stage__disagreement__exchange__cycle__concern", ("person", "post", "meanwhile", "by", "at"),
          (*OF_STAGE, ("agency", "agency__name"))),
    Table("outcomes", "How a disagreement ended.", Outcome, "stage__disagreement__exchange__cycle__concern",
          ("what_was_decided", "why", "who_does_what", "by", "at"), OF_STAGE),
    Table("corrections", "What was corrected, and what stood there before.", Correction, "concern",
          ("reference", "kind", "was", "now", "must_do", "why", "by", "at"),
          (("statement", "statement__number"), ("person", "person__reference"))),
    Table("hand_overs_between_areas", "Responsibility that passed to another area.", Transfer, "concern",
          ("reference", "why", "known_since", "proposed_by", "proposed_at", "received_by", "received_at",
           "accepted_by", "accepted_at", "accepted_words", "responsible_from", "declined_by", "declined_at",
           "declined_why", "withdrawn_by", "withdrawn_at", "withdrawn_why", "conference_on"),
          (("from_agency", "from_agency__name"), ("to_agency", "to_agency__name"))),
    Table("meetings", "Strategy discussions, core groups, conferences and panels.", Meeting, "cycle__concern",
          ("reference", "kind", "purpose", "chair", "called_by", "called_at", "meets_at", "where_or_how",
           "quorum_agencies", "held_by", "held_at", "went_on_by", "went_on_at", "went_on_why",
           "called_off_by", "called_off_at", "called_off_why"), OF_CYCLE),
    Table("meeting_members", "Who was asked to a meeting, and who came.", MeetingMember,
          "meeting__cycle__concern", ("member", "is_needed", "why_you", "asked_by", "asked_at", "attendance",
                                      "words", "answered_at", "taken_back_by", "taken_back_at",
                                      "taken_back_why"), OF_MEETING),
    Table("meeting_decisions", "What a meeting decided.", MeetingDecision, "meeting__cycle__concern",
          ("number", "what", "why", "entered_by", "entered_at", "taken_back_by", "taken_back_at",
           "taken_back_why"), OF_MEETING),
    Table("minutes", "Each version of a meeting's minutes. Their words are in what members were sent.",
          Minutes, "meeting__cycle__concern", ("number", "main_risk", "what_changed", "by", "at"),
          OF_MEETING),
    Table("summaries", "What was shared, understood, decided and disagreed in a cycle, as written.", Summary,
          "cycle__concern", ("version", "sections", "decision", "what_changed", "author", "written_at"),
          OF_CYCLE),
)  # fmt: skip

EVENTS = Table(
    "events",
    "The audit: every act on the concern and under it, in its order. `data` holds codes and references.",
    Event,
    "concern",
    ("id", "at", "recorded_at", "verb", "actor", "agency", "acting_for", "subject", "data"),
)
ALL = (*TABLES, EVENTS)
