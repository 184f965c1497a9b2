from django.db import migrations

from agencies.row_security import ME, MY_AGENCY, MY_EXCHANGE, asks, protect

MINE = f"agency_id = {MY_AGENCY}"
OF_MY_CONCERN = "check_back_my_concern(concern_id)"
OF_MY_CYCLE = "check_back_my_cycle(cycle_id)"
OF_MY_EXCHANGE = "check_back_my_exchange(exchange_id)"
BOTH_SIDES = """
    ($1 = check_back_exchange() OR EXISTS (
        SELECT FROM sharing_exchange e JOIN agencies_membership m ON m.id IN (e.speaker_id, e.listener_id)
        WHERE e.id = $1 AND (m.agency_id = check_back_agency() OR m.id = check_back_member())))
"""


def one_of(*people: str) -> str:
    """One of these people, by the columns that name them, is at the agency of whoever asks."""
    return (
        f"EXISTS (SELECT FROM agencies_membership m WHERE m.id IN ({', '.join(people)})"
        f" AND m.agency_id = {MY_AGENCY})"
    )


def whoever_reaches(table: str, column: str) -> str:
    """Whoever reaches the row of another table, by that table's own policy."""
    return f"EXISTS (SELECT FROM {table} parent WHERE parent.id = {column})"


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0003_row_security"),
        ("records", "0002_row_security"),
        ("consent", "0003_row_security"),
        ("sharing", "0002_rules_across_tables"),
    ]

    operations = [
        asks(
            "check_back_my_cycle",
            "cycle",
            "(SELECT c.agency_id FROM sharing_cycle y JOIN records_concern c ON c.id = y.concern_id"
            " WHERE y.id = cycle) = check_back_agency()",
        ),
        asks("check_back_my_exchange", "exchange", BOTH_SIDES),
        asks(
            "check_back_i_said",
            "exchange",
            "(SELECT m.agency_id FROM sharing_exchange e JOIN agencies_membership m ON m.id = e.speaker_id"
            " WHERE e.id = exchange) = check_back_agency()",
        ),
        asks(
            "check_back_my_meeting",
            "meeting",
            "EXISTS (SELECT FROM sharing_meetingmember p JOIN agencies_membership m ON m.id = p.member_id"
            " WHERE p.meeting_id = meeting AND m.agency_id = check_back_agency())"
            " OR (SELECT check_back_my_cycle(t.cycle_id) FROM sharing_meeting t WHERE t.id = meeting)",
        ),
        asks(
            "check_back_my_disagreement",
            "disagreement",
            "(SELECT check_back_my_exchange(d.exchange_id) FROM sharing_disagreement d"
            " WHERE d.id = disagreement)"
            " OR EXISTS (SELECT FROM sharing_ladderstage s JOIN agencies_membership m"
            " ON m.id IN (s.for_speaker_id, s.for_listener_id)"
            " WHERE s.disagreement_id = disagreement AND m.agency_id = check_back_agency())"
            # Whoever is told its outcome reads what it was about.
            " OR EXISTS (SELECT FROM sharing_ladderstage s JOIN sharing_outcome o ON o.stage_id = s.id"
            " JOIN sharing_exchange e ON e.outcome_id = o.id"
            " WHERE s.disagreement_id = disagreement AND check_back_my_exchange(e.id))",
        ),
        asks(
            "check_back_summary_is_for_me",
            "cycle",
            "EXISTS (SELECT FROM sharing_exchange e WHERE e.cycle_id = cycle AND e.kind = 'SUMMARY'"
            " AND check_back_my_exchange(e.id))",
        ),
        asks(
            "check_back_my_correction",
            "correction",
            "(SELECT check_back_my_concern(c.concern_id) FROM sharing_correction c WHERE c.id = correction)"
            " OR EXISTS (SELECT FROM sharing_correctionto t WHERE t.correction_id = correction"
            " AND check_back_my_exchange(t.exchange_id))",
        ),
        # Words that were said to somebody are theirs to read where they came from too, in that version.
        asks(
            "check_back_was_told",
            "statement",
            "EXISTS (SELECT FROM sharing_item i JOIN sharing_exchange e ON e.id = i.exchange_id"
            " WHERE i.statement_id = statement AND e.sent_at IS NOT NULL AND check_back_my_exchange(e.id))"
            " OR EXISTS (SELECT FROM sharing_contribution b"
            " WHERE b.statement_id = statement AND check_back_my_meeting(b.meeting_id))",
        ),
        protect("records_statement", f"{OF_MY_CONCERN} OR check_back_was_told(id)"),
        # What is said.
        protect(
            "sharing_exchange",
            f"id = {MY_EXCHANGE} OR {ME} IN (speaker_id, listener_id)"
            f" OR {one_of('speaker_id', 'listener_id')} OR {OF_MY_CYCLE}",
        ),
        protect("sharing_exchangeperson", OF_MY_EXCHANGE),
        protect("sharing_item", OF_MY_EXCHANGE),
        protect("sharing_heldback", "check_back_i_said(exchange_id)"),
        protect("sharing_round", OF_MY_EXCHANGE),
        protect("sharing_verdict", whoever_reaches("sharing_round", "round_id")),
        protect("sharing_attachment", OF_MY_EXCHANGE),
        protect("sharing_agreement", OF_MY_EXCHANGE),
        protect("sharing_aboutourperson", "check_back_my_person(person_id)"),
        protect("sharing_spokencall", OF_MY_EXCHANGE),
        protect("sharing_alikechoice", OF_MY_EXCHANGE),
        protect("sharing_decisionnotawaited", OF_MY_EXCHANGE),
        protect("sharing_summaryanswer", OF_MY_EXCHANGE),
        protect("sharing_summary", f"{OF_MY_CYCLE} OR check_back_summary_is_for_me(cycle_id)"),
        asks(
            "check_back_was_given",
            "given",
            "EXISTS (SELECT FROM sharing_attachment a JOIN sharing_exchange e ON e.id = a.exchange_id"
            " WHERE a.version_id = given AND e.sent_at IS NOT NULL AND check_back_my_exchange(e.id))",
        ),
        asks(
            "check_back_document_was_given",
            "document",
            "EXISTS (SELECT FROM records_documentversion v"
            " WHERE v.document_id = document AND check_back_was_given(v.id))",
        ),
        asks(
            "check_back_my_document",
            "document",
            "(SELECT check_back_my_concern(d.concern_id) FROM records_document d WHERE d.id = document)",
        ),
        protect("records_document", f"{OF_MY_CONCERN} OR check_back_document_was_given(id)"),
        protect("records_documentversion", "check_back_my_document(document_id) OR check_back_was_given(id)"),
        # What was asked, agreed and done.
        protect("sharing_enquiry", f"{one_of('asked_by_id', 'asked_of_id')} OR {OF_MY_CYCLE}"),
        protect("sharing_assumption", OF_MY_CYCLE),
        protect("sharing_involvement", OF_MY_CYCLE),
        protect("sharing_stagemove", OF_MY_CYCLE),
        protect("sharing_override", OF_MY_CYCLE),
        protect(
            "sharing_action",
            f"exchange_id = {MY_EXCHANGE} OR {one_of('owner_id', 'other_side_id')}"
            f" OR {OF_MY_EXCHANGE} OR {OF_MY_CYCLE}",
        ),
        protect("sharing_actionreport", whoever_reaches("sharing_action", "action_id")),
        protect("sharing_actionflag", whoever_reaches("sharing_action", "action_id")),
        # What went wrong, and what was put right.
        protect("sharing_incident", OF_MY_EXCHANGE),
        protect("sharing_breach", MINE),
        protect("sharing_breachdecision", whoever_reaches("sharing_breach", "breach_id")),
        protect("sharing_correction", f"{OF_MY_CONCERN} OR check_back_my_correction(id)"),
        protect("sharing_correctionto", "check_back_my_correction(correction_id)"),
        protect("sharing_proposedcorrection", OF_MY_EXCHANGE),
        protect("sharing_guarddecision", f"{one_of('by_id')} OR {OF_MY_CONCERN}"),
        # Disagreement, meetings, and responsibility that passes on.
        protect("sharing_disagreement", f"{OF_MY_EXCHANGE} OR check_back_my_disagreement(id)"),
        protect("sharing_ladderstage", "check_back_my_disagreement(disagreement_id)"),
        protect("sharing_dangercall", "check_back_my_disagreement(disagreement_id)"),
        protect("sharing_position", whoever_reaches("sharing_ladderstage", "stage_id")),
        protect("sharing_riskholder", whoever_reaches("sharing_ladderstage", "stage_id")),
        protect("sharing_outcome", whoever_reaches("sharing_ladderstage", "stage_id")),
        protect("sharing_meeting", f"{OF_MY_CYCLE} OR check_back_my_meeting(id)"),
        protect("sharing_meetingmember", "check_back_my_meeting(meeting_id)"),
        protect("sharing_contribution", "check_back_my_meeting(meeting_id)"),
        protect("sharing_meetingdecision", "check_back_my_meeting(meeting_id)"),
        protect("sharing_meetingaction", "check_back_my_meeting(meeting_id)"),
        protect("sharing_minutes", "check_back_my_meeting(meeting_id)"),
        protect("sharing_handover", one_of("leaver_id", "successor_id")),
        protect(
            "sharing_transfer",
            f"from_agency_id = {MY_AGENCY} OR to_agency_id = {MY_AGENCY} OR {OF_MY_CONCERN}"
            f" OR {OF_MY_EXCHANGE}",
        ),
        protect("sharing_transfercall", whoever_reaches("sharing_transfer", "transfer_id")),
        # What leaves the service.
        protect("sharing_accessrequest", MINE),
        protect("sharing_accesswait", whoever_reaches("sharing_accessrequest", "request_id")),
        protect("sharing_accesscheck", whoever_reaches("sharing_accessrequest", "request_id")),
        protect("sharing_accessbundle", whoever_reaches("sharing_accessrequest", "request_id")),
        protect("sharing_accesspiece", whoever_reaches("sharing_accessrequest", "request_id")),
        protect("sharing_piecedecision", whoever_reaches("sharing_accesspiece", "piece_id")),
        protect("sharing_heldword", whoever_reaches("sharing_accessrequest", "request_id")),
        protect("sharing_holddecision", whoever_reaches("sharing_accessrequest", "request_id")),
        protect("sharing_agencyview", whoever_reaches("sharing_accessrequest", "request_id")),
        protect("sharing_disclosurehold", MINE),
        protect("sharing_export", f"{one_of('by_id')} OR {OF_MY_CONCERN}"),
        protect("sharing_papercopy", f"{one_of('by_id')} OR {OF_MY_CONCERN}"),
        protect(
            "sharing_stranger",
            "(SELECT check_back_my_exchange(l.exchange_id) FROM sharing_link l WHERE l.id = link_id)",
        ),
    ]
