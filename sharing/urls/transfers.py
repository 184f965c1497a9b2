"""Hand-over to another area, and the answer that comes back on what was shared."""

from django.urls import path

from sharing.views import decisions, transfers

urlpatterns = [
    path("concerns/<slug:reference>/other-area/", transfers.propose, name="propose-transfer"),
    path("transfers/<slug:reference>/", transfers.transfer, name="transfer"),
    path("transfers/<slug:reference>/call/", transfers.call, name="transfer-call"),
    path("transfers/<slug:reference>/receive/", transfers.receive, name="transfer-receive"),
    path("transfers/<slug:reference>/accept/", transfers.accept, name="transfer-accept"),
    path("transfers/<slug:reference>/decline/", transfers.decline, name="transfer-decline"),
    path("transfers/<slug:reference>/withdraw/", transfers.withdraw, name="transfer-withdraw"),
    path("transfers/<slug:reference>/conference/", transfers.conference, name="transfer-conference"),
    path("exchanges/<slug:reference>/decision/", decisions.decide, name="decide"),
    path("exchanges/<slug:reference>/without-decision/", decisions.go_on_without, name="go-on-without"),
    path("exchanges/<slug:reference>/chase/", decisions.chase, name="chase-answer"),
    path("exchanges/<slug:reference>/take-further/", decisions.take_further, name="take-further"),
]
