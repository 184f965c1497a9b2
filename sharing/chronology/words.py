"""What a chronology says of each thing that happened, for templates/sharing/chronology_row.html."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from agencies.addresses import reverse
from agencies.models import Membership
from agencies.roles import Permission
from consent.models import SharingDecision, View
from records import entries, rules, striking, texts
from records.models import ChronologyEntry, Person, Statement, Strike, Worry
from sharing import timeline
from sharing.chronology.reading import Row
from sharing.models import Correction, Disagreement, Enquiry, Exchange, Meeting, Stage
from sharing.told import voice

GROUPS = {
    "STATEMENT": "What was seen, heard and thought",
    "HISTORY": "History from before",
    "RECEIVED": "What other agencies told us",
    "WORRY": "How worried people were",
    "EXCHANGE": "What was told and understood",
    "QUESTION": "Questions",
    "ACTION": "Actions",
    "DECISION": "Decisions about sharing",
    "MOVE": "Steps of the cycle",
    "DISAGREEMENT": "Disagreements",
    "MEETING": "Meetings",
    "CORRECTION": "Corrections",
}
COLOURS = {
    "HISTORY": "grey", "WORRY": "purple", "EXCHANGE": "green", "QUESTION": "green", "ACTION": "green",
    "DECISION": "blue", "MOVE": "grey", "DISAGREEMENT": "red", "MEETING": "green", "CORRECTION": "orange",
}  # fmt: skip


class Reader:
    """Whoever reads a chronology: what they may open of it, and what they may strike through."""

    def __init__(self, member: Membership, acting_for: frozenset[Any]) -> None:
        self.member = member
        self.acting_for = {str(one) for one in acting_for}
        self.oversees = member.may(Permission.OVERSEE)

    def opens(self, extra: dict[str, Any], *sides: str) -> bool:
        """Say whether they may open what has these sides: theirs, deputised, or their agency's to oversee."""
        for side in sides:
            if str(extra[side]) in self.acting_for:
                return True
            if self.oversees and str(extra[f"{side}_agency"]) == str(self.member.agency_id):
                return True
        return False

    def may_strike(self, row: Row) -> bool:
        return self.oversees or row.author in self.acting_for


def shown(row: Row, reader: Reader) -> dict[str, Any]:
    """Return one thing that happened as the page shows it."""
    base: dict[str, Any] = {
        "at": row.at,
        "when": texts.day_and_time(row.at),
        "entered": texts.day_and_time(row.entered),
        "marks": [],
        "words": "",
        "facts": [],
        "by": row.name,
        "role": row.role,
        "agency": row.agency,
        "source": row.source,
        "reference": row.reference,
        "href": "",
    }
    return {**base, **SAYS[row.code](row, reader)}


def name_of(extra: dict[str, Any]) -> str:
    """Name a person as every page does."""
    return Person(
        first_name=extra["first"] or "", last_name=extra["last"] or "", known_as=extra["known"] or ""
    ).name


def _tag(group: str, text: str = "") -> dict[str, str]:
    return {"text": text or GROUPS[group], "colour": COLOURS[group]}


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _strike(extra: dict[str, Any]) -> dict[str, str] | None:
    """Say who struck it through, when and why; None where nobody did."""
    at = _moment(extra["struck_at"])
    if at is None:
        return None
    why = striking.in_words(Strike(reason=extra["struck_reason"], why=extra["struck_why"]))
    return {"by": extra["struck_by"], "when": texts.day_and_time(at), "why": why}


def _statement(row: Row, reader: Reader) -> dict[str, Any]:
    extra = row.extra
    said = Statement(
        number=extra["number"], version=extra["version"], kind=extra["kind"], text=row.words,
        happened_at=_moment(extra["happened"]), happened_note=extra["note"],
        written_at=datetime.fromisoformat(extra["written"]),
    )  # fmt: skip
    strike = _strike(extra)
    replaced = _moment(extra["replaced_at"])
    about = " ".join(filter(None, (extra["about_first"], extra["about_last"]))) or extra["about_known"] or ""
    facts = [voice(said.voice_of or extra["voice_of"], about)]
    logged = _moment(extra["logged"])
    return {
        "title": f"{Statement.Kind(extra['kind']).label}, {said.label}",
        "tag": {"text": GROUPS["STATEMENT"], "colour": texts.COLOURS[Statement.Kind(extra["kind"])]},
        "marks": texts.marks(
            struck=strike is not None,
            corrected=replaced is not None or said.version > 1,
            late=rules.is_late(said, within=extra["hours"]),
            later=logged is not None and row.entered > logged and said.version == 1,
        ),
        "when": f"{texts.happened(said)}{'' if said.happened_at else ', time not known'}",
        "words": row.words,
        "verbatim": extra["verbatim"],
        "struck": strike,
        "replaced": {"why": extra["replaced_why"], "when": texts.day_and_time(replaced)}
        if replaced
        else None,
        "facts": [f for f in [*facts, f"Written down {texts.day_and_time(said.written_at)}"] if f],
        "href": f"{reverse('concern', args=[row.concern])}#statements",
    }


