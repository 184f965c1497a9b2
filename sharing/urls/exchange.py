"""The exchange and its check-back."""

from django.urls import path

from sharing.views import differ, exchange

urlpatterns = [
    path("exchanges/<slug:reference>/", exchange.exchange, name="exchange"),
    path("exchanges/<slug:reference>/receive/", exchange.receive, name="receive"),
    path("exchanges/<slug:reference>/not-mine/", exchange.not_mine, name="not-mine"),
    path("exchanges/<slug:reference>/restate/", exchange.restate, name="restate"),
    path("exchanges/<slug:reference>/check/", exchange.check, name="check"),
    path("exchanges/<slug:reference>/agreement/", differ.agreement, name="agreement"),
    path("exchanges/<slug:reference>/disagreement/", differ.disagreement, name="disagreement"),
    path("exchanges/<slug:reference>/withdraw/", differ.withdraw, name="withdraw"),
    path("exchanges/<slug:reference>/incident/", differ.incident, name="incident"),
]
