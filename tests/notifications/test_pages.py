"""My notices, those that could not be delivered, and the demo's outbox."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies import operations
from agencies.models import ContactPoint, Membership
from audit.models import Event
from notifications.models import Message
from notifications.operations import mark_bounced, send_due
from tests.factories import World
from tests.signing_in import SignedIn


def tell(world: World, member: Membership, number: int = 1) -> Message:
    (message,) = operations.notify(
        member,
        Message.Kind.TO_RECEIVE,
        reference=f"WF-27-0001-X{number}",
        sender=world.school.agency,
        path=f"/exchanges/WF-27-0001-X{number}/",
        at=world.clock(),
        dedupe_key=f"key-{number}",
    )
    return message


def set_aside(message: Message) -> Message:
    message.set_aside_at, message.attempt = message.queued_at + timedelta(hours=5), 8
    message.last_error = "SMTPRecipientsRefused"
    message.save()
    return message


def test_my_notices_are_mine_the_newest_first(world: World, signed_in: SignedIn) -> None:
    tell(world, world.tom, 1)
    tell(world, world.tom, 2)
    tell(world, world.amara, 3)
    page = signed_in(world.tom).get(reverse("notices"))
    assert [m.reference[-2:] for m in page.context["messages_to_me"]] == ["X2", "X1"]
    assert "From St Wulstan’s Primary" in page.text
    assert "X3" not in page.text


def test_a_notice_says_whether_its_time_limit_is_still_to_come(world: World, signed_in: SignedIn) -> None:
    notice = tell(world, world.tom)
    for shift, said, not_said in ((-1, "Was due by", "Respond by"), (1, "Respond by", "Was due by")):
        notice.respond_by = timezone.now() + timedelta(hours=shift)
        notice.save()
        page = signed_in(world.tom).get(reverse("notices")).text
        assert said in page
        assert not_said not in page


def test_notices_are_paged_with_as_many_statements(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.tom)
    for number in range(45):
        tell(world, world.tom, number)
    seen, address, counts = [], reverse("notices"), set()
    while address:
        with CaptureQueriesContext(connection) as statements:
            page = client.get(address)
        counts.add(len(statements))
        seen += [m.reference for m in page.context["messages_to_me"]]
        address = f"{reverse('notices')}{page.context['next_url']}" if page.context["next_url"] else ""
    assert len(seen) == len(set(seen)) == 45
    assert max(counts) <= 10  # the first page also keeps when it was looked at
    for nonsense in ("x", str(uuid4()), "\x00"):
        assert client.get(reverse("notices"), {"after": nonsense}).status_code == 200


def test_a_lead_sees_what_could_not_be_delivered_from_and_to_the_agency(
    world: World, signed_in: SignedIn
) -> None:
    set_aside(tell(world, world.tom))
    tell(world, world.tom, 2)
    for lead in (world.school.lead, world.care.lead):
        page = signed_in(lead).get(reverse("set_aside"))
        assert "WF-27-0001-X1" in page.text
        assert "The mail server does not know the address, or it takes no mail." in page.text
        assert "WF-27-0001-X2" not in page.text
    assert "WF-27-0001-X1" not in signed_in(world.gp.lead).get(reverse("set_aside")).text


def test_a_lead_sees_what_came_back_after_it_was_sent_and_tries_it_again(
    world: World, signed_in: SignedIn
) -> None:
    message, at = tell(world, world.tom), world.clock()
    Message.objects.filter(pk=message.pk).update(sent_at=at, attempt=1)
    assert mark_bounced(message.pk, code="5.2.2", at=at)
    client = signed_in(world.care.lead)
    page = client.get(reverse("set_aside"))
    assert "; came back on" in page.text
    assert "The mailbox is full or takes no mail." in page.text
    client.post(reverse("try_message_again", args=[message.pk]))
    message.refresh_from_db()
    assert (message.state, message.bounced_at, message.sent_at) == ("queued", None, None)
    assert "WF-27-0001-X1" not in client.get(reverse("set_aside")).text


def test_trying_again_uses_the_address_as_it_is_now_and_is_in_the_audit(
    world: World, signed_in: SignedIn
) -> None:
    message = set_aside(tell(world, world.tom))
    ContactPoint.objects.filter(member=world.tom).update(address="tom.a@front-door.example")
    address = reverse("try_message_again", args=[message.pk])
    client = signed_in(world.school.lead)
    assert client.get(address).status_code == 405
    assert client.post(address)["Location"] == reverse("set_aside")
    message.refresh_from_db()
    assert (message.state, message.attempt, message.to_address) == ("queued", 0, "tom.a@front-door.example")
    event = Event.objects.get(verb="agencies.message.tried_again")
    assert (event.subject, event.data["attempts"]) == ("WF-27-0001-X1", 8)
    again = client.post(address)
    assert again.status_code == 409
    assert "Somebody may have tried it again already" in again.text


def test_only_a_lead_of_the_agency_tries_again(world: World, signed_in: SignedIn) -> None:
    message = set_aside(tell(world, world.tom))
    address = reverse("try_message_again", args=[message.pk])
    assert signed_in(world.tom).post(address).status_code == 403
    assert signed_in(world.gp.lead).post(address).status_code == 404
    message.refresh_from_db()
    assert message.state == "set aside"


def test_the_demos_pages_are_nowhere_else(world: World) -> None:
    for address in ("/demo/", "/demo/outbox/"):
        assert Client().get(address).status_code == 404
    assert Client().post(f"/demo/sign-in/{world.priya.pk}/").status_code == 404


@pytest.mark.usefixtures("db")
def test_the_demos_outbox_shows_the_e_mail_as_sent(world: World, settings: LazySettings) -> None:
    settings.DEMO = True
    for number in range(25):
        tell(world, world.tom, number)
    page = Client().get("/demo/outbox/")
    assert "Check Back: you have an item to confirm, reference WF-27-0001-X24" in page.text
    assert "http://localhost:8000/exchanges/WF-27-0001-X24/" in page.text
    assert "WF-27-0001-X2<" not in page.text
    assert "WF-27-0001-X2<" in Client().get(f"/demo/outbox/?after={page.context['onward']}").text


@pytest.mark.usefixtures("db")
def test_the_demos_outbox_shows_a_daily_e_mail_once_with_what_it_lists(
    world: World, settings: LazySettings
) -> None:
    settings.DEMO = True
    at = tell(world, world.tom, 1).queued_at
    Message.objects.update(in_digest=True)
    assert send_due(at=at) == 1
    (row,) = Client().get("/demo/outbox/").context["shown"]
    assert row["message"].kind == Message.Kind.DIGEST
    assert "1 notice for you." in row["email"].body
