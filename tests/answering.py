"""Subject access requests in every state, brought about by the real operations."""

from __future__ import annotations

from datetime import date
from typing import Any

from agencies.jobs import Progress
from agencies.models import Job, Membership
from records import operations as records
from records.models import Concern, Person, Statement
from sharing.models import (
    AccessBundle,
    AccessPiece,
    AccessRequest,
    AccessWait,
    DisclosureHold,
    HeldWord,
    Stage,
)
from sharing.operations import access_bundles, access_requests, disclosure_holds, redaction
from sharing.states import State
from sharing.subject_access import contents, holding, standing
from tests import factories
from tests.factories import World

TOLD_BY = "Dean Ashby"
ASKED: dict[str, Any] = {
    "asked_by": "PARENT",
    "asked_by_name": "Kerry Marsh",
    "reply_to": "By post, to the address that the school has.",
    "wants": "Everything that the school has about Leo.",
    "received_how": "A letter at the front office.",
    "authority": "His mother: on his birth certificate, and no court order says otherwise.",
}
KNOWN = "She showed her passport to Ms Hollis."


def second_lead(w: World) -> Membership:
    """Somebody else at the school who may answer requests."""
    found = Membership.objects.with_people().filter(agency=w.school.agency, user__full_name="Second Lead")
    return found.first() or factories.member(w.school.agency, "Second Lead", role="lead")


def a_concern(w: World) -> Concern:
    """A concern about Leo in which his mother's partner is named, with his statement in the partner's
    words."""
    return factories.concern_at(w, Stage.ASK)


def asked(w: World, person: Person | None = None, **more: Any) -> AccessRequest:
    """A request of the mother's that came today, whose identity is known."""
    who = person or factories.main_person(a_concern(w))
    on = w.clock.moment.date()
    given = {**ASKED, "received_on": on, "identity_how": KNOWN, **more}
    return access_requests.open_request(who, by=w.school.lead, at=w.clock(), **given)


def waiting(w: World, **more: Any) -> AccessWait:
    """What whoever asks has to show first."""
    request = asked(w, identity_how="", identity_asked="A passport, or a driving licence.", **more)
    return request.waits.get()


def gathered(w: World, request: AccessRequest | None = None) -> AccessRequest:
    """A request with its pieces."""
    return again(redaction.collect(request or asked(w), by=w.school.lead, at=w.clock()))


def again(request: AccessRequest) -> AccessRequest:
    """Read a request as it is now."""
    return standing.with_standing(AccessRequest.objects.all()).get(pk=request.pk)


def pieces(request: AccessRequest) -> list[AccessPiece]:
    """The pieces of a request that count now."""
    return list(contents.current_pieces(request).order_by("order", "pk"))


def piece(request: AccessRequest, start: str = "statement:") -> AccessPiece:
    """The first piece whose key starts so."""
    return next(one for one in pieces(request) if one.key.startswith(start))


def decided(w: World, request: AccessRequest | None = None) -> AccessRequest:
    """A request of which every piece that is not decided yet is disclosed."""
    request = request or gathered(w)
    for one in contents.of(request).shown:
        if one.decision is None:
            redaction.decide_piece(one.piece, by=w.school.lead, at=w.clock(), answer="DISCLOSE")
    return again(request)


def ready(w: World, request: AccessRequest | None = None) -> AccessRequest:
    """A request that was put to a second person."""
    return again(access_bundles.make_ready(request or decided(w), by=w.school.lead, at=w.clock()))


def checked(w: World, request: AccessRequest | None = None) -> AccessRequest:
    """A request that a second person found right."""
    request = request or ready(w)
    access_bundles.check(request, by=second_lead(w), at=w.clock(), digest=request.ready_digest, is_right=True)
    return again(request)


def nothing(done: int, total: int, /) -> None:
    """A bar that nobody looks at."""


NOBODY_LOOKS: Progress = nothing


def bundle(w: World, request: AccessRequest | None = None) -> AccessBundle:
    """The bundle of a request, made as the worker makes it."""
    from sharing.subject_access import bundle as maker

    request = request or checked(w)
    at = w.clock()
    job = Job(kind="subject-access", by=w.school.lead, params={"request": request.reference}, asked_at=at)
    maker.run(job, at=at, progress=NOBODY_LOOKS)
    return AccessBundle.objects.select_related("request", "file").get(request=request)


def sent(w: World, request: AccessRequest | None = None) -> AccessBundle:
    """A bundle that was handed over today."""
    made = bundle(w, request)
    return access_bundles.mark_sent(
        made, by=w.school.lead, at=w.clock(), sent_on=today(w), sent_how="Handed to her at the front office."
    )


def today(w: World) -> date:
    """The day of the world's clock."""
    return w.clock.moment.date()


def on_hold(w: World, concern: Concern | None = None) -> DisclosureHold:
    """A statement that must not be disclosed without a decision."""
    concern = concern or a_concern(w)
    statement = Statement.objects.filter(concern=concern).order_by("pk").first()
    assert statement is not None
    return disclosure_holds.add_hold(
        concern, by=w.priya, at=w.clock(), key=f"statement:{statement.pk}", kind="POLICE",
        why="The officer has not spoken to him yet.", came_from="Wyrefold Police",
    )  # fmt: skip


def add_relative(w: World, person: Person, first: str, last: str) -> Person:
    """Somebody related to a person, recorded by the school."""
    other = records.record_person(
        by=w.priya, at=w.clock(), kind="PARENT_OR_CARER", first_name=first, last_name=last
    )
    records.relate(person, other, by=w.priya, at=w.clock(), kind="PARENTS_PARTNER")
    return other


def ready_by_another(w: World) -> AccessRequest:
    """A request that somebody else at the school made ready, so that its lead can check it."""
    request = decided(w)
    return again(access_bundles.make_ready(request, by=second_lead(w), at=w.clock()))


def held_word(w: World, request: AccessRequest | None = None, words: str = TOLD_BY) -> HeldWord:
    """Words that are held back everywhere in a request."""
    request = request or gathered(w)
    return redaction.hold_back_words(
        request, by=w.school.lead, at=w.clock(), words=[words], instead="PERSON", ground="THIRD_PARTY",
        why="He has not agreed, and he does not know that we know.",
    )[0]  # fmt: skip


def on_hold_in(w: World) -> tuple[AccessRequest, DisclosureHold]:
    """A request in which a statement is on hold, and the hold."""
    hold = on_hold(w)
    request = gathered(w, asked(w, factories.main_person(hold.concern)))
    return request, hold


def heard(w: World) -> AccessRequest:
    """A request to social care about a child of whom the school told them; the school has to be asked."""
    exchange = factories.exchange_at(w, State.UNDERSTOOD)
    told = factories.main_person(exchange.cycle.concern)
    own = records.record_person(
        by=w.tom, at=w.clock(), kind="CHILD", first_name=told.first_name, last_name=told.last_name,
        born_on=told.born_on,
    )  # fmt: skip
    request = access_requests.open_request(
        own, by=w.care.lead, at=w.clock(), **{**ASKED, "received_on": today(w), "identity_how": KNOWN}
    )
    return again(redaction.collect(request, by=w.care.lead, at=w.clock()))


def another_key(hold: DisclosureHold) -> str:
    """Something else in the concern of a hold that can be put on hold."""
    return next(key for key, _ in holding.things_of(hold.concern) if key != hold.key)


def on_hold_choices(concern: Concern) -> list[str]:
    """How what can be put on hold in a concern reads in the list."""
    return [text for _, text in holding.things_of(concern)]
