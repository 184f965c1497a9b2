"""What a disposal destroys, what it leaves, and who still holds it."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from agencies.models import Draft, FileChunk, Job, StoredFile
from agencies.operations import files
from audit.models import Access, Event, Tombstone
from records import operations as records
from records.models import Certificate, Concern, Disposal, Person, Relationship, Statement
from sharing.models import Exchange, Item, Round
from sharing.operations import disposal
from sharing.told import moment
from tests import factories
from tests.retention import cases
from tests.retention.cases import Case, carried_out, proposed
from tests.retention.marks import where_it_stands
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db
MARKS = ("Quark", "gripping", "round marks", "squeezed me", "toddler in the same home")


def the_disclosure(case: Case) -> Exchange:
    return Exchange.objects.get(cycle__concern=case.concern, kind="DISCLOSURE")


def test_what_one_agency_destroys_the_other_still_holds(case: Case) -> None:
    exchange = the_disclosure(case)
    words = list(Item.objects.filter(exchange=exchange).values_list("text", flat=True))
    carried_out(case)
    case.concern.refresh_from_db()
    assert case.concern.disposed_at is not None
    assert not Concern.objects.visible_to(case.first).filter(pk=case.concern.pk).exists()
    assert not Exchange.objects.visible_to(case.first).filter(pk=exchange.pk).exists()
    assert Exchange.objects.visible_to(case.world.tom).filter(pk=exchange.pk).exists()
    assert list(Item.objects.filter(exchange=exchange).values_list("text", flat=True)) == words
    assert Round.objects.filter(exchange=exchange).exists()
    # Its own words are gone: what the other side was given is a copy.
    own = Statement.objects.filter(concern=case.concern).values_list("text", flat=True)
    assert set(own) <= {"disposed of"}


def test_what_the_other_agency_destroys_first_is_gone_for_it_alone(case: Case) -> None:
    exchange = the_disclosure(case)
    carried_out(case, case.other_first, case.other_second)
    assert not Exchange.objects.visible_to(case.world.tom).filter(pk=exchange.pk).exists()
    assert Exchange.objects.visible_to(case.world.priya).filter(pk=exchange.pk).exists()
    assert Concern.objects.visible_to(case.world.priya).filter(pk=case.concern.pk).exists()
    assert where_it_stands("gripping")


@pytest.mark.parametrize("owner_first", [True, False])
def test_once_both_have_disposed_of_it_nothing_of_the_text_is_left_anywhere(
    case: Case, owner_first: bool
) -> None:
    for mark in MARKS:
        assert where_it_stands(mark), mark
    both = [(case.first, case.second), (case.other_first, case.other_second)]
    for one, another in both if owner_first else reversed(both):
        carried_out(case, one, another)
    for mark in MARKS:
        assert where_it_stands(mark) == [], mark
    assert not Exchange.objects.filter(cycle__concern=case.concern).exists()
    assert Certificate.objects.count() == 2


def test_drafts_jobs_and_the_portions_of_their_files_go_with_it(case: Case) -> None:
    at = case.now()
    mark = "Wobbegong"
    Draft.objects.create(
        holder=case.world.priya, key=f"restate:{case.concern.reference}-X1", data={"note": mark}, saved_at=at
    )
    Draft.objects.create(
        holder=case.world.tom,
        key=f"restate:{case.concern.reference}-X1",
        data={"note": "theirs"},
        saved_at=at,
    )
    Draft.objects.create(
        holder=case.world.priya,
        key=f"restate:{case.concern.reference}9-X1",
        data={"note": "another"},
        saved_at=at,
    )
    Job.objects.create(
        kind="k", title="Paper", about=case.concern.reference, by=case.world.priya, asked_at=at,
        file=files.keep([f"About {mark}.".encode()], at=at), finished_at=at,
    )  # fmt: skip
    other = files.keep([b"of somebody else"], at=at)
    assert len(where_it_stands(mark)) == 2
    carried_out(case)
    assert where_it_stands(mark) == []
    assert [one.pk for one in StoredFile.objects.all()] == [other.pk]
    assert FileChunk.objects.count() == 1
    assert sorted(Draft.objects.values_list("data__note", flat=True)) == ["another", "theirs"]


def test_a_person_whom_another_record_needs_stays_and_so_does_their_family(case: Case) -> None:
    mother = factories.child(case.world, first_name="Mina", last_name="Quark", born_on=None)
    uncle = factories.child(case.world, first_name="Ugo", last_name="Quark", born_on=None)
    by = case.world.priya
    factories.logged(case.world, about=mother)
    records.relate(case.person, mother, by=by, at=case.now(), kind="PARENT")
    records.relate(case.person, uncle, by=by, at=case.now(), kind="OTHER")
    child = case.person.pk
    carried_out(case)
    # The child is family of somebody in another record; the uncle is family of nobody who is needed.
    assert set(Person.objects.filter(pk__in=[child, mother.pk, uncle.pk], disposed_at=None)) == {
        Person.objects.get(pk=child), mother
    }  # fmt: skip
    assert not Person.objects.filter(pk=uncle.pk).exists()
    assert Relationship.objects.count() == 1


def test_somebody_whom_only_this_record_was_about_is_found_no_more(case: Case) -> None:
    person = case.person
    carried_out(case)
    person.refresh_from_db()  # social care's frozen copy still refers to the row, which is empty
    assert person.disposed_at is not None
    assert (person.first_name, person.born_on, person.nhs_number, person.search_words) == (
        "disposed of", None, "", [],
    )  # fmt: skip
    assert not Person.objects.visible_to(case.world.priya).filter(pk=person.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM records_personword WHERE person_id = %s", [person.pk])
        assert cursor.fetchone() == (0,)


def test_the_certificate_counts_and_names_nobody(case: Case) -> None:
    row = carried_out(case)
    found = Certificate.objects.get(disposal=row)
    assert found.destroyed["statements"] == 3
    assert found.kept_for_others == 2
    assert re.fullmatch("[0-9a-f]{64}", found.digest)
    assert found.source == "Our schedule"
    assert "Quark" not in str(found.destroyed)
    assert not where_it_stands(found.digest)[1:]


def test_tombstones_say_of_every_sealed_row_that_is_gone_or_empty_why(case: Case) -> None:
    row = carried_out(case)
    stones = Tombstone.objects.filter(authority=row.reference)
    gone = set(stones.filter(what="GONE").values_list("table_name", flat=True))
    assert {"records_worry", "consent_sharingdecision", "sharing_heldback"} <= gone
    emptied = set(stones.filter(what="EMPTIED").values_list("table_name", flat=True))
    assert {"records_statement"} <= emptied
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_leaf l JOIN audit_shape s ON s.id = l.shape_id"
            " WHERE s.table_name = 'records_worry' AND NOT EXISTS"
            " (SELECT 1 FROM audit_tombstone t WHERE t.table_name = s.table_name AND t.row_id = l.row_id)"
        )
        assert cursor.fetchone() == (0,)


def test_events_and_the_access_log_stay_and_say_what_happened(case: Case) -> None:
    before, looks = Event.objects.count(), Access.objects.count()
    row = carried_out(case)
    assert Event.objects.count() > before
    assert Access.objects.count() >= looks
    event = Event.objects.get(verb="sharing.disposal.carried_out")
    assert (event.actor, event.data) == ("Check Back", {"disposal": row.reference})
    assert event.also_for == ["front-door", "st-wulstans"]


def test_no_reference_is_given_twice(case: Case) -> None:
    person = case.person.reference
    carried_out(case)
    assert factories.logged(case.world).reference != case.concern.reference
    assert factories.child(case.world).reference != person


def test_every_page_answers_as_for_no_such(case: Case, signed_in: SignedIn) -> None:
    reference, exchange = case.concern.reference, the_disclosure(case).reference
    person = case.person.reference
    carried_out(case)
    lead, tom = signed_in(case.first), signed_in(case.world.tom)
    for address in (
        f"/concerns/{reference}/", f"/concerns/{reference}/timeline/", f"/concerns/{reference}/record/",
        f"/concerns/{reference}/retention/", f"/exchanges/{exchange}/", f"/people/{person}/",
    ):  # fmt: skip
        assert lead.get(address).status_code == 404, address
    page = tom.get(f"/exchanges/{exchange}/")
    assert page.status_code == 200
    assert "has disposed of its own record" in page.content.decode()
    assert "round marks" in page.content.decode()


def test_a_disposal_waits_on_the_first_page_of_whoever_may_approve_it(
    case: Case, signed_in: SignedIn
) -> None:
    link = f"/retention/disposals/{proposed(case).reference}/"
    practitioner, elsewhere = case.concern.owner, case.other_first
    pages = {who: signed_in(who).get("/").text for who in (case.first, case.second, practitioner, elsewhere)}
    assert [who for who, page in pages.items() if link in page] == [case.second]
    disposal.approve(Disposal.objects.get(), by=case.second, at=case.now())
    assert link not in signed_in(case.second).get("/").text


def test_the_list_says_when_each_thing_was_done(case: Case, signed_in: SignedIn) -> None:
    row = carried_out(case)
    (listed,) = signed_in(case.first).get("/retention/").context["over"]
    assert listed["meta"] == [
        f"Proposed by {row.proposed_by.full_name}, {moment(row.proposed_at)}",
        f"Destroyed {moment(row.carried_out_at)}",
    ]


def test_the_certificate_is_read_in_plain_words(case: Case, signed_in: SignedIn) -> None:
    page = signed_in(case.first).get(f"/retention/disposals/{carried_out(case).reference}/").text
    assert "Moves from stage to stage" in page
    for name in ("Stage moves", "Person words", "Involvements", "Worries"):
        assert name not in page


def test_the_worker_carries_out_what_is_due_once(case: Case) -> None:
    first = cases.approved(case)
    assert disposal.carry_out_due(at=case.now()) == 0
    case.world.clock.moment = first.due_at or case.world.clock.moment
    assert disposal.carry_out_due(at=case.now()) == 1
    assert disposal.carry_out_due(at=case.now()) == 0
    assert Disposal.objects.get(pk=first.pk).carried_out_at is not None
