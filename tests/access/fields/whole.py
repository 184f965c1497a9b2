"""A concern with words of its own in every field: told, said back, disagreed about, acted on."""

from __future__ import annotations

from datetime import date
from typing import Any

from records import operations as records
from records.models import ChronologyEntry, Document, Person
from sharing.models import Action, Exchange
from sharing.operations import actions, check_back, differ
from tests import documents, factories
from tests.access.story import Story
from tests.records.documents import making

BORN = date(2014, 2, 23)
# What stands in the fields that the story of a recipient leaves out. A field may be written in several ways.
MORE: dict[str, str] = {
    "known as": "Knownasxq",
    "protected detail": "secret-protected-9201",
    "why it is protected": "secret-protectedwhy-9202",
    "chronology entry": "entry-text-9203",
    "source of the entry": "entry-source-9204",
    "document title": "document-title-9205",
    "document author": "document-author-9206",
    "document content": "document-content-9207",
    "restatement, what": "said-what-9208",
    "restatement, worry": "said-worry-9209",
    "restatement, will do": "said-willdo-9210",
    "verdict note": "verdict-note-9211",
    "correction": "correction-note-9212",
    "disagreement on risk": "differ-risk-9213",
    "disagreement on action": "differ-action-9214",
    "position": "differ-position-9215",
    "action": "action-what-9216",
    "contingency": "action-contingency-9217",
    "report on the action": "action-report-9218",
    "check of the report": "action-check-9219",
}
BORN_AS = (f"{BORN:%-d %B %Y}", f"{BORN:%-d %b %Y}", BORN.isoformat(), f"{BORN:%d/%m/%Y}", f"{BORN:%Y%m%d}")


class Whole(Story):
    """The story of a recipient, gone on with until every field has something in it."""

    def __init__(self) -> None:
        super().__init__()
        self.entry = self._entry()
        self.document = self._document()
        self._protect()
        self._say_back()
        self.action = self._act()
        self._differ()

    def _child(self) -> Person:
        child = super()._child()
        return records.change_person(child, by=self.by, at=self.at(), known_as=MORE["known as"], born_on=BORN)

    def _entry(self) -> ChronologyEntry:
        return records.add_entry(
            self.child, by=self.by, at=self.at(), happened_at=factories.LONG_AGO, precision="DAY",
            kind="CONTACT", text=MORE["chronology entry"], source=MORE["source of the entry"],
        )  # fmt: skip

    def _document(self) -> Document:
        content = documents.looked(
            making.pdf(making.pdf_object(f"/Note ({MORE['document content']})".encode()))
        )
        return documents.letter(
            self.world, self.concern, content, title=MORE["document title"],
            written_by=MORE["document author"],
        )  # fmt: skip

    def _protect(self) -> None:
        records.protect_detail(
            self.child, by=self.by, at=self.at(), kind="SCHOOL", value=MORE["protected detail"],
            kept_from="EVERYBODY", why=MORE["why it is protected"],
        )  # fmt: skip

    def _say_back(self) -> None:
        exchange = factories.received(self.world, self.exchange)
        words: dict[str, Any] = {
            "what_happened": f"{factories.OWN_WORDS['what_happened']} {MORE['restatement, what']}",
            "what_worries_me": f"{factories.OWN_WORDS['what_worries_me']} {MORE['restatement, worry']}",
            "what_i_will_do": f"{factories.OWN_WORDS['what_i_will_do']} {MORE['restatement, will do']}",
        }
        factories.restated(self.world, exchange, **words)
        self._check("WRONG", note=MORE["correction"], notes={1: MORE["verdict note"]})
        factories.restated(self.world, exchange, **factories.OTHER_WORDS)
        self._check("UNDERSTOOD")

    def _check(self, answer: str, **more: Any) -> None:
        check_back.check(
            self.exchange, by=self.by, at=self.at(),
            outcome="CONFIRMED" if answer == "UNDERSTOOD" else "CORRECTED",
            verdicts=factories.verdicts(self.exchange, answer), **more,
        )  # fmt: skip

    def _act(self) -> Action:
        tom = self.world.tom
        action = actions.propose(
            self.exchange, by=self.by, at=self.at(), what=MORE["action"], owner=tom,
            by_when="2 working days", contingency=MORE["contingency"],
        )  # fmt: skip
        actions.accept(action, by=tom, at=self.at())
        at = self.at()
        actions.report(action, by=tom, at=at, what_happened=MORE["report on the action"], done_at=at)
        actions.check_report(
            action, by=self.by, at=self.at(), is_done=False, note=MORE["check of the report"]
        )
        return action

    def _differ(self) -> None:
        differ.answer_agreement(
            self.exchange, by=self.world.tom, at=self.at(), risk="PARTLY", action="DISAGREE",
            risk_why=MORE["disagreement on risk"], action_why=MORE["disagreement on action"],
        )  # fmt: skip
        row = self.again().disagreements.earliest("pk")
        differ.add_position(row, by=self.by, at=self.at(), words=MORE["position"])

    def again(self) -> Exchange:
        return factories.again(self.exchange)
