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

# The record of the agency, which everybody who works there on concerns may read.
OURS = Row(RECORD, frozenset({who.OWNER, who.LEAD}), TAKEN)
NAMES = OURS._replace(places=ANYWHERE)
# What is kept from others stays in the agency that keeps it, and leaves it in no file.
PROTECTED = OURS._replace(places=PAGES)
# What one side tells the other: both sides, those who stand in for them and oversee them, and the record.
TOLD = Row(
    RECORD | who.LISTENING | {who.BY_LINK}, frozenset({who.OWNER, who.LEAD, who.LISTENER, who.DEPUTY}), TAKEN
)
# Either side may be the only one that it is shown to.
BETWEEN = TOLD._replace(must=NOBODY)
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
    "records.Disposal": LEADS,
    "records.Document": OURS,
    "records.Document.title": OURS._replace(places=ANYWHERE),
    "records.DocumentStrike": OURS,
    "records.DocumentVersion": OURS,
    "records.ImportRow": OURS,
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
    "sharing.DangerCall": OURS,
    "sharing.DecisionNotAwaited": OURS,
    "sharing.Exchange.right_place": SPEAKERS._replace(places=TAKEN),
    "sharing.Export": OURS,
    "sharing.GuardDecision": SPEAKERS,
    "sharing.HeldBack": OURS,
    "sharing.Involvement": OURS,
    "sharing.Override": OURS,
    "sharing.PaperCopy": OURS,
    "sharing.StageMove": OURS,
    "sharing.Stranger": SPEAKERS,
    "sharing.Link": SPEAKERS,
    "sharing.Transfer": OURS,
    "sharing.TransferCall": OURS,
    # --- What one tells the other ------------------------------------------------------------------
    "sharing.AboutOurPerson": BETWEEN,
    "sharing.Action": TOLD,
    "sharing.Action.declined_why": BETWEEN,
    "sharing.Action.withdrawn_why": BETWEEN,
    "sharing.ActionFlag": BETWEEN,
    "sharing.ActionReport": TOLD,
    "sharing.AgencyView": BETWEEN,
    "sharing.Agreement": TOLD,
    "sharing.Attachment": TOLD,
    "sharing.Contribution": BETWEEN,
    "sharing.Disagreement": TOLD,
    "sharing.Enquiry": BETWEEN,
    "sharing.Exchange": BETWEEN,
    "sharing.Exchange.what_i_ask": TOLD,
    "sharing.Exchange.why_you": TOLD,
    "sharing.ExchangePerson": TOLD,
    "sharing.Handover": BETWEEN,
    "sharing.Item": BETWEEN,
    "sharing.Item.source": TOLD,
    "sharing.Item.text": TOLD,
    "sharing.LadderStage": BETWEEN,
    "sharing.Meeting": BETWEEN,
    "sharing.Meeting.purpose": TOLD,
    "sharing.MeetingAction": BETWEEN,
    "sharing.MeetingDecision": BETWEEN,
    "sharing.MeetingMember": BETWEEN,
    "sharing.Minutes": BETWEEN,
    "sharing.Minutes.body": TOLD,
    "sharing.Outcome": BETWEEN,
    "sharing.Position": TOLD,
    "sharing.ProposedCorrection": TOLD,
    "sharing.RiskHolder": BETWEEN,
    "sharing.Round": TOLD,
    "sharing.Round.note": BETWEEN,
    "sharing.SpokenCall": BETWEEN,
    "sharing.Summary": BETWEEN,
    "sharing.SummaryAnswer": BETWEEN,
    "sharing.Verdict": TOLD,
    # --- What those decide who oversee it ------------------------------------------------------------
    "sharing.AccessBundle": LEADS,
    "sharing.AccessCheck": LEADS,
    "sharing.AccessPiece": LEADS,
    "sharing.AccessRequest": LEADS,
    "sharing.AccessWait": LEADS,
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
    if whose == OURS_IS:
        found = row_of(field)
        return found.may if found else NOBODY
    return ELSEWHERE if whose == THEIRS_IS else OF_NOBODY.get(field, NOBODY)


OURS_IS, THEIRS_IS, OTHERS_IS = "the owner's agency", "the listener's agency", "nobody or another agency"