def _history(row: Row, reader: Reader) -> dict[str, Any]:
    extra = row.extra
    strike = _strike(extra)
    label = f"H{extra['number']}"
    may = strike is None and reader.may_strike(row)
    return {
        "title": f"{ChronologyEntry.Kind(extra['kind']).label}, {label}",
        "tag": _tag("HISTORY"),
        "marks": texts.marks(struck=strike is not None, later=entries.is_entered_later(row.at, row.entered)),
        "when": entries.when(row.at, extra["precision"]),
        "words": row.words,
        "struck": strike,
        "facts": ["Imported from a file"] if extra["imported"] else [],
        "reference": label,
        "strike_url": reverse("chronology-entry-strike", args=[extra["person"], extra["number"]])
        if may
        else "",
    }


def _told_us(row: Row, reader: Reader) -> dict[str, Any]:
    extra = row.extra
    later = extra["later"]
    withdrawn = bool(later) and later["kind"] == Correction.Kind.STATEMENT_STRUCK
    said = Statement(
        kind=extra["kind"], happened_at=_moment(extra["happened"]), happened_note=extra["note"],
        written_at=_moment(extra["written"]) or row.at,
    )  # fmt: skip
    when = texts.happened(said) or f"told {texts.day_and_time(row.at)}"
    kind = Exchange.Kind(extra["exchange_kind"]).label
    return {
        "title": f"{Statement.Kind(extra['kind']).label}, told to {extra['listener']}",
        "tag": {"text": GROUPS["RECEIVED"], "colour": texts.COLOURS[Statement.Kind(extra["kind"])]},
        "marks": texts.marks(
            struck=withdrawn,
            corrected=bool(later) and not withdrawn,
            late=bool(extra["written"]) and rules.is_late(said, within=extra["hours"]),
        ),
        "when": when if said.happened_at else f"{when}, time not known",
        "words": row.words,
        "verbatim": extra["verbatim"],
        "later": {"text": later["text"], "withdrawn": withdrawn} if later else None,
        "facts": [f for f in (voice(extra["voice_of"], extra["about"]), kind, extra["written_by"]) if f],
        "href": reverse("exchange", args=[row.reference]),
    }


def _worry(row: Row, reader: Reader) -> dict[str, Any]:
    change = Worry.Change(row.extra["change"])
    more = "" if change == Worry.Change.FIRST else f", {change.label.lower()}"
    return {
        "title": f"{Worry.Level(row.extra['level']).label}{more}",
        "tag": _tag("WORRY"),
        "words": row.words,
        "facts": [f"Cycle {row.extra['cycle']}"],
        "href": reverse("concern", args=[row.concern]),
    }


def _view(row: Row, reader: Reader) -> dict[str, Any]:
    extra = row.extra
    return {
        "title": f"What {name_of(extra)} says about sharing: {View.Answer(extra['answer']).label.lower()}",
        "tag": _tag("DECISION"),
        "marks": texts.marks(later=entries.is_entered_later(row.at, row.entered)),
        "words": row.words,
        "facts": [f"Condition: {extra['conditions']}"] if extra["conditions"] else [],
        "href": reverse("concern", args=[row.concern]),
    }


def _decision(row: Row, reader: Reader) -> dict[str, Any]:
    outcome = SharingDecision.Outcome(row.extra["outcome"]).label
    return {
        "title": f"Decision on sharing about {name_of(row.extra)}: {outcome[:1].lower()}{outcome[1:]}",
        "tag": _tag("DECISION"),
        "words": row.words,
        "href": reverse("concern", args=[row.concern]),
    }


def _move(row: Row, reader: Reader) -> dict[str, Any]:
    said = timeline.SENTENCES.get(f"sharing.cycle.{row.extra['move']}", "{actor} moved on")
    said = said.format(actor="").strip()
    return {
        "title": f"{said[:1].upper()}{said[1:]}",
        "tag": _tag("MOVE"),
        "words": row.words,
        "facts": [f"Cycle {row.extra['cycle']}"],
        "href": reverse("concern", args=[row.concern]),
    }


