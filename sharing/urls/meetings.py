"""Meetings and panels."""

from django.urls import path

from sharing.views import meeting_minutes, meetings

MEETING = "meetings/<slug:reference>/"

urlpatterns = [
    path("concerns/<slug:reference>/meetings/", meetings.meetings, name="meetings"),
    path("concerns/<slug:reference>/meetings/call/", meetings.call, name="call-meeting"),
    path(MEETING, meetings.meeting, name="meeting"),
    path(f"{MEETING}add/", meetings.add, name="meeting-add"),
    path(f"{MEETING}coming/", meetings.coming, name="meeting-coming"),
    path(f"{MEETING}move/", meetings.move, name="meeting-move"),
    path(f"{MEETING}call-off/", meetings.call_off, name="meeting-call-off"),
    path(f"{MEETING}attendance/", meetings.attendance, name="meeting-attendance"),
    path(f"{MEETING}without-quorum/", meetings.without_quorum, name="meeting-without-quorum"),
    path(f"{MEETING}bring/", meeting_minutes.bring, name="meeting-bring"),
    path(f"{MEETING}decision/", meeting_minutes.decision, name="meeting-decision"),
    path(f"{MEETING}action/", meeting_minutes.action, name="meeting-action"),
    path(
        f"{MEETING}<slug:part>/<int:number>/take-back/", meeting_minutes.take_back, name="meeting-take-back"
    ),
    path(f"{MEETING}minutes/", meeting_minutes.send, name="meeting-send"),
    path(f"{MEETING}minutes/<int:number>/", meeting_minutes.minutes, name="meeting-minutes"),
]
