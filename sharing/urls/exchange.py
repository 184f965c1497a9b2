"""Whom to tell and what, and the exchange with its check-back."""

from django.urls import path

from sharing.views import differ, do, exchange

urlpatterns = [
    path("concerns/<slug:reference>/do/", do.do, name="do"),
    path("concerns/<slug:reference>/do/listener/", do.choose_listener, name="choose-listener"),
    path("concerns/<slug:reference>/urgent/", do.urgent, name="urgent"),
    path("exchanges/<slug:reference>/prepare/", do.prepare, name="prepare"),
    path("exchanges/<slug:reference>/preview/", do.preview, name="preview"),
    path("exchanges/<slug:reference>/send/", do.send, name="send"),
    path("exchanges/<slug:reference>/discard/", do.discard, name="discard"),
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
