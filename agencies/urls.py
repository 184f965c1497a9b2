"""The addresses of this app's pages."""

from django.urls import path

from agencies.views import draft, hat

urlpatterns = [
    path("start/", hat.start, name="start"),
    path("hat/", hat.choose_hat, name="choose_hat"),
    path("drafts/", draft.keep, name="drafts"),
]
