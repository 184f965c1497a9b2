"""The pages of Do and Share: whom to tell, what they are told, how they will see it, and sending it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from records import operations as records
from sharing.models import Exchange, SkippedStep, Stage
from sharing.operations import check_back, disclosure
from sharing.states import State
from tests import factories
from tests.factories import World
from tests.sharing.asking import HELD_BACK, SEEN, as_, at, filled, post, statements_used, text, told

CHOICE = {
    "choice_1": "KEY",
    "choice_2": "SHARE",
    "choice_3": "HOLD",
    "why_3": "It is my view and adds nothing.",
    "why_you": "You are on duty today.",
    "what_i_ask": "Decide whether to visit.",
    "urgency": "HIGH",
}


def test_do_shows_decisions_advice_listeners_and_what_is_missing(world: World) -> None:
    concern = factories.concern_at(world, Stage.DO)
    page = text(as_(world.priya).get(reverse("do", args=[concern.reference])))
    assert "Not decided yet" in page
    assert "There is no sharing decision for Leo Marsh" in page
    assert "Nobody is chosen yet" in page
    factories.prepared(world, concern)
    page = text(as_(world.priya).get(reverse("do", args=[concern.reference])))
    assert "Tom Ashdown" in page
    assert "2 shared, 2 of them key, 1 held back" in page


def test_do_is_for_the_agency_whose_concern_it_is(world: World) -> None:
    concern = factories.concern_at(world, Stage.DO)
    for page in ("do", "choose-listener", "urgent"):
        address = reverse(page, args=[concern.reference])
        assert as_(world.priya).get(address).status_code == 200
        assert as_(world.tom).get(address).status_code == 404
        assert as_(world.stranger.lead).get(address).status_code == 404
        assert as_(world.school.administrator).get(address).status_code == 403
        assert as_(world.school.auditor).get(address).status_code == 403


def test_recipient_is_found_by_post_with_agency_cover_and_contact_point(world_with_deputies: World) -> None:
    world = world_with_deputies
    concern = factories.concern_at(world, Stage.DO)
    address = reverse("choose-listener", args=[concern.reference])
    page = text(as_(world.priya).post(address, {"form_id": filled_id(), "who": "Ashdown"}))
    assert "Tom Ashdown" in page
    assert "Wyrefold Family Front Door" in page
    assert "Work e-mail" in page
    assert Exchange.objects.filter(cycle__concern=concern).count() == 0


def test_choosing_a_recipient_asks_whether_it_is_the_right_place(world: World) -> None:
    concern = factories.concern_at(world, Stage.DO)
    address = f"{reverse('choose-listener', args=[concern.reference])}?of={world.tom.pk}"
    answers = {"form_id": filled_id(), "right_place": " ", "expects": "ACCOUNTABLE"}
    response = as_(world.priya).post(address, answers)
    assert response.status_code == 422
    assert "Say how you know that this is the right person" in text(response)
    answers |= {"right_place": "I rang the duty desk.", "form_id": filled_id()}
    first = as_(world.priya).post(address, answers)
    again = as_(world.priya).post(address, answers)
    exchange = Exchange.objects.get(cycle__concern=concern, kind="DISCLOSURE")
    assert first.headers["Location"] == again.headers["Location"] == at("prepare", exchange)
    assert exchange.right_place == "I rang the duty desk."


def test_nobody_is_chosen_who_is_not_in_the_directory(world: World) -> None:
    concern = factories.concern_at(world, Stage.DO)
    address = reverse("choose-listener", args=[concern.reference])
    for wrong in ("nonsense", world.care.administrator.pk, world.priya.pk):
        assert as_(world.priya).get(f"{address}?of={wrong}").status_code == 404


def test_each_statement_is_shared_or_held_back_with_a_reason(world: World) -> None:
    exchange = chosen(world)
    for wrong, sentence in (
        ({"choice_2": ""}, "Say of S2 whether to share it or hold it back"),
        ({"why_3": " "}, "Say why you hold S3 back"),
        ({"what_i_ask": ""}, "Say what you ask of them"),
    ):
        response = post(world.priya, "prepare", exchange, **{**CHOICE, **wrong})
        assert response.status_code == 422
        assert sentence in text(response)
        assert "You are on duty today." in text(response)
        assert exchange.items.count() == 0
    nothing_key = post(world.priya, "prepare", exchange, **{**CHOICE, "choice_1": "SHARE"})
    assert nothing_key.status_code == 409
    assert "Mark at least one statement as key" in text(nothing_key)
    assert post(world.priya, "prepare", exchange, **CHOICE).url == at("preview", exchange)
    assert list(exchange.items.values_list("number", "is_key")) == [(1, True), (2, False)]
    assert exchange.held_back.get().why == CHOICE["why_3"]


def test_preview_is_what_the_recipient_sees(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    preview = as_(world.priya).get(at("preview", exchange))
    assert HELD_BACK in text(preview)
    disclosure.send(exchange, by=world.priya, at=world.clock())
    check_back.open_exchange(exchange, by=world.tom, at=world.clock())
    page = as_(world.tom).get(at("exchange", exchange))
    assert told(preview) == told(page) != ""
    assert SEEN in told(page)
    assert HELD_BACK not in text(page)
    assert told(as_(world.priya).get(at("preview", exchange))) == told(page)


def test_preview_carries_conditions_communication_needs_and_safe_contact(world: World) -> None:
    leo = factories.child(world, safe_contact_rule="Do not ring the landline.", communication_needs="Makaton")
    concern = factories.logged(world, about=leo)
    factories.move(world, concern, "start-at-share", reason="Told by phone.")
    factories.view(world, concern, answer="GIVEN_WITH_CONDITIONS", conditions="Do not tell grandmother.")
    factories.decide(world, concern)
    exchange = factories.prepared(world, concern)
    preview = told(as_(world.priya).get(at("preview", exchange)))
    for words in ("Do not ring the landline.", "Makaton", "Do not tell grandmother."):
        assert words in preview
        assert preview.index(words) < preview.index(SEEN)


def test_an_action_is_proposed_before_anything_is_sent(world: World) -> None:
    concern = factories.concern_at(world, Stage.DO)
    exchange = factories.prepared(world, concern)
    preview = at("preview", exchange)
    propose = at("propose-action", exchange)
    assert f'href="{propose}"' in as_(world.priya).get(preview).content.decode()
    words = {
        "what": "See the child at home.",
        "owner": str(world.tom.pk),
        "by_when": "2 working days",
        "contingency": "Nobody answers.",
    }
    response = as_(world.priya).post(propose, filled(None, **words))
    assert response.headers["Location"] == preview
    assert "See the child at home." in text(as_(world.priya).get(preview))
    assert "See the child at home." not in told(as_(world.priya).get(preview))
    assert as_(world.tom).get(at("exchange", exchange)).status_code == 404


def test_sending_at_share_tells_the_recipient_once(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    page = text(as_(world.priya).get(at("send", exchange)))
    assert "Check before you send" in page
    assert "Why can it not wait" not in page
    assert post(world.priya, "send", exchange).status_code == 422
    form = filled(exchange, checked="on")
    browser = as_(world.priya)
    first, second = browser.post(at("send", exchange), form), browser.post(at("send", exchange), form)
    assert first.headers["Location"] == second.headers["Location"] == at("exchange", exchange)
    exchange.refresh_from_db()
    assert exchange.sent_at is not None
    assert exchange.version == 3


def test_when_all_is_ready_one_button_goes_on_to_share_and_back_to_sending(world: World) -> None:
    concern = factories.concern_at(world, Stage.DO)
    exchange = factories.prepared(world, concern)
    client = as_(world.priya)
    assert "Go on to Share, and send this from there" not in text(client.get(at("send", exchange)))
    factories.decide(world, concern)
    move = reverse("move", args=[concern.reference, "to-share"])
    assert f'action="{move}"' in client.get(reverse("do", args=[concern.reference])).text
    page = client.get(at("send", exchange))
    assert "everything is ready for Share" in text(page)
    answers = {"form_id": filled_id(), "version": concern.cycles.get().version, "then": exchange.reference}
    assert client.post(move, answers).headers["Location"] == at("send", exchange)
    assert "Why can it not wait?" not in text(client.get(at("send", exchange)))


@pytest.mark.parametrize("then", ["", "https://example.org/", "WF-26-9999-X1", "WF-26-0001-X1/../.."])
def test_going_on_to_share_leads_nowhere_but_to_an_exchange_of_the_concern(world: World, then: str) -> None:
    concern = factories.concern_at(world, Stage.DO)
    factories.prepared(world, concern)
    factories.decide(world, concern)
    answers = {"form_id": filled_id(), "version": concern.cycles.get().version, "then": then}
    response = as_(world.priya).post(reverse("move", args=[concern.reference, "to-share"]), answers)
    assert response.headers["Location"] == reverse("concern", args=[concern.reference])


def test_a_prepared_disclosure_is_a_press_away_from_being_looked_at_and_sent(world: World) -> None:
    concern = factories.at_share(world)
    exchange = factories.prepared(world, concern)
    page = as_(world.priya).get(reverse("concern", args=[concern.reference]))
    assert page.text.count(at("preview", exchange)) == 2  # at the gate and in the list
    assert at("prepare", exchange) not in page.text


def test_urgent_disclosure_is_sent_from_any_stage_with_a_reason(world: World) -> None:
    concern = factories.concern_at(world, Stage.ASK)
    exchange = factories.prepared(world, concern)
    page = text(as_(world.priya).get(at("send", exchange)))
    assert "The concern is at Ask" in page
    refused = post(world.priya, "send", exchange, checked="on")
    assert refused.status_code == 422
    exchange.refresh_from_db()
    assert exchange.sent_at is None
    sent = post(world.priya, "send", exchange, checked="on", emergency_reason="He goes home at 15:15.")
    assert sent.status_code == 302
    exchange.refresh_from_db()
    assert (exchange.urgency, exchange.emergency_reason) == ("URGENT", "He goes home at 15:15.")
    assert SkippedStep.objects.filter(cycle=exchange.cycle).count() == 2


def test_statement_amended_after_the_choice_has_to_be_chosen_again(world: World) -> None:
    concern = factories.concern_at(world, Stage.SHARE)
    exchange = Exchange.objects.get(cycle__concern=concern, kind="DISCLOSURE")
    records.amend_statement(
        concern.statements.get(number=1),
        by=world.priya,
        at=world.clock(),
        why="Counted again.",
        text="Five marks.",
        source="Anna Bell",
    )
    page = text(as_(world.priya).get(at("send", exchange)))
    assert "It cannot be sent yet" in page
    refused = post(world.priya, "send", exchange, checked="on", emergency_reason="Now.")
    assert refused.status_code == 409
    exchange.refresh_from_db()
    assert exchange.sent_at is None


@pytest.mark.parametrize("page", ["prepare", "preview", "send", "discard"])
def test_who_may_open_the_pages_of_a_prepared_disclosure(world_with_deputies: World, page: str) -> None:
    world = world_with_deputies
    exchange = factories.exchange_at(world, State.PREPARED)
    seen = {m.full_name: as_(m).get(at(page, exchange)).status_code for m in world.everyone}
    assert seen.pop("Priya Nair") == seen.pop("Anna Bell") == 200
    assert seen.pop("Lena Hollis") == (200 if page == "preview" else 409)
    for member in (world.school.administrator, world.school.auditor, world.coordinator):
        assert seen.pop(member.full_name) == 403
    others = [world.tom, world.care.lead, world.gp.practitioner, world.stranger.lead, world.two_hats[0]]
    assert {seen[m.full_name] for m in others} == {404}
    deputy = as_(world.school.colleague).get(at(page, exchange))
    if page != "discard":
        assert "You are acting for Priya Nair" in text(deputy)


def test_lead_sees_and_does_not_prepare_send_or_discard(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    assert post(world.school.lead, "prepare", exchange, **CHOICE).status_code == 409
    assert post(world.school.lead, "send", exchange, checked="on").status_code == 409
    assert post(world.school.lead, "discard", exchange).status_code == 409
    exchange.refresh_from_db()
    assert (exchange.sent_at, exchange.version) == (None, 2)


def test_somebody_chosen_is_removed_before_anything_was_sent(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    assert post(world.priya, "discard", exchange).url == reverse(
        "do", args=[exchange.cycle.concern.reference]
    )
    assert not Exchange.objects.filter(pk=exchange.pk).exists()


def test_out_of_date_choice_is_refused_with_what_changed_and_keeps_the_words(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    response = post(world.priya, "prepare", exchange, **CHOICE, version=1)
    page = text(response)
    assert response.status_code == 409
    assert "This page is out of date" in page
    assert "chose what to share" in page
    assert "You are on duty today." in page


def test_pages_cost_the_same_however_many_statements_and_listeners(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    concern = exchange.cycle.concern
    pages = [at(page, exchange) for page in ("prepare", "preview", "send")]
    pages += [reverse(page, args=[concern.reference]) for page in ("do", "urgent")]
    before = [statements_used(world.priya, page) for page in pages]
    for number in range(4):
        records.add_statement(
            concern,
            by=world.priya,
            at=world.clock(),
            kind="FACT_SEEN",
            text=f"Seen again {number}.",
            source="Anna Bell",
            happened_at=world.clock.moment,
        )
    disclosure.choose_items(
        exchange,
        by=world.priya,
        at=world.clock(),
        share=[1, 2, 4, 5],
        key=[1, 2, 4],
        held_back={3: "No.", 6: "No.", 7: "No."},
        why_you="You are on duty.",
        what_i_ask="Decide.",
        urgency="HIGH",
    )
    for listener in (world.care.lead, world.amara, world.gp.lead):
        disclosure.choose_listener(
            exchange.cycle, listener=listener, by=world.priya, at=world.clock(), right_place="Rang them."
        )
    after = [statements_used(world.priya, page) for page in pages]
    assert after == before
    assert max(after) <= 12, dict(zip(pages, after, strict=True))


def filled_id() -> str:
    return str(filled(None)["form_id"])


def chosen(world: World) -> Any:
    """Somebody is chosen to be told, and nothing yet what."""
    concern = factories.at_share(world)
    return disclosure.choose_listener(
        factories.the_cycle(concern),
        listener=world.tom,
        by=world.priya,
        at=world.clock(),
        right_place="I rang the duty desk.",
    )
