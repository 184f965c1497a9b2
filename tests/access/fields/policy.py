"""Who may read what people wrote, field by field and place by place: from what people are promised.

docs/permissions.md: records belong to the agency that wrote them; of what is shared, people see what they
speak or listen in, and leads what their agency does. Administrators, auditors and coordinators see none.
docs/security-rules.md and decisions 0016, 0019, 0022, 0025, 0026: what is held back, how records end, what
is asked for and how breaches are answered is for those who decide it. Notices and titles have no word of it.

A new field in which people write has no row here, and fails the tests until it has one.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.access import cast as who
from tests.access.cast import Who

# An emergency opens what its agency's colleagues see; whoever took over is who they took over from.
RECORD: Who = who.OUR_AGENCY | {who.GLASS, who.GLASS_OVER}
ELSEWHERE: Who = frozenset({who.LISTENER, who.BYSTANDER, who.DEPUTY, who.LISTENERS_LEAD, who.PAST_LISTENER})
NOBODY: Who = frozenset()


class Row(NamedTuple):
    """Who may read a field of the owner's agency, who has to be able to, and where it may stand."""

    may: Who
    must: Who
    places: frozenset[str]


PAGES = frozenset({"page"})
ON_PAPER = PAGES | {"paper", "pdf", "file"}
TAKEN = ON_PAPER | {"export"}
# Names of people whom a record is about also stand in lists and in what a search finds.
ANYWHERE = TAKEN | {"list", "search"}

# Kept for whoever runs the service: `manage.py which_copy` says where a paper came from.
OF_NO_PAGE = Row(NOBODY, NOBODY, frozenset())

# The record of the agency, which everybody who works there on concerns may read.
OURS = Row(RECORD, frozenset({who.OWNER, who.LEAD}), TAKEN)
NAMES = OURS._replace(places=ANYWHERE)
# What is kept from others stays in the agency that keeps it, and leaves it in no file.
PROTECTED = OURS._replace(places=PAGES)
# What one side tells the other: both sides, those who stand in for them and oversee them, and the record.
TOLD = Row(
    RECORD | who.LISTENING | {who.BY_LINK}, frozenset({who.OWNER, who.LEAD, who.LISTENER, who.DEPUTY}), TAKEN
)
# Both sides may read it, and whoever oversees or wrote it has to.
BETWEEN = TOLD._replace(must=frozenset({who.OWNER, who.LEAD}))
# Of a meeting, those on its list read their own part; the agency whose concern it is reads all.
ON_THE_LIST = TOLD._replace(must=frozenset({who.OWNER, who.COLLEAGUE, who.LEAD, who.LISTENER, who.DEPUTY}))
# Everybody at the origin sees a hand-over to another area; the other side, once it has opened its words.
ANOTHER_AREA = ON_THE_LIST
# What the listener's agency keeps for itself about what it was told.
LISTENERS = Row(who.LISTENING, frozenset({who.LISTENER, who.DEPUTY, who.LISTENERS_LEAD}), PAGES)
# What would be added from a file is for whoever sent it, until it is added.
UPLOADED = Row(frozenset({who.OWNER}), frozenset({who.OWNER}), PAGES)
# Whom a copy is for stands on the copy, for whoever made it.
ON_THE_COPY = Row(
    RECORD | who.LISTENING,
    frozenset({who.OWNER, who.COLLEAGUE, who.LEAD, who.LISTENER, who.DEPUTY}),
    frozenset({"pdf"}),
)
# What is prepared, gone wrong or decided on the speaker's side.
SPEAKERS = Row(who.SPEAKING, frozenset({who.OWNER}), ON_PAPER)
# What went wrong on the speaker's side is answered by those who oversee it.
ANSWERED = SPEAKERS._replace(must=frozenset({who.LEAD}))
# How records end, what is held for the courts, answers to those who ask for what is held about them.
LEADS = Row(frozenset({who.LEAD}), frozenset({who.LEAD}), TAKEN)
EMERGENCY = Row(frozenset({who.OWNER, who.LEAD, who.GLASS, who.GLASS_OVER}), frozenset({who.LEAD}), TAKEN)

