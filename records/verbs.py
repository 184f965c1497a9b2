"""What can happen to a record, as the audit names it and as people read it."""

from enum import StrEnum


class Verb(StrEnum):
    """One act on the record. The value goes into the audit and never changes."""

    PERSON_RECORDED = "person_recorded"
    PERSON_CHANGED = "person_changed"
    PEOPLE_RELATED = "people_related"
    RELATIONSHIP_ENDED = "relationship_ended"
    CONCERN_STARTED = "concern_started"
    SUBJECT_ADDED = "subject_added"
    SUBJECT_REMOVED = "subject_removed"
    STATEMENT_ADDED = "statement_added"
    STATEMENT_CHANGED = "statement_changed"
    STATEMENT_REMOVED = "statement_removed"
    STATEMENT_AMENDED = "statement_amended"
    VOICE_SET = "voice_set"
    FAMILY_SET = "think_family_set"
    WORRY_GIVEN = "worry_given"
    CONCERN_LOGGED = "concern_logged"
    DRAFT_DISCARDED = "draft_discarded"


SENTENCES: dict[Verb, str] = {
    Verb.PERSON_RECORDED: "added {subject} to the agency’s records",
    Verb.PERSON_CHANGED: "changed the details of {subject}",
    Verb.PEOPLE_RELATED: "recorded that {subject} and {other} are related",
    Verb.RELATIONSHIP_ENDED: "ended the relationship of {subject} and {other}",
    Verb.CONCERN_STARTED: "started this concern",
    Verb.SUBJECT_ADDED: "added {person} to this concern",
    Verb.SUBJECT_REMOVED: "took {person} out of this concern",
    Verb.STATEMENT_ADDED: "added statement {statement}",
    Verb.STATEMENT_CHANGED: "changed statement {statement}",
    Verb.STATEMENT_REMOVED: "took out statement {statement}",
    Verb.STATEMENT_AMENDED: "corrected statement {statement}; the earlier version stays",
    Verb.VOICE_SET: "said whether the person’s own voice is recorded",
    Verb.FAMILY_SET: "said what this might mean for related people",
    Verb.WORRY_GIVEN: "said how worried they are",
    Verb.CONCERN_LOGGED: "logged this concern",
    Verb.DRAFT_DISCARDED: "discarded this draft",
}


def sentence(verb: str, *, subject: str, data: dict[str, object]) -> str:
    """Say what an audit event means, to follow the name of who did it. Codes and references only.

    Raises ValueError for a verb of another app.
    """
    return SENTENCES[Verb(verb)].format_map({"subject": subject, **data})
