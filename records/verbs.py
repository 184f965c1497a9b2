"""What can happen to a record, as the audit names it and as people read it."""

from enum import StrEnum


class Verb(StrEnum):
    """One act on the record. The value goes into the audit and never changes."""

    PERSON_RECORDED = "records.person.recorded"
    PERSON_CHANGED = "records.person.changed"
    PEOPLE_RELATED = "records.people.related"
    RELATIONSHIP_ENDED = "records.relationship.ended"
    PROTECTION_ADDED = "records.protection.added"
    PROTECTION_ENDED = "records.protection.ended"
    CONCERN_STARTED = "records.concern.started"
    SUBJECT_ADDED = "records.subject.added"
    SUBJECT_REMOVED = "records.subject.removed"
    STATEMENT_ADDED = "records.statement.added"
    STATEMENT_CHANGED = "records.statement.changed"
    STATEMENT_REMOVED = "records.statement.removed"
    STATEMENT_AMENDED = "records.statement.amended"
    STATEMENT_STRUCK = "records.statement.struck"
    ENTRY_ADDED = "records.chronology.added"
    ENTRIES_IMPORTED = "records.chronology.imported"
    IMPORT_ASKED = "records.chronology.file_kept"
    IMPORT_BEGUN = "records.chronology.adding_begun"
    ENTRY_STRUCK = "records.chronology.struck"
    VOICE_SET = "records.voice.set"
    FAMILY_SET = "records.think_family.set"
    WORRY_GIVEN = "records.worry.given"
    CONCERN_LOGGED = "records.concern.logged"
    DRAFT_DISCARDED = "records.concern.discarded"
    CONCERN_GIVEN = "records.concern.given"
    DOCUMENT_ADDED = "records.document.added"
    DOCUMENT_RENEWED = "records.document.renewed"
    DOCUMENT_STRUCK = "records.document.struck"
    DOCUMENT_INFECTED = "records.document.infected"
    WORD_ADDED = "records.word.added"
    WORD_WITHDRAWN = "records.word.withdrawn"
    RESTRICTED = "records.concern.restricted"
    RESTRICTION_CHANGED = "records.restriction.changed"
    RESTRICTION_ENDED = "records.restriction.ended"
    GLASS_BROKEN = "records.break_glass.opened"
    GLASS_ENDED = "records.break_glass.closed"
    GLASS_REVIEWED = "records.break_glass.reviewed"


SENTENCES: dict[Verb, str] = {
    Verb.PERSON_RECORDED: "added {subject} to the agency’s records",
    Verb.PERSON_CHANGED: "changed the details of {subject}",
    Verb.PEOPLE_RELATED: "recorded that {subject} and {other} are related",
    Verb.RELATIONSHIP_ENDED: "ended the relationship of {subject} and {other}",
    Verb.PROTECTION_ADDED: "added protected detail {number} of {subject}",
    Verb.PROTECTION_ENDED: "ended the protection of detail {number} of {subject}",
    Verb.CONCERN_STARTED: "started this concern",
    Verb.SUBJECT_ADDED: "added {person} to this concern",
    Verb.SUBJECT_REMOVED: "took {person} out of this concern",
    Verb.STATEMENT_ADDED: "added statement {statement}",
    Verb.STATEMENT_CHANGED: "changed statement {statement}",
    Verb.STATEMENT_REMOVED: "took out statement {statement}",
    Verb.STATEMENT_AMENDED: "corrected statement {statement}; the earlier version stays",
    Verb.STATEMENT_STRUCK: "struck statement {statement} through; it stays readable",
    Verb.ENTRY_ADDED: "added {entry} to the history of {subject}",
    Verb.ENTRIES_IMPORTED: "added {number} entries to the history of {subject} from a file",
    Verb.IMPORT_ASKED: "uploaded a file of entries",
    Verb.IMPORT_BEGUN: "had {right} entries of a file added, and not the {wrong} in which something is wrong",
    Verb.ENTRY_STRUCK: "struck {entry} of the history of {subject} through; it stays readable",
    Verb.VOICE_SET: "said whether the person’s own voice is recorded",
    Verb.FAMILY_SET: "said what this might mean for related people",
    Verb.WORRY_GIVEN: "said how worried they are",
    Verb.CONCERN_LOGGED: "logged this concern",
    Verb.DRAFT_DISCARDED: "discarded this draft",
    Verb.CONCERN_GIVEN: "gave this concern to a colleague to look after",
    Verb.DOCUMENT_ADDED: "added document {document}",
    Verb.DOCUMENT_RENEWED: "added version {document_version} of document {document}",
    Verb.DOCUMENT_STRUCK: "struck document {document} through as a mistake; it stays on the record",
    Verb.DOCUMENT_INFECTED: "found malware in document {document}, version {document_version}, and closed it",
    Verb.WORD_ADDED: "decided about a word that is explained to whoever writes",
    Verb.WORD_WITHDRAWN: "took back what was decided about a word",
    Verb.RESTRICTED: "closed this concern to all but named people",
    Verb.RESTRICTION_CHANGED: "changed who is named among those who may open this concern",
    Verb.RESTRICTION_ENDED: "opened this concern to the agency again",
    Verb.GLASS_BROKEN: "opened this closed concern in an emergency ({subject})",
    Verb.GLASS_ENDED: "closed this concern again after an emergency ({subject})",
    Verb.GLASS_REVIEWED: "said whether it was right to open this concern in an emergency ({subject})",
}


def sentence(verb: str, *, subject: str, data: dict[str, object]) -> str:
    """Say what an audit event means, to follow the name of who did it. Codes and references only.

    Raises ValueError for a verb of another app.
    """
    return SENTENCES[Verb(verb)].format_map({"subject": subject, **data})
