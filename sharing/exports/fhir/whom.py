"""Whom a bundle is about and who did what: patients, practitioners, and how everything is referred to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from records.models import Concern

Resource = dict[str, Any]
SYSTEM = "https://check-back.example/fhir"
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"


def identifier(kind: str, value: str) -> dict[str, str]:
    """Return one of our own references as an identifier."""
    return {"system": f"{SYSTEM}/{kind}", "value": value}


def key(kind: str, value: str) -> str:
    """Return the id of a resource: the same for the same thing in every export."""
    return str(uuid5(NAMESPACE_URL, f"{SYSTEM}/{kind}/{value}"))


def full_url(resource: Resource) -> str:
    return f"urn:uuid:{resource['id']}"


def reference(kind: str, value: str, display: str = "") -> dict[str, str]:
    """Refer to a resource of this bundle."""
    found = {"reference": f"urn:uuid:{key(kind, value)}"}
    return {**found, "display": display} if display else found


def text(words: str) -> dict[str, str]:
    """A concept that is said in words alone."""
    return {"text": words}


def code(kind: str, value: str, words: str = "") -> dict[str, Any]:
    """A concept of ours, with its words."""
    return {"coding": [{"system": f"{SYSTEM}/{kind}", "code": value}], "text": words or value}


class Everybody:
    """The people of a concern, and everybody who said or did something about it."""

    def __init__(self, concern: Concern, people: list[dict[str, Any]]) -> None:
        self.concern = concern
        self._people = people
        self._known = {row["person"] for row in people}
        self._met: dict[str, None] = {}

    def who(self, label: str | None) -> dict[str, str] | None:
        """Refer to a practitioner by their label (name, post, agency), and remember them for the bundle."""
        if not label:
            return None
        self._met[label] = None
        return reference("practitioner", label, label)

    def patient(self, person: str | None) -> dict[str, str] | None:
        """Refer to a person of the concern; without one, to the first of those whom it is about."""
        if person in self._known:
            return reference("person", str(person))
        main = next((row["person"] for row in self._people if row["is_main"]), None)
        return reference("person", main) if main else None

    def patients(self) -> Iterator[Resource]:
        for row in self._people:
            numbers = [identifier("person", row["person"])]
            if row["nhs_number"]:
                numbers.append({"system": NHS_NUMBER, "value": row["nhs_number"]})
            name = {"use": "official", "family": row["last_name"], "given": [row["first_name"]]}
            names = [name] if row["last_name"] or row["first_name"] else []
            if row["known_as"]:
                names.append({"use": "usual", "text": row["known_as"]})
            yield {
                "resourceType": "Patient",
                "id": key("person", row["person"]),
                "identifier": numbers,
                "name": names,
                "birthDate": None if row["birth_date_is_estimated"] else row["born_on"],
            }

    def flags(self) -> Iterator[Resource]:
        """The concern itself: a flag on each of those whom it is about."""
        for row in self._people:
            if row["is_main"]:
                yield {
                    "resourceType": "Flag",
                    "id": key("flag", f"{self.concern.reference}/{row['person']}"),
                    "identifier": [identifier("concern", self.concern.reference)],
                    "status": "active",
                    "category": [
                        {
                            "coding": [
                                {
                                    "system": "http://terminology.hl7.org/CodeSystem/flag-category",
                                    "code": "safety",
                                }
                            ]
                        }
                    ],
                    "code": text(f"Safeguarding concern {self.concern.reference}"),
                    "subject": self.patient(row["person"]),
                    "author": self.who(self.concern.owner.label),
                }

    def practitioners(self) -> Iterator[Resource]:
        """Everybody who was met, once."""
        for label in self._met:
            yield {
                "resourceType": "Practitioner",
                "id": key("practitioner", label),
                "name": [{"text": label}],
            }
