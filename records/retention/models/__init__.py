"""Retention as rows: classes, what an agency holds and until when, legal holds, disposals.

A concern is held by the agency that logged it, and what passed between agencies by each of them under its own
class. One holder's disposal takes nothing from another (sharing/retention).
"""

from records.retention.models.disposal import Certificate, Disposal
from records.retention.models.holding import Holding, RetentionDecision
from records.retention.models.legal_hold import LegalHold
from records.retention.models.retention_class import RetentionClass

__all__ = [
    "Certificate",
    "Disposal",
    "Holding",
    "LegalHold",
    "RetentionClass",
    "RetentionDecision",
]
