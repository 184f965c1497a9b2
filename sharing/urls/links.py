"""The way in by a link. One address holds a token and nothing else; it is left behind at once."""

from django.urls import path

from sharing.views import by_link

urlpatterns = [
    path("l/<str:token>/", by_link.arrive, name="link"),
    path("link/code/", by_link.code, name="link-code"),
    path("link/code/another/", by_link.another_code, name="link-another-code"),
    path("link/not-me/", by_link.not_me, name="link-not-me"),
    path("link/over/", by_link.over, name="link-over"),
    path("link/stay/", by_link.stay, name="link-stay"),
    path("link/leave/", by_link.leave, name="link-leave"),
]
