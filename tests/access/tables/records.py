"""People and concerns: they belong to the agency that wrote them."""

from datetime import timedelta
from typing import Any

from records import operations as records
from records.models import Word
from records.search import kept
from sharing.models import Stage
from tests.access import cast as who
from tests.access.page import Given, Page, Table
from tests.access.scene import Scene

OURS = who.OUR_AGENCY
KEEPERS = who.LEADS | {who.ADMINISTRATOR, who.COORDINATOR}
OUR_KEEPERS = frozenset({who.LEAD, who.ADMINISTRATOR})


def draft(scene: Scene) -> dict[str, Any]:
    return {"reference": scene.draft.reference}


def logged(scene: Scene) -> dict[str, Any]:
    return {"reference": scene.concern(Stage.ASK).reference}


def person(scene: Scene) -> dict[str, Any]:
    return {"reference": scene.person.reference}


def word(scene: Scene) -> Word:
    """What the owner's agency decided about a word."""
    by, at = scene.world.school.lead, scene.world.clock()
    return scene.keep(
        "word",
        lambda: records.add_word(by=by, at=at, term="Round robin", plain="message to all", kind="JARGON"),
    )


def kept_search(scene: Scene) -> dict[str, Any]:
    """What the owner looked for."""
    wanted = kept.Wanted("Leo Marsh")
    by, at = scene.world.priya, scene.world.clock() + timedelta(days=400)  # later than any page is opened
    return {"search": scene.keep("search", lambda: kept.keep(wanted, by=by, at=at))}


def protection(scene: Scene) -> dict[str, Any]:
    return {"reference": scene.person.reference, "number": scene.protected_detail.number}


def of_the_draft(**more: Any) -> Page:
    """A page that writes in a draft, which everybody at the agency who works with concerns may do."""
    return Page(sees=OURS, acts=OURS, **{"args": draft, **more})


NEW_CHILD = {"kind": "CHILD", "first_name": "Wren", "last_name": "Abernathy"}
TYPED_OF_A_PERSON = (
    "first_name",
    "last_name",
    "known_as",
    "address",
    "phone",
    "safe_contact_rule",
    "communication_needs",
)
STATEMENT = {
    "text": "A graze on the left knee, two centimetres by one.",
    "source": "I did",
    "happened_note": "this morning",
    "written": "NOW",
}
TYPED_OF_A_STATEMENT = ("text", "source", "happened_note")


def with_number(number: int) -> Given:
    return lambda s: {"reference": s.draft.reference, "number": number}


