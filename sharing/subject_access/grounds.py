"""Why something may be held back from a subject access request, in plain words, and where the law says it.

The texts: Data Protection Act 2018, Schedules 2, 3 and 4, as on legislation.gov.uk. A ground is chosen by a
person, piece by piece; nothing here decides anything.
"""

from __future__ import annotations

from typing import NamedTuple

from sharing.models import AccessRequest, Ground


class Explained(NamedTuple):
    """One ground: where it stands, when it fits, and what whoever asks may be told (nothing where unsafe)."""

    law: str
    when: str
    told: str


GROUNDS: dict[Ground, Explained] = {
    Ground.NOT_THEIRS: Explained(
        "UK GDPR article 15(1)",
        "The right is to information about the person. Use this for what is about somebody else "
        "alone, and for "
        "what turns out to be about another person of the same name.",
        "Information that is not about the person.",
    ),
    Ground.THIRD_PARTY: Explained(
        "Data Protection Act 2018, Schedule 2, paragraph 16",
        "It would show information about another person who has not agreed, and it is not reasonable "
        "to disclose "
        "it without their agreement. Weigh what kind of information it is, whether we owe them confidence, "
        "whether we tried to ask them, whether they can agree, and whether they refused. Health, social and "
        "education workers who acted in their work are usually disclosed (paragraph 17).",
        "Information about other people who have not agreed to it being given.",
    ),
    Ground.SERIOUS_HARM: Explained(
        "Data Protection Act 2018, Schedule 3, paragraphs 5, 11 and 19",
        "Disclosing it would be likely to cause serious harm to the physical or mental health of the "
        "person or of "
        "somebody else (for social work data: and so prejudice social work). For health data, ask the health "
        "professional who is responsible for their care first (paragraph 6).",
        "Information that would be likely to cause serious harm.",
    ),
    Ground.CHILD_ABUSE: Explained(
        "Data Protection Act 2018, Schedule 3, paragraph 21",
        "Only where somebody with parental responsibility asks for a child, or somebody appointed by "
        "a court for "
        "an adult who cannot manage their affairs. It says whether the person is, has been or may be "
        "at risk of "
        "child abuse, and disclosing it would not be in their best interests.",
        "",
    ),
    Ground.EXPECTED: Explained(
        "Data Protection Act 2018, Schedule 3, paragraphs 4 and 10",
        "Only where somebody asks for a child or for an adult who cannot manage their affairs. The "
        "person told it "
        "in the expectation that this requester would not learn it, or has said that they must not.",
        "",
    ),
    Ground.PRIVILEGE: Explained(
        "Data Protection Act 2018, Schedule 2, paragraph 19",
        "Advice from a lawyer, or something made for court proceedings, that is legally privileged.",
        "Legal advice.",
    ),
    Ground.CRIME: Explained(
        "Data Protection Act 2018, Schedule 2, paragraph 2",
        "Disclosing it would be likely to prejudice preventing or detecting crime, or catching or "
        "prosecuting "
        "offenders. Ask the police first.",
        "",
    ),
    Ground.REFERENCE: Explained(
        "Data Protection Act 2018, Schedule 2, paragraph 24",
        "A reference given in confidence for education, training, employment, an office, a service "
        "or volunteering.",
        "A reference given in confidence.",
    ),
    Ground.COURT: Explained(
        "Data Protection Act 2018, Schedule 3, paragraphs 3, 9 and 18",
        "It was given in a report or as evidence to a court whose rules allow it to be kept back "
        "from the person.",
        "Reports that a court’s rules keep back.",
    ),
    Ground.ADOPTION: Explained(
        "Data Protection Act 2018, Schedule 4, paragraph 3",
        "Adoption records and reports whose disclosure other law restricts.",
        "Records that other law restricts.",
    ),
}
# These are for requests that somebody makes for another, and for no others.
FOR_ANOTHER_ONLY = frozenset({Ground.CHILD_ABUSE, Ground.EXPECTED})


def fits(ground: str, request: AccessRequest) -> bool:
    """Say whether a ground can apply to a request at all."""
    return ground not in FOR_ANOTHER_ONLY or request.asked_by != AccessRequest.AskedBy.PERSON


def told(used: set[str]) -> list[str]:
    """Say in general which kinds of information were held back, where saying so gives nothing away."""
    said = [GROUNDS[Ground(code)] for code in Ground.values if code in used]
    return [f"{one.told[:-1]} ({one.law})." for one in said if one.told]


def is_left_unsaid(used: set[str]) -> bool:
    """Say whether something was held back on a ground that the letter does not name."""
    return any(not GROUNDS[Ground(code)].told for code in used)
