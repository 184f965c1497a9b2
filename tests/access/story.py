"""A concern whose every word is known, and everything that somebody reads by following links from it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.http import Http404
from django.test import Client
from django.urls import Resolver404, resolve

from agencies.models import Membership
from consent import operations as consent
from records import operations as records
from records.models import Concern, Person
from sharing.models import Exchange
from sharing.operations import ask, disclosure
from sharing.operations import cycle as cycles
from tests import factories
from tests.access.cast import Cast

SHARED = {
    "statement 1": "shared-seen-4101",
    "its source": "shared-source-4102",
    "statement 2": "shared-voice-4103",
    "why you": "shared-why-4104",
    "what I ask": "shared-ask-4105",
    "first name": "Sharedfirst",
    "last name": "Sharedlast",
    "communication needs": "shared-needs-4106",
    "safe contact": "shared-contact-4107",
    "conditions": "shared-conditions-4108",
}
SECRET = {
    "a statement held back": "secret-statement-9101",
    "its source": "secret-source-9102",
    "why it was held back": "secret-heldback-9103",
    "the address": "secret-address-9104",
    "the phone": "secret-phone-9105",
    "the NHS number": "9434765870",
    "a relative": "Secretaunt",
    "what it means for the relative": "secret-means-9106",
    "who else it might touch": "secret-family-9107",
    "why it was recorded late": "secret-late-9108",
    "what worries the owner": "secret-worry-9109",
    "the words about sharing": "secret-consentwords-9110",
    "the note on capacity": "secret-capacity-9111",
    "the purpose": "secret-purpose-9112",
    "the rationale": "secret-rationale-9113",
    "why not informed": "secret-notinformed-9114",
    "a principle": "secret-principle-9115",
    "an assumption": "secret-assumption-9116",
    "how it was tested": "secret-tested-9117",
    "who needs to know": "secret-whoneeds-9118",
    "what another was told": "secret-told-9119",
    "what another was asked": "secret-question-9120",
    "what another answered": "secret-answer-9121",
    "the right place": "secret-place-9122",
    "who else is involved": "secret-involved-9123",
    "why it started at a stage": "secret-reason-9124",
    "what another recipient is told": "secret-other-9125",
}
LINK = re.compile(r'(?:href|action)="(/[^"#]*)')
NEVER_FOLLOWED = ("/static/", "/accounts/")


class Story:
    """A concern whose every word is known, shared in part with the listener and in part with a doctor."""

    def __init__(self) -> None:
        self.world = factories.make_world()
        self.cast = Cast(self.world)
        self.by = self.world.priya
        self.child = self._child()
        self.concern = self._concern()
        self._ask()
        self._consent()
        self.exchange = self._share(self.world.tom, share=[1, 2], held={3: SECRET["why it was held back"]})
        self.other = self._share(
            self.world.amara,
            share=[1],
            held={2: SECRET["why it was held back"], 3: SECRET["why it was held back"]},
            why_you=SECRET["what another recipient is told"],
        )

    def at(self) -> Any:
        return self.world.clock()

    def _child(self) -> Person:
        return records.record_person(
            by=self.by,
            at=self.at(),
            kind="CHILD",
            first_name=SHARED["first name"],
            last_name=SHARED["last name"],
            born_on=date(2019, 9, 3),
            address=SECRET["the address"],
            phone=SECRET["the phone"],
            nhs_number=SECRET["the NHS number"],
            communication_needs=SHARED["communication needs"],
            safe_contact_rule=SHARED["safe contact"],
        )

    def _concern(self) -> Concern:
        by, at = self.by, self.at()
        concern = records.start_concern(by=by, at=at, about=self.child)
        aunt = records.record_person(by=by, at=self.at(), kind="OTHER", first_name=SECRET["a relative"])
        records.add_subject(concern, person=aunt, by=by, at=self.at(), is_main=False)
        records.relate(self.child, aunt, by=by, at=self.at(), kind="OTHER")
        long_ago = at - timedelta(days=20)
        said: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
            ("FACT_SEEN", SHARED["statement 1"], SHARED["its source"], {}),
            ("VOICE", SHARED["statement 2"], "Leo", {"voice_of": "WORDS", "about": self.child}),
            ("HISTORY", SECRET["a statement held back"], SECRET["its source"], {}),
        )
        for kind, text, source, more in said:
            records.add_statement(
                concern,
                by=by,
                at=self.at(),
                kind=kind,
                text=text,
                source=source,
                happened_at=long_ago,
                **more,
            )
        records.set_voice(concern, by=by, at=self.at(), status="OBTAINED")
        records.give_worry(
            concern,
            by=by,
            at=self.at(),
            level=3,
            change="FIRST",
            urgency="HIGH",
            why=SECRET["what worries the owner"],
        )
        records.set_think_family(
            concern,
            by=by,
            at=self.at(),
            anybody_else=SECRET["who else it might touch"],
            means={aunt: SECRET["what it means for the relative"]},
        )
        return records.log_concern(concern, by=by, at=self.at(), late_why=SECRET["why it was recorded late"])

    def _ask(self) -> None:
        by = self.by
        factories.move(self.world, self.concern, "start-at-share", reason=SECRET["why it started at a stage"])
        factories.move(self.world, self.concern, "back-to-do", reason=SECRET["why it started at a stage"])
        factories.move(self.world, self.concern, "back-to-ask", reason=SECRET["why it started at a stage"])
        cycle = factories.the_cycle(self.concern)
        ask.list_involvement(
            cycle,
            by=by,
            at=self.at(),
            name=SECRET["who else is involved"],
            agency_name="Elsewhere",
            role="Neighbour",
            how_to_reach="By phone",
        )
        ask.name_assumption(
            cycle,
            by=by,
            at=self.at(),
            text=SECRET["an assumption"],
            how_tested=SECRET["how it was tested"],
        )
        cycles.answer_ask_questions(
            cycle,
            by=by,
            at=self.at(),
            who_needs_to_know=SECRET["who needs to know"],
            nobody_else_known=False,
            no_assumptions=False,
            advice_needed=False,
        )
        question = ask.ask(
            cycle,
            of=self.world.amara,
            by=by,
            at=self.at(),
            told=SECRET["what another was told"],
            question=SECRET["what another was asked"],
            kind="ENQUIRY",
        )
        answer = ask.answer(
            question,
            by=self.world.amara,
            at=self.at(),
            said=[ask.Said(kind="HISTORY", text=SECRET["what another answered"], source="Records")],
        )
        factories.understood(self.world, answer)

    def _consent(self) -> None:
        factories.move(self.world, self.concern, "to-do")
        at = self.at()
        consent.record_view(
            self.concern,
            self.child,
            answer="GIVEN_WITH_CONDITIONS",
            conditions=SHARED["conditions"],
            their_words=SECRET["the words about sharing"],
            asked_at=at - timedelta(minutes=1),
            capacity="NOT_COMPETENT",
            capacity_note=SECRET["the note on capacity"],
            by=self.by,
            at=at,
        )
        consent.decide(
            self.concern,
            1,
            self.child,
            outcome="SHARE",
            purpose=SECRET["the purpose"],
            rationale=SECRET["the rationale"],
            article_6=factories.lawful_basis("ARTICLE_6", "6(1)(e)"),
            informed="NOT_YET",
            not_informed_why=SECRET["why not informed"],
            inform_review_at=at + timedelta(days=9),
            principles=dict.fromkeys(("necessary", "relevant", "adequate"), SECRET["a principle"]),
            by=self.by,
            at=self.at(),
        )

    def _share(
        self, listener: Membership, *, share: list[int], held: dict[int, str], **more: str
    ) -> Exchange:
        exchange = disclosure.choose_listener(
            factories.the_cycle(self.concern),
            listener=listener,
            by=self.by,
            at=self.at(),
            right_place=SECRET["the right place"],
        )
        exchange = disclosure.choose_items(
            exchange,
            by=self.by,
            at=self.at(),
            share=share,
            key=share,
            held_back=held,
            why_you=more.get("why_you", SHARED["why you"]),
            what_i_ask=SHARED["what I ask"],
            urgency="HIGH",
        )
        return disclosure.send(
            exchange, by=self.by, at=self.at(), emergency_reason="She may be collected within the hour."
        )


def is_a_page(address: str) -> bool:
    try:
        resolve(address.split("?")[0])
    except (Resolver404, Http404):
        return False
    return not address.startswith(NEVER_FOLLOWED)


def said_by(response: Any) -> str:
    """Return what an answer says, whether it comes at once or, as a file does, piece by piece."""
    whole: bytes = b"".join(response) if response.streaming else response.content
    return whole.decode(errors="replace")


def everything_read(client: Client, start: list[str]) -> dict[str, str]:
    """Open every page that can be reached from some addresses by links, and return what each said."""
    waiting, read = list(start), {}
    while waiting:
        address = waiting.pop().replace("&amp;", "&")
        if address in read or not is_a_page(address):
            continue
        response = client.get(address, follow=True)
        assert response.status_code < 500, address
        read[address] = said_by(response)
        waiting += LINK.findall(read[address])
        assert len(read) < 400, "These links go on for ever"
    return read


def leaks(pages: dict[str, str], words: dict[str, str]) -> list[str]:
    return [
        f"{what} ({word}) on {a}" for a, page in pages.items() for what, word in words.items() if word in page
    ]
