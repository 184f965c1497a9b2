"""Subject access: one way to do each operation."""

from __future__ import annotations

from sharing.operations import access_bundles, access_requests, disclosure_holds, redaction
from sharing.subject_access import contents
from tests import answering, factories
from tests.answering import ASKED, KNOWN
from tests.deeds.finding import Deed, deed, do
from tests.factories import World


@deed(access_requests.open_request)
def _(w: World) -> Deed:
    person = factories.main_person(answering.a_concern(w))
    given = {**ASKED, "received_on": answering.today(w), "identity_how": KNOWN}
    return do(access_requests.open_request, person, by=w.school.lead, w=w, **given)


@deed(access_requests.ask_requester)
def _(w: World) -> Deed:
    return do(
        access_requests.ask_requester, answering.asked(w), by=w.school.lead, w=w, about="WANTS",
        what="Which years do you mean?", asked_on=answering.today(w),
    )  # fmt: skip


@deed(access_requests.requester_answered)
def _(w: World) -> Deed:
    return do(
        access_requests.requester_answered, answering.waiting(w), by=w.school.lead, w=w,
        answer="She showed her passport.", answered_on=answering.today(w),
    )  # fmt: skip


@deed(access_requests.extend)
def _(w: World) -> Deed:
    return do(
        access_requests.extend, answering.asked(w), by=w.school.lead, w=w, why="There are four concerns.",
        told_on=answering.today(w),
    )  # fmt: skip


@deed(access_requests.give)
def _(w: World) -> Deed:
    to = answering.second_lead(w)
    return do(access_requests.give, answering.asked(w), by=w.school.lead, w=w, to=to)


@deed(access_requests.close)
def _(w: World) -> Deed:
    return do(
        access_requests.close, answering.asked(w), by=w.school.lead, w=w, outcome="WITHDRAWN",
        why="She rang and took it back.",
    )  # fmt: skip


@deed(redaction.collect)
def _(w: World) -> Deed:
    return do(redaction.collect, answering.asked(w), by=w.school.lead, w=w)


@deed(redaction.decide_piece)
def _(w: World) -> Deed:
    piece = answering.piece(answering.gathered(w))
    return do(
        redaction.decide_piece, piece, by=w.school.lead, w=w, answer="HOLD", ground="THIRD_PARTY",
        why="His sister is named.",
    )  # fmt: skip


@deed(redaction.disclose_many)
def _(w: World) -> Deed:
    request = answering.gathered(w)
    plain = [one.pk for one in answering.pieces(request) if not one.others and not one.warnings]
    return do(redaction.disclose_many, request, by=w.school.lead, w=w, pieces=plain[:2])


@deed(redaction.hold_back_words)
def _(w: World) -> Deed:
    return do(
        redaction.hold_back_words, answering.gathered(w), by=w.school.lead, w=w, words=["Dean Ashby"],
        instead="PERSON", ground="THIRD_PARTY", why="He has not agreed.",
    )  # fmt: skip


@deed(redaction.take_back_words)
def _(w: World) -> Deed:
    return do(redaction.take_back_words, answering.held_word(w), by=w.school.lead, w=w)


@deed(redaction.decide_hold)
def _(w: World) -> Deed:
    request, hold = answering.on_hold_in(w)
    return do(
        redaction.decide_hold, request, by=w.school.lead, w=w, hold=hold, answer="RELEASE",
        why="The officer has spoken to him.",
    )  # fmt: skip


@deed(redaction.record_agency_view)
def _(w: World) -> Deed:
    return do(
        redaction.record_agency_view, answering.heard(w), by=w.care.lead, w=w, agency=w.school.agency,
        answer="OBJECTS", words="Not the second item.", whom="Lena Hollis", asked_on=answering.today(w),
    )  # fmt: skip


@deed(disclosure_holds.add_hold)
def _(w: World) -> Deed:
    hold = answering.on_hold(w)
    return do(
        disclosure_holds.add_hold, hold.concern, by=w.priya, w=w, key=answering.another_key(hold),
        kind="POLICE", why="He has not been interviewed.",
    )  # fmt: skip


@deed(disclosure_holds.lift_hold)
def _(w: World) -> Deed:
    hold = answering.on_hold(w)
    return do(disclosure_holds.lift_hold, hold, by=w.school.lead, w=w, why="The interview is over.")


@deed(access_bundles.make_ready)
def _(w: World) -> Deed:
    answering.second_lead(w)
    return do(access_bundles.make_ready, answering.decided(w), by=w.school.lead, w=w)


@deed(access_bundles.check)
def _(w: World) -> Deed:
    request = answering.ready(w)
    by = answering.second_lead(w)
    return do(access_bundles.check, request, by=by, w=w, digest=request.ready_digest, is_right=True)


@deed(access_bundles.ask_for_bundle)
def _(w: World) -> Deed:
    return do(access_bundles.ask_for_bundle, answering.checked(w), by=w.school.lead, w=w)


@deed(access_bundles.keep_bundle)
def _(w: World) -> Deed:
    request = answering.checked(w)
    digest = contents.of(request).digest
    return do(access_bundles.keep_bundle, request, by=w.school.lead, w=w, digest=digest, pdf=b"%PDF-")


@deed(access_bundles.mark_sent)
def _(w: World) -> Deed:
    made = answering.bundle(w)
    return do(
        access_bundles.mark_sent, made, by=w.school.lead, w=w, sent_on=answering.today(w),
        sent_how="Handed to her at the office.",
    )  # fmt: skip
