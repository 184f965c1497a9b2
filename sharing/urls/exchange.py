"""Whom to tell and what, and the exchange with its check-back."""

from django.urls import path

from sharing.views import attachments, copies, differ, disagreement, do, exchange, share, spoken

urlpatterns = [
    path("concerns/<slug:reference>/do/", do.do, name="do"),
    path("concerns/<slug:reference>/do/listener/", do.choose_listener, name="choose-listener"),
    path("concerns/<slug:reference>/urgent/", do.urgent, name="urgent"),
    path("exchanges/<slug:reference>/prepare/", share.prepare, name="prepare"),
    path("exchanges/<slug:reference>/preview/", share.preview, name="preview"),
    path("exchanges/<slug:reference>/send/", share.send, name="send"),
    path("exchanges/<slug:reference>/discard/", share.discard, name="discard"),
    path("exchanges/<slug:reference>/", exchange.exchange, name="exchange"),
    path(
        "exchanges/<slug:reference>/attachments/<int:number>/",
        attachments.attachment_file,
        name="attachment-file",
    ),
    path("exchanges/<slug:reference>/receive/", exchange.receive, name="receive"),
    path("exchanges/<slug:reference>/not-mine/", exchange.not_mine, name="not-mine"),
    path("exchanges/<slug:reference>/restate/", exchange.restate, name="restate"),
    path("exchanges/<slug:reference>/check/", exchange.check, name="check"),
    path("exchanges/<slug:reference>/call/", spoken.log_call, name="log-call"),
    path("exchanges/<slug:reference>/said/", spoken.confirm_call, name="confirm-call"),
    path("exchanges/<slug:reference>/said-differently/", spoken.say_differently, name="say-differently"),
    path("exchanges/<slug:reference>/agreement/", differ.agreement, name="agreement"),
    path("exchanges/<slug:reference>/disagree/", disagreement.disagree, name="disagree"),
    path("exchanges/<slug:reference>/my-copy/", copies.my_copy, name="my-copy"),
    path("exchanges/<slug:reference>/withdraw/", differ.withdraw, name="withdraw"),
    path("disagreements/<slug:reference>/", disagreement.disagreement, name="disagreement"),
    path("disagreements/<slug:reference>/position/", disagreement.add_position, name="add-position"),
    path("disagreements/<slug:reference>/risk/", disagreement.name_risk_holder, name="name-risk-holder"),
    path("disagreements/<slug:reference>/next-stage/", disagreement.open_next_stage, name="open-next-stage"),
    path("disagreements/<slug:reference>/danger/", disagreement.immediate_danger, name="immediate-danger"),
    path("disagreements/<slug:reference>/outcome/", disagreement.write_outcome, name="write-outcome"),
    path("disagreements/<slug:reference>/close/", disagreement.close, name="close-disagreement"),
    path("partnership/disagreements/", disagreement.escalated, name="partnership-disagreements"),
]
