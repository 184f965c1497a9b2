"""Comparing the record with its seals: is it as it was written, all of it and nothing else?"""

from audit.verify.findings import Finding, Progress, Report
from audit.verify.whole import verify

__all__ = ["Finding", "Progress", "Report", "verify"]
