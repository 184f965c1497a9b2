"""The addresses of this app's pages. They hold references only."""

from django.urls import path

from consent.views import decision, people

ALL = "concerns/<str:reference>/cycle/<int:cycle_number>/sharing-decision/"
ONE = f"{ALL}<str:person>/"

urlpatterns = [
    path(ALL, people.sharing_decisions, name="sharing-decisions"),
    path(f"{ONE}view/", people.record_view, name="record-view"),
    path(ONE, decision.decide, {"step": "outcome"}, name="sharing-decision"),
    path(f"{ONE}basis/", decision.decide, {"step": "basis"}, name="sharing-decision-basis"),
    path(f"{ONE}informed/", decision.decide, {"step": "informed"}, name="sharing-decision-informed"),
    path(f"{ONE}reasons/", decision.decide, {"step": "reasons"}, name="sharing-decision-reasons"),
    path(f"{ONE}record/", decision.sharing_decision_record, name="sharing-decision-record"),
]
