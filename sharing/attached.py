"""Attachments as the pages show them: to the speaker's side with who opened them, to the listener to open."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, Exists, OuterRef, QuerySet, Value, When
from django.db.models.functions import Coalesce, JSONObject
from django.utils.dateparse import parse_datetime

from agencies.addresses import reverse
from records.documents import shown
from records.documents.states import SENTENCES, TAGS, Scan, is_open, scan_state
from records.models import Document, DocumentStrike
from sharing.models import Attachment, AttachmentOpening
from sharing.told import moment

NOT_READ = (
    "What is inside a file is not looked through for protected details: only its title and what is said of "
    "it. Read it to the end before you send it."
)


def _openings(attachment: str) -> Any:
    rows = AttachmentOpening.objects.filter(attachment=OuterRef(attachment)).order_by("pk")
    name = Coalesce("by__user__full_name", "by__name")
    return ArraySubquery(rows.values(json=JSONObject(by="by_id", name=name, at="at")))


def of_exchange() -> Any:
    """Return what gives the attachments of an exchange, each with its state and who opened it."""
    struck = DocumentStrike.objects.filter(document=OuterRef("version__document"))
    rows = Attachment.objects.filter(exchange=OuterRef("pk")).order_by("number")
    return ArraySubquery(
        rows.values(
            json=JSONObject(
                number="number",
                title="title",
                kind="kind",
                written_by="written_by",
                source="source",
                made="made",
                why_needed="why_needed",
                content_kind="content_kind",
                size="size",
                sha256="sha256",
                left_out="left_out",
                label="version__document__number",
                version="version__number",
                scan=scan_state("version"),
                struck=Case(
                    When(Exists(struck), then=Value(True)), default=Value(False), output_field=BooleanField()
                ),
                openings=_openings("pk"),
            )
        )
    )


def attachments(exchange: Any, *, on_speakers_side: bool, me: Any = None) -> list[dict[str, Any]]:
    """Return the attachments of an exchange from `get_exchange`, for sharing/_attachments.html."""
    return [
        _shown(one, exchange, on_speakers_side=on_speakers_side, me=me)
        for one in exchange.attached_files or []
    ]


def _shown(one: dict[str, Any], exchange: Any, *, on_speakers_side: bool, me: Any) -> dict[str, Any]:
    state = Scan(one["scan"])
    openings = [(str(o["by"]), o["name"], moment(parse_datetime(o["at"]))) for o in one["openings"]]
    if on_speakers_side:
        opened = [f"Opened by {name} on {at}" for _, name, at in openings] or ["Not opened yet"]
    else:
        mine = [at for by, _, at in openings if by == str(me)]
        opened = [f"You opened it on {mine[0]}" if mine else "You have not opened it yet"]
    rows = [
        ("What it is", Document.Kind(one["kind"]).label),
        ("Written or made by", one["written_by"]),
        ("When it was made", one["made"]),
        ("How it came to the sender", one["source"]),
        ("Why it is needed", one["why_needed"]),
        ("File", shown.content(one["content_kind"], one["size"])),
        ("Left out of this copy", one["left_out"]),
        ("Fingerprint of the file (SHA-256)", shown.in_groups(one["sha256"])),
    ]
    return {
        "number": one["number"],
        "heading": f"Attachment {one['number']}: {one['title']}",
        "rows": [{"key": key, "value": value} for key, value in rows if value],
        "tag": TAGS[state],
        "sentence": SENTENCES[state],
        "struck": one["struck"],
        "opened": opened if exchange.sent_at else [],
        "document": f"D{one['label']}, version {one['version']}" if on_speakers_side else "",
        "href": (
            reverse("attachment-file", args=[exchange.reference, one["number"]])
            if not on_speakers_side and is_open(state)
            else ""
        ),
        "is_opened": bool(openings) if on_speakers_side else any(by == str(me) for by, _, _ in openings),
    }


def of_document(document: Document) -> list[dict[str, Any]]:
    """Return with whom the versions of a document were shared and who opened them, for a task list."""
    rows: QuerySet[Attachment] = (
        Attachment.objects.filter(version__document=document, exchange__sent_at__isnull=False)
        .select_related("version", "exchange__listener__user", "exchange__listener__agency")
        .annotate(opened_by=_openings("pk"))
        .order_by("-exchange__sent_at", "pk")
    )
    return [_given(one) for one in rows]


def _given(one: Any) -> dict[str, Any]:
    exchange = one.exchange
    opened = [f"{o['name']} opened it on {moment(parse_datetime(o['at']))}." for o in one.opened_by]
    closed = exchange.withdrawn_at or exchange.not_mine_at
    if closed:
        status = {"text": "Closed", "colour": "grey"}
    elif opened:
        status = {"text": "Opened", "colour": "green"}
    else:
        status = {"text": "Not opened yet", "colour": "blue"}
    return {
        "title": f"Version {one.version.number} to {exchange.listener.label}",
        "hint": " ".join([f"Sent on {moment(exchange.sent_at)} with {exchange.reference}.", *opened]),
        "href": reverse("exchange", args=[exchange.reference]),
        "status": status,
    }
