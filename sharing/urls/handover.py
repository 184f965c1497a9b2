"""Handing over work, ending a role, and the cover calendar."""

from django.urls import path

from sharing.views import cover, handover

urlpatterns = [
    path("hand-over/", handover.hand_over, name="hand-over"),
    path("hand-over/people/", handover.people, name="hand-over-people"),
    path("hand-over/<uuid:membership_id>/", handover.hand_over_of, name="hand-over-of"),
    path("cover/", cover.cover, name="cover"),
    path("team/<uuid:membership_id>/end/", handover.end_membership, name="end_membership"),
]
