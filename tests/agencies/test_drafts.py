"""What people type is kept: by autosave, after a refusal, and when the session has gone."""

import json
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from agencies import drafts, operations
from agencies.models import Draft, Membership
from tests import factories
from tests.factories import World
from tests.signing_in import SignedIn

KEY = "restate:WF-26-0001-X1"
TEXT = "He said “no”.\r\n=1+1 <b>é</b>"


def token(member: Membership, key: str = KEY) -> str:
    return drafts.token(member, key)


def kept(member: Membership, key: str = KEY) -> dict[str, object]:
    found = drafts.find(member, key)
    return found.data if found else {}


def test_autosave_keeps_the_text_and_says_when(world: World, signed_in: SignedIn) -> None:
    with time_machine.travel("2027-01-12T18:04:30Z", tick=False):
        answer = signed_in(world.priya).post("/drafts/", {"draft_token": token(world.priya), "said": TEXT})
    assert answer.json() == {"saved_at": "18:04", "others": []}
    assert kept(world.priya) == {"said": TEXT}


def test_autosave_shows_summer_time_on_the_clock(world: World, signed_in: SignedIn) -> None:
    with time_machine.travel("2027-07-12T18:04:30Z", tick=False):
        answer = signed_in(world.priya).post("/drafts/", {"draft_token": token(world.priya), "said": TEXT})
    assert answer.json()["saved_at"] == "19:04"


def test_autosave_names_a_colleague_in_the_same_form(world: World, signed_in: SignedIn) -> None:
    with time_machine.travel("2027-01-12T18:00:00Z", tick=False) as clock:
        theirs = {"draft_token": token(world.school.colleague), "said": "mine"}
        signed_in(world.school.colleague).post("/drafts/", theirs)
        clock.shift(240)
        answer = signed_in(world.priya).post("/drafts/", {"draft_token": token(world.priya), "said": TEXT})
    name = world.school.colleague.full_name
    assert answer.json()["others"] == [{"name": name, "saved_at": "18:00"}]


def test_autosave_names_nobody_of_another_agency_or_long_gone(world: World, signed_in: SignedIn) -> None:
    with time_machine.travel("2027-01-12T17:00:00Z", tick=False) as clock:
        signed_in(world.school.colleague).post(
            "/drafts/", {"draft_token": token(world.school.colleague), "said": "an hour ago"}
        )
        clock.shift(3600)
        signed_in(world.tom).post("/drafts/", {"draft_token": token(world.tom), "said": "elsewhere"})
        answer = signed_in(world.priya).post("/drafts/", {"draft_token": token(world.priya), "said": TEXT})
    assert answer.json()["others"] == []


def test_autosave_without_a_session_keeps_the_text_and_says_401(world: World) -> None:
    answer = Client().post("/drafts/", {"draft_token": token(world.priya), "said": TEXT})
    assert answer.status_code == 401
    assert "Sign in again in a new tab" in answer.json()["error"]
    assert "others" not in answer.json()
    assert kept(world.priya) == {"said": TEXT}


def test_autosave_under_another_role_reaches_only_its_holder(world: World, signed_in: SignedIn) -> None:
    answer = signed_in(world.tom).post("/drafts/", {"draft_token": token(world.priya), "said": TEXT})
    assert answer.status_code == 401
    assert kept(world.priya) == {"said": TEXT}
    assert kept(world.tom) == {}


@pytest.mark.parametrize("forged", ["", "nonsense", "WyJ4Il0:1:abc"])
def test_a_forged_token_is_refused_and_keeps_nothing(world: World, signed_in: SignedIn, forged: str) -> None:
    answer = signed_in(world.priya).post("/drafts/", {"draft_token": forged, "said": TEXT})
    assert answer.status_code == 403
    assert answer.json()["error"]
    assert not Draft.objects.exists()


def test_a_token_of_another_database_or_two_days_old_is_refused(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.priya)
    nobody = token(Membership(pk=uuid4()))
    assert client.post("/drafts/", {"draft_token": nobody, "said": TEXT}).status_code == 403
    with time_machine.travel("2027-01-12T09:00:00Z", tick=False):
        old = token(world.priya)
    with time_machine.travel("2027-01-14T09:00:01Z", tick=False):
        assert Client().post("/drafts/", {"draft_token": old, "said": TEXT}).status_code == 403


def test_too_much_text_is_refused_in_a_sentence(world: World, signed_in: SignedIn) -> None:
    much = "x" * (drafts.LARGEST + 1)
    answer = signed_in(world.priya).post("/drafts/", {"draft_token": token(world.priya), "said": much})
    assert answer.status_code == 413
    assert "too much text" in answer.json()["error"]


