"""Hand-over to another area, and the answer that comes back on what was shared."""

from datetime import timedelta
from typing import Any

from sharing.models import Exchange, Transfer
from sharing.states import State
from tests import factories
from tests.access import cast as who
from tests.access.page import Page, Table
from tests.access.scene import Scene
from tests.sharing import deciding, moving

OURS = who.OUR_AGENCY
BOTH = OURS | who.LISTENING
BOTH_SIDES = who.SPEAKING | who.LISTENING
LISTENER_OR_DEPUTY = frozenset({who.LISTENER, who.DEPUTY})


def _kept(scene: Scene, name: str, make: Any) -> Any:
    return scene.keep(name, lambda: make(scene.world))


def _new(world: Any) -> Transfer:
    return moving.proposed(world, factories.exchange_at(world, State.SENT))


def transfer(name: str) -> Any:
    """A hand-over to the listener's agency, as far as it has come."""
    made = {
        "waiting": _new,
        "to receive": lambda w: moving.proposed(w, factories.exchange_at(w, State.RECEIVED)),
        "understood": lambda w: moving.understood(w, _new(w)),
        "accepted": lambda w: moving.accepted(w, _new(w)),
    }[name]
    return lambda s: {"reference": _kept(s, f"transfer {name}", made).reference}


def referral(scene: Scene) -> Exchange:
    """What asks the listener for a decision, and is understood."""
    found: Exchange = _kept(scene, "referral", deciding.understood)
    return found


def late(scene: Scene) -> dict[str, Any]:
    """A referral of the week before, whose decision has not come by its limit.

    The scene's clock does not go on for it: a link that somebody holds would end.
    """
    return {"reference": _kept(scene, "late referral", _understood_a_week_ago).reference}


def _understood_a_week_ago(world: Any) -> Exchange:
    now = world.clock.moment
    world.clock.moment = now - timedelta(days=7)
    made = deciding.understood(world)
    world.clock.moment = now
    return made


def told(scene: Scene) -> Exchange:
    found: Exchange = _kept(scene, "told in writing", lambda w: factories.exchange_at(w, State.SENT))
    return found


def on(scene: Scene, name: str, days: int = 0) -> dict[str, Any]:
    """The three boxes of the scene's day."""
    day = scene.world.clock.moment.date()
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}


def answered(name: str, **more: Any) -> Page:
    """A page of the receiving area."""
    return Page(sees=BOTH, acts=who.LISTENING, by=who.LISTENER, args=transfer(name), **more)


PAGES: Table = {
    "propose-transfer": Page(
        sees=OURS,
        acts=who.SPEAKING,
        args=lambda s: {"reference": told(s).cycle.concern.reference},
        data=lambda s: {
            "exchange": told(s).reference,
            "people": [factories.main_person(told(s).cycle.concern).reference],
            "why": "They have a lease there.",
            "called": "NO",
        },
        typed=("why",),
    ),
    "transfer": Page(sees=BOTH, args=transfer("waiting")),
    "transfer-call": Page(
        sees=BOTH,
        acts=BOTH_SIDES,
        args=transfer("waiting"),
        data=lambda s: {
            **on(s, "day"),
            "time": "0:01",
            "with_whom": "Their duty desk",
            "what_was_said": "That they moved in.",
        },
        typed=("with_whom", "what_was_said"),
        again=True,
    ),
    "transfer-receive": answered("to receive"),
    "transfer-accept": answered(
        "understood",
        data=lambda s: {"taken_on_by": s.world.tom.pk, "starts": "NOW", "what_we_take_on": "We see him."},
        typed=("what_we_take_on",),
    ),
    "transfer-decline": answered(
        "understood",
        data=lambda s: {"why": "No lease is signed.", "what_they_want": "Tell us when it is."},
        typed=("why", "what_they_want"),
    ),
    "transfer-withdraw": Page(
        sees=BOTH,
        acts=who.SPEAKING,
        args=transfer("waiting"),
        data=lambda s: {"why": "They came back on Sunday."},
        typed=("why",),
    ),
    "transfer-conference": answered("accepted", data=lambda s: on(s, "held_on")),
    "decide": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=lambda s: {"reference": referral(s).reference},
        data=lambda s: deciding.WORDS,
        typed=tuple(deciding.WORDS),
    ),
    "go-on-without": Page(
        sees=who.SPEAKING,
        acts=who.SPEAKING,
        args=lambda s: {"reference": referral(s).reference},
        data=lambda s: {"why": "He has moved to his grandmother."},
        typed=("why",),
    ),
    "take-further": Page(
        sees=who.SPEAKING,
        acts=frozenset({who.OWNER}),
        args=late,
        data=lambda s: {"position": "I have rung twice."},
        typed=("position",),
    ),
    "chase-answer": Page(sees=who.SPEAKING, acts=who.SPEAKING, args=late, only_post=True, again=True),
}
