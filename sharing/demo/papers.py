"""Documents: a hospital's letter that went with what was told, a body map, and a mistaken scan."""

from __future__ import annotations

import io
import zlib
from datetime import datetime, timedelta

import typst

from records import operations as records
from records.documents.looking import Looked, look
from records.models import Concern
from sharing.demo import steps
from sharing.demo.steps import Clock, Said, Tale, born
from sharing.models import Exchange
from sharing.operations import attachments, check_back, disclosure

LETTER = b"""
#set document(title: "Letter after a visit")
#set page(paper: "a4", margin: 30mm)
#set text(lang: "en", region: "GB", size: 11pt)
= Wyrefold General Hospital
Children's assessment unit

#v(8mm)
To the designated safeguarding lead, St Wulstan's Primary School.

I saw Hana on the ward with a burn to the back of the left hand, about 2 cm across. The explanation, a hot
pan at the weekend, does not fit its edge, which is sharp and round.

I cannot say more from one look. I have asked for photographs and for her to be seen again in a week.

#v(8mm)
Dr Imran Shah, paediatrician

_This is an invented letter about an invented child._
"""


def a_letter_goes_with_what_is_told(now: datetime) -> None:
    """Social care has opened what it was told and the letter, and not the body map."""
    tale = Tale(
        by=steps.member("Priya Nair"),
        clock=Clock(now - timedelta(hours=7)),
        about={
            "kind": "CHILD",
            "first_name": "Hana",
            "last_name": "Weiss",
            "born_on": born(8, now),
        },
        said=[
            Said(
                "FACT_SEEN", "A round burn on the back of the left hand, 2 cm across.", "Anna Bell, teacher"
            ),
            Said("VOICE", "It was the stick for the fire.", "Hana, to me", verbatim=True, voice_of="WORDS"),
        ],
        level=3,
        urgency="HIGH",
    )
    concern = steps.log(tale)
    steps.settle_ask(tale, concern, who="Social care.", worked_with=steps.member("Dr Amara Osei"))
    steps.decide(tale, concern, capacity="COMPETENT", answer="GIVEN", told=True)
    _documents(tale, concern)
    exchange = steps.prepare(
        tale,
        concern,
        steps.member("Tom Ashdown"),
        key=[1],
        why_you="You decide whether she is seen today.",
        what_i_ask="Read the letter, and tell me by this evening what you do.",
    )
    exchange = steps.send(tale, concern, _attached(tale, exchange))
    clock = tale.clock
    check_back.open_exchange(exchange, by=exchange.listener, at=clock.tick(12))
    attachments.open_attachment(exchange.attachments.get(number=1), by=exchange.listener, at=clock.tick(2))


def _documents(tale: Tale, concern: Concern) -> None:
    by, clock = tale.by, tale.clock
    records.add_document(
        concern,
        by=by,
        at=clock.tick(),
        content=_looked(typst.compile(LETTER), "letter after visit.pdf"),
        title="Letter from the hospital",
        kind="LETTER",
        written_by="Dr Imran Shah, paediatrician",
        source="By hand, from her aunt",
        made_note="this week",
        about=tale.person,
    )
    records.add_document(
        concern,
        by=by,
        at=clock.tick(),
        content=_looked(body_map(), "body map.png"),
        title="Body map of the left hand",
        kind="BODY_MAP",
        written_by="Anna Bell, class teacher",
        source="Drawn when she saw it",
        made_note="this morning",
        about=tale.person,
    )
    wrong = records.add_document(
        concern,
        by=by,
        at=clock.tick(),
        content=_looked(b"Day,Present\nMonday,yes\nTuesday,no\n", "register.csv"),
        title="Attendance this term",
        kind="FORM",
        written_by="The school office",
        source="From our register",
        made_note="this term",
    )
    records.strike_document(wrong, by=by, at=clock.tick(), why="It is the register of another class.")


def _attached(tale: Tale, exchange: Exchange) -> Exchange:
    """Choose again, with two documents."""
    chosen = list(exchange.items.order_by("number"))
    return disclosure.choose_items(
        exchange,
        by=tale.by,
        at=tale.clock.tick(),
        share=[one.statement.number for one in chosen if one.statement],
        key=[one.statement.number for one in chosen if one.is_key and one.statement],
        held_back={},
        why_you=exchange.why_you,
        what_i_ask=exchange.what_i_ask,
        urgency=exchange.urgency,
        attach={
            1: "It is what the doctor saw, in her own words.",
            2: "It shows where on the hand it is, which words do not.",
        },
    )


def _looked(content: bytes, name: str) -> Looked:
    return look(io.BytesIO(content), name=name)


def body_map(width: int = 240, height: int = 320) -> bytes:
    """Draw the outline of a hand, as good as a stamp, with a cross where something was seen."""

    def ink(x: int, y: int) -> bool:
        palm = abs(((x - 120) / 70) ** 2 + ((y - 210) / 80) ** 2 - 1) < 0.05
        fingers = any(abs(abs(x - at) - 14) < 2 and 40 < y < 145 for at in (72, 104, 136, 168))
        cross = abs(x - 140) < 12 and abs(y - 200) < 12 and abs(abs(x - 140) - abs(y - 200)) < 2
        return palm or fingers or cross

    rows = (b"\x00" + bytes(0 if ink(x, y) else 255 for x in range(width)) for y in range(height))
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 0, 0, 0, 0))
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
        for name, body in chunks
    )