# A model stands for each of its fields that has no row of its own.
TABLE: dict[str, Row] = {
    # --- The record ------------------------------------------------------------------------------
    "records.BreakGlass": EMERGENCY,
    "records.BreakGlassReview": EMERGENCY,
    "records.ChronologyEntry": OURS,
    "records.Concern": OURS,
    # Drafts that were discarded stand in the list with the reason, and have no page any more.
    "records.Concern.discarded_why": OURS._replace(places=frozenset({"list"})),
    "records.Disposal": LEADS,
    "records.Document": OURS,
    "records.Document.title": OURS._replace(places=ANYWHERE),
    "records.DocumentStrike": OURS,
    "records.DocumentVersion": OURS,
    "records.ImportRow": UPLOADED,
    "records.LegalHold": LEADS,
    "records.Person": OURS,
    "records.Person.first_name": NAMES,
    "records.Person.known_as": NAMES,
    "records.Person.last_name": NAMES,
    "records.Person.address": PROTECTED,
    "records.Person.phone": PROTECTED,
    "records.ProtectedDetail": PROTECTED,
    "records.Relationship": OURS,
    "records.Restriction": OURS,
    "records.RetentionClass": LEADS,
    "records.RetentionDecision": LEADS,
    "records.Statement": OURS,
    "records.Strike": OURS,
    "records.Subject": OURS,
    "records.Worry": OURS,
    "consent.SharingDecision": OURS,
    "consent.View": OURS,
    # --- The cycle, on the owner's side ------------------------------------------------------------
    "sharing.Assumption": OURS,
    "sharing.Correction": OURS,
    "sharing.CorrectionTo": OURS,
    "sharing.Cycle": OURS,
    "sharing.DecisionNotAwaited": OURS,
    "sharing.Exchange.right_place": SPEAKERS._replace(places=TAKEN),
    "sharing.Enquiry.unanswered_why": OURS,
    "sharing.Export": LEADS._replace(places=frozenset({"export"})),
    "sharing.Handover": OURS,
    "sharing.GuardDecision": SPEAKERS,
    "sharing.HeldBack": OURS,
    "sharing.Involvement": OURS,
    "sharing.Override": OURS,
    "sharing.PaperCopy": ON_THE_COPY,
    "sharing.PaperCopy.purpose_words": OF_NO_PAGE,
    "sharing.StageMove": OURS,
    "sharing.Stranger": SPEAKERS,
    "sharing.Link": SPEAKERS,
    "sharing.Transfer": ANOTHER_AREA,
    "sharing.TransferCall": ANOTHER_AREA,
    "sharing.TransferPerson": ANOTHER_AREA,
    # --- What one tells the other ------------------------------------------------------------------
    "sharing.AboutOurPerson": LISTENERS,
    "sharing.Action": TOLD,
    "sharing.ActionFlag": TOLD,
    "sharing.ActionReport": TOLD,
    "sharing.Agreement": TOLD,
    "sharing.Attachment": TOLD,
    "sharing.Contribution": BETWEEN,
    "sharing.Contribution.taken_back_why": BETWEEN._replace(
        must=frozenset({who.OWNER, who.LEAD, who.LISTENER})
    ),
    "sharing.DangerCall": TOLD,
    "sharing.Disagreement": TOLD,
    "sharing.Enquiry": BETWEEN,
    "sharing.Exchange": BETWEEN,
    "sharing.Exchange.what_i_ask": TOLD,
    "sharing.Exchange.why_you": TOLD,
    "sharing.ExchangePerson": TOLD,
    "sharing.Item": BETWEEN,
    "sharing.Item.happened_note": TOLD,
    "sharing.Item.source": TOLD,
    "sharing.Item.text": TOLD,
    "sharing.LadderStage": TOLD,
    "sharing.Meeting": BETWEEN,
    "sharing.Meeting.called_off_why": ON_THE_LIST,
    "sharing.Meeting.purpose": TOLD,
    "sharing.MeetingAction": BETWEEN,
    "sharing.MeetingDecision": BETWEEN,
    "sharing.MeetingMember": BETWEEN,
    "sharing.MeetingMember.taken_back_why": OURS._replace(must=frozenset({who.LEAD})),
    # Whoever is asked is told why; what the chair wrote is not shown back to the chair.
    "sharing.MeetingMember.why_you": BETWEEN._replace(must=frozenset({who.LISTENER, who.DEPUTY})),
    "sharing.MeetingMember.words": ON_THE_LIST,
    "sharing.Minutes": BETWEEN,
    "sharing.Minutes.body": TOLD,
    "sharing.Minutes.what_changed": ON_THE_LIST,
    "sharing.Outcome": BETWEEN,
    "sharing.Position": TOLD,
    "sharing.ProposedCorrection": TOLD,
    "sharing.RiskHolder": TOLD,
    "sharing.Round": TOLD,
    "sharing.Round.note": BETWEEN,
    "sharing.SpokenCall": BETWEEN,
    # It becomes the note of the round once the listener has confirmed it. Until then the export has it.
    "sharing.SpokenCall.note": BETWEEN._replace(must=frozenset({who.LEAD})),
    "sharing.Summary": BETWEEN,
    "sharing.SummaryAnswer": BETWEEN,
    "sharing.Verdict": TOLD,
    # --- What those decide who oversee it ------------------------------------------------------------
    "sharing.AccessBundle": LEADS,
    "sharing.AccessCheck": LEADS,
    "sharing.AccessPiece": LEADS,
    "sharing.AccessRequest": LEADS,
    "sharing.AccessWait": LEADS,
    "sharing.AgencyView": LEADS,
    "sharing.Breach": ANSWERED,
    "sharing.BreachDecision": ANSWERED,
    "sharing.DisclosureHold": OURS,
    "sharing.HeldWord": LEADS,
    "sharing.HoldDecision": LEADS,
    "sharing.Incident": ANSWERED,
    "sharing.PieceDecision": LEADS,
}


def row_of(field: str) -> Row | None:
    """Return the row of a field, or of its model."""
    return TABLE.get(field) or TABLE.get(field.rpartition(".")[0])


# What no agency of the scene wrote: kept by the partnership for everybody who decides about keeping.
OF_NOBODY: dict[str, Who] = {"records.RetentionClass.source": who.LEADS | {who.COORDINATOR}}


def may_read(field: str, whose: str) -> Who:
    """Return who may read a field of a row: the owner's agency's, the listener's, nobody's or another's."""
    found = row_of(field)
    if found is None or whose == OTHERS_IS:
        return OF_NOBODY.get(field, NOBODY)
    return found.may if whose == OURS_IS else at_the_other_agency(found.may)


def at_the_other_agency(may: Who) -> Who:
    """Return who may read at the listener's agency what at the owner's such people read of its own."""
    if who.COLLEAGUE in may:
        return ELSEWHERE
    return who.LISTENING if who.OWNER in may else frozenset({who.LISTENERS_LEAD})


OURS_IS, THEIRS_IS, OTHERS_IS = "the owner's agency", "the listener's agency", "nobody or another agency"
