"""People without an account: the directory of them, and the link as whoever sent it sees it."""

from django.urls import path

from sharing.views import link, outside

urlpatterns = [
    path("outside/", outside.directory, name="outside"),
    path("outside/add/", outside.add, name="outside-add"),
    path("outside/<uuid:membership_id>/", outside.person, name="outside-person"),
    path("outside/<uuid:membership_id>/end/", outside.end, name="outside-end"),
    path("outside/<uuid:membership_id>/<slug:way>/", outside.reach, name="outside-reach"),
    path("concerns/<slug:reference>/outside/", outside.choose, name="outside-choose"),
    path("concerns/<slug:reference>/outside/add/", outside.add_and_choose, name="outside-choose-add"),
    path("exchanges/<slug:reference>/link/new/", link.new, name="link-new"),
    path("exchanges/<slug:reference>/link/read-out/", link.read_out, name="link-read-out"),
    path("exchanges/<slug:reference>/link/end/", link.end, name="link-end"),
    path(
        "exchanges/<slug:reference>/link/stranger/<int:number>/",
        outside.add_stranger,
        name="link-add-stranger",
    ),
]
