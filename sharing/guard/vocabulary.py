"""The words by which addresses and schools are recognised, and which of them mean the same."""

from __future__ import annotations

import re

# What ends, or begins, a street, each in one spelling.
STREETS = {
    "road": "rd", "street": "st", "lane": "ln", "avenue": "ave", "av": "ave", "drive": "dr",
    "close": "cl", "court": "ct", "crescent": "cres", "cr": "cres", "gardens": "gdns", "gdn":
    "gdns", "garden": "gdns", "place": "pl", "square": "sq", "terrace": "ter", "terr": "ter",
    "grove": "gr", "gro": "gr", "park": "pk", "house": "hse", "apartment": "flat", "apt": "flat",
    "saint": "st", "mount": "mt", "way": "wy", "walk": "wk", "mews": "mws", "hill": "hl", "green":
    "grn", "north": "n", "south": "s", "east": "e", "west": "w", "upper": "upr", "lower": "lwr",
}  # fmt: skip
NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13",
    "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18",
    "nineteen": "19", "twenty": "20",
}  # fmt: skip
ENDS_A_STREET = frozenset(
    {"ave", "bank", "bottom", "circus", "cl", "cres", "croft", "ct", "dr", "end", "fold", "gate",
     "gdns", "gr", "grn", "hl", "ln", "mws", "parade", "pk", "pl", "quay", "rd", "rise", "row",
     "side", "sq", "st", "ter", "vale", "view", "wharf", "wk", "wy", "yard"}
)  # fmt: skip
FLATS = frozenset(
    {"flat", "floor", "no", "number", "room", "unit"}
)  # fmt: skip
SCHOOL_WORDS = frozenset(
    {"academy", "aided", "and", "c", "catholic", "ce", "center", "centre", "church", "cofe",
     "college", "community", "controlled", "e", "england", "first", "form", "free", "grammar",
     "high", "infant", "infants", "junior", "juniors", "lower", "middle", "nursery", "of", "pre",
     "preschool", "primary", "rc", "roman", "school", "schools", "secondary", "sixth", "special",
     "the", "trust", "upper", "va", "vc", "voluntary"}
)  # fmt: skip
NOT_A_SCHOOL = frozenset(
    {"avenue", "church", "hospital", "lane", "parish", "park", "rd", "road", "station", "street",
     "surgery", "ward"}
)  # fmt: skip
SAINTS = {"saint": "st"}
POSTCODE = re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9][A-Z]{2})\b", re.IGNORECASE)
