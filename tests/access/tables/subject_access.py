"""Subject access requests, their pieces and what goes out; and what is on hold in a concern."""

from datetime import date
from typing import Any

from sharing.models import AccessRequest, AccessWait, DisclosureHold
from tests import answering
from tests.access import cast as who
from tests.access.page import Given, Page, Table
from tests.access.scene import Scene

LEAD = frozenset({who.LEAD})


def day(name: str, on: date) -> dict[str, Any]:
    """The three boxes of a date."""
    return {f"{name}_0": on.day, f"{name}_1": on.month, f"{name}_2": on.year}


def today(scene: Scene, name: str) -> dict[str, Any]:
    return day(name, answering.today(scene.world))


def a_request(scene: Scene) -> AccessRequest:
    """A request with its pieces."""
    return scene.keep("a request", lambda: answering.gathered(scene.world))


def to_check(scene: Scene) -> AccessRequest:
    """A request that somebody else made ready."""
    return scene.keep("a request to check", lambda: answering.ready_by_another(scene.world))


def checked(scene: Scene) -> AccessRequest:
    return scene.keep("a request that was checked", lambda: answering.checked(scene.world))


def decided(scene: Scene) -> AccessRequest:
    return scene.keep("a request decided on", lambda: answering.decided(scene.world))


def made(scene: Scene) -> Any:
    return scene.keep("a bundle", lambda: answering.bundle(scene.world))


def waiting(scene: Scene) -> AccessWait:
    return scene.keep("an access wait", lambda: answering.waiting(scene.world))


def held(scene: Scene) -> Any:
    return scene.keep("a held word", lambda: answering.held_word(scene.world))


def on_hold(scene: Scene) -> DisclosureHold:
    return scene.keep("a hold", lambda: answering.on_hold(scene.world))


def on_hold_in(scene: Scene) -> dict[str, Any]:
    request, hold = scene.keep("a hold in a request", lambda: answering.on_hold_in(scene.world))
    return {"reference": request.reference, "number": hold.pk}


def from_another(scene: Scene) -> dict[str, Any]:
    request = scene.keep("from another agency", lambda: answering.heard(scene.world))
    return {"reference": request.reference, "agency": scene.world.school.agency.reference}


def of(request: Any) -> Given:
    return lambda s: {"reference": request(s).reference}


def a_piece(scene: Scene) -> dict[str, Any]:
    found = a_request(scene)
    return {"reference": found.reference, "number": answering.piece(found).pk}


def on_another(scene: Scene) -> list[dict[str, Any]]:
    """A piece of another request, below mine."""
    return [{"reference": a_request(scene).reference, "number": answering.piece(decided(scene)).pk}]


def plain_piece(scene: Scene) -> dict[str, Any]:
    """The pieces of a request that name nobody else: the first of them."""
    rows = [one for one in answering.pieces(a_request(scene)) if not one.others and not one.warnings]
    return {"pieces": [rows[0].pk]}


def page(**more: Any) -> Page:
    """A page on a request of the owner's agency, for its lead."""
    return Page(**{"sees": LEAD, "role": who.LEADS, "by": who.LEAD, "args": of(a_request), **more})


def form(**more: Any) -> Page:
    return page(**{"acts": LEAD, **more})


def button(**more: Any) -> Page:
    return form(only_post=True, **more)


