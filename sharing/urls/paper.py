"""On paper."""

from django.urls import path

from sharing.views import paper

CONCERN = "concerns/<slug:reference>/paper/"
EXCHANGE = "exchanges/<slug:reference>/paper/"
MINUTES = "meetings/<slug:reference>/minutes/<int:number>/paper/"
DECISION = "concerns/<slug:reference>/cycle/<int:cycle_number>/sharing-decision/<slug:person>/paper/"

urlpatterns = [
    path(CONCERN, paper.concern_paper, name="concern-paper"),
    path(f"{CONCERN}pdf/", paper.concern_pdf, name="concern-paper-pdf"),
    path(EXCHANGE, paper.exchange_paper, name="exchange-paper"),
    path(f"{EXCHANGE}pdf/", paper.exchange_pdf, name="exchange-paper-pdf"),
    path(MINUTES, paper.minutes_paper, name="minutes-paper"),
    path(f"{MINUTES}pdf/", paper.minutes_pdf, name="minutes-paper-pdf"),
    path(DECISION, paper.decision_paper, name="decision-paper"),
    path(f"{DECISION}pdf/", paper.decision_pdf, name="decision-paper-pdf"),
]
