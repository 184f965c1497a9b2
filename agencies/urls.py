"""The addresses of this app's pages."""

from django.urls import path

from agencies.views import demo, draft, hat

urlpatterns = [
    path("start/", hat.start, name="start"),
    path("hat/", hat.choose_hat, name="choose_hat"),
    path("drafts/", draft.keep, name="drafts"),
    path("demo/", demo.people, name="demo_people"),
    path("demo/sign-in/<uuid:membership_id>/", demo.sign_in, name="demo_sign_in"),
    path("demo/outbox/", demo.outbox, name="demo_outbox"),
]
