"""The tables of sharing, one file for each noun."""

from sharing.models.about import AboutOurPerson
from sharing.models.action import Action, ActionReport
from sharing.models.ask import Assumption, Enquiry, Involvement
from sharing.models.attachment import Attachment, AttachmentOpening
from sharing.models.breach import Breach, BreachDecision
from sharing.models.correction import ActionFlag, Correction, CorrectionTo, ProposedCorrection
from sharing.models.cycle import Cycle, Override, SkippedStep, Stage, StageMove
from sharing.models.decision import DecisionNotAwaited
from sharing.models.differ import Agreement, Disagreement, Incident
from sharing.models.exchange import Exchange
from sharing.models.export import Export
from sharing.models.guard import AlikeChoice, GuardDecision
from sharing.models.handover import Handover
from sharing.models.item import ExchangePerson, HeldBack, Item
from sharing.models.ladder import DangerCall, LadderStage, Outcome, Position, RiskHolder, Side
from sharing.models.learning import LearningKind, LearningMonth, LearningRefresh
from sharing.models.link import Link, LinkAttempt, LinkCode, LinkToken, LinkVisit, Stranger
from sharing.models.meeting import (
    Contribution,
    ContributionFor,
    Meeting,
    MeetingAction,
    MeetingDecision,
    MeetingMember,
    Minutes,
    MinutesCopy,
)
from sharing.models.obligation import Chase, Obligation, Reminder
from sharing.models.paper import PaperCopy
from sharing.models.redaction import (
    AccessPiece,
    AgencyView,
    DisclosureHold,
    Ground,
    HeldWord,
    HoldDecision,
    PieceDecision,
)
from sharing.models.round import Round, Verdict
from sharing.models.spoken import SpokenAnswer, SpokenCall
from sharing.models.subject_access import AccessBundle, AccessCheck, AccessRequest, AccessWait
from sharing.models.summary import Summary, SummaryAnswer
from sharing.models.transfer import Transfer, TransferCall, TransferPerson

__all__ = [
    "AboutOurPerson",
    "AccessBundle",
    "AccessCheck",
    "AccessPiece",
    "AccessRequest",
    "AccessWait",
    "Action",
    "ActionFlag",
    "ActionReport",
    "AgencyView",
    "Agreement",
    "AlikeChoice",
    "Assumption",
    "Attachment",
    "AttachmentOpening",
    "Breach",
    "BreachDecision",
    "Chase",
    "Contribution",
    "ContributionFor",
    "Correction",
    "CorrectionTo",
    "Cycle",
    "DangerCall",
    "DecisionNotAwaited",
    "Disagreement",
    "DisclosureHold",
    "Enquiry",
    "Exchange",
    "ExchangePerson",
    "Export",
    "Ground",
    "GuardDecision",
    "Handover",
    "HeldBack",
    "HeldWord",
    "HoldDecision",
    "Incident",
    "Involvement",
    "Item",
    "LadderStage",
    "LearningKind",
    "LearningMonth",
    "LearningRefresh",
    "Link",
    "LinkAttempt",
    "LinkCode",
    "LinkToken",
    "LinkVisit",
    "Meeting",
    "MeetingAction",
    "MeetingDecision",
    "MeetingMember",
    "Minutes",
    "MinutesCopy",
    "Obligation",
    "Outcome",
    "Override",
    "PaperCopy",
    "PieceDecision",
    "Position",
    "ProposedCorrection",
    "Reminder",
    "RiskHolder",
    "Round",
    "Side",
    "SkippedStep",
    "SpokenAnswer",
    "SpokenCall",
    "Stage",
    "StageMove",
    "Stranger",
    "Summary",
    "SummaryAnswer",
    "Transfer",
    "TransferCall",
    "TransferPerson",
    "Verdict",
]