PAGES: Table = {
    "subject-access": page(sees=who.LEADS, args=lambda s: {}),
    "subject-access-of": form(
        args=lambda s: {"reference": s.person.reference},
        data=lambda s: {
            "asked_by": "PARENT", "asked_by_name": "Kerry Marsh", "authority": "His mother, as we know.",
            "received_how": "By letter.", "wants": "Everything about him.", "reply_to": "By post.",
            "identity": "KNOWN", "identity_note": "We know her.", **today(s, "received_on"),
        },
        typed=("asked_by_name", "authority", "received_how", "wants", "reply_to", "identity_note"),
    ),
    "subject-access-request": page(),
    "subject-access-ask": form(
        data=lambda s: {"about": "WANTS", "what": "Which years do you mean?", **today(s, "asked_on")},
        typed=("what",),
    ),
    "subject-access-answered": form(
        args=lambda s: {"reference": waiting(s).request.reference, "number": 1},
        data=lambda s: {"answer": "She showed her passport.", **today(s, "answered_on")},
        typed=("answer",),
        foreign=lambda s: [{"reference": waiting(s).request.reference, "number": 2}],
    ),
    "subject-access-extend": form(
        data=lambda s: {"why": "There are four concerns.", **today(s, "told_on")}, typed=("why",)
    ),
    "subject-access-give": form(data=lambda s: {"to": answering.second_lead(s.world).pk}),
    "subject-access-close": form(
        data=lambda s: {"outcome": "WITHDRAWN", "why": "She rang and took it back."}, typed=("why",)
    ),
    "subject-access-collect": button(),
    "subject-access-pieces": form(data=plain_piece),
    "subject-access-piece": form(
        args=a_piece,
        data=lambda s: {"answer": "HOLD", "ground": "THIRD_PARTY", "why": "His sister is named."},
        typed=("why",),
        foreign=on_another,
    ),
    "subject-access-words": form(
        data=lambda s: {
            "others": "Dean Ashby", "instead": "PERSON", "ground": "THIRD_PARTY", "why": "He has not agreed.",
        },
        typed=("why",),
    ),
    "subject-access-words-back": button(
        args=lambda s: {"reference": held(s).request.reference, "number": held(s).pk},
        foreign=lambda s: [{"reference": a_request(s).reference, "number": held(s).pk}],
    ),
    "subject-access-hold": form(
        args=on_hold_in,
        data=lambda s: {"answer": "RELEASE", "why": "The officer has spoken to him.", "whom_asked": "DC Webb",
                        "their_view": "They do not mind.", **today(s, "asked_on")},
        typed=("why", "whom_asked", "their_view"),
        foreign=lambda s: [{"reference": a_request(s).reference, "number": on_hold_in(s)["number"]}],
    ),
    "subject-access-view": form(
        sees=frozenset({who.LISTENERS_LEAD}),
        acts=frozenset({who.LISTENERS_LEAD}),
        by=who.LISTENERS_LEAD,
        args=from_another,
        data=lambda s: {"answer": "OBJECTS", "whom": "Lena Hollis", "said": "Not the second item.",
                        **today(s, "asked_on")},
        typed=("whom", "said"),
        again=True,
        foreign=lambda s: [{**from_another(s), "agency": s.world.gp.agency.reference}],
    ),
    "subject-access-preview": form(
        args=of(to_check),
        data=lambda s: {"is_right": "NO", "note": "Her name is still in it.",
                        "digest": to_check(s).ready_digest},
        typed=("note",),
    ),
    "subject-access-ready": button(args=of(decided)),
    "subject-access-make": button(args=of(checked)),
    "subject-access-file": page(args=lambda s: {"reference": made(s).request.reference, "number": 1}),
    "subject-access-sent": form(
        args=lambda s: {"reference": made(s).request.reference, "number": 1},
        data=lambda s: {"sent_how": "Handed to her at the office.", **today(s, "sent_on")},
        typed=("sent_how",),
        foreign=lambda s: [{"reference": made(s).request.reference, "number": 2}],
    ),
    "subject-access-log": page(),
    "subject-access-log-pdf": page(),
    "disclosure-holds": Page(
        sees=who.OUR_AGENCY,
        acts=who.OUR_AGENCY,
        args=lambda s: {"reference": on_hold(s).concern.reference},
        data=lambda s: {"key": answering.another_key(on_hold(s)), "kind": "POLICE",
                        "came_from": "Wyrefold Police", "why": "He has not been interviewed."},
        typed=("came_from", "why"),
    ),
    "disclosure-hold-lift": form(
        args=lambda s: {"reference": on_hold(s).concern.reference, "number": on_hold(s).pk},
        data=lambda s: {"why": "The interview is over."},
        typed=("why",),
        foreign=lambda s: [{"reference": on_hold(s).concern.reference, "number": 10**9}],
    ),
}  # fmt: skip
