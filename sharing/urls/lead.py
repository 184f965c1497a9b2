"""A lead's page."""

from django.urls import path

from sharing.views import lead

urlpatterns = [
    path("lead/", lead.lead, name="lead"),
    path("lead/<int:number>/chase/", lead.chase, name="lead-chase"),
    path("lead/<int:number>/take-over/", lead.take_over, name="lead-take-over"),
]
