"""The record of a concern as data: JSON, CSV and a FHIR bundle, by a lead, with a reason."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.urls import reverse
from fhir.resources.R4B.bundle import Bundle

from agencies import files
from agencies.models import Job
from agencies.operations import jobs
from agencies.refusals import NotAllowed
from audit.models import Event
from records import operations as records
from records.models import Concern
from sharing.exports.tables import ALL
from sharing.models import Export
from sharing.operations import check_back, exports
from sharing.states import ActionState, State
from tests import factories
from tests.factories import World
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db


def exported(w: World, concern: Concern, form: str) -> bytes:
    """Ask for an export as the lead, let the worker make it, and read what it made."""
    made = exports.export(
        concern, by=w.school.lead, at=w.clock(), form=form, purpose="The judge asks.", for_whom="The court"
    )
    jobs.work(at=w.clock())
    job = Job.objects.select_related("file").get(pk=made.job_id)
    assert not job.why_failed
    assert job.file is not None
    return files.content_of(job.file)


def whole(w: World) -> Concern:
    """A concern with an action that was reported done, everything before it, and a question answered."""
    return factories.action_at(w, ActionState.REPORTED).cycle.concern


def as_json(w: World, concern: Concern) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(exported(w, concern, Export.Form.JSON))
    return document


def test_json_has_every_table_and_says_who_took_it_and_why(world: World) -> None:
    concern = whole(world)
    document = as_json(world, concern)
    assert document["format"] == "check-back/concern/1"
    assert (document["purpose"], document["for_whom"]) == ("The judge asks.", "The court")
    assert document["exported_by"] == world.school.lead.label
    assert list(document["tables"]) == [table.name for table in ALL]
    row = document["tables"]["rounds"][0]
    assert row["what_worries_me"] == factories.OWN_WORDS["what_worries_me"]
    assert row["restated_by"] == world.tom.label
    assert document["tables"]["actions"][0]["owner"] == world.tom.label


def test_json_has_as_many_rows_as_the_database(world: World) -> None:
    concern = whole(world)
    tables = as_json(world, concern)["tables"]
    for table in ALL[:-1]:
        assert len(tables[table.name]) == table.model._default_manager.filter(**{table.path: concern}).count()
    events = Event.objects.filter(concern=concern.reference)
    assert [row["id"] for row in tables["events"]] == list(events.order_by("id").values_list("id", flat=True))


def test_each_column_is_in_the_rows(world: World) -> None:
    tables = as_json(world, whole(world))["tables"]
    for table in ALL:
        for row in tables[table.name][:1]:
            assert set(row) == {name for name, _ in table.keys} | set(table.columns)


def test_no_address_or_phone_number_goes_out(world: World) -> None:
    person = factories.child(world, address="7 Hidden Row", phone="01632 960 321", address_is_protected=True)
    concern = factories.logged(world, about=person)
    for form in Export.Form.values:
        content = exported(world, concern, form)
        if form == Export.Form.CSV:
            bundle = zipfile.ZipFile(io.BytesIO(content))
            content = b"".join(bundle.read(name) for name in bundle.namelist())
        assert b"Hidden Row" not in content
        assert b"960 321" not in content
        assert person.reference.encode() in content


def test_words_that_another_agency_withdrew_are_left_out(world: World) -> None:
    concern = factories.concern_at(world, "ASK")
    answer = factories.answered(world, factories.enquiry(world, concern))
    words = answer.items.earliest("pk").text
    assert words in [row["text"] for row in as_json(world, concern)["tables"]["items"]]
    check_back.withdraw(
        factories.again(answer), by=answer.speaker, at=world.clock(), why="It was about somebody else."
    )
    tables = as_json(world, concern)["tables"]
    assert words not in [row["text"] for row in tables["items"]]
    assert [row["withdrawn_why"] for row in tables["exchanges"]] == ["It was about somebody else."]


def test_csv_has_a_file_for_each_table_and_no_cell_runs(world: World) -> None:
    person = factories.child(world, first_name="=HYPERLINK(1)", last_name="Roe")
    concern = factories.logged(world, about=person)
    bundle = zipfile.ZipFile(io.BytesIO(exported(world, concern, Export.Form.CSV)))
    assert sorted(bundle.namelist()) == sorted(["about.csv", *(f"{table.name}.csv" for table in ALL)])
    rows = list(csv.DictReader(io.StringIO(bundle.read("people.csv").decode("utf-8-sig"))))
    assert rows[0]["first_name"] == "'=HYPERLINK(1)"
    assert rows[0]["is_main"] == "yes"
    everything = b"".join(bundle.read(name) for name in bundle.namelist()).decode("utf-8-sig")
    for line in csv.reader(io.StringIO(everything)):
        assert not [cell for cell in line if cell[:1] in {"=", "+", "@", "|", "%"}]


def test_fhir_is_a_bundle_that_the_standard_accepts(world: World) -> None:
    concern = whole(world)
    content = exported(world, concern, Export.Form.FHIR)
    bundle = Bundle.model_validate_json(content)
    entries: Any = bundle.entry
    kinds = [entry.resource.get_resource_type() for entry in entries]
    assert {"Patient", "Flag", "Observation", "Consent", "Communication", "Task", "AuditEvent"} <= set(kinds)
    assert kinds.count("AuditEvent") == Event.objects.filter(concern=concern.reference).count()


def test_in_fhir_a_struck_statement_is_marked_as_entered_in_error(world: World) -> None:
    concern = whole(world)
    struck = concern.statements.get(number=1)
    records.strike_statement(
        struck, by=world.priya, at=world.clock(), reason="TWICE", why="It stands there as S2 already."
    )
    document = json.loads(exported(world, concern, Export.Form.FHIR))
    said = {
        entry["resource"]["valueString"]: entry["resource"]["status"]
        for entry in document["entry"]
        if "valueString" in entry["resource"]
    }
    assert said[struck.text] == "entered-in-error"
    assert set(said.values()) == {"entered-in-error", "final"}
    assert as_json(world, concern)["tables"]["strikes"][0]["statement"] == 1


def test_in_fhir_everything_that_is_referred_to_is_in_the_bundle(world: World) -> None:
    document = json.loads(exported(world, whole(world), Export.Form.FHIR))
    addresses = [entry["fullUrl"] for entry in document["entry"]]
    assert len(addresses) == len(set(addresses))

    def referred(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["reference"]] if isinstance(value.get("reference"), str) else []
            return own + [found for inner in value.values() for found in referred(inner)]
        return [found for inner in value for found in referred(inner)] if isinstance(value, list) else []

    assert set(referred(document["entry"])) <= set(addresses)


def test_in_fhir_understood_is_said_beside_the_standards_own_word(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    document = json.loads(exported(world, exchange.cycle.concern, Export.Form.FHIR))
    resources = [entry["resource"] for entry in document["entry"]]
    task = next(r for r in resources if r["resourceType"] == "Task" and "focus" in r)
    assert (task["status"], task["businessStatus"]["text"]) == (
        "completed",
        "Understood, confirmed by the sender",
    )
    said = [r for r in resources if r["resourceType"] == "Communication" and r.get("inResponseTo")]
    assert factories.OWN_WORDS["what_worries_me"] in said[0]["payload"][1]["contentString"]


def test_a_practitioner_does_not_take_it_and_no_lead_of_another_agency(world: World) -> None:
    concern = whole(world)
    for somebody in (world.priya, world.care.lead):
        with pytest.raises(NotAllowed):
            exports.export(
                concern, by=somebody, at=world.clock(), form="JSON", purpose="Because.", for_whom="Me"
            )
    assert not Job.objects.exists()


def test_the_page_leads_to_the_file_and_lists_who_took_it(world: World, signed_in: SignedIn) -> None:
    concern = whole(world)
    client = signed_in(world.school.lead)
    page = reverse("concern-export", args=[concern.reference])
    form = client.get(page).context["form"]
    answers = {
        "form_id": form.initial["form_id"],
        "form": "CSV",
        "for_whom": "The court",
        "purpose": "Asked.",
    }
    answer = client.post(page, answers)
    job = Job.objects.get()
    assert answer["Location"] == reverse("job", args=[job.pk])
    jobs.work()
    assert "Download" in client.get(answer["Location"]).content.decode()
    shown = client.get(page).content.decode()
    job.refresh_from_db()
    assert "took it as CSV for The court" in shown
    assert job.digest in shown
    assert Event.objects.filter(verb="sharing.concern.exported", subject=concern.reference).exists()
