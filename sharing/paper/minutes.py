"""The minutes of a meeting on paper: the whole for the agency whose concern it is, a member's own part else.

Who is given which part is `sharing.minutes`; what a version says stays as it was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from agencies.models import Membership
from agencies.roles import Permission
from sharing import told
from sharing.models import Minutes
from sharing.paper import saying
from sharing.paper.parts import Entry, Line, Paper, Part, Row, Table, part, rows, words
from sharing.querysets import people
from sharing.told import moment
from sharing.views.meeting_page import copies_of, views_of


@dataclass(frozen=True)
class Version:
    """One version of the minutes of a meeting as one reader sees it.

    `mine` is the reader's own part, theirs or of whom they stand in for or, for a lead, of their agency;
    `shown` are the parts of which the reader also sees who agreed.
    """

    meeting: Any
    row: Minutes
    is_ours: bool
    mine: Any
    shown: Sequence[Any]

    @property
    def part_is_open(self) -> bool:
        return self.mine is not None and self.mine.opened_at is not None and not self.mine.withdrawn_at


def look(meeting: Any, number: int, *, by: Membership) -> Version | None:
    """Return a version of a meeting from `access.meetings_seen_by`; None where it is not the reader's."""
    row = meeting.minutes.select_related(*people("by")).filter(number=number).first()
    if row is None:
        return None
    copies = [one for one in copies_of(meeting) if one.minutes_copy.minutes_id == row.pk]
    is_ours = by.agency_id == meeting.cycle.concern.agency_id
    mine = own_copy(copies, by)
    if not (is_ours or mine):
        return None
    reads_all = meeting.i_chair or (is_ours and by.may(Permission.OVERSEE))
    return Version(meeting, row, is_ours, mine, copies if reads_all else [mine] if mine else [])


def own_copy(copies: Sequence[Any], me: Membership) -> Any:
    """Return the reader's own part of a version: theirs, deputised, or of their agency for its lead."""
    acting = set(Membership.objects.acting_for(me, on=timezone.localdate()).values_list("pk", flat=True))
    mine = [one for one in copies if one.listener_id in acting]
    if me.may(Permission.OVERSEE):
        mine += [one for one in copies if one.listener.agency_id == me.agency_id]
    return next((one for one in mine if one.not_mine_at is None), None)


def collect(version: Version) -> Paper:
    """Return one version of the minutes as its reader may see it."""
    meeting, row, mine = version.meeting, version.row, version.mine
    found = parts_of(row, with_words=version.is_ours)
    if not version.is_ours:
        found += _own_part(version)
    found.append(_views(version))
    return Paper(
        title=f"Minutes, version {row.number}",
        reference=meeting.reference,
        concern=meeting.cycle.concern.reference,
        facts=facts(meeting, row),
        parts=tuple(found),
        lead="The minutes as they were sent. A later version amends this one, and does not change it.",
        for_whom=mine.listener.label if mine is not None and not version.is_ours else "",
    )


def facts(meeting: Any, row: Minutes) -> tuple[Row, ...]:
    """Return which meeting it was, and which version this is."""
    return rows(
        ("Reference", meeting.reference),
        ("Kind", meeting.get_kind_display()),
        ("Held", moment(meeting.held_at)),
        ("Where or how", row.body["where_or_how"]),
        ("Chair", row.body["chair"]),
        ("Version", f"{row.number}, sent by {row.by.full_name} on {moment(row.at)}"),
    )


def parts_of(row: Minutes, *, with_words: bool) -> list[Part]:
    """Return what a version says. Without `with_words`, only who came, and whether it was a quorum."""
    body, origin = row.body, f"minutes:{row.meeting_id}:{row.number}"
    came = tuple(
        Line((there["agency"], person["who"], person["attendance"], person["words"]), origin)
        for there in body["attendance"]
        for person in there["people"]
    )
    quorum = body["quorum"]
    said = [*quorum["sentences"], f"From: {quorum['source']}" if quorum["source"] else ""]
    found = [
        Part(
            "Who came, sent apologies, or did not come",
            table=Table("Attendance", ("Agency", "Who", "Attendance", "Apologies in their words"), came),
        ),
        part(
            "Quorum",
            [
                Entry(
                    rows=(
                        Row("", "\n".join(one for one in said if one)),
                        *rows(("The meeting went on without a quorum, because", quorum["went_on_why"])),
                    ),
                    origin=origin,
                )
            ],
        ),
    ]
    if row.what_changed:
        found.insert(
            0, part("What changed since the version before", [words(row.what_changed, origin=origin)])
        )
    if with_words:
        found += [
            part("The main risk", [words(row.main_risk, origin=f"{origin}:risk")]),
            part(
                "What was decided",
                [
                    Entry(f"Decision {number}", rows(("What", one["what"]), ("Why", one["why"])),
                          origin=f"{origin}:decision:{one['number']}")
                    for number, one in enumerate(body["decisions"], start=1)
                ],
                nothing="No decision is recorded.",
            ),
            part(
                "Who does what by when",
                [_action(number, one, origin) for number, one in enumerate(body["actions"], start=1)],
                nothing="No action was agreed.",
            ),
        ]  # fmt: skip
    return found


def _action(number: int, one: dict[str, Any], origin: str) -> Entry:
    limit = one["limit"]
    return Entry(
        f"Action {number}",
        rows(
            ("What", one["what"]),
            ("Who", one["who"]),
            ("By when", f"{limit[:1].upper()}{limit[1:]}"),
            ("Sooner if", one["contingency"]),
        ),
        origin=f"{origin}:action:{one['number']}",
    )


def _own_part(version: Version) -> list[Part]:
    """A member's part as they were sent it, once it has been opened and unless it was withdrawn."""
    mine = version.mine
    if not version.part_is_open:
        return [
            Part("Your part", lead="It is not open. Open it and confirm receipt, then it can be printed.")
        ]
    items = list(mine.items.all())
    texts = {one.number: one.text for one in items}
    within = mine.speaker.agency.record_within_hours
    entries = []
    for one in items:
        if told.is_line(mine, one):
            origin = f"item:{mine.reference}:{one.number}"
            entries.append(Entry(one.source, (Row("", one.text),), origin=origin))
        else:
            entries.append(
                saying.item(one, texts, reference=mine.reference, on_speakers_side=False, within=within)
            )
    named = saying.people(mine.people.all())
    return [
        part("Whom it is about", named, nothing="Nobody is named."),
        part(f"Your part, {mine.reference}", entries, nothing="Nothing was sent."),
    ]


def _views(version: Version) -> Part:
    entries = [
        Entry(
            f"{copy.listener.label}, {copy.reference}",
            rows(*((said["about"], f"{said['tag']['text']}. {said['why']}\n{said['name']}")
                   for said in views_of(copy)))
            or (Row("", "They have not said yet whether they agree."),),
            origin=f"exchange:{copy.reference}",
        )
        for copy in version.shown
        if copy.not_mine_at is None
    ]  # fmt: skip
    return part("Agreed or not, in each member’s own words", entries,
                nothing="Nobody’s answer is shown to whoever prints this.")  # fmt: skip
