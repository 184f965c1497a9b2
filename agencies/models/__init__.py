"""Agencies and the people in them. Nobody's case data is known here."""

from agencies.models.agency import Agency, Partnership, TimeLimit
from agencies.models.file import FileChunk, StoredFile
from agencies.models.form import Draft, Submission
from agencies.models.hours import ClosedDay, OpeningHours
from agencies.models.job import Job
from agencies.models.membership import Absence, Deputy, Membership
from agencies.models.reach import ContactPoint, NoticeChoice
from agencies.models.session import Session
from agencies.models.user import User, UserManager

__all__ = [
    "Absence",
    "Agency",
    "ClosedDay",
    "ContactPoint",
    "Deputy",
    "Draft",
    "FileChunk",
    "Job",
    "Membership",
    "NoticeChoice",
    "OpeningHours",
    "Partnership",
    "Session",
    "StoredFile",
    "Submission",
    "TimeLimit",
    "User",
    "UserManager",
]
