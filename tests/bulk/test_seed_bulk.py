"""A large partnership is one that people could have made: every constraint holds and the record fits."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat

from agencies.models import Agency, Membership, Partnership
from audit.models import Event, Leaf
from audit.verify import verify
from notifications.models import Message
from records.models import Concern, Person, PersonWord, Statement
from sharing.bulk import seed as seeding
from sharing.bulk import tales
from sharing.bulk.plan import drawn, kinds_of
from sharing.models import Cycle, Exchange, Obligation, Reminder
from sharing.operations import reconcile
from tests.bulk.conftest import AT, CONCERNS, made
from tests.conftest import empty_tables
from tests.signing_in import SignedIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("partnership")]
PATTERNS = 10


def asked(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_there_are_as_many_concerns_as_were_asked_for() -> None:
    assert Concern.objects.count() == CONCERNS + PATTERNS
    assert Cycle.objects.exclude(stage="CLOSED").count() > PATTERNS


def test_everything_in_the_record_fits() -> None:
    report = verify(role="check_back_app")
    assert [finding.text for finding in report.findings] == []
    assert report.rows > CONCERNS * 50
    assert report.waiting == 0


def test_every_constraint_is_there_and_was_checked() -> None:
    there = asked("SELECT contype, count(*), bool_and(convalidated) FROM pg_constraint GROUP BY 1")
    assert all(checked for _, _, checked in there)
    keys = {kind: count for kind, count, _ in there}
    wanted = sum(
        1
        for model in (Exchange, Obligation, Reminder)
        for field in model._meta.concrete_fields
        if field.is_relation
    )
    assert keys["f"] > wanted


def test_every_trigger_is_on() -> None:
    assert asked("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'O' AND NOT tgisinternal") == []


def test_every_index_of_the_models_is_there() -> None:
    there = {name for (name,) in asked("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")}
    for model in (Exchange, Obligation, Reminder, Event, Leaf, Message, Person, PersonWord):
        assert {index.name for index in model._meta.indexes} <= there


def test_nobody_of_the_patterns_is_in_a_copy() -> None:
    copies = Concern.objects.order_by("pk")[PATTERNS:]
    about = Person.objects.filter(concerned_in__concern__in=copies.values("pk"))
    assert not about.filter(last_name__in=[tales.LAST, tales.LAST_OF_RELATIVE]).exists()
    told = Exchange.objects.filter(cycle__concern__in=copies.values("pk"))
    assert not told.filter(people__name__contains=tales.LAST).exists()
    texts = Statement.objects.filter(concern__in=copies.values("pk")).values_list("text", flat=True)
    assert not any("⟦" in text for text in texts)
    assert len(set(texts)) > CONCERNS / 2


def test_whoever_acts_is_named_in_the_events_of_their_own_concern() -> None:
    for concern in Concern.objects.order_by("-pk")[:10]:
        began = Event.objects.get(concern=concern.reference, verb="records.concern.started")
        assert (began.actor_id, began.actor) == (concern.owner_id, concern.owner.label)
        assert began.agency == concern.agency.reference


def test_nothing_waits_that_the_reconciler_would_not_know_and_nothing_is_missing() -> None:
    before = Counter(Obligation.objects.filter(settled_at=None).values_list("kind", flat=True))
    assert reconcile.reconcile(at=AT) == 0
    assert Counter(Obligation.objects.filter(settled_at=None).values_list("kind", flat=True)) == before
    assert sum(before.values()) > PATTERNS


def test_no_notice_is_left_to_go_out_about_a_copy() -> None:
    copies = Concern.objects.order_by("pk").values_list("reference", flat=True)[PATTERNS:]
    mine = [m for m in Message.objects.all() if m.reference.rsplit("-", 1)[0] in set(copies)]
    assert mine
    assert all(m.sent_at or m.dropped_at for m in mine)
    assert not Reminder.objects.filter(
        obligation__concern__reference__in=list(copies), raised_at=None, dropped_at=None, send_at__lt=AT
    ).exists()


def test_people_are_found_by_their_names(signed_in: SignedIn) -> None:
    person = Person.objects.order_by("-pk").first()
    assert person is not None
    lead = Membership.objects.filter(agency=person.agency, role="lead").first()
    assert lead is not None
    client = signed_in(lead)
    page = client.post(
        "/find/", {"form_id": "0d8d3c5e-0000-4000-8000-000000000001", "text": person.last_name}, follow=True
    )
    assert page.status_code == 200
    assert person.last_name in page.content.decode()


def test_every_page_of_a_copy_works(signed_in: SignedIn) -> None:
    for pattern in range(PATTERNS):
        concern = Concern.objects.order_by("-pk")[pattern * 5]
        client = signed_in(concern.owner)
        pages = ["/", f"/concerns/{concern.reference}/", f"/concerns/{concern.reference}/timeline/"]
        pages += [f"/exchanges/{one.reference}/" for one in Exchange.objects.filter(cycle__concern=concern)]
        for page in pages:
            assert client.get(page).status_code == 200, (page, concern.cycles.get().stage)


def test_the_next_concern_has_the_next_number(signed_in: SignedIn) -> None:
    newest = Concern.objects.order_by("-pk").first()
    assert newest is not None
    (last,) = asked("SELECT last FROM records_counter WHERE series = 'WF-26-'")[0]
    assert newest.reference == f"WF-26-{last:04}"


def test_it_is_made_once() -> None:
    with pytest.raises(seeding.NotHere, match="already"):
        made()


def test_another_partnerships_database_is_left_alone() -> None:
    Partnership.objects.create(reference="real", name="Real", prefix="RE")
    with pytest.raises(seeding.NotHere, match="somebody's data"):
        made()


def test_concerns_that_are_no_demo_are_left_alone(settings: LazySettings) -> None:
    settings.DEMO = False
    Agency.objects.filter(reference__startswith="bulk-").update(reference=Concat(Value("a-"), "reference"))
    with pytest.raises(CommandError, match="somebody's data"):
        call_command("seed_bulk", "--quiet", stdout=io.StringIO())


def test_shares_are_exact() -> None:
    patterns = [tales.Pattern(Concern(), 700, False), tales.Pattern(Concern(), 300, True)]
    assert Counter(kinds_of(patterns, 1001)) == {0: 701, 1: 300}
    assert len(kinds_of(patterns, 7)) == 7


def test_another_number_draws_other_people() -> None:
    patterns = [tales.Pattern(Concern(), 1000, False)]
    first, again, other = (
        list(drawn(patterns, 20, number, home=2, speakers=4, listeners=2)) for number in (7, 7, 8)
    )
    assert first == again
    assert first != other


@pytest.mark.django_db(transaction=True)
def test_the_same_number_makes_the_same_partnership() -> None:
    """The last test of the module: what it makes is emptied by the fixture."""
    first = what_it_says()
    empty_tables()
    made()
    assert what_it_says() == first
    assert len(first) > CONCERNS


def what_it_says() -> list[tuple[Any, ...]]:
    return asked(
        "SELECT c.reference, u.full_name, p.first_name, p.last_name, p.nhs_number, s.text, c.started_at, m.id"
        " FROM records_concern c JOIN records_subject j ON j.concern_id = c.id AND j.is_main"
        " JOIN records_person p ON p.id = j.person_id JOIN records_statement s ON s.concern_id = c.id"
        " JOIN agencies_membership m ON m.id = c.owner_id JOIN agencies_user u ON u.id = m.user_id"
        " WHERE u.full_name <> 'Joanne Tully' ORDER BY c.id, s.id"
    )
