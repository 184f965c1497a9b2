"""The pages of corrections, as each side sees them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from agencies.models import Membership
from notifications.models import Message
from sharing.models import Correction, Exchange, ProposedCorrection
from sharing.states import State
from tests import correcting, factories
from tests.correcting import NEW, OLD, WHY, amend, concern_of
from tests.factories import World
from tests.sharing.asking import as_, at, filled, text

pytestmark = pytest.mark.django_db


def page(member: Membership, name: str, *parts: object) -> str:
    response = as_(member).get(reverse(name, args=parts))
    assert response.status_code == 200
    return text(response)


# --- Before and after a statement is corrected --------------------------------------------------------


def test_before_saving_it_says_who_was_given_it_what_happens_and_what_cannot_be_undone(world: World) -> None:
    concern = factories.at_share(world)
    factories.understood(world, factories.sent(world, concern))
    factories.sent(world, concern, listener=world.amara)
    said = page(world.priya, "concern-statement-correct", concern.reference, 1)
    assert "2 people at 2 agencies" in said
    assert "Tom Ashdown" in said
    assert "Amara Osei" in said
    assert "not opened yet" in said
    assert "What was read cannot be unread" in said


def test_nobody_is_named_where_nobody_was_given_it(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    said = page(world.priya, "concern-statement-correct", concern_of(exchange).reference, 3)
    assert "Who has been told already" not in said


def test_correcting_on_the_page_leads_to_the_corrections_of_the_concern(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    concern = concern_of(exchange)
    browser = as_(world.priya)
    answers = {
        **filled(None, version=1), "why": WHY, "text": NEW, "source": "Anna Bell",
        "happened_note": "This morning",
    }  # fmt: skip
    address = reverse("concern-statement-correct", args=[concern.reference, 1])
    response = browser.post(address, answers, follow=True)
    assert response.redirect_chain[-1][0] == reverse("corrections", args=[concern.reference])
    said = text(response)
    assert "S1 was corrected" in said
    assert "0 of 1 said back" in said
    assert OLD in said
    assert NEW in said


def test_the_correction_page_says_who_was_told_when_and_who_said_it_back(world: World) -> None:
    exchange, correction, sent = correcting.corrected(world)
    said = page(world.school.colleague, "correction", correction.reference)
    for words in (
        OLD,
        NEW,
        WHY,
        exchange.reference,
        sent.reference,
        "0 of 1 have said it back",
        "Tom Ashdown",
    ):
        assert words in said
    correcting.understood(world, sent)
    said = page(world.school.colleague, "correction", correction.reference)
    assert "1 of 1 has said it back" in said
    assert "Said back and understood on" in said


def test_the_correction_page_shows_flagged_actions_and_opinions_that_rest_on_it(world: World) -> None:
    action = correcting.flagged(world)
    said = page(world.priya, "correction", Correction.objects.get().reference)
    assert action.reference in said
    assert "To look at again" in said
    assert "S3, Priya Nair" in said


def test_the_concern_page_shows_the_old_struck_through_and_says_so_in_words(world: World) -> None:
    exchange, _, _ = correcting.corrected(world)
    browser = as_(world.priya)
    response = browser.get(reverse("concern", args=[concern_of(exchange).reference]))
    assert f'<del class="app-words">{OLD}</del>' in response.content.decode()
    said = text(response)
    assert "Was:" in said
    assert "Is now:" in said
    assert f"Corrected because: {WHY}" in said
    assert reverse("corrections", args=[concern_of(exchange).reference]) in response.content.decode()


# --- The recipient's side -------------------------------------------------------------------------------


def test_before_receipt_the_original_says_where_to_read_what_it_is_now(world: World) -> None:
    exchange, _, sent = correcting.corrected(world)
    said = page(world.tom, "exchange", exchange.reference)
    assert "This has changed. Read what it is now in" in said
    assert sent.reference in said
    assert OLD in said
    assert NEW not in said


def test_after_receipt_the_original_shows_the_old_struck_through_and_the_new(world: World) -> None:
    exchange, _, sent = correcting.corrected(world)
    factories.received(world, sent)
    response = as_(world.tom).get(at("exchange", exchange))
    assert "<del" in response.content.decode()
    said = text(response)
    assert "Was:" in said
    assert "Is now:" in said
    assert NEW in said


def test_the_correction_itself_shows_what_it_was_what_it_is_and_what_it_corrects(world: World) -> None:
    exchange, _, sent = correcting.corrected(world)
    factories.received(world, sent)
    said = page(world.tom, "exchange", sent.reference)
    assert "Correction from Priya Nair" in said
    assert f">{exchange.reference}</a>" in said
    assert OLD in said
    assert NEW in said
    assert WHY in said
    assert "Say whether you agree" not in said


def test_nothing_of_a_correction_is_shown_before_it_is_opened(world: World) -> None:
    _, _, sent = correcting.corrected(world)
    said = page(world.tom, "exchange", sent.reference)
    assert NEW not in said
    assert OLD not in said


def test_a_recipient_does_not_see_who_else_was_told(world: World) -> None:
    _, correction, _ = correcting.corrected(world)
    for member in (world.tom, world.care.lead, world.amara, world.stranger.lead):
        assert as_(member).get(reverse("correction", args=[correction.reference])).status_code == 404


def test_the_check_page_shows_the_one_item_that_was_said_back(world: World) -> None:
    _, _, sent = correcting.corrected(world)
    factories.restated(world, factories.received(world, sent), **correcting.HEARD)
    said = page(world.priya, "check", sent.reference)
    assert NEW in said
    assert correcting.HEARD["what_happened"] in said


def test_each_version_of_a_chain_is_struck_through_in_order(world: World) -> None:
    exchange, _, _ = correcting.corrected(world)
    second = correcting.told_of(amend(world, concern_of(exchange), text=correcting.NEWER), exchange)
    factories.received(world, second)
    said = page(world.tom, "exchange", second.reference)
    assert said.index(OLD) < said.index(NEW) < said.index(correcting.NEWER)


# --- Actions -----------------------------------------------------------------------------------------------


def test_a_flagged_action_says_so_to_both_sides_and_on_the_concern(world: World) -> None:
    action = correcting.flagged(world)
    for member in (world.tom, world.priya):
        assert "Say whether it is still right" in page(member, "action", action.reference)
    assert "Look at it again" in page(world.priya, "concern", concern_of(action).reference)
    assert "Look again at an action" in page(world.tom, "home")


def test_saying_still_right_goes_back_to_the_action(world: World) -> None:
    action = correcting.flagged(world)
    address = reverse("still-right", args=[action.reference])
    answers = {**filled(None, version=action.version), "answer": "STILL_RIGHT", "why": "It is the same arm."}
    response = as_(world.tom).post(address, answers, follow=True)
    said = text(response)
    assert "Still right, said Tom Ashdown" in said
    assert "It is the same arm." in said
    again = as_(world.tom).get(address)
    assert again.status_code == 409


def test_taking_it_back_leads_to_proposing_another(world: World) -> None:
    action = correcting.flagged(world)
    answers = {
        **filled(None, version=action.version),
        "answer": "CHANGED",
        "why": "The other arm is examined.",
    }
    response = as_(world.tom).post(reverse("still-right", args=[action.reference]), answers)
    assert response["Location"] == reverse("propose-action", args=[action.exchange.reference])


# --- Proposals --------------------------------------------------------------------------------------------


def test_a_proposal_is_shown_on_both_sides_and_answered_by_the_speaker(world: World) -> None:
    row = correcting.proposed(world)
    for member in (world.tom, world.priya):
        assert "Proposed correction of item 1" in page(member, "exchange", row.exchange.reference)
        assert row.words in page(member, "proposed-correction", row.exchange.reference, 1)
    said = page(world.priya, "proposed-correction", row.exchange.reference, 1)
    assert "Correct S1" in said
    assert row.words in page(world.priya, "concern-statement-correct", concern_of(row.exchange).reference, 1)
    address = reverse("proposed-correction", args=[row.exchange.reference, 1])
    as_(world.priya).post(address, {**filled(None), "why": "Two people saw the left arm."})
    assert ProposedCorrection.objects.get().answer == "KEPT"
    assert "Two people saw the left arm." in page(world.tom, "proposed-correction", row.exchange.reference, 1)


# --- What people say about sharing, and protected details -------------------------------------------------


def test_before_recording_it_says_who_knows_and_what_cannot_be_undone(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    concern = concern_of(exchange)
    person = factories.main_person(concern)
    said = page(world.priya, "record-view", concern.reference, 1, person.reference)
    assert "Who has been told already" in said
    assert "Tom Ashdown" in said
    assert "What was read cannot be unread" in said
    assert "If it was shared on other grounds than agreement, it may still be used" in said


def test_afterwards_it_offers_to_withdraw_what_nobody_opened(world: World) -> None:
    concern = factories.at_share(world)
    exchange = factories.sent(world, concern)
    correction = correcting.withdrawn(world, concern)
    assert correction is not None
    assert "1 person has not opened it yet" in page(world.priya, "correction", correction.reference)
    browser = as_(world.priya)
    response = browser.post(
        reverse("withdraw-unopened", args=[correction.reference]), {**filled(None), "why": "They said no."}
    )
    assert response.status_code == 302
    assert factories.again(exchange).withdrawn_at is not None
    assert "has not opened it yet" not in page(world.priya, "correction", correction.reference)


def test_a_person_page_says_who_knows_before_the_address_is_protected(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    person = factories.main_person(concern_of(exchange))
    said = page(world.priya, "person-change", person.reference)
    assert "Who has been told already" in said
    assert "act on that now" in said


def test_somebody_who_cannot_be_reached_is_shown_with_what_to_do(world: World) -> None:
    row = correcting.unreachable(world)
    said = page(world.priya, "correction", row.correction.reference)
    assert "Tell them by hand" in said
    assert "no checked e-mail address" in said
    assert "Tell somebody of a correction by hand" in page(world.priya, "home")
    address = reverse("told-by-hand", args=[row.correction.reference, row.pk])
    as_(world.school.colleague).post(address, {**filled(None), "how": "I rang; Tom said it back."})
    said = page(world.priya, "correction", row.correction.reference)
    assert "I rang; Tom said it back." in said
    assert "Anna Bell" in said


def test_notices_of_a_correction_hold_nothing_of_it(world: World) -> None:

    _, _, sent = correcting.corrected(world)
    for message in Message.objects.filter(reference=sent.reference):
        row = " ".join(str(value) for value in vars(message).values())
        assert "arm" not in row.split()
        assert "Leo" not in row
    assert Exchange.objects.filter(pk=sent.pk).exists()
