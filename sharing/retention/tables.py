"""What becomes of each table when a record is disposed of: destroyed by a path, or kept, and why.

The function in the database is written from this list (sql.py), and a test compares it with every model: a
new table that is not here fails it. Whoever adds one adds it here, and a migration that writes it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Scope(StrEnum):
    """Where a path ends: what it is that nobody holds any more."""

    OWN = "OWN"  # the concern itself, once the agency that logged it has disposed of it
    EXCHANGE = "EXCHANGE"
    ENQUIRY = "ENQUIRY"
    MEETING = "MEETING"
    TRANSFER = "TRANSFER"
    PERSON = "PERSON"
    FILE = "FILE"
    ROWS = "ROWS"  # no path: `where` says which rows


@dataclass(frozen=True)
class Destroyed:
    """Rows whose path of foreign keys ends in something that nobody holds any more.

    A row that something else still refers to stays, empty: its texts are gone. `always_stays` says so of
    every row, `keeps` which columns are no content, and `sets` what a column becomes besides.
    """

    scope: Scope
    path: str = ""
    where: str = ""
    always_stays: bool = False
    keeps: frozenset[str] = frozenset()
    sets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """A table that a disposal leaves alone, and why it may."""

    because: str


Fate = Destroyed | Kept


def own(path: str = "concern", **more: object) -> Destroyed:
    return Destroyed(Scope.OWN, path, **more)  # type: ignore[arg-type]  # the fields of Destroyed


def said(path: str = "exchange", **more: object) -> Destroyed:
    return Destroyed(Scope.EXCHANGE, path, **more)  # type: ignore[arg-type]  # the fields of Destroyed


def met(path: str = "meeting") -> Destroyed:
    return Destroyed(Scope.MEETING, path)


def moved(path: str = "transfer") -> Destroyed:
    return Destroyed(Scope.TRANSFER, path)


def of_person(path: str) -> Destroyed:
    return Destroyed(Scope.PERSON, path)


NO_CONTENT = Kept("it names nobody that a concern is about")
STAFF = Kept("it is about the people who work there, not about a concern")
CERTIFIED = Kept("it says that something was disposed of, and names nobody")
SEALS = Kept("it shows that the record is as it was, by hashes alone")
COUNTED = Kept("it holds figures of five and more exchanges, without names")

# What a regular expression finds in the key of a draft: the reference of the concern, or of anything in it.
NAMED = "~ ('(^|[^0-9A-Za-z])' || {0} || '([^0-9A-Za-z]|$)')"
GONE_PERSON = "EXISTS (SELECT 1 FROM records_person p WHERE p.id = ANY(gone_people) AND {0})"
DRAFT_OF_A_BREACH = """t.key IN (
    SELECT 'breach-' || w || ':' || b.id FROM sharing_breach b,
    unnest(ARRAY['ico', 'person', 'report', 'close']) w WHERE b.exchange_id = ANY(gone_exchanges))"""
DRAFT_OF_IT = " OR ".join(
    (
        f"t.key {NAMED.format('c.reference')}",
        GONE_PERSON.format("t.key " + NAMED.format("p.reference")),
        DRAFT_OF_A_BREACH,
    )
)
JOB_ABOUT_IT = f"t.about {NAMED.format('c.reference')} OR {GONE_PERSON.format('p.reference = t.about')}"

OF_WHAT_WAITED = "t.obligation_id IN (SELECT x.id::bigint FROM doomed x WHERE x.tbl = 'sharing_obligation')"
THEIR_PEOPLE = "IN (SELECT m.id FROM agencies_membership m WHERE m.agency_id = ANY(gone))"

NOT_GIVEN = """owner_gone AND t.document_id IN (
    SELECT x.id FROM records_document x WHERE x.concern_id = c.id)
    AND NOT EXISTS (SELECT 1 FROM sharing_attachment a
                    WHERE a.version_id = t.id AND NOT a.exchange_id = ANY(gone_exchanges))"""
OF_A_VERSION = "t.version_id IN (SELECT x.id::bigint FROM doomed x WHERE x.tbl = 'records_documentversion')"
# What was put together for somebody who asked for their record quotes it.
QUOTES_IT = """EXISTS (
    SELECT 1 FROM (VALUES {pieces}) AS kind (name, tbl) JOIN doomed x ON x.tbl = kind.tbl
    WHERE t.key = kind.name || ':' || x.id) AND EXISTS (
    SELECT 1 FROM sharing_accessrequest q WHERE q.id = t.request_id AND q.agency_id = ANY(gone))"""
REQUESTS_OF_THE_GONE = "SELECT q.id FROM sharing_accessrequest q WHERE q.person_id = ANY(gone_people)"
HAD_SUCH_A_PIECE = """t.request_id IN (
    SELECT p.request_id FROM sharing_accesspiece p
    JOIN doomed x ON x.tbl = 'sharing_accesspiece' AND x.id = p.id::text)"""
STRUCK = """(owner_gone AND t.statement_id IN (
    SELECT s.id FROM records_statement s WHERE s.concern_id = c.id))
    OR t.entry_id IN (SELECT e.id FROM records_chronologyentry e WHERE e.person_id = ANY(gone_people))"""

# Whom it is about in the records of whoever was told: it goes with what was told, and with the person.
OF_EITHER = "t.exchange_id = ANY(gone_exchanges) OR t.person_id = ANY(gone_people)"

RECORDS: dict[str, Fate] = {
    "records.concern": Destroyed(
        Scope.OWN, always_stays=True, keeps=frozenset({"reference"}), sets={"late_why": "''"}
    ),
    "records.subject": own(),
    "records.statement": own(sets={"about_id": "NULL"}),
    "records.statement_rests_on": own("from_statement__concern"),
    "records.worry": own(),
    "records.restriction": own(),
    "records.named": own("restriction__concern"),
    "records.breakglass": own(),
    "records.breakglassreview": own("break_glass__concern"),
    "records.document": own(sets={"about_id": "NULL"}),
    # The version of a document that was given to somebody stays as long as they hold what it came with.
    "records.documentversion": Destroyed(Scope.ROWS, where=NOT_GIVEN),
    "records.documentstrike": own("document__concern"),
    "records.scanresult": Destroyed(Scope.ROWS, where=OF_A_VERSION),
    "records.scantodo": Destroyed(Scope.ROWS, where=OF_A_VERSION),
    "records.person": Destroyed(
        Scope.PERSON,
        keeps=frozenset({"reference"}),
        sets={
            **dict.fromkeys(("sort_name", "search_name", "nhs_number", "upn"), "''"),
            "search_words": "'{}'",
            "born_on": "NULL",
        },
    ),
    "records.personword": of_person("person"),
    "records.namekey": Kept("the database takes it away with the last name in which it was"),
    "records.keptsearch": Destroyed(Scope.ROWS, where=f"t.by_id {THEIR_PEOPLE}"),
    "records.relationship": Destroyed(
        Scope.ROWS, where="t.person_id = ANY(gone_people) OR t.related_id = ANY(gone_people)"
    ),
    "records.protecteddetail": of_person("person"),
    "records.protectedfrom": of_person("detail__person"),
    "records.retentiondecision": Destroyed(
        Scope.ROWS,
        where="t.holding_id IN (SELECT h.id FROM records_holding h"
        " WHERE h.concern_id = c.id AND h.agency_id = ANY(gone))",
    ),
    "records.legalhold": Destroyed(
        Scope.ROWS,
        where="t.ended_at IS NOT NULL AND (t.person_id = ANY(gone_people)"
        " OR (t.concern_id = c.id AND t.agency_id = ANY(gone)))",
    ),
    "records.chronologyentry": of_person("person"),
    "records.importrow": of_person("person"),
    "records.chronologyimport": Kept("it says when a file was read and how many rows it had"),
    "records.strike": Destroyed(Scope.ROWS, where=STRUCK),
    "records.counter": Kept("no reference is given twice"),
    "records.retentionclass": NO_CONTENT,
    "records.word": NO_CONTENT,
    "records.holding": CERTIFIED,
    "records.disposal": CERTIFIED,
    "records.certificate": CERTIFIED,
}
CONSENT: dict[str, Fate] = {
    "consent.view": own(),
    "consent.sharingdecision": own(),
    "consent.basis": NO_CONTENT,
}
SHARING: dict[str, Fate] = {
    "sharing.aboutourperson": Destroyed(Scope.ROWS, where=OF_EITHER),
    "sharing.cycle": own(),
    "sharing.stagemove": own("cycle__concern"),
    "sharing.override": own("cycle__concern"),
    "sharing.skippedstep": own("cycle__concern"),
    "sharing.involvement": own("cycle__concern"),
    "sharing.assumption": own("cycle__concern"),
    "sharing.summary": own("cycle__concern"),
    "sharing.correction": own(),
    "sharing.correctionto": own("correction__concern"),
    "sharing.guarddecision": own(),
    "sharing.export": own(),
    "sharing.attachment": said(),
    "sharing.attachmentopening": said("attachment__exchange"),
    "sharing.disclosurehold": Destroyed(Scope.ROWS, where="t.concern_id = c.id AND t.agency_id = ANY(gone)"),
    "sharing.accessrequest": of_person("person"),
    "sharing.accesswait": of_person("request__person"),
    "sharing.accesscheck": of_person("request__person"),
    "sharing.heldword": of_person("request__person"),
    "sharing.holddecision": of_person("request__person"),
    "sharing.agencyview": of_person("request__person"),
    "sharing.accesspiece": Destroyed(
        Scope.ROWS, where=f"({QUOTES_IT}) OR t.request_id IN ({REQUESTS_OF_THE_GONE})"
    ),
    "sharing.piecedecision": Destroyed(
        Scope.ROWS,
        where="t.piece_id IN (SELECT x.id::bigint FROM doomed x WHERE x.tbl = 'sharing_accesspiece')",
    ),
    "sharing.accessbundle": Destroyed(Scope.ROWS, where=HAD_SUCH_A_PIECE),
    "sharing.papercopy": Destroyed(
        Scope.ROWS,
        where=f"(t.concern_id = c.id AND t.by_id {THEIR_PEOPLE}) OR t.person_id = ANY(gone_people)",
    ),
    "sharing.heldback": own("exchange__cycle__concern"),
    "sharing.alikechoice": own("exchange__cycle__concern"),
    "sharing.handover": Destroyed(
        Scope.ROWS,
        where="t.concern_id = c.id AND EXISTS (SELECT 1 FROM agencies_membership m"
        " WHERE m.id = t.leaver_id AND m.agency_id = ANY(gone))",
    ),
    "sharing.enquiry": Destroyed(Scope.ENQUIRY),
    "sharing.exchange": Destroyed(Scope.EXCHANGE),
    "sharing.exchangeperson": said(),
    "sharing.item": said(),
    "sharing.round": said(),
    "sharing.verdict": said("round__exchange"),
    "sharing.action": said(),
    "sharing.actionreport": said("action__exchange"),
    "sharing.actionflag": said("action__exchange"),
    "sharing.agreement": said(),
    "sharing.disagreement": said(),
    "sharing.dangercall": said("disagreement__exchange"),
    "sharing.ladderstage": said("disagreement__exchange"),
    "sharing.position": said("stage__disagreement__exchange"),
    "sharing.riskholder": said("stage__disagreement__exchange"),
    "sharing.outcome": said("stage__disagreement__exchange"),
    "sharing.incident": said(),
    # The register of breaches is kept (UK GDPR Article 33(5)): that there was one, and what was decided.
    "sharing.breach": said(always_stays=True, keeps=frozenset({"report_reference", "due_why"})),
    "sharing.breachdecision": said("breach__exchange", always_stays=True),
    "sharing.proposedcorrection": said("item__exchange"),
    "sharing.decisionnotawaited": said(),
    "sharing.spokencall": said(),
    "sharing.spokenanswer": said("call__exchange"),
    "sharing.summaryanswer": said(),
    "sharing.minutescopy": said(),
    "sharing.link": said(),
    "sharing.linktoken": said("link__exchange"),
    "sharing.linkcode": said("link__exchange"),
    "sharing.linkvisit": said("link__exchange"),
    "sharing.linkattempt": said("link__exchange"),
    "sharing.stranger": said("link__exchange"),
    "sharing.meeting": Destroyed(Scope.MEETING),
    "sharing.meetingmember": met(),
    "sharing.contribution": met(),
    "sharing.contributionfor": met("contribution__meeting"),
    "sharing.meetingdecision": met(),
    "sharing.meetingaction": met(),
    "sharing.minutes": met(),
    "sharing.transfer": Destroyed(Scope.TRANSFER),
    "sharing.transferperson": moved(),
    "sharing.transfercall": moved(),
    "sharing.obligation": Destroyed(
        Scope.ROWS,
        where="t.concern_id = c.id AND t.owner_agency_id = ANY(gone)"
        " AND (t.other_agency_id IS NULL OR t.other_agency_id = ANY(gone))",
    ),
    "sharing.reminder": Destroyed(Scope.ROWS, where=OF_WHAT_WAITED),
    "sharing.chase": Destroyed(Scope.ROWS, where=OF_WHAT_WAITED),
    "sharing.learningrefresh": COUNTED,
    "sharing.learningmonth": COUNTED,
    "sharing.learningkind": COUNTED,
}
AGENCIES: dict[str, Fate] = {
    "agencies.draft": Destroyed(Scope.ROWS, where=f"t.holder_id {THEIR_PEOPLE} AND ({DRAFT_OF_IT})"),
    "agencies.job": Destroyed(Scope.ROWS, where=f"t.by_id {THEIR_PEOPLE} AND ({JOB_ABOUT_IT})"),
    "agencies.storedfile": Destroyed(Scope.FILE),
    "agencies.filechunk": Destroyed(Scope.FILE, "file"),
    "agencies.submission": NO_CONTENT,
    "agencies.agency": STAFF,
    "agencies.partnership": STAFF,
    "agencies.user": STAFF,
    "agencies.session": Kept("it says who is signed in at which browser, and goes when they sign out"),
    "agencies.user_groups": STAFF,
    "agencies.user_user_permissions": STAFF,
    "agencies.membership": STAFF,
    "agencies.deputy": STAFF,
    "agencies.absence": STAFF,
    "agencies.contactpoint": STAFF,
    "agencies.noticechoice": STAFF,
    "agencies.openinghours": STAFF,
    "agencies.closedday": STAFF,
    "agencies.timelimit": NO_CONTENT,
}
GROUND: dict[str, Fate] = {
    "audit.event": Kept("it says who did what when, in codes and references, and the seals rest on it"),
    "audit.shape": SEALS,
    "audit.leaf": SEALS,
    "audit.seal": SEALS,
    "audit.tombstone": SEALS,
    "audit.verification": SEALS,
    "audit.access": Kept("it says who looked at which reference and when"),
    "notifications.message": Kept("it holds a reference and an address of staff, and no words"),
    "notifications.heartbeat": NO_CONTENT,
    "notifications.hold": NO_CONTENT,
    "notifications.look": STAFF,
}
TABLES: dict[str, Fate] = {**RECORDS, **CONSENT, **SHARING, **AGENCIES, **GROUND}
# Their triggers keep what Find looks in (records.search): they fire in a disposal too.
FIRE = ("records_person", "records_personword")
# They go with a person, or are a frozen copy that another agency holds: they need nobody's own row.
FOLLOW_A_PERSON = (
    *("records_relationship", "records_protecteddetail", "records_legalhold", "records_personword"),
    *("records_chronologyentry", "records_importrow", "sharing_papercopy", "sharing_accessrequest"),
    *("sharing_exchangeperson", "sharing_transferperson", "sharing_correction", "sharing_aboutourperson"),
)
