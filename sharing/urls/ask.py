"""The Ask stage, and questions to other people."""

from django.urls import path

from sharing.views import ask, enquiry

ASK = "concerns/<slug:reference>/ask/"

urlpatterns = [
    path(ASK, ask.ask, name="ask"),
    path("concerns/<slug:reference>/worry-now/", ask.worry_now, name="worry-now"),
    path(f"{ASK}people/", enquiry.find, {"then": "list"}, name="ask-find"),
    path(f"{ASK}people/add/", enquiry.list_person, name="ask-list"),
    path(f"{ASK}people/by-hand/", ask.list_by_hand, name="ask-by-hand"),
    path(f"{ASK}assumptions/add/", ask.name_assumption, name="assumption-add"),
    path(f"{ASK}assumptions/<int:number>/", ask.test_assumption, name="assumption-test"),
    path(f"{ASK}enquiry/", enquiry.ask_somebody, {"kind": "ENQUIRY"}, name="ask-enquiry"),
    path(f"{ASK}advice/", enquiry.ask_somebody, {"kind": "ADVICE"}, name="ask-advice"),
    path("enquiries/<slug:reference>/", enquiry.enquiry, name="enquiry"),
    path("enquiries/<slug:reference>/answer/", enquiry.answer, name="enquiry-answer"),
    path("enquiries/<slug:reference>/explain/", enquiry.explain, name="enquiry-explain"),
]