PAGES: Table = {
    "find": Page(sees=who.WORKERS, acts=who.WORKERS, data=lambda s: {"text": "Leo"}, searches=True),
    "found": Page(sees=frozenset({who.OWNER}), args=kept_search),
    "words": Page(
        sees=KEEPERS,
        role=KEEPERS,
        acts=KEEPERS,
        by=who.LEAD,
        data=lambda s: {"term": "Huddle", "what": "EXPLAIN", "plain": "morning meeting", "kind": "JARGON"},
        typed=("term", "plain"),
        again=True,
    ),
    "word-withdraw": Page(
        sees=OUR_KEEPERS,
        role=KEEPERS,
        args=lambda s: {"number": word(s).pk},
        acts=OUR_KEEPERS,
        by=who.LEAD,
        foreign=lambda s: [{"number": 999_999}],
        only_post=True,
    ),
    "record-quality": Page(sees=who.LEADS, role=who.LEADS),
    "concerns": Page(sees=who.WORKERS),
    "concern-new": Page(sees=who.WORKERS, acts=who.WORKERS, data=lambda s: {"name": "Leo"}, searches=True),
    "concern-new-person": Page(
        sees=who.WORKERS, acts=who.WORKERS, data=lambda s: NEW_CHILD, typed=TYPED_OF_A_PERSON
    ),
    "concern-draft": Page(sees=OURS, args=draft),
    "concern-about": Page(sees=OURS, args=draft),
    "concern-about-add": of_the_draft(data=lambda s: {"name": "Leo"}, searches=True),
    "concern-about-new": of_the_draft(data=lambda s: NEW_CHILD, typed=TYPED_OF_A_PERSON),
    "concern-person-remove": of_the_draft(
        args=lambda s: {"reference": s.draft.reference, "person": s.sibling.reference},
        foreign=lambda s: [
            {"reference": s.draft.reference, "person": s.foreign_person.reference},
            {"reference": s.draft.reference, "person": s.person.reference},
            {"reference": s.draft.reference, "person": "P-999999"},
        ],
    ),
    "concern-family-add": of_the_draft(data=lambda s: {"name": "Leo"}, searches=True),
    "concern-family-new": of_the_draft(
        data=lambda s: {**NEW_CHILD, "relation": "SIBLING"}, typed=(*TYPED_OF_A_PERSON, "relation_note")
    ),
    "concern-family": of_the_draft(
        data=lambda s: {
            "anybody_else": "An aunt next door.",
            f"means_{s.sibling.pk}": "She sleeps in the same room.",
        },
        typed=("anybody_else",),
    ),
    "concern-statements": of_the_draft(data=lambda s: {"kind": "FACT_SEEN"}, searches=True),
    "concern-statement-add": of_the_draft(
        args=lambda s: {"reference": s.draft.reference, "kind": "fact-seen"},
        data=lambda s: STATEMENT,
        typed=TYPED_OF_A_STATEMENT,
        foreign=lambda s: [{"reference": s.draft.reference, "kind": "gossip"}],
    ),
    "concern-statement-change": of_the_draft(
        args=with_number(1),
        data=lambda s: STATEMENT,
        typed=TYPED_OF_A_STATEMENT,
        foreign=lambda s: [with_number(99)(s)],
    ),
    "concern-statement-remove": of_the_draft(args=with_number(2), foreign=lambda s: [with_number(99)(s)]),
    "concern-statement-correct": Page(
        sees=OURS,
        acts=OURS,
        args=lambda s: {"reference": s.concern(Stage.ASK).reference, "number": 1},
        data=lambda s: {**STATEMENT, "why": "It was the right knee."},
        typed=(*TYPED_OF_A_STATEMENT, "why"),
        foreign=lambda s: [{"reference": s.concern(Stage.ASK).reference, "number": 99}],
    ),
    "concern-statement-strike": Page(
        sees=OURS,
        acts=frozenset({who.OWNER, who.LEAD}),
        args=lambda s: {"reference": s.concern(Stage.ASK).reference, "number": 1},
        data=lambda s: {"reason": "WRONG_PERSON", "why": "That was his brother."},
        typed=("why",),
        foreign=lambda s: [{"reference": s.concern(Stage.ASK).reference, "number": 99}],
    ),
    "concern-voice": of_the_draft(
        data=lambda s: {"voice": "NOT_OBTAINED", "why_not": "He was asleep.", "plan": "Tomorrow, alone."},
        typed=("why_not", "plan"),
    ),
    "concern-worry": of_the_draft(
        data=lambda s: {"level": "3", "change": "MORE", "why": "It is worse.", "urgency": "HIGH"},
        typed=("why",),
    ),
    "concern-check": of_the_draft(args=lambda s: {"reference": s.ready.reference}),
    "concern-discard": of_the_draft(data=lambda s: {"why": "Written twice."}, typed=("why",)),
    "people": Page(sees=who.WORKERS, acts=who.WORKERS, data=lambda s: {"name": "Leo"}, searches=True),
    "person-new": Page(sees=who.WORKERS, acts=who.WORKERS, data=lambda s: NEW_CHILD, typed=TYPED_OF_A_PERSON),
    "person": Page(sees=OURS, args=person),
    "person-change": Page(
        sees=OURS,
        acts=OURS,
        args=person,
        data=lambda s: {**NEW_CHILD, "first_name": "Leonard"},
        typed=TYPED_OF_A_PERSON,
    ),
    "person-address": Page(sees=OURS, args=person, acts=OURS, only_post=True, searches=True),
    "person-protected": Page(sees=OURS, args=person),
    "person-protect": Page(
        sees=OURS,
        acts=OURS,
        args=person,
        data=lambda s: {
            "kind": "SCHOOL",
            "value": "Ashdown Academy",
            "kept_from": "EVERYBODY",
            "why": "His father does not know where he goes.",
        },
        typed=("value", "why"),
    ),
    "protection-end": Page(
        sees=OURS,
        acts=OURS,
        args=protection,
        data=lambda s: {"why": "They may know it now."},
        typed=("why",),
        foreign=lambda s: [
            {"reference": s.person.reference, "number": 99},
            {"reference": s.foreign_person.reference, "number": s.protected_detail.number},
        ],
    ),
    "relationship-end": Page(
        sees=OURS,
        acts=OURS,
        args=lambda s: {"reference": s.person.reference, "number": s.relationship.pk},
        foreign=lambda s: [
            {"reference": s.person.reference, "number": s.foreign_relationship.pk},
            {"reference": s.person.reference, "number": 999_999},
        ],
        only_post=True,
    ),
}
