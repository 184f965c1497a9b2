"""How a subject access request reads: as a line of a list, and on its page with what is next."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from agencies.addresses import reverse
from agencies.days import written
from agencies.models import Membership
from sharing.models import AccessBundle, AccessRequest
from sharing.subject_access import clock, standing
from sharing.subject_access.standing import COLOURS, Standing
from sharing.told import moment


def day(on: date | None) -> str:
    """Say a day: “12 January 2027”."""
    return written(on, "j F Y") if on else ""


def tag(found: AccessRequest) -> dict[str, str]:
    """Where it stands, as a tag."""
    stands = standing.standing_of(found)
    return {"text": str(stands), "colour": COLOURS[stands]}


def due(found: AccessRequest, now: datetime) -> dict[str, Any] | None:
    """When it is due, for parts/due.html; nothing while its clock stands, or once it is closed."""
    counted = standing.limit_of(found)
    if counted.due_on is None or not found.is_open or standing.standing_of(found) == Standing.SENT:
        return None
    at = clock.moment(counted.due_on, found.agency.zone)
    return {"text": f"by {day(counted.due_on)}", "late": at < now, "at": at}


def row(found: AccessRequest, now: datetime) -> dict[str, Any]:
    """One request as a line of a list."""
    return {
        "heading": found.person.name,
        "reference": found.reference,
        "meta": [f"Came on {day(found.received_on)}", f"With {found.owner.full_name}"],
        "tag": tag(found),
        "due": due(found, now),
        "href": reverse("subject-access-request", args=[found.reference]),
        "link_text": "Open",
    }


def context(
    found: AccessRequest, counts: dict[str, int], *, now: datetime, member: Membership
) -> dict[str, Any]:
    """Everything the page of a request shows."""
    counted = standing.limit_of(found)
    stands = standing.standing_of(found)
    made = list(found.bundles.all())
    return {
        "request_": found,
        "tag": tag(found),
        "due": due(found, now),
        "counted": counted.why,
        "next": _next(found, stands, counts, member, made=max((one.number for one in made), default=0)),
        "facts": _facts(found),
        "waits": [_wait(found, number, one) for number, one in enumerate(standing.waits_of(found), start=1)],
        "versions": [_version(one) for one in made],
        "links": _links(found, counted) if found.is_open else [],
        "ends": _ends(found),
        "has_pieces": found.collected_at is not None,
    }


def _facts(found: AccessRequest) -> list[dict[str, str]]:
    rows = [
        ("Who asks", f"{found.asked_by_name}\n{found.get_asked_by_display()}"),
        ("Their authority", found.authority),
        ("What they ask for", found.wants),
        ("It came", f"{day(found.received_on)}, {found.received_how}"),
        ("How the answer reaches them", found.reply_to),
        ("Who they are", _identity(found)),
        ("Extended", f"{day(found.told_on)}: {found.extended_why}" if found.extended_at else ""),
        ("With", found.owner.label),
        ("Gathered", moment(found.collected_at)),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _identity(found: AccessRequest) -> str:
    if found.identity_on is None:
        return "Not known yet"
    return f"{found.identity_how}\n{day(found.identity_on)}"


def _wait(found: AccessRequest, number: int, one: Any) -> dict[str, Any]:
    said = f"\nAnswered {day(one.answered_on)}: {one.answer}" if one.answered_on else ""
    actions = []
    if not one.answered_on and found.is_open:
        href = reverse("subject-access-answered", args=[found.reference, number])
        actions = [{"text": "They answered", "href": href}]
    value = f"{one.what}\nAsked {day(one.asked_on)}{said}"
    return {"key": one.get_about_display(), "value": value, "actions": actions}


def _version(one: AccessBundle) -> dict[str, Any]:
    sent = f"Sent {day(one.sent_on)}: {one.sent_how}" if one.sent_on else "Not sent"
    here = [one.request.reference, one.number]
    actions = [{"text": "Download", "href": reverse("subject-access-file", args=here)}]
    if not one.sent_on and one.request.is_open:
        actions.append({"text": "It was sent", "href": reverse("subject-access-sent", args=here)})
    value = (
        f"{one.pieces} pieces\nMade {moment(one.made_at)}\n{sent}\nFingerprint (SHA-256) {one.file_digest}"
    )
    return {"key": f"Version {one.number}", "value": value, "actions": actions}


def _ends(found: AccessRequest) -> list[dict[str, str]]:
    if not found.closed_at:
        return []
    return [
        {"key": "Closed", "value": moment(found.closed_at)},
        {"key": found.get_outcome_display(), "value": found.closed_why},
    ]


def _links(found: AccessRequest, counted: clock.Limit) -> list[dict[str, str]]:
    wanted = [
        ("subject-access-ask", "Ask whoever made the request"),
        ("subject-access-extend", "Extend it by two months" if not found.extended_at else ""),
        ("subject-access-give", "Give it to a colleague"),
        ("subject-access-close", "Close it"),
    ]
    return [{"href": reverse(name, args=[found.reference]), "text": text} for name, text in wanted if text]


def _next(
    found: AccessRequest, stands: Standing, counts: dict[str, int], member: Membership, *, made: int
) -> dict[str, Any] | None:
    """What is next: a sentence, and either a link or a button that posts. `made` is the latest version."""
    undecided = counts["undecided"]
    pieces = "One piece is" if undecided == 1 else f"{undecided} pieces are"
    decide = (
        f"{pieces} still to be decided." if undecided else "Everything is decided. Look at what goes out."
    )
    where = "subject-access-pieces" if undecided else "subject-access-preview"
    mine = found.ready_by is not None and found.ready_by.is_same_person(member)
    check = "A colleague has to check it." if mine else "Read what goes out, and say whether it is right."
    steps: dict[Standing, tuple[str, str, str, bool]] = {
        Standing.PAUSED: ("The clock is stopped until they answer. You can gather and decide meanwhile.",
                          "subject-access-pieces" if found.collected_at else "subject-access-collect",
                          "Go on with the pieces" if found.collected_at else "Gather what is held",
                          found.collected_at is None),
        Standing.COLLECT: ("Gather everything that your agency holds about them.", "subject-access-collect",
                           "Gather what is held", True),
        Standing.DECIDE: (decide, where, "Go on", False),
        Standing.SENT_BACK: ("The second person sent it back. Read what they said.", "subject-access-preview",
                             "Open what goes out", False),
        Standing.CHECK: (check, "subject-access-preview", "Open what goes out", False),
        Standing.CHECKED: ("It is checked. Make the bundle.", "subject-access-make", "Make the bundle", True),
        Standing.MADE: ("Download the bundle and send it, then write down how it was sent.",
                        "subject-access-sent", "Write down how it was sent", False),
        Standing.SENT: ("It was sent. Close the request, or gather again if something has to be added.",
                        "subject-access-close", "Close it", False),
    }  # fmt: skip
    if stands not in steps:
        return None
    text, name, link, posts = steps[stands]
    version = [made] if stands == Standing.MADE else []
    return {
        "text": text,
        "href": reverse(name, args=[found.reference, *version]),
        "link": link,
        "posts": posts,
    }
