"""What can happen to a view and a sharing decision, as the audit names it and as people read it."""

from enum import StrEnum


class Verb(StrEnum):
    """One act. The value goes into the audit and never changes."""

    VIEW_RECORDED = "consent.view.recorded"
    DECISION_MADE = "consent.decision.made"


SENTENCES: dict[Verb, str] = {
    Verb.VIEW_RECORDED: "recorded what {person} said about sharing",
    Verb.DECISION_MADE: "recorded a sharing decision about {person}",
}


def sentence(verb: str, *, subject: str, data: dict[str, object]) -> str:
    """Say what an audit event means, to follow the name of who did it. Codes and references only.

    Raises ValueError for a verb of another app.
    """
    return SENTENCES[Verb(verb)].format_map({"subject": subject, **data})
