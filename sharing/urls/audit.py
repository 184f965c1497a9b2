"""What was done, for the auditor."""

from django.urls import path

from sharing.views import events

urlpatterns = [
    path("audit/events/", events.events, name="audit_events"),
]
