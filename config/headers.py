"""Headers that every answer carries: nothing runs but what the answer itself names, and nothing is cached."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from agencies.addresses import reverse

# Scripts and style sheets load by the nonce of the answer they stand in, never by where they come from: what
# somebody managed to have served from here does not run either. A module's imports inherit its nonce.
POLICY = (
    "default-src 'none'; "
    "script-src 'nonce-{nonce}'; "
    "style-src 'nonce-{nonce}'; "
    "img-src 'self' data:; "
    "font-src 'self'; "
    "connect-src 'self'; "
    "form-action 'self'; "
    "base-uri 'none'; "
    "frame-ancestors 'none'; "
    "report-uri {reports}; "
    "report-to policy"
)
# A style sheet, script or picture that is opened by itself is no page, and may do nothing.
POLICY_OF_FILES = "default-src 'none'; frame-ancestors 'none'; sandbox"
# What browsers offer and no page here uses.
FEATURES = (
    "accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture",
    "encrypted-media", "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
ALWAYS = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
}


class SecurityHeaders:
    """Gives every request a nonce, and every answer the policy; no-store too where it is no static file.

    Django's own middleware sets some of these headers on the answers that pass it. This one stands outside
    all others, so that an answer which an inner one cut short has them as well.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(18)
        request.__dict__["csp_nonce"] = nonce
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.headers.setdefault(
                "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
            )
        if request.path.startswith(settings.STATIC_URL) and response.status_code < 400:
            response.headers["Content-Security-Policy"] = POLICY_OF_FILES
            return response
        # A file that somebody uploaded comes with a stricter policy of its own.
        reports = reverse("policy-report")
        response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce, reports=reports))
        response.headers.setdefault("Reporting-Endpoints", f'policy="{reports}"')
        # Shared office machines: the Back button after signing out must show nothing.
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response
