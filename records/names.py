"""How names are compared: without capitals, accents and punctuation."""

import unicodedata

# Letters that have no accent to take away and are still written otherwise on other keyboards.
WRITTEN_OTHERWISE = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n"}
)
LONGEST_WORD, MOST_WORDS = 60, 16


def plain(*names: str) -> str:
    """Join names into the text that is searched: “Siân O'Neill” becomes “sian o neill”."""
    decomposed = unicodedata.normalize("NFKD", " ".join(names).casefold())
    kept = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join(kept.translate(WRITTEN_OTHERWISE).split())


def words(*names: str) -> list[str]:
    """Return the words by which a person of these names is found, each once.

    What a hyphen, an apostrophe or a space divides is also one word: “O'Neill” is found as “o”, “neill”
    and “oneill”, “Van Den Berg” also as “vandenberg”.
    """
    found: dict[str, None] = {}
    for name in names:
        chunks = [plain(chunk) for chunk in name.split()]
        joined = [chunk.replace(" ", "") for chunk in chunks]
        whole = ["".join(joined)] if 1 < len(joined) < 4 else []
        found |= dict.fromkeys(word for chunk in chunks for word in chunk.split())
        found |= dict.fromkeys(word for word in [*joined, *whole] if word)
    return [word[:LONGEST_WORD] for word in found][:MOST_WORDS]


def sorted_as(*, first: str, last: str, known_as: str = "") -> str:
    """Return what a person is listed by: the last name, then the first, or what they are called."""
    return (plain(last, first) or plain(known_as))[:200]
