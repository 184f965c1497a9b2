"""The pages for handing over: what is open, what each successor will be told, how far it has come."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Absence
from notifications.models import Message
from sharing.models import Handover
from sharing.states import State
from tests import factories
from tests.factories import World
from tests.sharing.test_action_pages import fill_in
from tests.signing_in import SignedIn


def mark_in(page: Any) -> str:
    """The mark that says what was shown."""
    found = re.search(r'name="previewed" value="([0-9a-f]{64})"', page.content.decode())
    assert found is not None
    return found[1]


def look_then_send(client: Client, address: str, **answers: Any) -> Any:
    """Fill in the page, look at what they will be told, and press again."""
    shown = fill_in(client, address, **answers)
    assert shown.status_code == 200
    return fill_in(client, address, **answers, previewed=mark_in(shown))


def test_the_page_lists_what_is_open_by_concern(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    page = signed_in(world.priya).get("/hand-over/").content.decode()
    assert exchange.cycle.concern.reference in page
    assert "Check what was said back to you" in page
    assert "You look after this concern." in page


def test_it_is_shown_first_and_sent_by_the_second_press(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    client, anna = signed_in(world.priya), world.school.colleague
    answers = {"everything": anna.pk, "note": "Ring before nine."}
    shown = fill_in(client, "/hand-over/", **answers)
    page = shown.content.decode()
    assert not Handover.objects.exists()
    assert "Check what they will be told" in page
    assert "Four small round marks" in page
    assert "Ring before nine." in page
    sent = fill_in(client, "/hand-over/", **answers, previewed=mark_in(shown))
    assert sent.status_code == 302
    row = Handover.objects.get()
    assert (row.successor, row.concern.reference) == (anna, exchange.cycle.concern.reference)
    assert "has not opened it" in client.get("/hand-over/").content.decode()


def test_other_words_are_shown_again_before_they_are_sent(world: World, signed_in: SignedIn) -> None:
    factories.exchange_at(world, State.SENT)
    client = signed_in(world.priya)
    answers = {"everything": world.school.colleague.pk, "note": "One."}
    mark = mark_in(fill_in(client, "/hand-over/", **answers))
    again = fill_in(client, "/hand-over/", **{**answers, "note": "Two."}, previewed=mark)
    assert again.status_code == 200
    assert not Handover.objects.exists()


def test_each_concern_can_go_to_somebody_else(world: World, signed_in: SignedIn) -> None:
    first, second = (factories.exchange_at(world, State.SENT).cycle.concern.reference for _ in range(2))
    third = factories.member(world.school.agency, "Cleo Third")
    answers = {"everything": world.school.colleague.pk, f"to_{second}": third.pk, "note": ""}
    assert look_then_send(signed_in(world.priya), "/hand-over/", **answers).status_code == 302
    got = dict(Handover.objects.values_list("concern__reference", "successor"))
    assert got == {first: world.school.colleague.pk, second: third.pk}


def test_a_refusal_keeps_what_was_typed(world: World, signed_in: SignedIn) -> None:
    concern = factories.at_share(world)
    factories.sent(world, concern, listener=world.school.colleague)
    answers = {"everything": world.school.colleague.pk, "note": "Ring before nine."}
    refused = look_then_send(signed_in(world.priya), "/hand-over/", **answers)
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "the other side of" in page
    assert "Ring before nine." in page


def test_a_page_that_is_out_of_date_is_refused_with_the_text_still_there(
    world: World, signed_in: SignedIn
) -> None:
    concern = factories.exchange_at(world, State.RESTATED).cycle.concern
    client, anna = signed_in(world.priya), world.school.colleague
    answers = {"everything": anna.pk, "note": "Ring before nine."}
    shown = fill_in(client, "/hand-over/", **answers)
    sent = {**answers, "previewed": mark_in(shown), "version": 0, "form_id": str(uuid4())}
    factories.handed_over(world, concern, leaver=world.priya, successor=anna, by=world.school.lead)
    client.get("/hand-over/")
    refused = client.post("/hand-over/", sent)
    assert refused.status_code in {409, 422}
    assert "Ring before nine." in refused.content.decode()
    assert Handover.objects.count() == 1


def test_somebody_has_to_be_chosen(world: World, signed_in: SignedIn) -> None:
    factories.exchange_at(world, State.SENT)
    answer = fill_in(signed_in(world.priya), "/hand-over/", note="Nobody chosen.")
    assert answer.status_code == 422
    assert "Choose who takes over" in answer.content.decode()


def test_a_lead_hands_over_for_somebody_who_has_gone_on_leave_for_good(
    world: World, signed_in: SignedIn
) -> None:
    factories.exchange_at(world, State.RESTATED)
    client = signed_in(world.school.lead)
    assert world.priya.full_name in client.get("/hand-over/people/").content.decode()
    address = reverse("hand-over-of", args=[world.priya.pk])
    answers = {"everything": world.school.colleague.pk, "note": ""}
    assert look_then_send(client, address, **answers).status_code == 302
    assert Handover.objects.get().by == world.school.lead


def test_somebody_with_nothing_open_is_told_so(world: World, signed_in: SignedIn) -> None:
    page = signed_in(world.school.colleague).get("/hand-over/").content.decode()
    assert "nothing to hand over" in page


def test_the_successor_says_it_back_on_the_page_of_an_exchange(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    concern = exchange.cycle.concern
    row = factories.handed_over(world, concern, leaver=world.priya, successor=world.school.colleague)
    assert row.exchange is not None
    client = signed_in(world.school.colleague)
    factories.received(world, row.exchange)
    page = client.get(f"/exchanges/{row.exchange.reference}/restate/").content.decode()
    assert "Four small round marks" in page
    factories.restated(world, row.exchange)
    factories.confirmed(world, row.exchange)
    page = client.get(f"/exchanges/{exchange.reference}/").content.decode()
    assert "Priya Nair said this." in page
    assert "Anna Bell has taken over from them." in page
    page = client.get(f"/exchanges/{row.exchange.reference}/").content.decode()
    assert "has been taken over" in page
    assert "Do you agree" not in page


# --- Ending a role ----------------------------------------------------------------------------------


def test_the_administrator_sees_numbers_and_references_and_cannot_end_it(
    world: World, signed_in: SignedIn
) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    client = signed_in(world.school.administrator)
    address = reverse("end_membership", args=[world.priya.pk])
    page = client.get(address).content.decode()
    assert exchange.cycle.concern.reference in page
    assert "cannot end yet" in page
    for word in ("marks", "Leo", "Tom", exchange.reference):
        assert word not in page
    refused = client.post(address)
    assert refused.status_code == 409
    assert exchange.cycle.concern.reference in refused.content.decode()
    factories.handed_over(world, exchange.cycle.concern, leaver=world.priya, successor=world.school.colleague)
    assert "End their role" in client.get(address).content.decode()
    assert client.post(address).status_code == 302


# --- The cover calendar -----------------------------------------------------------------------------


def test_the_calendar_says_who_is_away_without_cover(world: World, signed_in: SignedIn) -> None:

    today = timezone.localdate()
    Absence.objects.create(
        member=world.priya, starts_on=today, ends_on=today + timedelta(days=20),
        recorded_by=world.priya, recorded_at=timezone.now(),
    )  # fmt: skip
    factories.exchange_at(world, State.RESTATED)
    page = signed_in(world.school.administrator).get("/cover/").content.decode()
    assert "Days without cover" in page
    assert "Without cover" in page
    assert world.priya.full_name in page
    for word in ("marks", "Leo", "WF-"):
        assert word not in page
    factories.name_deputy(world.priya, world.school.colleague)
    page = signed_in(world.school.lead).get("/cover/").content.decode()
    assert "Days without cover" not in page
    assert "Anna Bell acts for them" in page


def test_people_find_their_own_cover_and_hand_over_from_home(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.priya)
    page = client.get("/").content.decode()
    assert reverse("cover_of", args=[world.priya.pk]) in page
    assert reverse("hand-over") in page
    assert "Your cover" in client.get(reverse("cover_of", args=[world.priya.pk])).content.decode()


def test_what_was_said_about_a_concern_that_is_not_started_is_read_by_the_successor(
    world: World, signed_in: SignedIn
) -> None:
    """It passes at once, with no exchange that would carry the words; the notice leads to them."""
    concern, anna = factories.logged(world), world.school.colleague
    factories.handed_over(world, concern, leaver=world.priya, successor=anna, note="Ring before nine.")
    notice = Message.objects.get(to_member_id=anna.pk, reference=concern.reference)
    page = signed_in(anna).get(notice.path)
    assert page.status_code == 200
    assert "Ring before nine." in page.content.decode()


def test_the_notice_about_a_draft_that_was_handed_over_leads_to_it(world: World, signed_in: SignedIn) -> None:
    draft, anna = factories.draft(world), world.school.colleague
    factories.handed_over(world, draft, leaver=world.priya, successor=anna)
    notice = Message.objects.get(to_member_id=anna.pk, reference=draft.reference)
    assert signed_in(anna).get(notice.path, follow=True).status_code == 200


def test_the_paper_of_a_concern_has_what_its_own_agency_said_on_handing_over(
    world: World, signed_in: SignedIn
) -> None:
    lead = signed_in(world.school.lead)
    told = factories.exchange_at(world, State.RECEIVED).cycle.concern
    for concern, leaver, successor, is_read in (
        (factories.logged(world), world.priya, world.school.colleague, True),
        (told, world.tom, world.care.colleague, False),
    ):
        factories.handed_over(world, concern, leaver=leaver, successor=successor, note="Ring before nine.")
        paper = lead.get(f"/concerns/{concern.reference}/paper/").content.decode()
        assert ("Ring before nine." in paper) is is_read