def test_text_in_another_encoding_or_with_nul_is_kept_as_far_as_it_can_be(
    world: World, signed_in: SignedIn
) -> None:
    body = b"draft_token=" + token(world.priya).encode() + b"&said=caf%E9%00!"
    answer = signed_in(world.priya).post("/drafts/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert kept(world.priya) == {"said": "caf\ufffd!"}


def test_an_old_security_token_still_keeps_the_text_and_can_be_renewed(
    world: World, signed_in: SignedIn
) -> None:
    client = signed_in(world.priya)
    client.handler.enforce_csrf_checks = True
    answer = client.post("/drafts/", {"draft_token": token(world.priya), "said": TEXT})
    assert answer.status_code == 403
    assert "error" not in answer.json()
    assert kept(world.priya) == {"said": TEXT}
    new = client.get("/drafts/").json()["csrf_token"]
    again = {"draft_token": token(world.priya), "said": TEXT, "csrfmiddlewaretoken": new}
    assert client.post("/drafts/", again).status_code == 200
    assert Client().get("/drafts/").json() == {}


# --- A form that is sent, not only typed into --------------------------------------------------------


def test_a_form_sent_after_the_session_ended_is_kept_and_leads_to_sign_in_and_back(world: World) -> None:
    client = Client()
    answer = client.post("/directory/?x=1", {"draft_token": token(world.priya), "said": TEXT, "form_id": "1"})
    assert answer["Location"] == "/accounts/login/?next=/directory/%3Fx%3D1"
    page = client.get(answer["Location"])
    assert "Your session ended. What you wrote is kept: sign in to go on." in page.text
    assert kept(world.priya) == {"said": TEXT}


def test_a_form_opened_in_another_role_is_kept_for_that_role_and_not_saved_in_this_one(
    world: World, signed_in: SignedIn
) -> None:
    school, care = world.two_hats
    answer = signed_in(care).post("/directory/", {"draft_token": token(school), "query": "x"})
    assert answer["Location"] == "/hat/"
    assert kept(school) == {"query": "x"}
    assert kept(care) == {}


def test_a_form_older_than_the_last_sign_in_is_kept_and_shown_again(
    world: World, signed_in: SignedIn
) -> None:
    client = signed_in(world.priya)
    client.handler.enforce_csrf_checks = True
    answer = client.post("/directory/", {"draft_token": token(world.priya), "said": TEXT})
    assert answer["Location"] == "/directory/"
    assert "look at it and send it again" in client.get("/directory/").text
    assert kept(world.priya) == {"said": TEXT}


def test_a_form_with_a_forged_token_and_no_session_only_leads_to_sign_in(world: World) -> None:
    answer = Client().post("/directory/", {"draft_token": "forged", "said": TEXT})
    assert answer["Location"] == "/accounts/login/?next=/directory/"
    assert not Draft.objects.exists()


def test_a_form_of_somebody_whose_role_ended_is_kept(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.priya)
    at = world.clock()
    operations.end_membership(world.priya, by=world.school.administrator, at=at)
    client.post("/directory/", {"draft_token": token(world.priya), "said": TEXT})
    assert kept(world.priya) == {"said": TEXT}


def test_a_draft_is_seen_by_nobody_but_its_holder(world: World) -> None:
    drafts.keep(world.priya.pk, KEY, {"said": TEXT}, at=world.clock())
    assert drafts.find(world.school.lead, KEY) is None
    assert drafts.find(None, KEY) is None
    assert json.dumps(kept(world.priya))


FILLED_IN = "has been filled in again"


def page_after(world: World, signed_in: SignedIn, **typed: object) -> str:
    """Keep a draft of the page on which a document is added to a concern, and open that page."""
    concern = factories.at_share(world)
    path = f"/concerns/{concern.reference}/documents/add/"
    browser = signed_in(world.priya)
    key = browser.get(path).context["form"].draft_key
    drafts.keep(world.priya.pk, key, typed, at=world.clock())
    return browser.get(path).text


def test_what_was_typed_is_said_to_be_filled_in_again(world: World, signed_in: SignedIn) -> None:
    page = page_after(world, signed_in, title="A letter", source="")
    assert FILLED_IN in page
    assert "A letter" in page


def test_nothing_is_said_where_nothing_that_is_seen_was_filled_in(world: World, signed_in: SignedIn) -> None:
    empty = {"title": "", "source": " ", "made_on_0": "", "made_on_1": "", "made_on_2": "", "about": ""}
    assert FILLED_IN not in page_after(world, signed_in, **empty)


def test_a_date_that_was_typed_in_part_is_filled_in_again(world: World, signed_in: SignedIn) -> None:
    assert FILLED_IN in page_after(world, signed_in, made_on_0="3", made_on_1="", made_on_2="")
