"""The directory of people without an account, and their links as whoever sent them looks after them."""

from typing import Any

from sharing.models import Stage
from tests import outside
from tests.access import cast as who
from tests.access.page import Page, Table
from tests.access.scene import Scene

OURS = who.OUR_AGENCY
OWNER = frozenset({who.OWNER})


def officer(scene: Scene) -> dict[str, Any]:
    return {"membership_id": scene.officer.pk}


def somebody_elses(scene: Scene) -> list[dict[str, Any]]:
    return [{"membership_id": scene.foreign_officer.pk}, {"membership_id": scene.world.tom.pk}]


def by_link(scene: Scene) -> dict[str, Any]:
    return {"reference": scene.by_link.reference}


def at_ask(scene: Scene) -> dict[str, Any]:
    return {"reference": scene.concern(Stage.ASK).reference}


def new_person(name: str) -> Any:
    return lambda s: {**outside.WHO, "email": f"{name}@elsewhere.example"}


TYPED = ("full_name", "job_title", "organisation", "how_email_checked", "how_phone_checked")

PAGES: Table = {
    "outside": Page(sees=who.WORKERS),
    "outside-add": Page(sees=who.WORKERS, acts=who.WORKERS, data=new_person("first"), typed=TYPED),
    "outside-choose": Page(sees=OURS, args=at_ask),
    "outside-choose-add": Page(sees=OURS, acts=OURS, args=at_ask, data=new_person("second"), typed=TYPED),
    "outside-person": Page(sees=OURS, args=officer, foreign=somebody_elses),
    "outside-reach": Page(
        sees=OURS,
        acts=OURS,
        args=lambda s: {**officer(s), "way": "phone"},
        data=lambda s: {"address": "07700 900456", "how_checked": "She rang me from it."},
        typed=("how_checked",),
        foreign=lambda s: [
            *({**one, "way": "phone"} for one in somebody_elses(s)),
            {**officer(s), "way": "fax"},
        ],
        again=True,
    ),
    "outside-end": Page(sees=OURS, acts=OURS, args=officer, foreign=somebody_elses),
    "link-new": Page(
        sees=OWNER,
        acts=OWNER,
        args=by_link,
        data=lambda s: {"code_by": "TEXT"},
        foreign=lambda s: [{"reference": s.exchange_by_account.reference}],
    ),
    # The code is in the answer to the button and nowhere else, so it leads to no other page.
    "link-read-out": Page(sees=OWNER, acts=OWNER, args=by_link, searches=True),
    "link-end": Page(
        sees=OWNER, acts=OWNER, args=by_link, data=lambda s: {"why": "She has moved on."}, typed=("why",)
    ),
    "link-add-stranger": Page(
        sees=OWNER,
        acts=OWNER,
        args=lambda s: {**by_link(s), "number": s.stranger.pk},
        data=new_person("third"),
        typed=TYPED,
        foreign=lambda s: [{**by_link(s), "number": 999}],
    ),
}
