"""Every address leads from here into the apps."""

from django.urls import include, path

from config.first_word import ByFirstWord
from config.health import health
from config.reports import policy_report

urlpatterns = [
    ByFirstWord(
        [
            path("health/", health, name="health"),
            path("policy-report/", policy_report, name="policy-report"),
            path("accounts/", include("allauth.urls")),
            path("", include("agencies.urls")),
            path("", include("records.urls")),
            path("", include("consent.urls")),
            path("", include("sharing.urls")),
        ]
    )
]

handler400 = "config.errors.not_understood"
handler403 = "config.errors.not_allowed"
handler404 = "config.errors.no_such_page"
handler500 = "config.errors.went_wrong"
