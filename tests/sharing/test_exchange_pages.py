"""The page of an exchange, for each side by state and turn."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from agencies.models import ContactPoint
from sharing.models import Exchange, Incident, Round, Verdict
from sharing.states import State
from tests import factories
from tests.factories import OTHER_WORDS, OWN_WORDS, World
from tests.sharing import deciding
from tests.sharing.asking import HELD_BACK, SAID, SEEN, as_, at, filled, post, statements_used, text


def test_listener_sees_reference_sender_and_time_limit_before_opening(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    response = as_(world.tom).get(at("exchange", exchange))
    page = text(response)
    assert response.status_code == 200
    assert exchange.reference in page
    assert "Priya Nair" in page
    assert "To be understood" in page
    assert SEEN not in page
    assert "Leo" not in page
    exchange.refresh_from_db()
    assert exchange.opened_at is None


def test_opening_by_post_shows_the_content_and_is_written_down_once(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    assert post(world.tom, "exchange", exchange).status_code == 302
    exchange.refresh_from_db()
    assert exchange.opened_at is not None
    page = text(as_(world.tom).get(at("exchange", exchange)))
    assert SEEN in page
    assert SAID in page
    assert HELD_BACK not in page


PAGES = ("exchange", "restate", "check", "agreement", "disagree", "withdraw", "not-mine", "incident")
GOOD_CHECK = {"verdict_1": "UNDERSTOOD", "verdict_2": "UNDERSTOOD", "outcome": "CONFIRMED"}


# --- Receive, or send back -------------------------------------------------------------------------


def test_confirming_receipt_is_by_post_once(world: World) -> None:
    exchange = factories.exchange_at(world, State.OPENED)
    assert as_(world.tom).get(at("receive", exchange)).status_code == 302
    exchange.refresh_from_db()
    assert exchange.received_at is None
    form, browser = filled(exchange), as_(world.tom)
    assert browser.post(at("receive", exchange), form).status_code == 302
    assert browser.post(at("receive", exchange), form).status_code == 302
    exchange.refresh_from_db()
    assert exchange.received_by == world.tom
    assert exchange.version == 4
    again = post(world.tom, "receive", exchange)
    assert again.status_code == 409
    assert "Receipt is confirmed once" in text(again)


def test_stale_page_is_refused_with_what_changed(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    response = post(world.tom, "restate", exchange, **OWN_WORDS, version=exchange.version - 1)
    page = text(response)
    assert response.status_code == 409
    assert "This page is out of date" in page
    assert "Tom Ashdown, Duty social worker" in page
    assert OWN_WORDS["what_happened"] in page
    assert not exchange.rounds.exists()


@pytest.mark.parametrize("state", [State.SENT, State.OPENED, State.RECEIVED, State.FOR_INFORMATION])
def test_after_not_mine_the_content_is_in_no_response(world_with_deputies: World, state: State) -> None:
    world = world_with_deputies
    exchange = factories.exchange_at(world, state)
    answer = post(world.tom, "not-mine", exchange, note="The adults’ team?")
    assert answer.status_code == 302
    for reader in (world.tom, world.care.colleague, world.care.lead):
        for page in PAGES:
            body = text(as_(reader).get(at(page, exchange)))
            assert SEEN not in body
            assert SAID not in body
            assert "Leo" not in body
    assert "can no longer be read here" in text(as_(world.tom).get(at("exchange", exchange)))
    page = text(as_(world.priya).get(at("exchange", exchange)))
    assert "Tom Ashdown says that this is not for them" in page
    assert SEEN in page


def test_after_withdrawal_the_content_is_in_no_response(world: World) -> None:
    exchange = factories.exchange_at(world, State.CORRECTED)
    assert post(world.priya, "withdraw", exchange, why="It was about another pupil.").status_code == 302
    for page in PAGES:
        body = text(as_(world.tom).get(at(page, exchange)))
        assert SEEN not in body
        assert OWN_WORDS["what_happened"] not in body
    late = post(world.tom, "restate", exchange, **OTHER_WORDS)
    assert late.status_code == 409
    assert SEEN not in text(late)
    assert OTHER_WORDS["what_happened"] in text(late)
    assert "It was about another pupil." in text(as_(world.tom).get(at("exchange", exchange)))


def test_reason_for_withdrawal_is_not_shown_to_somebody_who_never_opened_it(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    post(world.priya, "withdraw", exchange, why="Leo is not the child.")
    page = text(as_(world.tom).get(at("exchange", exchange)))
    assert "Leo" not in page
    assert "Nobody had opened it." in page
    assert "ring Priya Nair" in page


def test_withdrawing_says_who_reads_the_reason(world: World) -> None:
    for state, said in ((State.SENT, "Your agency alone sees"), (State.OPENED, "They see this reason")):
        exchange = factories.exchange_at(world, state)
        page = text(as_(world.priya).get(at("withdraw", exchange)))
        assert said in page
        assert "Actions on it that are not done yet are taken back too." in page


def test_whoever_withdrew_it_sees_why_and_goes_on_from_there(world: World) -> None:
    exchange = deciding.sent(world)
    assert "A decision is asked for" in text(as_(world.priya).get(at("exchange", exchange)))
    post(world.priya, "withdraw", exchange, why="The police asked us to wait.")
    page = text(as_(world.priya).get(at("exchange", exchange)))
    assert "The police asked us to wait." in page
    assert "Go to the concern" in page
    assert "A decision is asked for" not in page


def test_incident_is_closed_by_saying_what_was_done(world: World) -> None:
    exchange = factories.exchange_at(world, State.NOT_MINE)
    assert as_(world.tom).get(at("incident", exchange)).status_code == 404
    assert "Not my area." in text(as_(world.priya).get(at("incident", exchange)))
    answers = {**factories.HANDLED, "is_breach": "NO"}
    assert post(world.priya, "incident", exchange, **{**answers, "what_was_done": " "}).status_code == 422
    told = {**answers, "what_was_done": "Told the DPO."}
    assert post(world.school.lead, "incident", exchange, **told).status_code == 302
    assert Incident.objects.get().what_was_done == "Told the DPO."
    assert post(world.priya, "incident", exchange, **answers).status_code == 409


# --- Say back --------------------------------------------------------------------------------------


def test_restate_page_shows_the_original_beside_the_prompts(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    page = text(as_(world.tom).get(at("restate", exchange)))
    assert SEEN in page
    assert HELD_BACK not in page
    assert "See a good and a poor example" in page
    assert "What I will do first, and what would make me act sooner" in page


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({**OWN_WORDS, "what_worries_me": "  "}, "Write something under “What worries me, and why”"),
        ({**OWN_WORDS, "what_i_will_do": "Noted, thanks."}, "“What I will do first, and what would make me"),
    ],
)
def test_saying_too_little_is_refused_without_losing_a_word(
    world: World, words: dict[str, str], sentence: str
) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    response = post(world.tom, "restate", exchange, **words)
    page = text(response)
    assert response.status_code == 409
    assert sentence in page
    assert all(word.strip() in page for word in words.values())
    assert not exchange.rounds.exists()
    assert words["what_happened"] in text(as_(world.tom).get(at("restate", exchange)))


def test_what_is_missing_in_a_restatement_leads_to_its_question(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    answer = post(world.tom, "restate", exchange, **{**OWN_WORDS, "what_worries_me": " "})
    assert answer.status_code == 409
    body = answer.content.decode()
    assert (
        '<a href="#id_what_worries_me">Write something under “What worries me, and why”.</a>'
        in html.unescape(body)
    )
    assert 'id="id_what_worries_me_1_error"' in body
    assert 'href="#id_what_happened"' not in body


def test_what_is_missing_in_a_check_leads_to_its_question(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    body = post(world.priya, "check", exchange, verdict_1="UNDERSTOOD", outcome="CONFIRMED").content.decode()
    assert '<a href="#id_verdict_2_1">Say whether item 2 was understood.</a>' in body
    answer = {**GOOD_CHECK, "verdict_2": "MISSING", "outcome": "CORRECTED"}
    body = post(world.priya, "check", exchange, **answer).content.decode()
    assert '<a href="#id_note">Write what should be said again' in body


def test_all_that_is_missing_in_a_check_is_said_at_once(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    answer = post(world.priya, "check", exchange, verdict_1="UNDERSTOOD")
    assert answer.status_code == 422
    missing = re.findall(r'<a href="#(id_\w+)">', answer.content.decode())
    assert missing == ["id_verdict_2_1", "id_outcome_1"]


def test_near_copy_is_sent_only_by_somebody_who_ticks_the_box(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    copied = {name: exchange.items.get(number=1).text for name in OWN_WORDS}
    response = post(world.tom, "restate", exchange, **copied)
    assert response.status_code == 409
    assert "of this is the sender’s own wording" in text(response)
    assert 'name="knowingly_a_copy"' in text(response)
    assert not exchange.rounds.exists()
    assert post(world.tom, "restate", exchange, **copied, knowingly_a_copy="on").status_code == 302
    assert exchange.rounds.get().similarity >= 60
    assert "is word for word as it was said" in text(as_(world.priya).get(at("check", exchange)))


def test_restating_twice_with_one_form_opens_one_round(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    form, browser = filled(exchange, **OWN_WORDS), as_(world.tom)
    first = browser.post(at("restate", exchange), form)
    second = browser.post(at("restate", exchange), form)
    assert first.headers["Location"] == second.headers["Location"]
    assert exchange.rounds.count() == 1


def test_html_and_formulas_are_kept_and_shown_as_text(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    words = {**OWN_WORDS, "what_happened": "=cmd() <script>alert(1)</script> a mark on his arm"}
    assert post(world.tom, "restate", exchange, **words).status_code == 302
    body = as_(world.priya).get(at("check", exchange)).content.decode()
    assert "=cmd() &lt;script&gt;" in body
    assert "<script>alert" not in body


# --- Check -----------------------------------------------------------------------------------------


def test_speaker_sees_both_and_gives_a_verdict_on_each_key_item(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    page = text(as_(world.priya).get(at("check", exchange)))
    assert SEEN in page
    assert OWN_WORDS["what_happened"] in page
    assert "Key item 1" in page
    assert "Key item 2" in page
    missing = post(world.priya, "check", exchange, verdict_1="UNDERSTOOD", outcome="CONFIRMED")
    assert missing.status_code == 409
    assert "Say whether item 2 was understood" in text(missing)
    assert post(world.priya, "check", exchange, **GOOD_CHECK).status_code == 302
    exchange.refresh_from_db()
    assert exchange.understood_by == world.priya
    assert Verdict.objects.filter(answer="UNDERSTOOD").count() == 2


def test_correcting_says_what_to_look_at_again_and_both_versions_stay(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    answer = {**GOOD_CHECK, "verdict_2": "MISSING", "note_2": "His own words.", "outcome": "CORRECTED"}
    assert post(world.priya, "check", exchange, **answer).status_code == 409
    assert post(world.priya, "check", exchange, **answer, note="Look at item 2.").status_code == 302
    page = text(as_(world.tom).get(at("restate", exchange)))
    assert "Look at item 2." in page
    assert "His own words." in page
    assert OWN_WORDS["what_happened"] in page
    post(world.tom, "restate", exchange, **OTHER_WORDS)
    for reader in (world.priya, world.tom):
        page = text(as_(reader).get(at("exchange", exchange)))
        assert page.index(OTHER_WORDS["what_happened"]) < page.index(OWN_WORDS["what_happened"])


def test_phone_call_is_offered_after_two_corrections_and_the_manager_told_after_three(world: World) -> None:
    exchange = factories.exchange_at(world, State.CORRECTED)
    assert "A phone call may be quicker" not in text(as_(world.priya).get(at("exchange", exchange)))
    again(world, exchange)
    page = text(as_(world.priya).get(at("exchange", exchange)))
    assert "A phone call may be quicker" in page
    assert "No checked phone number is listed for Tom Ashdown" in page
    ContactPoint.objects.create(
        agency=world.tom.agency,
        member=world.tom,
        label="Desk",
        kind="PHONE",
        address="01632 960 001",
        checked_at=factories.LONG_AGO,
        checked_by=world.tom,
    )
    assert "01632 960 001" in text(as_(world.priya).get(at("exchange", exchange)))
    again(world, exchange)
    page = text(as_(world.tom).get(at("restate", exchange)))
    assert "Lena Hollis, who manages Priya Nair, has been told." in page


def test_nobody_checks_their_own_restatement_or_in_anothers_place(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    for person in (world.tom, world.care.lead, world.school.lead):
        assert as_(person).get(at("check", exchange)).status_code == 409
        assert post(person, "check", exchange, **GOOD_CHECK).status_code == 409
    assert Round.objects.get().outcome == ""


def test_whoever_waits_for_an_agreement_is_led_to_the_exchange(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    for person in (world.priya, world.school.lead, world.care.lead):
        led = as_(person).get(at("agreement", exchange), follow=True)
        assert led.redirect_chain == [(at("exchange", exchange), 302)]
        assert "Only Tom Ashdown or their deputy can say whether they agree." in text(led)
        assert post(person, "agreement", exchange, risk="AGREE", action="AGREE").status_code == 409
    assert not exchange.agreements.exists()


def test_next_step_after_understanding_is_agreement_then_an_action(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    assert "Say whether you agree" in text(as_(world.tom).get(at("exchange", exchange)))
    post(world.tom, "agreement", exchange, risk="AGREE", action="AGREE")
    assert "Who does what by when?" in text(as_(world.tom).get(at("exchange", exchange)))


# --- Summaries, deputies, leads and everybody else -------------------------------------------------


def test_summary_shows_its_lines_under_their_headings(world: World) -> None:
    exchange = factories.exchange_at(world, State.SUPERSEDED)
    post(world.tom, "exchange", exchange)
    latest = exchange.superseded_by
    assert latest is not None
    assert at("exchange", latest) in text(as_(world.tom).get(at("exchange", exchange)))
    post(world.tom, "exchange", latest)
    page = text(as_(world.tom).get(at("exchange", latest)))
    assert "What was understood" in page
    assert "A visit today." in page
    assert at("answer-summary", latest) in page


def test_deputies_act_by_name(world_with_deputies: World) -> None:
    world = world_with_deputies
    exchange = factories.exchange_at(world, State.RECEIVED)
    page = text(as_(world.care.colleague).get(at("restate", exchange)))
    assert "You are acting for Tom Ashdown" in page
    assert post(world.care.colleague, "restate", exchange, **OWN_WORDS).status_code == 302
    assert "Nadia Rahman, for Tom Ashdown" in text(as_(world.priya).get(at("check", exchange)))
    assert post(world.school.colleague, "check", exchange, **GOOD_CHECK).status_code == 302
    exchange.refresh_from_db()
    assert exchange.understood_by == world.school.colleague


@pytest.mark.parametrize("state", list(State))
def test_who_may_see_an_exchange(world: World, state: State) -> None:
    exchange = factories.exchange_at(world, state)
    heard = 404 if exchange.sent_at is None else 200
    everybody = {
        world.priya: 200,
        world.school.lead: 200,
        world.tom: heard,
        world.care.lead: heard,
        world.school.colleague: 404,
        world.care.colleague: 404,
        world.amara: 404,
        world.stranger.lead: 404,
        world.school.administrator: 403,
        world.care.auditor: 403,
        world.coordinator: 403,
    }
    answers = {m: as_(m).get(at("exchange", exchange)) for m in everybody}
    assert {m.label: a.status_code for m, a in answers.items()} == {
        m.label: code for m, code in everybody.items()
    }
    for member, answer in answers.items():
        assert HELD_BACK not in text(answer), member
        if answer.status_code != 200:
            assert "Leo" not in text(answer)
    for member in (world.tom, world.care.lead):
        if exchange.opened_at is None:
            assert SEEN not in text(answers[member])


def test_leads_of_either_agency_see_and_do_not_act(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    for lead in (world.school.lead, world.care.lead):
        page = text(as_(lead).get(at("exchange", exchange)))
        assert "You see this because you are a lead" in page
        assert SEEN in page
        assert "Waiting for Tom Ashdown to say it back" in page
        for name, words in (
            ("restate", OWN_WORDS),
            ("agreement", {"risk": "AGREE", "action": "AGREE"}),
            ("not-mine", {}),
            ("receive", {}),
        ):
            assert post(lead, name, exchange, **words).status_code == 409, name
    assert post(world.school.lead, "withdraw", exchange, why="x").status_code == 409
    assert post(world.care.lead, "withdraw", exchange, why="x").status_code == 404
    exchange.refresh_from_db()
    assert exchange.version == 4


def test_another_exchange_or_none_answers_alike(world: World) -> None:
    factories.exchange_at(world, State.RESTATED)
    other = factories.exchange_at(world, State.RESTATED, listener=world.amara)
    for page in PAGES:
        mine = as_(world.tom).get(at(page, other))
        none = as_(world.tom).get(reverse(page, args=["WF-27-9999-X1"]))
        assert mine.status_code == none.status_code == 404
        assert "Amara" not in text(mine)


def test_looking_changes_nothing_but_the_access_log(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    before = Exchange.objects.filter(pk=exchange.pk).values().get()
    for page in PAGES:
        as_(world.tom).get(at(page, exchange))
    assert Exchange.objects.filter(pk=exchange.pk).values().get() == before


def test_print_names_the_recipient_and_the_reference(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    page = text(as_(world.tom).get(at("exchange", exchange)))
    assert f"{exchange.reference}, for Tom Ashdown, Duty social worker" in page


@pytest.mark.parametrize("page", ["exchange", "restate", "check"])
def test_pages_cost_the_same_however_many_rounds(world: World, page: str) -> None:
    exchange = factories.exchange_at(world, State.CORRECTED)
    reader = world.priya if page == "check" else world.tom
    if page == "check":
        said_again(world, exchange)
    before = statements_used(reader, at(page, exchange))
    if page == "check":
        factories.corrected(world, exchange)
    said_again(world, exchange)
    if page != "check":
        factories.corrected(world, exchange)
    after = statements_used(reader, at(page, exchange))
    assert before == after
    assert after <= 12


def said_again(world: World, exchange: Exchange) -> Exchange:
    words: dict[str, Any] = OTHER_WORDS
    return factories.restated(world, exchange, **words)


def again(world: World, exchange: Exchange) -> None:
    """One more round that is corrected."""
    factories.corrected(world, said_again(world, exchange))
