"""Actions."""

from django.urls import path

from sharing.views import actions

urlpatterns = [
    path("exchanges/<slug:reference>/actions/new/", actions.propose, name="propose-action"),
    path("actions/<slug:reference>/", actions.action, name="action"),
    path("actions/<slug:reference>/accept/", actions.accept, name="action-accept"),
    path("actions/<slug:reference>/decline/", actions.decline, name="action-decline"),
    path("actions/<slug:reference>/report/", actions.report, name="action-report"),
    path("actions/<slug:reference>/check/", actions.check, name="action-check"),
    path("actions/<slug:reference>/withdraw/", actions.withdraw, name="action-withdraw"),
]
