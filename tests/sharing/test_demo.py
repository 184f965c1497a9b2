"""The demo's stories are told by the product's own operations, so telling them is a smoke test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from agencies.cover_calendar import cover_calendar
from agencies.models import Absence, Job, Membership
from agencies.operations import jobs
from agencies.roles import Permission
from notifications.models import Message
from records.models import Concern
from sharing.models import (
    Action,
    ActionFlag,
    AlikeChoice,
    Breach,
    Correction,
    Cycle,
    Disagreement,
    Exchange,
    GuardDecision,
    Handover,
    Incident,
    LadderStage,
    Obligation,
    ProposedCorrection,
    Round,
    Stage,
    Transfer,
)
from sharing.operations.tick import tick
from tests.signing_in import SignedIn

# Each link says to whoever hears the page which row it is of.
LINK_OF_A_ROW = r'<a class="govuk-link" href="([^"]+)">[^<]+<span class="govuk-visually-hidden">: '


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo, loaded once: it is the whole product at work, and takes its time."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DEMO=True):
            call_command("load_demo", weeks=0, stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded: None, db: None, settings: Settings) -> None:
    settings.DEMO = True


def test_it_has_a_concern_at_every_stage_and_a_draft(demo: None) -> None:
    assert set(Cycle.objects.values_list("stage", flat=True)) == set(Stage.values)
    assert Concern.objects.drafts().exists()


def test_something_is_late_corrected_twice_and_disagreed(demo: None) -> None:
    now = timezone.now()
    assert Action.objects.open().filter(due_at__lt=now).exists()
    corrected = Round.objects.filter(outcome="CORRECTED").values_list("exchange", flat=True)
    assert any(list(corrected).count(exchange) == 2 for exchange in corrected)
    assert Disagreement.objects.filter(settled_at=None).exists()
    assert not Exchange.objects.filter(sent_at__gt=now).exists()


def test_somebody_leaves_and_somebody_is_away_without_cover(demo: None) -> None:
    row = Handover.objects.get()
    assert row.is_under_way
    assert Exchange.objects.filter(superseded_by__listener=row.successor).exists()
    care = row.leaver.agency
    away = Absence.objects.get(member__user__full_name="Joanne Tully").member
    found = cover_calendar(away.agency, first=timezone.localdate())
    assert {spell.member for spell in found.without_cover} == {away}
    assert care != away.agency


def test_a_disagreement_is_at_each_stage_one_past_the_ladder_one_decided_and_one_closed(demo: None) -> None:
    rows = Disagreement.objects.all()
    open_at = LadderStage.objects.filter(closed_at=None).values_list("number", flat=True)
    assert set(open_at) == {1, 2, 3, 4}
    assert LadderStage.objects.filter(danger__isnull=False, closed_at=None).exists()
    assert Exchange.objects.filter(kind="OUTCOME", received_at=None).exists()
    assert rows.filter(settled_at__isnull=False).exists()


def test_one_area_has_accepted_and_another_answer_is_late(demo: None) -> None:
    assert Transfer.objects.filter(accepted_at__isnull=False, conference_noted_at=None).exists()
    late = Transfer.objects.open().get()
    call = late.calls.get()
    assert timezone.localtime(call.called_at).strftime("%A %H:%M") == "Friday 16:40"
    assert timezone.localtime(late.received_at).strftime("%A") == "Monday"
    assert late.exchange.understood_at is not None


def test_one_decision_came_back_and_one_is_late(demo: None) -> None:
    decided = Exchange.objects.get(kind="DECISION")
    assert decided.understood_at is not None
    late = Obligation.objects.filter(kind="DECIDE", settled_at=None, due_at__lt=timezone.now())
    assert late.exists()


def test_loading_it_twice_loads_it_once(demo: None) -> None:
    before = Concern.objects.count()
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert Concern.objects.count() == before
    assert "loaded already" in said.getvalue()


def test_it_is_refused_outside_the_demo(db: None, settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demo"):
        call_command("load_demo")


def test_everybody_in_it_finds_a_first_page(demo: None, signed_in: SignedIn) -> None:
    for member in Membership.objects.current().filter(user__isnull=False):
        assert follow(signed_in(member)) == 200


def follow(client: Client) -> int:
    return client.get("/", follow=True).status_code


def test_nobody_can_be_told_of_one_thing_and_the_tick_says_so(demo: None) -> None:
    tick()
    lost = Obligation.objects.get(unreachable_at__isnull=False)
    assert lost.owner.full_name == "Esi Mensah"
    told = Message.objects.filter(kind="UNDELIVERED", reference=lost.reference)
    people = Membership.objects.filter(pk__in=told.values("to_member_id"))
    names = {one.full_name for one in people}
    assert names == {"Tom Ashdown", "Helen Croft"}


def test_what_changed_is_on_its_way_said_back_flagged_and_proposed(demo: None) -> None:
    assert set(Correction.objects.values_list("kind", flat=True)) == {
        "STATEMENT_AMENDED",
        "STATEMENT_STRUCK",
        "CONSENT_WITHDRAWN",
        "PROTECTED_ADDED",
    }
    sent = Exchange.objects.filter(kind="CORRECTION")
    assert sent.filter(understood_at__isnull=False).exists()
    assert sent.open().exists()
    assert set(ActionFlag.objects.values_list("answer", flat=True)) == {"", "CHANGED"}
    assert ProposedCorrection.objects.get().answer == "CORRECTED"


def test_two_people_have_one_name_a_secret_address_travelled_by_decision_and_a_breach_runs(
    demo: None,
) -> None:
    webbs = Membership.objects.current().filter(user__full_name="Marcus Webb")
    assert webbs.values("agency").distinct().count() == webbs.count() == 2
    assert AlikeChoice.objects.filter(chosen__in=webbs).exists()
    assert GuardDecision.objects.get().recipient.full_name == "Tom Ashdown"
    assert Breach.objects.get().due_at > timezone.now()
    assert Incident.objects.filter(handled_at=None, reported_by__user__full_name="Priya Nair").exists()
    assert Exchange.objects.filter(sent_at=None, listener__in=webbs).exists()


def test_a_call_in_the_night_waits_one_is_confirmed_and_one_was_put_differently(demo: None) -> None:
    calls = Round.objects.filter(typed_by__isnull=False)
    assert sorted(calls.values_list("outcome", flat=True)) == ["CONFIRMED", "NOT_SAID", "SPOKEN"]
    waiting = Obligation.objects.get(kind="CONFIRM_SPOKEN", settled_at=None)
    assert waiting.owner.agency.out_of_hours is None
    assert waiting.owner.agency.stands_in_for.exists()


def test_the_copies_that_priya_asked_for_can_be_made(demo: None) -> None:
    asked = Job.objects.filter(kind="paper")
    assert asked.count() == 2
    jobs.work()
    assert [job.why_failed for job in asked] == ["", ""]
    assert all(job.digest for job in asked)


def test_what_waits_opens_for_whoever_has_it_on_a_list(demo: None, signed_in: SignedIn) -> None:
    browsers: dict[Membership, Client] = {}

    def browser(member: Membership) -> Client:
        if member not in browsers:
            browsers[member] = signed_in(member)
        return browsers[member]

    people = Membership.objects.current().with_people().exclude(user=None)
    working = [one for one in people if one.may(Permission.EXCHANGE)]
    leads = [one for one in working if one.may(Permission.OVERSEE)]
    pages = [(one, path) for one in working for path in ("/", "/notices/")] + [
        (one, "/lead/") for one in leads
    ]
    links = {
        (member, href)
        for member, path in pages
        for href in re.findall(LINK_OF_A_ROW, browser(member).get(path).text)
    }
    assert len(links) > 100
    refused = [
        f"{member.full_name}: {href}"
        for member, href in links
        if browser(member).get(href, follow=True).status_code != 200
    ]
    assert refused == []
