"""What browsers report of a page that tried what its policy does not allow: a line in the log, no more."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from agencies.decorators import public

LARGEST, MOST = 16_384, 10
KINDS = frozenset({"application/csp-report", "application/reports+json", "application/json"})
# What a report may say was blocked. An address is none of these: whatever stands in it is left out.
KNOWN = frozenset({"inline", "eval", "wasm-eval", "data", "blob", "self", "trusted-types-policy"})
DIRECTIVES = frozenset(
    {"default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem",
     "style-src-attr", "img-src", "font-src", "connect-src", "form-action", "base-uri", "frame-ancestors",
     "frame-src", "object-src", "media-src", "manifest-src", "worker-src", "child-src"}
)  # fmt: skip

log = logging.getLogger(__name__)


@public
@csrf_exempt
@require_POST
def policy_report(request: HttpRequest) -> HttpResponse:
    """Write one line for each report: which rule, what kind of thing and the name of the page.

    A report also holds the address, a sample of the page and who referred to it. None of that is read.
    """
    if request.content_type not in KINDS:
        return HttpResponse(status=415)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=413)
    for report in _reports(request.body):
        log.warning("A page broke its policy: %s, %s, on %s", *_said(report))
    return HttpResponse(status=204)


def _reports(body: bytes) -> Iterator[dict[str, Any]]:
    """Read both ways in which browsers report: one object, or a list of several."""
    try:
        sent = json.loads(body)
    except ValueError:
        return
    for one in (sent if isinstance(sent, list) else [sent])[:MOST]:
        report = (one.get("csp-report") or one.get("body")) if isinstance(one, dict) else None
        if isinstance(report, dict):
            yield report


def _said(report: dict[str, Any]) -> tuple[str, str, str]:
    directive = str(report.get("effective-directive") or report.get("effectiveDirective") or "")
    blocked = str(report.get("blocked-uri") or report.get("blockedURL") or "")
    page = str(report.get("document-uri") or report.get("documentURL") or "")
    return (
        directive if directive in DIRECTIVES else "another rule",
        blocked if blocked in KNOWN else "an address",
        _name_of(page),
    )


def _name_of(page: str) -> str:
    """Return the name of a page, without what its address says it is about."""
    try:
        return resolve(urlsplit(page).path).view_name or "a page without a name"
    except (Resolver404, ValueError):
        return "no page of ours"
