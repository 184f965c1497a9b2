"""What an agency records. It belongs to that agency alone; others get frozen copies of parts of it."""

from records.documents.models import Document, DocumentStrike, DocumentVersion, ScanResult, ScanToDo
from records.models.chronology import ChronologyEntry, ChronologyImport, ImportRow, Strike
from records.models.concern import Concern, Subject, Worry
from records.models.counter import Counter
from records.models.person import Person, Relationship
from records.models.protection import ProtectedDetail, ProtectedFrom
from records.models.restriction import BreakGlass, BreakGlassReview, Named, Restriction
from records.models.statement import Statement
from records.quality.models import Word
from records.retention.models import (
    Certificate,
    Disposal,
    Holding,
    LegalHold,
    RetentionClass,
    RetentionDecision,
)
from records.search.models import KeptSearch, NameKey, PersonWord

__all__ = [
    "BreakGlass",
    "BreakGlassReview",
    "Certificate",
    "ChronologyEntry",
    "ChronologyImport",
    "Concern",
    "Counter",
    "Disposal",
    "Document",
    "DocumentStrike",
    "DocumentVersion",
    "Holding",
    "ImportRow",
    "KeptSearch",
    "LegalHold",
    "NameKey",
    "Named",
    "Person",
    "PersonWord",
    "ProtectedDetail",
    "ProtectedFrom",
    "Relationship",
    "Restriction",
    "RetentionClass",
    "RetentionDecision",
    "ScanResult",
    "ScanToDo",
    "Statement",
    "Strike",
    "Subject",
    "Word",
    "Worry",
]
