"""What is known of how long records are kept, and where it is known from: suggested classes.

`to_check` marks what nobody has compared with the published text, what only some places do, and what is our
own suggestion. An agency answers for its own schedule and adds its own classes.
"""

from __future__ import annotations

from dataclasses import dataclass

from records.retention.rules import Trigger


@dataclass(frozen=True)
class Suggested:
    """One class: for a kind of agency (empty: any other) and a kind of record."""

    agency_kind: str
    record_kind: str
    terms: dict[str, object]
    source: str
    to_check: bool = False


NHS = "NHS Records Management Code of Practice, Appendix II"
OWN = "Suggested default of Check Back, until the agency decides its own"
EWHC = "R (C) v Northumberland County Council [2015] EWHC 2134 (Admin)"
DEVON = "Devon County Council retention schedule"


def _from(trigger: Trigger, years: int, **more: object) -> dict[str, object]:
    return {"trigger": trigger.value, "years": years, **more}


SUGGESTED: tuple[Suggested, ...] = (
    Suggested(
        "SCHOOL",
        "CHILD",
        _from(Trigger.BIRTH, 25),
        "IRMS Toolkit for Schools, page 93: date of birth and 25 years, then review",
    ),
    Suggested(
        "CHILDREN",
        "CHILD",
        _from(Trigger.CLOSURE, 35),
        f"35 years from closure, challenged in {EWHC}",
        to_check=True,
    ),
    Suggested(
        "CHILDREN",
        "CHILD_IN_NEED",
        _from(Trigger.BIRTH, 21, after_closure=3),
        f"{DEVON}: to 18 and 3 years without activity",
    ),
    Suggested(
        "CHILDREN",
        "LOOKED_AFTER",
        _from(Trigger.BIRTH, 75, after_death=15),
        "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 50",
    ),
    Suggested(
        "CHILDREN", "ADOPTION", _from(Trigger.ORDER, 100), f"100 years from the order: {DEVON}; {EWHC}"
    ),
    Suggested(
        "CHILDREN",
        "ALLEGATION",
        _from(Trigger.BIRTH, 100, of_adults=True),
        f"{DEVON}: 100 years from the birth of whoever is alleged, substantiated or not",
    ),
    Suggested(
        "CHILDREN",
        "UNFOUNDED",
        _from(Trigger.CLOSURE, 10),
        f"{DEVON}: 10 years; counted here from closure",
        to_check=True,
    ),
    Suggested(
        "CHILDREN",
        "ADVICE",
        _from(Trigger.CLOSURE, 6),
        f"{DEVON}: 6 years; counted here from closure",
        to_check=True,
    ),
    Suggested("HEALTH", "CHILD", _from(Trigger.BIRTH, 25, if_seventeen=26), NHS, to_check=True),
    Suggested("GP", "CHILD", _from(Trigger.BIRTH, 25, if_seventeen=26), NHS, to_check=True),
    Suggested("ADULTS", "ADULT", _from(Trigger.END_OF_CARE, 8), NHS, to_check=True),
    Suggested(
        "",
        "SEXUAL_ABUSE",
        _from(Trigger.CLOSURE, 75),
        "IICSA report, recommendation 17: 75 years, accepted in principle; counted here from closure",
        to_check=True,
    ),
    Suggested("", "CHILD", _from(Trigger.BIRTH, 25), OWN, to_check=True),
    Suggested("", "ADULT", _from(Trigger.CLOSURE, 8), OWN, to_check=True),
)
