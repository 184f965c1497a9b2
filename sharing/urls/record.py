"""The Record stage."""

from django.urls import path

from sharing.views import record

urlpatterns = [
    path("concerns/<slug:reference>/summary/", record.summary, name="summary"),
    path("exchanges/<slug:reference>/summary/", record.answer_summary, name="answer-summary"),
    path("exchanges/<slug:reference>/silence/", record.record_silence, name="record-silence"),
]