def _proceeded(row: Row, reader: Reader) -> dict[str, Any]:
    return {
        "title": f"Decided to proceed from {Stage(row.extra['stage']).label} on safety grounds",
        "tag": _tag("MOVE"),
        "words": row.words,
        "facts": [f"Cycle {row.extra['cycle']}"],
        "href": reverse("concern", args=[row.concern]),
    }


def _asked(row: Row, reader: Reader) -> dict[str, Any]:
    extra = row.extra
    what = "Advice asked of" if extra["kind"] == Enquiry.Kind.ADVICE else "Question to"
    return {
        "title": f"{what} {extra['name']}, {extra['agency']}",
        "tag": _tag("QUESTION"),
        "href": reverse("enquiry", args=[row.reference]),
    }


EXCHANGES = {
    "SENT": "{kind} sent to {listener}, {at}",
    "WITHDRAWN": "{kind} to {listener} withdrawn",
    "NOT_MINE": "{kind} was not for {listener}",
    "RECEIVED": "{kind} received by {listener}",
    "UNDERSTOOD": "{kind} to {listener} confirmed as understood",
}


def _exchange(row: Row, reader: Reader) -> dict[str, Any]:
    extra = row.extra
    opens = reader.opens(extra, "speaker", "listener")
    said = EXCHANGES[row.code].format(
        kind=Exchange.Kind(extra["kind"]).label, listener=extra["listener_name"], at=extra["listener_at"]
    )
    facts = ["For information"] if extra["for_information"] else []
    facts += ["Urgent"] if extra["urgency"] == "URGENT" and row.code == "SENT" else []
    return {
        "title": said,
        "tag": _tag("EXCHANGE"),
        "words": extra["why"] if row.code == "WITHDRAWN" and opens else "",
        "facts": facts,
        "href": reverse("exchange", args=[row.reference]) if opens else "",
    }


ACTIONS = {
    "PROPOSED": "Action proposed for {owner}, {by_when}",
    "ACCEPTED": "Action taken on by {owner}",
    "DECLINED": "Action declined by {owner}",
    "TAKEN_BACK": "Action of {owner} taken back",
    "DONE": "Action of {owner} checked: done",
}


def _action(row: Row, reader: Reader) -> dict[str, Any]:
    extra = row.extra
    opens = reader.opens(extra, "owner", "other")
    why = {"DECLINED": extra["declined"], "TAKEN_BACK": extra["withdrawn"]}.get(row.code, "")
    return {
        "title": ACTIONS[row.code].format(owner=extra["owner_name"], by_when=extra["by_when"]),
        "tag": _tag("ACTION"),
        "words": row.words if opens else "",
        "facts": [f"Why: {why}"] if why and opens else [],
        "href": reverse("action", args=[row.reference]) if opens else "",
    }


def _disagreement(row: Row, reader: Reader) -> dict[str, Any]:
    about = Disagreement.About(row.extra["about"]).label
    what = "settled" if row.code == "SETTLED" else "opened"
    return {
        "title": f"Disagreement {what}: {about[:1].lower()}{about[1:]}",
        "tag": _tag("DISAGREEMENT"),
    }


def _meeting(row: Row, reader: Reader) -> dict[str, Any]:
    kind = Meeting.Kind(row.extra["kind"]).label
    return {
        "title": f"{kind} {'called off' if row.code == 'CALLED_OFF' else 'held'}",
        "tag": _tag("MEETING"),
        "words": row.words,
        "href": reverse("meeting", args=[row.reference]),
    }


def _correction(row: Row, reader: Reader) -> dict[str, Any]:
    number, kind = row.extra["number"], Correction.Kind(row.extra["kind"])
    what = "struck through" if kind == Correction.Kind.STATEMENT_STRUCK else "corrected"
    return {
        "title": f"S{number} was {what}, and whoever was given it is told" if number else kind.label,
        "tag": _tag("CORRECTION"),
        "words": row.words,
        "href": reverse("correction", args=[row.reference]),
    }


SAYS: dict[str, Callable[[Row, Reader], dict[str, Any]]] = {
    "STATEMENT": _statement,
    "HISTORY": _history,
    "TOLD_US": _told_us,
    "TOLD_US_ABOUT": _told_us,
    "WORRY": _worry,
    "SAID": _view,
    "DECISION": _decision,
    "MOVE": _move,
    "PROCEEDED": _proceeded,
    "ASKED": _asked,
    **dict.fromkeys(EXCHANGES, _exchange),
    **dict.fromkeys(ACTIONS, _action),
    "DIFFERED": _disagreement,
    "SETTLED": _disagreement,
    "MET": _meeting,
    "CALLED_OFF": _meeting,
    "CORRECTED": _correction,
}
