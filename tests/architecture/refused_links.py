"""What the database refuses of links to people without an account, each constraint and trigger by name."""

from __future__ import annotations

from datetime import timedelta

from notifications.models import Message
from sharing.models import Exchange, Link, LinkCode, LinkToken, LinkVisit, Stranger
from sharing.operations import visits
from sharing.states import State
from tests import factories
from tests.architecture.refusing import append_only, copy_of, delete_raw, pairs, refused, set_raw
from tests.factories import World


def a_correction_or_decision_is_about_an_exchange(w: World) -> None:
    row, says = factories.exchange_at(w, State.SENT), "a_correction_or_decision_is_about_an_exchange"
    for kind in ("CORRECTION", "DECISION"):
        refused(says, copy_of(row, reference="X", kind=kind))
    refused(says, copy_of(row, reference="X", about_id=row.pk))


def link_revoked_when_and_by_whom(w: World) -> None:
    row, says = factories.link(w), "link_revoked_when_and_by_whom"
    pairs(row, "revoked_at", "revoked_by_id", says, w)
    refused(says, set_raw(row, revoked_why="She has moved on."))


def link_ends_after_it_began(w: World) -> None:
    row = factories.link(w)
    refused("link_ends_after_it_began", set_raw(row, ends_at=row.made_at))


def time_is_up_when_it_ends(w: World) -> None:
    row = factories.link(w)
    early = row.ends_at - timedelta(seconds=1)
    refused("time_is_up_when_it_ends", set_raw(row, time_up_at=early))


def a_text_has_a_number(w: World) -> None:
    refused("a_text_has_a_number", set_raw(factories.link(w), code_point_id=None))


def link_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(factories.link(w)))


def link_is_the_listeners(w: World) -> None:
    """Neither for somebody with an account, nor for somebody who is not in the exchange."""
    row, says = factories.link(w), "a link is for somebody without an account, in this exchange"
    other = factories.outside(w, email="other@hillside.example", full_name="Somebody Else")
    for member in (w.priya, w.tom, other):
        refused(says, set_raw(row, member_id=member.pk))
    inside: Exchange = factories.exchange_at(w, State.SENT)
    refused(says, set_raw(row, exchange_id=inside.pk))
    refused(says, copy_of(row, exchange_id=inside.pk))


def _token(w: World) -> LinkToken:
    link = factories.link(w)
    factories.token(w, link)
    return LinkToken.objects.get(link=link)


def link_token_never_changes(w: World) -> None:
    row = _token(w)
    for changes in ({"hash": b"0" * 32}, {"ends_at": row.ends_at + timedelta(days=9)}):
        refused("Cannot update", set_raw(row, **changes))


def link_token_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_token(w)))


def link_token_ends_once(w: World) -> None:
    row = _token(w)
    set_raw(row, ended_at=w.clock())()
    for again in (None, w.clock()):
        refused("Cannot update", set_raw(row, ended_at=again))


def _code(w: World) -> LinkCode:
    link = factories.link(w)
    factories.code(w, link)
    return LinkCode.objects.get(link=link)


def one_code_at_a_time(w: World) -> None:
    refused("one_code_at_a_time", copy_of(_code(w), hash=b"0" * 32))


def code_used_or_dropped(w: World) -> None:
    refused("code_used_or_dropped", set_raw(_code(w), used_at=w.clock(), dropped_at=w.clock()))


def link_code_never_changes(w: World) -> None:
    row = _code(w)
    for changes in ({"hash": b"0" * 32}, {"ends_at": row.ends_at + timedelta(days=9)}):
        refused("Cannot update", set_raw(row, **changes))


def link_code_is_used_once(w: World) -> None:
    for column in ("used_at", "dropped_at"):
        row = _code(w) if column == "used_at" else LinkCode.objects.create(**_another(w))
        set_raw(row, **{column: w.clock()})()
        for again in (None, w.clock()):
            refused("Cannot update", set_raw(row, **{column: again}))


def _another(w: World) -> dict[str, object]:
    at = w.clock()
    return {
        "link": Link.objects.get(),
        "hash": b"1" * 32,
        "made_at": at,
        "ends_at": at + timedelta(minutes=10),
    }


def link_code_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_code(w)))


def visit_ends_after_it_began(w: World) -> None:
    row = factories.visit(w)
    refused("visit_ends_after_it_began", set_raw(row, ends_at=row.began_at))


def one_visit_at_a_time(w: World) -> None:
    refused("one_visit_at_a_time", copy_of(factories.visit(w)))


def visit_only_ends(w: World) -> None:
    row = factories.visit(w)
    refused("Cannot update", set_raw(row, began_at=row.began_at - timedelta(days=1)))


def visit_ends_once(w: World) -> None:
    row: LinkVisit = factories.visit(w)
    set_raw(row, ended_at=w.clock())()
    for changes in ({"ended_at": None}, {"ends_at": w.clock() + timedelta(days=1)}):
        refused("Cannot update", set_raw(row, **changes))


def visit_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(factories.visit(w)))


def link_attempt_append_only(w: World) -> None:
    row = visits.attempt(visits.What.LOOKED, at=w.clock(), link=factories.link(w), address="192.0.2.7")
    append_only(row, "what")


def stranger_append_only(w: World) -> None:
    row = factories.link(w)
    visits.not_me(row, by=None, at=w.clock(), address=None, **factories.STRANGER)
    append_only(Stranger.objects.get(), "name")


def message_by_text_is_a_code(w: World) -> None:
    link, says = factories.link(w), "message_by_text_is_a_code"
    visits.ask_for_code(link, by=None, at=w.clock(), address=None)
    text = Message.objects.get(kind="CODE")
    for changes in ({"channel": "EMAIL"}, {"by_link": False}, {"kind": "LINK"}):
        refused(says, set_raw(text, **changes))
    refused(says, set_raw(Message.objects.exclude(pk=text.pk).earliest("queued_at"), channel="TEXT"))
