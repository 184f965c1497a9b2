"""Every address of sharing, one file for each noun."""

from sharing.urls import (
    actions,
    ask,
    breach,
    concern,
    corrections,
    exchange,
    handover,
    home,
    lead,
    learning,
    links,
    meetings,
    outside,
    paper,
    record,
    transfers,
)

urlpatterns = [
    *home.urlpatterns,
    *concern.urlpatterns,
    *ask.urlpatterns,
    *exchange.urlpatterns,
    *corrections.urlpatterns,
    *actions.urlpatterns,
    *record.urlpatterns,
    *breach.urlpatterns,
    *learning.urlpatterns,
    *lead.urlpatterns,
    *handover.urlpatterns,
    *links.urlpatterns,
    *meetings.urlpatterns,
    *transfers.urlpatterns,
    *outside.urlpatterns,
    *paper.urlpatterns,
]
