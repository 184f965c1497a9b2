"""Every address leads from here into the apps."""

from django.urls import include, path

from config.health import health

urlpatterns = [
    path("health/", health, name="health"),
    path("accounts/", include("allauth.urls")),
    path("", include("agencies.urls")),
    path("", include("records.urls")),
    path("", include("consent.urls")),
    path("", include("sharing.urls")),
]

handler403 = "config.errors.not_allowed"
handler404 = "config.errors.no_such_page"
handler500 = "config.errors.went_wrong"
