from django.db import migrations

from agencies.row_security import ME, MY_AGENCY, asks, protect

MINE = f"agency_id = {MY_AGENCY}"
OF_MY_CONCERN = "check_back_my_concern(concern_id)"
OF_MY_PERSON = "check_back_my_person(person_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0003_row_security"),
        ("records", "0001_initial"),
    ]

    operations = [
        asks(
            "check_back_my_concern",
            "concern",
            "(SELECT c.agency_id FROM records_concern c WHERE c.id = concern) = check_back_agency()",
        ),
        asks(
            "check_back_my_person",
            "person",
            "(SELECT p.agency_id FROM records_person p WHERE p.id = person) = check_back_agency()",
        ),
        protect("records_person", MINE),
        protect("records_relationship", OF_MY_PERSON),
        protect("records_protecteddetail", OF_MY_PERSON),
        protect("records_chronologyentry", OF_MY_PERSON),
        protect("records_chronologyimport", MINE),
        protect(
            "records_importrow",
            f"(SELECT b.agency_id FROM records_chronologyimport b WHERE b.uuid = batch_id) = {MY_AGENCY}",
        ),
        protect("records_subject", OF_MY_CONCERN),
        protect("records_worry", OF_MY_CONCERN),
        protect(
            "records_strike",
            "EXISTS (SELECT FROM records_statement s WHERE s.id = statement_id)"
            " OR EXISTS (SELECT FROM records_chronologyentry e WHERE e.id = entry_id)",
        ),
        protect(
            "records_documentstrike",
            "EXISTS (SELECT FROM records_document d WHERE d.id = document_id)",
        ),
        protect("records_restriction", OF_MY_CONCERN),
        protect("records_breakglass", OF_MY_CONCERN),
        protect(
            "records_breakglassreview",
            "EXISTS (SELECT FROM records_breakglass b WHERE b.id = break_glass_id)",
        ),
        protect(
            "records_retentiondecision",
            f"(SELECT h.agency_id FROM records_holding h WHERE h.id = holding_id) = {MY_AGENCY}",
        ),
        protect("records_legalhold", MINE),
        protect("records_disposal", MINE),
        protect("records_keptsearch", f"by_id = {ME}"),
        protect("records_personword", MINE),
        protect("records_namekey", MINE),
    ]
