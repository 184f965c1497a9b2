"""Choosing how one is told, and what the lead sees of notices that did not arrive."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from agencies import operations
from agencies.models import NoticeChoice
from notifications.models import Message
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.factories import World


def tell(world: World) -> Message:
    (message,) = operations.notify(
        world.tom,
        Message.Kind.TO_RECEIVE,
        reference="WF-26-0001-X1",
        sender=world.school.agency,
        path="/help/",
        at=timezone.now(),
        dedupe_key="one",
        urgent=True,
    )
    return message


@pytest.mark.usefixtures("at_320px")
def test_tom_chooses_one_e_mail_a_day_and_quiet_hours(
    world: World, signed_in: AtABrowser, inspector: Inspector
) -> None:
    tell(world)
    tom = signed_in(world.tom)
    tom.opens("/notices/")
    tom.sees("New", "Urgent", "WF-26-0001-X1")
    inspector(tom)
    tom.follows("Choose how you are told")
    tom.is_on("How you are told")
    expect(tom.page.get_by_label("At what time?")).not_to_be_visible()
    tom.chooses("Once a day, together in one e-mail")
    tom.writes("At what time?", "19:00")
    tom.chooses("Yes", to="Do you want quiet hours?")
    tom.writes("Quiet from", "18:00")
    tom.writes("Quiet until", "8:00")
    tom.presses("Save")
    tom.is_told("This is in your quiet hours. Choose a time outside them")
    inspector(tom)
    tom.writes("At what time?", "16:30")
    tom.presses("Save")
    tom.is_told("Saved. It holds from the next notice on.")
    tom.does_not_see("New")
    choice = NoticeChoice.objects.get(user=world.tom.user)
    assert [f"{t:%H:%M}" for t in (choice.digest_at, choice.quiet_from, choice.quiet_to) if t] == [
        "16:30",
        "18:00",
        "08:00",
    ]


def test_a_lead_puts_right_what_came_back_and_tries_again(
    world: World, signed_in: AtABrowser, inspector: Inspector
) -> None:
    message, now = tell(world), timezone.now()
    Message.objects.filter(pk=message.pk).update(
        sent_at=now, bounced_at=now, attempt=1, last_error="Bounced 5.1.1"
    )
    lead = signed_in(world.care.lead)
    lead.opens("/notices/not-delivered/")
    lead.sees("The mail server does not know the address, or it takes no mail.")
    inspector(lead)
    lead.presses("Try again")
    lead.is_told("It is in the queue again.")
    lead.sees("Every notice has been delivered or is on its way.")
